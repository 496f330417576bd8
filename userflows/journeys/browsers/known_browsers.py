"""Browsers in which an account has signed in before: whoever guesses elsewhere doesn't shut its owner out there.

A cookie names the accounts, by digests; it proves nothing and opens nothing. The tries at an account made in its known
browsers, all of them together, are counted apart from those of the rest of the world: whoever once knew a password may
have made themselves any number of known browsers. Those in which somebody has shown within the day to read the
account's mail are counted apart once more: nobody else comes among these
(docs/decisions/0035-the-mailbox-always-opens-the-door.md).
"""

from collections.abc import Collection
from datetime import timedelta
from enum import Enum
from time import time

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from common.text.email_address import canonical_email
from tenants.postgresql import current_schema

KNOWN_COOKIE = "__Host-known" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "known"
KNOWN_FOR = timedelta(days=400)  # longer than that no browser keeps a cookie
READS_MAIL_FOR = timedelta(days=1)
MOST_ACCOUNTS = 5
# Between an account's digest and when somebody showed here to read its mail, in seconds since 1970.
MAIL_READ_AT = ":"


class Familiarity(Enum):
    """What a browser is to an account, and so with whom its tries are counted."""

    STRANGER = ""
    KNOWN = "known"
    READS_MAIL = "reads mail"


def accounts_known_to(request: HttpRequest) -> list[str]:
    """The accounts that have signed in in this browser, the last one first, as the cookie names them."""
    cookie = request.COOKIES.get(KNOWN_COOKIE, "")
    if not cookie:
        return []
    try:
        accounts: list[str] = signing.loads(cookie, salt=_salt(), max_age=KNOWN_FOR)
    except signing.BadSignature:
        return []
    return accounts


def familiarity_with(email: str, accounts: Collection[str]) -> Familiarity:
    """What a browser that names these accounts is to the one with this address."""
    digest = _digest_of(email) if accounts else ""
    for account in accounts:
        named, _, read_at = account.partition(MAIL_READ_AT)
        if named == digest:
            is_fresh = bool(read_at) and time() - int(read_at) < READS_MAIL_FOR.total_seconds()
            return Familiarity.READS_MAIL if is_fresh else Familiarity.KNOWN
    return Familiarity.STRANGER


def know_browser(request: HttpRequest, response: HttpResponse, email: str, *, reads_mail: bool = False) -> None:
    """Remember, in the browser, that this account has just signed in there, or that its mail is read there.

    What was shown of its mail before stays for its time.
    """
    digest, known = _digest_of(email), accounts_known_to(request)
    here = next((account for account in known if account.partition(MAIL_READ_AT)[0] == digest), digest)
    others = [account for account in known if account != here]
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps(
            [f"{digest}{MAIL_READ_AT}{int(time())}" if reads_mail else here, *others][:MOST_ACCOUNTS], salt=_salt()
        ),
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
