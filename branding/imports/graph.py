"""A branding as Microsoft Graph answers with it, by its names: an `organizationalBranding`, a localization of it, or a
list of these.

https://learn.microsoft.com/graph/api/resources/organizationalbranding
https://learn.microsoft.com/graph/api/resources/organizationalbrandinglocalization
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from branding.looks.crops import Crop
from branding.models import BrandingImage
from common.text.ids import uuid_of
from common.text.translation import gettext_lazy as _

TEXTS = {
    "backgroundColor": "background_color",
    "headerBackgroundColor": "header_color",
    "usernameHintText": "username_hint",
    "signInPageText": "sign_in_page_text",
    "customPrivacyAndCookiesText": "privacy_text",
    "customPrivacyAndCookiesUrl": "privacy_url",
    "customTermsOfUseText": "terms_text",
    "customTermsOfUseUrl": "terms_url",
    "customAccountResetCredentialsUrl": "reset_url",
    "customCannotAccessYourAccountText": "cannot_access_text",
    "customCannotAccessYourAccountUrl": "reset_url",
    "customForgotMyPasswordText": "forgot_password_text",
}
"""Their names, and ours. Of two that mean the same here the first counts."""
PICTURES = {
    "bannerLogo": BrandingImage.Kind.BANNER_LOGO,
    "squareLogo": BrandingImage.Kind.SQUARE_LOGO,
    "squareLogoDark": BrandingImage.Kind.SQUARE_LOGO_DARK,
    "headerLogo": BrandingImage.Kind.HEADER_LOGO,
    "favicon": BrandingImage.Kind.FAVICON,
    "backgroundImage": BrandingImage.Kind.BACKGROUND,
}
CSS = "customCSS"
WORDS = "attributeCollection"
DEFAULT_IDS = frozenset({"", "0", "default"})
_LAYOUT, _VISIBILITY, _WORDS = "loginPageLayoutConfiguration", "loginPageTextVisibilitySettings", "contentCustomization"
_TEMPLATES = {"default": "full_screen", "verticalsplit": "split"}
_SHOWN = {"isHeaderShown": "shows_header", "isFooterShown": "shows_footer"}
_HIDDEN = {
    "hideAccountResetCredentials": "shows_reset",
    "hideResetItNow": "shows_reset",
    "hideCannotAccessYourAccount": "shows_cannot_access",
    "hideForgotMyPassword": "shows_forgot_password",
    "hidePrivacyAndCookies": "shows_privacy",
    "hideTermsOfUse": "shows_terms",
}
_ADDRESS = "RelativeUrl"
_FILES = (*PICTURES, CSS)
_KNOWN = frozenset({*TEXTS, *_FILES, *(f"{name}{_ADDRESS}" for name in _FILES), _LAYOUT, _VISIBILITY, _WORDS})
_NO_PLACE = {
    "customResetItNowText": _("There’s no such link here."),
    "cdnList": _("Where Entra serves images from. Here they are uploaded."),
}
UNKNOWN = _("There’s nothing like it here.")
NO_TEXT = _("This must be text.")
NO_SWITCH = _("This must be true or false.")
NO_OBJECT = _("This must be an object.")
ALREADY = _("Another value that means the same here was imported.")


@dataclass
class Branding:
    """What is said in one language, by our names: `language` is what they call it, "" for the default.

    `names` are their names of our fields. Of pictures and of the style sheet there are `addresses` alone, by their
    names; `crops` are the parts of pictures that are shown, by our names. `passed_over` is what has no place here, by
    their names, and why.
    """

    language: str
    fields: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    crops: dict[str, Crop] = field(default_factory=dict)
    words: Any = None
    passed_over: dict[str, Any] = field(default_factory=dict)

    def take(self, name: str, ours: str, value: Any) -> None:
        """Let a field of ours be what theirs says."""
        if self.fields.setdefault(ours, value) == value:
            self.names.setdefault(ours, name)
        else:
            self.passed_over[name] = ALREADY


def brandings_in(told: Any) -> list[Branding]:
    """Those in an answer, in their order; none if it is another answer."""
    rows = told["value"] if isinstance(told, dict) and isinstance(told.get("value"), list) else [told]
    found = [row for row in rows if isinstance(row, dict)]
    # An answer may have been asked to expand them.
    lists = [row["localizations"] for row in found if isinstance(row.get("localizations"), list)]
    found += [row for rows in lists for row in rows if isinstance(row, dict)]
    return [_branding(row) for row in found if _KNOWN & row.keys()]


def names_beside(told: Any) -> list[str]:
    """What stands beside a list of brandings, and isn't about the answer itself."""
    if not isinstance(told, dict) or not isinstance(told.get("value"), list):
        return []
    return [name for name, value in told.items() if name != "value" and "@" not in name and value not in _NOTHING]


def _branding(told: Mapping[str, Any]) -> Branding:
    name = str(told.get("id") or "")
    # The default is called 0, or as its organization.
    branding = Branding("" if name.lower() in DEFAULT_IDS or uuid_of(name) else name)
    for name, ours in TEXTS.items():
        _take_text(branding, name, ours, told.get(name))
    for name in _FILES:
        address = told.get(f"{name}{_ADDRESS}") or told.get(name)
        if address:
            branding.addresses[name] = str(address)
    readers: dict[str, Callable[[Branding, str, Any], None]] = {
        _LAYOUT: _take_layout,
        _VISIBILITY: _take_visibility,
        _WORDS: _take_words,
    }
    for name, read in readers.items():
        _take_each(branding, name, told.get(name), read)
    for name, value in told.items():
        # What is about the answer itself has an @ in its name (OData JSON Format 4.01, section 4.6).
        if name not in _KNOWN and name not in {"id", "localizations"} and "@" not in name and value not in _NOTHING:
            branding.passed_over[name] = _NO_PLACE.get(name, UNKNOWN)
    return branding


_NOTHING: tuple[Any, ...] = (None, "", [], {})


def _take_text(branding: Branding, name: str, ours: str, value: Any) -> None:
    # A single blank stands there for a text that was emptied.
    if value in _NOTHING or (isinstance(value, str) and not value.strip()):
        return
    if isinstance(value, str):
        branding.take(name, ours, value)
    else:
        branding.passed_over[name] = NO_TEXT


def _take_each(branding: Branding, name: str, told: Any, read: Callable[[Branding, str, Any], None]) -> None:
    if told in _NOTHING:
        return
    if not isinstance(told, dict):
        branding.passed_over[name] = NO_OBJECT
        return
    for key, value in told.items():
        if value not in _NOTHING and "@" not in key:
            read(branding, key, value)


def _take_layout(branding: Branding, name: str, value: Any) -> None:
    if name in _SHOWN:
        _take_switch(branding, name, _SHOWN[name], value, hides=False)
    elif name == "layoutTemplateType" and str(value).lower() in _TEMPLATES:
        branding.take(name, "layout", _TEMPLATES[str(value).lower()])
    else:
        branding.passed_over[name] = UNKNOWN


def _take_visibility(branding: Branding, name: str, value: Any) -> None:
    if name in _HIDDEN:
        _take_switch(branding, name, _HIDDEN[name], value, hides=True)
    else:
        branding.passed_over[name] = UNKNOWN


def _take_switch(branding: Branding, name: str, ours: str, value: Any, *, hides: bool) -> None:
    if isinstance(value, bool):
        branding.take(name, ours, value != hides)
    else:
        branding.passed_over[name] = NO_SWITCH


def _take_words(branding: Branding, name: str, value: Any) -> None:
    if name == WORDS:
        branding.words = {WORDS: value}
    else:
        branding.passed_over[name] = UNKNOWN
