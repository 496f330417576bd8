"""The modules of the plan fapi2-security-profile-final-test-plan, as they are for private_key_jwt and DPoP.

Each test bears the name of its module. They run once for each plan: that of Message Signing has them too, with requests
that are signed and answers, too (`test_fapi2_message_signing.py` has what is in that one alone). Where a module only
warns, we keep to what it likes better.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from time_machine import TimeMachineFixture

from tests.conformance.fapi import FapiSuite, Holder, denied, error_of, from_now, spoilt, unsigned
from tests.conformance.suite import CALLBACK, Person
from tests.oidc.key_holder import OTHER_KEY, RSA_KEY
from tests.oidc.relying_party import challenge_of

NOT_AUTHENTICATED = {"invalid_client", "invalid_request"}
UNPROVED = {"invalid_request", "invalid_grant", "invalid_dpop_proof"}


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


# --- A client that behaves well -------------------------------------------------------------------------------------


def test_discovery_end_point_verification(fapi: FapiSuite) -> None:
    said = fapi.metadata
    assert said["response_types_supported"] == ["code"]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["pushed_authorization_request_endpoint"].startswith("https://")
    assert said["require_pushed_authorization_requests"] in {True, False}
    assert "private_key_jwt" in said["token_endpoint_auth_methods_supported"]
    for member in (
        "dpop_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ):
        assert {"PS256", "ES256"} <= {*said[member]}
    for member in (
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "authorization_signing_alg_values_supported",
    ):
        assert "ES256" in said[member]
    assert "S256" in said["code_challenge_methods_supported"]
    assert "refresh_token" in said["grant_types_supported"]
    assert "jwt" in said["response_modes_supported"]
    assert "openid" in said["scopes_supported"]


def test_happy_flow(fapi: FapiSuite, person: Person) -> None:
    """With both clients; the second binds its code to its key, and is answered at an address with a query."""
    first = fapi.sign_in(person)
    assert first.claims.keys() & {"email", "name", "address"} == set()
    told = fapi.userinfo(first.tokens["access_token"])
    assert told.json()["sub"] == first.claims["sub"]
    url = f"{fapi.metadata['userinfo_endpoint']}?{urlencode({'access_token': first.tokens['access_token']})}"
    assert fapi.http.get(url).status_code == 401
    other = fapi.as_second()
    second = other.sign_in(person, dpop_jkt=other.holder.jkt, nonce="n" * 43, state="s" * 128)
    assert other.userinfo(second.tokens["access_token"]).status_code == 200
    # The first client's key is of no use for the second one's token.
    assert fapi.userinfo(second.tokens["access_token"]).status_code == 401


def test_user_rejects_authentication(fapi: FapiSuite, person: Person) -> None:
    for client in (fapi, fapi.as_second()):
        sent = client.parameters(prompt="consent", state="s" * 128)
        assert client.told(denied(person, client.way(sent)), sent)["error"] == "access_denied"


def test_ensure_authorization_request_without_state_success(fapi: FapiSuite, person: Person) -> None:
    answer = fapi.sign_in(person, state=None).answer
    assert "state" not in answer
    assert len(answer["code"]) >= 43


def test_ensure_authorization_request_without_nonce_success(fapi: FapiSuite, person: Person) -> None:
    assert "nonce" not in fapi.sign_in(person, nonce=None).claims


def test_ensure_authorization_request_with_64_char_nonce_success(fapi: FapiSuite, person: Person) -> None:
    assert fapi.sign_in(person, nonce="n" * 64).claims["nonce"] == "n" * 64


def test_ensure_other_scope_order_succeeds(fapi: FapiSuite, person: Person) -> None:
    done = fapi.sign_in(person, scope="email openid")
    assert set(done.tokens["scope"].split()) == {"openid", "email"}


def test_test_claims_parameter_identity_claims(fapi: FapiSuite, person: Person) -> None:
    assert fapi.metadata["claims_parameter_supported"] is True
    asked = {"id_token": {"email": None}, "userinfo": {"name": None}}
    claims: Any = asked if fapi.signs_messages else json.dumps(asked)
    done = fapi.sign_in(person, claims=claims)
    assert done.claims["email"] == "carol@acme.example"
    told = fapi.userinfo(done.tokens["access_token"]).json()
    assert (told["sub"], told["name"]) == (done.claims["sub"], "Carol Carter")


def test_access_token_type_header_case_sensitivity(fapi: FapiSuite, person: Person) -> None:
    token = fapi.sign_in(person).tokens["access_token"]
    assert fapi.userinfo(token, scheme="dPoP").status_code == 200


# --- Proofs ---------------------------------------------------------------------------------------------------------


def test_check_dpop_proof_nbf_exp(fapi: FapiSuite, person: Person) -> None:
    done = fapi.sign_in(person, proof={"nbf": from_now(), "exp": from_now(300)})
    assert fapi.userinfo(done.tokens["access_token"], nbf=from_now(), exp=from_now(300)).status_code == 200


@pytest.mark.parametrize("seconds", [-10, 8])
def test_ensure_dpopproof_with_iat_10seconds_before_succeeds(fapi: FapiSuite, person: Person, seconds: int) -> None:
    """ensure-dpopproof-with-iat-10seconds-before-succeeds, ensure-dpopproof-with-iat-10seconds-after-succeeds."""
    done = fapi.sign_in(person, proves=True, proof={"iat": from_now(seconds)})
    assert fapi.userinfo(done.tokens["access_token"], iat=from_now(seconds)).status_code == 200


def test_ensure_mismatched_dpop_jkt_fails(fapi: FapiSuite) -> None:
    sent = fapi.parameters(dpop_jkt=Holder().jkt)
    assert fapi.refusal(sent, proves=True) in {"invalid_request", "invalid_dpop_proof"}


def test_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(fapi: FapiSuite, person: Person) -> None:
    code = fapi.ask(person, fapi.parameters(), proves=True)["code"]
    assert error_of(fapi.exchange(code, holder=Holder())) in UNPROVED


def test_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(fapi: FapiSuite, person: Person) -> None:
    code = fapi.code(person, dpop_jkt=Holder().jkt)
    assert error_of(fapi.exchange(code)) in UNPROVED


def test_ensure_dpopproof_at_par_endpoint_binding_success(fapi: FapiSuite, person: Person) -> None:
    assert fapi.sign_in(person, proves=True).claims["sub"]


def test_ensure_dpop_auth_code_binding_success(fapi: FapiSuite, person: Person) -> None:
    assert fapi.sign_in(person, proves=True, dpop_jkt=fapi.holder.jkt).claims["sub"]


def test_dpop_negative_tests(fapi: FapiSuite, person: Person) -> None:
    token = fapi.sign_in(person).tokens["access_token"]
    url, holder = fapi.metadata["userinfo_endpoint"], fapi.holder
    assert fapi.userinfo(token).status_code == 200
    good: dict[str, Any] = {"ath": jwt.utils.base64url_encode(b"x").decode(), "nonce": fapi.nonce}
    proof = holder.proof("GET", url, **good)
    header, claims, _ = proof.split(".")
    said = jwt.decode(proof, options={"verify_signature": False})
    private = jwt.algorithms.ECAlgorithm.to_jwk(holder.key, as_dict=True)
    for bad in (
        f"{header}.{claims}",
        f"{proof},{proof}",
        spoilt(proof),
        unsigned(said, typ="dpop+jwt", jwk=holder.jwk),
        Holder().proof("GET", url, **good),
    ):
        assert fapi.userinfo(token, proof=bad).status_code in {400, 401}, bad
    wrong: list[dict[str, Any]] = [
        *({name: None} for name in ("jti", "htm", "htu", "iat", "ath")),
        *({"header": {name: None}} for name in ("typ", "jwk")),
        {"header": {"typ": "dpop+jwt+wrongyousee"}},
        {"header": {"jwk": private}},
        {"htm": "PUT"},
        {"htu": "https://elsewhere.example/"},
        {"iat": from_now(3600)},
        {"iat": from_now(-3600)},
        {"ath": "not its hash"},
    ]
    for each in wrong:
        assert fapi.userinfo(token, **each).status_code in {400, 401}, each
    for each in (
        {"htu": f"{url}?a=1#b"},
        {"extra": 1},
        {"header": {"extra": 1}},
        {"htu": url.replace("https", "HTTPS")},
    ):
        assert fapi.userinfo(token, **each).status_code == 200, each
    for algorithm, status in (("RS256", 400), ("PS256", 201)):
        assert fapi.push(fapi.parameters(), holder=Holder(RSA_KEY, algorithm)).status_code == status
    used = {"jti": "fixed " + fapi.client.client_id + str(fapi.signs_messages)}
    assert [fapi.userinfo(token, **used).status_code for _ in range(2)] == [200, 401]
    for scheme in ("DPoP", "Bearer"):
        assert fapi.userinfo(token, scheme=scheme, proof="").status_code == 401
    assert fapi.userinfo(token).status_code == 200


# --- Requests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nonce", "state"])
def test_ensure_different_nonce_inside_and_outside_request_object(fapi: FapiSuite, person: Person, name: str) -> None:
    """ensure-different-nonce-inside-and-outside-request-object, and -state-; what was pushed counts."""
    sent = fapi.parameters()
    request_uri = fapi.push(sent).json()["request_uri"]
    answer = fapi.told(person.ask(fapi.address(request_uri, **{name: "another"})), sent)
    tokens = fapi.exchange(answer["code"]).json()
    assert fapi.verified(tokens["id_token"])["nonce"] == sent["nonce"]


@pytest.mark.parametrize("name", ["nonce", "state"])
def test_ensure_authorization_request_with_long_nonce(fapi: FapiSuite, person: Person, name: str) -> None:
    """ensure-authorization-request-with-long-nonce may be refused; -state- comes back."""
    if name == "nonce":
        assert fapi.refusal(fapi.parameters(nonce="n" * 384)) == "invalid_request"
    else:
        assert fapi.sign_in(person, state="s" * 1000).answer["state"] == "s" * 1000


def test_state_only_outside_request_object_not_used(fapi: FapiSuite, person: Person) -> None:
    sent = fapi.parameters(state=None)
    request_uri = fapi.push(sent).json()["request_uri"]
    assert "state" not in fapi.told(person.ask(fapi.address(request_uri, state="outside")), sent)


def test_ensure_request_object_without_redirect_uri_fails(fapi: FapiSuite) -> None:
    assert fapi.refusal(fapi.parameters(redirect_uri=None)) == "invalid_request"


def test_plain_fapi_tolerate_unregistered_redirect_uri(fapi: FapiSuite) -> None:
    assert fapi.refusal(fapi.parameters(redirect_uri=f"{CALLBACK}/unregistered")) == "invalid_request"


def test_ensure_unsigned_authorization_request_without_using_par_fails(fapi: FapiSuite, person: Person) -> None:
    sent = fapi.parameters()
    answer = person.ask(f"{fapi.metadata['authorization_endpoint']}?{urlencode(sent)}")
    assert fapi.told(answer, sent)["error"] == "invalid_request"


def test_ensure_redirect_uri_in_authorization_request(fapi: FapiSuite) -> None:
    assert fapi.refusal(fapi.parameters(redirect_uri=None)) == "invalid_request"


@pytest.mark.parametrize("response_type", ["code id_token", "token"])
def test_ensure_response_type_code_idtoken_fails(fapi: FapiSuite, response_type: str) -> None:
    """ensure-response-type-code-idtoken-fails, ensure-response-type-token-fails."""
    assert fapi.refusal(fapi.parameters(response_type=response_type)) == "unsupported_response_type"


# --- The token endpoint ---------------------------------------------------------------------------------------------


def test_ensure_client_id_in_token_endpoint(fapi: FapiSuite, person: Person) -> None:
    """The second client's client_id, signed by the first one's key."""
    code, other = fapi.code(person), fapi.as_second()
    posing = other.assertion(key=fapi.client.key, algorithm=fapi.client.algorithm)
    assert error_of(other.exchange(code, assertion=posing)) == "invalid_client"


def test_ensure_holder_of_key_required(fapi: FapiSuite, person: Person) -> None:
    """The module also looks at TLS, which is the proxy's matter."""
    response = fapi.exchange(fapi.code(person), proves=False)
    assert response.status_code == 400
    assert error_of(response) in UNPROVED


