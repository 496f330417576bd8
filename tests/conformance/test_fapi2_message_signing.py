"""What the plan fapi2-message-signing-final-test-plan has beside the modules of the Security Profile."""

import json
from typing import Any

import pytest

from tests.conformance.fapi import FapiSuite, from_now, spoilt, unsigned
from tests.conformance.suite import Person


def pushed(signing: FapiSuite, request: str) -> str:
    """What becomes of a request object: nothing, or an error."""
    url = signing.metadata["pushed_authorization_request_endpoint"]
    response = signing.http.post(url, data={"request": request} | signing.assertion())
    return "" if response.status_code == 201 else str(response.json()["error"])


def test_ensure_request_object_with_multiple_aud_succeeds(signing: FapiSuite, person: Person) -> None:
    audiences = [signing.provider.issuer, "https://other1.example.com", "invalid"]
    assert signing.ask(person, signing.parameters(), aud=audiences)["code"]


def test_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(signing: FapiSuite) -> None:
    assert signing.push(signing.parameters(), nbf=from_now(8)).status_code == 201


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"exp": None}, id="without-exp"),
        pytest.param({"nbf": None}, id="without-nbf"),
        pytest.param({"exp": -60}, id="expired"),
        pytest.param({"aud": "https://elsewhere.example"}, id="bad-aud"),
        pytest.param({"aud": None}, id="without-aud"),
        pytest.param({"exp": 70 * 60}, id="exp-over-60"),
        pytest.param({"nbf": -70 * 60}, id="nbf-over-60"),
    ],
)
def test_ensure_request_object_without_exp_fails(signing: FapiSuite, claims: dict[str, Any]) -> None:
    """ensure-request-object-without-exp-fails, -without-nbf-, -with-bad-aud-, -with-exp-over-60-, -with-nbf-over-60-,
    and ensure-expired-request-object-fails.
    """
    moments = {name: from_now(value) if isinstance(value, int) else value for name, value in claims.items()}
    assert signing.refusal(signing.parameters(), **moments) == "invalid_request_object"


def test_ensure_signed_request_object_with_rs256_fails(signing: FapiSuite) -> None:
    claims = signing.request_object(signing.parameters())
    assert pushed(signing, signing.client.sign(claims, algorithm="RS256")) == "invalid_request_object"


def test_ensure_request_object_signature_algorithm_is_not_none(signing: FapiSuite) -> None:
    claims = signing.request_object(signing.parameters())
    assert pushed(signing, unsigned(claims)) == "invalid_request_object"


def test_ensure_request_object_with_invalid_signature_fails(signing: FapiSuite) -> None:
    request = signing.client.sign(signing.request_object(signing.parameters()))
    assert pushed(signing, spoilt(request)) == "invalid_request_object"
    assert pushed(signing, request) == ""


def test_ensure_matching_key_in_authorization_request(signing: FapiSuite) -> None:
    """A request of the first client, signed by the second."""
    request = signing.client2.sign(signing.request_object(signing.parameters()))
    assert pushed(signing, request) == "invalid_request_object"


def test_ensure_unsigned_request_at_par_endpoint_fails(signing: FapiSuite) -> None:
    url = signing.metadata["pushed_authorization_request_endpoint"]
    response = signing.http.post(url, data=signing.parameters() | signing.assertion())
    assert response.json()["error"] == "invalid_request"


def test_par_authorization_request_containing_request_uri(signing: FapiSuite) -> None:
    sent = signing.parameters(request_uri="urn:ietf:params:oauth:request_uri:random")
    assert signing.refusal(sent) == "invalid_request_object"


def test_what_stands_beside_a_request_object_doesnt_count(signing: FapiSuite, person: Person) -> None:
    sent = signing.parameters()
    request = signing.client.sign(signing.request_object(sent))
    url = signing.metadata["pushed_authorization_request_endpoint"]
    beside = {"state": "another", "scope": "openid email", "redirect_uri": "https://evil.example/"}
    response = signing.http.post(url, data={"request": request} | beside | signing.assertion())
    answer = signing.told(person.ask(signing.address(response.json()["request_uri"])), sent)
    assert signing.exchange(answer["code"]).json()["scope"] == "openid"


def test_an_assertion_is_no_request_object(signing: FapiSuite) -> None:
    client_id = signing.client.client_id
    request = signing.client.sign(signing.request_object(signing.parameters(), sub=client_id))
    assert pushed(signing, request) == "invalid_request_object"
    assert "sub" in json.dumps(signing.request_object({}, sub=client_id))
