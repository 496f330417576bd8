"""Browsers in which an account has signed in before: whoever guesses elsewhere doesn't shut its owner out there.

A cookie names the accounts, by digests; it proves nothing and opens nothing. The tries at an account made in its known
browsers, all of them together, are counted apart from those of the rest of the world: whoever once knew a password may
have made themselves any number of known browsers.
"""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from common.text.email_address import canonical_email
from tenants.postgresql import current_schema

KNOWN_COOKIE = "__Host-known" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "known"
KNOWN_FOR = timedelta(days=400)  # longer than that no browser keeps a cookie
MOST_ACCOUNTS = 5


def accounts_known_to(request: HttpRequest) -> list[str]:
    """The digests of the accounts that have signed in in this browser, the last one first."""
    try:
        accounts: list[str] = signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=_salt(), max_age=KNOWN_FOR)
    except signing.BadSignature:
        return []
    return accounts


def is_among_known(email: str, accounts: Collection[str]) -> bool:
    """Whether the account with this address is one of them."""
    return _digest_of(email) in accounts


def know_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Remember, in the browser, that this account has just signed in there."""
    digest = _digest_of(email)
    others = [account for account in accounts_known_to(request) if account != digest]
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps([digest, *others][:MOST_ACCOUNTS], salt=_salt()),
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _digest_of(email: str) -> str:
    return salted_hmac(_salt(), canonical_email(email), algorithm="sha256").hexdigest()[:32]


def _salt() -> str:
    """What one tenant has signed is worth nothing at another."""
    return f"known browser {current_schema()}"