def test_ensure_authorization_code_is_bound_to_client(fapi: FapiSuite, person: Person) -> None:
    other = fapi.as_second()
    response = other.exchange(fapi.code(person), redirect_uri=fapi.client.callback, code_verifier=fapi.verifier)
    assert (response.status_code, error_of(response)) == (400, "invalid_grant")


def test_attempt_reuse_authorization_code_after_one_second(
    fapi: FapiSuite, person: Person, time_machine: TimeMachineFixture
) -> None:
    done = fapi.sign_in(person)
    time_machine.move_to(later(1), tick=True)
    response = fapi.exchange(done.answer["code"])
    assert (response.status_code, error_of(response)) == (400, "invalid_grant")
    assert fapi.userinfo(done.tokens["access_token"]).status_code == 401


def test_ensure_token_endpoint_fails_with_expired_auth_code(
    fapi: FapiSuite, person: Person, time_machine: TimeMachineFixture
) -> None:
    code = fapi.code(person)
    time_machine.move_to(later(62), tick=True)
    response = fapi.exchange(code)
    assert (response.status_code, error_of(response)) == (400, "invalid_grant")


def test_ensure_signed_client_assertion_with_rs256_fails(fapi: FapiSuite) -> None:
    assert error_of(fapi.exchange("code", assertion=fapi.assertion(algorithm="RS256"))) == "invalid_client"


