"""After a sign-out the browser lets applications know (OpenID Connect Front-Channel Logout 1.0)."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from oidc.wire.addresses import issuer_of
from tests.cast import BOOKSHOP_SIGNED_OUT
from tests.oidc.relying_party import RelyingParty, answer_in

ADDRESS = "https://bookshop.example/frontchannel?theme=dark"


@pytest.fixture
def framed(shop: RelyingParty, bookshop: Application) -> RelyingParty:
    """Bookshop, which wants to be told through the browser."""
    with tenant_context(shop.browser.tenant):
        change_application(bookshop, frontchannel_logout_uri=ADDRESS, actor=Actor.command())
    return shop


def frames(answer: Any) -> list[str]:
    return [unescape(address) for address in re.findall(r'<iframe [^>]*src="([^"]+)"', answer.content.decode())]


def frame_sources(answer: Any) -> list[str]:
    directives = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    return directives["frame-src"].split()


def test_the_signed_out_page_tells_it_which_session_has_ended(framed: RelyingParty) -> None:
    sid = framed.accepts(framed.tokens()["id_token"], audience=framed.client_id)["sid"]
    answer = framed.browser.post("/sign-out/")
    assert answer.status_code == 200
    assert b"<h1>You are signed out</h1>" in answer.content
    (address,) = frames(answer)
    assert address.startswith(f"{ADDRESS}&")
    told = parse_qs(urlsplit(address).query)
    assert told == {"theme": ["dark"], "iss": [issuer_of(framed.browser.tenant)], "sid": [sid]}
    assert frame_sources(answer) == ["https://bookshop.example"]
    assert answer["Cache-Control"] == "no-store"
    assert "Refresh" not in answer.headers


def test_the_session_is_named_only_if_the_application_wants_it(framed: RelyingParty, bookshop: Application) -> None:
    with tenant_context(framed.browser.tenant):
        change_application(
            bookshop, frontchannel_logout_uri=ADDRESS, frontchannel_logout_session_required=False, actor=Actor.command()
        )
    framed.code()
    assert frames(framed.browser.post("/sign-out/")) == [ADDRESS]


def test_then_the_browser_goes_on_to_the_application(framed: RelyingParty) -> None:
    """oidcc-frontchannel-rp-initiated-logout; also without scripts."""
    hint = framed.tokens()["id_token"]
    wanted = {"id_token_hint": hint, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT, "state": 'a;b"c'}
    answer = framed.browser.get("/oidc/logout", wanted)
    assert answer.status_code == 200
    assert len(frames(answer)) == 1
    onward = f"{BOOKSHOP_SIGNED_OUT}?state=a%3Bb%22c"
    assert answer["Refresh"] == f"5; url={onward}"
    assert f'href="{onward}"' in answer.content.decode()
    assert answer_in(framed.authorize(prompt="none"))["error"] == "login_required"
    assert framed.browser.get("/oidc/logout", wanted)["Location"] == onward


def test_after_the_question_too(framed: RelyingParty) -> None:
    framed.code()
    wanted = {"client_id": framed.client_id, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT}
    answer = framed.browser.post("/oidc/logout/confirm", wanted)
    assert len(frames(answer)) == 1
    assert answer["Refresh"] == f"5; url={BOOKSHOP_SIGNED_OUT}"


def test_only_applications_visited_in_this_session_are_loaded(framed: RelyingParty) -> None:
    answer = framed.browser.post("/sign-out/")
    assert answer.status_code == 303
    assert frame_sources(framed.browser.get("/signed-out/")) == ["'self'"]


@pytest.mark.parametrize(
    "uri",
    [
        "http://bookshop.example/",
        "https://bookshop.example:8443/",
        "https://evil.example/",
        "https://bookshop.example@evil.example/",
        "https://bookshop.example/#x",
        "com.example.app:/x",
        "https://bookshop.example/;%20script-src%20*",
    ],
)
def test_an_address_elsewhere_is_not_registered(shop: RelyingParty, bookshop: Application, uri: str) -> None:
    with tenant_context(shop.browser.tenant), pytest.raises(ValidationError) as refusal:
        change_application(bookshop, frontchannel_logout_uri=uri, actor=Actor.command())
    assert list(refusal.value.message_dict) == ["frontchannel_logout_uri"]


def test_a_service_is_told_nothing(service: RelyingParty, reports: Application) -> None:
    with tenant_context(service.browser.tenant), pytest.raises(ValidationError):
        change_application(reports, backchannel_logout_uri="https://reports.example/", actor=Actor.command())


def test_discovery_says_so(shop: RelyingParty) -> None:
    metadata = shop.browser.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["frontchannel_logout_supported"] is True
    assert metadata["frontchannel_logout_session_supported"] is True
