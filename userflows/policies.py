"""Rules of journeys, as pure functions: where a journey may lead, what a browser is called."""

import re
from urllib.parse import unquote, urlsplit

# What the texts of a page layout's row are called where they are kept: its label, that of an option by its value, what
# stands below the input and in it, and what is said of an answer that isn't as its pattern wants it.
LABEL, OPTION_TEXT = "label", "option:"
HINT, PLACEHOLDER, MISMATCH = "hint", "placeholder", "mismatch"
JOURNEY_PLACE = "{journey}"
# What may stand in a content security policy (CSP level 3): an origin, or the scheme of a native application.
ORIGIN = re.compile(r"(https?://[A-Za-z0-9.\-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?|[a-z][a-z0-9+.\-]*:)")


def is_local_path(path: str, *, prefix: str, foreign_prefix: str = "") -> bool:
    """Whether a browser sent to `path` stays at the tenant whose paths begin with `prefix` (with a trailing slash).

    Whatever a browser might read another way (a second slash, a backslash, dots, control characters) is refused.
    """
    if not path.startswith(prefix):
        return False
    if not path.isascii() or not path.isprintable() or " " in path or "\\" in path or len(path) > 2000:
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    if parts.scheme or parts.netloc or path.startswith("//"):
        return False
    plain = unquote(parts.path).replace("\\", "/")
    if foreign_prefix and plain.startswith(foreign_prefix):
        return False
    segments = plain.split("/")
    return "" not in segments[1:-1] and not {".", ".."} & set(segments)


def usable_origins(origins: list[str]) -> list[str]:
    """Those that can be told to a browser in a content security policy."""
    return [origin for origin in origins if ORIGIN.fullmatch(origin)]


def application_address(origins: list[str], *, start_url: str = "") -> str:
    """Where a customer who turns back finds the application; empty for one that isn't a website.

    That is the address it has named for it, else the site it receives customers at.
    """
    if start_url:
        return start_url
    for origin in usable_origins(origins):
        parts = urlsplit(origin)
        if parts.scheme in {"http", "https"} and parts.hostname not in {"127.0.0.1", "::1"}:
            return f"{origin}/"
    return ""
