"""What goes by one press comes back by one, just as it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.identity.services.groups import add_to_group, create_group, update_group
from accounts.models import (
    GROUP_RESTORABLE_FOR,
    Account,
    CustomAttribute,
    CustomerView,
    DeletedGroup,
    Group,
    GroupMember,
    UniqueValue,
)
from applications.description import Claim, Role
from applications.models import Application, RoleAssignment
from applications.services.application import describe
from applications.services.claims import choose_claim
from applications.services.roles import assign_role, define_role
from audit.models import Event
from audit.services import Actor
from operations.groups import delete_group
from operations.housekeeping import forget_what_expired
from portal_frame.confirmation import Undo, undo_in
from tenants.models import Tenant
from tests.browser import Browser
from tests.portal.undoing import FORM, take_back
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import create_user_flow, set_page_layout
from userflows.models import UserFlow

COMMAND = Actor.command()


def test_what_the_release_before_offered_to_take_back_is_offered_still() -> None:
    message = Message(SUCCESS, "The role is gone.", extra_tags='undo:["/give-it-back", {"name": "buyer", "all": "on"}]')

    assert undo_in(message) == Undo("/give-it-back", [("name", "buyer"), ("all", "on")])


@pytest.mark.parametrize(
    "claim",
    [
        Claim(name="tier", source="constant", value='a "text" & more', in_userinfo=True, scope="profile"),
        Claim(name="town", source="attribute", value="city", in_id_token=False, in_access_token=True),
    ],
)
def test_a_claim_that_was_forgotten(ada_portal: Browser, acme: Tenant, bookshop: Application, claim: Claim) -> None:
    with tenant_context(acme):
        rule = choose_claim(bookshop, claim, actor=COMMAND)
        before = describe(bookshop)

    page = ada_portal.post(f"/tenants/acme/applications/{bookshop.client_id}/claims/{rule.pk}/forget", follow=True)
    take_back(ada_portal, page)

    with tenant_context(acme):
        assert describe(bookshop) == before


@pytest.mark.parametrize("is_group", [True, False])
def test_a_role_that_was_taken_away(
    ada_portal: Browser, acme: Tenant, bookshop: Application, carol: Account, is_group: bool
) -> None:
    with tenant_context(acme):
        role = define_role(bookshop, Role("buyer", "Buyer"), actor=COMMAND)
        holder = {"group": create_group(name="Buyers", actor=COMMAND)} if is_group else {"account": carol}
        assign_role(role, **holder, actor=COMMAND)
        assignment = RoleAssignment.objects.get()
        held_by = (assignment.account_id, assignment.group_id)
    url = f"/tenants/acme/applications/{bookshop.client_id}/roles/{role.pk}/assignments/{assignment.pk}/withdraw"

    page = ada_portal.post(url, follow=True)
    with tenant_context(acme):
        assert not RoleAssignment.objects.exists()
    take_back(ada_portal, page)

    with tenant_context(acme):
        assert RoleAssignment.objects.values_list("account_id", "group_id").get() == held_by


def test_a_group_with_its_customers_since_when_and_its_roles(
    ada_portal: Browser, acme: Tenant, bookshop: Application, carol: Account, dan: Account
) -> None:
    with tenant_context(acme):
        role = define_role(bookshop, Role("buyer", "Buyer"), actor=COMMAND)
        group = create_group(name="Buyers", description="Who buys", actor=COMMAND)
        for account in (carol, dan):
            add_to_group(group, account=account, actor=COMMAND)
        assign_role(role, group=group, actor=COMMAND)
        before = state_of_groups()

    page = ada_portal.post(f"/tenants/acme/groups/{group.pk}/delete/", {"typed_name": "Buyers"}, follow=True)
    with tenant_context(acme):
        assert state_of_groups() == ([], [], [])
    take_back(ada_portal, page)

    with tenant_context(acme):
        assert state_of_groups() == before
        assert not DeletedGroup.objects.exists()
        assert Event.objects.get(action="group.restored").target_id == str(group.pk)


def test_a_group_whose_name_is_anothers_by_now_waits_in_the_list_and_for_30_days(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    with tenant_context(acme):
        deleted = delete_group(create_group(name="Buyers", actor=COMMAND), actor=COMMAND)
        other = create_group(name="BUYERS", actor=COMMAND)
    restore = f"/tenants/acme/groups/deleted/{deleted.pk}/restore"
    assert restore in ada_portal.get("/tenants/acme/groups/").content.decode()
    assert "There is already a group with this name." in ada_portal.post(restore, follow=True).content.decode()

    with tenant_context(acme):
        update_group(other, name="Sellers", description="", actor=COMMAND)
        DeletedGroup.objects.update(deleted_at=timezone.now() - GROUP_RESTORABLE_FOR - timedelta(hours=1))
    assert restore not in ada_portal.get("/tenants/acme/groups/").content.decode()
    assert "can no longer be restored" in ada_portal.post(restore, follow=True).content.decode()
    with tenant_context(acme):
        forget_what_expired()
        assert not DeletedGroup.objects.exists()


def test_p02_nobody_restores_a_group_of_another_tenant(ada_portal: Browser, acme: Tenant, globex: Tenant) -> None:
    with tenant_context(globex):
        deleted = delete_group(create_group(name="Foreign", actor=COMMAND), actor=COMMAND)

    assert ada_portal.post(f"/tenants/acme/groups/deleted/{deleted.pk}/restore").status_code == 404
    with tenant_context(globex):
        assert DeletedGroup.objects.exists()


@pytest.mark.parametrize("from_the_group", [True, False])
def test_a_customer_who_was_taken_out_of_a_group(
    ada_portal: Browser, acme: Tenant, carol: Account, from_the_group: bool
) -> None:
    with tenant_context(acme):
        group = create_group(name="Buyers", actor=COMMAND)
        add_to_group(group, account=carol, actor=COMMAND)
    ways = (f"customers/{carol.pk}/groups/{group.pk}/leave", f"groups/{group.pk}/remove/{carol.pk}")

    page = ada_portal.post(f"/tenants/acme/{ways[from_the_group]}", follow=True)
    take_back(ada_portal, page)

    with tenant_context(acme):
        assert GroupMember.objects.get().account_id == carol.pk
        assert Event.objects.filter(action="group.member_removed").count() == 1


def test_a_role_of_a_customers_own(ada_portal: Browser, acme: Tenant, bookshop: Application, carol: Account) -> None:
    with tenant_context(acme):
        assign_role(define_role(bookshop, Role("buyer", "Buyer"), actor=COMMAND), account=carol, actor=COMMAND)
        given = RoleAssignment.objects.get()

    page = ada_portal.post(f"/tenants/acme/customers/{carol.pk}/roles/{given.pk}/take", follow=True)
    take_back(ada_portal, page)

    with tenant_context(acme):
        assert RoleAssignment.objects.get().account_id == carol.pk


def test_a_saved_view(ada_portal: Browser, acme: Tenant) -> None:
    saving = "/tenants/acme/customers/views/?state=blocked&columns=country"
    for built_in in (" all", "Alle", "Never signed in"):
        assert "You already have a view with this name." in ada_portal.post(saving, {"name": built_in}).content.decode()
    ada_portal.post(saving, {"name": "Blocked", "is_shared": "on"})
    with tenant_context(acme):
        before = CustomerView.objects.values("name", "is_shared", "query", "administrator_id").get()
        view = CustomerView.objects.get()

    page = ada_portal.post(f"/tenants/acme/customers/views/{view.pk}/delete", follow=True)
    take_back(ada_portal, page)

    with tenant_context(acme):
        assert CustomerView.objects.values("name", "is_shared", "query", "administrator_id").get() == before


@pytest.mark.parametrize("is_asked_for", [False, True])
def test_an_attribute_with_its_values_unless_a_page_layout_went_with_it(
    ada_portal: Browser, acme: Tenant, carol: Account, is_asked_for: bool
) -> None:
    with tenant_context(acme):
        attribute = define_custom_attribute(name="shoeSize", data_type="Int", is_unique=True, actor=COMMAND)
        update_profile(carol, attributes={"shoeSize": 38}, actor=COMMAND)
        if is_asked_for:
            layout = [AttributeLayout("shoeSize")]
            set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=COMMAND)
    url = f"/tenants/acme/user-flows/custom-attributes/{attribute.pk}/delete/"

    page = ada_portal.post(url, {"typed_name": "shoeSize"}, follow=True)

    assert bool(FORM.search(page.content.decode())) is not is_asked_for
    if not is_asked_for:
        take_back(ada_portal, page)
        with tenant_context(acme):
            assert CustomAttribute.objects.get(name="shoeSize").is_unique
            assert Account.objects.get(pk=carol.pk).attribute("shoeSize") == 38
            assert UniqueValue.objects.filter(attribute="shoeSize").count() == 1


def state_of_groups() -> tuple[list[Any], list[Any], list[Any]]:
    """Groups, who is in them since when, and their roles."""
    return (
        list(Group.objects.values_list("pk", "name", "description", "created_at")),
        list(GroupMember.objects.order_by("pk").values_list("group_id", "account_id", "since")),
        list(RoleAssignment.objects.values_list("role_id", "group_id")),
    )


def test_another_default_user_flow(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        default = UserFlow.objects.get(is_default=True)
        other = create_user_flow(name="Other", actor=COMMAND)

    page = ada_portal.post(f"/tenants/acme/user-flows/{other.pk}/default", follow=True)
    take_back(ada_portal, page)

    with tenant_context(acme):
        assert UserFlow.objects.get(is_default=True) == default


def test_a_message_that_only_tells_offers_nothing(ada_portal: Browser, bookshop: Application) -> None:
    page = ada_portal.post("/tenants/acme/groups/", {"name": "Readers", "description": ""}, follow=True)

    assert "was created" in page.content.decode()
    assert FORM.search(page.content.decode()) is None


def test_eve_cannot_write_a_message_of_her_own(ada_portal: Browser) -> None:
    forged = '[["__json_message",0,25,"Done","undo:[\\"/tenants/acme/settings/delete\\",{}]"]]'
    ada_portal.cookies["messages"] = f"{forged}:1234:forged"

    assert 'class="undo"' not in ada_portal.get("/tenants/acme/").content.decode()
