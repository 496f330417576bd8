"""The look of a tenant's customer pages in one language, each field taken from the first branding that fills it.

Order for each field: the branding of the language (de-AT, then de), the default branding, neutral.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop
from django.utils.translation.trans_real import parse_accept_lang_header

from branding.description import FIELDS, BrandDescription
from branding.markup import html_of_text
from branding.models import DEFAULT, Branding, BrandingImage
from branding.policies import dimmed, text_color_on
from branding.style_sheet import NEUTRAL_ACCENT, NEUTRAL_BACKGROUND, digest_of_style_sheet, style_sheet_of
from common.database.caches import ProcessCache
from common.database.rows import read_json, row_from_json
from common.text.languages import lookup_chain
from tenants.addressing import script_prefix
from tenants.lookup import current_tenant
from tenants.postgresql import current_schema

# Kept in English and translated where it is shown.
NEUTRAL_PRIVACY_TEXT = gettext_noop("Privacy")
NEUTRAL_TERMS_TEXT = gettext_noop("Terms of use")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Picture:
    """An image as the pages need it: its address, its size in pixels, and whether it is lost on a dark page."""

    url: str
    width: int
    height: int
    is_dark: bool = False


@dataclass(frozen=True)
class BrandingValues(BrandDescription):
    """The same with its pictures, by kind."""

    pictures: Mapping[str, Picture] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What a customer page wears. Addresses and texts are "" where there is nothing to show; sizes then are 0."""

    tenant_name: str
    layout: str
    background_color: str
    dark_background_color: str
    accent_color: str
    accent_text_color: str
    username_hint: str
    sign_in_page_text: str
    sign_in_page_text_html: SafeString
    shows_footer: bool
    privacy_text: str
    privacy_url: str
    terms_text: str
    terms_url: str
    reply_to: str
    support_url: str
    legal_lines: str
    logo_url: str
    logo_width: int
    logo_height: int
    logo_is_dark: bool
    background_url: str
    favicon_url: str
    css: str
    style_sheet_url: str

    @property
    def support_name(self) -> str:
        """The support link as mails show it."""
        return self.support_url.partition(":")[2].removeprefix("//").removesuffix("/")


_BRANDINGS = """
    SELECT to_jsonb(branding) || jsonb_build_object('images', (
        SELECT jsonb_agg(jsonb_build_array(image.kind, image.digest, image.width, image.height, image.is_dark))
        FROM branding_brandingimage image
        WHERE image.branding_id = branding.id
    ))
    FROM branding_branding branding
"""
_brandings: ProcessCache[Mapping[str, BrandingValues]] = ProcessCache()
_looks: ProcessCache[Look] = ProcessCache()


def look_for(language: str) -> Look:
    """The look of the current tenant for a customer who reads this language (such as de or de-AT)."""
    brandings = _brandings.get(current_schema(), "brandings", read_brandings)
    chain = tuple(chain_of(language, brandings))
    return _looks.get(current_schema(), chain, lambda: _published(brandings, chain))


def look_for_request(request: HttpRequest) -> Look:
    """The look for this browser: in the page's language, unless it prefers one that the tenant has a branding for.

    The pages themselves speak fewer languages than a tenant may brand. Whoever chose a language by hand gets that one.
    """
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return look_for(request.LANGUAGE_CODE)
    brandings = _brandings.get(current_schema(), "brandings", read_brandings)
    locales = [locale for locale in brandings if locale]
    for preferred, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if lookup_chain(preferred, locales):
            return look_for(preferred)
        if lookup_chain(preferred, [code for code, _ in settings.LANGUAGES]):
            break
    return look_for(request.LANGUAGE_CODE)


def style_sheet_with_digest(digest: str) -> str | None:
    """The style sheet of that name, if it belongs to a look of this tenant."""
    # What this process remembers may be older than the page that named the sheet: then ask the database.
    remembered = _brandings.get(current_schema(), "brandings", read_brandings)
    return _find_style_sheet(digest, remembered) or _find_style_sheet(digest, read_brandings())


