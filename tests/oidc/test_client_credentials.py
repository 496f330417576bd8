"""A service gets an access token of its own (RFC 6749 section 4.4)."""

import pytest
from django_tenants.utils import tenant_context

from applications.services.registration import register_application
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import new_secret
from tests.oidc.relying_party import RelyingParty


def test_a_service_gets_a_token_about_itself(service: RelyingParty) -> None:
    answer = service.token(grant_type="client_credentials")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    members = answer.json()
    assert members.keys() == {"access_token", "token_type", "expires_in"}
    claims = service.accepts(members["access_token"])
    assert claims["sub"] == claims["client_id"] == service.client_id
    assert claims["aud"] == claims["iss"]


def test_its_token_tells_about_nobody(service: RelyingParty) -> None:
    token = service.token(grant_type="client_credentials").json()["access_token"]
    answer = service.userinfo(token)
    assert answer.status_code == 403
    assert answer.json()["error"] == "insufficient_scope"


@pytest.fixture
def scoped(acme: Tenant) -> RelyingParty:
    """A service that was registered for two scopes."""
    with tenant_context(acme):
        application = register_application(
            name="Exports", kind="service", scopes=["orders.read", "orders.write"], actor=Actor.command()
        )
        return RelyingParty(Browser(acme), application, new_secret(application))


@pytest.mark.parametrize(
    ("asked", "granted"), [(None, "orders.read orders.write"), ("orders.read", "orders.read"), (" ", None)]
)
def test_a_service_gets_the_scopes_it_asks_for_or_all_it_has(
    scoped: RelyingParty, asked: str | None, granted: str | None
) -> None:
    members = scoped.token(grant_type="client_credentials", scope=asked).json()
    assert members["scope"] == (granted or "orders.read orders.write")


@pytest.mark.parametrize(
    "scope", ["orders.delete", "openid", "orders.read\u00a0orders.write", "ORDERS.READ", "x " * 9000]
)
def test_o25_a_scope_it_wasnt_registered_for_is_refused(scoped: RelyingParty, scope: str) -> None:
    answer = scoped.token(grant_type="client_credentials", scope=scope)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_scope"


@pytest.mark.parametrize("name", ["scopes", "user", "client", "extra_credentials", "response_type", "claims"])
def test_words_that_mean_something_inside_mean_nothing_from_outside(scoped: RelyingParty, name: str) -> None:
    members = scoped.token(**{"grant_type": "client_credentials", "scope": "orders.read", name: "orders.delete"}).json()
    assert members["scope"] == "orders.read"


def test_o36_a_public_client_has_no_credentials_to_use(app: RelyingParty) -> None:
    answer = app.token(grant_type="client_credentials")
    assert answer.json()["error"] in {"unauthorized_client", "invalid_client"}
