"""Every write about a tenant's branding, in the schema served now. Each announces itself: no page shows the past."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record
from branding.description import FIELDS, BrandDescription, problems_of, tidied
from branding.errors import DefaultIsPermanent, ImageRefused
from branding.models import DEFAULT, Branding, BrandingImage
from branding.pictures.encoding import PreparedImage
from branding.pictures.images import LIMITS, prepare_image
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any
from common.text.languages import TAGS, language_name
from tenants.postgresql import announce_change

Images = Mapping[BrandingImage.Kind, File[bytes] | None]


def create_default_branding(*, actor: Actor) -> Branding:
    """Make the tenant's default branding, empty: its pages look neutral."""
    branding = Branding(locale=DEFAULT)
    with transaction.atomic():
        branding.save(force_insert=True)
        record("branding.created", actor=actor, target=branding)
        announce_change()
    return branding


def add_language(*, locale: str, actor: Actor) -> Branding:
    """Make an empty branding for a browser language. Raises `Refused` for `locale`."""
    if locale not in TAGS:
        raise Refused([Problem(Code.UNKNOWN, "locale", _("Choose one of the languages."))])
    branding = Branding(locale=locale)
    try:
        with transaction.atomic():
            branding.save(force_insert=True)
            record("branding.language_added", actor=actor, target=branding, details={"locale": locale})
            announce_change()
    except IntegrityError as error:
        sentence = _("There is a branding for %(language)s already.") % {"language": language_name(locale)}
        raise Refused([Problem(Code.TAKEN, "locale", sentence)]) from error
    return branding


def describe(branding: Branding) -> BrandDescription:
    """All that the branding says and shows, but its pictures."""
    return BrandDescription(**{name: getattr(branding, name) for name in FIELDS})


def update_branding(*, locale: str, fields: Mapping[str, Any], images: Images | None = None, actor: Actor) -> Branding:
    """Change some fields and images of the branding for a locale ("" for the default); what isn't named stays.

    A field is emptied by "" (`shows_footer` by None), an image by None; an empty one falls back. Raises
    `Branding.DoesNotExist`, or `Refused` with the names of fields and kinds of images.
    """
    return _change(locale, lambda now: replace(now, **fields), images=images or {}, expected_version="", actor=actor)


def apply(
    *,
    locale: str,
    description: BrandDescription,
    images: Images | None = None,
    expected_version: str = "",
    actor: Actor,
) -> Branding:
    """Let the branding for a locale be as described, and change these images, as `update_branding` does.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Where
    nothing differs, nothing is noted.
    """
    return _change(locale, lambda _: description, images=images or {}, expected_version=expected_version, actor=actor)


def delete_language(*, locale: str, actor: Actor) -> None:
    """Delete the branding for a language, with its images; its customers see the default from now on.

    Raises `DefaultIsPermanent`, or `Branding.DoesNotExist`.
    """
    if locale == DEFAULT:
        raise DefaultIsPermanent
    with transaction.atomic():
        branding = Branding.objects.select_for_update().get(locale=locale)
        record("branding.language_deleted", actor=actor, target=branding, details={"locale": locale})
        branding.delete()
        announce_change()


def _change(
    locale: str,
    how: Callable[[BrandDescription], BrandDescription],
    *,
    images: Images,
    expected_version: str,
    actor: Actor,
) -> Branding:
    prepared, refused = _prepared(images)
    with transaction.atomic():
        # Whoever changes a branding at the same time waits, and then replaces the whole of what was changed here.
        branding = Branding.objects.select_for_update().get(locale=locale)
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
        branding.save(update_fields=[*changed, "updated_at"])
        _replace_images(branding, prepared)
        details = {"locale": locale, "fields": [*changed, *(kind.value for kind in prepared)]}
        record("branding.changed", actor=actor, target=branding, details=details)
        announce_change()
    return branding


def _prepared(images: Images) -> tuple[dict[BrandingImage.Kind, PreparedImage | None], list[Problem]]:
    """The images as they would be kept, and what is wrong with the others, so that all is told at once."""
    prepared: dict[BrandingImage.Kind, PreparedImage | None] = {}
    problems: list[Problem] = []
    for kind, upload in images.items():
        try:
            prepared[kind] = prepare_image(upload, LIMITS[kind]) if upload else None
        except ImageRefused as refusal:
            problems.append(Problem(Code.INVALID, kind.value, str(refusal)))
    return prepared, problems


def _replace_images(branding: Branding, images: Mapping[BrandingImage.Kind, PreparedImage | None]) -> None:
    branding.images.filter(kind__in=list(images)).delete()
    BrandingImage.objects.bulk_create(
        BrandingImage(
            branding=branding,
            kind=kind,
            content=image.content,
            content_type=image.content_type,
            width=image.width,
            height=image.height,
            is_dark=image.is_dark,
            digest=image.digest,
        )
        for kind, image in images.items()
        if image
    )
