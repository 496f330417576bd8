"""Each parameter of an authorization request: obeyed, refused with a clear error, or ignored as the standard says."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.models import Account
from oidc.wire.addresses import issuer_of
from tests.cast import BOOKSHOP_CALLBACK
from tests.oidc.relying_party import FORM, RelyingParty, answer_in

CHECKED = (
    "response_type response_mode scope state nonce code_challenge code_challenge_method prompt display max_age"
    " acr_values login_hint id_token_hint ui_locales claims_locales claims resource request request_uri registration"
).split()


def refused(shop: RelyingParty, **parameters: str | None) -> dict[str, str]:
    """The error a client is told."""
    answer = shop.authorize(**parameters)
    assert answer["Location"].startswith(BOOKSHOP_CALLBACK + "?")
    told = answer_in(answer)
    assert "code" not in told
    assert told["iss"] == issuer_of(shop.browser.tenant)
    return told


@pytest.mark.parametrize("name", CHECKED)
def test_o48_a_control_character_is_refused_in_every_parameter(shop: RelyingParty, name: str) -> None:
    for character in ("\0", "\x01", "\n", "\x7f", "\x85"):
        told = refused(shop, **{name: f"a{character}b"})
        assert told["error"] == "invalid_request", ascii(character)
        assert told["error_description"] == f"The parameter {name} holds control characters or lone surrogates."


def test_what_an_unknown_parameter_holds_is_nobodys_business(shop: RelyingParty) -> None:
    assert "code" in answer_in(shop.authorize(unknown_to_us="a\0b"))


@pytest.mark.parametrize("name", CHECKED)
def test_o42_whatever_a_parameter_says_there_is_an_answer(shop: RelyingParty, name: str) -> None:
    for value in ("", " ", "{", "x" * 9000, "\u2028", "\U0001f469\u200d\U0001f4bb", "%00", "[", "//["):
        assert shop.authorize(**{name: value}).status_code in {200, 303}, ascii(value)


@pytest.mark.parametrize("mode", ["fragment", "web_message", "cookie", "QUERY", "query.jwt.jwt", "JWT"])
def test_o33_other_response_modes_are_refused_in_the_query(shop: RelyingParty, mode: str) -> None:
    told = refused(shop, response_mode=mode)
    assert told["error"] == "invalid_request"
    assert "form_post" in told["error_description"]


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap"])
def test_each_display_is_the_same_page(shop: RelyingParty, display: str) -> None:
    assert "code" in answer_in(shop.authorize(display=display))


def test_another_display_is_refused(shop: RelyingParty) -> None:
    assert refused(shop, display="hologram")["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("max_age", "words"),
    [("x", "isn't a number"), ("-1", "isn't a number"), ("1.5", "isn't a number"), ("9" * 10, "more than 9 digits")],
)
def test_a_wrong_max_age_is_told_what_is_wrong(shop: RelyingParty, max_age: str, words: str) -> None:
    assert words in refused(shop, max_age=max_age)["error_description"]


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"resource": "https://api.example"}, "invalid_target"),
        ({"resource": "not a uri"}, "invalid_target"),
        ({"resource": "https://bookshop.example/#x"}, "invalid_target"),
        ({"claims": "nonsense"}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"claims": '{"userinfo": []}'}, "invalid_request"),
        ({"claims": '{"id_token": {"acr": true}}'}, "invalid_request"),
        ({"claims": '{"id_token": {"acr": {"values": "1"}}}'}, "invalid_request"),
        ({"claims": "[" * 5000}, "invalid_request"),
        ({"claims": '{"id_token": {"\\ud800": 5}}'}, "invalid_request"),
        ({"claims": '{"id_token": {"\\u0000\\r\\n<script>": 5}}'}, "invalid_request"),
        ({"claims": '{"userinfo": {' + "x" * 9000 + "}}"}, "invalid_request"),
    ],
)
def test_what_isnt_offered_is_refused_by_name(
    shop: RelyingParty, parameters: dict[str, str | None], error: str
) -> None:
    assert refused(shop, **parameters)["error"] == error


def test_o26_a_resource_is_the_issuer_itself_however_often_named(shop: RelyingParty) -> None:
    """RFC 8707."""
    issuer = issuer_of(shop.browser.tenant)
    assert "code" in answer_in(shop.authorize(resource=issuer))
    for second, is_good in ((issuer, True), ("https://api.example", False), (f"{issuer}/", False)):
        query = urlencode([*shop.request(resource=issuer).items(), ("resource", second)])
        told = answer_in(shop.browser.get(f"/oidc/authorize?{query}"))
        assert told.get("error") == (None if is_good else "invalid_target")


def test_o26_a_token_for_another_resource_is_refused(shop: RelyingParty) -> None:
    issuer, code = issuer_of(shop.browser.tenant), shop.code()
    assert shop.exchange(code, resource="https://api.example").json()["error"] == "invalid_target"
    tokens = shop.exchange(code, resource=issuer).json()
    assert shop.accepts(tokens["access_token"])["aud"] == issuer
    refused = shop.refresh(tokens["refresh_token"], resource="https://api.example")
    assert refused.json()["error"] == "invalid_target"


def test_claims_asked_for_by_name_are_told_where_they_were_asked_for(shop: RelyingParty) -> None:
    """OpenID Connect Core section 5.5; a refresh keeps to them."""
    asked = {
        "id_token": {"email": None, "auth_time": {"essential": True}},
        "userinfo": {"name": {"essential": True}, "loyaltyNumber": None, "password": None},
    }
    tokens = shop.tokens(scope="openid offline_access", claims=json.dumps(asked))
    for issued in (tokens, shop.refresh(tokens["refresh_token"]).json()):
        claims = shop.accepts(issued["id_token"], audience=shop.client_id)
        assert claims["email"] == "carol@acme.example"
        assert "name" not in claims
        assert shop.userinfo(issued["access_token"]).json() == {
            "sub": claims["sub"],
            "name": "Carol Carter",
            "loyaltyNumber": "C-1001",
        }


def test_claims_that_mean_nothing_here_are_ignored(shop: RelyingParty) -> None:
    claims = {"userinfo": {"shoe_size": {"essential": True}, "name": None}, "id_token": None, "elsewhere": 1}
    assert "code" in answer_in(shop.authorize(claims=json.dumps(claims)))


def test_the_claims_parameter_names_whom_the_answer_must_be_about(shop: RelyingParty, carol: Account) -> None:
    """OpenID Connect Core section 5.5.1."""

    def asking(place: str, said: dict[str, Any]) -> dict[str, str]:
        return answer_in(shop.authorize(prompt="none", claims=json.dumps({place: {"sub": said}})))

    for place in ("id_token", "userinfo"):
        assert "code" in asking(place, {"value": str(carol.pk)})
        assert "code" in asking(place, {"values": ["somebody", str(carol.pk)]})
        assert asking(place, {"value": "somebody"})["error"] == "login_required"
    hint = shop.tokens()["id_token"]
    claims = json.dumps({"id_token": {"sub": {"value": "somebody"}}})
    assert answer_in(shop.authorize(prompt="none", id_token_hint=hint, claims=claims))["error"] == "login_required"


def test_o41_an_essential_acr_that_nobody_can_have_is_refused_at_once(shop: RelyingParty) -> None:
    """OpenID Connect Core section 5.5.1.1."""
    unmeetable: list[dict[str, Any]] = [{"value": "3"}, {"values": ["3", "urn:gold"]}, {"values": []}]
    for said in unmeetable:
        claims = json.dumps({"id_token": {"acr": {"essential": True, **said}}})
        assert refused(shop, claims=claims)["error"] == "unmet_authentication_requirements"
        wish = json.dumps({"id_token": {"acr": said}})
        assert "code" in answer_in(shop.authorize(claims=wish))
    assert "code" in answer_in(shop.authorize(acr_values="3 urn:gold"))


def test_o42_the_address_and_the_body_are_one_request(shop: RelyingParty) -> None:
    first = shop.browser.post(f"/oidc/authorize?{urlencode({'scope': 'openid'})}", urlencode(shop.request()), FORM)
    assert answer_in(first)["error"] == "invalid_request"


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain"])
def test_o42_another_kind_of_body_is_a_page(shop: RelyingParty, content_type: str) -> None:
    answer = shop.browser.post("/oidc/authorize", json.dumps(shop.request()), content_type)
    assert answer.status_code == 400
    assert b"<h1>" in answer.content


@pytest.mark.parametrize("method", ["head", "put", "delete", "options", "patch"])
def test_o17_other_methods_have_no_effect(shop: RelyingParty, method: str) -> None:
    answer = getattr(shop.browser, method)("/oidc/authorize", QUERY_STRING=urlencode(shop.request()))
    assert answer.status_code == 405
    assert "Location" not in answer
