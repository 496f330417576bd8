"""Publishing the draft of a brand, its looks and words in all languages; and what can be done with what was published.

Whoever publishes, restores or discards names the draft they have `seen`, as `versions.content.seen_as` calls it: if
somebody has changed it since, nothing is done. Every function raises `Refused` then.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor, record
from branding.brands.content import (
    EMPTY,
    Content,
    changes_between,
    count_sentences,
    digests_in,
    read,
    seen_as,
    words_in,
    written,
)
from branding.brands.lookup import read_drafts
from branding.description import FIELDS
from branding.models import DEFAULT, Branding, BrandingImage, BrandVersion, Theme
from branding.services import forget_unnamed_images, record_about
from branding.words.drafts import replace_words, words_of
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused
from tenants.postgresql import announce_change


def create_default_branding(*, actor: Actor) -> Branding:
    """Make the tenant's default branding, empty, and publish it: its pages look neutral."""
    branding = Branding(locale=DEFAULT, changed_by=actor.name)
    with transaction.atomic():
        branding.save(force_insert=True)
        record("branding.created", actor=actor, target=branding)
        _publish(written(read_drafts(str).tenant), None, actor)
    return branding


def draft_of(theme: Theme | None) -> Content:
    """What would be published now, its pictures by their digests."""
    return written(read_drafts(str).of(theme), words_of(theme))


def newest(theme: Theme | None) -> BrandVersion | None:
    """What customers see of the brand; None if it was never published."""
    return BrandVersion.objects.of_brand(theme).filter(number__isnull=False).first()


def is_published(theme: Theme | None) -> bool:
    """Whether customers see the draft just as it is."""
    shown = newest(theme)
    return shown is not None and not changes_between(shown.content, draft_of(theme))


def scheduled(theme: Theme | None) -> BrandVersion | None:
    """What waits to be published."""
    return BrandVersion.objects.of_brand(theme).filter(number=None).first()


def publish(*, theme: Theme | None = None, seen: str = "", actor: Actor) -> BrandVersion:
    """Publish the draft. What was scheduled is taken back: it would replace this with something older.

    Raises `Refused`.
    """
    with transaction.atomic():
        draft = locked_draft(theme, seen)
        refuse_what_is_shown(draft, theme)
        take_back(theme, actor)
        version = _publish(draft, theme, actor)
        _record_published(version, theme, actor)
    return version


def restore(version: BrandVersion, *, seen: str = "", actor: Actor) -> BrandVersion:
    """Publish an earlier version again, as a new one. The draft becomes it, too. Raises `Refused`."""
    theme = version.theme
    with transaction.atomic():
        locked_draft(theme, seen)
        if not BrandVersion.objects.filter(pk=version.pk).exists():
            # It was pruned meanwhile, and its pictures with it.
            raise Refused([CHANGED_MEANWHILE])
        refuse_what_is_shown(version.content, theme)
        take_back(theme, actor)
        _replace_draft(theme, version.content, actor)
        restored = _publish(version.content, theme, actor, restores=version.number)
        about = {"version": restored.number, "restores": version.number}
        record_about(theme, "branding.restored", "theme.restored", target=restored, actor=actor, **about)
    return restored


def discard(*, theme: Theme | None = None, seen: str = "", actor: Actor) -> None:
    """Make the draft what customers see again; of a theme that was never published, nothing stays. Raises `Refused`."""
    with transaction.atomic():
        draft = locked_draft(theme, seen)
        shown = newest(theme)
        content = shown.content if shown else {"brandings": {DEFAULT: {}}}
        if content != draft:
            _replace_draft(theme, content, actor)
            row = Branding.objects.of_brand(theme).get(locale=DEFAULT)
            about = {"changes": changes_between(content, draft)}
            record_about(theme, "branding.discarded", "theme.discarded", target=row, actor=actor, **about)


