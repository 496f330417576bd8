"""All factors lost: a way back by the mailbox and a wait, of which the owner is told, and which the owner stops."""

import re
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.errors import PasskeyRefused
from accounts.factors.phones import set_phone
from accounts.factors.recoveries import give_factors_back, wait_hours
from accounts.identity.services.accounts import delete_account, disable_account, enable_account, restore_account
from accounts.identity.services.closing import ask_for_deletion, take_deletion_back
from accounts.models import Account, AuthenticatorApp, Passkey, Recovery, RecoveryCode
from accounts.sessions.services import sign_out_everywhere
from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from common.problems import Refused
from providers.models import IdentityProvider, LinkedIdentity
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.userflows.customer import Customer, mails_to, new_code
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from tests.userflows.factors.phone import Phone
from tests.worker import run_jobs
from userflows.factors.recoveries import begin, change_wait, complete_due_recoveries, give_back, hasten, stop
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
CANNOT = "I can't use any of these"


def at_factor(acme: Tenant, carol: Account) -> Customer:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert not customer.is_signed_in
    return customer


def link_in_mail(acme: Tenant, carol: Account, part: str) -> str:
    """The path of the newest link in a mail to her that has this in it."""
    run_jobs()
    with tenant_context(acme):
        texts = [body.text for body in mails_to(carol.email)]
    found = (re.search(rf"https?://[^/\s]+/t/acme(/recovery/[^\s]*{part})(?=\s)", text) for text in texts)
    return next(each[1] for each in found if each)


def begun(acme: Tenant, carol: Account) -> Customer:
    """Somebody who knows her password and reads her mail has begun the wait."""
    customer = at_factor(acme, carol)
    assert CANNOT in customer.text
    customer.submit(to="recover")
    assert "An email with a link is on its way." in customer.text
    customer.visit(link_in_mail(acme, carol, ""))
    assert read(acme, carol).recovers_at is None
    customer.submit()
    assert "The wait is running." in customer.text
    return customer


def read(acme: Tenant, account: Account) -> Account:
    with tenant_context(acme):
        return Account.objects.get(pk=account.pk)


