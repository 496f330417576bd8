"""Rules about colours, links and texts of a branding: pure functions.

Each `..._problem` answers with a sentence for whoever typed the value, or with "" if all is well.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from common.text.email_address import address_in_ascii, is_plain_address
from common.text.texts import NOT_SEEN, unseen_problem
from common.text.translation import gettext as _

NOTE_LENGTH = 64
USERNAME_HINT_LENGTH = 64
SIGN_IN_PAGE_TEXT_LENGTH = 1024
LINK_TEXT_LENGTH = 256
URL_LENGTH = 128
LEGAL_LINES_LENGTH = 512
MOST_LEGAL_LINES = 6
# In bytes, as in the model product.
MOST_CSS = 25 * 1024

# WCAG 2.2, 1.4.3 Contrast (Minimum), for text of ordinary size, and 1.4.11 Non-text Contrast.
READABLE = 4.5
VISIBLE = 3.0
BLACK = "#000000"
WHITE = "#ffffff"
# The card of the pages, and what is written on it beside the accent (`--surface`, `--ink`, `--red-ink`, `--green-ink`
# and `--yellow-ink` in static/tokens.css, in the dark static/dark.css).
LIGHT_SURFACE, DARK_SURFACE = WHITE, "#15181d"
LIGHT_INK, DARK_INK = "#16181d", "#eceef1"
LIGHT_INKS = (LIGHT_INK, "#b0231f", "#14653c", "#7a4b00")
DARK_INKS = (DARK_INK, "#ff9e98", "#7fdcac", "#f2c265")
# The contrast with white from which on a background is dark enough for a dark page.
DARK_ENOUGH = 17.0
_STEPS = 32
FINE_STEPS = 255

_HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z", re.IGNORECASE
)
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$'*+/=^_`{|}~-]+@[A-Za-z0-9.-]+\Z")
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*\Z")


def color_problem(color: str) -> str:
    """Whether this is a colour as `#` and six hexadecimal digits."""
    return "" if _HEX_COLOR.match(color) else _("Write a colour as # and six digits, such as #1f6feb.")


def accent_problem(color: str) -> str:
    """Whether text on a button of this colour can be read: black or white must reach 4.5:1 against it."""
    problem = color_problem(color)
    if problem:
        return problem
    best = contrast(color, text_color_on(color))
    if best >= READABLE:
        return ""
    told = _(
        "Neither black nor white text can be read on %(color)s: the contrast is %(contrast).1f:1, and 4.5:1 is needed."
    )
    return told % {"color": color, "contrast": best}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """The relative luminance, from 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(value / 255) for value in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def text_color_on(color: str) -> str:
    """Black or white: whichever is easier to read on this colour."""
    return WHITE if contrast(color, WHITE) >= contrast(color, BLACK) else BLACK


def readable_on(surface: str, color: str) -> str:
    """The colour itself if text in it can be read on the surface, else the nearest mix with black or white that can."""
    return moved_until(color, text_color_on(surface), lambda mixed: contrast(mixed, surface) >= READABLE)


def dimmed(color: str) -> str:
    """The colour itself if it is dark enough for the background of a dark page, else the nearest mix with black."""
    return moved_until(color, BLACK, lambda mixed: contrast(mixed, WHITE) >= DARK_ENOUGH)


def hides_dark(color: str) -> bool:
    """Whether a picture that is lost on a dark page is lost on this colour, too."""
    return contrast(color, DARK_SURFACE) < VISIBLE


def surface_problem(color: str, *, is_dark: bool) -> str:
    """Whether a card may have this colour: all that is written on it has to be readable, errors as well."""
    problem = color_problem(color)
    if problem:
        return problem
    lowest = contrast(color, weakest_on(color, is_dark=is_dark))
    if lowest >= READABLE:
        return ""
    told = _("Text on a card of %(color)s can’t be read: the contrast is %(contrast).1f:1, and 4.5:1 is needed.")
    return (
        told % {"color": color, "contrast": lowest}
        + " "
        + _("Use %(color)s.") % {"color": fit_surface(color, is_dark=is_dark)}
    )


def weakest_on(surface: str, *, is_dark: bool) -> str:
    """What can be read worst on this card, of all that is written on it but links."""
    return min(DARK_INKS if is_dark else LIGHT_INKS, key=lambda ink: contrast(surface, ink))


