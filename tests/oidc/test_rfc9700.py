"""RFC 9700, row by row: what the Best Current Practice for OAuth 2.0 Security asks of an authorization server.

Other modules go into depth; here each of its demands is met once, by its row in docs/reference/rfc9700.md.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.credentials.services.passwords import change_password
from accounts.models import Account
from applications.models import Application, ClientSecret
from applications.policies.redirect_uris import redirect_uri_problem
from audit.services import Actor
from common.database.caches import forget_everything
from oidc.models import Grant, RefreshToken
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.dpop_holder import Holder
from tests.oidc.key_holder import KeyHolder
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer, leads_to

EVIL = "https://evil.example/callback"


def metadata(party: RelyingParty) -> dict[str, Any]:
    document: dict[str, Any] = party.browser.get("/oidc/.well-known/openid-configuration").json()
    return document


def error_of(answer: Any) -> str:
    error: str = answer.json()["error"]
    return error


@pytest.mark.parametrize("change", ["/", "?x=1", "#x", "%20", "/../callback", "@evil.example"])
def test_rfc9700_r1_redirect_uris_match_exactly(shop: RelyingParty, change: str) -> None:
    answer = shop.authorize(redirect_uri=shop.redirect_uri + change)
    assert answer.status_code == 400
    assert "Location" not in answer


def test_rfc9700_r1_only_the_port_of_a_loopback_address_may_differ(app: RelyingParty) -> None:
    assert app.authorize(redirect_uri="http://127.0.0.1:51004/callback").status_code == 303
    assert app.authorize(redirect_uri="http://127.0.0.1:51004/other").status_code == 400


def test_rfc9700_r2_nothing_redirects_openly(shop: RelyingParty) -> None:
    for parameters in ({"prompt": "none"}, {"scope": "x y"}, {"response_type": "token"}, {"request": "x"}):
        assert "Location" not in shop.authorize(redirect_uri=EVIL, **parameters)
    signed_out = shop.browser.get("/oidc/logout", {"post_logout_redirect_uri": EVIL})
    assert EVIL not in signed_out.headers.get("Location", "")
    customer = Customer(shop.browser.tenant)
    customer.visit(f"/sign-in/?next={EVIL}")
    customer.submit({"email": "carol@acme.example"})
    assert "evil.example" not in customer.submit({"password": PASSWORD}).headers.get("Location", "")


def test_rfc9700_r3_a_code_belongs_to_whoever_asked_for_it(shop: RelyingParty) -> None:
    """Against forged answers there is PKCE, which the client can't forget, and its state comes back untouched."""
    asked = shop.authorize(code_challenge=None, code_challenge_method=None, state="s +&=é")
    assert answer_in(asked)["error"] == "invalid_request"
    assert answer_in(asked)["state"] == "s +&=é"


def test_rfc9700_r4_the_answer_names_its_issuer_against_mix_up(shop: RelyingParty) -> None:
    issuer = metadata(shop)["issuer"]
    assert answer_in(shop.authorize())["iss"] == issuer
    assert answer_in(shop.authorize(scope="nonsense"))["iss"] == issuer


def test_rfc9700_r5_what_was_posted_isnt_posted_on(shop: RelyingParty) -> None:
    browser = Browser(shop.browser.tenant)
    path = leads_to(browser.get("/oidc/authorize", shop.request()))
    path = leads_to(browser.post(path, {"email": "carol@acme.example"}))
    signed_in = browser.post(path, {"password": PASSWORD})
    assert signed_in.status_code == 303
    posted = shop.post("/oidc/authorize", shop.request())
    assert posted.status_code == 303


def test_rfc9700_r6_public_and_confidential_clients_use_pkce(shop: RelyingParty, app: RelyingParty) -> None:
    for party in (shop, app):
        refused = answer_in(party.authorize(code_challenge=None, code_challenge_method=None))
        assert refused["error"] == "invalid_request"


def test_rfc9700_r7_the_verifier_is_enforced(shop: RelyingParty, app: RelyingParty) -> None:
    for party in (shop, app):
        for verifier in (None, "w" * 43):
            assert party.exchange(party.code(), code_verifier=verifier).status_code == 400


def test_rfc9700_r8_a_verifier_without_a_challenge_shows_a_downgrade(shop: RelyingParty, acme: Tenant) -> None:
    with tenant_context(acme):
        Application.objects.filter(pk=shop.application.pk).update(requires_pkce=False)
    forget_everything()
    code = shop.code(code_challenge=None, code_challenge_method=None)
    assert error_of(shop.exchange(code)) == "invalid_grant"


def test_rfc9700_r9_pkce_is_published(shop: RelyingParty) -> None:
    assert metadata(shop)["code_challenge_methods_supported"] == ["S256"]


