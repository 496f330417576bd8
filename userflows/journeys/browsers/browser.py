"""What a request tells about the browser it came from: the cookie that journeys are bound to, and where it stands."""

import secrets
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from common.crypto.digests import digest_of
from common.web.browsers import name_of_browser
from common.web.current_request import once_a_request
from common.web.http import UNKNOWN_IP, client_ip
from tenants.lookup import current_tenant, url_at
from tenants.postgresql import current_schema
from userflows.journeys.browsers.known_browsers import Familiarity, accounts_known_to, familiarity_with

BROWSER_COOKIE = "__Host-browser" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "browser"
# What a browser keeps over its closing: by which digests its journeys were bound until then, the newest first.
CLOSED_COOKIE = f"{BROWSER_COOKIE}-closed"
MOST_DIGESTS = 4
KEY_BYTES = 32
Response = TypeVar("Response", bound=HttpResponse)


@dataclass(frozen=True)
class Visitor:
    """Whoever sits before a browser: its address in the network, what it is called, the accounts known to it.

    `reads_mail_of` is an address whose mail they have shown to read on the way that they are on.
    """

    ip: str
    browser_name: str = ""
    known_accounts: tuple[str, ...] = ()
    reads_mail_of: str = ""

    def familiarity_with(self, email: str) -> Familiarity:
        """What this browser is to the account with this address, and so with whom its tries are counted."""
        if self.reads_mail_of and self.reads_mail_of == email:
            return Familiarity.READS_MAIL
        return familiarity_with(email, self.known_accounts)

    def is_known_to(self, email: str) -> bool:
        """Whether the account with this address has signed in here before, or its mail was read here."""
        return self.familiarity_with(email) is not Familiarity.STRANGER

    @property
    def known_ip(self) -> str:
        """The address, for people to read; "" if there is none."""
        return "" if self.ip == UNKNOWN_IP else self.ip

    @property
    def told(self) -> str:
        """Browser and address, as mails tell their reader from where something was done."""
        return " · ".join(part for part in (self.browser_name, self.known_ip) if part)


def visitor_of(request: HttpRequest) -> Visitor:
    """Who sends this request, found out once."""
    return once_a_request(visitor_of, lambda: _visitor_of(request))


def _visitor_of(request: HttpRequest) -> Visitor:
    return Visitor(
        ip=client_ip(request),
        browser_name=name_of_browser(request.META.get("HTTP_USER_AGENT", "")),
        known_accounts=tuple(accounts_known_to(request)),
    )


def host_of(request: HttpRequest) -> str:
    """The host at which the tenant is asked, without a port: of its addresses, never what the request says."""
    tenant = current_tenant()
    return urlsplit(url_at(request.get_host(), tenant)).hostname or "" if tenant else ""


def browser_digest(request: HttpRequest) -> str:
    """What binds journeys to this browser; "" if it has no key yet."""
    key = request.COOKIES.get(BROWSER_COOKIE, "")
    return digest_of(key) if key else ""


def give_key(response: Response, key: str) -> Response:
    """The response, which lets the browser keep a new key."""
    return _keep(response, BROWSER_COOKIE, key)


def outlive_closing(request: HttpRequest, response: Response, digest: str, *, seconds: int) -> Response:
    """The response, which lets the browser say for so long which digest was its own, should it lose its key meanwhile;
    and of journeys that it has begun by earlier keys, the last few.

    The key doesn't follow from that, and nobody can say so of a digest that they have learnt: it is signed.
    """
    digests = list(dict.fromkeys([digest, *digests_before_closing(request, seconds=seconds)]))[:MOST_DIGESTS]
    return _keep(response, CLOSED_COOKIE, signing.dumps(digests, salt=_salt()), seconds=seconds)


def _keep(response: Response, name: str, value: str, *, seconds: int | None = None) -> Response:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)
    return response


def digests_before_closing(request: HttpRequest, *, seconds: int) -> list[str]:
    """What bound journeys to this browser before it was closed, at most so long ago; none if nobody knows."""
    try:
        return list(signing.loads(request.COOKIES.get(CLOSED_COOKIE, ""), salt=_salt(), max_age=seconds))
    except signing.BadSignature:
        return []


def _salt() -> str:
    return f"closed browser {current_schema()}"


def with_key(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, which gives the browser a key if it has none: what it tries is counted by it."""
    if not browser_digest(request):
        give_key(response, new_key())
    return response


def new_key() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(KEY_BYTES)