def fit_surface(color: str, *, is_dark: bool) -> str:
    """The nearest colour that a card may have."""

    def fits(mixed: str) -> bool:
        return contrast(mixed, weakest_on(mixed, is_dark=is_dark)) >= READABLE

    return moved_until(color, BLACK if is_dark else WHITE, fits)


def moved_until(color: str, target: str, holds: Callable[[str], bool]) -> str:
    """The first colour on the way to the target of which that holds; the target, if it is none before."""
    mixes = (mix(color, target, step / _STEPS) for step in range(_STEPS))
    return next((mixed for mixed in mixes if holds(mixed)), target)


def nearest(color: str, holds: Callable[[str], bool], *, steps: int = _STEPS) -> str:
    """The nearest mix with black or white of which that holds, in so many steps; "" if it holds of none."""
    mixes = (mix(color, target, step / steps) for step in range(1, steps + 1) for target in (BLACK, WHITE))
    return next(filter(holds, mixes), "")


def laid_over(color: str, ground: str, opacity: float = 1) -> str:
    """What is seen of a colour, as `#rrggbb` or `#rrggbbaa`, on an opaque one; `opacity` is that of all of it."""
    alpha = int(color[7:] or "ff", 16) / 255
    return mix(ground, color[:7], alpha * opacity)


def mix(color: str, target: str, share: float) -> str:
    """The colour with so much of the other in it: a share from 0 to 1."""
    pairs = zip(_channels(color), _channels(target), strict=True)
    return "#" + "".join(f"{round(own + (other - own) * share):02x}" for own, other in pairs)


def link_problem(url: str) -> str:
    """Whether a link may lead there: https to a named host, or one mail address; at most 128 ASCII characters."""
    if len(url) > URL_LENGTH:
        told = _("This link has %(number)d characters; at most %(most)d are allowed.")
        return told % {"number": len(url), "most": URL_LENGTH}
    if not url.isascii() or not _URL_CHARACTERS.match(url):
        return _("A link may hold only ASCII letters, digits and punctuation. Write other characters percent-encoded.")
    if url.lower().startswith("mailto:"):
        address = url[len("mailto:") :]
        return "" if _MAIL_ADDRESS.match(address) else _("Write a mail link as mailto: and one address, nothing more.")
    return _web_address_problem(url)


def text_problem(text: str, *, limit: int, has_lines: bool = False) -> str:
    """Whether a text fits into `limit` characters, and can be read as it is."""
    if len(text) > limit:
        told = _("This text has %(number)d characters; at most %(most)d are allowed.")
        return told % {"number": len(text), "most": limit}
    return unseen_problem(text, has_lines=has_lines)


def reply_address_problem(address: str) -> str:
    """Whether this is one plain address, which every mail program answers to."""
    is_one = is_plain_address(address) and _MAIL_ADDRESS.match(address_in_ascii(address))
    return "" if is_one else _("Enter one email address, such as help@example.com.")


def legal_lines_problem(text: str) -> str:
    """Whether a text says in a few lines who sends a mail."""
    lines = text.count("\n") + 1
    if lines > MOST_LEGAL_LINES:
        told = _("These are %(number)d lines; at most %(most)d are allowed.")
        return told % {"number": lines, "most": MOST_LEGAL_LINES}
    return text_problem(text, limit=LEGAL_LINES_LENGTH, has_lines=True)


def custom_css_problem(css: str) -> str:
    """Whether a style sheet is text, and short enough to be read. What of it pages don't use is no problem: it is left
    out.
    """
    return css_size_problem(len(css.encode())) or (str(NOT_SEEN) if "\0" in css else "")


def css_size_problem(size: int) -> str:
    """Whether so many bytes are a style sheet short enough to be read."""
    if size <= MOST_CSS:
        return ""
    told = _("This style sheet has %(number)d bytes; at most %(most)d are allowed.")
    return told % {"number": size, "most": MOST_CSS}


def _web_address_problem(url: str) -> str:
    wrong = _("Write a link with https:// or mailto: in front.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return wrong
    if not url.lower().startswith("https://") or not parts.hostname or port == 0:
        return wrong
    if "@" in parts.netloc:
        return _("A link must not hold a user name or password before the host.")
    if not _HOST.match(parts.hostname):
        return _("“%(host)s” isn’t a host name.") % {"host": parts.hostname}
    return ""


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
