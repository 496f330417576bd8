"""A browser without a screen, for stories that need no script: Django's test client, at one tenant's address."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client
from django_tenants.utils import tenant_context

from accounts.models import Account
from accounts.sessions.store import SessionStore
from tenants.addressing import base_url, script_prefix
from tenants.models import Tenant
from tenants.postgresql import connection
from userflows.sessions.signed_in import describe_sign_in

NOT_BREAKING = {"\u00a0": " ", "\u202f": " ", "&nbsp;": " ", "\u2011": "-", "\u2060": "", "<wbr>": ""}


def as_read(text: str) -> str:
    """A text as it looks to whoever reads it: what says where a line breaks is a blank, a hyphen, or nothing."""
    for character, looks in NOT_BREAKING.items():
        text = text.replace(character, looks)
    return text


class Browser(Client):
    """Paths are the tenant's own: `get("/sign-in/")` at acme asks for `/t/acme/sign-in/`. CSRF is checked on demand."""

    def __init__(self, tenant: Tenant, *, checks_csrf: bool = False, **defaults: Any) -> None:
        super().__init__(
            enforce_csrf_checks=checks_csrf,
            headers={"host": urlsplit(base_url(tenant)).netloc},
            **defaults,
        )
        self.tenant = tenant
        self.sent_away: Any = None

    def leads_elsewhere(self, url: str) -> bool:
        """Whether an address is another site's, or another program's."""
        parts = urlsplit(url)
        return bool(parts.scheme) and parts.netloc != urlsplit(base_url(self.tenant)).netloc

    def get(self, path: Any, *args: Any, **kwargs: Any) -> Any:
        """Open an address. Whoever was just sent to another site has left: the answer that did so is the last."""
        left = self.sent_away if self.leads_elsewhere(path) else None
        if left is not None and left["Location"] == path:
            return left
        return super().get(path, *args, **kwargs)

    def request(self, **request: Any) -> Any:
        """Send it to the tenant, and leave the connection in public, as between two requests of a server."""
        prefix = script_prefix(self.tenant)
        if prefix and not request["PATH_INFO"].startswith(f"{prefix}/"):
            request["PATH_INFO"] = prefix + request["PATH_INFO"]
        response = super().request(**request)
        connection.set_schema_to_public()
        self.sent_away = response if self.leads_elsewhere(response.headers.get("Location", "")) else None
        return response

    def sign_in(self, account: Account) -> None:
        """Sign in without the pages. The cookie carries the tenant's name, as the middleware would give it."""
        cookie = self.cookies.get(settings.SESSION_COOKIE_NAME)
        request = HttpRequest()
        request.session = SessionStore(cookie.value if cookie else None)
        with tenant_context(self.tenant):
            login(request, account)
            describe_sign_in(request.session, browser_name="")
            # Written once, where Django's `force_login` keeps an empty session first and reads it again.
            request.session.save()
        self._set_login_cookies(request)  # type: ignore[attr-defined]
        if script_prefix(self.tenant):
            name = settings.SESSION_COOKIE_NAME
            value = self.cookies.pop(name).value
            self.cookies[f"{name}_{self.tenant.slug}"] = value
