"""Second factors in the portal: what flows and applications ask for, customers' apps, and administrators' own."""

from typing import Any
from uuid import uuid4

import pytest
from django_tenants.utils import tenant_context

from accounts.factors.phones import set_phone
from accounts.factors.recoveries import wait_hours
from accounts.models import Account, Passkey
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from portal_frame.access import Need, of_role
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tests.browser import Browser
from tests.userflows.customer import PASSWORD, Customer, mails_to
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from tests.userflows.factors.phone import Clock, Phone, with_phone
from tests.worker import run_jobs
from userflows.factors.recoveries import begin
from userflows.models import UserFlow


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    return clock


@pytest.fixture
def flow(acme: Tenant) -> UserFlow:
    with tenant_context(acme):
        return UserFlow.objects.get(is_default=True)


def _page(flow: UserFlow) -> str:
    return f"/tenants/acme/user-flows/{flow.pk}/second-factor/"


def test_a_flow_asks_as_ada_chooses_and_says_what_that_means(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, carol: Account, clock: Clock
) -> None:
    with_phone(acme, carol, clock)
    page = ada_portal.get(_page(flow)).content.decode()
    assert "Have an authenticator app: <strong>1</strong>" in page
    chosen = {"second_factor": "new_browser", "factors": ["mail", "app"], "remember_days": "7"}
    assert ada_portal.post(_page(flow), chosen).status_code == 302
    with tenant_context(acme):
        flow.refresh_from_db()
        event = Event.objects.filter(action="user_flow.changed").newest_first()[0]
    assert (flow.second_factor, flow.factors, flow.remember_days) == ("new_browser", ["app", "mail"], 7)
    assert event.details["now"] == {"second_factor": "new_browser", "factors": ["app", "mail"], "remember_days": 7}


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"second_factor": "always", "remember_days": "30"}, "Choose at least one second factor"),
        ({"second_factor": "new_browser", "factors": "app", "remember_days": "0"}, "Where no browser is remembered"),
        ({"second_factor": "", "factors": "app", "remember_days": "91"}, "0 to 90"),
        ({"second_factor": "sometimes", "factors": "app", "remember_days": "30"}, "Choose one of those shown"),
        (
            {"second_factor": "always", "factors": "mail", "remember_days": "30"},
            "a code or a link by email can’t use another one",
        ),
    ],
)
def test_what_nobody_could_meet_is_refused(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, chosen: dict[str, str], sentence: str
) -> None:
    with tenant_context(acme):
        UserFlow.objects.update(methods=["password", "code"])
    answer = ada_portal.post(_page(flow), chosen)
    assert sentence in answer.content.decode()
    with tenant_context(acme):
        assert UserFlow.objects.get(pk=flow.pk).second_factor == ""


def test_an_application_asks_for_more_or_nothing_on_its_settings_page(
    acme: Tenant, ada_portal: Browser, bookshop: Application
) -> None:
    path = f"/tenants/acme/applications/{bookshop.client_id}/"
    sent = {
        "name": "Bookshop",
        "redirect_uris": bookshop.redirect_uris,
        "post_logout_redirect_uris": bookshop.post_logout_redirect_uris,
        "user_flow": str(bookshop.user_flow_id),
        "requires_pkce": "on",
        "second_factor": "always",
        "factors": ["passkey", "app"],
    }
    assert ada_portal.post(path, sent).status_code == 302
    with tenant_context(acme):
        bookshop.refresh_from_db()
        told = Event.objects.get(action="application.changed").details["now"]
    assert (bookshop.second_factor, bookshop.counted_factors) == ("always", ("app", "passkey"))
    assert told == {"second_factor": "always", "factors": ["app", "passkey"]}
    ada_portal.post(path, {**sent, "second_factor": "never", "factors": []})
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert (bookshop.second_factor, bookshop.counted_factors) == ("never", ())


def test_ada_sees_a_customers_app_and_takes_it_away_with_a_reason(
    acme: Tenant, ada_portal: Browser, carol: Account, clock: Clock
) -> None:
    with_phone(acme, carol, clock)
    assert carol.email in ada_portal.get("/tenants/acme/customers/?factor=app").content.decode()
    assert carol.email not in ada_portal.get("/tenants/acme/customers/?factor=none").content.decode()
    customer = f"/tenants/acme/customers/{carol.pk}/"
    assert "10 recovery codes left" in ada_portal.get(f"{customer}sign-in/").content.decode()
    check = ada_portal.get(f"{customer}sign-in-check/").content.decode()
    assert "A second factor is asked for" in check
    page = f"{customer}second-factor/remove/"
    assert "Fill in “Reason”." in ada_portal.post(page, {"reason": " "}).content.decode()
    ada_portal.post(page, {"reason": "Showed her passport by video"})
    run_jobs()
    with tenant_context(acme):
        event = Event.objects.filter(action="customer.factor_removed").newest_first()[0]
        told = mails_to(carol.email)[0]
        assert not Account.objects.get(pk=carol.pk).has_app
    assert told.subject == "Your authenticator app for Acme was removed"
    assert event.actor_name == "ada@portal.example"
    customer_page = Customer(acme)
    customer_page.sign_in(carol.email)
    assert customer_page.is_signed_in


