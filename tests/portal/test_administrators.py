"""Administrators of a tenant: seen, given another role, suspended, removed, and leaving; the last owner stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import delete_account, disable_account
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from operations.administrators import memberships
from operations.administrators.memberships import membership_of
from tenants.errors import LastOwner, MayNotGrant, MembershipGone, TenantError
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser
from tests.crowd import at_once

LIST = "/tenants/acme/administrators/"
NOT_A_PAGE = 404


def text(answer: Any) -> str:
    return answer.content.decode()


def actor_of(account: Account) -> Actor:
    return Actor("administrator", str(account.pk), account.email)


def of(account: Account, tenant: Tenant) -> Membership:
    with schema_context(PUBLIC):
        membership = membership_of(account.pk, tenant=tenant)
    assert membership
    return membership


def page_of(account: Account, tenant: Tenant) -> str:
    return f"/tenants/{tenant.slug}/administrators/{of(account, tenant).pk}/"


def join(account: Account, tenant: Tenant, role: AdministratorRole) -> Membership:
    return add_membership(tenant=tenant, account_id=account.pk, role=role, actor=Actor.command())


def owners_of(tenant: Tenant) -> int:
    with schema_context(PUBLIC):
        return Membership.objects.owners().filter(tenant=tenant).count()


def told(tenant: Tenant) -> list[tuple[str, str, str]]:
    with tenant_context(tenant):
        events = Event.objects.filter(action__startswith="membership.").order_by("id")
        return [(event.action, event.actor_name, event.target_name) for event in events]


def test_the_page_tells_who_they_are_what_they_may_and_when_they_were_seen(
    ada_portal: Browser, acme: Tenant, stranger: Account
) -> None:
    join(stranger, acme, AdministratorRole.SUPPORT)

    page = text(ada_portal.get(LIST))

    assert "stranger@portal.example" in page
    assert "Support" in page
    assert "There is only one owner" in page
    people = ada_portal.get(LIST).context["administrators"]
    assert [(person.account.email, person.seen_at is not None) for person in people] == [
        ("ada@portal.example", True),
        ("stranger@portal.example", False),
    ]


def test_whoever_only_reads_is_offered_nothing_to_change(
    acme: Tenant, stranger: Account, stranger_portal: Browser, ada: Account
) -> None:
    join(stranger, acme, AdministratorRole.AUDITOR)

    assert "Invite administrator" not in text(stranger_portal.get(LIST))
    page = text(stranger_portal.get(page_of(ada, acme)))
    assert "Save role" not in page
    assert "Suspend" not in page


def test_ada_gives_a_colleague_another_role_and_finds_it_in_her_tenants_log(
    ada_portal: Browser, acme: Tenant, stranger: Account, stranger_portal: Browser
) -> None:
    join(stranger, acme, AdministratorRole.READER)
    assert stranger_portal.get("/tenants/acme/settings/").status_code == 200

    answer = ada_portal.post(page_of(stranger, acme), {"role": "branding_administrator"}, follow=True)

    assert "Stranger is now a branding administrator." in text(answer)
    assert stranger_portal.get("/tenants/acme/settings/").status_code == NOT_A_PAGE
    assert stranger_portal.get("/tenants/acme/branding/").status_code == 200
    with tenant_context(acme):
        event = Event.objects.latest("id")
    assert (event.action, event.actor_name, event.target_name, event.details) == (
        "membership.role_changed",
        "ada@portal.example",
        "stranger@portal.example",
        {"account": str(stranger.pk), "role": "branding_administrator", "before": "reader"},
    )
    with schema_context(PUBLIC):
        assert InstallationEvent.objects.latest("id").action == "membership.role_changed"


@pytest.mark.parametrize("role", ["emperor", "", "OWNER"])
def test_p03_a_role_that_there_isnt_is_refused_at_its_field(
    ada_portal: Browser, acme: Tenant, stranger: Account, role: str
) -> None:
    join(stranger, acme, AdministratorRole.READER)

    answer = ada_portal.post(page_of(stranger, acme), {"role": role})

    assert "Choose one of those shown for “Role”." in text(answer)
    assert of(stranger, acme).role == AdministratorRole.READER


@pytest.mark.parametrize("role", [role for role in AdministratorRole if role is not AdministratorRole.OWNER])
def test_p03_nobody_but_an_owner_gives_a_role_to_anybody_least_of_all_to_themselves(
    acme: Tenant, ada: Account, stranger: Account, role: AdministratorRole
) -> None:
    mine = join(stranger, acme, role)

    for membership, wanted in (
        (mine, AdministratorRole.OWNER),
        (mine, role),
        (of(ada, acme), AdministratorRole.READER),
    ):
        with pytest.raises(MayNotGrant):
            memberships.change_role(membership, role=wanted, actor=actor_of(stranger))
    for decide in (memberships.suspend, memberships.resume, memberships.remove):
        with pytest.raises(MayNotGrant):
            decide(of(ada, acme), actor=actor_of(stranger))
    assert (of(stranger, acme).role, of(ada, acme).role) == (role, AdministratorRole.OWNER)


def test_p03_an_owner_gives_no_role_in_a_tenant_of_others_and_none_in_the_home_tenant(
    acme: Tenant, globex: Tenant, home: Tenant, ada: Account, grace: Account, olga: Account
) -> None:
    for membership in (of(grace, globex), of(olga, home)):
        with pytest.raises(MayNotGrant):
            memberships.change_role(membership, role=AdministratorRole.READER, actor=actor_of(ada))


def test_p03_operators_are_owners_auditors_or_readers(olga_portal: Browser, home: Tenant, stranger: Account) -> None:
    join(stranger, home, AdministratorRole.READER)

    page = text(olga_portal.get(page_of(stranger, home)))

    assert [role for role in AdministratorRole if f'value="{role}"' in page] == [
        AdministratorRole.OWNER,
        AdministratorRole.AUDITOR,
        AdministratorRole.READER,
    ]
    with pytest.raises(MayNotGrant, match="Operators are"):
        memberships.change_role(of(stranger, home), role=AdministratorRole.SUPPORT, actor=Actor.command())


def test_somebody_suspended_is_out_at_the_next_request_and_in_again_when_resumed(
    ada_portal: Browser, acme: Tenant, stranger: Account, stranger_portal: Browser
) -> None:
    join(stranger, acme, AdministratorRole.OWNER)
    page = page_of(stranger, acme)
    assert stranger_portal.get(LIST).status_code == 200

    ada_portal.post(f"{page}suspend")
    assert stranger_portal.get(LIST).status_code == NOT_A_PAGE
    assert "You don’t manage any tenants yet" in text(stranger_portal.get("/tenants/"))
    assert "Suspended" in text(ada_portal.get(LIST))

    ada_portal.post(f"{page}resume")
    assert stranger_portal.get(LIST).status_code == 200
    assert told(acme)[-2:] == [
        ("membership.suspended", "ada@portal.example", "stranger@portal.example"),
        ("membership.resumed", "ada@portal.example", "stranger@portal.example"),
    ]


def test_a_suspended_operator_is_an_operator_no_more(
    olga_portal: Browser, home: Tenant, stranger: Account, stranger_portal: Browser
) -> None:
    join(stranger, home, AdministratorRole.OWNER)
    assert stranger_portal.get("/jobs/").status_code == 200

    olga_portal.post(f"{page_of(stranger, home)}suspend")

    assert stranger_portal.get("/jobs/").status_code == NOT_A_PAGE
    assert stranger_portal.get("/tenants/acme/").status_code == NOT_A_PAGE


def test_somebody_removed_is_out_at_the_next_request(
    ada_portal: Browser, acme: Tenant, stranger: Account, stranger_portal: Browser
) -> None:
    join(stranger, acme, AdministratorRole.SUPPORT)
    page = f"{page_of(stranger, acme)}remove/"
    assert "Remove <bdi>Stranger</bdi>?" in text(ada_portal.get(page))
    assert stranger_portal.get("/tenants/acme/").status_code == 200

    answer = ada_portal.post(page, follow=True)

    assert "Stranger no longer manages this tenant." in text(answer)
    assert stranger_portal.get("/tenants/acme/").status_code == NOT_A_PAGE
    assert told(acme)[-1] == ("membership.removed", "ada@portal.example", "stranger@portal.example")
    assert ada_portal.post(page).status_code == NOT_A_PAGE


def test_whoever_was_removed_meanwhile_is_told_of(acme: Tenant, ada: Account, stranger: Account) -> None:
    membership = join(stranger, acme, AdministratorRole.SUPPORT)
    memberships.remove(membership, actor=actor_of(ada))

    with pytest.raises(MembershipGone):
        memberships.change_role(membership, role=AdministratorRole.READER, actor=actor_of(ada))


def test_anybody_may_leave_whatever_they_are(acme: Tenant, stranger: Account, stranger_portal: Browser) -> None:
    join(stranger, acme, AdministratorRole.BRANDING_ADMINISTRATOR)
    assert "You are branding administrator here." in text(stranger_portal.get(f"{LIST}leave/"))

    answer = stranger_portal.post(f"{LIST}leave/", follow=True)

    assert "You no longer manage Acme." in text(answer)
    assert told(acme)[-1] == ("membership.left", "stranger@portal.example", "stranger@portal.example")


def test_an_operator_leaves_no_tenant_in_which_they_are_nothing(olga_portal: Browser, acme: Tenant) -> None:
    for send in (olga_portal.get, olga_portal.post):
        assert send(f"{LIST}leave/")["Location"] == "/tenants/acme/"


def test_p07_the_last_owner_stays_whatever_they_try(ada_portal: Browser, ada: Account, acme: Tenant) -> None:
    page = page_of(ada, acme)
    tries: list[Callable[[], Any]] = [
        lambda: ada_portal.post(page, {"role": "reader"}),
        lambda: ada_portal.post(f"{page}suspend", follow=True),
        lambda: ada_portal.post(f"{page}remove/", follow=True),
        lambda: ada_portal.post(f"{LIST}leave/", follow=True),
    ]

    for attempt in tries:
        assert "This is the last owner of Acme. Make someone else an owner first." in text(attempt())
    assert owners_of(acme) == 1


def test_p07_nor_does_an_operator_take_the_last_owner_away_or_become_the_last_to_leave(
    olga: Account, home: Tenant, ada: Account, acme: Tenant
) -> None:
    for membership in (of(ada, acme), of(olga, home)):
        with pytest.raises(LastOwner):
            memberships.remove(membership, actor=actor_of(olga))


@pytest.mark.parametrize("cannot", [{"is_active": False}, {"deleted_at": "2026-01-01T00:00Z"}])
def test_p07_an_owner_who_cant_sign_in_doesnt_count(
    ada: Account, acme: Tenant, home: Tenant, stranger: Account, cannot: dict[str, Any]
) -> None:
    join(stranger, acme, AdministratorRole.OWNER)
    with tenant_context(home):
        Account.objects.filter(pk=stranger.pk).update(**cannot)

    with pytest.raises(LastOwner):
        memberships.remove(of(ada, acme), actor=actor_of(ada))


@pytest.mark.parametrize("shut", [disable_account, delete_account])
def test_p07_the_account_of_the_last_owner_stays_open(
    ada: Account, acme: Tenant, home: Tenant, stranger: Account, shut: Callable[..., None]
) -> None:
    with tenant_context(home):
        with pytest.raises(Refused, match="This is the last owner of Acme"):
            shut(ada, actor=Actor.command())
        assert Account.objects.able_to_sign_in().filter(pk=ada.pk).exists()
    join(stranger, acme, AdministratorRole.OWNER)
    with tenant_context(home):
        shut(ada, actor=Actor.command())
        with pytest.raises(Refused, match="last owner of Acme"):
            shut(stranger, actor=Actor.command())


@pytest.mark.django_db(transaction=True)
def test_p07_of_two_owners_whose_accounts_are_blocked_at_once_one_stays_open(
    acme: Tenant, ada: Account, home: Tenant, stranger: Account
) -> None:
    join(stranger, acme, AdministratorRole.OWNER)
    accounts = [ada, stranger]

    def one() -> bool:
        with tenant_context(home):
            try:
                disable_account(accounts.pop(), actor=Actor.command())
            except Refused:
                return False
        return True

    assert sorted(at_once(2, one)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_p07_p03_of_two_owners_who_remove_and_demote_each_other_at_once_one_stays(
    acme: Tenant, ada: Account, stranger: Account
) -> None:
    join(stranger, acme, AdministratorRole.OWNER)
    mine, theirs = of(ada, acme), of(stranger, acme)
    deeds: list[Callable[[], None]] = [
        lambda: memberships.remove(theirs, actor=actor_of(ada)),
        lambda: memberships.change_role(mine, role=AdministratorRole.READER, actor=actor_of(stranger)),
        lambda: memberships.suspend(theirs, actor=actor_of(ada)),
        lambda: memberships.remove(mine, actor=actor_of(ada)),
    ] * 5

    def one() -> str:
        try:
            deeds.pop()()
        except TenantError as error:
            return type(error).__name__
        return "done"

    answers = at_once(20, one)

    assert owners_of(acme) == 1
    assert "done" in answers
    assert {*answers} <= {"done", "LastOwner", "MayNotGrant", "MembershipGone"}


def test_where_no_mail_is_sent_the_page_says_where_invitations_are(
    ada_portal: Browser, olga_portal: Browser, acme: Tenant
) -> None:
    ada_portal.post(f"{LIST}invite/", {"email": "pat@new.example", "role": "reader"})
    outbox = 'href="/tenants/home/outbox/"'
    for page in (LIST, f"{LIST}invite/"):
        mine, hers = text(ada_portal.get(page)), text(olga_portal.get(page))
        assert "invitations aren’t delivered" in mine
        assert "An operator who is an owner can read them" in mine
        assert outbox not in mine
        assert outbox in hers


def test_whoever_may_only_look_sees_forms_as_they_are_and_none_for_something_new(
    acme: Tenant, stranger: Account, stranger_portal: Browser
) -> None:
    join(stranger, acme, AdministratorRole.READER)

    settings = text(stranger_portal.get("/tenants/acme/settings/"))
    assert 'value="Acme"' in settings
    assert "<fieldset disabled" in settings
    assert "Your role allows you to look at this, not to change it." in settings
    assert "Delete tenant" not in settings
    groups = text(stranger_portal.get("/tenants/acme/groups/"))
    assert "New group" not in groups
    assert "Register application" not in text(stranger_portal.get("/tenants/acme/applications/"))


def test_an_overview_tells_each_what_is_theirs(acme: Tenant, stranger: Account, stranger_portal: Browser) -> None:
    join(stranger, acme, AdministratorRole.BRANDING_ADMINISTRATOR)

    page = stranger_portal.get("/tenants/acme/")

    assert [to_do.title for to_do in page.context["to_dos"]] == ["Make the pages yours", "Try it as a customer"]
    assert "Last changes" not in text(page)
