"""The modules of the plans oidcc-basic-certification-test-plan and oidcc-formpost-basic-certification-test-plan.

Each test bears the name of its module, and runs once for each plan. Where a module only warns, we keep to what it likes
better.
"""

import json
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from time_machine import TimeMachineFixture

from oidc.wire.encoding import base64url
from tests.conformance.suite import CALLBACK, Person, Suite
from tests.oidc.relying_party import challenge_of

UNSIGNED = "eyJhbGciOiJub25lIn0"
SCOPES = {
    "profile": {"name", "given_name", "family_name", "updated_at"},
    "email": {"email", "email_verified"},
    # Carol has told no address, and nobody a telephone number: empty claims are left out.
    "address": set(),
    "phone": set(),
}


# What goes beside a request object, too (OpenID Connect Core section 6.1): everything else stands in it alone.
BESIDE_OBJECT = {"client_id", "redirect_uri", "scope", "response_type"}


def asked_by_object(suite: Suite, person: Person, **beside: str) -> dict[str, str]:
    """What the client is told whose request stands in an unsigned request object; `beside` differs from it."""
    sent = suite.parameters()
    outside = {name: value for name, value in sent.items() if name in BESIDE_OBJECT} | beside
    request = f"{UNSIGNED}.{base64url(json.dumps(sent).encode())}."
    told = person.ask(f"{suite.metadata['authorization_endpoint']}?{urlencode(outside | {'request': request})}")
    assert told["state"] == sent["state"]
    assert person.got_a_form == (suite.response_mode == "form_post")
    return told


def test_oidcc_server(suite: Suite) -> None:
    done = suite.sign_in(suite.person(), scope="openid profile email")
    assert suite.userinfo(done.tokens["access_token"])["sub"] == done.claims["sub"]
    assert done.claims["auth_time"] <= done.claims["iat"] < done.claims["exp"]


def test_oidcc_response_type_missing(suite: Suite) -> None:
    assert suite.answer(suite.person(), response_type=None)["error"] == "invalid_request"


def test_oidcc_idtoken_signature(suite: Suite) -> None:
    # `verified` accepts RS256 alone.
    assert suite.sign_in(suite.person()).claims["iss"] == suite.provider.issuer


def test_oidcc_idtoken_unsigned(suite: Suite) -> None:
    assert "none" not in suite.metadata["id_token_signing_alg_values_supported"]


def test_oidcc_userinfo_get(suite: Suite) -> None:
    done = suite.sign_in(suite.person())
    assert suite.userinfo(done.tokens["access_token"])["sub"] == done.claims["sub"]


def test_oidcc_userinfo_post_header(suite: Suite) -> None:
    done = suite.sign_in(suite.person())
    headers = {"Authorization": f"Bearer {done.tokens['access_token']}"}
    assert suite.http.post(suite.metadata["userinfo_endpoint"], headers=headers).json()["sub"] == done.claims["sub"]


def test_oidcc_userinfo_post_body(suite: Suite) -> None:
    done = suite.sign_in(suite.person())
    body = {"access_token": done.tokens["access_token"]}
    assert suite.http.post(suite.metadata["userinfo_endpoint"], data=body).json()["sub"] == done.claims["sub"]


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite: Suite) -> None:
    assert "nonce" not in suite.sign_in(suite.person(), nonce=None).claims


@pytest.mark.parametrize("scope", SCOPES)
def test_oidcc_scope(suite: Suite, scope: str) -> None:
    """oidcc-scope-profile, -email, -address, -phone."""
    done = suite.sign_in(suite.person(), scope=f"openid {scope}")
    told = suite.userinfo(done.tokens["access_token"]).keys()
    assert told >= {"sub", *SCOPES[scope]}
    assert not done.claims.keys() & set().union(*SCOPES.values())
    assert not told & {name for other in SCOPES if other != scope for name in SCOPES[other]}


def test_oidcc_scope_all(suite: Suite) -> None:
    done = suite.sign_in(suite.person(), scope="openid profile email address phone")
    assert suite.userinfo(done.tokens["access_token"]).keys() >= set().union(*SCOPES.values())


def test_oidcc_alternate_happy_flow(suite: Suite) -> None:
    sent = dict(reversed(suite.parameters(scope="email openid").items()))
    done = suite.sign_in(suite.person(), **sent)
    assert not {"email", "name"} & done.claims.keys()
    told = suite.userinfo(done.tokens["access_token"])
    assert told["email"] == "carol@acme.example"
    assert "name" not in told


@pytest.mark.parametrize("display", ["page", "popup"])
def test_oidcc_display(suite: Suite, display: str) -> None:
    """oidcc-display-page, oidcc-display-popup."""
    assert suite.sign_in(suite.person(), display=display).claims["sub"]


def test_oidcc_prompt_login(suite: Suite, time_machine: TimeMachineFixture) -> None:
    person = suite.person()
    first = suite.sign_in(person)
    shown = len(person.pages)
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=2), tick=True)
    second = suite.sign_in(person, prompt="login")
    assert len(person.pages) > shown
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["auth_time"] > first.claims["auth_time"]


def test_oidcc_prompt_none_not_logged_in(suite: Suite) -> None:
    person = suite.person()
    assert suite.answer(person, prompt="none")["error"] == "login_required"
    assert person.pages == []


def test_oidcc_prompt_none_logged_in(suite: Suite) -> None:
    person = suite.person()
    first = suite.sign_in(person)
    shown = len(person.pages)
    second = suite.sign_in(person, prompt="none")
    assert len(person.pages) == shown
    assert (second.claims["sub"], second.claims["auth_time"]) == (first.claims["sub"], first.claims["auth_time"])


