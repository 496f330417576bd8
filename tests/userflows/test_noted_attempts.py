"""Whoever doesn't get in leaves an event that says why, whichever door they tried: an administrator is asked later."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.factors.services import remove_app
from accounts.identity.services.accounts import create_account, disable_account, enable_account
from accounts.models import Account, OneTimeCode
from applications.models import Application
from audit.models import Event
from audit.reasons import Reason
from audit.services import Actor
from figures.services.journeys import count_journeys
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty
from tests.userflows.along import at_password, at_second_factor, reopened, with_app
from tests.userflows.customer import Customer, new_code
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts.limits import SIGN_UPS
from userflows.journeys.events import record_failure
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db
LEFT = ("customer.sign_in_failed", "app-code", "journey_left")


def noted(tenant: Tenant) -> list[tuple[str, str, str]]:
    """What was refused, where and why, newest first."""
    with tenant_context(tenant):
        return [(event.action, event.step, event.reason) for event in Event.objects.failures().newest_first()]


@pytest.fixture
def by_code(acme: Tenant) -> Tenant:
    with tenant_context(acme):
        UserFlow.objects.update(methods=["code"])
    return acme


@pytest.fixture
def closed_flow(acme: Tenant) -> Tenant:
    with tenant_context(acme):
        UserFlow.objects.update(allows_sign_up=False)
    return acme


def test_a_wrong_code_at_sign_up_is_no_failed_sign_in_of_an_unknown_address(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code("new@acme.example")
    customer.submit({"code": "000000"})
    assert noted(acme) == [("customer.sign_up_failed", "code", "code_wrong")]


def test_a_code_that_came_too_late_says_how_old_it_was(by_code: Tenant, carol: Account) -> None:
    customer = Customer(by_code)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    code = new_code(by_code, carol.email)
    with tenant_context(by_code):
        journey = Journey.objects.get()
        journey.note("code", sent_at=(timezone.now() - timedelta(minutes=11)).isoformat())
        journey.save()
        OneTimeCode.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    customer.submit({"code": code})
    assert noted(by_code) == [("customer.sign_in_failed", "code", "code_expired")]
    with tenant_context(by_code):
        assert abs(Event.objects.failures().get().details["age_seconds"] - 660) <= 60


def test_a_mail_that_never_left_says_that_nobody_has_the_address(closed_flow: Tenant) -> None:
    customer = Customer(closed_flow, Browser(closed_flow, REMOTE_ADDR="192.0.2.7"))
    customer.visit("/reset/")
    customer.submit({"email": "typo@acme.example"})
    assert noted(closed_flow) == []
    run_jobs()
    assert noted(closed_flow) == [("customer.code_not_sent", "", "account_unknown")]
    with tenant_context(closed_flow):
        event = Event.objects.failures().get()
    assert (event.actor_name, event.ip) == ("typo@acme.example", "192.0.2.7")


def test_a_code_for_a_disabled_account_is_told_from_one_for_nobody(by_code: Tenant, dan: Account) -> None:
    customer = Customer(by_code)
    customer.visit("/sign-in/")
    customer.submit({"email": dan.email})
    run_jobs()
    assert noted(by_code) == [("customer.code_not_sent", "", "account_disabled")]
    with tenant_context(by_code):
        assert Event.objects.of_account(dan.pk).failures().exists()


def test_everything_of_one_journey_is_found_by_it(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email, "wrong")
    customer.submit({"password": PASSWORD})
    with tenant_context(acme):
        journey_id = Journey.objects.get().pk
        actions = list(Event.objects.filter(journey_id=journey_id).newest_first().values_list("action", flat=True))
    assert actions == ["customer.signed_in", "customer.sign_in_failed"]


def test_whoever_comes_back_too_late_or_in_another_browser_is_noted(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    elsewhere = Browser(acme)
    assert elsewhere.get(customer.path).status_code == 404
    with tenant_context(acme):
        Journey.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert customer.submit({"email": carol.email}).status_code == 410
    assert [(action, reason) for action, _, reason in noted(acme)] == [
        ("customer.sign_in_failed", "journey_expired"),
        ("customer.sign_in_failed", "journey_unknown"),
    ]


def test_a_browser_that_keeps_no_cookies_is_noted(acme: Tenant) -> None:
    customer = Customer(acme, Browser(acme, checks_csrf=True))
    customer.visit("/sign-in/")
    customer.browser.cookies.clear()
    assert customer.submit({"email": "carol@acme.example"}).status_code == 403
    assert noted(acme)[0] == ("customer.sign_in_failed", "", "journey_unknown")


@pytest.mark.parametrize("door", ["/sign-up/", "switch"])
def test_whoever_wants_to_sign_up_where_nobody_can_is_noted(closed_flow: Tenant, door: str) -> None:
    customer = Customer(closed_flow)
    if door == "switch":
        customer.visit("/sign-in/")
        customer.switch("sign_up", email="new@acme.example")
    else:
        customer.visit(door)
    assert noted(closed_flow) == [("customer.sign_up_failed", "", "sign_up_closed")]


def test_a_limit_at_sign_up_and_at_reset_is_noted_as_what_it_kept_from(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code("new@acme.example")
    customer.submit({"code": new_code(acme, "new@acme.example")})
    with tenant_context(acme):
        for _ in range(SIGN_UPS.attempts):
            SIGN_UPS.count("127.0.0.1")
    customer.submit({"password": PASSWORD, "givenName": "New"})
    assert noted(acme) == [("customer.sign_up_failed", "details", "too_many_attempts")]


def test_an_account_that_is_disabled_on_the_way_is_the_reason(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/reset/")
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    with tenant_context(acme):
        disable_account(Account.objects.get(pk=carol.pk), actor=Actor.command())
    customer.submit({"password": "another correct horse"})
    assert ("customer.reset_failed", "account_disabled") in {(action, reason) for action, _, reason in noted(acme)}


def test_an_address_that_somebody_took_meanwhile_is_the_reason(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code("new@acme.example")
    customer.submit({"code": new_code(acme, "new@acme.example")})
    with tenant_context(acme):
        create_account(
            email="new@acme.example", password=PASSWORD, attributes={}, email_verified=True, actor=Actor.command()
        )
    assert customer.submit({"password": PASSWORD, "givenName": "New"}).status_code == 409
    assert noted(acme)[0][::2] == ("customer.sign_up_failed", "address_taken")


def test_an_application_that_asks_wrongly_is_noted_with_what_it_sent(acme: Tenant, bookshop: Application) -> None:
    shop = RelyingParty(Browser(acme), bookshop, "")
    shop.authorize(redirect_uri="https://bookshop.example/callbak?secret=1")
    shop.authorize(scope="nothing-known")
    shop.authorize(client_id="nobody")
    assert [(action, reason) for action, _, reason in noted(acme)] == [
        ("application.request_refused", "application_unknown"),
        ("application.request_refused", "request_refused"),
        ("application.request_refused", "redirect_uri_wrong"),
    ]
    with tenant_context(acme):
        wrong = Event.objects.failures().newest_first()[2]
    assert wrong.details["redirect_uri"] == "https://bookshop.example/callbak"
    assert (wrong.application, wrong.client_id) == ("Bookshop", str(bookshop.client_id))


def test_an_application_that_looks_whether_somebody_is_signed_in_fills_no_log(
    acme: Tenant, bookshop: Application
) -> None:
    RelyingParty(Browser(acme), bookshop, "").authorize(prompt="none")
    assert noted(acme) == []


def left(tenant: Tenant) -> None:
    """Let the time of all journeys be over, and housekeeping come by, twice."""
    with tenant_context(tenant):
        Journey.objects.update(expires_at=timezone.now() - timedelta(minutes=5))
        for _ in range(2):
            with TestCase.captureOnCommitCallbacks(execute=True):
                forget_what_expired()


@pytest.fixture
def asking(acme: Tenant) -> Tenant:
    """acme, where everybody is asked to accept the terms."""
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), terms_version="2", actor=Actor.command())
    return acme


def test_whoever_proves_who_they_are_and_leaves_at_a_question_is_noted_once(asking: Tenant, carol: Account) -> None:
    customer = Customer(asking, Browser(asking, REMOTE_ADDR="192.0.2.7"))
    customer.sign_in(carol.email)
    assert not customer.is_signed_in
    left(asking)
    assert noted(asking) == [("customer.sign_in_failed", "profile", "journey_left")]
    with tenant_context(asking):
        event = Event.objects.failures().get()
    assert (event.account_id, event.method, event.ip) == (carol.pk, "password", "192.0.2.7")


def test_whoever_signs_up_and_leaves_before_there_is_an_account_is_noted(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code("new@acme.example")
    customer.submit({"code": new_code(acme, "new@acme.example")})
    left(acme)
    assert noted(acme) == [("customer.sign_up_failed", "details", "journey_left")]


def test_whoever_has_proved_nothing_or_comes_another_way_has_not_left(asking: Tenant, carol: Account) -> None:
    Customer(asking).sign_in(carol.email, "wrong")
    customer = Customer(asking)
    customer.sign_in(carol.email)
    with tenant_context(asking):
        change_user_flow(UserFlow.objects.get(is_default=True), terms_version="", actor=Actor.command())
    same = Customer(asking, customer.browser)
    same.sign_in(carol.email)
    assert same.is_signed_in
    left(asking)
    assert noted(asking) == [("customer.sign_in_failed", "password", "password_wrong")]


def test_where_the_log_tells_what_kept_them_nothing_is_added(acme: Tenant, dan: Account) -> None:
    with tenant_context(acme):
        enable_account(dan, actor=Actor.command())
        change_user_flow(UserFlow.objects.get(is_default=True), terms_version="2", actor=Actor.command())
    customer = Customer(acme)
    customer.sign_in(dan.email)
    with tenant_context(acme):
        journey = Journey.objects.get()
        record_failure(journey, step="profile", reason=Reason.HOOK_REFUSED)
    left(acme)
    assert [reason for *_, reason in noted(acme)] == ["hook_refused"]


@pytest.fixture
def robin(acme: Tenant) -> Account:
    """Somebody with a password and nothing else."""
    with tenant_context(acme):
        return create_account(email="robin@acme.example", password=PASSWORD, email_verified=True)


@pytest.mark.parametrize("by", ["closing", "another address", "another way", "a wrong password", "her own account"])
def test_eve_who_knows_the_password_leaves_a_trace_however_she_leaves(
    acme: Tenant, carol: Account, robin: Account, by: str
) -> None:
    eve = at_second_factor(acme, carol)
    if by == "closing":
        reopened(eve)
    elif by == "another way":
        eve.switch("sign_in", email="eve@acme.example")
        eve.submit({"password": "wrong"})
    elif by == "a wrong password":
        eve.submit({"email": carol.email}, to="address")
        eve.submit({"password": "wrong"})
    else:
        eve.submit({"email": robin.email if by == "her own account" else "eve@acme.example"}, to="address")
        eve.submit({"password": PASSWORD})
    assert eve.is_signed_in == (by == "her own account")
    left(acme)
    with tenant_context(acme):
        event = Event.objects.get(reason=Reason.JOURNEY_LEFT)
    assert (event.action, event.step, event.method) == ("customer.sign_in_failed", "app-code", "password")
    assert event.account_id == carol.pk


@pytest.mark.parametrize("opens", ["elsewhere", "too late"])
def test_eve_hides_nothing_by_opening_the_page_once_more(acme: Tenant, carol: Account, opens: str) -> None:
    eve = at_second_factor(acme, carol)
    if opens == "too late":
        with tenant_context(acme):
            Journey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    (Customer(acme) if opens == "elsewhere" else eve).visit(eve.path)
    left(acme)
    assert LEFT in noted(acme)


def test_eve_who_knows_the_password_leaves_a_trace_where_its_owner_signs_in_elsewhere(
    acme: Tenant, carol: Account
) -> None:
    eve = Customer(acme)
    eve.visit("/sign-in/")
    owner = Customer(acme)
    owner.sign_in(carol.email)
    with_app(acme, carol)
    eve.submit({"email": carol.email})
    eve.submit({"password": PASSWORD})
    assert owner.is_signed_in
    left(acme)
    assert noted(acme) == [LEFT]


def test_whoever_goes_on_where_the_browser_was_closed_has_not_left(acme: Tenant, carol: Account) -> None:
    customer = reopened(at_second_factor(acme, carol))
    with tenant_context(acme):
        remove_app(carol, actor=Actor.command())
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert customer.is_signed_in
    left(acme)
    assert noted(acme) == []


def test_eve_who_leaves_again_and_again_fills_no_log(
    acme: Tenant, carol: Account, robin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one account few are noted at a time, and the last of them says how many aren't; those of others stay."""
    monkeypatch.setattr("userflows.journeys.left.MOST_OF_ONE", 2)
    for account, times in ((carol, 4), (robin, 1)):
        with_app(acme, account)
        for _ in range(times):
            customer = Customer(acme)
            customer.sign_in(account.email)
    left(acme)
    with tenant_context(acme):
        events = Event.objects.filter(reason=Reason.JOURNEY_LEFT).order_by("actor_name", "id")
        told = [(event.actor_name, event.details) for event in events]
    assert told == [(carol.email, {}), (carol.email, {"left_out": 2}), (robin.email, {})]


