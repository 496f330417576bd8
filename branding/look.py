"""The look of a tenant's customer pages in one language and for one application; the order is that of `fallback`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop
from django.utils.translation.trans_real import parse_accept_lang_header

from branding.brands.fallback import GOES_WITH, NO_PICTURE, Layer, LayeredValue, found
from branding.brands.lookup import Brands, address_of_tenant, layers_in, read_published
from branding.description import FIELDS, Picture
from branding.languages.offered import offer
from branding.looks.choices import AUTO, NEUTRAL_CHOICES, media_of_dark, size_of_logo
from branding.looks.colors import DARK_GROUND, GROUND, NEUTRAL_ACCENT, NEUTRAL_BACKGROUND, dark_colors
from branding.looks.style_sheet import FIELDS_OF_STYLE_SHEET, digest_of_style_sheet, header_in, style_sheet_of
from branding.models import DEFAULT, BrandingImage
from branding.policies import DARK_SURFACE, LIGHT_SURFACE, text_color_on
from branding.styles.parts import Page, pages_by_scheme
from branding.styles.writing import css_of
from branding.words.markup import html_of_text
from common.database.caches import ProcessCache
from common.text.languages import lookup_chain
from tenants.lookup import current_tenant
from tenants.postgresql import current_schema

# Kept in English and translated where it is shown.
NEUTRAL_PRIVACY_TEXT = gettext_noop("Privacy")
NEUTRAL_TERMS_TEXT = gettext_noop("Terms of use")
NEUTRAL: Mapping[str, Any] = {
    **NEUTRAL_CHOICES,
    "background_color": NEUTRAL_BACKGROUND,
    "accent_color": NEUTRAL_ACCENT,
    "surface_color": LIGHT_SURFACE,
    "dark_surface_color": DARK_SURFACE,
    "shows_footer": False,
    "privacy_text": NEUTRAL_PRIVACY_TEXT,
    "terms_text": NEUTRAL_TERMS_TEXT,
    "shows_header": False,
    "shows_reset": True,
    "shows_cannot_access": True,
    "shows_forgot_password": True,
    "shows_privacy": True,
    "shows_terms": True,
}


@dataclass(frozen=True)
class Look:
    """What a customer page wears. Addresses and texts are "" where there is nothing to show; sizes then are 0."""

    tenant_name: str
    layout: str
    background_color: str
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
    shows_header: bool
    header_color: str
    shows_reset: bool
    reset_url: str
    shows_cannot_access: bool
    cannot_access_text: str
    shows_forgot_password: bool
    forgot_password_text: str
    shows_privacy: bool
    shows_terms: bool
    custom_css: str
    header_logo: Picture
    square_logo: Picture
    square_logo_dark: Picture
    surface_color: str
    dark_accent_color: str
    dark_background_color: str
    dark_surface_color: str
    color_scheme: str
    font: str
    corner_radius: str
    spacing: str
    button_style: str
    input_style: str
    logo_placement: str
    logo_size: str
    logo_background_color: str
    dark_logo_background_color: str
    logo_url: str
    logo_width: int
    logo_height: int
    logo_is_dark: bool
    dark_logo_url: str
    dark_logo_width: int
    dark_logo_height: int
    background_url: str
    favicon_url: str
    css: str
    style_sheet_url: str

    @property
    def support_name(self) -> str:
        """The support link as mails show it."""
        return self.support_url.partition(":")[2].removeprefix("//").removesuffix("/")

    @property
    def logo_has_ground(self) -> bool:
        """Whether a colour was chosen for what stands behind the logo."""
        return bool(self.logo_background_color or self.dark_logo_background_color)

    @property
    def dark_media(self) -> str:
        """The media query of what holds where the page is dark."""
        return media_of_dark(self.color_scheme)


_published: ProcessCache[Brands] = ProcessCache()
_looks: ProcessCache[Look] = ProcessCache()
_style_sheets: ProcessCache[Mapping[str, str]] = ProcessCache()
# When the database was asked last for one that nobody remembers, and what there was.
_asked: ProcessCache[tuple[float, Mapping[str, str]]] = ProcessCache()
ASK_AGAIN_AFTER = 1.0
"""Seconds."""


def look_for(language: str, *, client_id: str = "") -> Look:
    """The look of the current tenant for a customer who reads this language (such as de or de-AT, or one of its own).

    It is that of the theme which the application of this client ID has, if it has one.
    """
    brands = _brands()
    theme = brands.theme_of.get(client_id, "")
    layers = layers_in(language, tenant=brands.tenant, theme=brands.themes.get(theme))
    key = (theme, *((layer.is_of_theme, layer.locale) for layer in layers))
    return _looks.get(current_schema(), key, lambda: _addressed(resolve(layers, tenant_name=tenant_name())))


def look_for_request(request: HttpRequest, *, client_id: str = "") -> Look:
    """The look for this browser: in the page's language, unless it prefers one that the tenant has a branding for.

    The pages themselves speak fewer languages than a tenant may brand. Whoever chose a language by hand gets that one.
    """
    brands = _brands()
    theme = brands.themes.get(brands.theme_of.get(client_id, ""), {})
    locales = [locale for locale in {*brands.tenant, *theme} if locale]
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or not locales:
        return look_for(request.LANGUAGE_CODE, client_id=client_id)
    for preferred, _ in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        if lookup_chain(preferred, locales):
            return look_for(preferred, client_id=client_id)
        if offer().first_of([preferred]):
            break
    return look_for(request.LANGUAGE_CODE, client_id=client_id)


def has_theme(client_id: str) -> bool:
    """Whether the application of this client ID has a look of its own."""
    return bool(client_id) and _brands().theme_of.get(client_id, "") != ""


def style_sheet_with_digest(digest: str) -> str | None:
    """The style sheet of that name, if it belongs to a look of this tenant."""
    remembered = _style_sheets.get(current_schema(), "style sheets", lambda: _style_sheets_of(_brands()))
    # What this process remembers may be older than the page that named the sheet: then ask the database.
    return remembered.get(digest) or _style_sheets_by_now().get(digest)


def resolve(layers: Sequence[Layer], *, tenant_name: str, scheme: str = "") -> Look:
    """Blend brandings, best first and neutral last, into a look. An unpublished one has no `style_sheet_url`.

    It is light or dark as the `scheme` says, if that is given and the brand leaves it to the browser.
    """
    values = {name: shown(layers, name).value for name in FIELDS}
    if scheme and values["color_scheme"] == AUTO:
        values["color_scheme"] = scheme
    logo, dark_logo, background, favicon = (found(layers, kind).value or NO_PICTURE for kind in _PICTURES)
    own: dict[str, Any] = {kind.value: found(layers, kind).value or NO_PICTURE for kind in _OWN_PICTURES}
    width, height = size_of_logo(logo.width, logo.height, logo_size=values["logo_size"])
    dark_width, dark_height = size_of_logo(dark_logo.width, dark_logo.height, logo_size=values["logo_size"])
    return Look(
        **values,
        **own,
        tenant_name=tenant_name,
        accent_text_color=text_color_on(values["accent_color"]),
        sign_in_page_text_html=html_of_text(values["sign_in_page_text"]),
        logo_url=logo.url,
        logo_width=width,
        logo_height=height,
        logo_is_dark=logo.is_dark,
        dark_logo_url=dark_logo.url,
        dark_logo_width=dark_width,
        dark_logo_height=dark_height,
        background_url=background.url,
        favicon_url=favicon.url,
        css=_style_sheet_of(layers, values["color_scheme"]),
        style_sheet_url="",
    )


def shown(layers: Sequence[Layer], name: str) -> LayeredValue:
    """A field as pages show it, and the branding that it comes from, if it isn't neutral.

    A dark colour that no branding sets follows from the light one, and comes from where that does.
    """
    value, layer = found(layers, name)
    if layer is not None:
        return LayeredValue(value, layer)
    if name in _DARK_COLORS:
        dark = dark_colors(fields_of_style_sheet(layers))
        return LayeredValue(getattr(dark, _DARK_COLORS[name]), found(layers, GOES_WITH[name]).layer)
    if name == DARK_GROUND:
        return shown(layers, GROUND)
    return LayeredValue(NEUTRAL.get(name, ""), None)


def fields_of_style_sheet(layers: Sequence[Layer]) -> dict[str, str]:
    """What the style sheet of a look is made of, beside its picture: the fields that aren't neutral."""
    values = {name: found(layers, name).value for name in FIELDS_OF_STYLE_SHEET}
    return {name: value for name, value in values.items() if value not in {None, NEUTRAL_CHOICES.get(name)}}


