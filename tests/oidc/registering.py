"""Registering applications as they do it themselves (RFC 7591), and managing what was registered (RFC 7592)."""

import json
from collections.abc import Callable
from typing import Any

from django_tenants.utils import tenant_context

from applications.models import Application
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty

COMMAND = Actor.command()
CALLBACK = "https://new.example/callback"
WEB = {"redirect_uris": [CALLBACK], "client_name": "Newcomer"}
Register = Callable[..., Any]


def manage(browser: Browser, registered: dict[str, Any], method: str, metadata: Any = None, **other: str) -> Any:
    headers = {"Authorization": f"Bearer {other.get('bearer', registered['registration_access_token'])}"}
    path = "/oidc/register/" + other.get("client_id", registered["client_id"])
    if method == "put":
        return browser.put(path, json.dumps(metadata), "application/json", headers=headers)
    return getattr(browser, method)(path, headers=headers)


def party(browser: Browser, acme: Tenant, registered: dict[str, Any]) -> RelyingParty:
    with tenant_context(acme):
        application = Application.objects.get(client_id=registered["client_id"])
    return RelyingParty(browser, application, registered.get("client_secret"))
