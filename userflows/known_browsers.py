"""Browsers in which an account has signed in before: whoever guesses elsewhere doesn't shut its owner out there.

A cookie names the accounts, by digests; it proves nothing and opens nothing. The tries at an account made in its known
browsers, all of them together, are counted apart from those of the rest of the world: whoever once knew a password may
have made themselves any number of known browsers.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from common.email_address import canonical_email

KNOWN_COOKIE = "__Host-known" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "known"
KNOWN_FOR = timedelta(days=400)  # longer than that no browser keeps a cookie
MOST_ACCOUNTS = 5


def is_known_browser(request: HttpRequest, email: str) -> bool:
    """Whether the account with this address has signed in here before."""
    return _digest_of(email) in _accounts_of(request)


def know_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Remember, in the browser, that this account has just signed in there."""
    digest = _digest_of(email)
    others = [account for account in _accounts_of(request) if account != digest]
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps([digest, *others][:MOST_ACCOUNTS], salt=_salt()),
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _accounts_of(request: HttpRequest) -> list[str]:
    try:
        accounts: list[str] = signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=_salt(), max_age=KNOWN_FOR)
    except signing.BadSignature:
        return []
    return accounts


def _digest_of(email: str) -> str:
    return salted_hmac(_salt(), canonical_email(email), algorithm="sha256").hexdigest()[:32]


def _salt() -> str:
    """What one tenant has signed is worth nothing at another."""
    return f"known browser {connection.schema_name}"  # type: ignore[attr-defined]
