"""What a brand says and shows in one language, or by default, as one value: all of it but the pictures themselves.

`services` tells it of a branding, and makes one be as it says. All languages of a brand together, as they are published
and compared, are `brands.content`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from branding.looks.choices import CHOICES
from branding.looks.colors import COLORS
from branding.policies import (
    LINK_TEXT_LENGTH,
    SIGN_IN_PAGE_TEXT_LENGTH,
    USERNAME_HINT_LENGTH,
    accent_problem,
    color_problem,
    custom_css_problem,
    legal_lines_problem,
    link_problem,
    reply_address_problem,
    surface_problem,
    text_problem,
)
from common.problems import Code, Problem, wrong
from common.text.email_address import written_address
from common.text.translation import gettext as _
from common.versions import version_of

COLORED = (*COLORS, "header_color")
# What is shown or hidden; None where a branding doesn't say.
SWITCHES = (
    "shows_footer",
    "shows_header",
    "shows_reset",
    "shows_cannot_access",
    "shows_forgot_password",
    "shows_privacy",
    "shows_terms",
)


@dataclass(frozen=True)
class BrandDescription:
    """What one branding sets itself: "" or None where it sets nothing, and something else shows instead.

    In mails stand `reply_to`, the address that answers go to, `support_url`, where help is to be had (https or mailto),
    and `legal_lines`: who sends the mail, such as the company's name and address, in up to six lines. `reset_url` is
    where customers who can't get in are sent instead of the product's own pages; `shows_reset` is about both links that
    lead there. `custom_css` is as somebody typed it: what pages use of it, `branding.styles` reads. The last ones are
    what the look is made of, as `looks.colors` and `looks.choices` tell.
    """

    layout: str = ""
    background_color: str = ""
    accent_color: str = ""
    username_hint: str = ""
    sign_in_page_text: str = ""
    shows_footer: bool | None = None
    privacy_text: str = ""
    privacy_url: str = ""
    terms_text: str = ""
    terms_url: str = ""
    reply_to: str = ""
    support_url: str = ""
    legal_lines: str = ""
    shows_header: bool | None = None
    header_color: str = ""
    shows_reset: bool | None = None
    reset_url: str = ""
    shows_cannot_access: bool | None = None
    cannot_access_text: str = ""
    shows_forgot_password: bool | None = None
    forgot_password_text: str = ""
    shows_privacy: bool | None = None
    shows_terms: bool | None = None
    custom_css: str = ""
    surface_color: str = ""
    dark_accent_color: str = ""
    dark_background_color: str = ""
    dark_surface_color: str = ""
    color_scheme: str = ""
    font: str = ""
    corner_radius: str = ""
    spacing: str = ""
    button_style: str = ""
    input_style: str = ""
    logo_placement: str = ""
    logo_size: str = ""
    logo_background_color: str = ""
    dark_logo_background_color: str = ""

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)


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


FIELDS = tuple(each.name for each in fields(BrandDescription))


def tidied(name: str, value: Any) -> Any:
    """A field's value as it would be kept."""
    if name in SWITCHES:
        return None if value is None else bool(value)
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if name == "reply_to":
        return written_address(text)
    return text.lower() if name in COLORED else text


def problems_of(before: BrandDescription, after: BrandDescription) -> list[Problem]:
    """All that is wrong with the fields that differ. `after` is tidied."""
    old, new = vars(before), vars(after)
    return [problem for name in FIELDS if new[name] != old[name] for problem in field_problems(name, new[name])]


def field_problems(name: str, value: Any) -> list[Problem]:
    """What is wrong with a tidied value of a field; an empty one is always right."""
    return wrong(Code.INVALID, name, _CHECKS[name](value)) if value and name in _CHECKS else []


def _choice_problem(name: str, value: str) -> str:
    return (
        "" if value in CHOICES[name] else _("Choose one of these: %(values)s.") % {"values": ", ".join(CHOICES[name])}
    )


def _link_text_problem(text: str) -> str:
    return text_problem(text, limit=LINK_TEXT_LENGTH)


_CHECKS: dict[str, Callable[[str], str]] = {
    **{name: partial(_choice_problem, name) for name in CHOICES},
    **dict.fromkeys(COLORED, color_problem),
    "accent_color": accent_problem,
    "dark_accent_color": accent_problem,
    "surface_color": partial(surface_problem, is_dark=False),
    "dark_surface_color": partial(surface_problem, is_dark=True),
    "username_hint": lambda text: text_problem(text, limit=USERNAME_HINT_LENGTH),
    "sign_in_page_text": lambda text: text_problem(text, limit=SIGN_IN_PAGE_TEXT_LENGTH, has_lines=True),
    "privacy_text": _link_text_problem,
    "privacy_url": link_problem,
    "terms_text": _link_text_problem,
    "terms_url": link_problem,
    "reply_to": reply_address_problem,
    "support_url": link_problem,
    "legal_lines": legal_lines_problem,
    "reset_url": link_problem,
    "cannot_access_text": _link_text_problem,
    "forgot_password_text": _link_text_problem,
    "custom_css": custom_css_problem,
}
