"""What applications do with what they have registered (RFC 7592), and what others try with it."""

import json
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]

from accounts.models import Account
from applications.models import Application, ApplicationLogo, ScopePermission
from applications.policies.grants import DEVICE_CODE, REFRESH_TOKEN, TOKEN_EXCHANGE
from applications.services.application import change_application
from applications.services.permissions import grant_for_all
from audit.models import Event
from common.web.limits import Limit
from oidc.consents.services import give_consent
from oidc.models import Consent
from oidc.registration import endpoints as registration
from oidc.registration.description import ANYONE
from oidc.registration.services import let_register
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.apis import found_orders
from tests.oidc.key_holder import KEYS
from tests.oidc.registering import CALLBACK, COMMAND, WEB, Register, manage, party


def test_o36_a_client_gets_the_grants_it_asked_for_and_no_others(
    register: Register, acme: Tenant, acme_browser: Browser, carol: Account
) -> None:
    said = register(WEB).json()
    assert said["grant_types"] == ["authorization_code"]
    assert "offline_access" not in said["scope"].split()
    acme_browser.sign_in(carol)
    narrow = party(acme_browser, acme, said)
    tokens = narrow.tokens(scope="openid offline_access")
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid"
    for parameters in ({"grant_type": "client_credentials"}, {"grant_type": "refresh_token", "refresh_token": "x"}):
        assert narrow.token(**parameters).json()["error"] == "unauthorized_client"
    wider = manage(acme_browser, said, "put", {**WEB, "grant_types": ["authorization_code", "refresh_token"]}).json()
    assert wider["grant_types"] == ["authorization_code"]
    said = register({**WEB, "grant_types": ["authorization_code", "refresh_token"]}).json()
    assert "refresh_token" in party(acme_browser, acme, said).tokens(scope="openid offline_access")


def test_a_registration_is_read_replaced_and_removed(register: Register, acme: Tenant, acme_browser: Browser) -> None:
    said = register(WEB).json()
    read = manage(acme_browser, said, "get").json()
    assert read["client_name"] == "Newcomer"
    assert "client_secret" not in read
    assert said["registration_client_uri"].endswith(f"/oidc/register/{said['client_id']}")
    changed = manage(acme_browser, said, "put", {**WEB, "client_name": "Renamed", "redirect_uris": [f"{CALLBACK}2"]})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["client_name"], changed.json()["redirect_uris"]) == ("Renamed", [f"{CALLBACK}2"])
    refused = manage(acme_browser, said, "put", {**WEB, "token_endpoint_auth_method": "none"})
    assert refused.json()["error"] == "invalid_client_metadata"
    assert manage(acme_browser, said, "delete").status_code == 204
    assert manage(acme_browser, said, "get").status_code == 401
    with tenant_context(acme):
        assert not Application.objects.filter(client_id=said["client_id"]).exists()


def test_o13_nobody_manages_anothers_registration(
    register: Register, acme_browser: Browser, bookshop: Application, token: str
) -> None:
    mine, theirs = register(WEB).json(), register(WEB).json()
    for other in ({"client_id": theirs["client_id"]}, {"client_id": bookshop.client_id}, {"bearer": token}):
        for method in ("get", "delete"):
            assert manage(acme_browser, mine, method, **other).status_code == 401
    assert manage(acme_browser, theirs, "get").status_code == 200


def test_o27_removed_its_tokens_end(register: Register, acme: Tenant, acme_browser: Browser, carol: Account) -> None:
    said = register(WEB).json()
    acme_browser.sign_in(carol)
    shop = party(acme_browser, acme, said)
    tokens = shop.tokens()
    manage(acme_browser, said, "delete")
    assert shop.userinfo(tokens["access_token"]).status_code == 401


def test_a_logo_goes_with_the_registration_that_named_it(
    register: Register, acme: Tenant, acme_browser: Browser, called: list[str], globex_browser: Browser
) -> None:
    said = register({**WEB, "logo_uri": "https://new.example/logo.png"}).json()
    assert (said["logo_uri"], called) == ("https://new.example/logo.png", ["https://new.example/logo.png"])
    with tenant_context(acme):
        digest = ApplicationLogo.objects.get().digest
    address = f"/brand/applications/logos/{digest}"
    assert acme_browser.get(address)["Content-Type"] == "image/png"
    assert acme_browser.get(address)["Content-Security-Policy"] == "sandbox; default-src 'none'"
    # T-13
    assert globex_browser.get(address).status_code == 404
    assert "logo_uri" not in manage(acme_browser, said, "put", WEB).json()
    assert acme_browser.get(address).status_code == 404


