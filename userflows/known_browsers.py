"""Browsers in which an account has signed in before: whoever guesses elsewhere doesn't shut its owner out there.

A cookie names the browser and, by digests, the accounts; it proves nothing and opens nothing. For these accounts the
tries made in it are counted apart from those of the rest of the world.
"""

import secrets
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.policies import canonical_email

KNOWN_COOKIE = "__Host-known" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "known"
KNOWN_FOR = timedelta(days=400)  # longer than that no browser keeps a cookie
MOST_ACCOUNTS = 5


class _Known(NamedTuple):
    name: str
    accounts: list[str]


def name_of_known_browser(request: HttpRequest, email: str) -> str:
    """The name of this browser, if the account with this address has signed in here; "" otherwise."""
    known = _known_of(request)
    return known.name if _digest_of(email) in known.accounts else ""


def know_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Remember, in the browser, that this account has just signed in there."""
    known, digest = _known_of(request), _digest_of(email)
    others = [account for account in known.accounts if account != digest]
    kept = _Known(known.name or secrets.token_urlsafe(16), [digest, *others][:MOST_ACCOUNTS])
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps(kept, salt=_salt()),
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _known_of(request: HttpRequest) -> _Known:
    try:
        return _Known(*signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=_salt(), max_age=KNOWN_FOR))
    except signing.BadSignature:
        return _Known("", [])


def _digest_of(email: str) -> str:
    return salted_hmac(_salt(), canonical_email(email), algorithm="sha256").hexdigest()[:32]


def _salt() -> str:
    """What one tenant has signed is worth nothing at another."""
    return f"known browser {connection.schema_name}"  # type: ignore[attr-defined]
