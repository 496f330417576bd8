"""Tokens that are of use only to whoever holds a key (RFC 9449). The proofs are made by another library."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from applications.description import TokenSettings
from applications.services.application import change_application
from audit.services import Actor
from tenants.models import Tenant
from tests.oidc.dpop_holder import Holder, digest
from tests.oidc.relying_party import FORM, RelyingParty, answer_in, challenge_of


@pytest.fixture
def holder(app: RelyingParty) -> Holder:
    return Holder(app)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256"])
def test_tokens_are_bound_to_the_key(app: RelyingParty, algorithm: str) -> None:
    holder = Holder(app, algorithm)
    tokens = holder.exchange(app.code()).json()
    assert tokens["token_type"] == "DPoP"
    assert app.accepts(tokens["access_token"])["cnf"] == {"jkt": holder.jkt}
    answer = holder.userinfo(tokens["access_token"])
    assert answer.status_code == 200
    assert answer["DPoP-Nonce"]


def test_without_the_key_a_stolen_token_is_worth_nothing(holder: Holder, app: RelyingParty) -> None:
    token = holder.exchange(app.code()).json()["access_token"]
    assert app.userinfo(token).status_code == 401
    assert holder.userinfo(token, scheme="Bearer").status_code == 401
    eve = Holder(app)
    eve.nonce = holder.nonce
    answer = eve.userinfo(token)
    assert answer.status_code == 401
    assert "invalid_token" in answer["WWW-Authenticate"]


def test_a_bearer_token_doesnt_go_with_a_proof(holder: Holder, app: RelyingParty) -> None:
    token = app.tokens()["access_token"]
    assert holder.userinfo(token).status_code == 401
    assert app.userinfo(token).status_code == 200


def test_the_first_proof_is_answered_with_a_nonce(holder: Holder, app: RelyingParty) -> None:
    proof = holder.proof("POST", holder.metadata["token_endpoint"], nonce=None)
    code = app.code()
    answer = holder.exchange(code, proof=proof)
    assert (answer.status_code, answer.json()["error"]) == (400, "use_dpop_nonce")
    holder.nonce = answer["DPoP-Nonce"]
    # The refusal used nothing up.
    assert holder.exchange(code, proof=holder.proof("POST", holder.metadata["token_endpoint"])).status_code == 200


@pytest.mark.parametrize(
    "claims", [{"nonce": []}, {"nonce": {}}, {"iat": 10**400}, {"iat": -(10**400)}, {"jti": "\ud800"}, {"jti": "a\0b"}]
)
def test_o43_a_proof_of_nonsense_is_refused(holder: Holder, app: RelyingParty, claims: dict[str, Any]) -> None:
    holder.token(grant_type="client_credentials")
    proof = holder.proof("POST", holder.metadata["token_endpoint"], **claims)
    answer = holder.token(grant_type="client_credentials", proof=proof)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_dpop_proof", "use_dpop_nonce"}


def test_a_nonce_is_good_for_minutes_and_in_its_own_tenant(
    holder: Holder, app: RelyingParty, rival: RelyingParty, time_machine: TimeMachineFixture
) -> None:
    token = holder.exchange(app.code()).json()["access_token"]
    elsewhere = Holder(rival)
    elsewhere.nonce = holder.nonce
    proof = elsewhere.proof("POST", elsewhere.metadata["token_endpoint"])
    assert elsewhere.token(grant_type="client_credentials", proof=proof).json()["error"] == "use_dpop_nonce"
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=5), tick=True)
    answer = holder.userinfo(token)
    assert answer.status_code == 401
    assert 'error="use_dpop_nonce"' in answer["WWW-Authenticate"]
    holder.nonce = answer["DPoP-Nonce"]
    assert holder.userinfo(token).status_code == 200


def test_a_proof_is_good_once(holder: Holder, app: RelyingParty) -> None:
    token = holder.exchange(app.code()).json()["access_token"]
    proof = holder.proof("GET", holder.metadata["userinfo_endpoint"], ath=digest(token))
    assert holder.userinfo(token, proof=proof).status_code == 200
    assert holder.userinfo(token, proof=proof).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"htm": "GET"},
        {"htu": "https://evil.example/token"},
        {"htu": None},
        {"htu": 7},
        {"htu": "http://[::1"},
        {"iat": 0},
        {"iat": "now"},
        {"iat": True},
        {"iat": None},
        {"jti": None},
        {"jti": ""},
        {"jti": "j" * 257},
        {"jti": {}},
        {"header": {"typ": "JWT"}},
        {"header": {"jwk": None}},
        {"header": {"jwk": {"kty": "oct", "k": "AAAA"}}},
        {"header": {"jwk": []}},
        {"header": {"crit": ["jwk"]}},
    ],
    ids=str,
)
def test_a_wrong_proof_is_refused(holder: Holder, app: RelyingParty, wrong: dict[str, Any]) -> None:
    holder.exchange(app.code())
    answer = holder.exchange(app.code(), proof=holder.proof("POST", holder.metadata["token_endpoint"], **wrong))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "é", "e30.e30.", "e30.e30.AAAA", "." * 9000])
def test_garbage_is_refused(holder: Holder, app: RelyingParty, garbage: str) -> None:
    answer = holder._ask(garbage, {"grant_type": "authorization_code", "code": app.code()})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


def test_a_proof_signed_with_another_key_than_its_own_is_refused(holder: Holder, app: RelyingParty) -> None:
    holder.exchange(app.code())
    eve = Holder(app)
    eve.nonce, eve.jwk = holder.nonce, holder.jwk
    answer = holder.exchange(app.code(), proof=eve.proof("POST", eve.metadata["token_endpoint"]))
    assert answer.json()["error"] == "invalid_dpop_proof"


def test_a_private_key_in_a_proof_is_refused(holder: Holder, app: RelyingParty) -> None:
    holder.exchange(app.code())
    private = jwt.get_algorithm_by_name("ES256").to_jwk(holder.key, as_dict=True)
    proof = holder.proof("POST", holder.metadata["token_endpoint"], header={"jwk": private})
    assert holder.exchange(app.code(), proof=proof).json()["error"] == "invalid_dpop_proof"


def test_the_refresh_token_of_a_public_client_is_bound_too(holder: Holder, app: RelyingParty) -> None:
    token = holder.exchange(app.code()).json()["refresh_token"]
    eve = Holder(app)
    assert eve.refresh(token).json()["error"] == "invalid_grant"
    assert app.refresh(token).json()["error"] == "invalid_grant"
    # Neither used it up.
    again = holder.refresh(token).json()
    assert app.accepts(again["access_token"])["cnf"] == {"jkt": holder.jkt}
    assert eve.refresh(again["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_client_with_a_secret_may_change_its_key(shop: RelyingParty) -> None:
    first, second = Holder(shop), Holder(shop)
    token = first.exchange(shop.code()).json()["refresh_token"]
    assert shop.accepts(second.refresh(token).json()["access_token"])["cnf"] == {"jkt": second.jkt}


def test_a_code_for_a_key_is_good_with_that_key_only(holder: Holder, app: RelyingParty) -> None:
    code = app.code(dpop_jkt=holder.jkt)
    assert Holder(app).exchange(code).json()["error"] == "invalid_grant"
    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert holder.exchange(code).status_code == 200
    assert answer_in(app.authorize(dpop_jkt="short"))["error"] == "invalid_request"


def test_a_pushed_request_with_a_proof_binds_the_code(holder: Holder, app: RelyingParty) -> None:
    holder.exchange(app.code())
    url = holder.metadata["pushed_authorization_request_endpoint"]
    request = app.request()
    for jkt, status in ((None, 201), (Holder(app).jkt, 400)):
        sent = urlencode(request | ({"dpop_jkt": jkt} if jkt else {}))
        pushed = app.browser.post("/oidc/par", sent, FORM, headers={"DPoP": holder.proof("POST", url)})
        assert pushed.status_code == status
        if status == 201:
            query = {"client_id": app.client_id, "request_uri": pushed.json()["request_uri"]}
            code = answer_in(app.browser.get("/oidc/authorize", query))["code"]
            assert app.exchange(code).json()["error"] == "invalid_grant"
            assert holder.exchange(code).status_code == 200


def test_services_can_have_bound_tokens_and_apis_see_the_key(service: RelyingParty) -> None:
    holder = Holder(service)
    token = holder.token(grant_type="client_credentials").json()
    assert token["token_type"] == "DPoP"
    facts = service.introspect(token["access_token"]).json()
    assert facts["token_type"] == "DPoP"
    assert facts["cnf"] == {"jkt": holder.jkt}


def test_an_application_can_be_held_to_it(acme: Tenant, app: RelyingParty, holder: Holder) -> None:
    with tenant_context(acme):
        change_application(app.application, **vars(replace(TokenSettings(), requires_dpop=True)), actor=Actor.command())
    refused = app.exchange(app.code())
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    assert holder.exchange(app.code()).status_code == 200


def test_pkce_still_counts(holder: Holder, app: RelyingParty) -> None:
    code = app.code(code_challenge=challenge_of("v" * 50))
    assert holder.exchange(code).json()["error"] == "invalid_grant"
