"""Long lists of the portal: every row is reached, once, page by page, whatever changes meanwhile."""

from uuid import uuid4

import pytest
from django_tenants.utils import tenant_context

from accounts.finding.services import catch_up
from accounts.identity.services.groups import create_group
from accounts.models import Account, Group, GroupMember
from applications.description import Role
from applications.models import Application, AppRole, RoleAssignment
from applications.services.roles import define_role
from audit.services import Actor
from common.database.keyset import PAGE_SIZE
from tenants.models import Tenant
from tests.browser import Browser
from tests.portal.paging import pages

MANY = 2 * PAGE_SIZE + 7


@pytest.fixture
def crowd(acme: Tenant) -> list[Account]:
    with tenant_context(acme):
        emails = [f"c{number:03}@acme.example" for number in range(MANY)]
        made = Account.objects.bulk_create(Account(email=email, canonical_email=email) for email in emails)
        catch_up()
        return made


@pytest.fixture
def regulars(acme: Tenant, crowd: list[Account]) -> Group:
    with tenant_context(acme):
        group = create_group(name="Regulars", actor=Actor.command())
        GroupMember.objects.bulk_create(GroupMember(group=group, account=account) for account in crowd)
    return group


@pytest.fixture
def buyer(acme: Tenant, crowd: list[Account]) -> AppRole:
    with tenant_context(acme):
        application = Application.objects.get(name="Bookshop")
        role = define_role(application, Role("buyer", "Buyer"), actor=Actor.command())
        RoleAssignment.objects.bulk_create(RoleAssignment(role=role, account=account) for account in crowd)
        group = create_group(name="Wholesale", actor=Actor.command())
        RoleAssignment.objects.create(role=role, group=group)
    return role


def test_every_member_of_a_large_group_is_reached(ada_portal: Browser, regulars: Group) -> None:
    read = list(pages(ada_portal, f"/tenants/acme/groups/{regulars.pk}/"))

    emails = [member.account.email for page in read for member in page.rows]
    assert sorted(emails) == [f"c{number:03}@acme.example" for number in range(MANY)]
    assert [len(page.rows) for page in read] == [PAGE_SIZE, PAGE_SIZE, 7]


def test_everybody_who_has_a_role_is_reached(ada_portal: Browser, buyer: AppRole) -> None:
    url = f"/tenants/acme/applications/{buyer.application.client_id}/roles/{buyer.pk}/"

    names = [str(each) for page in pages(ada_portal, url) for each in page.rows]

    assert len(names) == len(set(names)) == MANY + 1
    assert "Wholesale" in names


def test_deleting_a_role_says_how_many_more_lose_it_than_are_named(ada_portal: Browser, buyer: AppRole) -> None:
    page = ada_portal.get(f"/tenants/acme/applications/{buyer.application.client_id}/roles/{buyer.pk}/delete/")

    assert f"{MANY + 1 - 20} more" in page.content.decode()


def test_every_group_is_reached(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        Group.objects.bulk_create(Group(name=f"g{number:03}") for number in range(MANY))

    names = [group.name for page in pages(ada_portal, "/tenants/acme/groups/") for group in page.rows]

    assert names == [f"g{number:03}" for number in range(MANY)]


def test_the_next_page_is_still_there_when_the_row_it_begins_after_is_gone(
    ada_portal: Browser, acme: Tenant, regulars: Group
) -> None:
    url = f"/tenants/acme/groups/{regulars.pk}/"
    first = ada_portal.get(url).context["page"]
    following = ada_portal.get(first.next_url).context["page"].rows[0].account.email
    with tenant_context(acme):
        GroupMember.objects.filter(group=regulars, account=first.rows[-1].account).delete()

    second = ada_portal.get(first.next_url).context["page"]

    assert second.rows[0].account.email == following


def test_the_address_of_a_page_tells_nobody_who_is_on_it(ada_portal: Browser, regulars: Group) -> None:
    page = ada_portal.get(f"/tenants/acme/groups/{regulars.pk}/").context["page"]

    email = page.rows[-1].account.email
    assert email not in page.next_url
    assert email.partition("@")[0] not in page.next_url


def test_a_place_of_another_list_does_not_exist_in_this_one(ada_portal: Browser, regulars: Group) -> None:
    cursor = ada_portal.get(f"/tenants/acme/groups/{regulars.pk}/").context["page"].next_url.partition("?")[2]

    assert ada_portal.get(f"/tenants/acme/applications/?{cursor}").status_code == 404


def test_the_search_goes_on_with_the_page(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        kind = Application.Kind.SERVICE
        Application.objects.bulk_create(
            Application(name=f"shop {number:03}", kind=kind, client_id=str(uuid4())) for number in range(PAGE_SIZE + 1)
        )

    page = ada_portal.get("/tenants/acme/applications/", {"q": "shop 0", "after": ""}).context["page"]

    assert "q=shop+0" in page.next_url
    assert [row.name for row in ada_portal.get(page.next_url).context["page"].rows] == [f"shop {PAGE_SIZE:03}"]
    assert ada_portal.get(page.next_url).context["page"].first_url == "/tenants/acme/applications/?q=shop+0"
