"""Requests that an application has signed (RFC 9101), by value, posted and pushed.

The plan of FAPI 2.0 Message Signing, in `tests/conformance`, has what is strict about them.
"""

import json
import time
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.services.application import change_application
from common.web.outgoing import OutgoingError
from oidc.clients import keys as client_keys
from tests.cast import BOOKSHOP_CALLBACK, PASSWORD
from tests.oidc.key_holder import COMMAND, EC_KEY, KEYS, OTHER_KEY, RSA_KEY, KeyHolder
from tests.oidc.relying_party import FORM, RelyingParty, answer_in
from tests.userflows.customer import Customer


@pytest.fixture
def signer(shop: RelyingParty) -> KeyHolder:
    """Bookshop with a key pair, in the browser in which Carol is signed in."""
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, auth_method="private_key_jwt", jwks=json.dumps(KEYS), actor=COMMAND)
    return KeyHolder(shop.browser, shop.application)


def signed(signer: KeyHolder, *, key: Any = EC_KEY, alg: str = "ES256", kid: str = "ec", **claims: Any) -> str:
    """A request object; None leaves a member out."""
    said = {name: value for name, value in (signer.request() | claims).items() if value is not None}
    return jwt.encode(said, key, algorithm=alg, headers={"kid": kid, "typ": "oauth-authz-req+jwt"})


def by_value(signer: KeyHolder, request: str, **beside: str) -> Any:
    """The request as RFC 9101 section 5 has it: nothing beside the object but who sends it."""
    parameters = {"client_id": signer.client_id, "request": request, **beside}
    return signer.browser.get("/oidc/authorize", parameters)


def error(answer: Any) -> str:
    told = answer_in(answer)
    assert "code" not in told
    assert told["state"] == "the state"
    return told["error"]


def test_o60_eve_signs_with_a_key_of_her_own(signer: KeyHolder) -> None:
    assert error(by_value(signer, signed(signer, key=OTHER_KEY, alg="RS256", kid="rsa"))) == "invalid_request_object"
    assert error(by_value(signer, signed(signer, key=OTHER_KEY, alg="PS256", kid="?"))) == "invalid_request_object"
    unsigned = jwt.encode(signer.request(), "", algorithm="none")
    assert error(by_value(signer, unsigned)) == "invalid_request_object"


def test_o60_what_eve_writes_beside_it_doesnt_count(signer: KeyHolder) -> None:
    beside = {"redirect_uri": "https://evil.example/", "scope": "openid email profile", "state": "eve's"}
    told = answer_in(by_value(signer, signed(signer, scope="openid"), **beside))
    assert told["state"] == "the state"
    tokens = signer.asserted(
        signer.assertion(),
        grant_type="authorization_code",
        code=told["code"],
        redirect_uri=signer.redirect_uri,
        code_verifier=signer.verifier,
    )
    assert tokens.json()["scope"] == "openid"


@pytest.mark.parametrize(
    "name", ["state", "redirect_uri", "nonce", "login_hint", "response_mode", "claims", "resource"]
)
def test_o60_what_no_text_can_hold_is_no_error_of_ours(signer: KeyHolder, name: str) -> None:
    """JSON can write half a character, which nobody can repeat: in an object of the client's, or of anybody's."""
    claims: dict[str, Any] = {name: ["\ud800"] if name == "resource" else "\ud800"}
    for request in (signed(signer, **claims), signed(signer, key=OTHER_KEY, alg="RS256", kid="rsa", **claims)):
        answer = by_value(signer, request)
        if name == "redirect_uri":
            assert answer.status_code == 400
        else:
            told = answer_in(answer)
            assert told["error"].startswith("invalid_request")
            assert told.get("state", "") == ("" if name == "state" else "the state")


