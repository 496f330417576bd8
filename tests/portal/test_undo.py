"""What goes by one press comes back by one, just as it was."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import create_group
from accounts.models import Account
from applications.description import Claim, Role
from applications.models import Application, RoleAssignment
from applications.services.claims import choose_claim
from applications.services.description import describe
from applications.services.roles import assign_role, define_role
from audit.services import Actor
from frame.confirmation import Undo, undo_in
from tenants.models import Tenant
from tests.browser import Browser
from userflows.flows.services import create_user_flow
from userflows.models import UserFlow

COMMAND = Actor.command()
FORM = re.compile(r'<form method="post" action="([^"]+)" class="undo".*?</form>', re.DOTALL)
FIELD = re.compile(r'name="([^"]+)" value="([^"]*)"')


def take_back(portal: Browser, page: Any) -> Any:
    """Press Undo in the message on the page."""
    form = FORM.search(page.content.decode())
    assert form, "Nothing offers to take it back."
    fields = {name: unescape(value) for name, value in FIELD.findall(form[0])}
    return portal.post(form[1], fields, follow=True)


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
