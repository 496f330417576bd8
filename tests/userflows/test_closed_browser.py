"""A browser that is closed on the way: by a phone for its memory while somebody looks for the code, or by whoever
leaves a shared computer. Nobody can tell which it was, so whoever is there next has to say and prove who they are.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty
from tests.userflows.along import (
    NEW,
    Opened,
    at_address,
    at_code,
    at_details,
    at_new_password,
    at_password,
    at_second_factor,
    close,
    reopened,
)
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow
from userflows.journeys.account.given import typed_so_far
from userflows.journeys.browsers.browser import CLOSED_COOKIE
from userflows.links.services import invite_customer
from userflows.models import Journey, UserFlow
from userflows.state import MAIL, NEW_BROWSER

pytestmark = pytest.mark.django_db
CLOSED = "Your browser was closed before you finished"
UNKNOWN = "<h1>Sign-in can't continue here</h1>"
DETAILS = {"givenName": "Nora", "password": PASSWORD}


def flow_with(acme: Tenant, **changes: object) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), actor=Actor.command(), **changes)


def at_code_with_all_given(acme: Tenant, _carol: Account) -> Customer:
    """Everything is said, and the code that verifies the address comes last."""
    flow_with(acme, verifies_last=True)
    customer = Customer(acme)
    customer.visit("/sign-up/")
    customer.submit({"email": NEW})
    customer.submit(DETAILS)
    run_jobs()
    return customer


def at_more_details(acme: Tenant, carol: Account) -> Customer:
    """A page of answers is done, and the next one open."""
    layout = (AttributeLayout("givenName"), AttributeLayout("city", begins_page=True))
    flow_with(acme, attributes=layout)
    customer = at_details(acme, carol)
    customer.submit(DETAILS)
    return customer


def at_link(acme: Tenant, carol: Account) -> tuple[Customer, str]:
    """A link is in the mail: where it leads."""
    flow_with(acme, methods=("link",))
    customer = at_password(acme, carol)
    run_jobs()
    with tenant_context(acme):
        text = mails_to(carol.email)[0].text
    return customer, "/" + text.split("/t/acme/")[1].split()[0]


@pytest.mark.parametrize(
    "at",
    [at_password, at_second_factor, at_new_password, at_code, at_more_details, at_code_with_all_given],
)
def test_a50_eve_at_a_shared_computer_reads_and_uses_nothing_of_who_sat_there_before(
    acme: Tenant, carol: Account, at: Opened
) -> None:
    customer = at(acme, carol)
    left = customer.path
    reopened(customer)
    assert customer.page.status_code == 200
    assert CLOSED in customer.text
    for path in (left, customer.path, re.sub(r"[^/]+/(\?.*)?$", "details/", left)):
        customer.visit(path)
        assert 'name="email"' in customer.text
        assert not any(said in customer.text for said in (carol.email, NEW, "Nora", PASSWORD))
    customer.path = left
    for sent in ({"password": "Eves own password"}, {"code": "000000"}, {"password": PASSWORD, "givenName": "Eve"}):
        customer.submit(sent)
        assert 'name="email"' in customer.text
    customer.switch("reset")
    assert not any(said in customer.text for said in (carol.email, NEW))
    with tenant_context(acme):
        assert Journey.objects.get().proofs == []
    assert not customer.is_signed_in


@pytest.mark.parametrize("at", [at_more_details, at_code_with_all_given])
def test_a50_eve_who_proves_an_address_of_her_own_there_finds_no_answers_of_others(
    acme: Tenant, carol: Account, at: Opened
) -> None:
    customer = reopened(at(acme, carol))
    customer.submit({"email": "eve@acme.example"})
    assert "Nora" not in customer.text
    if at is at_more_details:
        customer.submit({"code": new_code(acme, "eve@acme.example")})
        assert "<h1>Complete your account</h1>" in customer.text
        assert "Nora" not in customer.text


def test_a50_eve_who_knows_the_address_reads_nothing_that_was_given_with_it(acme: Tenant, carol: Account) -> None:
    customer = at_code_with_all_given(acme, carol)
    left = customer.path
    reopened(customer)
    for path in (left, re.sub(r"[^/]+/(\?.*)?$", "details/", left)):
        customer.visit(path)
        customer.submit({"email": NEW}, to="address")
        assert 'name="code"' in customer.text
        assert "Nora" not in customer.text
    # Nor where another address or the end of the journey's time brings its pages back.
    customer.submit({"email": "eve@acme.example"}, to="address")
    assert "Nora" not in customer.text
    with tenant_context(acme):
        Journey.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    customer.submit({"city": "Eve's", "password": PASSWORD}, to="details")
    customer.submit(to="again")
    for sent in (NEW, "eve@acme.example", NEW):
        customer.submit({"email": sent}, to="address")
        assert 'name="code"' in customer.text
        assert "Nora" not in customer.text
    reopened(reopened(customer))
    customer.submit({"email": NEW})
    assert 'name="code"' in customer.text


def test_a50_whoever_goes_on_where_eve_began_has_a_password_of_their_own(acme: Tenant, carol: Account) -> None:
    customer = reopened(at_code_with_all_given(acme, carol))
    customer.submit({"email": NEW})
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert "Your password is kept" not in customer.text
    customer.submit({"givenName": "Nora", "password": "a horse that is correct"})
    assert customer.is_signed_in
    eve = Customer(acme)
    eve.sign_in(NEW, PASSWORD)
    assert not eve.is_signed_in


def test_a50_eve_elsewhere_picks_nothing_up_by_what_she_knows_of_it(
    acme: Tenant, globex: Tenant, carol: Account
) -> None:
    customer = at_password(acme, carol)
    with tenant_context(acme):
        digest = Journey.objects.get().browser_digest
    eve = Customer(acme)
    for kept in ("", digest, Customer(globex).browser.get("/sign-in/") and digest + ":x:y"):
        eve.browser.cookies[f"{CLOSED_COOKIE}-acme"] = kept
        assert eve.visit(customer.path).status_code == 404
        assert UNKNOWN in eve.text
    close(customer.browser)
    kept = next(cookie for name, cookie in customer.browser.cookies.items() if name.startswith(CLOSED_COOKIE))
    assert kept["max-age"] == 60 * 60
    assert kept["httponly"]
    assert digest not in kept["path"]


@pytest.mark.parametrize("verifies_last", [False, True])
def test_the_code_that_is_on_its_way_counts_for_whoever_gives_the_same_address(
    acme: Tenant, carol: Account, *, verifies_last: bool
) -> None:
    customer = at_code_with_all_given(acme, carol) if verifies_last else at_code(acme, carol)
    for _ in range(2):
        # Phones do that whenever they are looked away from: also before anything was given again.
        reopened(reopened(customer))
        customer.submit({"email": NEW})
        assert "Enter the code" in customer.text
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 1
    customer.submit({"code": customer.code_from_mail(NEW)})
    # What they had said is there again for whoever has shown to read the mail, but for the password.
    assert ('value="Nora"' in customer.text) is verifies_last
    customer.submit(DETAILS)
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Account.objects.get(email=NEW).given_name == "Nora"


def test_a_code_that_wasnt_made_yet_is_asked_for_again(acme: Tenant, carol: Account) -> None:
    flow_with(acme, methods=("code",))
    customer = at_address(acme, carol)
    customer.submit({"email": carol.email})
    reopened(customer)
    run_jobs()
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    assert customer.is_signed_in


def test_what_was_typed_is_there_again_once_the_address_is_proved_anew(acme: Tenant, carol: Account) -> None:
    customer = reopened(reopened(at_more_details(acme, carol)))
    customer.submit({"email": NEW})
    assert "Nora" not in customer.text
    # The code that was used proves nothing twice: another one is on its way.
    assert new_code(acme, NEW)
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 2
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert 'value="Nora"' in customer.text


def test_what_was_agreed_to_is_ticked_anew_by_whoever_goes_on(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        define_custom_attribute(name="agreed", data_type="Boolean", actor=Actor.command())
    agreed = AttributeLayout("agreed", input_type="checkbox", is_required=True)
    flow_with(acme, attributes=(AttributeLayout("givenName"), agreed), verifies_last=True)
    customer = Customer(acme)
    customer.visit("/sign-up/")
    customer.submit({"email": NEW})
    customer.submit({**DETAILS, "agreed": "on"})
    run_jobs()
    reopened(customer)
    customer.submit({"email": NEW})
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert 'value="Nora"' in customer.text
    assert 'name="agreed"' in customer.text
    assert not re.search(r'name="agreed"[^>]* checked', customer.text)
    customer.submit(DETAILS)
    assert not customer.is_signed_in
    customer.submit({**DETAILS, "agreed": "on"})
    assert customer.is_signed_in


def test_an_emailed_second_factor_counts_once_the_password_is_given_again(acme: Tenant, carol: Account) -> None:
    flow_with(acme, second_factor=NEW_BROWSER, factors=(MAIL,))
    customer = at_password(acme, carol)
    customer.submit({"password": PASSWORD})
    code = new_code(acme, carol.email)
    reopened(customer)
    customer.submit({"email": carol.email})
    assert 'name="password"' in customer.text
    customer.submit({"password": PASSWORD})
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 1
    customer.submit({"code": code})
    assert customer.is_signed_in


@pytest.mark.parametrize("at", [at_password, at_second_factor])
def test_the_application_gets_its_customer_after_all(
    acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str, at: Opened
) -> None:
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize(login_hint=carol.email))
    reopened(customer)
    assert CLOSED in customer.text
    assert "Bookshop" in customer.text
    assert carol.email not in customer.text
    customer.submit({"email": carol.email})
    answer = customer.browser.post(customer.path, {"password": PASSWORD})
    assert answer["Location"].startswith("https://bookshop.example/callback?code=")


def test_a_form_that_was_restored_with_its_page_leads_on(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme, Browser(acme, checks_csrf=True))
    customer.visit("/sign-in/")
    close(customer.browser)
    customer.submit({"email": carol.email})
    assert customer.page.status_code == 200
    assert CLOSED in customer.text


@pytest.mark.parametrize("is_opened", ["before", "at once", "after its page", "after the address"])
def test_a50_eve_is_let_in_by_no_link_that_she_finds_in_the_history(
    acme: Tenant, carol: Account, is_opened: str
) -> None:
    customer, link = at_link(acme, carol)
    if is_opened == "before":
        customer.browser.get(link)
    close(customer.browser)
    if is_opened.startswith("after"):
        customer.visit(customer.path)
    if is_opened == "after the address":
        customer.submit({"email": "eve@acme.example"})
    for ask in (customer.browser.get, customer.browser.post):
        customer.follow(ask(link))
        assert carol.email not in customer.text
        assert not customer.is_signed_in


def test_the_code_of_a_link_goes_on_in_the_browser_that_was_closed(acme: Tenant, carol: Account) -> None:
    customer, link = at_link(acme, carol)
    waiting = customer.path
    close(customer.browser)
    assert customer.visit(f"{link[:-3]}xx/").status_code == 410
    elsewhere = Customer(acme)
    for browser in (elsewhere, customer):
        browser.visit(link)
        assert "<h1>Continue where you began</h1>" in browser.text
    customer.visit(waiting)
    customer.submit({"email": carol.email})
    found = re.search(r'class="shown-code"[^>]*>(\d+)<', elsewhere.text)
    assert found
    customer.submit({"code": found[1]})
    assert customer.is_signed_in


def test_a_link_goes_on_once_the_address_was_given_again(acme: Tenant, carol: Account) -> None:
    customer, link = at_link(acme, carol)
    reopened(customer)
    customer.submit({"email": carol.email})
    customer.visit(link)
    customer.submit()
    assert customer.is_signed_in


@pytest.mark.parametrize("rests_on", ["session", "invitation"])
def test_what_rests_on_a_session_or_an_invitation_begins_with_that(acme: Tenant, carol: Account, rests_on: str) -> None:
    customer = Customer(acme)
    if rests_on == "session":
        customer.sign_in(carol.email)
        customer.visit("/profile/password/")
    else:
        with tenant_context(acme):
            invite_customer(email=NEW, attributes={}, actor=Actor.command())
        run_jobs()
        with tenant_context(acme):
            text = mails_to(NEW)[0].text
        customer.visit("/" + text.split("/t/acme/")[1].split()[0])
        customer.submit()
    assert "/go/" in customer.path
    reopened(customer)
    assert customer.page.status_code == 404
    assert UNKNOWN in customer.text


def test_after_an_hour_or_without_cookies_the_page_says_so_and_leads_back(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = at_address(acme, carol)
    close(customer.browser)
    with monkeypatch.context() as patched:
        patched.setattr("userflows.journeys.entry.LIFETIME", timedelta(seconds=-1))
        assert customer.visit(customer.path).status_code == 404
    customer.browser.cookies.clear()
    assert customer.visit(customer.path).status_code == 404
    assert UNKNOWN in customer.text


def test_all_journeys_of_a_browser_that_was_closed_go_on(acme: Tenant, carol: Account) -> None:
    customer = at_code(acme, carol)
    paths = [customer.path]
    for _ in range(2):
        customer.visit("/sign-in/")
        customer.submit({"email": carol.email})
        paths.append(customer.path)
    close(customer.browser)
    # Another is begun before they are opened.
    customer.visit("/sign-up/")
    for path in paths:
        assert customer.visit(path).status_code == 200
        assert CLOSED in customer.text
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert customer.is_signed_in


@pytest.mark.parametrize("is_last", [True, False])
def test_tabs_of_one_journey_that_are_opened_at_once_lead_on(acme: Tenant, carol: Account, *, is_last: bool) -> None:
    customer = at_code(acme, carol)
    close(customer.browser)
    tabs = [customer, *(Customer(acme) for _ in range(2))]
    for tab in tabs[1:]:
        tab.path = customer.path
        tab.browser.cookies.load(customer.browser.cookies.output(header=""))
    for tab in tabs:
        tab.visit(tab.path)
        assert CLOSED in tab.text
    # The browser keeps what one of the answers brought.
    tab = tabs[-1] if is_last else tabs[0]
    if not is_last:
        tab.visit(tab.path)
    tab.submit({"email": NEW})
    tab.submit({"code": tab.code_from_mail(NEW)})
    assert 'name="password"' in tab.text
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 1
        assert not Event.objects.failures().exists()
    # From then on it is one browser's.
    assert tabs[1].visit(tabs[1].path).status_code == 404


def test_a50_eve_who_has_copied_the_cookie_reads_nothing_and_its_owner_takes_the_journey_back(
    acme: Tenant, carol: Account
) -> None:
    customer = at_second_factor(acme, carol)
    eve = Customer(acme)
    eve.browser.cookies.load(customer.browser.cookies.output(header=""))
    close(eve.browser)
    for _ in range(2):
        for somebody in (eve, customer):
            somebody.visit(customer.path)
            assert CLOSED in somebody.text
            assert carol.email not in somebody.text
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert 'name="code"' in customer.text


def test_a_tab_that_another_was_faster_than_leads_on(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = at_code(acme, carol)
    close(customer.browser)
    faster = Customer(acme)
    faster.browser.cookies.load(customer.browser.cookies.output(header=""))

    def be_faster(journey: Journey) -> dict[str, Any]:
        monkeypatch.undo()
        with tenant_context(acme):
            faster.visit(customer.path)
        return typed_so_far(journey)

    monkeypatch.setattr("userflows.journeys.picked_up.typed_so_far", be_faster)
    for tab in (customer, faster):
        tab.visit(customer.path)
        assert CLOSED in tab.text


@pytest.mark.parametrize("stays", [True, False])
def test_a_journey_that_came_to_its_end_leads_to_the_application(
    acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str, *, stays: bool
) -> None:
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize(login_hint=carol.email))
    left = customer.path
    shop.browser.post(left, {"password": PASSWORD, **({"stay": "on"} if stays else {})})
    close(customer.browser)
    for path in (left, re.sub(r"[^/]+/(\?.*)?$", "", left)):
        answer = customer.browser.get(path)
        assert answer["Location"] == "https://bookshop.example/"
    assert customer.is_signed_in == stays
    assert Browser(acme).get(left).status_code == 404


def test_a_journey_that_came_to_its_end_leads_to_an_application_that_is_no_website(
    acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str
) -> None:
    with tenant_context(acme):
        Application.objects.update(redirect_uris="com.example.bookshop:/callback")
        bookshop.refresh_from_db()
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize(login_hint=carol.email))
    left = customer.path
    customer.browser.post(left, {"password": PASSWORD, "stay": "on"})
    close(customer.browser)
    customer.path = left
    # The form that was restored lacks the cookie that goes with it.
    customer.browser.handler.enforce_csrf_checks = True
    customer.submit({"password": PASSWORD})
    assert "<h1>You're already signed in</h1>" in customer.text
    assert "Bookshop" in customer.text
