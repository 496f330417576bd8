"""Pages that are over: the back button after a sign-in, a tab of yesterday, lost cookies, a session that has ended."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.http import HttpResponse
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account, Session
from applications.models import Application
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty
from tests.userflows.customer import Customer
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.journeys import arrival
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db
PROFILE = {"givenName": "Caroline", "surname": "Carter"}


@pytest.fixture
def at_bookshop(acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str) -> Customer:
    """Carol, whom Bookshop has sent, on the page for her password."""
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize(login_hint=carol.email))
    return customer


def test_back_after_a_sign_in_leads_on_to_the_application_and_sends_it_nothing_twice(
    acme: Tenant, at_bookshop: Customer
) -> None:
    first = at_bookshop.browser.post(at_bookshop.path, {"password": PASSWORD})
    answer = at_bookshop.browser.get(first["Location"])
    assert "code=" in answer["Location"]
    back = at_bookshop.browser.get(at_bookshop.path)
    assert back.status_code == 303
    assert back["Location"] == "https://bookshop.example/"


@pytest.mark.parametrize("who", ["she", "nobody"])
def test_eve_has_no_second_code_sent_by_a_journey_that_is_over_however_long_ago(
    acme: Tenant, at_bookshop: Customer, who: str
) -> None:
    first = at_bookshop.browser.post(at_bookshop.path, {"password": PASSWORD})
    assert "code=" in at_bookshop.browser.get(first["Location"])["Location"]
    with tenant_context(acme):
        Journey.objects.update(finished_at=timezone.now() - timedelta(hours=2))
        count = Journey.objects.count()
    if who == "nobody":
        at_bookshop.browser.post("/sign-out/")
    again = re.sub(r"[^/]+/$", "again/", at_bookshop.path)
    for answer in (at_bookshop.browser.get(at_bookshop.path), at_bookshop.browser.post(again, follow=False)):
        location = answer["Location"]
        if "bookshop.example" not in location:
            location = at_bookshop.browser.get(location)["Location"]
        assert location == "https://bookshop.example/"
    with tenant_context(acme):
        assert Journey.objects.count() == count
        Journey.objects.update(redirect_origins=["com.example.app:"], application_look={})
    page = at_bookshop.browser.get(at_bookshop.path)
    assert ("You're already signed in" if who == "she" else "sign in again") in page.content.decode()


def test_a_finished_journey_leads_where_its_flow_says_if_its_application_has_no_way_of_its_own(
    acme: Tenant, carol: Account, at_bookshop: Customer
) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, finished_url="https://www.acme.example/welcome", actor=Actor.command())
    at_bookshop.browser.post(at_bookshop.path, {"password": PASSWORD})
    assert at_bookshop.browser.get(at_bookshop.path)["Location"] == "https://bookshop.example/"
    with tenant_context(acme):
        Journey.objects.update(redirect_origins=["com.example.app:"], application_look={})
    assert at_bookshop.browser.get(at_bookshop.path)["Location"] == "https://www.acme.example/welcome"

    # Without an application there is Carol's own account for a while, and then nothing else that is known.
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    # Chromium holds it against redirects that follow a form.
    assert "form-action" not in customer.page["Content-Security-Policy"]
    customer.browser.post(customer.path, {"password": PASSWORD})
    answer = customer.browser.get(customer.path)
    assert answer["Location"].endswith("/profile/")
    with tenant_context(acme):
        Journey.objects.update(finished_at=timezone.now() - timedelta(hours=2))
    for answer in (customer.browser.get(customer.path), customer.browser.post(customer.path, {"password": PASSWORD})):
        assert (answer.status_code, answer["Location"]) == (303, "https://www.acme.example/welcome")


def test_a_second_press_in_a_hurry_arrives_with_the_answer_that_the_first_has_lost(at_bookshop: Customer) -> None:
    first = at_bookshop.browser.post(at_bookshop.path, {"password": PASSWORD})
    second = at_bookshop.browser.post(at_bookshop.path, {"password": PASSWORD})
    assert "code=" in first["Location"]
    assert "code=" in at_bookshop.browser.get(second["Location"])["Location"]


class Broken(Exception):
    """Of which nobody has thought."""


def raising(error: Exception) -> HttpResponse:
    raise error


@pytest.mark.parametrize(
    "fails",
    [lambda: raising(Broken()), lambda: raising(OperationalError("gone")), lambda: HttpResponse(status=503)],
    ids=["error", "database", "unavailable"],
)
def test_r06_whose_sign_in_is_committed_stays_signed_in_whatever_goes_wrong_with_what_follows(
    at_bookshop: Customer, monkeypatch: pytest.MonkeyPatch, fails: Callable[[], HttpResponse]
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(arrival, "_arrivals", [lambda *_: fails()])
    monkeypatch.setattr(connections[DEFAULT_DB_ALIAS], "close", lambda: closed.append(True))
    answer = at_bookshop.browser.post(at_bookshop.path, {"password": PASSWORD})
    assert answer.status_code == 303
    assert "code=" in at_bookshop.browser.get(answer["Location"])["Location"]
    assert at_bookshop.is_signed_in


def test_back_to_an_app_that_is_no_website_says_that_all_is_done(acme: Tenant, at_bookshop: Customer) -> None:
    at_bookshop.browser.post(at_bookshop.path, {"password": PASSWORD})
    with tenant_context(acme):
        Journey.objects.update(redirect_origins=["com.example.app:"], application_look={})
    page = at_bookshop.browser.get(at_bookshop.path)
    assert "You're already signed in" in page.content.decode()
    assert "Bookshop" in page.content.decode()


def test_a_user_flow_that_was_deleted_meanwhile_leads_back_to_the_application(
    acme: Tenant, at_bookshop: Customer
) -> None:
    with tenant_context(acme):
        Journey.objects.update(user_flow_id=uuid4())
    page = at_bookshop.visit(at_bookshop.path)
    assert page.status_code == 404
    assert 'href="https://bookshop.example/"' in at_bookshop.text


def test_lost_cookies_lead_back_to_the_application(at_bookshop: Customer) -> None:
    at_bookshop.browser.cookies.clear()
    page = at_bookshop.visit(at_bookshop.path)
    assert page.status_code == 404
    assert "started too long ago or in another browser" in at_bookshop.text
    assert 'href="https://bookshop.example/"' in at_bookshop.text
    assert "carol@acme.example" not in at_bookshop.text
    at_bookshop.submit({"password": PASSWORD})
    assert not at_bookshop.is_signed_in


def test_a_journey_nobody_knows_leads_to_the_sign_in(acme: Tenant) -> None:
    customer = Customer(acme)
    assert customer.visit("/go/00000000-0000-0000-0000-000000000000/password/").status_code == 404
    assert "Sign in here" in customer.text


def _lose_session(customer: Customer) -> None:
    with tenant_context(customer.tenant):
        Session.objects.all().delete()
    assert f"{settings.SESSION_COOKIE_NAME}_acme" in customer.browser.cookies


def test_an_ended_session_says_so_and_keeps_what_was_typed(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    _lose_session(customer)
    customer.submit({**PROFILE, "whose-page": str(carol.pk)}, to="profile")
    assert "Your session has ended. Sign in again to continue." in customer.text
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert 'value="Caroline"' in customer.text
    assert "Your changes aren't saved yet." in customer.text
    with tenant_context(acme):
        carol.refresh_from_db()
    assert carol.given_name == "Carol"
    customer.submit({**PROFILE, "whose-page": str(carol.pk)}, to="profile")
    with tenant_context(acme):
        carol.refresh_from_db()
    assert carol.given_name == "Caroline"


def test_nothing_typed_is_lost_where_another_tab_has_signed_out(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    customer.submit({}, to="sign-out")
    del customer.browser.cookies[f"{settings.SESSION_COOKIE_NAME}_acme"]
    customer.path = "/profile/"
    customer.submit({**PROFILE, "whose-page": str(carol.pk)})
    assert "Your session has ended. Sign in again to continue." in customer.text
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert 'value="Caroline"' in customer.text


def test_somebody_else_who_signs_in_afterwards_sees_nothing_of_it(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        Account.objects.create(email="eve@acme.example", canonical_email="eve@acme.example", password=carol.password)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    _lose_session(customer)
    customer.submit({**PROFILE, "whose-page": str(carol.pk)}, to="profile")
    customer.submit({"email": "eve@acme.example"})
    customer.submit({"password": PASSWORD})
    assert "Your profile" in customer.text
    assert "Caroline" not in customer.text


def test_whoever_never_was_signed_in_is_told_of_no_session(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/profile/")
    assert "<h1>Sign in</h1>" in customer.text
    assert "session has ended" not in customer.text


def test_the_limit_of_mails_says_what_still_works(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code("new@acme.example")
    for _ in range(4):
        customer.submit(to="send")
    run_jobs()
    page = customer.submit(to="send")
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 3000
    assert customer.path.endswith("/code/?refused")
    assert "The last code we emailed still works. You can request another in 60 minutes." in customer.text
    assert customer.visit(customer.path.partition("?")[0]).status_code == 200
    customer.submit({"code": customer.code_from_mail("new@acme.example")})
    assert "<h1>Complete your account</h1>" in customer.text