def publish_due(version_id: str) -> None:
    """Publish what was scheduled and is due, in the name of whoever scheduled it; what was taken back isn't there."""
    with transaction.atomic():
        theme = Theme.objects.filter(versions__pk=version_id).first()
        lock(theme)
        version = BrandVersion.objects.filter(pk=version_id, number=None).first()
        if version is None or version.due_at is None or version.due_at > timezone.now():
            return
        actor = Actor(version.actor_kind, version.actor_id, version.actor_name)
        _number(version, theme)
        version.save(update_fields=["number", "changes", "sentences", "published_at"])
        announce_change()
        _record_published(version, theme, actor)


def _record_published(version: BrandVersion, theme: Theme | None, actor: Actor) -> None:
    about = {"version": version.number, "changes": version.changes}
    record_about(theme, "branding.published", "theme.published", target=version, actor=actor, **about)


def locked_draft(theme: Theme | None, seen: str) -> Content:
    """The draft, locked. Raises `Refused` if somebody has changed it since it was `seen`."""
    lock(theme)
    draft = draft_of(theme)
    if seen and seen != seen_as(draft):
        raise Refused([CHANGED_MEANWHILE])
    return draft


def lock(theme: Theme | None) -> None:
    """Keep everybody else from changing or publishing the brand until this transaction is over."""
    list(Branding.objects.of_brand(theme).select_for_update().order_by("locale").values_list("pk"))


def refuse_what_is_shown(content: Content, theme: Theme | None) -> None:
    """Raises `Refused` where publishing it would change nothing."""
    shown = newest(theme)
    if shown and not changes_between(shown.content, content):
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("Customers see just this already."))])


def _publish(content: Content, theme: Theme | None, actor: Actor, restores: int | None = None) -> BrandVersion:
    pictures = digests_in(content)
    version = BrandVersion(theme=theme, content=content, pictures=pictures, restores=restores, **actor.columns)
    _number(version, theme)
    version.save(force_insert=True)
    announce_change()
    return version


def _number(version: BrandVersion, theme: Theme | None) -> None:
    """Let it be the one that comes next."""
    shown = newest(theme)
    version.follow(shown)
    before = shown.content if shown else EMPTY
    version.changes = changes_between(before, version.content)
    version.sentences = count_sentences(before, version.content)


def take_back(theme: Theme | None, actor: Actor) -> None:
    """Cancel what is scheduled. Where nothing is, nothing is done."""
    waiting = scheduled(theme)
    if waiting and waiting.due_at:
        about = {"due_at": waiting.due_at.isoformat()}
        record_about(theme, "branding.unscheduled", "theme.unscheduled", target=waiting, actor=actor, **about)
        waiting.delete()
        forget_unnamed_images()


def _replace_draft(theme: Theme | None, content: Content, actor: Actor) -> None:
    brandings = read(content)
    rows = {row.locale: row for row in Branding.objects.of_brand(theme)}
    for locale in rows.keys() - brandings.keys():
        rows[locale].delete()
    for locale, values in brandings.items():
        row = rows.get(locale) or Branding(theme=theme, locale=locale)
        for name in FIELDS:
            setattr(row, name, getattr(values, name))
        row.changed_by = actor.name
        row.save()
        _attach(row, {kind: picture.url for kind, picture in values.pictures.items()})
    replace_words(theme, words_in(content))
    forget_unnamed_images()


def _attach(row: Branding, digests: dict[str, str]) -> None:
    """Let the row have the images with these digests, by kind, and no others."""
    has = dict(row.images.values_list("kind", "digest"))
    row.images.exclude(kind__in=[kind for kind in has if digests.get(kind) == has[kind]]).update(branding=None)
    for kind, digest in digests.items():
        if has.get(kind) == digest:
            continue
        image = BrandingImage.objects.with_digest(digest).first()
        if image is None:
            continue
        if image.branding_id is not None:
            image._state.adding, image.pk = True, None  # noqa: SLF001 - how Django copies a row
        image.branding, image.kind = row, kind
        image.save()