def test_ensure_client_assertion_in_token_endpoint(fapi: FapiSuite) -> None:
    response = fapi.exchange("code", assertion={"client_id": fapi.client.client_id})
    assert error_of(response) in NOT_AUTHENTICATED


def test_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(fapi: FapiSuite) -> None:
    assert error_of(fapi.exchange("code", assertion=fapi.assertion(exp=from_now(-300)))) in NOT_AUTHENTICATED


def test_ensure_client_assertion_with_wrong_aud_fails(fapi: FapiSuite) -> None:
    wrong = fapi.assertion(aud="https://elsewhere.example")
    assert error_of(fapi.exchange("code", assertion=wrong)) in NOT_AUTHENTICATED


def test_ensure_client_assertion_with_no_sub_fails(fapi: FapiSuite) -> None:
    assert error_of(fapi.exchange("code", assertion=fapi.assertion(sub=None))) in NOT_AUTHENTICATED


def test_refresh_token(fapi: FapiSuite, person: Person, time_machine: TimeMachineFixture) -> None:
    other = fapi.as_second()
    for client in (fapi, other):
        done = client.sign_in(person, scope="openid offline_access", prompt="consent")
        presented = {"grant_type": "refresh_token", "refresh_token": done.tokens["refresh_token"]}
        time_machine.move_to(later(1), tick=True)
        # Another key than before: a refresh token goes with the client, an access token with its key.
        client.holder = Holder()
        refreshed = client.token(**presented).json()
        claims = client.verified(refreshed["id_token"])
        assert {name: claims[name] for name in ("sub", "aud", "iss", "auth_time")} == {
            name: done.claims[name] for name in ("sub", "aud", "iss", "auth_time")
        }
        assert client.userinfo(refreshed["access_token"]).status_code == 200
        # No rotation, so no answer that is lost signs anybody out (section 5.3.2.1-9).
        assert refreshed["refresh_token"] == done.tokens["refresh_token"]
        time_machine.move_to(later(30), tick=True)
        assert client.token(**presented).status_code == 200
    assert error_of(fapi.token(**presented)) == "invalid_grant"
    assert error_of(other.token(**presented, assertion={})) in NOT_AUTHENTICATED
    unproved = other.token(**presented, proves=False)
    assert unproved.status_code == 400
    assert error_of(unproved) in UNPROVED


