"""An application that was deleted in the portal: it comes back by one press, or within 30 days from the list."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.identity.services.groups import create_group
from accounts.models import Account
from applications.description import Role
from applications.models import (
    Application,
    ApplicationLogo,
    DeletedApplication,
    RoleAssignment,
)
from applications.services.application import change_application, describe
from applications.services.deletion import delete_application
from applications.services.roles import assign_role, define_role
from applications.services.user_flow import assign_user_flow
from audit.models import Event
from audit.services import Actor
from branding.themes.services import ThemeDescription, create_theme, delete_theme
from common.problems import Refused
from common.restorable.models import RESTORABLE_FOR
from hooks.models import Hook
from hooks.policies import TOKEN
from operations.customers import purge_customer
from operations.groups import delete_group
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser
from tests.portal.undoing import FORM, take_back
from userflows.flows.deletion import delete_user_flow
from userflows.flows.services import create_user_flow
from userflows.models import UserFlow

COMMAND = Actor.command()
LIST = "/tenants/acme/applications/"


def delete(portal: Browser, application: Application) -> Any:
    typed = {"typed_name": application.name}
    return portal.post(f"{LIST}{application.client_id}/delete/", typed, follow=True)


def restore(portal: Browser, application: Application) -> str:
    return portal.post(f"{LIST}deleted/{application.client_id}/restore", follow=True).content.decode()


def test_undo_brings_it_back_as_it_was(
    ada_portal: Browser, acme: Tenant, bookshop: Application, carol: Account
) -> None:
    with tenant_context(acme):
        theme = create_theme(ThemeDescription("Books", (bookshop.client_id,)), actor=COMMAND)
        buyer = define_role(bookshop, Role("buyer", "Buyer"), actor=COMMAND)
        group = create_group(name="Buyers", actor=COMMAND)
        assign_role(buyer, account=carol, actor=COMMAND)
        assign_role(buyer, group=group, actor=COMMAND)
        ApplicationLogo.objects.create(
            application=bookshop, content=b"\x00\xff\\", content_type="image/png", width=1, height=1, digest="d"
        )
        before, held = describe(bookshop), holders()

    take_back(ada_portal, delete(ada_portal, bookshop))

    with tenant_context(acme):
        again = Application.objects.get(client_id=bookshop.client_id)
        assert describe(again) == before
        assert holders() == held
        assert bytes(again.logo.content) == b"\x00\xff\\"
        assert theme.applications.get().client_id == bookshop.client_id
        assert not DeletedApplication.objects.exists()
        assert Event.objects.get(action="application.restored").client_id == bookshop.client_id


def test_what_is_gone_meanwhile_stays_gone_and_the_default_flow_is_used(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        flow = create_user_flow(name="Readers", actor=COMMAND)
        assign_user_flow(flow, applications=[bookshop], actor=COMMAND)
        theme = create_theme(ThemeDescription("Books", (bookshop.client_id,)), actor=COMMAND)
        buyer = define_role(bookshop, Role("buyer", "Buyer"), actor=COMMAND)
        gone, group = (
            create_account(email="gone@acme.example", email_verified=True, password=None, actor=COMMAND),
            create_group(name="Buyers", actor=COMMAND),
        )
        assign_role(buyer, account=gone, actor=COMMAND)
        assign_role(buyer, group=group, actor=COMMAND)
    delete(ada_portal, bookshop)
    with tenant_context(acme):
        delete_user_flow(flow, actor=COMMAND)
        delete_theme(theme, actor=COMMAND)
        delete_group(group, actor=COMMAND)
        purge_customer(gone, actor=COMMAND)

    assert "Its user flow is gone." in restore(ada_portal, bookshop)

    with tenant_context(acme):
        again = Application.objects.get(client_id=bookshop.client_id)
        assert again.user_flow == UserFlow.objects.get(is_default=True)
        assert [role.value for role in again.roles.all()] == ["buyer"]
        assert not holders()
        assert Event.objects.get(action="application.restored").details == {"fields": ["user_flow"]}


@pytest.mark.parametrize("flow_is_gone", [True, False])
def test_its_own_second_factors_are_judged_by_another_user_flow_alone(
    ada_portal: Browser, acme: Tenant, bookshop: Application, flow_is_gone: bool
) -> None:
    """Codes by mail count beside a password, not where a code by mail is the way in."""
    with tenant_context(acme):
        flow = create_user_flow(name="Readers", actor=COMMAND)
        assign_user_flow(flow, applications=[bookshop], actor=COMMAND)
        change_application(bookshop, factors=("mail",), actor=COMMAND)
        # A live application keeps its choice, whatever its user flow offers by now.
        UserFlow.objects.update(methods=["code"])
    delete(ada_portal, bookshop)
    if flow_is_gone:
        with tenant_context(acme):
            delete_user_flow(flow, actor=COMMAND)

    page = restore(ada_portal, bookshop)

    assert ("Its own second factors don’t fit that one" in page) == flow_is_gone
    with tenant_context(acme):
        again = Application.objects.get(client_id=bookshop.client_id)
        assert again.counted_factors == (() if flow_is_gone else ("mail",))
        told = Event.objects.get(action="application.restored").details
        assert told == ({"fields": ["user_flow", "factors"]} if flow_is_gone else {})


def test_the_oldest_makes_room_for_the_newest(
    ada_portal: Browser,
    acme: Tenant,
    bookshop: Application,
    mobile: Application,
    reports: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("applications.services.deletion.MOST_KEPT", 2)
    monkeypatch.setattr("applications.services.deletion.LEAST_KEPT", 2)
    for each in (bookshop, mobile):
        delete(ada_portal, each)
    with tenant_context(acme):
        assert DeletedApplication.objects.count() == 2

    delete(ada_portal, reports)

    with tenant_context(acme):
        assert {each.name for each in DeletedApplication.objects.all()} == {mobile.name, reports.name}
        assert Event.objects.get(action="application.purged").client_id == bookshop.client_id


@pytest.mark.parametrize("names_another", [True, False])
def test_a_hook_is_asked_for_it_again_unless_it_is_asked_for_all_by_now(
    ada_portal: Browser, acme: Tenant, bookshop: Application, mobile: Application, names_another: bool
) -> None:
    with tenant_context(acme):
        served = [mobile.client_id, bookshop.client_id]
        hook = Hook.objects.create(name="Tiers", moment=TOKEN, url="https://hook.example/", serves=served)
    delete(ada_portal, bookshop)
    with tenant_context(acme):
        hook.refresh_from_db()
        assert hook.serves == [mobile.client_id]
        if not names_another:
            Hook.objects.update(serves=[])

    restore(ada_portal, bookshop)

    with tenant_context(acme):
        hook.refresh_from_db()
        assert hook.serves == (served if names_another else [])


def test_it_waits_while_another_has_its_identifier_uri(
    ada_portal: Browser, acme: Tenant, bookshop: Application, mobile: Application
) -> None:
    with tenant_context(acme):
        change_application(bookshop, identifier_uri="api://books", actor=COMMAND)
    delete(ada_portal, bookshop)
    with tenant_context(acme):
        change_application(mobile, identifier_uri="api://books", actor=COMMAND)

    assert "Mobile has its identifier URI by now." in restore(ada_portal, bookshop)

    with tenant_context(acme):
        change_application(mobile, identifier_uri="", actor=COMMAND)
    assert "Bookshop was restored." in restore(ada_portal, bookshop)


def test_it_can_be_deleted_and_restored_again_and_again(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        before = describe(bookshop)
    for _ in range(2):
        delete(ada_portal, bookshop)
        assert f"deleted/{bookshop.client_id}/restore" in ada_portal.get(LIST).content.decode()
        restore(ada_portal, bookshop)
        assert f"deleted/{bookshop.client_id}/restore" not in ada_portal.get(LIST).content.decode()
    with tenant_context(acme):
        assert describe(Application.objects.get(client_id=bookshop.client_id)) == before


def test_who_is_slower_is_told(ada_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    with tenant_context(acme):
        delete_application(bookshop, actor=COMMAND)
        with pytest.raises(Refused, match="no longer exists"):
            delete_application(bookshop, actor=COMMAND)
        assert Event.objects.filter(action="application.deleted").count() == 1
    assert "Bookshop was restored." in restore(ada_portal, bookshop)
    assert ada_portal.post(f"{LIST}deleted/{bookshop.client_id}/restore").status_code == 404


def test_after_30_days_it_is_forgotten(ada_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    delete(ada_portal, bookshop)
    with tenant_context(acme):
        forget_what_expired()
        assert DeletedApplication.objects.exists()
        DeletedApplication.objects.update(deleted_at=timezone.now() - RESTORABLE_FOR - timedelta(hours=1))

    assert "Deleted applications" not in ada_portal.get(LIST).content.decode()
    assert "can no longer be restored" in restore(ada_portal, bookshop)
    with tenant_context(acme):
        forget_what_expired()
        assert not DeletedApplication.objects.exists()


def test_it_is_forgotten_at_once_for_whoever_types_its_name(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    delete(ada_portal, bookshop)
    purge = f"{LIST}deleted/{bookshop.client_id}/delete/"
    assert ada_portal.post(purge, {"typed_name": "Shop"}).context["form"].errors["typed_name"]

    page = ada_portal.post(purge, {"typed_name": "Bookshop"}, follow=True).content.decode()

    assert "Bookshop was permanently deleted." in page
    assert FORM.search(page) is None
    with tenant_context(acme):
        assert not DeletedApplication.objects.exists()
        assert Event.objects.get(action="application.purged").client_id == bookshop.client_id


def test_a_tenant_with_as_many_applications_as_it_may_have_restores_none(
    ada_portal: Browser, acme: Tenant, bookshop: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete(ada_portal, bookshop)
    monkeypatch.setattr("tenants.limits.room_for", lambda *_: 0)

    assert "was restored" not in restore(ada_portal, bookshop)

    with tenant_context(acme):
        assert DeletedApplication.objects.exists()


def test_p02_nobody_restores_or_forgets_an_application_of_another_tenant(
    ada_portal: Browser, globex: Tenant, gadgets: Application
) -> None:
    with tenant_context(globex):
        delete_application(gadgets, actor=COMMAND)

    assert gadgets.name not in ada_portal.get(LIST).content.decode()
    for way in ("restore", "delete/"):
        for tenant in ("acme", "globex"):
            path = f"/tenants/{tenant}/applications/deleted/{gadgets.client_id}/{way}"
            assert ada_portal.post(path, {"typed_name": "Gadgets"}).status_code == 404
    with tenant_context(globex):
        assert DeletedApplication.objects.exists()


def test_whoever_only_reads_sees_them_and_restores_none(
    stranger_portal: Browser, ada_portal: Browser, acme: Tenant, bookshop: Application, stranger: Account
) -> None:
    add_membership(tenant=acme, account_id=stranger.pk, role=AdministratorRole.READER, actor=COMMAND)
    delete(ada_portal, bookshop)

    page = stranger_portal.get(LIST).content.decode()

    assert "Deleted applications" in page
    assert "/restore" not in page
    assert stranger_portal.post(f"{LIST}deleted/{bookshop.client_id}/restore").status_code in {403, 404}
    with tenant_context(acme):
        assert DeletedApplication.objects.exists()


# Tokens and what leads to them, and what customers allowed.
GOES = {
    "oidc.Grant",
    "oidc.RefreshToken",
    "oidc.DeviceGrant",
    "oidc.PushedRequest",
    "oidc.Consent",
    "oidc.FlowRun",
    "oidc.SignOutNotification",
}


def test_nothing_beside_an_application_is_forgotten(acme: Tenant, bookshop: Application) -> None:
    """A table that is new comes back with it, or stands in the list of what goes."""
    fields: list[Any] = [*Application._meta.get_fields(include_hidden=True)]
    pointing = {field.related_model._meta.label for field in fields if field.auto_created and field.is_relation}
    with tenant_context(acme):
        delete_application(bookshop, actor=COMMAND)
        kept = {label for label, _ in DeletedApplication.objects.get().rows}

    assert pointing == GOES | kept - BESIDES


BESIDES = {"applications.Application", "branding.ThemedApplication"}


def holders() -> list[Any]:
    return sorted(RoleAssignment.objects.values_list("role_id", "account_id", "group_id"), key=str)