def test_eve_who_tries_the_passwords_of_many_on_one_journey_bounds_what_it_keeps(
    acme: Tenant, carol: Account, robin: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("userflows.state.MOST_WAYS_LEFT", 1)
    eve = at_second_factor(acme, carol)
    with_app(acme, robin)
    for email in (robin.email, "eve@acme.example"):
        eve.submit({"email": email}, to="address")
        eve.submit({"password": PASSWORD})
    with tenant_context(acme):
        assert len(Journey.objects.get().step_data["left"]["ways"]) == 1
    left(acme)
    with tenant_context(acme):
        event = Event.objects.get(reason=Reason.JOURNEY_LEFT)
    assert (event.actor_name, event.details) == (carol.email, {"left_out": 1})


@pytest.mark.django_db(transaction=True)
def test_a_wrong_password_waits_for_no_housekeeping(acme: Tenant, carol: Account) -> None:
    at_second_factor(acme, carol)
    customer = at_password(acme, carol)
    with tenant_context(acme):
        Journey.objects.exclude(proofs=[]).update(expires_at="2020-01-01T00:00Z")
    counted, answered = threading.Event(), threading.Event()

    def keep_house() -> None:
        with tenant_context(acme), transaction.atomic():
            count_journeys()
            counted.set()
            answered.wait(4)
        connection.close()

    housekeeping = threading.Thread(target=keep_house)
    housekeeping.start()
    counted.wait(4)
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        assert customer.submit({"password": "wrong"}).status_code == 400
    finally:
        answered.set()
        housekeeping.join()
        connection.close()
    assert sorted(noted(acme), key=str) == [LEFT, ("customer.sign_in_failed", "password", "password_wrong")]


def test_many_who_left_are_noted_in_as_many_statements_as_one(asking: Tenant, carol: Account) -> None:
    def statements(times: int) -> int:
        for _ in range(times):
            Customer(asking).sign_in(carol.email)
        with CaptureQueriesContext(connection) as asked:
            left(asking)
        return len(asked)

    left(asking)
    assert statements(1) == statements(4)
