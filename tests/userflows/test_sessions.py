"""For how long a browser stays signed in, and where else its owner is: seen and ended on the profile."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account, Session
from accounts.sessions.rules import FOR_ADMINISTRATORS, FOR_CUSTOMERS, SessionRules, session_rules
from accounts.sessions.services import apply
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from tests.userflows.factors.flows import flow_has
from userflows.models import Journey

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15"


def customer_with(tenant: Tenant, agent: str) -> Customer:
    customer = Customer(tenant, Browser(tenant, HTTP_USER_AGENT=agent))
    customer.sign_in("carol@acme.example")
    return customer


def cookie_of(customer: Customer) -> Any:
    return customer.browser.cookies["session_acme"]


def row_of(customer: Customer) -> Session:
    with tenant_context(customer.tenant):
        return Session.objects.get(account_id__isnull=False)


def ends_of(customer: Customer) -> datetime:
    """When the session ends at the latest."""
    ends_at = row_of(customer).ends_at
    assert ends_at
    return ends_at


def rules(tenant: Tenant, **changes: Any) -> None:
    usual = {"offers_stay": True, "idle_minutes": 60, "lifetime_minutes": 600, "stay_days": 30}
    with tenant_context(tenant):
        apply(SessionRules(**{**usual, **changes}), actor=Actor.command())


def let_pass(tenant: Tenant, time: timedelta) -> None:
    """All that is kept about sessions happened so much earlier."""
    with tenant_context(tenant):
        Session.objects.update(
            seen_at=F("seen_at") - time, expires_at=F("expires_at") - time, ends_at=F("ends_at") - time
        )


# --- Staying signed in ------------------------------------------------------------------------------------------------


def test_without_the_tick_the_cookie_ends_with_the_browser(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    cookie = cookie_of(customer)
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert ends_of(customer) - timezone.now() <= FOR_CUSTOMERS.lasts(stays=False)


def test_with_it_the_cookie_stays_for_as_long_as_the_tenant_says(acme: Tenant, carol: Account) -> None:
    rules(acme, stay_days=14)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert 'name="stay"' in customer.text
    customer.submit({"password": "wrong, and still ticked", "stay": "on"})
    assert re.search(r'name="stay"[^>]* checked', customer.text)
    customer.submit({"password": PASSWORD, "stay": "on"})
    fortnight = timedelta(days=14).total_seconds()
    assert fortnight - 60 < cookie_of(customer)["max-age"] <= fortnight
    let_pass(acme, timedelta(days=13))
    assert customer.is_signed_in
    let_pass(acme, timedelta(days=1, minutes=1))
    assert not customer.is_signed_in


def test_whoever_may_be_offered_a_passkey_is_asked_on_the_page_of_the_password(acme: Tenant, carol: Account) -> None:
    """Carol puts the passkey off, and comes another day with that."""
    flow_has(acme, methods=["password", "passkey"], asks_passkey="offer")
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert 'name="stay"' in customer.text
    assert '<button type="submit" class="primary">Sign in</button>' in customer.text
    customer.submit({"password": PASSWORD, "stay": "on"})
    assert "/passkey-setup/" in customer.path
    customer.submit(to="passkey-later")
    assert customer.is_signed_in
    assert cookie_of(customer)["max-age"] > 0


def test_the_tick_is_there_still_in_another_language(acme: Tenant, carol: Account) -> None:
    """And so is its absence. The password isn't kept with it."""
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert 'name="in-language" value="" form="step"' in customer.text
    for ticked, language in (({"stay": "on"}, "de"), ({}, "fr")):
        sent = {"in-language": language, "username": carol.email, "password": PASSWORD, **ticked}
        customer.follow(customer.browser.post(f"/language/?next={customer.path}", sent))
        assert f'<html lang="{language}"' in customer.text
        assert bool(re.search(r'name="stay"[^>]* checked', customer.text)) == bool(ticked)
        with tenant_context(acme):
            assert PASSWORD not in str(Journey.objects.get().typed)
    customer.submit({"password": PASSWORD})
    assert cookie_of(customer)["max-age"] == "", "what was sent last counts"


def test_nobody_stays_where_it_is_not_offered(acme: Tenant, carol: Account) -> None:
    rules(acme, offers_stay=False)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert 'name="stay"' not in customer.text
    customer.submit({"password": PASSWORD, "stay": "on"})
    assert cookie_of(customer)["max-age"] == ""


# --- How long sessions last -------------------------------------------------------------------------------------------


def test_a_session_ends_when_it_lies_idle(acme: Tenant, carol: Account) -> None:
    rules(acme)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    for _ in range(3):
        let_pass(acme, timedelta(minutes=50))
        assert customer.is_signed_in
    let_pass(acme, timedelta(minutes=61))
    assert not customer.is_signed_in