def test_rfc9700_r10_a_challenge_that_shows_the_verifier_is_refused(app: RelyingParty) -> None:
    for method in ("plain", None):
        answer = answer_in(app.authorize(code_challenge=app.verifier, code_challenge_method=method))
        assert answer["error"] == "invalid_request"


@pytest.mark.parametrize("response_type", ["token", "id_token", "id_token token", "code token", "code id_token"])
def test_rfc9700_r11_no_token_comes_from_the_authorization_endpoint(shop: RelyingParty, response_type: str) -> None:
    answer = shop.authorize(response_type=response_type)
    assert "unsupported_response_type" in answer["Location"]
    assert "token=" not in answer["Location"]
    assert metadata(shop)["response_types_supported"] == ["code"]


def test_rfc9700_r12_a_bound_access_token_is_of_no_use_to_a_thief(app: RelyingParty) -> None:
    holder = Holder(app)
    token = holder.exchange(app.code()).json()["access_token"]
    assert holder.userinfo(token).status_code == 200
    assert app.userinfo(token).status_code == 401
    assert Holder(app).userinfo(token).status_code == 401


def test_rfc9700_r13_a_public_clients_refresh_token_rotates_and_a_replay_ends_the_family(
    app: RelyingParty, time_machine: TimeMachineFixture
) -> None:
    first = app.tokens()["refresh_token"]
    second = app.refresh(first).json()["refresh_token"]
    assert second != first
    # Later than an answer may have been lost.
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=31), tick=True)
    assert error_of(app.refresh(first)) == "invalid_grant"
    assert error_of(app.refresh(second)) == "invalid_grant"


def test_rfc9700_r14_a_token_names_whom_it_is_for(shop: RelyingParty) -> None:
    tokens = shop.tokens(scope="openid")
    issuer = metadata(shop)["issuer"]
    claims = shop.accepts(tokens["access_token"], audience=issuer)
    assert (claims["aud"], claims["scope"]) == (issuer, "openid")
    assert shop.accepts(tokens["id_token"], audience=shop.client_id)["aud"] == shop.client_id
    assert answer_in(shop.authorize(resource="https://evil.example/api"))["error"] == "invalid_target"


def test_rfc9700_r15_a_password_is_no_grant(shop: RelyingParty) -> None:
    answer = shop.token(grant_type="password", username="carol@acme.example", password=PASSWORD)
    assert error_of(answer) == "unsupported_grant_type"
    assert "password" not in metadata(shop)["grant_types_supported"]


def test_rfc9700_r16_a_client_may_prove_itself_by_a_key_it_never_sends(holder: KeyHolder) -> None:
    assert holder.asserted(holder.assertion()).status_code == 200
    assert "private_key_jwt" in metadata(holder)["token_endpoint_auth_methods_supported"]


def test_rfc9700_r17_the_metadata_of_rfc8414_are_published(shop: RelyingParty) -> None:
    assert shop.browser.get("/oidc/.well-known/oauth-authorization-server").json() == metadata(shop)


def test_rfc9700_r18_no_client_can_pass_for_a_customer(service: RelyingParty, acme: Tenant) -> None:
    token = service.token(grant_type="client_credentials").json()["access_token"]
    assert service.accepts(token)["sub"] == service.client_id
    assert service.userinfo(token).status_code == 403
    # Both are random, so neither can be chosen to equal the other.
    assert UUID(service.client_id).version == 4
    with tenant_context(acme):
        assert not Account.objects.filter(pk=service.client_id).exists()


def test_rfc9700_r19_plain_http_is_for_loopback_only() -> None:
    for kind in ("web", "spa", "native"):
        assert redirect_uri_problem("http://app.example/callback", kind=kind)
        assert not redirect_uri_problem("http://127.0.0.1/callback", kind=kind)


def test_rfc9700_r20_no_script_reads_the_authorization_endpoint(shop: RelyingParty) -> None:
    origin = {"Origin": "https://bookshop.example"}
    for answer in (
        shop.browser.get("/oidc/authorize", shop.request(), headers=origin),
        shop.browser.options("/oidc/authorize", headers=origin),
    ):
        assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_rfc9700_r21_answers_arent_handed_to_windows(shop: RelyingParty) -> None:
    assert answer_in(shop.authorize(response_mode="web_message"))["error"] == "invalid_request"
    assert "web_message" not in metadata(shop)["response_modes_supported"]


