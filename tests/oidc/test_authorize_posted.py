"""Requests for sign-in by POST: kept where they arrive, so that no header is longer than a proxy takes."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.services.application import change_application
from oidc.authorization import limits, services
from oidc.authorization.limits import PUSHED
from oidc.authorization.services import forget_pushed_requests
from oidc.models import PushedRequest
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.apis import COMMAND
from tests.oidc.relying_party import FORM, RelyingParty, answer_in
from tests.userflows.customer import leads_to
from userflows.journeys.attempts import crowds

# Of nginx, for all headers of an answer together.
USUAL_BUFFER = 4096


def post(client: RelyingParty, browser: Browser | None = None, **parameters: str | None) -> Any:
    return (browser or client.browser).post("/oidc/authorize", urlencode(client.request(**parameters)), FORM)


def length_of_headers(answer: Any) -> int:
    return sum(len(f"{name}: {value}") for name, value in answer.headers.items())


def test_a_long_request_leads_on_by_short_headers(shop: RelyingParty, carol: Account) -> None:
    """7 KB together, on the way through all pages."""
    browser = Browser(shop.browser.tenant)
    state = "x" * 2000
    first = post(shop, browser, state=state, ui_locales="de " * 1600, login_hint="carol@acme.example")
    assert first.status_code == 303
    assert length_of_headers(first) < USUAL_BUFFER / 4
    begun = browser.get(first["Location"])
    assert length_of_headers(begun) < USUAL_BUFFER
    # Her address is known, so the password is the first page.
    answer = browser.get(browser.post(leads_to(begun), {"password": PASSWORD})["Location"])
    assert answer_in(answer)["state"] == state
    assert "id_token" in shop.exchange(answer_in(answer)["code"]).json()


def test_whoever_loads_the_page_again_goes_on_where_they_were(shop: RelyingParty) -> None:
    address = post(shop, prompt="select_account")["Location"]
    choice = shop.browser.get(address)["Location"]
    assert shop.browser.get(address)["Location"] == choice
    assert Browser(shop.browser.tenant).get(address).status_code == 400


def test_what_is_wrong_is_told_at_once_and_leaves_nothing(shop: RelyingParty) -> None:
    assert answer_in(post(shop, scope="nonsense"))["error"] == "invalid_scope"
    assert answer_in(post(shop, claims="x" * 9000))["error"] == "invalid_request"
    assert post(shop, redirect_uri="https://evil.example/").status_code == 400
    assert post(shop, client_id="x" * 5000).status_code == 400
    long_reference = f"urn:ietf:params:oauth:request_uri:{'x' * 5000}"
    assert post(shop, request_uri=long_reference).status_code == 400
    with tenant_context(shop.browser.tenant):
        assert not PushedRequest.objects.exists()


def test_o45_what_a_browser_posts_is_not_what_the_application_pushed(shop: RelyingParty) -> None:
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, requires_pushed_requests=True, actor=COMMAND)
    told = answer_in(post(shop))
    assert told["error"] == "invalid_request"
    assert "push" in told["error_description"]


def test_a_pushed_request_may_be_named_by_post(shop: RelyingParty) -> None:
    pushed = shop.as_client("/oidc/par", **shop.request()).json()["request_uri"]
    named = {"client_id": shop.client_id, "request_uri": pushed}
    first = shop.browser.post("/oidc/authorize", urlencode(named), FORM)
    assert "code" in answer_in(shop.browser.get(first["Location"]))


def test_o52_of_posted_requests_only_so_many_are_kept_from_one_address(
    shop: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "UNCOUNTED", 0)
    monkeypatch.setattr(limits, "PUSHED", replace(PUSHED, attempts=3))
    answers = [post(shop) for _ in range(5)]
    assert [answer_in(answer).get("error") for answer in answers[3:]] == ["temporarily_unavailable"] * 2
    with tenant_context(shop.browser.tenant):
        assert PushedRequest.objects.count() == 3


def test_o52_of_what_anybody_posts_in_a_clients_name_so_much_is_kept(
    shop: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many networks it comes from, and though the client has a secret."""
    monkeypatch.setattr(services, "MOST_UNUSED", 2)
    for _ in range(4):
        post(shop)
    with tenant_context(shop.browser.tenant):
        forget_pushed_requests()
        assert PushedRequest.objects.count() == 2
