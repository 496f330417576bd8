"""An application sends a customer to sign out (OpenID Connect RP-Initiated Logout 1.0)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from time_machine import TimeMachineFixture

from applications.models import Application
from tests.browser import Browser
from tests.cast import BOOKSHOP_SIGNED_OUT
from tests.oidc.consent_page import asks
from tests.oidc.relying_party import FORM, RelyingParty, answer_in


def is_signed_in(party: RelyingParty) -> bool:
    return "code" in answer_in(party.authorize(prompt="none"))


def is_a_question(answer: Any) -> bool:
    return answer.status_code == 200 and b"<h1>Sign out?</h1>" in answer.content


def leave(party: RelyingParty, **parameters: str) -> Any:
    return party.browser.get("/oidc/logout", parameters)


def test_with_an_id_token_the_customer_is_signed_out_and_returns(shop: RelyingParty) -> None:
    tokens = shop.tokens()
    answer = leave(shop, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BOOKSHOP_SIGNED_OUT, state="a b&c")
    assert answer.status_code == 303
    assert answer["Location"] == f"{BOOKSHOP_SIGNED_OUT}?state=a+b%26c"
    assert not is_signed_in(shop)
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).status_code == 400


def test_no_state_none_back(shop: RelyingParty) -> None:
    hint = shop.tokens()["id_token"]
    answer = leave(shop, id_token_hint=hint, post_logout_redirect_uri=BOOKSHOP_SIGNED_OUT)
    assert answer["Location"] == BOOKSHOP_SIGNED_OUT


def test_o35_an_old_hint_still_speaks(shop: RelyingParty, time_machine: TimeMachineFixture) -> None:
    hint = shop.tokens()["id_token"]
    time_machine.move_to(datetime.now(UTC) + timedelta(hours=20), tick=True)
    answer = leave(shop, id_token_hint=hint, post_logout_redirect_uri=BOOKSHOP_SIGNED_OUT)
    assert answer["Location"] == BOOKSHOP_SIGNED_OUT


def test_it_may_come_by_post(shop: RelyingParty) -> None:
    hint = shop.tokens()["id_token"]
    body = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT})
    first = shop.browser.post("/oidc/logout", body, FORM)
    assert first.status_code == 303
    assert hint not in first["Location"], "a proxy may refuse so long a header"
    assert len(first["Location"]) < 500
    assert shop.browser.get(first["Location"])["Location"] == BOOKSHOP_SIGNED_OUT
    assert not is_signed_in(shop)


def test_o35_what_was_read_of_a_hint_is_good_for_its_tenant_and_for_minutes(
    shop: RelyingParty, rival: RelyingParty, time_machine: TimeMachineFixture
) -> None:
    def posted(party: RelyingParty) -> str:
        body = urlencode({"id_token_hint": party.tokens()["id_token"], "client_id": party.client_id})
        query: str = party.browser.post("/oidc/logout", body, FORM)["Location"].partition("?")[2]
        return query

    own, foreign = posted(shop), posted(rival)
    borrowed = urlencode({"read_hint": dict(parse_qsl(foreign))["read_hint"]})
    for query in (borrowed, own.replace("read_hint=", "read_hint=x")):
        assert is_a_question(shop.browser.get(f"/oidc/logout?{query}"))
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=11), tick=True)
    assert is_a_question(shop.browser.get(f"/oidc/logout?{own}"))
    assert is_signed_in(shop)


@pytest.mark.parametrize("parameters", [{}, {"state": "x"}, {"id_token_hint": "garbage"}, {"client_id": "garbage"}])
def test_o35_without_a_good_hint_the_customer_is_asked(shop: RelyingParty, parameters: dict[str, str]) -> None:
    assert is_a_question(leave(shop, **parameters))
    assert is_signed_in(shop)
    answer = shop.browser.post("/oidc/logout/confirm", {})
    assert answer["Location"].endswith("/signed-out/")
    assert b"<h1>" in shop.browser.get(answer["Location"]).content
    assert not is_signed_in(shop)


def test_o35_a_hint_without_a_valid_signature_is_none(shop: RelyingParty, rival: RelyingParty) -> None:
    own, foreign = shop.tokens()["id_token"], rival.tokens()["id_token"]
    unsigned = own.rpartition(".")[0] + "."
    for hint in (foreign, unsigned, own[:-4] + "AAAA"):
        assert is_a_question(leave(shop, id_token_hint=hint))
        assert leave(shop, id_token_hint=hint, post_logout_redirect_uri=BOOKSHOP_SIGNED_OUT).status_code == 400
    assert is_signed_in(shop)


def test_o35_a_hint_of_another_session_only_asks(shop: RelyingParty, carol: Any) -> None:
    """An ID token is no secret for ever: one from a former sign-in, or another browser, ends nothing by itself."""
    hint = shop.tokens()["id_token"]
    shop.browser.post("/sign-out/")
    shop.browser.sign_in(carol)
    assert is_a_question(leave(shop, id_token_hint=hint, post_logout_redirect_uri=BOOKSHOP_SIGNED_OUT))
    assert is_signed_in(shop)


@pytest.mark.parametrize("client_id", ["", "garbage", "93f27d1a-001b-47d3-9395-5568a89c2d15"])
def test_o35_a_return_address_that_nobody_known_has_registered_is_refused(shop: RelyingParty, client_id: str) -> None:
    """oidcc-rp-initiated-logout-no-id-token-hint: never a redirect; the way out is offered all the same."""
    wanted = {"client_id": client_id, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT, "state": "s"}
    answer = leave(shop, **wanted)
    assert answer.status_code == 400
    assert b'href="/t/acme/sign-out/"' in answer.content
    assert shop.browser.post("/oidc/logout/confirm", wanted).status_code == 400
    assert is_signed_in(shop)
    shop.browser.cookies.clear()
    answer = leave(shop, **wanted)
    assert answer.status_code == 400
    assert b"/sign-out/" not in answer.content


def test_the_question_comes_in_the_language_asked_for(shop: RelyingParty) -> None:
    answer = leave(shop, ui_locales="xx de-AT", logout_hint="carol@acme.example")
    assert '<html lang="de"' in answer.content.decode()
    assert 'name="ui_locales" value="xx de-AT"' in answer.content.decode()
    assert leave(shop, ui_locales="../../etc").status_code == 200


def test_a_state_that_is_too_long_is_refused(shop: RelyingParty) -> None:
    hint = shop.tokens()["id_token"]
    wanted = {"id_token_hint": hint, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT}
    assert leave(shop, **wanted, state="x" * 5000).status_code == 400
    assert is_signed_in(shop)


def test_o35_somebody_elses_hint_doesnt_sign_this_one_out(
    shop: RelyingParty, app: RelyingParty, eve_at_acme: Any
) -> None:
    app.browser.sign_in(eve_at_acme)
    asks(app).press("allow")
    hint = app.tokens()["id_token"]
    assert is_a_question(leave(shop, id_token_hint=hint))
    assert is_signed_in(shop)


@pytest.fixture
def eve_at_acme(acme: Any) -> Any:
    from django_tenants.utils import tenant_context

    from accounts.identity.services.accounts import create_account
    from audit.services import Actor

    with tenant_context(acme):
        return create_account(
            email="eve@acme.example", password="another long one", email_verified=True, actor=Actor.command()
        )


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/",
        BOOKSHOP_SIGNED_OUT + "?x=1",
        BOOKSHOP_SIGNED_OUT + "/",
        "https://bookshop.example/callback",
    ],
)
def test_o35_nobody_is_sent_to_an_address_that_isnt_registered(shop: RelyingParty, uri: str) -> None:
    hint = shop.tokens()["id_token"]
    answer = leave(shop, id_token_hint=hint, post_logout_redirect_uri=uri)
    assert answer.status_code == 400
    assert is_signed_in(shop)
    confirmed = shop.browser.post(
        "/oidc/logout/confirm", {"client_id": shop.client_id, "post_logout_redirect_uri": uri}
    )
    assert confirmed.status_code == 400
    assert is_signed_in(shop)


def test_o35_the_hint_must_be_the_clients_own(shop: RelyingParty, mobile: Application) -> None:
    hint = shop.tokens()["id_token"]
    assert leave(shop, id_token_hint=hint, client_id=mobile.client_id).status_code == 400
    assert is_signed_in(shop)


def test_a_client_without_a_hint_gets_the_customer_back_once_they_agree(shop: RelyingParty) -> None:
    wanted = {"client_id": shop.client_id, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT, "state": "s"}
    question = leave(shop, **wanted)
    assert is_a_question(question)
    answer = shop.browser.post("/oidc/logout/confirm", wanted)
    assert answer["Location"] == f"{BOOKSHOP_SIGNED_OUT}?state=s"


def test_o35_another_site_cant_press_the_button(shop: RelyingParty, carol: Any) -> None:
    browser = Browser(shop.browser.tenant, checks_csrf=True)
    browser.sign_in(carol)
    assert browser.post("/oidc/logout/confirm", {}).status_code == 403
    shop.browser = browser
    assert is_signed_in(shop)


def test_who_isnt_signed_in_just_returns(shop: RelyingParty) -> None:
    hint = shop.tokens()["id_token"]
    shop.browser.cookies.clear()
    assert (
        leave(shop, id_token_hint=hint, post_logout_redirect_uri=BOOKSHOP_SIGNED_OUT)["Location"] == BOOKSHOP_SIGNED_OUT
    )
    assert leave(shop)["Location"].endswith("/signed-out/")


@pytest.mark.parametrize("query", ["state=a&state=b", "%ff=%fe", "state=%00"])
def test_garbage_is_a_page(shop: RelyingParty, query: str) -> None:
    assert shop.browser.get(f"/oidc/logout?{query}").status_code == 400


def test_a25_whoever_signs_in_next_gets_nothing_of_the_one_before(shop: RelyingParty, eve_at_acme: Any) -> None:
    """A sign-out leaves no session, no name of one, and no code behind for the next person at the browser."""
    waiting = shop.code()
    before = shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)
    cookie = shop.browser.cookies["session_acme"].value
    shop.browser.post("/sign-out/")
    assert shop.exchange(waiting).status_code == 400
    shop.browser.sign_in(eve_at_acme)
    after = shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)
    assert after["sub"] == str(eve_at_acme.pk)
    assert after["sid"] != before["sid"]
    shop.browser.cookies["session_acme"] = cookie
    assert not is_signed_in(shop)
