"""Every write about a tenant's branding, in the schema served now. Each announces itself: no page shows the past."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction

from audit.services import Actor, record
from branding.errors import DefaultIsPermanent, ImageRefused
from branding.images import LIMITS, PreparedImage, prepare_image
from branding.models import DEFAULT, Branding, BrandingImage
from branding.policies import (
    FOOTER_TEXT_LENGTH,
    SIGN_IN_PAGE_TEXT_LENGTH,
    USERNAME_HINT_LENGTH,
    accent_problem,
    color_problem,
    link_problem,
    text_problem,
)
from common.languages import TAGS, english_name
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
    """Make an empty branding for a browser language. Raises `ValidationError` for `locale`."""
    if locale not in TAGS:
        raise ValidationError({"locale": "Choose one of the languages."})
    branding = Branding(locale=locale)
    try:
        with transaction.atomic():
            branding.save(force_insert=True)
            record("branding.language_added", actor=actor, target=branding, details={"locale": locale})
            announce_change()
    except IntegrityError as error:
        raise ValidationError({"locale": f"There is a branding for {english_name(locale)} already."}) from error
    return branding


def update_branding(*, locale: str, fields: Mapping[str, Any], images: Images | None = None, actor: Actor) -> Branding:
    """Change some fields and images of the branding for a locale ("" for the default); what isn't named stays.

    A field is emptied by "" (`shows_footer` by None), an image by None; an empty one falls back. Raises
    `Branding.DoesNotExist`, or `ValidationError` keyed by the names of fields and kinds of images.
    """
    cleaned, prepared = _checked(fields, images or {})
    with transaction.atomic():
        # Whoever changes a branding at the same time waits, and then replaces the whole of what was changed here.
        branding = Branding.objects.select_for_update().get(locale=locale)
        changed = [name for name, value in cleaned.items() if getattr(branding, name) != value]
        for name, value in cleaned.items():
            setattr(branding, name, value)
        branding.save(update_fields=[*cleaned, "updated_at"])
        _replace_images(branding, prepared)
        details = {"locale": locale, "fields": [*changed, *(kind.value for kind in prepared)]}
        record("branding.changed", actor=actor, target=branding, details=details)
        announce_change()
    return branding


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


def clean_field(name: str, value: Any) -> Any:
    """The value of a field as it would be kept. Raises `ValidationError`; `KeyError` for a field that doesn't exist."""
    if name == "shows_footer":
        return None if value is None else bool(value)
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    problem = _CHECKS[name](text)
    if text and problem:
        raise ValidationError(problem)
    return text.lower() if name in {"background_color", "accent_color"} else text


def _checked(
    fields: Mapping[str, Any], images: Images
) -> tuple[dict[str, Any], dict[BrandingImage.Kind, PreparedImage | None]]:
    """Check everything, so that whoever sent it reads of all problems at once."""
    problems: dict[str, list[str]] = {}
    cleaned: dict[str, Any] = {}
    prepared: dict[BrandingImage.Kind, PreparedImage | None] = {}
    for name, value in fields.items():
        try:
            cleaned[name] = clean_field(name, value)
        except ValidationError as error:
            problems[name] = error.messages
    for kind, upload in images.items():
        try:
            prepared[kind] = prepare_image(upload, LIMITS[kind]) if upload else None
        except ImageRefused as refusal:
            problems[kind.value] = [str(refusal)]
    if problems:
        raise ValidationError(problems)
    return cleaned, prepared


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


def _layout_problem(layout: str) -> str:
    return "" if layout in Branding.Layout.values else "Choose one of the layouts."


def _footer_text_problem(text: str) -> str:
    return text_problem(text, limit=FOOTER_TEXT_LENGTH)


_CHECKS: dict[str, Callable[[str], str]] = {
    "layout": _layout_problem,
    "background_color": color_problem,
    "accent_color": accent_problem,
    "username_hint": lambda text: text_problem(text, limit=USERNAME_HINT_LENGTH),
    "sign_in_page_text": lambda text: text_problem(text, limit=SIGN_IN_PAGE_TEXT_LENGTH, has_lines=True),
    "privacy_text": _footer_text_problem,
    "privacy_url": link_problem,
    "terms_text": _footer_text_problem,
    "terms_url": link_problem,
}