def test_oidcc_max_age_1(suite: Suite, time_machine: TimeMachineFixture) -> None:
    person = suite.person()
    first = suite.sign_in(person)
    shown = len(person.pages)
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=3), tick=True)
    second = suite.sign_in(person, max_age="1")
    assert len(person.pages) > shown
    assert second.claims["auth_time"] > first.claims["auth_time"]


def test_oidcc_max_age_10000(suite: Suite) -> None:
    person = suite.person()
    first = suite.sign_in(person)
    shown = len(person.pages)
    second = suite.sign_in(person, max_age="10000")
    assert len(person.pages) == shown
    assert second.claims["auth_time"] == first.claims["auth_time"]


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(suite: Suite) -> None:
    assert suite.sign_in(suite.person(), extra="foobar").claims["sub"]


def test_oidcc_id_token_hint(suite: Suite) -> None:
    person = suite.person()
    first = suite.sign_in(person)
    second = suite.sign_in(person, prompt="none", id_token_hint=first.tokens["id_token"])
    assert second.claims["sub"] == first.claims["sub"]


def test_oidcc_login_hint(suite: Suite) -> None:
    person = suite.person()
    suite.sign_in(person, login_hint="carol@acme.example")
    assert "carol@acme.example" in person.pages[0]


def test_oidcc_ui_locales(suite: Suite) -> None:
    person = suite.person()
    suite.sign_in(person, ui_locales="se de fr")
    assert '<html lang="de"' in person.pages[0]


def test_oidcc_claims_locales(suite: Suite) -> None:
    assert suite.sign_in(suite.person(), claims_locales="se").claims["sub"]


def test_oidcc_ensure_request_with_acr_values_succeeds(suite: Suite) -> None:
    asked = " ".join(suite.metadata["acr_values_supported"])
    assert suite.sign_in(suite.person(), acr_values=asked).claims["acr"] in asked.split()


def test_oidcc_codereuse(suite: Suite) -> None:
    done = suite.sign_in(suite.person())
    again = suite.exchange(done.answer["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_oidcc_codereuse_30seconds(suite: Suite, time_machine: TimeMachineFixture) -> None:
    done = suite.sign_in(suite.person())
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=30), tick=True)
    again = suite.exchange(done.answer["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    headers = {"Authorization": f"Bearer {done.tokens['access_token']}"}
    assert suite.http.get(suite.metadata["userinfo_endpoint"], headers=headers).status_code == 401


def test_oidcc_ensure_registered_redirect_uri(suite: Suite) -> None:
    page = suite.person().error_page(suite.url(redirect_uri=f"{CALLBACK}/{secrets.token_hex(4)}"))
    assert "This link doesn&#x27;t work" in page or "This link doesn't work" in page


def test_oidcc_ensure_post_request_succeeds(suite: Suite) -> None:
    assert suite.sign_in_by_post(suite.person()).claims["sub"]


def test_oidcc_server_client_secret_post(suite_of_post_client: Suite) -> None:
    done = suite_of_post_client.sign_in(suite_of_post_client.person())
    assert suite_of_post_client.userinfo(done.tokens["access_token"])["sub"] == done.claims["sub"]


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(suite: Suite) -> None:
    told = suite.answer(suite.person(), request_uri="https://suite.example/request.jwt")
    assert told["error"] == "request_uri_not_supported"


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(suite: Suite) -> None:
    assert asked_by_object(suite, suite.person())["error"] == "request_not_supported"


def test_oidcc_claims_essential(suite: Suite) -> None:
    done = suite.sign_in(suite.person(), claims=json.dumps({"userinfo": {"name": {"essential": True}}}))
    assert suite.userinfo(done.tokens["access_token"])["name"] == "Carol Carter"


def test_oidcc_ensure_request_object_with_redirect_uri(suite: Suite) -> None:
    # The suite skips this module and the two above: an object without a signature isn't offered.
    assert "none" not in suite.metadata["request_object_signing_alg_values_supported"]
    # The address outside isn't registered, that of the object is.
    with pytest.raises(AssertionError, match="400 at"):
        asked_by_object(suite, suite.person(), redirect_uri=f"{CALLBACK}/wrong")


def test_oidcc_refresh_token(suite: Suite) -> None:
    done = suite.sign_in(suite.person(), scope="openid offline_access", prompt="consent")
    held = done.tokens["refresh_token"]
    stolen = suite.token(suite.provider.client2, grant_type="refresh_token", refresh_token=held)
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    fresh = suite.token(grant_type="refresh_token", refresh_token=held).json()
    claims = suite.verified(fresh["id_token"], nonce=None)
    assert {name: claims[name] for name in ("iss", "sub", "aud", "auth_time")} == {
        name: done.claims[name] for name in ("iss", "sub", "aud", "auth_time")
    }
    assert suite.userinfo(fresh["access_token"])["sub"] == done.claims["sub"]


def test_oidcc_ensure_request_with_valid_pkce_succeeds(suite: Suite) -> None:
    verifier = secrets.token_urlsafe(48)
    pkce = {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    told = suite.answer(suite.person(), **pkce)
    assert suite.exchange(told["code"], code_verifier=verifier).status_code == 200
    refused = suite.exchange(suite.answer(suite.person(), **pkce)["code"], code_verifier=secrets.token_urlsafe(48))
    assert refused.json()["error"] == "invalid_grant"
