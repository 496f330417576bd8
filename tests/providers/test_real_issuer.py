"""Acme's customers sign in with their accounts at globex, over the network: a real issuer, which knows no test."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import update_profile
from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from applications.services.registration import register_application
from providers.description import ProviderDescription
from providers.models import IdentityProvider, LinkedIdentity
from providers.relying_party import fetched
from providers.services import create_provider
from providers.trial import ProviderFindingState, try_provider
from tenants.lookup import urls_of
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import new_secret
from tests.providers.conftest import COMMAND, go_there, offer
from tests.providers.people import change
from tests.tls import TlsServer, serving_tls
from tests.userflows.customer import Customer
from userflows.state import method_of_provider


@pytest.fixture
def tls_server(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsServer]:
    with serving_tls(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", server.certificate)
        fetched.forget_documents()
        yield server
        fetched.forget_documents()


def found_at(globex: Tenant, uri: str) -> tuple[Application, str]:
    """Acme, as an application of globex's."""
    with tenant_context(globex):
        application = register_application(name="Acme", kind="web", redirect_uris=[uri], actor=COMMAND)
        return application, new_secret(application)


def arrive(customer: Customer, provider: IdentityProvider, at: Browser) -> None:
    """To globex, where Eve is signed in, and back."""
    there = go_there(customer, provider)
    answer = at.get(there.partition("/t/globex")[2])
    assert answer.status_code == 303, answer.content.decode()
    customer.visit(answer["Location"].partition("/t/acme")[2])


def test_eve_comes_with_her_account_at_globex(
    tls_server: TlsServer, acme: Tenant, globex: Tenant, eve: Account
) -> None:
    issuer = f"{tls_server.url}/t/globex/oidc"
    provider_id = "0123456789ab"
    application, secret = found_at(globex, f"{urls_of(acme)[0]}/providers/{provider_id}/callback")
    described = ProviderDescription(
        name="Globex",
        issuer=issuer,
        client_id=application.client_id,
        scopes=("openid", "profile", "email", "address"),
        claims={"givenName": "given_name", "city": "address.locality"},
        trust="all",
    )
    with tenant_context(globex):
        update_profile(eve, attributes={"city": "Springfield"}, actor=COMMAND)
    with tenant_context(acme):
        provider = create_provider(described, secret=secret, provider_id=provider_id, actor=COMMAND)
        offer(provider, method_of_provider(provider.pk))
    at_globex = Browser(globex)
    at_globex.sign_in(eve)

    customer = Customer(acme)
    arrive(customer, provider, at_globex)
    assert 'value="Eve"' in customer.text
    customer.submit({"givenName": "Eve", "surname": ""})
    assert customer.is_signed_in
    with tenant_context(acme):
        linked = LinkedIdentity.objects.get()
        assert (linked.subject, linked.issuer, linked.email) == (str(eve.pk), issuer, "eve@globex.example")
        assert Account.objects.get(pk=linked.account_id).city == "Springfield"

    # From now on by a key of ours; and the test sees what works and what doesn't.
    with tenant_context(acme):
        change(provider, authentication="private_key_jwt")
        found = try_provider(provider, redirect_uri="https://acme.example/", actor=COMMAND)
        assert ProviderFindingState.BAD in {finding.state for finding in found}
        key = provider.public_jwk
    with tenant_context(globex):
        change_application(
            application, auth_method="private_key_jwt", jwks=json.dumps({"keys": [key]}), jwks_uri="", actor=COMMAND
        )
    with tenant_context(acme):
        found = try_provider(provider, redirect_uri="https://acme.example/", actor=COMMAND)
        assert [finding.title for finding in found if finding.state is ProviderFindingState.BAD] == [], found
    again = Customer(acme)
    arrive(again, provider, at_globex)

    assert again.is_signed_in
