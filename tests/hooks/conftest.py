from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from audit.services import Actor
from hooks.description import HookDescription
from hooks.models import Hook
from hooks.services import create_hook
from tenants.models import Tenant
from tests.browser import Browser
from tests.hooks.receiver import Receiver, receiver
from tests.oidc.relying_party import RelyingParty
from tests.userflows.customer import Customer

AddHook = Callable[..., Hook]


@pytest.fixture
def server() -> Iterator[Receiver]:
    """Acme's server."""
    with receiver() as one:
        yield one


@pytest.fixture
def add_hook(acme: Tenant, server: Receiver) -> AddHook:
    """Have acme's server asked at a moment; its secret stands on the hook as `secret`."""

    def add(moment: str, **chosen: Any) -> Hook:
        usual: dict[str, Any] = {"name": f"At {moment}", "url": server.url}
        with tenant_context(chosen.pop("tenant", acme)):
            hook, secret = create_hook(HookDescription(moment=moment, **{**usual, **chosen}), actor=Actor.command())
        hook.secret = secret  # type: ignore[attr-defined]
        return hook

    return add


@pytest.fixture
def shop(acme_browser: Browser, bookshop: Application, bookshop_secret: str, carol: Account) -> RelyingParty:
    """Bookshop, in the browser in which Carol is signed in."""
    acme_browser.sign_in(carol)
    return RelyingParty(acme_browser, bookshop, bookshop_secret)


@pytest.fixture
def customer(acme: Tenant) -> Customer:
    return Customer(acme)