def test_a_session_ends_however_busy_it_is(acme: Tenant, carol: Account) -> None:
    rules(acme)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    for _ in range(11):
        let_pass(acme, timedelta(minutes=50))
        assert customer.is_signed_in
    let_pass(acme, timedelta(minutes=51))
    assert not customer.is_signed_in


def test_shorter_times_count_at_once_and_longer_ones_from_the_next_sign_in_on(acme: Tenant, carol: Account) -> None:
    rules(acme, lifetime_minutes=600)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    rules(acme, idle_minutes=15, lifetime_minutes=30)
    ends_at = ends_of(customer)
    assert ends_at - timezone.now() <= timedelta(minutes=30)
    rules(acme, lifetime_minutes=6000)
    assert row_of(customer).ends_at == ends_at


def test_taking_the_offer_back_ends_those_who_stayed_as_everybody_else(acme: Tenant, carol: Account) -> None:
    rules(acme)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD, "stay": "on"})
    rules(acme, offers_stay=False)
    assert row_of(customer).expires_at - timezone.now() <= timedelta(minutes=60)


@pytest.mark.parametrize(
    "wrong",
    [
        {"idle_minutes": 4},
        {"idle_minutes": 700},
        {"lifetime_minutes": 14, "idle_minutes": 10},
        {"lifetime_minutes": 91 * 24 * 60},
        {"stay_days": 0},
        {"stay_days": 366},
    ],
)
def test_times_out_of_bounds_are_refused(acme: Tenant, wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        rules(acme, **wrong)


def test_administrators_are_signed_out_sooner_by_default(acme: Tenant, home: Tenant) -> None:
    for tenant, expected in ((acme, FOR_CUSTOMERS), (home, FOR_ADMINISTRATORS)):
        with tenant_context(tenant):
            assert session_rules() == expected


# --- The list on the profile ------------------------------------------------------------------------------------------


def test_a36_carol_sees_where_she_is_signed_in_and_signs_out_there(acme: Tenant, carol: Account) -> None:
    here, there = customer_with(acme, FIREFOX), customer_with(acme, SAFARI)
    here.visit("/profile/")
    assert "Firefox, Android" in here.text
    assert "Safari, Mac" in here.text
    assert here.text.count("This browser") == 1
    (sid,) = re.findall(r'name="session" value="([^"]+)"', here.text)
    here.path = "/profile/"
    here.follow(here.browser.post("/profile/sessions/end/", {"session": sid}))
    assert "Signed out of that browser and its apps." in here.text
    assert "Safari, Mac" not in here.text.partition('id="browsers"')[2].partition("</section>")[0]
    assert here.is_signed_in
    assert not there.is_signed_in
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.session_ended", target_id=str(carol.pk)).count() == 1


def test_a36_all_others_at_once(acme: Tenant, carol: Account) -> None:
    here, *others = (customer_with(acme, agent) for agent in (FIREFOX, SAFARI, ""))
    here.visit("/profile/")
    assert "Unknown browser" in here.text
    assert "Sign out everywhere else" in here.text
    here.follow(here.browser.post("/profile/sessions/end-others/"))
    assert "Signed out of all other browsers" in here.text
    assert "Signed out of that browser" not in here.text
    assert here.is_signed_in
    assert not any(other.is_signed_in for other in others)
    here.visit("/profile/")
    assert "Sign out everywhere else" not in here.text


def test_eve_cannot_sign_carol_out(acme: Tenant, globex: Tenant, carol: Account, eve: Account) -> None:
    customer = customer_with(acme, FIREFOX)
    sid = row_of(customer).sid
    stranger = Browser(acme)
    for browser in (stranger, Browser(globex)):
        browser.post("/profile/sessions/end/", {"session": sid})
        browser.post("/profile/sessions/end-others/")
    from accounts.identity.services.accounts import create_account

    with tenant_context(acme):
        other = create_account(email="eve@acme.example", password=PASSWORD, email_verified=True)
    stranger.sign_in(other)
    stranger.post("/profile/sessions/end/", {"session": sid})
    stranger.post("/profile/sessions/end/", {"session": "\0"})
    assert customer.is_signed_in


def test_another_site_cannot_press_the_button(acme: Tenant, carol: Account) -> None:
    browser = Browser(acme, checks_csrf=True)
    browser.sign_in(carol)
    assert browser.post("/profile/sessions/end-others/").status_code == 403


def test_ending_the_session_at_hand_is_signing_out(acme: Tenant, carol: Account) -> None:
    customer = customer_with(acme, FIREFOX)
    answer = customer.browser.post("/profile/sessions/end/", {"session": row_of(customer).sid})
    assert answer["Location"].endswith("/signed-out/")
    assert not customer.is_signed_in
