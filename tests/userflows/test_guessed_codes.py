"""Codes guessed at many accounts from many networks: that comes to nothing, and shuts nobody out."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from accounts.models import Account, OneTimeCode
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.journeys.attempts import limits

pytestmark = pytest.mark.django_db
NEW = "new@acme.example"
GUESSES = 5


@pytest.fixture(autouse=True)
def _few_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRONG_CODES_OF_ALL", replace(limits.WRONG_CODES_OF_ALL, attempts=GUESSES))
    monkeypatch.setattr(limits, "_guessed_until", {})


def asks_for_code(tenant: Tenant, address: str, email: str) -> Customer:
    """Somebody elsewhere who has begun to sign up."""
    customer = Customer(tenant, Browser(tenant, REMOTE_ADDR=address))
    customer.sign_up_to_code(email)
    return customer


def guess(tenant: Tenant, times: int = GUESSES) -> None:
    """Eve tries one code for each of so many addresses, each time from another network."""
    for number in range(times):
        eve = asks_for_code(tenant, f"198.51.100.{number}", f"somebody{number}@acme.example")
        assert eve.submit({"code": "000000"}).status_code == 400


def tried(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return sum(OneTimeCode.objects.values_list("wrong_tries", flat=True))


def test_a15_beyond_so_many_guesses_no_short_code_is_looked_at(acme: Tenant) -> None:
    eve = asks_for_code(acme, "203.0.113.66", NEW)
    code = eve.code_from_mail(NEW)
    guess(acme)

    before = tried(acme)
    for guessed in ("000001", "000002", code):
        assert eve.submit({"code": guessed}).status_code == 400
        assert "This code has expired. Request a new one." in eve.text

    assert tried(acme) == before == GUESSES
    with tenant_context(acme):
        events = Event.objects.filter(reason="too_many_attempts")
        assert {event.details["limit"] for event in events} == {"wrong codes of all accounts"}


def test_a15_whoever_comes_meanwhile_gets_a_longer_code_and_in(acme: Tenant, carol: Account) -> None:
    before = asks_for_code(acme, "203.0.113.1", NEW)
    guess(acme)
    before.submit({"code": before.code_from_mail(NEW)})

    # Whoever had a short code already asks for another one.
    before.submit({}, to="send")
    run_jobs()
    assert "8-digit code to" in before.text
    with tenant_context(acme):
        code = mails_to(NEW)[0].subject.partition(" ")[0]
    assert len(code) == 8
    assert before.submit({"code": code[:6]}).status_code == 400
    assert "The code has 8 digits." in before.text
    before.submit({"code": code})
    assert before.path.endswith("/details/")

    # Everybody else gets a longer one at once, the owner of an account in a new browser too.
    owner = Customer(acme, Browser(acme, REMOTE_ADDR="203.0.113.2"))
    owner.visit("/reset/")
    owner.submit({"email": carol.email})
    run_jobs()
    with tenant_context(acme):
        code = mails_to(carol.email)[0].subject.partition(" ")[0]
    assert len(code) == 8
    owner.submit({"code": code})
    assert "Choose a new password" in owner.text


def test_a15_a_longer_code_has_no_more_tries_than_any(acme: Tenant) -> None:
    guess(acme, GUESSES + 1)
    eve = asks_for_code(acme, "203.0.113.66", NEW)
    for guessed in range(5):
        eve.submit({"code": f"1234567{guessed}"})
    with tenant_context(acme):
        code = mails_to(NEW)[0].subject.partition(" ")[0]
    assert eve.submit({"code": code}).status_code == 400
    assert "Too many wrong codes were entered for this address." in eve.text


def test_a15_no_answer_tells_meanwhile_who_has_an_account(acme: Tenant, carol: Account) -> None:
    guess(acme, GUESSES + 1)
    pages = []
    for email in (carol.email, "nobody@acme.example"):
        eve = asks_for_code(acme, "203.0.113.66", email)
        page = eve.text.replace(email, "").partition('name="csrfmiddlewaretoken"')[0]
        pages.append(re.sub("/go/[^/]+/", "/go/", page))
    assert pages[0] == pages[1]
    assert "We emailed an 8-digit code to" in pages[0]


def test_a_known_browser_goes_on_with_short_codes(acme: Tenant, carol: Account) -> None:
    known = Customer(acme)
    known.sign_in(carol.email)
    guess(acme, GUESSES + 1)
    known.visit("/reset/")
    known.submit({"email": carol.email})
    code = new_code(acme, carol.email)
    known.submit({"code": code})
    assert "Choose a new password" in known.text


def test_when_the_hour_is_over_codes_are_short_again(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    guess(acme, GUESSES + 1)
    assert "8-digit" in asks_for_code(acme, "203.0.113.1", NEW).text
    monkeypatch.setattr(limits, "_guessed_until", dict.fromkeys(limits._guessed_until, 0.0))
    assert "6-digit" in asks_for_code(acme, "203.0.113.1", "other@acme.example").text


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_last_digit_of_a_longer_code_sends_it(
    acme: Tenant, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_guessed_until", {acme.schema_name: time.monotonic() + 3600})
    page = open_page(viewport=PHONE)
    page.fill("#email", NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    check_down_to_narrowest(page)
    run_jobs()
    with tenant_context(acme):
        code = mails_to(NEW)[0].subject.partition(" ")[0]
    page.locator("#code").press_sequentially(code)
    page.locator("#password").wait_for()
