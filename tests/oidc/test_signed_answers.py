"""Answers to authorization requests as signed JWTs (JARM)."""

import re
import time
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oidc.wire.addresses import issuer_of
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty, answer_in


def said_in(party: RelyingParty, response: str) -> dict[str, Any]:
    """What a JWT tells the client, verified as JARM section 2.4 says."""
    claims = party.accepts(response, audience=party.client_id)
    assert 0 < claims["exp"] - time.time() <= 600
    return claims


@pytest.mark.parametrize("mode", ["jwt", "query.jwt"])
def test_an_answer_in_the_query(shop: RelyingParty, mode: str) -> None:
    told = answer_in(shop.authorize(response_mode=mode))
    assert told.keys() == {"response"}
    said = said_in(shop, told["response"])
    assert said.keys() == {"code", "state", "iss", "aud", "exp"}
    assert said["state"] == "the state"
    assert shop.exchange(said["code"]).status_code == 200


def test_an_answer_in_the_fragment(shop: RelyingParty) -> None:
    address = urlsplit(shop.authorize(response_mode="fragment.jwt")["Location"])
    assert address.query == ""
    assert said_in(shop, parse_qs(address.fragment)["response"][0])["code"]


def test_an_answer_by_form(shop: RelyingParty) -> None:
    page = shop.authorize(response_mode="form_post.jwt").content.decode()
    assert f'action="{shop.redirect_uri}"' in page
    assert 'name="code"' not in page
    found = re.search(r'name="response" value="([^"]+)"', page)
    assert found
    assert said_in(shop, found[1])["code"]


def test_an_error_is_signed_as_well(shop: RelyingParty) -> None:
    told = answer_in(shop.authorize(response_mode="jwt", response_type="token"))
    assert told.keys() == {"response"}
    said = said_in(shop, told["response"])
    assert (said["error"], said["state"]) == ("unsupported_response_type", "the state")
    assert said["iss"] == issuer_of(shop.browser.tenant)


def test_a_page_that_offers_an_error_hands_on_the_signed_one(register: Any, acme_browser: Browser) -> None:
    """To whom nobody vouches for, an error leads by a page (RFC 9700 section 4.11.2)."""
    said = register({"redirect_uris": ["https://new.example/callback"]}).json()
    party = {"client_id": said["client_id"], "redirect_uri": "https://new.example/callback", "response_type": "token"}
    answer = acme_browser.get("/oidc/authorize", party | {"response_mode": "jwt", "state": "s"})
    address = answer["Location"] if answer.status_code == 303 else _link_of(answer.content.decode())
    assert list(parse_qs(urlsplit(address).query)) == ["response"]


def _link_of(page: str) -> str:
    found = re.search(r'href="(https://new\.example[^"]+)"', page)
    assert found
    return unescape(found[1])


def test_eve_cant_use_an_answer_as_an_id_token_or_an_access_token(shop: RelyingParty) -> None:
    response = answer_in(shop.authorize(response_mode="jwt"))["response"]
    assert shop.userinfo(response).status_code == 401
    assert answer_in(shop.authorize(id_token_hint=response))["error"] == "invalid_request"
