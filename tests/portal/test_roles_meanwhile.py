"""Ada gives somebody a role, or puts them into a group, while a colleague deletes it or the customer."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, Group, GroupMember
from applications.description import Role
from applications.models import Application, AppRole, RoleAssignment
from applications.services.roles import assign_role, change_role, define_role, delete_role
from applications.views import roles
from audit.services import Actor
from operations.customers import purge_customer
from operations.groups import delete_group, restore_group
from portal.views import groups
from portal.views.customers import tabs
from tenants.models import Tenant
from tests.browser import Browser
from tests.waiting import until

COMMAND = Actor.command()
EDITOR = Role("editor", "Editor")


@pytest.fixture
def editor(acme: Tenant, bookshop: Application) -> AppRole:
    with tenant_context(acme):
        return define_role(bookshop, EDITOR, actor=COMMAND)


@pytest.fixture
def group(acme: Tenant) -> Group:
    with tenant_context(acme):
        return create_group(name="Wholesale", actor=COMMAND)


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("role", "This role no longer exists."),
        ("group", "This group no longer exists."),
        ("customer", "This customer is gone."),
        ("purpose", "This role is for services only."),
    ],
)
def test_a_colleague_who_was_faster_is_told_on_the_page(
    ada_portal: Browser,
    acme: Tenant,
    bookshop: Application,
    carol: Account,
    editor: AppRole,
    group: Group,
    gone: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faster: dict[str, Callable[[], object]] = {
        "role": lambda: delete_role(bookshop, "editor", actor=COMMAND),
        "group": lambda: delete_group(group, actor=COMMAND),
        "customer": lambda: purge_customer(carol, actor=COMMAND),
        "purpose": lambda: change_role(
            bookshop, Role("editor", "Editor", for_customers=False, for_services=True), actor=COMMAND
        ),
    }

    def somebody_is_faster(role: AppRole, **given: Any) -> None:
        faster[gone]()
        assign_role(role, **given)

    monkeypatch.setattr(roles, "assign_role", somebody_is_faster)
    monkeypatch.setattr(tabs, "assign_role", somebody_is_faster)
    asked = {"group": str(group.pk)} if gone == "group" else {"email": carol.email}
    if gone == "purpose":
        page, asked = f"/tenants/acme/customers/{carol.pk}/roles/add", {"role": str(editor.pk)}
    else:
        page = f"/tenants/acme/applications/{bookshop.client_id}/roles/{editor.pk}/assign"

    answer = ada_portal.post(page, asked, follow=True)

    assert answer.status_code == 200
    assert told in answer.content.decode()
    with tenant_context(acme):
        assert not RoleAssignment.objects.exists()


def test_a_customer_who_is_purged_meanwhile_joins_no_group(
    ada_portal: Browser, acme: Tenant, carol: Account, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_is_faster(joined: Group, **given: Any) -> None:
        purge_customer(carol, actor=COMMAND)
        add_to_group(joined, **given)

    monkeypatch.setattr(groups, "add_to_group", somebody_is_faster)

    answer = ada_portal.post(f"/tenants/acme/groups/{group.pk}/add", {"email": carol.email}, follow=True)

    assert "This customer is gone." in answer.content.decode()
    with tenant_context(acme):
        assert not GroupMember.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["role", "group", "customer"])
def test_what_gets_a_role_at_this_very_moment_is_deleted_with_it(
    acme: Tenant, bookshop: Application, carol: Account, editor: AppRole, group: Group, what: str
) -> None:
    holder: dict[str, Any] = {"group": group} if what == "group" else {"account": carol}
    deletions: dict[str, Callable[[], object]] = {
        "role": lambda: delete_role(bookshop, "editor", actor=COMMAND),
        "group": lambda: delete_group(group, actor=COMMAND),
        "customer": lambda: purge_customer(carol, actor=COMMAND),
    }

    waits_for(acme, lambda: assign_role(editor, **holder, actor=COMMAND), deletions[what])

    with tenant_context(acme):
        assert not RoleAssignment.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_restored_group_has_no_role_that_is_deleted_or_no_longer_for_customers_at_this_very_moment(
    acme: Tenant, bookshop: Application, editor: AppRole, group: Group, is_deleted: bool
) -> None:
    with tenant_context(acme):
        assign_role(editor, group=group, actor=COMMAND)
        deleted = delete_group(group, actor=COMMAND)

    def change() -> None:
        if is_deleted:
            delete_role(bookshop, "editor", actor=COMMAND)
        else:
            for_services = Role("editor", "Editor", for_customers=False, for_services=True)
            change_role(bookshop, for_services, actor=COMMAND)

    waits_for(acme, change, lambda: restore_group(deleted, actor=COMMAND))

    with tenant_context(acme):
        assert Group.objects.filter(pk=group.pk).exists()
        assert not RoleAssignment.objects.exists()


def waits_for(tenant: Tenant, first: Callable[[], object], second: Callable[[], object]) -> None:
    """The second does its work only once the first is committed, and both go well."""
    is_done, let_go, went_well = threading.Event(), threading.Event(), threading.Event()

    def go_first() -> None:
        with tenant_context(tenant), transaction.atomic():
            first()
            is_done.set()
            let_go.wait(20)
        connection.close()

    def go_second() -> None:
        with tenant_context(tenant):
            second()
        went_well.set()
        connection.close()

    threads = [threading.Thread(target=go_first), threading.Thread(target=go_second)]
    threads[0].start()
    assert is_done.wait(20)
    threads[1].start()
    until(_somebody_waits, otherwise="nobody waits", seconds=10)
    let_go.set()
    for thread in threads:
        thread.join(20)
    assert went_well.is_set()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])
