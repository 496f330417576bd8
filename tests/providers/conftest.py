"""Acme has a provider elsewhere, and its default user flow offers it beside the password."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context

from audit.services import Actor
from providers.description import ProviderDescription, usual
from providers.models import IdentityProvider
from providers.relying_party import fetched
from providers.services import create_provider
from tenants.models import Tenant
from tests.providers import saml
from tests.providers.elsewhere import CLIENT_ID, ISSUER, SECRET, Elsewhere
from tests.providers.saml import ENTITY_ID, METADATA_URL
from tests.userflows.customer import Customer
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow
from userflows.state import method_of_provider

COMMAND = Actor.command()
BY_SAML = replace(usual("saml"), name="Elsewhere", issuer=ENTITY_ID, metadata_url=METADATA_URL, trust="all")
USUAL = ProviderDescription(name="Elsewhere", issuer=ISSUER, client_id=CLIENT_ID, trust="all")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    """The provider's server."""
    server = Elsewhere()
    monkeypatch.setattr(fetched, "call", server.call)
    fetched.forget_documents()
    yield server
    fetched.forget_documents()


@pytest.fixture
def provider(acme: Tenant, elsewhere: Elsewhere) -> IdentityProvider:
    """What acme has set up about it, offered after the password; its verified addresses are believed."""
    with tenant_context(acme):
        created = create_provider(USUAL, secret=SECRET, actor=COMMAND)
        offer(created, "password", method_of_provider(created.pk))
    return created


@pytest.fixture
def idp(monkeypatch: pytest.MonkeyPatch) -> Iterator[saml.Provider]:
    """The server of one that speaks SAML."""
    server = saml.Provider()
    monkeypatch.setattr(fetched, "call", server.call)
    fetched.forget_documents()
    yield server
    fetched.forget_documents()


@pytest.fixture
def by_saml(acme: Tenant, idp: saml.Provider) -> IdentityProvider:
    """What acme has set up about it, offered after the password."""
    with tenant_context(acme):
        created = create_provider(BY_SAML, actor=COMMAND)
        offer(created, "password", method_of_provider(created.pk))
    return created


def offer(provider: IdentityProvider, *methods: str) -> None:
    """Let the default flow of the current tenant offer these methods."""
    change_user_flow(UserFlow.objects.get(is_default=True), methods=methods, actor=COMMAND)


@pytest.fixture
def customer(acme: Tenant) -> Customer:
    return Customer(acme)


def go_there(customer: Customer, provider: IdentityProvider, *, start: str = "/sign-in/") -> str:
    """Press the provider's button; returns the address that the browser is sent to."""
    customer.visit(start)
    return press(customer, provider)


def press(customer: Customer, provider: IdentityProvider) -> str:
    """The same from the page where the customer is."""
    journey = customer.path.split("/go/")[1].split("/")[0]
    response = customer.browser.post(f"/go/{journey}/provider/", {"provider": provider.pk})
    assert response.status_code == 303, response.content.decode()
    return str(response["Location"])


def come_back(customer: Customer, provider: IdentityProvider, server: Elsewhere, **how: str | None) -> None:
    """There and back again, with what the server says."""
    customer.visit(server.sign_in(go_there(customer, provider), **how))
