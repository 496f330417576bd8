"""Anybody can register an application where the tenant lets anyone: what leads to its address says so before."""

import html
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from applications.models import Application
from applications.services.permissions import grant_for_all
from audit.services import Actor
from oidc.registration.description import ANYONE
from oidc.registration.services import create_initial_access_token, let_register
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.consent_page import asks
from tests.oidc.relying_party import RelyingParty, answer_in

COMMAND = Actor.command()
EVIL = "https://evil.example/callback"
SIGNED_OUT = "https://evil.example/signed-out"
METADATA = {
    "client_name": "Acme Account",
    "redirect_uris": [EVIL],
    "post_logout_redirect_uris": [SIGNED_OUT],
    "token_endpoint_auth_method": "none",
}
WRONG = [
    {"prompt": "none"},
    {"scope": "nonsense more"},
    {"response_type": "token"},
    {"request": "x"},
    {"prompt": "none", "scope": None},
    {"acr_values": "nobody-has-this", "prompt": "none"},
]


def registered(acme: Tenant, browser: Browser, *, token: str = "", **metadata: str) -> RelyingParty:
    """An application that registered itself, with a token or without, in the browser of somebody else."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    said: dict[str, Any] = (
        Browser(acme)
        .post("/oidc/register", json.dumps({**METADATA, **metadata}), "application/json", headers=headers)
        .json()
    )
    with tenant_context(acme):
        return RelyingParty(browser, Application.objects.get(client_id=said["client_id"]))


@pytest.fixture
def token(acme: Tenant) -> str:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
        _, value = create_initial_access_token(description="A partner", days=1, max_registrations=1, actor=COMMAND)
    return value


@pytest.fixture
def evil(acme: Tenant, acme_browser: Browser, token: str) -> RelyingParty:
    """Eve's application, whose links Carol follows."""
    return registered(acme, acme_browser)


def offered(answer: Any) -> str:
    """The address a page leads to, for who presses the button that is its only way on."""
    assert answer.status_code == 200
    assert "Location" not in answer
    assert "Refresh" not in answer
    page = answer.content.decode()
    assert "You are leaving" in page
    assert '<bdi dir="ltr">evil.example</bdi>' in page
    (link,) = re.findall(r'<a class="primary" href="([^"]+)"', page)
    return html.unescape(link)


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize("parameters", WRONG)
def test_o56_a_page_stands_between_an_error_and_a_strangers_address(
    evil: RelyingParty, carol: Account, parameters: dict[str, str | None], is_signed_in: bool
) -> None:
    if is_signed_in:
        evil.browser.sign_in(carol)
    address = urlsplit(offered(evil.authorize(**parameters)))
    assert address.hostname == "evil.example"
    answer = dict(parse_qsl(address.query))
    assert answer["error"]
    assert answer["state"] == "the state"


def test_o56_nor_does_a_form_post_itself_there(evil: RelyingParty) -> None:
    answer = evil.authorize(prompt="none", response_mode="form_post")
    page = answer.content.decode()
    assert "You are leaving" in page
    assert f'action="{EVIL}"' in page
    assert 'name="error" value="login_required"' in page
    assert "form-post" not in page


def test_o56_a_sign_out_leads_nowhere(evil: RelyingParty, carol: Account) -> None:
    wanted = {"client_id": evil.client_id, "post_logout_redirect_uri": SIGNED_OUT}
    assert evil.browser.get("/oidc/logout", wanted)["Location"].endswith("/signed-out/")
    evil.browser.sign_in(carol)
    assert evil.browser.get("/oidc/logout", wanted).status_code == 200
    assert evil.browser.post("/oidc/logout/confirm", wanted)["Location"].endswith("/signed-out/")


def test_o56_nor_with_an_id_token_of_eves_own(evil: RelyingParty, acme: Tenant) -> None:
    eves = RelyingParty(Browser(acme), evil.application)
    with tenant_context(acme):
        eve = create_account(email="eve@elsewhere.example", password=None, email_verified=True)
    eves.browser.sign_in(eve)
    hint = consented(eves)["id_token"]
    wanted = {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OUT}
    assert evil.browser.get("/oidc/logout", wanted)["Location"].endswith("/signed-out/")


def consented(party: RelyingParty) -> dict[str, Any]:
    asks(party, scope="openid").press("allow")
    return party.tokens(scope="openid")


@pytest.mark.parametrize("name", ["Acme", "Google", "CIAM Portal", "bookshop.example"])
def test_b26_whatever_name_it_took_carol_reads_where_it_leads_and_that_nobody_vouches_for_it(
    acme: Tenant, acme_browser: Browser, carol: Account, token: str, name: str
) -> None:
    taken = registered(acme, acme_browser, client_name=name)
    acme_browser.sign_in(carol)
    page = asks(taken, scope="openid").text
    assert f"<bdi>Acme</bdi> hasn't verified <bdi>{name}</bdi>." in page
    assert '<bdi dir="ltr">evil.example</bdi>' in page


def test_b26_no_name_looks_like_another_by_letters_of_two_alphabets(acme: Tenant, token: str) -> None:
    look_alike = {**METADATA, "client_name": "B\u043e\u043ekshop"}
    answer = Browser(acme).post("/oidc/register", json.dumps(look_alike), "application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_who_has_seen_where_it_leads_is_led_there(evil: RelyingParty, carol: Account) -> None:
    evil.browser.sign_in(carol)
    denied = asks(evil, scope="openid").press("deny")
    assert denied["Location"].startswith(f"{EVIL}?error=access_denied")
    hint = consented(evil)["id_token"]
    assert "code" in answer_in(evil.authorize(scope="openid", prompt="none"))
    out = evil.browser.get("/oidc/logout", {"id_token_hint": hint, "post_logout_redirect_uri": SIGNED_OUT})
    assert out["Location"] == SIGNED_OUT


@pytest.mark.parametrize("by", ["token", "grant"])
def test_an_application_that_somebody_vouches_for_is_answered_at_once(
    acme: Tenant, acme_browser: Browser, token: str, by: str
) -> None:
    partner = registered(acme, acme_browser, token=token if by == "token" else "")
    if by == "grant":
        with tenant_context(acme):
            grant_for_all(partner.application, actor=COMMAND)
    assert answer_in(partner.authorize(prompt="none"))["error"] == "login_required"
    wanted = {"client_id": partner.client_id, "post_logout_redirect_uri": SIGNED_OUT}
    assert acme_browser.get("/oidc/logout", wanted)["Location"] == SIGNED_OUT
