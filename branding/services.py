"""Every write about the draft of a brand, in the schema served now: the tenant's own, or that of a theme.

Customers see none of it until `branding.versions.services` publishes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F, Func, Model
from django.utils.translation import gettext as _

from audit.services import Actor, record
from branding.description import FIELDS, BrandDescription, problems_of, tidied
from branding.errors import DefaultIsPermanent, ImageRefused, ImageUndecoded
from branding.languages.locales import locales, name_of_locale
from branding.looks.crops import Crop, crop_problem
from branding.models import DEFAULT, Branding, BrandingImage, BrandVersion, Theme
from branding.pictures.encoding import BUSY, PreparedImage
from branding.pictures.images import LIMITS, crop_image, prepare_image
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any
from common.versions import differences

Images = Mapping[BrandingImage.Kind, File[bytes] | None]
Crops = Mapping[BrandingImage.Kind, Crop | None]
"""The part to show of each picture, of those that come along or the draft has; None for all of it."""


def add_language(*, locale: str, theme: Theme | None = None, actor: Actor) -> Branding:
    """Make an empty branding for a browser language, or for one of the tenant's own. Raises `Refused` for `locale`."""
    if locale not in locales():
        raise Refused([Problem(Code.UNKNOWN, "locale", _("Choose one of the languages."))])
    branding = Branding(theme=theme, locale=locale, changed_by=actor.name)
    try:
        with transaction.atomic():
            branding.save(force_insert=True)
            record_about(
                theme, "branding.language_added", "theme.language_added", target=branding, actor=actor, locale=locale
            )
    except IntegrityError as error:
        sentence = _("There is already a branding for %(language)s.") % {"language": name_of_locale(locale)}
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
    crops: Crops | None = None,
    expected: Mapping[str, Any] | None = None,
    theme: Theme | None = None,
    actor: Actor,
) -> Branding:
    """Change some fields and images in the draft for a locale ("" for the default); what isn't named stays.

    A field is emptied by "" (`shows_footer` by None), an image by None; an empty one falls back. `crops` say of images
    whose shape is off which part is shown. `expected` are by name the fields, and by kind the digests of images ("" for
    none), that somebody has seen; if one that would change is another by now, nothing is done. Raises
    `Branding.DoesNotExist`, or `Refused` with the names of fields, kinds of images, and names as in `CROPS`.
    """

    def changed(now: BrandDescription) -> BrandDescription:
        return replace(now, **fields)

    return _change((theme, locale), changed, pictures=(images or {}, crops or {}), expected=expected or {}, actor=actor)


def apply(
    *,
    locale: str,
    description: BrandDescription,
    images: Images | None = None,
    crops: Crops | None = None,
    expected_version: str = "",
    theme: Theme | None = None,
    actor: Actor,
) -> Branding:
    """Make the draft for a locale as described, and change these images and parts, as `update_branding` does.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Where
    nothing differs, nothing is noted.
    """
    pictures: tuple[Images, Crops] = (images or {}, crops or {})
    return _change((theme, locale), lambda _: description, pictures=pictures, expected=expected_version, actor=actor)


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
    pictures: tuple[Images, Crops],
    expected: str | Mapping[str, Any],
    actor: Actor,
) -> Branding:
    theme, locale = which
    images, crops = pictures
    kept = _kept(theme, locale, {*crops} - {*images})
    prepared, refused = _prepared(images, crops, kept)
    with transaction.atomic():
        # Whoever changes a branding at the same time waits, and then replaces the whole of what was changed here.
        branding: Branding = Branding.objects.of_brand(theme).select_for_update().get(locale=locale)
        before = describe(branding)
        after = BrandDescription(**{name: tidied(name, value) for name, value in vars(how(before)).items()})
        changed = differences(before, after)
        refuse_if_any(_changed_meanwhile(branding, before, [*changed, *prepared], expected))
        refuse_if_any([*problems_of(before, after), *refused])
        if branding.images.filter(pk__in=[image.pk for image in kept.values()]).count() < len(kept):
            # A part was taken of a picture that is another by now.
            raise Refused([CHANGED_MEANWHILE])
        if not changed and not prepared:
            return branding
        for name, value in changed.items():
            setattr(branding, name, value)
        branding.changed_by = actor.name
        branding.save(update_fields=[*changed, "changed_by", "updated_at"])
        _replace_images(branding, prepared, crops)
        named = [*changed, *(kind.value for kind in prepared)]
        record_about(
            theme, "branding.changed", "theme.changed", target=branding, actor=actor, locale=locale, fields=named
        )
    return branding