@pytest.mark.parametrize(
    "claims",
    [
        {"client_id": "somebody"},
        {"iss": "somebody"},
        {"aud": "https://elsewhere.example"},
        {"aud": []},
        {"exp": 1},
        {"exp": "tomorrow"},
        {"nbf": int(time.time()) + 86_400},
        {"request": "x"},
        {"request_uri": "x"},
        {"scope": ["openid"]},
        {"max_age": True},
        {"claims": ["email"]},
        {"resource": [1]},
    ],
)
def test_o60_an_object_that_isnt_good_is_refused(signer: KeyHolder, claims: dict[str, Any]) -> None:
    assert error(by_value(signer, signed(signer, **claims))) == "invalid_request_object"


@pytest.mark.parametrize("request_object", ["", "x", "a.b.c", "e30.e30.", "x" * 20_000, "\N{SNOWMAN}"])
def test_o60_what_is_no_object_is_refused_in_words(signer: KeyHolder, request_object: str) -> None:
    answer = by_value(signer, request_object, redirect_uri=BOOKSHOP_CALLBACK)
    assert answer.status_code == 303 or (answer.status_code == 400 and b"<h1>" in answer.content)


def test_o60_another_kind_of_jwt_is_no_request(signer: KeyHolder) -> None:
    for typ in ("at+jwt", "dpop+jwt", 5, ["JWT"]):
        request = jwt.encode(signer.request(), EC_KEY, algorithm="ES256", headers={"kid": "ec", "typ": typ})
        assert error(by_value(signer, request)) == "invalid_request_object"


def test_an_assertion_is_no_request(signer: KeyHolder) -> None:
    answer = by_value(signer, signer.assertion(), redirect_uri=BOOKSHOP_CALLBACK)
    assert answer_in(answer)["error"] == "invalid_request_object"


def test_numbers_and_objects_are_written_as_json_writes_them(signer: KeyHolder) -> None:
    request = signed(signer, max_age=3600, claims={"userinfo": {"name": None}}, resource=None)
    assert "code" in answer_in(by_value(signer, request))
    assert error(by_value(signer, signed(signer, max_age=-1))) == "invalid_request"


def test_a_signed_request_goes_through_a_sign_in_and_by_post(signer: KeyHolder, carol: Account) -> None:
    customer = Customer(signer.browser.tenant)
    posted = {"client_id": signer.client_id, "request": signed(signer)}
    first: Any = customer.browser.post("/oidc/authorize", urlencode(posted), FORM)
    customer.follow(customer.browser.get(first["Location"]))
    customer.submit({"email": carol.email})
    answer: Any = customer.browser.post(customer.path, {"password": PASSWORD})
    assert "code" in answer_in(customer.browser.get(answer["Location"]))


def test_an_application_that_has_to_sign_is_held_to_it(signer: KeyHolder) -> None:
    with tenant_context(signer.browser.tenant):
        change_application(signer.application, requires_signed_requests=True, actor=COMMAND)
    assert error(signer.authorize()) == "invalid_request"
    pushed = signer.asserted(signer.assertion(), "/oidc/par", **signer.request())
    assert pushed.json()["error"] == "invalid_request"
    assert "code" in answer_in(by_value(signer, signed(signer)))
    pushed = signer.asserted(signer.assertion(), "/oidc/par", request=signed(signer))
    reference = {"client_id": signer.client_id, "request_uri": pushed.json()["request_uri"]}
    assert "code" in answer_in(signer.browser.get("/oidc/authorize", reference))


def test_o45_no_address_of_a_request_is_called(signer: KeyHolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_keys, "call", lambda *_, **__: pytest.fail("called"))
    told = answer_in(signer.authorize(request_uri="https://bookshop.example/request.jwt"))
    assert told["error"] == "request_uri_not_supported"
    assert answer_in(signer.authorize(request=signed(signer), request_uri="https://x.example"))["error"]


def test_keys_that_cant_be_fetched_are_told(signer: KeyHolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OutgoingError("gone")

    client_keys.forget_fetched_keys()
    monkeypatch.setattr(client_keys, "call", gone)
    with tenant_context(signer.browser.tenant):
        change_application(signer.application, jwks="", jwks_uri="https://bookshop.example/jwks", actor=COMMAND)
    assert error(by_value(signer, signed(signer, key=RSA_KEY, alg="PS256", kid="rsa"))) == "invalid_request_object"
