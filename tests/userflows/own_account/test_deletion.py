"""Deletion at the owner's request: with grace, a reminder, a way back, and then with everything."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import change_email, create_account
from accounts.identity.services.closing import change_grace, closing_time
from accounts.models import Account, AddressChange, DataExport, Session
from audit.models import Event
from audit.services import Actor
from mail.models import Message
from operations.housekeeping import run_housekeeping
from sms.models import TextMessage
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD, grow_old
from tests.userflows.adversary import at, link_in
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.own_account.downloads import ask_for_copy

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
NUMBER = "+4930901820"


def delete(customer: Customer, address: str = "Carol@acme.example") -> None:
    customer.visit("/profile/delete/")
    customer.submit({"address": address})


def kept(account: Account, tenant: Tenant) -> Account | None:
    with tenant_context(tenant):
        return Account.objects.filter(pk=account.pk).first()


def closes_at(account: Account, tenant: Tenant) -> object:
    found = kept(account, tenant)
    return found.closes_at if found else "gone"


def test_eve_at_an_open_browser_deletes_nothing(acme: Tenant, customer: Customer, carol: Account) -> None:
    grow_old(carol, home=acme, seconds=301)
    customer.browser.post("/profile/delete/", {"address": carol.email})
    assert closes_at(carol, acme) is None
    customer.visit("/profile/delete/")
    assert "<h1>Confirm it's you</h1>" in customer.text
    customer.submit({"password": PASSWORD})
    assert "Type your email address to confirm" in customer.text


def test_a_slip_deletes_nothing(acme: Tenant, customer: Customer, carol: Account) -> None:
    delete(customer, "eve@acme.example")
    assert customer.page.status_code == 400
    assert 'value="eve@acme.example"' in customer.text
    assert closes_at(carol, acme) is None


def test_a31_carol_is_signed_out_everywhere_at_once_and_told_when_it_goes(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    elsewhere = Customer(acme)
    elsewhere.sign_in(carol.email)

    delete(customer)

    assert "Your account will be deleted" in customer.text
    assert not customer.is_signed_in
    assert not elsewhere.is_signed_in
    # It is a page of its own, which can be loaded anew, until she changes her mind.
    said_at = customer.path
    assert f"{carol.email}</bdi> is signed out everywhere." in customer.visit(said_at).content.decode()
    account = kept(carol, acme)
    assert account
    assert account.closes_at
    assert timedelta(days=13) < account.closes_at - timezone.now() <= timedelta(days=14)
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject.startswith("Your account at Acme will be deleted on")
        assert Event.objects.filter(action="customer.deletion_asked", account_id=carol.pk).count() == 1


def test_whoever_signs_in_meanwhile_may_keep_it(acme: Tenant, customer: Customer, carol: Account) -> None:
    delete(customer)
    said_at = customer.path
    customer.sign_in(carol.email)
    assert "<h1>Keep your account?</h1>" in customer.text
    assert not customer.is_signed_in

    customer.submit({})

    assert customer.is_signed_in
    assert closes_at(carol, acme) is None
    assert "<h1>Your account will be deleted</h1>" not in customer.visit(said_at).content.decode()
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.deletion_taken_back", account_id=carol.pk).count() == 1


def test_nobody_gets_in_without_keeping_it(acme: Tenant, customer: Customer, carol: Account) -> None:
    delete(customer)
    customer.sign_in(carol.email)
    step = customer.path
    customer.submit(to="let-go")
    said_at = customer.path
    for _ in range(2):
        # The page that says so can be opened anew, and sends nothing by that.
        assert "<h1>Your account will be deleted</h1>" in customer.text
        customer.visit(said_at)
    assert not customer.is_signed_in
    assert closes_at(carol, acme)
    assert customer.visit(step).status_code == 410


def test_the_owner_is_reminded_two_days_before_unless_it_is_kept(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    delete(customer)
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 1
    reminder = DBTaskResult.objects.get(status="READY")
    assert timedelta(days=11) < reminder.run_after - timezone.now() <= timedelta(days=12)
    DBTaskResult.objects.filter(pk=reminder.pk).update(run_after=timezone.now())
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 2
    customer.sign_in(carol.email)
    customer.submit({})
    DBTaskResult.objects.filter(pk=reminder.pk).update(status="READY")
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 2


def test_then_it_goes_with_everything(acme: Tenant, customer: Customer, carol: Account) -> None:
    with tenant_context(acme):
        ask_for_copy(carol)
        Account.objects.filter(pk=carol.pk).update(phone_number=NUMBER)
        for number in (NUMBER, "+4930901821"):
            TextMessage.objects.create(to=number, kind="code", state="sent")
        for address in ("carol@old.example", "dan@old.example", carol.email):
            change_email(Account.objects.get(pk=carol.pk), email=address, is_verified=True, actor=COMMAND)
        create_account(email="dan@old.example", password=None, email_verified=True)
        for address in ("carol@old.example", "dan@old.example"):
            Message.objects.create(to=address, kind="code", state="sent")
    delete(customer)
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    customer.sign_in(carol.email)
    assert not customer.is_signed_in
    assert "Keep your account?" not in customer.text

    run_housekeeping(actor=Actor.system())

    run_jobs()
    with tenant_context(acme):
        assert not Account.objects.filter(pk=carol.pk).exists()
        assert not Session.objects.of_account(carol.pk).exists()
        assert not DataExport.objects.exists()
        assert mails_to(carol.email)[0].subject == "Your account at Acme was deleted"
        assert not TextMessage.objects.filter(to=NUMBER).exists()
        assert TextMessage.objects.count() == 1
        assert not Message.objects.filter(to="carol@old.example").exists()
        assert Message.objects.filter(to="dan@old.example").exists(), "it is Dan's by now"
        assert Event.objects.filter(action="customer.purged", target_id=str(carol.pk)).count() == 1


def test_a38_whoever_has_the_address_next_inherits_nothing(acme: Tenant, customer: Customer, carol: Account) -> None:
    """Neither the sessions of before, nor the links that were mailed, nor the name by which applications know her."""
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    link = link_in(acme, carol.email)
    delete(customer)
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    run_housekeeping(actor=Actor.system())
    with tenant_context(acme):
        heir = create_account(email=carol.email, password="another password", email_verified=True)
        assert heir.pk != carol.pk
    assert not customer.is_signed_in
    customer.sign_in(carol.email)
    assert not customer.is_signed_in
    assert Browser(acme).get(link).status_code == 410


@pytest.mark.parametrize(("seconds", "may"), [(3600, True), (-1, False)])
def test_nobody_signs_in_to_one_that_is_due_or_stays_signed_in(
    acme: Tenant, customer: Customer, carol: Account, seconds: int, may: bool
) -> None:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(closes_at=timezone.now() + timedelta(seconds=seconds))
        assert bool(authenticate(None, email=carol.email, password=PASSWORD)) is may
    assert customer.is_signed_in is may


def test_housekeeping_leaves_what_is_not_due(acme: Tenant, customer: Customer, carol: Account) -> None:
    delete(customer)
    run_housekeeping(actor=Actor.system())
    assert kept(carol, acme)


def test_the_tenant_says_how_long_that_is(acme: Tenant, customer: Customer, carol: Account) -> None:
    with tenant_context(acme):
        for days in (-1, 31):
            with pytest.raises(ValidationError):
                change_grace(days, actor=COMMAND)
        change_grace(0, actor=COMMAND)
        change_grace(0, actor=COMMAND)
        assert Event.objects.filter(action="customers.deletion_grace_changed").count() == 1
    delete(customer)
    assert "<h1>Your account will be deleted</h1>" in customer.text
    customer.sign_in(carol.email)
    assert not customer.is_signed_in
    run_housekeeping(actor=Actor.system())
    assert kept(carol, acme) is None


def test_whoever_took_an_account_over_cannot_delete_it_before_its_owner_may_take_it_back(
    acme: Tenant, carol: Account
) -> None:
    """Eve has changed Carol's address, and asks for the deletion where there is no grace."""
    until = timezone.now() + timedelta(days=14)
    with tenant_context(acme):
        change_grace(0, actor=COMMAND)
        AddressChange.objects.create(
            account_id=carol.pk,
            before="carol@old.example",
            canonical_before="carol@old.example",
            done_at=timezone.now(),
            expires_at=until,
        )
        assert closing_time(carol) == until


def test_administrators_remove_each_other(home: Tenant, ada: Account) -> None:
    administrator = Customer(home)
    administrator.sign_in(ada.email)
    assert administrator.visit("/profile/delete/").status_code == 404
    administrator.visit("/profile/")
    assert "Delete your account" not in administrator.text
