"""Ada adds a provider, tests it, offers it, and lets go of it; Grace sees nothing of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from audit.services import Actor, Circumstances, record
from common.database.caches import forget_everything
from common.text.translation import KeptSentence
from providers.models import IdentityProvider, LinkedIdentity
from providers.relying_party import fetched
from providers.services import note_failing
from tenants.models import Tenant
from tests.browser import Browser
from tests.providers import saml
from tests.providers.elsewhere import CLIENT_ID, ISSUER, SECRET, Elsewhere, answer_of
from tests.providers.others import KEY_FILE, KEY_ID, SERVICES_ID, TEAM_ID
from userflows.models import UserFlow
from userflows.state import method_of_provider

pytestmark = pytest.mark.django_db
PROVIDERS = "/tenants/acme/identity-providers/"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    server = Elsewhere()
    monkeypatch.setattr(fetched, "call", server.call)
    fetched.forget_documents()
    yield server
    fetched.forget_documents()


def chosen(**changed: Any) -> dict[str, Any]:
    usual = {
        "name": "Elsewhere",
        "issuer": ISSUER,
        "client_id": CLIENT_ID,
        "authentication": "client_secret",
        "secret": SECRET,
        "scopes": "openid email",
        "trust": "domains",
        "trusted_domains": "Acme.example, @new.example",
        "claim_givenName": "given_name",
        "is_on": "on",
    }
    return usual | changed


def only(acme: Tenant) -> IdentityProvider:
    with tenant_context(acme):
        return IdentityProvider.objects.get()


def test_the_redirect_uri_stays_while_ada_registers_it_at_the_provider(
    ada_portal: Browser, acme: Tenant, elsewhere: Elsewhere
) -> None:
    def shown() -> str:
        page = ada_portal.get(f"{PROVIDERS}new/?kind=oidc").content.decode()
        found = re.search(r"/t/acme/providers/([0-9a-f]{12})/callback", page)
        assert found
        return found[1]

    first = shown()
    ada_portal.get(PROVIDERS)
    assert shown() == first
    assert ada_portal.post(f"{PROVIDERS}new/?kind=oidc", chosen(provider_id=first)).status_code == 302
    assert only(acme).pk == first
    assert shown() != first, "the next provider has its own"


def test_a_provider_is_added_tested_offered_and_deleted(
    ada_portal: Browser, acme: Tenant, elsewhere: Elsewhere, carol: Account
) -> None:
    assert "No identity providers yet" in ada_portal.get(PROVIDERS).content.decode()
    assert "Google" in ada_portal.get(f"{PROVIDERS}new/").content.decode()
    page = ada_portal.get(f"{PROVIDERS}new/?kind=oidc").content.decode()
    shown = re.search(r"/t/acme/providers/([0-9a-f]{12})/callback", page)
    assert shown
    refused = ada_portal.post(
        f"{PROVIDERS}new/?kind=oidc", chosen(provider_id=shown[1], issuer="https://10.0.0.1", scopes="email", secret="")
    ).content.decode()
    for sentence in ("The address is internal", "Ask for openid", "Paste the client secret"):
        assert sentence in refused
    assert shown[0] in refused, "the redirect URI stays what was copied"

    answer = ada_portal.post(f"{PROVIDERS}new/?kind=oidc", chosen(provider_id=shown[1]))
    assert answer.status_code == 302
    provider = only(acme)
    assert provider.pk == shown[1]
    assert provider.trusted_domains == ["acme.example", "new.example"]
    page = ada_portal.get(f"{PROVIDERS}{provider.pk}/").content.decode()
    assert SECRET not in page
    assert 'under the method of <a href="/tenants/acme/user-flows/">' in page

    elsewhere.spoils = {"token": lambda: answer_of({"error": "invalid_client"}, status=401)}
    tested = ada_portal.post(f"{PROVIDERS}{provider.pk}/test").content.decode()
    assert "accept our client ID, secret or key (invalid_client)" in tested
    assert "The last test failed." in ada_portal.get(f"{PROVIDERS}{provider.pk}/").content.decode()
    assert "last time" not in ada_portal.get("/tenants/acme/").content.decode(), "no customer has tried"
    elsewhere.spoils = {"token": lambda: answer_of({"error": "invalid_grant"}, status=400)}
    tested = ada_portal.post(f"{PROVIDERS}{provider.pk}/test").content.decode()
    assert "The provider accepts it." in tested
    assert "The last test failed." not in ada_portal.get(f"{PROVIDERS}{provider.pk}/").content.decode()

    method = method_of_provider(provider.pk)
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        LinkedIdentity.objects.create(provider=provider, issuer=ISSUER, subject="carol", account=carol)
    flow_page = f"/tenants/acme/user-flows/{flow.pk}/"
    assert "Elsewhere" in ada_portal.get(flow_page).content.decode()
    ada_portal.post(flow_page, {"name": flow.name, "methods": [method], "allows_sign_up": "on"})
    assert "Elsewhere" in ada_portal.get("/tenants/acme/user-flows/").content.decode()

    ada_portal.post(f"{PROVIDERS}{provider.pk}/", chosen(secret="", is_on=""))
    closed = "No one can sign in with the user flow Sign up and sign in"
    assert closed in ada_portal.get("/tenants/acme/").content.decode()
    ada_portal.post(f"{PROVIDERS}{provider.pk}/", chosen(secret=""))
    assert closed not in ada_portal.get("/tenants/acme/").content.decode()

    asked = ada_portal.get(f"{PROVIDERS}{provider.pk}/delete/").content.decode()
    assert "1 customer can no longer sign in with it." in asked
    kept = ada_portal.post(f"{PROVIDERS}{provider.pk}/delete/", follow=True).content.decode()
    assert "offers nothing else" in kept
    ada_portal.post(flow_page, {"name": flow.name, "methods": ["password", method], "allows_sign_up": "on"})
    ada_portal.post(f"{PROVIDERS}{provider.pk}/delete/")
    with tenant_context(acme):
        assert not IdentityProvider.objects.exists()
        assert not LinkedIdentity.objects.exists()
        assert UserFlow.objects.get(is_default=True).methods == ["password"]
        told = Event.objects.filter(action__startswith="identity_provider.").order_by("pk")
        assert [event.action.partition(".")[2] for event in told] == [
            "created",
            "tested",
            "tested",
            "changed",
            "changed",
            "deleted",
        ]


def test_each_kind_is_asked_for_what_it_has_and_apples_key_comes_out_of_no_page(
    ada_portal: Browser, acme: Tenant
) -> None:
    sent = {
        "name": "Apple",
        "issuer": "https://appleid.apple.com",
        "client_id": SERVICES_ID,
        "team_id": TEAM_ID,
        "key_id": "",
        "secret": KEY_FILE,
        "trust": "all",
        "is_on": "on",
    }
    refused = ada_portal.post(f"{PROVIDERS}new/?kind=apple", sent).content.decode()
    assert "It has ten characters" in refused
    assert "PRIVATE KEY-----" not in refused
    assert ada_portal.post(f"{PROVIDERS}new/?kind=apple", {**sent, "key_id": KEY_ID}).status_code == 302
    page = f"{PROVIDERS}{only(acme).pk}/"
    shown = ada_portal.get(page).content.decode()
    assert "PRIVATE KEY-----" not in shown
    assert KEY_ID in shown
    assert ada_portal.post(page, {**sent, "key_id": "OTHERKEY12", "secret": ""}).status_code == 302, "the key is kept"
    assert only(acme).key_id == "OTHERKEY12"

    facebook = ada_portal.get(f"{PROVIDERS}new/?kind=facebook").content.decode()
    for name in ("issuer", "authentication", "trust", "team_id"):
        assert f'name="{name}"' not in facebook
    assert 'value="public_profile email"' in facebook


def test_a_saml_provider_is_added_by_pasted_metadata_and_tested(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    idp = saml.Provider()
    monkeypatch.setattr(fetched, "call", idp.call)
    fetched.forget_documents()
    assert "A SAML provider" in ada_portal.get(f"{PROVIDERS}new/").content.decode()
    page = ada_portal.get(f"{PROVIDERS}new/?kind=saml").content.decode()
    found = re.search(r"/t/acme/providers/([0-9a-f]{12})/metadata", page)
    assert found
    sent = {"provider_id": found[1], "name": "Elsewhere", "issuer": saml.ENTITY_ID, "trust": "none", "is_on": "on"}
    refused = ada_portal.post(f"{PROVIDERS}new/?kind=saml", {**sent, "metadata": idp.metadata("urn:other")})
    assert "The metadata belongs to &#x27;urn:other&#x27;" in refused.content.decode()
    neither = ada_portal.post(f"{PROVIDERS}new/?kind=saml", {**sent, "issuer": ""}).content.decode()
    assert "one of the two" in neither
    assert "Write the entity ID" in neither
    added = ada_portal.post(f"{PROVIDERS}new/?kind=saml", {**sent, "issuer": "", "metadata": idp.metadata()})
    assert added.status_code == 302
    provider = only(acme)
    assert provider.issuer == saml.ENTITY_ID
    assert (provider.pk, provider.client_id, provider.sealed_secret) == (found[1], "", "")

    own = f"{PROVIDERS}{provider.pk}/"
    at_its_address = {**sent, "issuer": "", "metadata_url": saml.METADATA_URL, "signs_requests": "on"}
    assert ada_portal.post(own, at_its_address).status_code == 302
    assert (only(acme).issuer, only(acme).metadata) == (saml.ENTITY_ID, "")
    tested = ada_portal.post(f"{own}test").content.decode()
    assert f"Customers are sent to {saml.SIGN_IN}." in tested
    assert "1 that signs, good until" in tested
    assert "accepts only signed requests" not in tested
    demanding = idp.metadata().replace(" protocolSupport", ' WantAuthnRequestsSigned="true" protocolSupport')
    demanding = demanding.replace("<md:SingleSignOn", "<md:NameIDFormat>urn:other</md:NameIDFormat><md:SingleSignOn")
    assert ada_portal.post(own, {**sent, "metadata": demanding}).status_code == 302
    tested = ada_portal.post(f"{own}test").content.decode()
    assert "accepts only signed requests" in tested
    assert "lists no persistent NameID" in tested
    assert ada_portal.post(own, at_its_address).status_code == 302
    idp.keys = []
    assert "a certificate that signs" in ada_portal.post(f"{own}test").content.decode()
    with tenant_context(acme):
        UserFlow.objects.update(methods=["password", method_of_provider(only(acme).pk)])
        note_failing(only(acme), KeptSentence("No certificate that signs."))
        forget_everything()
    assert "Customers couldn’t sign in with Elsewhere" in ada_portal.get("/tenants/acme/").content.decode()


def test_a_secret_counts_for_the_place_it_was_saved_for(ada_portal: Browser, acme: Tenant) -> None:
    """Nobody who may change a provider has its secret sent to a server of theirs."""
    ada_portal.post(f"{PROVIDERS}new/?kind=oidc", chosen())
    page = f"{PROVIDERS}{only(acme).pk}/"
    moved = ada_portal.post(page, chosen(issuer="https://id.evil.example", secret=""))
    assert "none is saved for this issuer" in moved.content.decode()
    assert only(acme).issuer == ISSUER

    assert ada_portal.post(page, chosen(name="Renamed", secret="")).status_code == 302
    assert only(acme).name == "Renamed"


def test_the_log_names_the_provider(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    ada_portal.post(f"{PROVIDERS}new/?kind=oidc", chosen())
    about = Circumstances(method=method_of_provider(only(acme).pk))
    with tenant_context(acme):
        who = Actor("customer", str(carol.pk), carol.email)
        record("customer.signed_in", actor=who, target=carol, circumstances=about, details={"provider": "Elsewhere"})

    page = ada_portal.get("/tenants/acme/logs/").content.decode()
    assert "with Elsewhere" in re.sub(r"<[^>]+>", "", page)


def test_a_customers_identity_is_seen_and_unlinked(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    ada_portal.post(f"{PROVIDERS}new/?kind=oidc", chosen())
    with tenant_context(acme):
        identity = LinkedIdentity.objects.create(
            provider=only(acme), issuer=ISSUER, subject="carol", account=carol, email="carol@new.example"
        )
    page = f"/tenants/acme/customers/{carol.pk}/sign-in/"
    assert "carol@new.example" in ada_portal.get(page).content.decode()
    unlink = f"/tenants/acme/customers/{carol.pk}/providers/{identity.pk}/unlink/"
    assert "They can no longer sign in with Elsewhere" in ada_portal.get(unlink).content.decode()

    ada_portal.post(unlink)

    assert "carol@new.example" not in ada_portal.get(page).content.decode()


@pytest.mark.parametrize("provider_id", ["0123456789abc", "x0123456789ab", "0123456789ab\n", "0123456789abcdef" * 9])
def test_an_id_that_was_never_shown_is_refused(
    provider_id: str, ada_portal: Browser, acme: Tenant, elsewhere: Elsewhere
) -> None:
    response = ada_portal.post(f"{PROVIDERS}new/?kind=oidc", chosen(provider_id=provider_id))

    assert response.status_code == 404
    with tenant_context(acme):
        assert not IdentityProvider.objects.exists()