# --- Pushed requests ------------------------------------------------------------------------------------------------


def test_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(fapi: FapiSuite) -> None:
    somebody, sent = fapi.person(), fapi.parameters()
    url = fapi.way(sent)
    assert "Email" in somebody.http.get(url, follow_redirects=True).text
    assert fapi.told(somebody.ask(url), sent)["code"]


def test_par_attempt_reuse_request_uri(fapi: FapiSuite, person: Person) -> None:
    sent = fapi.parameters()
    for browser in (fapi.person(), person):
        url = fapi.way(sent)
        assert fapi.exchange(fapi.told(browser.ask(url), sent)["code"]).status_code == 200
        assert fapi.is_refused_by_page(browser, url)


def test_par_attempt_to_use_expired_request_uri(
    fapi: FapiSuite, person: Person, time_machine: TimeMachineFixture
) -> None:
    response = fapi.push(fapi.parameters())
    assert response.json()["expires_in"] < 600
    time_machine.move_to(later(response.json()["expires_in"] + 1), tick=True)
    assert fapi.is_refused_by_page(person, fapi.address(response.json()["request_uri"]))


def test_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(fapi: FapiSuite) -> None:
    assertion = fapi.assertion(iat=from_now(8), nbf=from_now(8))
    assert fapi.push(fapi.parameters(), assertion=assertion).status_code == 201