def pages_to_judge(layers: Sequence[Layer]) -> dict[str, Page]:
    """The pages of a look, light and dark, as a brand's own CSS is judged on them."""
    has_name = shown(layers, "shows_header").value and not found(layers, BrandingImage.Kind.HEADER_LOGO).layer
    return pages_by_scheme(
        fields_of_style_sheet(layers),
        layout=shown(layers, "layout").value,
        has_picture=found(layers, BrandingImage.Kind.BACKGROUND).layer is not None,
        header=shown(layers, "header_color").value if has_name else None,
    )


def tenant_name() -> str:
    """The name of the current tenant."""
    tenant = current_tenant()
    return tenant.name if tenant else ""


def _brands() -> Brands:
    return _published.get(current_schema(), "brands", read_published)


def _addressed(look: Look) -> Look:
    return replace(look, style_sheet_url=address_of_tenant("style-sheet", digest_of_style_sheet(look.css)))


def _style_sheets_by_now() -> Mapping[str, str]:
    """As they are in the database, or were a moment ago: strangers can name as many others as they like."""
    schema, now = current_schema(), time.monotonic()
    kept = _asked.peek(schema, "style sheets")
    if kept and now - kept[0] < ASK_AGAIN_AFTER:
        return kept[1]
    generation = _asked.generation
    sheets = _style_sheets_of(read_published())
    _asked.keep(schema, "style sheets", (now, sheets), generation=generation)
    return sheets


