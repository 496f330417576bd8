"""What a person sees of an authorization request: a question which account to use, or why a link doesn't work."""

import re
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.db import OperationalError
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from common.database.caches import forget_everything
from mail.models import Message
from tests.browser import Browser
from tests.cast import BOOKSHOP_CALLBACK, PASSWORD
from tests.oidc.apis import COMMAND
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer, leads_to, mails_to
from tests.worker import run_jobs
from userflows.journeys.dead_ends import SECOND_PRESS
from userflows.models import Journey, UserFlow


def chooser(shop: RelyingParty, **parameters: str | None) -> str:
    """The address of the page that asks which account to use."""
    answer = shop.authorize(prompt="select_account", **parameters)
    assert answer.status_code == 303
    path: str = answer["Location"]
    assert re.fullmatch(r"/t/acme/oidc/authorize/[0-9a-f-]{36}/account/", path)
    return path


def test_o41_select_account_asks_and_goes_on_as_chosen(shop: RelyingParty, carol: Account) -> None:
    path = chooser(shop)
    page = shop.browser.get(path)
    assert page.status_code == 200
    assert "carol@acme.example" in page.content.decode().replace("<wbr>", "")
    assert "Bookshop" in page.content.decode()
    answer = answer_in(shop.browser.post(path, {"account": str(carol.pk)}))
    assert answer["state"] == "the state"
    claims = shop.accepts(shop.exchange(answer["code"]).json()["id_token"], audience=shop.client_id)
    assert claims["sub"] == str(carol.pk)


def test_who_comes_back_after_the_choice_sends_the_application_nothing_twice(
    shop: RelyingParty, carol: Account, time_machine: TimeMachineFixture
) -> None:
    path, chosen = chooser(shop), {"account": str(carol.pk)}
    assert "code" in answer_in(shop.browser.post(path, chosen))
    # Pressed twice, since nothing seemed to happen: the same answer.
    assert "code" in answer_in(shop.browser.post(path, chosen))
    time_machine.move_to(datetime.now(UTC) + SECOND_PRESS * 2, tick=True)
    for answer in (shop.browser.get(path), shop.browser.post(path, chosen)):
        assert answer.status_code == 303
        assert answer["Location"] == urljoin(BOOKSHOP_CALLBACK, "/")


def test_who_comes_back_after_a_choice_that_led_to_another_question_is_led_there(
    shop: RelyingParty, carol: Account
) -> None:
    path = chooser(shop)
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, asks_for_consent=True, actor=COMMAND)
    consent = shop.browser.post(path, {"account": str(carol.pk)})["Location"]
    assert consent.endswith("/consent/")
    assert shop.browser.get(path)["Location"] == consent


def test_another_account_is_a_sign_in(shop: RelyingParty) -> None:
    customer = Customer(shop.browser.tenant, shop.browser)
    customer.visit(chooser(shop))
    customer.follow(shop.browser.post(customer.path, {"account": "another"}))
    assert customer.path.endswith("/address/")
    customer.submit({"email": "carol@acme.example"})
    answer = shop.browser.post(customer.path, {"password": PASSWORD})
    assert "code" in answer_in(shop.browser.get(answer["Location"]))


def test_whoever_isnt_signed_in_has_nothing_to_choose(shop: RelyingParty, carol: Account) -> None:
    shop.browser = Browser(shop.browser.tenant)
    assert leads_to(shop.authorize(prompt="select_account")).endswith("/address/")


def test_a_choice_together_with_a_sign_in_is_one_question(shop: RelyingParty) -> None:
    assert leads_to(shop.authorize(prompt="select_account login")).endswith("/address/")


def test_a_choice_of_an_account_that_isnt_signed_in_here_asks_again(shop: RelyingParty, eve: Account) -> None:
    path = chooser(shop)
    assert shop.browser.post(path, {"account": str(eve.pk)}).status_code == 200
    assert shop.browser.post(path, {}).status_code == 200


def test_o16_the_choice_cant_be_made_by_another_site(shop: RelyingParty, carol: Account) -> None:
    path = chooser(shop)
    strict = Browser(shop.browser.tenant, checks_csrf=True)
    strict.cookies = shop.browser.cookies
    assert strict.post(path, {"account": str(carol.pk)})["Location"] == path