def wait_until_over(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(recovers_at=timezone.now())
        complete_due_recoveries()
    run_jobs()


def subjects(acme: Tenant, carol: Account) -> list[str]:
    run_jobs()
    with tenant_context(acme):
        return [body.subject for body in mails_to(carol.email)]


def test_a26_eve_who_knows_the_password_and_reads_the_mail_is_stopped_by_the_owner(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    """In the mail, by a press; opening the link changes nothing, and the link is worth nothing afterwards."""
    eve = begun(acme, carol)
    assert (read(acme, carol).recovers_at or timezone.now()) > timezone.now() + timedelta(hours=71)
    again = at_factor(acme, carol)
    assert not again.is_signed_in
    carol_reads = Customer(acme)
    link = link_in_mail(acme, carol, "/stop/")
    carol_reads.visit(link)
    assert read(acme, carol).recovers_at is not None
    carol_reads.submit()
    assert "Recovery stopped" in carol_reads.text
    assert "Recovery stopped" in carol_reads.visit(carol_reads.path).content.decode()
    assert read(acme, carol).recovers_at is None
    assert carol_reads.visit(link).status_code == 410
    wait_until_over_in_vain(acme, carol)
    assert "stays protected" in subjects(acme, carol)[0]
    assert not eve.is_signed_in


def wait_until_over_in_vain(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        complete_due_recoveries()
        assert Account.objects.get(pk=carol.pk).has_app


@pytest.mark.parametrize("door", ["/reset/", "/sign-up/"])
def test_a26_eve_who_reads_the_mail_alone_begins_nothing(acme: Tenant, carol: Account, phone: Phone, door: str) -> None:
    """Neither where a password is forgotten, nor by signing up anew: here nobody comes in by mail alone."""
    eve = Customer(acme)
    eve.visit(door)
    eve.submit({"email": carol.email})
    run_jobs()
    with tenant_context(acme):
        code = re.search(r"\b\d{6}\b", mails_to(carol.email)[0].text)
    eve.submit({"code": code[0] if code else ""})
    assert "app-code" in eve.path
    assert CANNOT not in eve.text
    at = eve.path
    eve.submit(to="recover")
    assert eve.path == at
    assert len(subjects(acme, carol)) == 1


def test_a_refresh_lets_whoever_was_sent_no_mail_ask_again(acme: Tenant, carol: Account, phone: Phone) -> None:
    customer = at_factor(acme, carol)
    customer.submit(to="recover")
    # What is told once, the script takes from the address.
    assert 'data-told="sent">An email with a link is on its way.' in customer.text
    customer.visit(customer.path.removesuffix("?sent"))
    assert "Email me a link" in customer.text


def test_a26_administrators_have_no_such_way_unless_they_want_it(home: Tenant) -> None:
    with tenant_context(home):
        assert wait_hours() == 0
        change_wait(72, actor=COMMAND)
        assert wait_hours() == 72


def test_a26_a_session_that_lives_says_so_and_stops_it(acme: Tenant, carol: Account, phone: Phone) -> None:
    hers = at_factor(acme, carol)
    hers.submit({"code": phone.next_code()})
    begun(acme, carol)
    for page in ("/profile/", "/profile/activity/"):
        assert "Someone asked to sign in without your authenticator app" in hers.visit(page).content.decode()
    hers.path = "/t/acme/profile/recovery/stop/"
    hers.submit()
    assert "The recovery was stopped." in hers.text
    assert read(acme, carol).recovers_at is None


def test_a26_whoever_shows_a_factor_meanwhile_stops_it(acme: Tenant, carol: Account, phone: Phone) -> None:
    begun(acme, carol)
    hers = at_factor(acme, carol)
    hers.submit({"code": phone.next_code()})
    assert hers.is_signed_in
    assert read(acme, carol).recovers_at is None
    with tenant_context(acme):
        assert Event.objects.get(action="customer.recovery_stopped").target_id == str(carol.pk)


@pytest.mark.parametrize(
    ("shut", "open_again"),
    [(disable_account, enable_account), (delete_account, restore_account), (ask_for_deletion, take_deletion_back)],
)
def test_a26_what_shuts_the_account_stops_it_for_good(
    acme: Tenant, carol: Account, phone: Phone, shut: Callable[..., None], open_again: Callable[..., None]
) -> None:
    """Eve's wait would be over as soon as the account is open again, without a word to its owner."""
    begun(acme, carol)
    with tenant_context(acme):
        shut(Account.objects.get(pk=carol.pk), actor=COMMAND)
        open_again(Account.objects.get(pk=carol.pk), actor=COMMAND)
    assert read(acme, carol).recovers_at is None
    wait_until_over_in_vain(acme, carol)


def test_carol_is_told_four_times_and_comes_in_without_what_she_has_lost(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    old = at_factor(acme, carol)
    old.submit({"code": phone.next_code()})
    began = timezone.now()
    begun(acme, carol)
    with schema_context(PUBLIC):
        coming = {"run_after__gt": began, "run_after__lt": began + timedelta(days=30)}
        notices = DBTaskResult.objects.filter(task_path__endswith="send_recovery_notice", **coming)
        hours = sorted(round((each.run_after - began).total_seconds() / 3600) for each in notices)
        assert hours == [36, 71]
        notices.update(run_after=timezone.now())
    assert len([each for each in subjects(acme, carol) if "loses its protection" in each]) == 3
    wait_until_over(acme, carol)
    assert "You can get back into your account" in subjects(acme, carol)[0]
    assert not old.is_signed_in
    hers = Customer(acme)
    hers.sign_in(carol.email)
    assert hers.is_signed_in
    hers.visit("/profile/email/")
    hers.submit({"email": "carol@new.example"})
    assert "This account was recovered a short while ago." in hers.text
    hers.visit("/profile/data/")
    assert hers.submit().status_code == 400
    hers.visit("/profile/delete/")
    assert hers.submit({"address": carol.email}).status_code == 400
    with tenant_context(acme):
        assert not AuthenticatorApp.objects.exists()
        assert not RecoveryCode.objects.exists()
        Account.objects.filter(pk=carol.pk).update(recovered_at=timezone.now() - timedelta(days=8))
    hers.visit("/profile/data/")
    assert hers.submit().status_code == 200


def test_what_was_put_aside_is_given_back_for_two_weeks_and_then_forgotten(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    """Eve has waited for it; the owner, back from a journey, asks an administrator."""
    with_passkey(acme, carol, Authenticator())
    begun(acme, carol)
    wait_until_over(acme, carol)
    eve = Customer(acme)
    eve.sign_in(carol.email)
    assert eve.is_signed_in
    with tenant_context(acme):
        kept = Recovery.objects.get(pk=carol.pk)
        assert (kept.kept_until or timezone.now()) > timezone.now() + timedelta(days=13)
        assert give_factors_back(Account.objects.get(pk=carol.pk), reason="She came by", actor=COMMAND)
        account = Account.objects.get(pk=carol.pk)
        assert (account.has_app, account.passkeys_at, account.recovered_at) == (True, ["localhost"], None)
        assert (Passkey.objects.count(), RecoveryCode.objects.count()) == (1, 10)
    assert not eve.is_signed_in
    hers = at_factor(acme, carol)
    hers.submit({"code": phone.next_code()}, to="app-code")
    assert hers.is_signed_in
    begun(acme, carol)
    wait_until_over(acme, carol)
    with tenant_context(acme):
        Recovery.objects.update(kept_until=timezone.now())
        complete_due_recoveries()
        assert not Recovery.objects.exists()


def test_a26_eve_can_take_no_passkey_that_was_put_aside(
    acme: Tenant, carol: Account, dan: Account, phone: Phone
) -> None:
    """She knows its ID from a sign-in: with it at an account of hers, it could never be given back."""
    laptop, forged = Authenticator(), Authenticator()
    with_passkey(acme, carol, laptop)
    begun(acme, carol)
    wait_until_over(acme, carol)
    with pytest.raises(PasskeyRefused), patch("secrets.token_bytes", return_value=laptop.keys["localhost"][0].id):
        with_passkey(acme, dan, forged)
    with tenant_context(acme):
        assert give_factors_back(Account.objects.get(pk=carol.pk), reason="She came by", actor=COMMAND)
        assert Passkey.objects.get().account_id == carol.pk


def test_a26_eve_who_waited_ends_nothing_for_good_and_keeps_no_way_in(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    """She has linked an identity and set up a phone of hers, and asks to wait for that, too."""
    with tenant_context(acme):
        provider = IdentityProvider.objects.create(kind="oidc", name="Elsewhere", issuer="https://elsewhere.example")
        LinkedIdentity.objects.create(provider=provider, issuer=provider.issuer, subject="carol", account=carol)
    begun(acme, carol)
    wait_until_over(acme, carol)
    with tenant_context(acme):
        account = Account.objects.get(pk=carol.pk)
        LinkedIdentity.objects.create(provider=provider, issuer=provider.issuer, subject="eve", account=account)
        set_phone(account, number="+4930901820", actor=COMMAND)
        begin(account, from_where="")
        assert Account.objects.get(pk=carol.pk).recovers_at is None
        give_back(Account.objects.get(pk=carol.pk), reason="She came by", actor=COMMAND)
        account = Account.objects.get(pk=carol.pk)
        assert (account.has_app, account.phone_number) == (True, "")
        assert [linked.subject for linked in LinkedIdentity.objects.of_account(account.pk)] == ["carol"]
    begun(acme, carol)


def test_whoever_comes_by_mailed_codes_and_has_lost_the_passkey_comes_back(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        UserFlow.objects.filter(is_default=True).update(methods=["passkey"])
    forget_everything()
    with_passkey(acme, carol, Authenticator())
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit(to="send")
    customer.submit({"code": new_code(acme, carol.email)}, to="code")
    assert not customer.is_signed_in
    customer.submit(to="recover")
    customer.visit(link_in_mail(acme, carol, ""))
    customer.submit()
    wait_until_over(acme, carol)
    assert read(acme, carol).passkeys_at == []
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit(to="send")
    customer.submit({"code": new_code(acme, carol.email)}, to="code")
    assert "passkey-setup" in customer.path


def test_a_tenant_may_have_no_such_way(acme: Tenant, carol: Account, phone: Phone) -> None:
    with tenant_context(acme):
        for hours in (23, 337, -1):
            with pytest.raises(Refused, match="24 to 336"):
                change_wait(hours, actor=COMMAND)
        change_wait(0, actor=COMMAND)
        assert wait_hours() == 0
    customer = at_factor(acme, carol)
    assert CANNOT not in customer.text
    at = customer.path
    customer.submit(to="recover")
    assert customer.path == at
    with tenant_context(acme), pytest.raises(Refused, match="No one is waiting"):
        hasten(carol, reason="", actor=COMMAND)


def test_a26_the_link_that_begins_it_begins_nothing_once_the_owner_has_ended_that(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    """Eve has kept it, and would wait again as often as she likes within the day."""
    eve = begun(acme, carol)
    with tenant_context(acme):
        stop(Account.objects.get(pk=carol.pk), actor=COMMAND)
    assert eve.visit(eve.path).status_code == 410
    assert eve.submit().status_code == 410
    assert read(acme, carol).recovers_at is None
    eve = at_factor(acme, carol)
    eve.submit(to="recover")
    link = link_in_mail(acme, carol, "")
    assert eve.visit(link).status_code == 200
    with tenant_context(acme):
        sign_out_everywhere(Account.objects.get(pk=carol.pk), actor=COMMAND)
    assert eve.visit(link).status_code == 410
    begun(acme, carol)


def test_a26_a_tenant_that_has_no_such_way_any_more_ends_the_waits_that_run(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    begun(acme, carol)
    with tenant_context(acme):
        change_wait(24, actor=COMMAND)
        assert Account.objects.get(pk=carol.pk).recovers_at is not None
        change_wait(0, actor=COMMAND)
        assert Account.objects.get(pk=carol.pk).recovers_at is None
    wait_until_over_in_vain(acme, carol)
    assert "stays protected" in subjects(acme, carol)[0]


def test_the_link_that_begins_it_ends_with_the_address_it_was_mailed_to(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    """A-17."""
    customer = at_factor(acme, carol)
    customer.submit(to="recover")
    link = link_in_mail(acme, carol, "")
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(email="c@acme.example", canonical_email="c@acme.example")
    assert customer.visit(link).status_code == 410
    assert customer.visit(link[:-2] + "x/").status_code == 410