def _style_sheets_of(brands: Brands) -> dict[str, str]:
    """All style sheets of looks that there can be, by their names. Most looks share one."""
    own = {language.code for language in offer().own}
    chains = [
        layers_in(locale, tenant=brands.tenant, theme=theme)
        for theme in (None, *brands.themes.values())
        for locale in {*brands.tenant, *(theme or ()), DEFAULT, *own}
    ]
    sheets = {_style_sheet_of(layers, shown(layers, "color_scheme").value) for layers in chains}
    return {digest_of_style_sheet(css): css for css in sheets}


def _style_sheet_of(layers: Sequence[Layer], scheme: str) -> str:
    """The style sheet of a look that is light, dark or as the browser asks: what is chosen, and its own CSS."""
    picture = found(layers, BrandingImage.Kind.BACKGROUND).value or NO_PICTURE
    chosen = fields_of_style_sheet(layers) | ({} if scheme == AUTO else {"color_scheme": scheme})
    header, custom = (found(layers, name).value or "" for name in ("header_color", "custom_css"))
    return style_sheet_of(chosen, background_url=picture.url) + header_in(header) + css_of(custom, scheme=scheme)


_PICTURES = (
    BrandingImage.Kind.BANNER_LOGO,
    BrandingImage.Kind.BANNER_LOGO_DARK,
    BrandingImage.Kind.BACKGROUND,
    BrandingImage.Kind.FAVICON,
)
# Those that a look has under their own names.
_OWN_PICTURES = (
    BrandingImage.Kind.HEADER_LOGO,
    BrandingImage.Kind.SQUARE_LOGO,
    BrandingImage.Kind.SQUARE_LOGO_DARK,
)
_DARK_COLORS = {"dark_accent_color": "accent", "dark_background_color": "background"}
