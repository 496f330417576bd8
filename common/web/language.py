"""Which language a page of the portal speaks: the one its reader has chosen, else the browser's, else English.

The choice stands on the account's row, which every page reads anyway, and in a cookie for the pages where nobody is
signed in. What is kept about somebody, what is written to a file and what a command says stays English.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from common.text import spoken
from common.text.languages import ENGLISH, PORTAL_LANGUAGES, lookup_chain

CODES = [language.code for language in PORTAL_LANGUAGES]
ONE_YEAR = 365 * 24 * 60 * 60


def speak(request: HttpRequest, chosen: str = "") -> None:
    """Answer this request in the language that was chosen, where the portal speaks it, else in the browser's.

    In the product's own words: what a tenant says otherwise is for its customers.
    """
    code = chosen if chosen in CODES else _of_browser(request)
    spoken.speak_language(code)
    spoken.speak(None)
    request.LANGUAGE_CODE = code


def chosen_by(account: Any) -> str:
    """The language of the portal that an administrator has chosen; "" for whatever the browser says."""
    return account.language if account.language in CODES else ""


def told_in(response: HttpResponse) -> HttpResponse:
    """The response; a page with the language that it speaks and what that hung on. Files speak none of anybody's."""
    if response.get("Content-Type", "").startswith("text/html"):
        response.headers["Content-Language"] = translation.get_language() or ENGLISH
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def remember_language(response: HttpResponse, code: str) -> None:
    """Have this browser read the language where nobody is signed in, for a year; "" forgets what was chosen."""
    if not code:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=ONE_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _of_browser(request: HttpRequest) -> str:
    """What was chosen in this browser while nobody was signed in, or the first it asks for that the portal speaks."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    for tag in (chosen, *(tag for tag, weight in asked if weight)):
        spoken = lookup_chain(tag, CODES)
        if spoken:
            return spoken[0]
    return ENGLISH
