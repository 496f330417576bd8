"""Whether the portal is light or dark: as the system is, or as somebody has chosen in this browser.

The choice is a cookie, so that the server writes the page in the right colours from the start. It says nothing about
anybody, and what it can't be counts for nothing.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

COOKIE = "look"
KEPT_FOR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class ColorScheme:
    """One of them: `title` is what its button says, `dark_media` the media for which the dark colours hold."""

    name: str
    title: str | Promise
    icon: str
    dark_media: str


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        ColorScheme("system", pgettext_lazy("look", "System"), "monitor", "(prefers-color-scheme: dark)"),
        ColorScheme("light", pgettext_lazy("look", "Light"), "sun", "not all"),
        ColorScheme("dark", pgettext_lazy("look", "Dark"), "moon", "all"),
    )
}
USUAL = SCHEMES["system"]


def scheme_of(request: HttpRequest) -> ColorScheme:
    """The colour scheme that this browser has been given."""
    return SCHEMES.get(request.COOKIES.get(COOKIE, ""), USUAL)


def remember_scheme(response: HttpResponseBase, scheme: ColorScheme) -> None:
    """Give the browser this one for a year, or until another is chosen."""
    response.set_cookie(
        COOKIE,
        scheme.name,
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