def read_brandings(*, image_url: Callable[[str], str] | None = None) -> dict[str, BrandingValues]:
    """All brandings of the current tenant by locale, as they are in the database now.

    `image_url` makes an image's address of its digest; without it, addresses are those that customers load.
    """
    address_of = image_url or _image_url
    brandings = {}
    for columns in read_json(_BRANDINGS):
        images = columns["images"] or ()
        pictures = {kind: Picture(address_of(digest), *rest) for kind, digest, *rest in images}
        row = row_from_json(Branding, columns)
        brandings[row.locale] = values_of(row, pictures)
    return brandings


def values_of(row: Branding, pictures: Mapping[str, Picture]) -> BrandingValues:
    """The row's own values, without any fallback."""
    return BrandingValues(**{name: getattr(row, name) for name in FIELDS}, pictures=pictures)


def resolve(chain: Sequence[BrandingValues], *, tenant_name: str) -> Look:
    """Blend brandings, best first and neutral last, into a look. An unpublished one has no `style_sheet_url`."""
    background = _first((each.background_color for each in chain), NEUTRAL_BACKGROUND)
    accent = _first((each.accent_color for each in chain), NEUTRAL_ACCENT)
    logo = _picture(chain, BrandingImage.Kind.BANNER_LOGO)
    background_url = _picture(chain, BrandingImage.Kind.BACKGROUND).url
    page_text = _first((each.sign_in_page_text for each in chain), "")
    return Look(
        tenant_name=tenant_name,
        layout=_first((each.layout for each in chain), Branding.Layout.FULL_SCREEN.value),
        background_color=background,
        dark_background_color=dimmed(background),
        accent_color=accent,
        accent_text_color=text_color_on(accent),
        username_hint=_first((each.username_hint for each in chain), ""),
        sign_in_page_text=page_text,
        sign_in_page_text_html=html_of_text(page_text),
        shows_footer=next((each.shows_footer for each in chain if each.shows_footer is not None), False),
        privacy_text=_first((each.privacy_text for each in chain), NEUTRAL_PRIVACY_TEXT),
        privacy_url=_first((each.privacy_url for each in chain), ""),
        terms_text=_first((each.terms_text for each in chain), NEUTRAL_TERMS_TEXT),
        terms_url=_first((each.terms_url for each in chain), ""),
        reply_to=_first((each.reply_to for each in chain), ""),
        support_url=_first((each.support_url for each in chain), ""),
        legal_lines=_first((each.legal_lines for each in chain), ""),
        logo_url=logo.url,
        logo_width=logo.width,
        logo_height=logo.height,
        logo_is_dark=logo.is_dark,
        background_url=background_url,
        favicon_url=_picture(chain, BrandingImage.Kind.FAVICON).url,
        css=style_sheet_of(background_color=background, accent_color=accent, background_url=background_url),
        style_sheet_url="",
    )


def chain_of(language: str, brandings: Mapping[str, BrandingValues]) -> list[str]:
    """The locales from which a customer's page in this language takes its fields, best first."""
    chain = [*lookup_chain(language, [locale for locale in brandings if locale]), DEFAULT]
    return [locale for locale in chain if locale in brandings]


def tenant_name() -> str:
    """The name of the current tenant."""
    tenant = current_tenant()
    return tenant.name if tenant else ""


def _published(brandings: Mapping[str, BrandingValues], chain: Sequence[str]) -> Look:
    look = resolve([brandings[locale] for locale in chain], tenant_name=tenant_name())
    return replace(look, style_sheet_url=_address("style-sheet", digest_of_style_sheet(look.css)))


def _find_style_sheet(digest: str, brandings: Mapping[str, BrandingValues]) -> str | None:
    for locale in (*brandings, DEFAULT):
        css = resolve([brandings[each] for each in chain_of(locale, brandings)], tenant_name="").css
        if digest_of_style_sheet(css) == digest:
            return css
    return None


def _first(values: Iterable[str], neutral: str) -> str:
    return next((value for value in values if value), neutral)


def _picture(chain: Sequence[BrandingValues], kind: str) -> Picture:
    return next((each.pictures[kind] for each in chain if kind in each.pictures), Picture("", 0, 0))


def _image_url(digest: str) -> str:
    return _address("image", digest)


def _address(name: str, digest: str) -> str:
    """The path at this tenant's own address, whichever tenant's address is being served."""
    path = reverse(f"brand:{name}", args=[digest], urlconf=settings.TENANT_URLCONF).removeprefix(get_script_prefix())
    tenant = current_tenant()
    return f"{script_prefix(tenant) if tenant else ''}/{path}"