def test_who_comes_without_a_token_is_asked_for_consent(register: Register, acme: Tenant) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    answer = Browser(acme).post("/oidc/register", json.dumps({**WEB, "client_name": "Eve"}), "application/json")
    assert answer.status_code == 201
    exchanging = {**WEB, "client_name": "Eve", "grant_types": ["authorization_code", TOKEN_EXCHANGE]}
    refused = Browser(acme).post("/oidc/register", json.dumps(exchanging), "application/json")
    assert refused.json()["error"] == "invalid_client_metadata"
    replaced = manage(Browser(acme), answer.json(), "put", exchanging).json()
    assert replaced["grant_types"] == ["authorization_code"]
    vouched = register(WEB)
    with tenant_context(acme):
        asks = dict(Application.objects.filter(registered_dynamically=True).values_list("name", "asks_for_consent"))
    assert asks == {"Eve": True, "Newcomer": False}
    assert vouched.status_code == 201


def test_c12_replacements_are_counted_as_registrations_are(
    register: Register, acme_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = register(WEB).json()
    monkeypatch.setattr(registration, "REGISTRATIONS", Limit("few", 2, 60))
    statuses = [manage(acme_browser, said, "put", WEB).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    other = register(WEB).json()
    assert manage(acme_browser, other, "put", WEB).status_code == 200


def test_o18_who_becomes_another_asks_for_consent_again(
    register: Register, acme: Tenant, acme_browser: Browser, carol: Account
) -> None:
    said = register(WEB).json()
    with tenant_context(acme):
        give_consent(carol, Application.objects.get(client_id=said["client_id"]), scopes=["openid"])
        assert Consent.objects.count() == 1
    manage(acme_browser, said, "put", {**WEB, "policy_uri": "https://new.example/privacy"})
    with tenant_context(acme):
        assert Consent.objects.count() == 1
    manage(acme_browser, said, "put", {**WEB, "redirect_uris": ["https://elsewhere.example/callback"]})
    with tenant_context(acme):
        assert not Consent.objects.exists()
        assert not Event.objects.filter(action="application.consent_revoked").exists()


@pytest.mark.parametrize(
    "other", [{"client_name": "Acme Account"}, {"redirect_uris": [CALLBACK, "https://evil.example/callback"]}]
)
def test_o18_what_was_granted_for_all_ends_when_it_becomes_another(
    register: Register, acme: Tenant, acme_browser: Browser, carol: Account, other: dict[str, Any]
) -> None:
    """The administrator looked at who it was; Eve, who has its registration access token, makes it somebody else."""
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    said = acme_browser.post("/oidc/register", json.dumps(WEB), "application/json").json()
    newcomer = party(acme_browser, acme, said)
    orders = found_orders(acme)
    orders.permit(newcomer.application, orders.read)
    with tenant_context(acme):
        grant_for_all(newcomer.application, actor=COMMAND)
    acme_browser.sign_in(carol)
    asked = {"scope": "openid email", "prompt": "none"}
    manage(acme_browser, said, "put", {**WEB, "policy_uri": "https://new.example/privacy"})
    assert "code=" in newcomer.authorize(**asked)["Location"]
    manage(acme_browser, said, "put", {**WEB, **other})
    assert b"error=consent_required" in newcomer.authorize(**asked).content
    with tenant_context(acme):
        assert not ScopePermission.objects.exclude(granted_at=None).exists()
        (event,) = Event.objects.filter(action="application.consent_revoked")
    assert event.actor_id == said["client_id"]


def test_o18_customers_are_asked_again_though_an_administrator_had_switched_that_off(
    register: Register, acme: Tenant, acme_browser: Browser, carol: Account
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    said = acme_browser.post("/oidc/register", json.dumps(WEB), "application/json").json()
    newcomer = party(acme_browser, acme, said)
    with tenant_context(acme):
        change_application(newcomer.application, asks_for_consent=False, actor=COMMAND)
    acme_browser.sign_in(carol)
    assert "code=" in newcomer.authorize(prompt="none")["Location"]
    manage(acme_browser, said, "put", {**WEB, "client_name": "Acme Account"})
    assert b"error=consent_required" in newcomer.authorize(prompt="none").content


def test_o54_a_stolen_registration_token_takes_back_nothing_an_administrator_requires(
    register: Register, acme: Tenant, acme_browser: Browser
) -> None:
    said = register({**WEB, "grant_types": ["authorization_code", REFRESH_TOKEN]}).json()
    with tenant_context(acme):
        application = Application.objects.get(client_id=said["client_id"])
        change_application(
            application,
            grant_types=["authorization_code"],
            requires_pushed_requests=True,
            requires_dpop=True,
            second_factor="always",
            factors=("passkey",),
            auth_method="private_key_jwt",
            jwks=json.dumps(KEYS),
            actor=COMMAND,
        )
    loose = {
        **WEB,
        "grant_types": ["authorization_code", REFRESH_TOKEN, DEVICE_CODE],
        "require_pushed_authorization_requests": False,
        "token_endpoint_auth_method": "client_secret_basic",
        "second_factor": "never",
        "factors": ["mail"],
    }
    answer = manage(acme_browser, said, "put", {**loose, "client_name": "Renamed"})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert "client_secret" not in told
    assert (told["client_name"], told["grant_types"]) == ("Renamed", ["authorization_code"])
    assert told["token_endpoint_auth_method"] == "private_key_jwt"
    assert told["jwks"] == KEYS
    assert (told["require_pushed_authorization_requests"], told["dpop_bound_access_tokens"]) == (True, True)
    assert manage(acme_browser, said, "get").json()["grant_types"] == ["authorization_code"]
    with tenant_context(acme):
        application.refresh_from_db()
    assert (application.second_factor, application.factors) == ("always", "passkey")


def test_o54_a_stolen_registration_token_opens_nothing_that_an_administrator_had_closed(
    register: Register, acme: Tenant, acme_browser: Browser
) -> None:
    """IDs of its own stay its own, and what is encrypted to the application stays so, by the same keys."""
    said = register({**WEB, "grant_types": ["authorization_code"]}).json()
    key = JWK.generate(kty="EC", crv="P-256", kid="ours", use="enc").export_public(as_dict=True)
    with tenant_context(acme):
        change_application(
            Application.objects.get(client_id=said["client_id"]),
            subject_type="pairwise",
            userinfo_encryption="ECDH-ES",
            jwks=json.dumps({"keys": [key]}),
            actor=COMMAND,
        )
    told = manage(acme_browser, said, "put", {**WEB, "client_name": "Renamed"}).json()
    assert (told["client_name"], told["subject_type"]) == ("Renamed", "pairwise")
    assert told["userinfo_encrypted_response_alg"] == "ECDH-ES"
    assert told["jwks"]["keys"] == [key]


def test_an_application_may_bind_itself_more_closely(register: Register, acme_browser: Browser) -> None:
    said = register({**WEB, "grant_types": ["authorization_code", REFRESH_TOKEN]}).json()
    closer = {**WEB, "require_pushed_authorization_requests": True, "dpop_bound_access_tokens": True}
    told = manage(acme_browser, said, "put", closer).json()
    assert told["grant_types"] == ["authorization_code"]
    assert (told["require_pushed_authorization_requests"], told["dpop_bound_access_tokens"]) == (True, True)


def test_what_an_administrator_allowed_stays_when_the_application_says_it_too(
    register: Register, acme: Tenant, acme_browser: Browser
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    said = Browser(acme).post("/oidc/register", json.dumps(WEB), "application/json").json()
    grants = ["authorization_code", DEVICE_CODE]
    with tenant_context(acme):
        application = Application.objects.get(client_id=said["client_id"])
        change_application(application, grant_types=grants, actor=COMMAND)
    assert manage(acme_browser, said, "put", {**WEB, "grant_types": grants}).json()["grant_types"] == grants
