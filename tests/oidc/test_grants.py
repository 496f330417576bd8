"""What holds for every way to get tokens, whichever grant types there will be."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest
from django_tenants.utils import tenant_context

from applications.lookup.clients import client_by_id
from applications.models import Application
from common.database.caches import announce
from oidc.grants.endpoints import GRANTS
from oidc.grants.request import TokenRequest
from oidc.issuer.identity import issuer_for
from tenants.models import Tenant
from tests.oidc.relying_party import RelyingParty

pytestmark = pytest.mark.django_db(transaction=True)

every_grant = pytest.mark.parametrize("grant_type", GRANTS)


def test_discovery_names_the_grant_types_there_are(shop: RelyingParty) -> None:
    published = shop.browser.get("/oidc/.well-known/openid-configuration").json()
    assert set(published["grant_types_supported"]) == set(GRANTS)
    assert shop.token(grant_type="password").json()["error"] == "unsupported_grant_type"


@every_grant
def test_whoever_doesnt_prove_who_they_are_gets_nothing(shop: RelyingParty, grant_type: str) -> None:
    answer = shop.post("/oidc/token", {"grant_type": grant_type, "client_id": shop.client_id})
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


@every_grant
def test_an_application_gets_tokens_only_in_the_ways_it_is_registered_for(
    shop: RelyingParty, service: RelyingParty, grant_type: str
) -> None:
    for party in (shop, service):
        if grant_type not in party.application.grant_types:
            answer = party.token(grant_type=grant_type)
            assert answer.status_code == 400
            assert answer.json()["error"] == "unauthorized_client"


@every_grant
def test_an_application_that_has_to_prove_its_key_proves_it_in_every_way(
    shop: RelyingParty, acme: Tenant, grant_type: str
) -> None:
    with tenant_context(acme):
        Application.objects.filter(pk=shop.application.pk).update(requires_dpop=True, grants=" ".join(GRANTS))
        announce(acme.schema_name)
    answer = shop.token(grant_type=grant_type)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_dpop_proof"


@every_grant
def test_a_resource_that_cant_be_one_is_refused_in_every_way(shop: RelyingParty, acme: Tenant, grant_type: str) -> None:
    with tenant_context(acme):
        Application.objects.filter(pk=shop.application.pk).update(grants=" ".join(GRANTS))
        announce(acme.schema_name)
    answer = shop.token(grant_type=grant_type, resource="orders")
    assert answer.json()["error"] == "invalid_target"


def test_a_request_is_read_once_and_nobody_changes_it(shop: RelyingParty, acme: Tenant) -> None:
    with tenant_context(acme):
        client = client_by_id(shop.client_id)
        request = TokenRequest.of(
            {"grant_type": "refresh_token", "scope": " openid  openid email", "unheard_of": "x"},
            issuer=issuer_for(acme),
            client=client,
            now=datetime.now(UTC),
        )
    assert request.words == ("openid", "email")
    assert request.refresh_token == ""
    with pytest.raises(FrozenInstanceError):
        request.scope = "offline_access"  # type: ignore[misc]