def _changed_meanwhile(
    branding: Branding, before: BrandDescription, names: Sequence[str], expected: str | Mapping[str, Any]
) -> list[Problem]:
    """What somebody else has changed: the whole, by its version, or of these fields and kinds of images some."""
    if isinstance(expected, str):
        return [CHANGED_MEANWHILE] if expected not in {"", before.version} else []
    now = dict.fromkeys(BrandingImage.Kind, "") | vars(before) | dict(branding.images.values_list("kind", "digest"))
    return [replace(CHANGED_MEANWHILE, field=name) for name in names if expected.get(name, now[name]) != now[name]]


def _kept(theme: Theme | None, locale: str, kinds: set[BrandingImage.Kind]) -> dict[str, BrandingImage]:
    """Of these kinds the pictures of the draft of which a part can be shown. Most stay as they are, so what is drawn is
    loaded of none.
    """
    drawn = ("content", "webp", "whole")
    rows = BrandingImage.objects.croppable().of_draft(theme, locale).filter(kind__in=kinds).defer(*drawn)
    return {row.kind: row for row in rows} if kinds else {}


def _prepared(
    images: Images, crops: Crops, kept: Mapping[str, BrandingImage]
) -> tuple[dict[BrandingImage.Kind, PreparedImage | None], list[Problem]]:
    """The images as they would be kept, and what is wrong with the others, so that all is told at once.

    None is tried after one that the decoder didn't get done: it is there for others as well.
    """
    prepared: dict[BrandingImage.Kind, PreparedImage | None] = {}
    problems: list[Problem] = []
    decodes = True
    for kind in dict.fromkeys([*images, *crops]):
        upload, crop, row = images.get(kind), crops.get(kind), kept.get(kind)
        if kind in images and upload is None:
            prepared[kind] = None
            continue
        if problem := _crop_problem(kind, crop, can_be=bool(upload or row)):
            problems.append(problem)
            continue
        if not upload and (row is None or row.part == crop):
            continue
        if not decodes:
            problems.append(Problem(Code.INVALID, kind.value, _(BUSY)))
            continue
        try:
            prepared[kind] = _made(upload, row, kind, crop)
        except ImageRefused as refusal:
            decodes = not isinstance(refusal, ImageUndecoded)
            problems.append(Problem(Code.INVALID, kind.value, str(refusal)))
    return prepared, problems


def _crop_problem(kind: BrandingImage.Kind, crop: Crop | None, *, can_be: bool) -> Problem | None:
    """What is wrong with a part, whose picture `can_be` shown in part."""
    if crop is None:
        return None
    if not can_be:
        sentence = _("There is no picture here that needs cropping: upload one whose shape doesn’t fit.")
        return Problem(Code.NOT_ALLOWED, f"{kind}_crop", sentence)
    sentence = crop_problem(crop)
    return Problem(Code.OUT_OF_RANGE, f"{kind}_crop", sentence) if sentence else None


def _made(
    upload: File[bytes] | None, row: BrandingImage | None, kind: BrandingImage.Kind, crop: Crop | None
) -> PreparedImage | None:
    """What is shown of the upload, or of the picture that is kept; None if that is gone. Raises `ImageRefused`."""
    if upload:
        return prepare_image(upload, LIMITS[kind], crop)
    whole = BrandingImage.objects.filter(pk=row.pk).values_list("whole", flat=True).first() if row else None
    return crop_image(bytes(whole), LIMITS[kind], crop) if whole else None


def _replace_images(
    branding: Branding, images: Mapping[BrandingImage.Kind, PreparedImage | None], crops: Crops
) -> None:
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
            whole=image.whole or None,
            crop=_numbers(crops.get(kind)) if image.whole else None,
        )
        for kind, image in images.items()
        if image
    )
    forget_unnamed_images()


def _numbers(crop: Crop | None) -> list[int] | None:
    return list(astuple(crop)) if crop else None