def test_rfc9700_r22_nobody_else_hears_of_a_code(shop: RelyingParty, time_machine: TimeMachineFixture) -> None:
    page = Browser(shop.browser.tenant).get("/oidc/authorize", shop.request(), follow=True)
    assert page["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert not re.findall(r'(?:src=|<link[^>]* href=)"(?:https?:)?//', page.content.decode())
    tokens = shop.exchange(code := shop.code()).json()
    assert error_of(shop.exchange(code)) == "invalid_grant"
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    late = shop.code()
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=61))
    assert error_of(shop.exchange(late)) == "invalid_grant"


def test_rfc9700_r23_a_code_can_stay_out_of_the_history(shop: RelyingParty) -> None:
    answer = shop.authorize(response_mode="form_post")
    assert answer.status_code == 200
    assert 'name="code"' in answer.content.decode()
    assert "Location" not in answer


def test_rfc9700_r24_no_access_token_in_an_address(shop: RelyingParty) -> None:
    token = shop.tokens()["access_token"]
    assert shop.browser.get("/oidc/userinfo", {"access_token": token}).status_code == 401


def test_rfc9700_r25_a_code_injected_elsewhere_is_worth_nothing(
    shop: RelyingParty, app: RelyingParty, rival: RelyingParty
) -> None:
    for thief in (app, rival):
        thief.verifier = shop.verifier
        assert error_of(thief.exchange(shop.code(), redirect_uri=shop.redirect_uri)) == "invalid_grant"
    assert error_of(shop.exchange(shop.code(), redirect_uri=EVIL)) == "invalid_grant"


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/", "/oidc/logout/confirm", "/profile/"])
def test_rfc9700_r26_no_other_site_posts_in_a_customers_name(acme: Tenant, carol: Account, path: str) -> None:
    browser = Browser(acme, checks_csrf=True)
    browser.sign_in(carol)
    assert browser.post(path, {"email": "x"}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_rfc9700_r27_tokens_are_kept_like_passwords(shop: RelyingParty, acme: Tenant) -> None:
    code, tokens = shop.code(), shop.tokens()
    with tenant_context(acme):
        kept = [str(row) for model in (Grant, RefreshToken, ClientSecret) for row in model.objects.values()]
    assert len(kept) >= 3
    # The first part of a refresh token only says which row it is.
    parts = [code, tokens["access_token"], tokens["refresh_token"].partition(".")[2], shop.secret or "-"]
    assert not any(part in row for part in parts for row in kept)


def test_rfc9700_r28_an_invalid_request_stays_here(shop: RelyingParty) -> None:
    stranger = Browser(shop.browser.tenant)
    for parameters in ({"client_id": "unknown"}, {"redirect_uri": EVIL}, {"redirect_uri": None}):
        assert "Location" not in shop.authorize(**parameters)
    # Somebody not signed in is asked to first; only a client that wants no question is told that there is one.
    assert "/go/" in leads_to(stranger.get("/oidc/authorize", shop.request()))
    refused = stranger.get("/oidc/authorize", shop.request(prompt="none"))
    assert answer_in(refused)["error"] == "login_required"


def test_rfc9700_r29_what_a_proxy_should_have_stripped_counts_for_nothing(shop: RelyingParty) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"}
    answer = shop.browser.get("/oidc/.well-known/openid-configuration", headers=forged)
    assert answer.json() == metadata(shop)


def test_rfc9700_r30_refresh_tokens_are_bound_and_end(
    app: RelyingParty, acme: Tenant, carol: Account, time_machine: TimeMachineFixture
) -> None:
    narrow = app.tokens(scope="openid offline_access")["refresh_token"]
    assert error_of(app.refresh(narrow, scope="openid email")) == "invalid_scope"
    idle, changed = app.tokens()["refresh_token"], app.tokens()["refresh_token"]
    with tenant_context(acme):
        change_password(carol, password="a wholly different one", actor=Actor.command())
        family = RefreshToken.objects.order_by("expires_at").last()
        assert family is not None
        assert family.idle_expires_at < family.expires_at <= datetime.now(UTC) + timedelta(days=91)
    assert error_of(app.refresh(changed)) == "invalid_grant"
    time_machine.move_to(datetime.now(UTC) + timedelta(days=91))
    assert error_of(app.refresh(idle)) == "invalid_grant"


def test_rfc9700_r31_no_page_is_framed(acme: Tenant, shop: RelyingParty) -> None:
    for page in (Browser(acme).get("/sign-in/", follow=True), shop.authorize(client_id="x")):
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "DENY"


def test_rfc9700_r32_no_fragment_is_carried_on(shop: RelyingParty) -> None:
    assert redirect_uri_problem("https://app.example/callback#part", kind="web")
    assert "#" not in shop.authorize()["Location"]
    refused = shop.authorize(response_mode="fragment")
    assert "code=" not in refused.headers.get("Location", "")
