"""What discovery says, member by member, is what the endpoints do: no more and no less (OpenID Connect Discovery 1.0).

Each test says by `compares` which members it is about; the last one sees to it that none is left out. Where a member
lists values, each test tries values beside those listed, and those that work have to be exactly the ones listed.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import POSSIBLE_GRANTS
from applications.services.application import change_application
from oidc.models import SignOutNotification
from oidc.registration.description import TOKEN_HOLDERS
from oidc.registration.services import create_initial_access_token, let_register
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import BOOKSHOP_SIGNED_OUT, allow
from tests.oidc.dpop_holder import Holder
from tests.oidc.key_holder import COMMAND, EC_KEY, KEYS, RSA_KEY, TYPE, KeyHolder
from tests.oidc.relying_party import RelyingParty, answer_in, basic
from tests.userflows.customer import Customer, leads_to

OPENID = "/oidc/.well-known/openid-configuration"
AUTHENTICATING = ("token", "introspection", "revocation")
COMPARED: set[str] = set()
Said = dict[str, Any]


def compares(*members: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def note(test: Callable[..., None]) -> Callable[..., None]:
        COMPARED.update(members)
        return test

    return note


@pytest.fixture
def registering(acme: Tenant) -> str:
    """An initial access token: acme lets applications register themselves."""
    with tenant_context(acme):
        let_register(TOKEN_HOLDERS, actor=COMMAND)
        _, value = create_initial_access_token(description="For tests", days=1, max_registrations=50, actor=COMMAND)
    return value


@pytest.fixture
def said(registering: str, acme: Tenant) -> Said:
    document: Said = Browser(acme).get(OPENID).json()
    return document


def path_of(address: str) -> str:
    return urlsplit(address).path


def register(tenant: Tenant, said: Said, token: str, **metadata: Any) -> Any:
    """What comes of a registration with these metadata."""
    usual = {"redirect_uris": ["https://new.example/callback"]}
    return Browser(tenant).post(
        path_of(said["registration_endpoint"]),
        json.dumps(usual | metadata),
        "application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def works(shop: RelyingParty, **parameters: str) -> bool:
    """Whether the authorization endpoint takes up the request, rather than tell the application of an error."""
    answer = shop.authorize(**parameters)
    return answer.status_code == 200 or (answer.status_code == 303 and "error=" not in answer["Location"])


def choose(shop: RelyingParty, **settings: Any) -> None:
    with tenant_context(shop.browser.tenant):
        change_application(
            shop.application, **vars(replace(shop.application.token_settings, **settings)), actor=COMMAND
        )


# --- Endpoints ------------------------------------------------------------------------------------------------------


@compares("issuer", "jwks_uri")
def test_o49_the_issuer_is_who_signs_with_keys_that_are_where_it_says(said: Said, shop: RelyingParty) -> None:
    assert shop.browser.get(path_of(said["issuer"]) + "/.well-known/openid-configuration").json() == said
    keys = jwt.PyJWKSet.from_dict(shop.browser.get(path_of(said["jwks_uri"])).json())
    token = shop.tokens()["id_token"]
    key = keys[jwt.get_unverified_header(token)["kid"]]
    jwt.decode(token, key, algorithms=["RS256"], audience=shop.client_id, issuer=said["issuer"])


@compares("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "introspection_endpoint")
@compares("revocation_endpoint", "end_session_endpoint")
def test_o49_a_sign_in_goes_from_endpoint_to_endpoint(said: Said, shop: RelyingParty, carol: Account) -> None:
    code = answer_in(shop.browser.get(path_of(said["authorization_endpoint"]), shop.request()))["code"]
    redeemed = {"grant_type": "authorization_code", "code": code, "redirect_uri": shop.redirect_uri}
    tokens = shop.as_client(path_of(said["token_endpoint"]), **redeemed, code_verifier=shop.verifier).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert shop.browser.get(path_of(said["userinfo_endpoint"]), headers=bearer).json()["sub"] == str(carol.pk)
    introspection = path_of(said["introspection_endpoint"])
    assert shop.as_client(introspection, token=tokens["access_token"]).json()["active"]
    revocation = path_of(said["revocation_endpoint"])
    assert shop.as_client(revocation, token=tokens["access_token"]).status_code == 200
    assert not shop.as_client(introspection, token=tokens["access_token"]).json()["active"]
    leaving = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT}
    left = shop.browser.get(path_of(said["end_session_endpoint"]), leaving)
    assert left["Location"] == BOOKSHOP_SIGNED_OUT
    assert answer_in(shop.authorize(prompt="none"))["error"] == "login_required"


@compares("pushed_authorization_request_endpoint", "require_pushed_authorization_requests")
def test_o49_requests_may_be_pushed_and_need_not(said: Said, shop: RelyingParty) -> None:
    pushed = shop.as_client(path_of(said["pushed_authorization_request_endpoint"]), **shop.request())
    assert pushed.status_code == 201
    request = {"client_id": shop.client_id, "request_uri": pushed.json()["request_uri"]}
    assert answer_in(shop.browser.get("/oidc/authorize", request))["code"]
    assert said["require_pushed_authorization_requests"] is not works(shop)


@compares("device_authorization_endpoint")
def test_o49_a_device_begins_where_it_says(said: Said, television: RelyingParty) -> None:
    begun = television.as_client(path_of(said["device_authorization_endpoint"]), scope="openid")
    assert begun.status_code == 200
    assert begun.json()["user_code"]


@compares("registration_endpoint")
def test_o49_an_application_registers_where_it_says_and_only_then(
    said: Said, acme: Tenant, globex: Tenant, registering: str
) -> None:
    assert register(acme, said, registering).status_code == 201
    assert "registration_endpoint" not in Browser(globex).get(OPENID).json()
    elsewhere = said | {"registration_endpoint": "/oidc/register"}
    assert register(globex, elsewhere, registering).status_code == 401


# --- Requests -------------------------------------------------------------------------------------------------------


@compares("response_types_supported")
def test_o49_response_types(said: Said, shop: RelyingParty) -> None:
    tried = [
        "code",
        "token",
        "id_token",
        "code id_token",
        "code token",
        "id_token token",
        "code id_token token",
        "none",
    ]
    assert [each for each in tried if works(shop, response_type=each)] == said["response_types_supported"]


@compares("response_modes_supported")
def test_o49_response_modes(said: Said, shop: RelyingParty) -> None:
    signed = ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"]
    tried = ["query", "form_post", "fragment", *signed, "web_message"]
    assert [each for each in tried if works(shop, response_mode=each)] == said["response_modes_supported"]
    assert answer_in(shop.authorize(response_mode="query"))["code"]
    assert b'name="code"' in shop.authorize(response_mode="form_post").content


@compares("code_challenge_methods_supported")
def test_o49_code_challenge_methods(said: Said, shop: RelyingParty) -> None:
    tried = ["S256", "plain", "S512"]
    assert [each for each in tried if works(shop, code_challenge_method=each)] == said[
        "code_challenge_methods_supported"
    ]


@compares("prompt_values_supported")
def test_o49_prompts(said: Said, shop: RelyingParty) -> None:
    tried = ["none", "login", "consent", "select_account", "create", "enroll"]
    assert [each for each in tried if works(shop, prompt=each)] == said["prompt_values_supported"]
    for prompt in said["prompt_values_supported"]:
        asks = not leads_to(shop.authorize(prompt=prompt)).startswith(shop.redirect_uri)
        assert asks == (prompt != "none"), prompt


@compares("display_values_supported")
def test_o49_displays(said: Said, shop: RelyingParty) -> None:
    tried = ["page", "popup", "touch", "wap", "hologram"]
    assert [each for each in tried if works(shop, display=each)] == said["display_values_supported"]


@compares("ui_locales_supported")
def test_o49_the_pages_speak_each_language_listed_and_no_other(said: Said, acme: Tenant, bookshop: Application) -> None:
    def spoken(language: str) -> str:
        stranger = RelyingParty(Browser(acme), bookshop)
        page = stranger.authorize(ui_locales=language)
        found = re.search(r'<html[^>]* lang="([^"]+)"', page.content.decode())
        assert found
        return found[1]

    tried = [*said["ui_locales_supported"], "la", "eo"]
    assert [each for each in tried if spoken(each) == each] == said["ui_locales_supported"]


@compares("acr_values_supported")
def test_o49_acr_values(said: Said, shop: RelyingParty) -> None:
    def can_be_met(value: str) -> bool:
        wish = {"id_token": {"acr": {"essential": True, "value": value}}}
        answer = shop.authorize(claims=json.dumps(wish))
        return "error=unmet_authentication_requirements" not in answer["Location"]

    assert [each for each in ["0", "1", "2", "phr"] if can_be_met(each)] == said["acr_values_supported"]


@compares("claims_parameter_supported")
def test_o49_claims_are_asked_for_by_name(said: Said, shop: RelyingParty) -> None:
    asked = json.dumps({"id_token": {"email": None}, "userinfo": {"name": None}})
    tokens = shop.tokens(scope="openid", claims=asked)
    in_id_token = "email" in shop.accepts(tokens["id_token"], audience=shop.client_id)
    in_userinfo = "name" in shop.userinfo(tokens["access_token"]).json()
    assert in_id_token == in_userinfo == said["claims_parameter_supported"]


@compares("request_parameter_supported", "request_uri_parameter_supported", "require_signed_request_object")
@compares("request_object_signing_alg_values_supported")
def test_o49_request_objects(said: Said, shop: RelyingParty) -> None:
    assert said["require_signed_request_object"] is not works(shop)
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, auth_method="private_key_jwt", jwks=json.dumps(KEYS), actor=COMMAND)

    def is_taken(algorithm: str) -> bool:
        key: Any = {"E": EC_KEY, "H": "x" * 64, "n": ""}.get(algorithm[0], RSA_KEY)
        kid = {"kid": "ec" if algorithm[0] == "E" else "rsa"}
        return works(shop, request=jwt.encode(shop.request(), key, algorithm=algorithm, headers=kid))

    tried = ["RS256", "PS256", "ES256", "RS384", "PS384", "HS256", "none"]
    assert [each for each in tried if is_taken(each)] == said["request_object_signing_alg_values_supported"]
    assert said["request_parameter_supported"] is True
    assert said["request_uri_parameter_supported"] is works(shop, request_uri="https://bookshop.example/r")


@compares("authorization_response_iss_parameter_supported")
def test_o49_answers_name_the_issuer(said: Said, shop: RelyingParty) -> None:
    answers = [answer_in(shop.authorize()), answer_in(shop.authorize(response_type="token"))]
    named = [answer.get("iss") == said["issuer"] for answer in answers]
    assert named == [said["authorization_response_iss_parameter_supported"]] * 2


# --- Who asks -------------------------------------------------------------------------------------------------------


def lets_in(said: Said, endpoint: str, party: RelyingParty, how: dict[str, str], header: str = "") -> bool:
    """Whether a client that proves itself like this gets beyond its authentication."""
    what = {"grant_type": "authorization_code", "code": "x"} if endpoint == "token" else {"token": "x"}
    headers = {"Authorization": header} if header else {}
    answer = party.post(path_of(said[f"{endpoint}_endpoint"]), what | how, headers=headers)
    assert answer.status_code in {200, 400, 401}
    return answer.json().get("error") != "invalid_client"


@compares(*(f"{endpoint}_endpoint_auth_methods_supported" for endpoint in AUTHENTICATING))
@pytest.mark.parametrize("endpoint", AUTHENTICATING)
def test_o49_how_clients_prove_themselves(
    endpoint: str, said: Said, acme: Tenant, shop: RelyingParty, app: RelyingParty, holder: KeyHolder
) -> None:
    assert shop.secret
    named = {"client_id": shop.client_id}
    claims = jwt.decode(holder.assertion(iss=shop.client_id, sub=shop.client_id), options={"verify_signature": False})
    by_secret = jwt.encode(claims, shop.secret)
    tried = {
        "client_secret_basic": lets_in(said, endpoint, shop, {}, basic(shop.client_id, shop.secret)),
        "client_secret_post": lets_in(said, endpoint, shop, named | {"client_secret": shop.secret}),
        "private_key_jwt": lets_in(said, endpoint, holder, asserted(holder.assertion())),
        "none": lets_in(said, endpoint, app, {"client_id": app.client_id}),
        "client_secret_jwt": lets_in(said, endpoint, shop, asserted(by_secret)),
    }
    assert [each for each, is_let_in in tried.items() if is_let_in] == said[
        f"{endpoint}_endpoint_auth_methods_supported"
    ]


def asserted(assertion: str) -> dict[str, str]:
    return {"client_assertion_type": TYPE, "client_assertion": assertion}


@compares(*(f"{endpoint}_endpoint_auth_signing_alg_values_supported" for endpoint in AUTHENTICATING))
@pytest.mark.parametrize("endpoint", AUTHENTICATING)
def test_o49_the_algorithms_of_assertions(endpoint: str, said: Said, holder: KeyHolder) -> None:
    def is_accepted(algorithm: str) -> bool:
        key = {"E": EC_KEY, "H": "x" * 64}.get(algorithm[0], RSA_KEY)
        kid = {"kid": "ec" if algorithm[0] == "E" else "rsa"}
        return lets_in(said, endpoint, holder, asserted(holder.assertion(key=key, alg=algorithm, headers=kid)))

    tried = ["RS256", "PS256", "ES256", "RS384", "RS512", "PS384", "PS512", "HS256"]
    listed = said[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
    assert [each for each in tried if is_accepted(each)] == listed


@compares("grant_types_supported")
def test_o49_grant_types(said: Said, shop: RelyingParty) -> None:
    with tenant_context(shop.browser.tenant):
        allow(shop.application, *POSSIBLE_GRANTS["web"])
    others = [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:openid:params:grant-type:ciba",
    ]
    refused = {"unsupported_grant_type", "unauthorized_client"}
    tried = [*POSSIBLE_GRANTS["web"], *others]
    taken = [each for each in tried if shop.token(grant_type=each).json().get("error") not in refused]
    assert taken == said["grant_types_supported"]


@compares("dpop_signing_alg_values_supported")
def test_o49_the_algorithms_of_proofs(said: Said, app: RelyingParty) -> None:
    def is_bound(algorithm: str) -> bool:
        answer = Holder(app, algorithm).exchange(app.code())
        assert answer.status_code == 200 or answer.json()["error"] == "invalid_dpop_proof"
        return bool(answer.json().get("token_type") == "DPoP")

    tried = ["RS256", "PS256", "ES256", "RS384", "PS384", "RS512"]
    assert [each for each in tried if is_bound(each)] == said["dpop_signing_alg_values_supported"]


# --- What is told ---------------------------------------------------------------------------------------------------


@compares("scopes_supported")
def test_o49_scopes(said: Said, shop: RelyingParty) -> None:
    tried = ["openid", "profile", "email", "address", "offline_access", "phone", "roles", "groups"]
    assert shop.tokens(scope=" ".join(tried))["scope"].split() == said["scopes_supported"]


@compares("claims_supported", "claim_types_supported")
def test_o49_claims(said: Said, acme: Tenant, bookshop: Application, bookshop_secret: str, carol: Account) -> None:
    """Of somebody about whom everything is known, who signed in by the pages, so that it is known how."""
    with tenant_context(acme):
        known = {"job_title": "Reader", "language": "de", "city": "Hamburg", "country": "DE", "user_name": "cc.1"}
        Account.objects.filter(pk=carol.pk).update(**known)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    shop = RelyingParty(customer.browser, bookshop, bookshop_secret)
    tokens = shop.tokens()
    told = shop.accepts(tokens["id_token"], audience=shop.client_id).keys()
    told |= shop.userinfo(tokens["access_token"]).json().keys()
    # What this tenant made itself can't be listed for all.
    assert told - {"loyaltyNumber"} == set(said["claims_supported"])
    # OpenID Connect Core section 5.6: the other two types come with these members.
    assert told & {"_claim_names", "_claim_sources"} == set()
    assert said["claim_types_supported"] == ["normal"]


@compares("subject_types_supported")
def test_o49_subjects(said: Said, acme: Tenant, registering: str, shop: RelyingParty, app: RelyingParty) -> None:
    def subject_at(party: RelyingParty) -> str:
        return str(party.accepts(party.tokens()["id_token"], audience=party.client_id)["sub"])

    tried = ["public", "pairwise"]
    taken = [each for each in tried if register(acme, said, registering, subject_type=each).status_code == 201]
    assert taken == said["subject_types_supported"]
    assert subject_at(shop) == subject_at(app)


@compares("id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported")
@compares("authorization_signing_alg_values_supported")
def test_o49_the_algorithms_of_what_is_signed(said: Said, acme: Tenant, registering: str, shop: RelyingParty) -> None:
    tried = ["RS256", "ES256", "PS256", "RS384", "ES384", "EdDSA", "HS256", "none"]
    for what in ("id_token", "userinfo"):
        member = f"{what}_signed_response_alg"
        taken = [each for each in tried if register(acme, said, registering, **{member: each}).status_code == 201]
        assert taken == said[f"{what}_signing_alg_values_supported"]
    for algorithm in said["id_token_signing_alg_values_supported"]:
        choose(shop, id_token_algorithm=algorithm, userinfo_algorithm=algorithm)
        tokens = shop.tokens()
        userinfo = shop.userinfo(tokens["access_token"]).content.decode()
        answer = answer_in(shop.authorize(response_mode="jwt"))["response"]
        signed = (tokens["id_token"], userinfo, answer)
        assert [jwt.get_unverified_header(each)["alg"] for each in signed] == [algorithm] * 3
    assert said["authorization_signing_alg_values_supported"] == said["id_token_signing_alg_values_supported"]


@compares("id_token_encryption_alg_values_supported", "id_token_encryption_enc_values_supported")
@compares("userinfo_encryption_alg_values_supported", "userinfo_encryption_enc_values_supported")
@pytest.mark.parametrize("what", ["id_token", "userinfo"])
def test_o49_the_algorithms_of_what_is_encrypted(what: str, said: Said, acme: Tenant, registering: str) -> None:
    def taken(tried: list[str], part: str, **others: str) -> list[str]:
        member = f"{what}_encrypted_response_{part}"
        wished = {"jwks": KEYS, **{f"{what}_encrypted_response_{name}": value for name, value in others.items()}}
        answers = {each: register(acme, said, registering, **wished, **{member: each}) for each in tried}
        return [each for each, answer in answers.items() if answer.status_code == 201]

    algorithms = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP", "RSA1_5", "dir", "A256KW"]
    contents = ["A256GCM", "A128CBC-HS256", "A128GCM", "A256CBC-HS512", "none"]
    assert taken(algorithms, "alg") == said[f"{what}_encryption_alg_values_supported"]
    assert set(taken(contents, "enc", alg="ECDH-ES")) == set(said[f"{what}_encryption_enc_values_supported"])


# --- Sign-out -------------------------------------------------------------------------------------------------------


@compares("backchannel_logout_supported", "backchannel_logout_session_supported")
@compares("frontchannel_logout_supported", "frontchannel_logout_session_supported")
def test_o49_applications_are_told_of_the_end_of_a_session(said: Said, acme: Tenant, shop: RelyingParty) -> None:
    with tenant_context(acme):
        change_application(
            shop.application,
            backchannel_logout_uri="https://bookshop.example/back",
            frontchannel_logout_uri="https://bookshop.example/front",
            actor=COMMAND,
        )
    sid = shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)["sid"]
    page = shop.browser.post("/sign-out/").content.decode()
    with tenant_context(acme):
        calls = list(SignOutNotification.objects.values_list("sid", flat=True))
    assert bool(calls) is said["backchannel_logout_supported"]
    assert (calls == [sid]) is said["backchannel_logout_session_supported"]
    assert ("https://bookshop.example/front" in page) is said["frontchannel_logout_supported"]
    assert (urlencode({"sid": sid}) in page) is said["frontchannel_logout_session_supported"]


def test_o49_every_member_is_compared_with_what_happens(said: Said) -> None:
    assert said.keys() == COMPARED
