"""One thing done to each customer of a selection: confirmed by its number, done in chunks, undone where it is soft."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.factors.phones import set_phone
from accounts.identity.services.accounts import delete_account
from accounts.identity.services.groups import create_group
from accounts.models import Account, GroupMember, Session
from audit.models import Event
from audit.services import Actor
from bulk.actions import steps
from bulk.actions.services import begin_action, choose_for_action, choose_named, undo
from bulk.chain import take_step, work_here
from bulk.models import Item, Kind, Operation, State
from bulk.services import cancel
from common.problems import Refused
from operations.customers import purge_customer, withdraw_invitation
from operations.groups import delete_group
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tests.browser import Browser
from tests.bulk.files import ACTOR, csv_of, imported, work
from tests.cast import grow_old
from tests.userflows.customer import mails_to
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from tests.worker import run_jobs
from userflows.journeys.attempts.limits import WRONG_CODES, whose
from userflows.journeys.browsers.known_browsers import Familiarity
from userflows.links.services import invite_customer


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def people(number: int) -> None:
    imported(csv_of(["email"], *([f"person{each}@acme.example"] for each in range(number))))


def chosen(kind: Kind, **given: Any) -> Operation:
    return choose_for_action(kind, chosen=Account.objects.filter(email__startswith="person"), actor=ACTOR, **given)


def done(operation: Operation, **how: Any) -> Operation:
    begin_action(operation, actor=ACTOR, **how)
    work()
    operation.refresh_from_db()
    return operation


def test_whoever_comes_after_the_choice_isnt_touched(acme: Tenant) -> None:
    with tenant_context(acme):
        people(3)
        operation = chosen(Kind.BLOCK)
        imported("email\nperson-late@acme.example\n")

        assert done(operation).done == 3
        assert Account.objects.get(email="person-late@acme.example").is_active
        assert not Account.objects.filter(email__regex=r"person\d", is_active=True).exists()
        assert Event.objects.filter(action="customer.disabled", actor_name="A test").count() == 3


def test_each_has_its_own_outcome_and_what_fails_stops_nobody(acme: Tenant) -> None:
    with tenant_context(acme):
        people(4)
        operation = chosen(Kind.BLOCK)
        first, second, third, _ = Account.objects.filter(email__startswith="person").order_by("email")
        delete_account(first, actor=ACTOR)
        Account.objects.filter(pk=second.pk).update(is_active=False)
        Item.objects.filter(account_id=third.pk).update(account_id="00000000-0000-4000-8000-000000000000")

        done(operation)
        assert (operation.state, operation.done, operation.unchanged, operation.failed) == (State.DONE, 1, 1, 2)
        problems = Item.objects.filter(operation_id=operation.pk).exclude(problem="").values_list("problem", flat=True)
        assert set(problems) == {"This customer was deleted.", "This customer is gone."}


def test_a_block_is_undone_for_those_it_has_blocked(acme: Tenant) -> None:
    with tenant_context(acme):
        people(3)
        Account.objects.filter(email="person0@acme.example").update(is_active=False)
        operation = done(chosen(Kind.BLOCK))
        undoing = undo(operation, actor=ACTOR)
        assert (undoing.kind, undoing.total, undoing.undoes) == (Kind.UNBLOCK, 2, operation.pk)
        done(undoing)
        blocked = Account.objects.filter(email__startswith="person", is_active=False).values_list("email", flat=True)
        assert list(blocked) == ["person0@acme.example"]


def test_a_block_that_is_over_before_its_chunk_comes_blocks_nobody(acme: Tenant) -> None:
    with tenant_context(acme):
        people(2)
        operation = done(chosen(Kind.BLOCK), until=timezone.now() - timedelta(minutes=1))
        assert (operation.unchanged, operation.failed) == (2, 0)
        assert Account.objects.filter(email__startswith="person", is_active=True).count() == 2


def test_a_group_is_filled_and_emptied_again(acme: Tenant) -> None:
    with tenant_context(acme):
        people(3)
        group = create_group(name="Wholesale", actor=ACTOR)
        operation = done(chosen(Kind.ADD_TO_GROUP, group=group))
        assert GroupMember.objects.filter(group=group).count() == operation.done == 3
        done(undo(operation, actor=ACTOR))
        assert not GroupMember.objects.filter(group=group).exists()


def test_a_group_that_is_deleted_meanwhile_ends_it(acme: Tenant) -> None:
    with tenant_context(acme):
        people(1)
        group = create_group(name="Wholesale", actor=ACTOR)
        operation = chosen(Kind.ADD_TO_GROUP, group=group)
        delete_group(group, actor=ACTOR)
        done(operation)
        assert (operation.state, operation.problem) == (State.FAILED, "The group was deleted.")


def test_sessions_end_everywhere(acme: Tenant, bob_signed_in: Account) -> None:
    with tenant_context(acme):
        done(choose_for_action(Kind.END_SESSIONS, chosen=Account.objects.filter(pk=bob_signed_in.pk), actor=ACTOR))
        assert not Session.objects.of_account(bob_signed_in.pk).exists()


def test_passwords_are_asked_for_anew_and_links_and_invitations_mailed_to_whom_they_help(
    acme: Tenant, carol: Account, dan: Account
) -> None:
    """Dan is blocked, Kim was invited and hasn't come; who isn't meant by an action is left as they are."""
    with tenant_context(acme):
        kim = invite_customer(email="kim@acme.example", attributes={}, actor=ACTOR)
        everybody = Account.objects.filter(pk__in=[carol.pk, dan.pk, kim.pk])

        required = done(choose_for_action(Kind.REQUIRE_PASSWORD, chosen=everybody, actor=ACTOR))
        assert (required.done, required.unchanged, required.failed) == (2, 1, 0)
        assert Account.objects.get(pk=carol.pk).needs_new_password
        sent = done(choose_for_action(Kind.SEND_LINK, chosen=everybody, actor=ACTOR))
        assert (sent.done, sent.unchanged, sent.failed) == (2, 0, 1)
        invited = done(choose_for_action(Kind.INVITE_AGAIN, chosen=everybody, actor=ACTOR))
        assert (invited.done, invited.unchanged, invited.failed) == (1, 2, 0)
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 1
        assert not mails_to(dan.email)


def test_nobody_waits_for_a_code_behind_mails_to_many(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        kim = invite_customer(email="kim@acme.example", attributes={}, actor=ACTOR)
        set_phone(carol, number="+441632960001", actor=ACTOR)
    run_jobs()
    with tenant_context(acme):
        both = Account.objects.filter(pk__in=[carol.pk, kim.pk])
        for kind in (Kind.SEND_LINK, Kind.INVITE_AGAIN, Kind.REMOVE_FACTORS):
            operation = choose_for_action(kind, chosen=both, actor=ACTOR)
            begin_action(operation, actor=ACTOR, factors=["phone"])
            work_here(operation)
            assert operation.done

    with schema_context(PUBLIC):
        waiting = DBTaskResult.objects.filter(status="READY", task_path__startswith="userflows.")
        assert sorted(job.task_path.rpartition(".")[2] for job in waiting) == ["send_factor_notice", *["send_link"] * 3]
        assert all(job.priority <= -80 for job in waiting)


def test_a_block_of_several_has_a_reason_and_an_end(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        people(2)
        operation = chosen(Kind.BLOCK)
    page = f"/tenants/acme/operations/{operation.pk}/"
    assert "For how long" in text(ada_portal.get(page))
    assert "Use 250 characters or fewer." in text(ada_portal.post(f"{page}start", {"reason": "x" * 251, "lasts": "1d"}))

    ada_portal.post(f"{page}start", {"reason": "Chargebacks", "lasts": "1d"})
    work()
    assert "Reason: Chargebacks" in text(ada_portal.get(page))
    with tenant_context(acme):
        blocked = Account.objects.filter(email__startswith="person")
        assert {each.block.reason for each in blocked} == {"Chargebacks"}
        assert all(each.blocked_until and not each.is_active for each in blocked)


def test_second_factors_of_a_kind_are_taken_from_whoever_has_them_and_they_are_told(
    acme: Tenant, carol: Account, dan: Account
) -> None:
    with_passkey(acme, carol, Authenticator())
    with tenant_context(acme):
        for account in (carol, dan):
            set_phone(account, number="+441632960001", actor=ACTOR)
        operation = choose_for_action(
            Kind.REMOVE_FACTORS, chosen=Account.objects.filter(pk__in=[carol.pk, dan.pk]), actor=ACTOR
        )
        for unknown in ([], ["password"]):
            with pytest.raises(Refused, match="Choose what to take away"):
                begin_action(operation, actor=ACTOR, factors=unknown)

        done(operation, factors=["passkey"], reason="Recalled keys")
        assert (operation.done, operation.unchanged) == (1, 1)
        assert not Account.objects.get(pk=carol.pk).passkeys_at
        assert Account.objects.get(pk=carol.pk).phone_number
        assert Event.objects.get(action="customer.passkey_removed").details["reason"] == "Recalled keys"
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(carol.email)) == 1


def test_what_keeps_them_out_is_lifted_for_whom_something_does(acme: Tenant, carol: Account, dan: Account) -> None:
    with tenant_context(acme):
        for _ in range(WRONG_CODES.attempts):
            WRONG_CODES.count(whose(carol.email, Familiarity.STRANGER))
        operation = choose_for_action(
            Kind.UNLOCK, chosen=Account.objects.filter(pk__in=[carol.pk, dan.pk]), actor=ACTOR
        )
        done(operation)
        assert (operation.done, operation.unchanged) == (1, 1)
        assert Event.objects.get(action="customer.unlocked").target_id == str(carol.pk)


def test_passwords_go_invitations_are_withdrawn_and_accounts_kept_of_whom_it_is_about(
    acme: Tenant, carol: Account, dan: Account
) -> None:
    with tenant_context(acme):
        kim = invite_customer(email="kim@acme.example", attributes={}, actor=ACTOR)
        Account.objects.filter(pk=dan.pk).update(closes_at=timezone.now() + timedelta(days=3))
        everybody = Account.objects.filter(pk__in=[carol.pk, dan.pk, kim.pk])

        kept = done(choose_for_action(Kind.CANCEL_DELETION, chosen=everybody, actor=ACTOR))
        assert (kept.done, kept.unchanged) == (1, 2)
        gone = done(choose_for_action(Kind.REMOVE_PASSWORD, chosen=everybody, actor=ACTOR))
        assert (gone.done, gone.unchanged) == (2, 1)
        assert not Account.objects.get(pk=carol.pk).has_usable_password()
        withdrawn = done(choose_for_action(Kind.WITHDRAW_INVITATION, chosen=everybody, actor=ACTOR))
        assert (withdrawn.done, withdrawn.unchanged) == (1, 2)
        assert not Account.objects.filter(pk=kim.pk).exists()


def test_whoever_is_named_several_times_is_meant_once(acme: Tenant, carol: Account) -> None:
    """The account that waits for its owner goes with the invitation: the second time there would be none."""
    with tenant_context(acme):
        kim = invite_customer(email="kim@acme.example", attributes={}, actor=ACTOR)
        named = [kim.email, str(kim.pk), str(kim.pk).upper(), "nobody@acme.example", carol.email]
        withdrawn = done(choose_named(Kind.WITHDRAW_INVITATION, named=named, actor=ACTOR))

        assert (withdrawn.state, withdrawn.total) == (State.DONE, 3)
        assert (withdrawn.done, withdrawn.unchanged, withdrawn.failed) == (1, 1, 1)
        assert Event.objects.filter(action="customer.invitation_withdrawn").count() == 1


def test_who_is_gone_by_now_goes_no_second_time(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        kim = invite_customer(email="kim@acme.example", attributes={}, actor=ACTOR)
        for _ in range(2):
            purge_customer(carol, actor=ACTOR)
        withdraw_invitation(kim, actor=ACTOR)
        with pytest.raises(Refused, match="no longer has an invitation"):
            withdraw_invitation(kim, actor=ACTOR)

        gone = Event.objects.filter(action="customer.purged").values_list("target_id", flat=True)
        assert sorted(gone) == sorted([str(carol.pk), str(kim.pk)])


def test_p13_a_purge_of_several_asks_who_it_is_and_for_the_number_and_takes_only_the_deleted(
    ada_portal: Browser, acme: Tenant, ada: Account, home: Tenant
) -> None:
    with tenant_context(acme):
        people(3)
        delete_account(Account.objects.get(email="person0@acme.example"), actor=ACTOR)
        operation = chosen(Kind.PURGE)
    page = f"/tenants/acme/operations/{operation.pk}/"
    assert "Nothing was done" in text(ada_portal.post(f"{page}start", {"typed_count": "1"}))
    grow_old(ada, home=home, seconds=301)
    assert ada_portal.post(f"{page}start", {"typed_count": "3"})["Location"].startswith("/sign-in/again/")
    grow_old(ada, home=home, seconds=1)

    ada_portal.post(f"{page}start", {"typed_count": "3"})
    work()
    assert "Deleted permanently 1 No change needed 0 Failed 2" in text(ada_portal.get(page))
    assert "person1@acme.example This customer isn’t deleted. Delete them first." in text(ada_portal.get(page))
    with tenant_context(acme):
        assert Account.objects.filter(email__startswith="person").count() == 2
        assert Event.objects.filter(action="customer.purged", actor_kind="administrator").count() == 1


def test_p42_whoever_may_not_purge_one_purges_no_selection(
    ada_portal: Browser, acme: Tenant, ada: Account, carol: Account
) -> None:
    with tenant_context(acme):
        operation = choose_for_action(Kind.PURGE, chosen=Account.objects.filter(pk=carol.pk), actor=ACTOR)
    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk).update(role=AdministratorRole.SUPPORT)
    page = f"/tenants/acme/operations/{operation.pk}/"

    assert 'value="purge"' not in ada_portal.get("/tenants/acme/customers/").content.decode()
    sent = {"action": "purge", "whom": "found"}
    refused = ada_portal.post("/tenants/acme/customers/selection", sent, follow=True)
    assert "Choose what to do with them." in text(refused)
    assert "Are these the right ones?" not in text(ada_portal.get(page))
    assert ada_portal.post(f"{page}start", {"typed_count": "1"}).status_code == 404


@pytest.fixture
def bob_signed_in(acme: Tenant, carol: Account) -> Account:
    Browser(acme).sign_in(carol)
    return carol


def test_chunks_follow_each_other_and_can_be_stopped(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 2)
    with tenant_context(acme):
        people(5)
        assert done(chosen(Kind.BLOCK)).done == 5
        operation = chosen(Kind.UNBLOCK)
        begin_action(operation, actor=ACTOR)
        cancel(operation, actor=ACTOR)
        work()
        assert Account.objects.filter(email__startswith="person", is_active=True).count() == 0


def test_nobody_is_nobody(acme: Tenant) -> None:
    with tenant_context(acme):
        with pytest.raises(Refused, match="No customer is chosen"):
            chosen(Kind.BLOCK)
        people(1)
        operation = done(chosen(Kind.END_SESSIONS))
        for again in (lambda: begin_action(operation, actor=ACTOR), lambda: undo(operation, actor=ACTOR)):
            with pytest.raises(Refused):
                again()


def test_above_a_hundred_the_number_is_typed(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        people(101)
        operation = chosen(Kind.DELETE)
    page = f"/tenants/acme/operations/{operation.pk}/"
    told = text(ada_portal.get(page))
    assert "Delete: 101 customers" in told
    assert "and 91 more" in told

    for typed in ("", "100", "1O1"):
        assert "Nothing was done" in text(ada_portal.post(f"{page}start", {"typed_count": typed}))
    ada_portal.post(f"{page}start", {"typed_count": " 101 "})
    work()
    assert "Deleted 101" in text(ada_portal.get(page))
    assert "has already begun" in text(ada_portal.post(f"{page}start", {"typed_count": "101"}, follow=True))


def test_p42_an_action_ends_with_the_role_that_allowed_it(
    acme: Tenant, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P-42."""
    monkeypatch.setattr(steps, "CHUNK", 2)
    with tenant_context(acme):
        people(4)
        operation = chosen(Kind.BLOCK)
        begin_action(operation, actor=Actor("administrator", str(ada.pk), ada.email))
        operation.refresh_from_db()
        assert take_step(operation.pk, operation.chain)
    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk).update(role=AdministratorRole.READER)
    with tenant_context(acme):
        work()
        operation.refresh_from_db()
        assert (operation.state, operation.done) == (State.FAILED, 2)
        assert Account.objects.filter(email__startswith="person", is_active=True).count() == 2