def test_o17_o18_the_choice_is_no_matter_of_addresses_and_the_request_stays(shop: RelyingParty, carol: Account) -> None:
    path = chooser(shop)
    assert shop.browser.get(path, {"account": str(carol.pk)}).status_code == 200
    evil = {"account": str(carol.pk), "redirect_uri": "https://evil.example", "client_id": "x", "scope": "x"}
    assert shop.browser.post(path, evil)["Location"].startswith(BOOKSHOP_CALLBACK)


def test_o16_another_browsers_choice_is_nobodys(shop: RelyingParty, carol: Account) -> None:
    path = chooser(shop)
    elsewhere = Browser(shop.browser.tenant)
    elsewhere.sign_in(carol)
    answer = elsewhere.post(path, {"account": str(carol.pk)})
    assert answer.status_code == 400
    assert "Location" not in answer


def test_the_chooser_speaks_the_language_asked_for(shop: RelyingParty) -> None:
    page = shop.browser.get(chooser(shop, ui_locales="xx de-CH en")).content.decode()
    assert '<html lang="de"' in page
    assert "Ein anderes Konto verwenden" in page


def test_ui_locales_lead_the_sign_in_page_and_login_hint_fills_it(shop: RelyingParty) -> None:
    shop.browser = Browser(shop.browser.tenant)
    answer = shop.authorize(ui_locales="fr-BE fr en", login_hint="carol@acme.example", claims_locales="de")
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    assert "carol@acme.example" in page


def refused(shop: RelyingParty, language: str = "en", **parameters: str | None) -> Any:
    answer = shop.browser.get("/oidc/authorize", shop.request(**parameters), headers={"Accept-Language": language})
    assert answer.status_code == 400
    return answer.content.decode()


def test_a_refusal_speaks_the_customers_language_and_sets_the_detail_apart(shop: RelyingParty) -> None:
    page = refused(shop, "de", redirect_uri="https://evil.example/")
    assert "<h1>Dieser Link funktioniert nicht</h1>" in page
    assert "<summary>Für Entwickler</summary>" in page
    detail = re.search(r'<p lang="en" dir="ltr">(.*?)</p>', page)
    assert detail is not None
    assert "registered for the application Bookshop" in detail[1]


def test_a_refusal_leads_back_where_the_application_is_known(shop: RelyingParty) -> None:
    page = refused(shop, redirect_uri="https://evil.example/")
    assert 'href="https://bookshop.example/"' in page
    assert "Back to Bookshop" in page
    assert "evil.example" not in re.sub(r'action="/t/acme/language/[^"]*"', "", page)
    assert "https://bookshop.example" not in refused(shop, client_id="unknown")


def test_a_sign_in_that_is_over_leads_back(shop: RelyingParty, carol: Account) -> None:
    customer = Customer(shop.browser.tenant)
    shop.browser = customer.browser
    customer.follow(shop.authorize())
    journey = customer.path.split("/")[-3]
    answer = customer.browser.get(f"/oidc/authorize/{journey}/")
    assert answer.status_code == 400
    assert "Back to Bookshop" in answer.content.decode()


HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>javascript:alert(1){{7*7}}"