def test_a_lost_phone_takes_with_it_what_was_on_it_and_nothing_else(
    acme: Tenant, ada_portal: Browser, carol: Account, clock: Clock
) -> None:
    signed_in = Customer(acme)
    signed_in.sign_in(carol.email)
    with_phone(acme, carol, clock)
    lost = with_passkey(acme, carol, Authenticator())
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(phone_number="+441632960001")
    customer = f"/tenants/acme/customers/{carol.pk}/"
    page = f"{customer}lost-phone/"
    assert page in ada_portal.get(customer).content.decode()
    refused = ada_portal.post(page, {"lost": ["app", str(uuid4())], "reason": "Showed her passport"}).content.decode()
    assert "Choose one of those shown for “Take away”." in refused
    ada_portal.post(page, {"lost": ["app", "sessions", str(lost.pk)], "reason": "Showed her passport"})
    with tenant_context(acme):
        after = Account.objects.get(pk=carol.pk)
        assert (after.has_app, after.phone_number) == (False, "+441632960001")
        assert not Passkey.objects.of_account(carol.pk).exists()
    assert not signed_in.is_signed_in


def test_of_sessions_alone_that_end_with_a_lost_phone_the_log_has_the_reason_and_no_mail_is_promised(
    acme: Tenant, ada_portal: Browser, carol: Account
) -> None:
    page = f"/tenants/acme/customers/{carol.pk}/lost-phone/"
    asked = ada_portal.get(page).content.decode()
    assert "We’ll email them what was removed, unless you only end their sessions." in asked

    done = ada_portal.post(page, {"lost": "sessions", "reason": "Showed her passport"}, follow=True).content.decode()

    run_jobs()
    with tenant_context(acme):
        event = Event.objects.filter(action="customer.sessions_revoked").newest_first()[0]
        assert not mails_to(carol.email)
    assert event.details == {"sessions": 0, "reason": "Showed her passport"}
    assert f"What you ticked was taken away from {carol.email}." in done


def test_p06_an_administrator_without_the_second_factor_comes_to_no_page(
    home: Tenant, olga: Account, olga_portal: Browser, clock: Clock
) -> None:
    """Olga requires it while she and Ada are signed in: both show it before the next page, or set one up."""
    assert olga_portal.get("/tenants/").status_code == 200
    with tenant_context(home):
        UserFlow.objects.update(second_factor="always")
        forget_everything()
    for path in ("/tenants/", "/me/", "/installation/", "/tenants/acme/"):
        answer = olga_portal.get(path)
        assert answer.status_code == 302
        assert "/sign-in/more/" in answer["Location"]
    olga_at_pages, phone = Customer(home, olga_portal), Phone(clock)
    olga_at_pages.visit(olga_portal.get("/me/second-factor/")["Location"])
    assert "<h1>Confirm it's you</h1>" in olga_at_pages.text
    olga_at_pages.submit({"password": PASSWORD})
    phone.scan(olga_at_pages.text)
    olga_at_pages.submit({"code": phone.code})
    phone.write_down(olga_at_pages.text)
    olga_at_pages.submit({})
    assert olga_at_pages.path == "/me/second-factor/"
    assert "10 left" in olga_at_pages.text
    assert olga_portal.get("/installation/").status_code == 200


def test_an_administrator_sets_up_an_app_of_their_own(
    home: Tenant, ada: Account, ada_portal: Browser, clock: Clock
) -> None:
    page = ada_portal.get("/me/second-factor/").content.decode()
    assert "Not set up." in page
    ada_at_pages, phone = Customer(home, ada_portal), Phone(clock)
    ada_at_pages.visit("/profile/app/set-up/?next=/me/second-factor/")
    ada_at_pages.submit({"password": PASSWORD})
    phone.scan(ada_at_pages.text)
    ada_at_pages.submit({"code": phone.code})
    ada_at_pages.submit({})
    assert "Your authenticator app is set up." in ada_at_pages.text
    # What is dangerous asks for the app as well from now on.
    again: Any = Customer(home, ada_portal)
    again.visit("/sign-in/again/?next=/tenants/")
    again.submit({"password": PASSWORD})
    assert "<h1>Enter the code from your app</h1>" in again.text


def test_a_recovery_is_seen_stopped_hastened_by_who_may_and_taken_back(
    ada_portal: Browser, acme: Tenant, carol: Account, home: Tenant
) -> None:
    """P-17: support stops one, and lets nobody in by ending the wait."""
    with tenant_context(acme):
        set_phone(carol, number="+4930901820", actor=Actor.command())
        begin(carol, from_where="")
    page = f"/tenants/acme/customers/{carol.pk}/"
    assert "Someone asked to get in without the factors above." in ada_portal.get(f"{page}sign-in/").content.decode()
    assert carol.email in ada_portal.get("/tenants/acme/settings/recovery/").content.decode()
    ada_portal.post(f"{page}recovery/stop/")
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).recovers_at is None
        begin(carol, from_where="")
    assert ada_portal.post(f"{page}recovery/hasten/", {"reason": ""}).status_code == 200
    ada_portal.post(f"{page}recovery/hasten/", {"reason": "She came by"})
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).phone_number == ""
        assert Event.objects.get(action="customer.recovery_hastened").details == {"reason": "She came by"}
    ada_portal.post(f"{page}recovery/give-back/", {"reason": "It was somebody else"})
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).phone_number == "+4930901820"
    assert Need.CUSTOMERS_RECOVER in of_role(AdministratorRole.USER_ADMINISTRATOR)
    assert Need.CUSTOMERS_RECOVER not in of_role(AdministratorRole.SUPPORT)


def test_how_long_the_wait_is_the_tenant_says(ada_portal: Browser, acme: Tenant) -> None:
    settings = "/tenants/acme/settings/recovery/"
    assert "Choose 24 to 336 hours" in ada_portal.post(settings, {"wait_hours": "5"}).content.decode()
    ada_portal.post(settings, {"wait_hours": "240"})
    with tenant_context(acme):
        assert wait_hours() == 240
    ada_portal.post(settings, {"wait_hours": "0"})
    assert "Waits in progress were stopped." in ada_portal.get(settings).content.decode()