def test_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(fapi: FapiSuite) -> None:
    assertion = fapi.assertion(iat=from_now(65), nbf=from_now(65), exp=from_now(125))
    assert fapi.refusal(fapi.parameters(), assertion=assertion) in NOT_AUTHENTICATED


def test_par_attempt_to_use_request_uri_for_different_client(fapi: FapiSuite, person: Person) -> None:
    request_uri = fapi.push(fapi.parameters()).json()["request_uri"]
    assert fapi.is_refused_by_page(person, fapi.as_second().address(request_uri))


def test_par_authorization_request_containing_request_uri_form_param(fapi: FapiSuite) -> None:
    url = fapi.metadata["pushed_authorization_request_endpoint"]
    form = fapi.parameters(request_uri="urn:ietf:params:oauth:request_uri:random") | fapi.assertion()
    assert error_of(fapi.http.post(url, data=form)) == "invalid_request"


def test_par_attempt_invalid_http_method(fapi: FapiSuite) -> None:
    url = fapi.metadata["pushed_authorization_request_endpoint"]
    assert fapi.http.put(url, data=fapi.parameters() | fapi.assertion()).status_code == 405


def test_par_ensure_pkce_required(fapi: FapiSuite) -> None:
    sent = fapi.parameters(code_challenge=None, code_challenge_method=None)
    assert fapi.refusal(sent) == "invalid_request"


def test_ensure_pkce_code_verifier_required(fapi: FapiSuite, person: Person) -> None:
    response = fapi.exchange(fapi.code(person), code_verifier=None)
    assert (response.status_code, error_of(response)) == (400, "invalid_grant")


def test_incorrect_pkce_code_verifier_rejected(fapi: FapiSuite, person: Person) -> None:
    response = fapi.exchange(fapi.code(person), code_verifier="v" * 64)
    assert (response.status_code, error_of(response)) == (400, "invalid_grant")


def test_par_plain_pkce_rejected(fapi: FapiSuite) -> None:
    sent = fapi.parameters(code_challenge=challenge_of("v" * 64), code_challenge_method="plain")
    assert fapi.refusal(sent) == "invalid_request"


def test_par_without_duplicate_parameters(fapi: FapiSuite, person: Person) -> None:
    """Nothing but client_id and request_uri at the authorization endpoint, as all tests do here."""
    assert fapi.sign_in(person).claims["sub"]


@pytest.mark.parametrize("audience", ["array", "par-endpoint-url", "token-endpoint-url"])
def test_par_test_array_as_audience_fails(fapi: FapiSuite, audience: str) -> None:
    """par-test-array-as-audience-fails, par-test-par-endpoint-url-as-…, par-test-token-endpoint-url-as-…."""
    wrong = {
        "array": [fapi.provider.issuer, "https://elsewhere.example"],
        "par-endpoint-url": fapi.metadata["pushed_authorization_request_endpoint"],
        "token-endpoint-url": fapi.metadata["token_endpoint"],
    }
    for each in (wrong[audience], [fapi.provider.issuer]):
        assert fapi.refusal(fapi.parameters(), assertion=fapi.assertion(aud=each)) in NOT_AUTHENTICATED


def test_eve_signs_with_a_key_of_her_own(fapi: FapiSuite) -> None:
    posing = fapi.assertion(key=OTHER_KEY, algorithm="PS256")
    assert fapi.refusal(fapi.parameters(), assertion=posing) == "invalid_client"
