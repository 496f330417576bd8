"""A customer signs in to an application: code, tokens, userinfo (OpenID Connect Core section 3.1)."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.identity.services.accounts import update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from applications.services.application import change_application
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.key_holder import COMMAND
from tests.oidc.relying_party import EVERYTHING, FORM, RelyingParty, answer_in
from tests.userflows.customer import leads_to
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow


def test_a_code_and_then_tokens_that_tell_who_it_is(shop: RelyingParty, carol: Account) -> None:
    redirect = shop.authorize()
    assert redirect["Location"].startswith("https://bookshop.example/callback?")
    assert redirect["Cache-Control"] == "no-store"
    answer = answer_in(redirect)
    assert answer.keys() == {"code", "state", "iss"}
    assert answer["state"] == "the state"
    tokens = shop.exchange(answer["code"])
    assert tokens.status_code == 200
    assert tokens["Cache-Control"] == "no-store"
    members = tokens.json()
    assert members["token_type"] == "Bearer"
    assert members["expires_in"] == 3600
    assert members["scope"] == EVERYTHING
    claims = shop.accepts(members["id_token"], audience=shop.client_id)
    assert claims["sub"] == str(carol.pk)
    assert claims["azp"] == shop.client_id
    assert claims["nonce"] == "the nonce"
    assert claims["iss"] == answer["iss"]
    assert "email" not in claims, "userinfo tells it"
    digest = hashlib.sha256(members["access_token"].encode()).digest()
    assert claims["at_hash"] == urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def test_the_kinds_of_tokens_are_told_apart_by_their_headers(shop: RelyingParty) -> None:
    tokens = shop.tokens()
    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == "RS256"
    header = jwt.get_unverified_header(tokens["access_token"])
    assert (header["alg"], header["typ"]) == ("ES256", "at+jwt")  # RFC 9068 section 2.1
    claims = shop.accepts(tokens["access_token"])
    assert claims.keys() >= {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope", "auth_time", "sid"}


def test_userinfo_tells_about_the_customer_and_the_id_token_where_that_was_chosen(
    shop: RelyingParty, acme: Tenant
) -> None:
    def told() -> tuple[dict[str, Any], dict[str, Any]]:
        tokens = shop.tokens()
        in_id_token = shop.accepts(tokens["id_token"], audience=shop.client_id)
        return in_id_token, shop.userinfo(tokens["access_token"]).json()

    in_id_token, userinfo = told()
    assert in_id_token.keys() & userinfo.keys() == {"sub"}
    assert userinfo["name"] == "Carol Carter"
    assert userinfo["email_verified"] is True
    assert userinfo["loyaltyNumber"] == "C-1001"
    with tenant_context(acme):
        change_application(shop.application, id_token_tells_customer=True, actor=COMMAND)
    in_id_token, userinfo = told()
    assert userinfo == {name: in_id_token[name] for name in userinfo}


def test_updated_at_tells_when_something_changed_last(shop: RelyingParty, acme: Tenant, carol: Account) -> None:
    def told() -> dict[str, Any]:
        answer: dict[str, Any] = shop.userinfo(shop.tokens()["access_token"]).json()
        return answer

    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert told()["updated_at"] == 1577836800
    shop.browser.post("/language/?next=/t/acme/profile/", {"in-language": "de"})
    assert told()["locale"] == "de"
    assert told()["updated_at"] > 1577836800
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(updated_at=datetime(2020, 1, 1, tzinfo=UTC))
        update_profile(carol, attributes={"surname": "Cooper"}, actor=COMMAND)
    assert told()["updated_at"] > 1577836800


def test_each_type_of_attribute_is_told_as_it_is_kept(shop: RelyingParty, acme: Tenant, carol: Account) -> None:
    values = {"born": "1990-12-31", "mobile": "+4930901820", "passport": "DE", "size": 42, "news": False}
    types = {"born": "Date", "mobile": "Phone", "passport": "Country", "size": "Int", "news": "Boolean"}
    with tenant_context(acme):
        for name, data_type in types.items():
            define_custom_attribute(name=name, data_type=data_type, actor=COMMAND)
        flow = UserFlow.objects.get(is_default=True)
        set_page_layout(flow, layout=[AttributeLayout(name) for name in types], actor=COMMAND)
        update_profile(carol, attributes=values, actor=COMMAND)
    userinfo = shop.userinfo(shop.tokens()["access_token"]).json()
    assert values == {name: userinfo[name] for name in values}


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("openid", {"sub"}),
        ("openid email", {"sub", "email", "email_verified"}),
        (
            "email openid profile",
            {"sub", "email", "email_verified", "name", "given_name", "family_name", "updated_at", "loyaltyNumber"},
        ),
        ("openid unknown", {"sub"}),
    ],
)
def test_a_scope_grants_its_claims_and_no_others(shop: RelyingParty, scope: str, told: set[str]) -> None:
    tokens = shop.tokens(scope=scope)
    assert "refresh_token" not in tokens
    assert shop.userinfo(tokens["access_token"]).json().keys() == told


def test_without_openid_it_is_plain_oauth(shop: RelyingParty) -> None:
    tokens = shop.tokens(scope="email")
    assert "id_token" not in tokens
    assert shop.userinfo(tokens["access_token"]).status_code == 403


def test_userinfo_by_get_by_post_and_with_the_token_in_the_body(shop: RelyingParty) -> None:
    token = shop.tokens()["access_token"]
    by_header = shop.browser.post("/oidc/userinfo", headers={"Authorization": f"bearer {token}"})
    by_body = shop.browser.post("/oidc/userinfo", urlencode({"access_token": token}), FORM)
    assert shop.userinfo(token).json() == by_header.json() == by_body.json()
    in_address = shop.browser.get("/oidc/userinfo", {"access_token": token})
    assert in_address.status_code == 401
    assert in_address["WWW-Authenticate"].startswith("Bearer")


def test_the_request_may_come_by_post(shop: RelyingParty) -> None:
    first = shop.browser.post("/oidc/authorize", urlencode(shop.request()), FORM)
    assert first.status_code == 303
    assert "code" in answer_in(shop.browser.get(first["Location"]))


def test_form_post_brings_the_answer_in_a_form(shop: RelyingParty) -> None:
    page = shop.authorize(response_mode="form_post", state='"><script>alert(1)</script>')
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    content = page.content.decode()
    assert 'action="https://bookshop.example/callback"' in content
    assert "<script>alert" not in content
    assert 'name="code"' in content
    assert 'name="iss"' in content


def test_a_native_app_may_listen_on_any_port(app: RelyingParty) -> None:
    app.redirect_uri = "http://127.0.0.1:49152/callback"
    assert "id_token" in app.tokens()


def test_an_anonymous_customer_signs_in_on_the_pages_and_comes_back(shop: RelyingParty, carol: Account) -> None:
    shop.browser = browser = Browser(shop.browser.tenant)
    page = browser.get("/oidc/authorize", shop.request(login_hint=carol.email))
    while page.status_code == 200:
        typed = {"email": carol.email, "password": "correct horse battery staple"}
        page = browser.post(leads_to(page), typed)
    answer = answer_in(page)
    assert answer["state"] == "the state"
    claims = shop.accepts(shop.exchange(answer["code"]).json()["id_token"], audience=shop.client_id)
    assert claims["sub"] == str(carol.pk)
    assert claims["amr"] == ["pwd"]


def test_prompt_none_answers_without_a_page(shop: RelyingParty) -> None:
    assert "code" in answer_in(shop.authorize(prompt="none"))
    shop.browser.cookies.clear()
    assert answer_in(shop.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("parameters", [{"prompt": "login"}, {"prompt": "select_account"}, {"prompt": "create"}])
def test_o41_prompts_ask_who_is_signed_in_again(shop: RelyingParty, parameters: dict[str, str]) -> None:
    answer = shop.authorize(**parameters)
    assert answer.status_code == 303
    assert "bookshop.example" not in answer["Location"]


def test_o41_max_age_counts_from_the_sign_in(shop: RelyingParty, time_machine: TimeMachineFixture) -> None:
    assert "code" in answer_in(shop.authorize(max_age="10000"))
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=100), tick=True)
    assert "code" in answer_in(shop.authorize(max_age="10000"))
    assert "bookshop.example" not in shop.authorize(max_age="99")["Location"]
    assert answer_in(shop.authorize(max_age="99", prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("parameters", [{"prompt": "login"}, {"max_age": "0"}])
def test_whoever_shows_once_more_that_it_is_they_types_a_password_and_no_address(
    shop: RelyingParty, carol: Account, time_machine: TimeMachineFixture, parameters: dict[str, str]
) -> None:
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=5), tick=True)
    address = shop.authorize(**parameters)["Location"]
    assert address.endswith("/password/")
    assert carol.email in shop.browser.get(address).content.decode()
    back = shop.browser.post(address, {"password": PASSWORD})["Location"]
    tokens = shop.exchange(answer_in(shop.browser.get(back))["code"]).json()
    claims = shop.accepts(tokens["id_token"], audience=shop.client_id)
    assert claims["sub"] == str(carol.pk)
    assert claims["auth_time"] == pytest.approx(datetime.now(UTC).timestamp(), abs=2)


def test_an_application_that_hints_at_somebody_else_doesnt_get_the_known_address(shop: RelyingParty) -> None:
    address = leads_to(shop.authorize(prompt="login", login_hint="dora@acme.example"))
    page = shop.browser.get(address).content.decode()
    assert "dora@acme.example" in page
    assert "carol@acme.example" not in page


def test_the_hint_names_whom_the_answer_must_be_about(shop: RelyingParty, rival: RelyingParty) -> None:
    own = shop.tokens()["id_token"]
    assert "code" in answer_in(shop.authorize(prompt="none", id_token_hint=own))
    foreign = rival.tokens()["id_token"]
    assert answer_in(shop.authorize(prompt="none", id_token_hint=foreign))["error"] == "invalid_request"


def test_parameters_without_a_meaning_here_are_ignored(shop: RelyingParty) -> None:
    answer = shop.authorize(
        extra="foobar", display="popup", acr_values="1", claims_locales="se", ui_locales="se", claims="{}"
    )
    assert "code" in answer_in(answer)


def test_the_query_of_a_registered_uri_stays(shop: RelyingParty) -> None:
    assert dict(parse_qsl(urlsplit(shop.authorize()["Location"]).query))["iss"].endswith("/t/acme/oidc")