@pytest.mark.parametrize(
    "name", ["state", "login_hint", "ui_locales", "scope", "prompt", "claims", "display", "response_mode", "resource"]
)
@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_o34_what_a_request_says_never_becomes_markup(shop: RelyingParty, name: str, mode: str) -> None:
    shop.browser = Browser(shop.browser.tenant)
    answer = shop.authorize(**{"response_mode": mode, name: HOSTILE})
    if answer.status_code == 303 and "bookshop.example" not in answer["Location"]:
        answer = shop.browser.get(answer["Location"])
    assert b"<script>alert" not in answer.content
    assert b"<img src=x" not in answer.content
    if "Location" in answer:
        assert HOSTILE not in answer["Location"]


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_o34_a_refusal_repeats_nothing_unescaped(shop: RelyingParty, name: str) -> None:
    page = refused(shop, **{name: HOSTILE})
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_o39_o40_no_page_is_framed_tells_where_it_was_or_loads_from_elsewhere(shop: RelyingParty) -> None:
    pages = [shop.browser.get(chooser(shop)), shop.authorize(response_mode="form_post"), shop.authorize(client_id="x")]
    for page in pages:
        policy = page["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert page["X-Frame-Options"] == "DENY"
        assert page["Referrer-Policy"] in {"same-origin", "no-referrer", "strict-origin"}
        assert not re.findall(r'(?:src|rel="stylesheet" href)="(?:https?:)?//', page.content.decode())
        assert page["Cache-Control"] == "no-store"


def test_o40_pages_that_no_application_opens_share_nothing_with_their_opener(shop: RelyingParty) -> None:
    for path in ("/profile/", "/oidc/applications/", "/device"):
        assert shop.browser.get(path)["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_page_between_a_request_and_its_answer_parts_a_popup_from_its_opener(
    shop: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = shop.browser = Browser(shop.browser.tenant)
    begun = shop.authorize()
    way = leads_to(begun).removesuffix("address/")
    places = ("", "address/", "switch/", "ask-link/", "again/", "open/nothing/", "provider/", "nothing/")
    answers = [begun, browser.get("/language/"), browser.get("/providers/nobody/callback")]
    answers += [browser.get(way + place) for place in places]
    monkeypatch.setattr("tenants.middleware.tenant_at", Mock(side_effect=OperationalError("away")))
    answers += [away := browser.get(way)]

    assert away.status_code == 503
    assert [answer["Cross-Origin-Opener-Policy"] for answer in answers] == ["unsafe-none"] * len(answers)


def test_o46_a_choice_is_answered_by_303(shop: RelyingParty, carol: Account) -> None:
    answer = shop.browser.post(chooser(shop), {"account": str(carol.pk)})
    assert answer.status_code == 303
    assert dict(parse_qsl(urlsplit(answer["Location"]).query)).keys() == {"code", "state", "iss"}


@pytest.mark.parametrize(
    "hint",
    [
        "https://evil.example/win <victim@acme.example>",
        "Win <victim@acme.example>",
        "victim@acme.example, other@acme.example",
        "@",
        "x@y@z",
        '"><img src=x>@x',
    ],
)
def test_a_hint_that_is_no_address_fills_in_nothing_and_gets_no_mail(shop: RelyingParty, hint: str) -> None:
    """A-08: what stands in the address of a link doesn't become a recipient."""
    browser = shop.browser = Browser(shop.browser.tenant)
    address = shop.authorize(prompt="create", login_hint=hint)["Location"]
    assert browser.get(address).status_code == 200
    browser.post(address.replace("/address/", "/send/"))
    with tenant_context(browser.tenant):
        assert not Message.objects.exists()
        assert Journey.objects.get().email == ""


def test_a_code_is_sent_only_once_the_address_was_pressed_on(shop: RelyingParty) -> None:
    """A link with a hint sends nobody a mail; whoever follows it has to say so."""
    browser = shop.browser = Browser(shop.browser.tenant)
    address = shop.authorize(prompt="create", login_hint="new@acme.example")["Location"]
    assert browser.post(address.replace("/address/", "/send/"))["Location"] == address
    run_jobs()
    with tenant_context(browser.tenant):
        assert not Message.objects.exists()


NO_SIGN_UP = "You can't create an account here. If you already have one, sign in."


@pytest.mark.parametrize(("prompt", "allows_sign_up"), [("create", True), ("create", False), ("login", False)])
def test_an_application_that_asks_for_sign_up_where_there_is_none_leads_to_sign_in_that_says_so(
    shop: RelyingParty, carol: Account, prompt: str, *, allows_sign_up: bool
) -> None:
    """OpenID Connect Prompt Create 1.0, section 4."""
    browser = shop.browser = Browser(shop.browser.tenant)
    with tenant_context(browser.tenant):
        UserFlow.objects.update(allows_sign_up=allows_sign_up)
    forget_everything()
    customer = Customer(browser.tenant, browser)
    customer.follow(shop.authorize(prompt=prompt))
    assert (NO_SIGN_UP in customer.text) is (prompt == "create" and not allows_sign_up)
    if not allows_sign_up:
        customer.submit({"email": carol.email})
        assert browser.post(customer.path, {"password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("registered_itself", [False, True])
def test_a_mail_names_no_application_that_named_itself(shop: RelyingParty, *, registered_itself: bool) -> None:
    """A-35: the tenant's mail is the tenant's word, and mail programs make links of what looks like one."""
    browser = shop.browser = Browser(shop.browser.tenant)
    with tenant_context(browser.tenant):
        Application.objects.filter(pk=shop.application.pk).update(registered_dynamically=registered_itself)
    customer = Customer(browser.tenant, browser)
    customer.follow(shop.authorize(prompt="create"))
    customer.submit({"email": "new@acme.example"})
    run_jobs()
    with tenant_context(browser.tenant):
        mail = mails_to("new@acme.example")[0]
    assert ("Bookshop" in mail.text) is ("Bookshop" in mail.html) is not registered_itself
