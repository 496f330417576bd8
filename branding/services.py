"""Every write about the draft of a brand, in the schema served now: the tenant's own, or that of a theme.

Customers see none of it until `branding.versions.services` publishes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F, Func, Model
from django.utils.translation import gettext as _

from audit.services import Actor, record
from branding.description import FIELDS, BrandDescription, problems_of, tidied
from branding.errors import DefaultIsPermanent, ImageRefused, ImageUndecoded
from branding.models import DEFAULT, Branding, BrandingImage, BrandVersion, Theme
from branding.pictures.encoding import BUSY, PreparedImage
from branding.pictures.images import LIMITS, prepare_image
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any
from common.text.languages import TAGS, language_name

Images = Mapping[BrandingImage.Kind, File[bytes] | None]


def add_language(*, locale: str, theme: Theme | None = None, actor: Actor) -> Branding:
    """Make an empty branding for a browser language. Raises `Refused` for `locale`."""
    if locale not in TAGS:
        raise Refused([Problem(Code.UNKNOWN, "locale", _("Choose one of the languages."))])
    branding = Branding(theme=theme, locale=locale, changed_by=actor.name)
    try:
        with transaction.atomic():
            branding.save(force_insert=True)
            record_about(
                theme, "branding.language_added", "theme.language_added", target=branding, actor=actor, locale=locale
            )
    except IntegrityError as error:
        sentence = _("There is a branding for %(language)s already.") % {"language": language_name(locale)}
        raise Refused([Problem(Code.TAKEN, "locale", sentence)]) from error
    return branding


def describe(branding: Branding) -> BrandDescription:
    """All that the branding says and shows, but its pictures."""
    return BrandDescription(**{name: getattr(branding, name) for name in FIELDS})


def update_branding(
    *,
    locale: str,
    fields: Mapping[str, Any],
    images: Images | None = None,
    theme: Theme | None = None,
    actor: Actor,
) -> Branding:
    """Change some fields and images in the draft for a locale ("" for the default); what isn't named stays.

    A field is emptied by "" (`shows_footer` by None), an image by None; an empty one falls back. Raises
    `Branding.DoesNotExist`, or `Refused` with the names of fields and kinds of images.
    """

    def changed(now: BrandDescription) -> BrandDescription:
        return replace(now, **fields)

    return _change((theme, locale), changed, images=images or {}, expected_version="", actor=actor)


def apply(
    *,
    locale: str,
    description: BrandDescription,
    images: Images | None = None,
    expected_version: str = "",
    theme: Theme | None = None,
    actor: Actor,
) -> Branding:
    """Let the draft for a locale be as described, and change these images, as `update_branding` does.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Where
    nothing differs, nothing is noted.
    """
    images = images or {}
    return _change(
        (theme, locale), lambda _: description, images=images, expected_version=expected_version, actor=actor
    )


def delete_language(*, locale: str, theme: Theme | None = None, actor: Actor) -> None:
    """Take a language out of the draft, with its images; its customers see the default once that is published.

    Raises `DefaultIsPermanent`, or `Branding.DoesNotExist`.
    """
    if locale == DEFAULT:
        raise DefaultIsPermanent
    with transaction.atomic():
        branding = Branding.objects.of_brand(theme).select_for_update().get(locale=locale)
        record_about(
            theme, "branding.language_deleted", "theme.language_deleted", target=branding, actor=actor, locale=locale
        )
        branding.delete()
        forget_unnamed_images()


def record_about(
    theme: Theme | None, of_tenant: str, of_theme: str, *, target: Model, actor: Actor, **details: Any
) -> None:
    """Write the event that tells it of the theme, or of the tenant's own brand and this row of it."""
    record(of_theme if theme else of_tenant, actor=actor, target=theme or target, details=details)


def forget_unnamed_images() -> None:
    """Delete the images that neither a draft nor a version names any more."""
    named = BrandVersion.objects.annotate(digest=Func(F("pictures"), function="unnest")).order_by().values("digest")
    BrandingImage.objects.filter(branding=None).exclude(digest__in=named).delete()


def _change(
    which: tuple[Theme | None, str],
    how: Callable[[BrandDescription], BrandDescription],
    *,
    images: Images,
    expected_version: str,
    actor: Actor,
) -> Branding:
    theme, locale = which
    prepared, refused = _prepared(images)
    with transaction.atomic():
        # Whoever changes a branding at the same time waits, and then replaces the whole of what was changed here.
        branding: Branding = Branding.objects.of_brand(theme).select_for_update().get(locale=locale)
        before = describe(branding)
        if expected_version and expected_version != before.version:
            raise Refused([CHANGED_MEANWHILE])
        after = BrandDescription(**{name: tidied(name, value) for name, value in vars(how(before)).items()})
        refuse_if_any([*problems_of(before, after), *refused])
        changed = {name: value for name, value in vars(after).items() if value != getattr(before, name)}
        if not changed and not prepared:
            return branding
        for name, value in changed.items():
            setattr(branding, name, value)
        branding.changed_by = actor.name
        branding.save(update_fields=[*changed, "changed_by", "updated_at"])
        _replace_images(branding, prepared)
        named = [*changed, *(kind.value for kind in prepared)]
        record_about(
            theme, "branding.changed", "theme.changed", target=branding, actor=actor, locale=locale, fields=named
        )
    return branding


def _prepared(images: Images) -> tuple[dict[BrandingImage.Kind, PreparedImage | None], list[Problem]]:
    """The images as they would be kept, and what is wrong with the others, so that all is told at once.

    None is tried after one that the decoder didn't get done: it is there for others as well.
    """
    prepared: dict[BrandingImage.Kind, PreparedImage | None] = {}
    problems: list[Problem] = []
    decodes = True
    for kind, upload in images.items():
        if upload and not decodes:
            problems.append(Problem(Code.INVALID, kind.value, _(BUSY)))
            continue
        try:
            prepared[kind] = prepare_image(upload, LIMITS[kind]) if upload else None
        except ImageRefused as refusal:
            decodes = not isinstance(refusal, ImageUndecoded)
            problems.append(Problem(Code.INVALID, kind.value, str(refusal)))
    return prepared, problems


def _replace_images(branding: Branding, images: Mapping[BrandingImage.Kind, PreparedImage | None]) -> None:
    branding.images.filter(kind__in=list(images)).update(branding=None)
    BrandingImage.objects.bulk_create(
        BrandingImage(
            branding=branding,
            kind=kind,
            content=image.content,
            content_type=image.content_type,
            width=image.width,
            height=image.height,
            is_dark=image.is_dark,
            webp=image.webp or None,
            palette=list(image.palette),
            digest=image.digest,
        )
        for kind, image in images.items()
        if image
    )
    forget_unnamed_images()
