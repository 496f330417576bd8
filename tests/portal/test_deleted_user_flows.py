"""A user flow that was deleted comes back within 30 days, with its page layout, history, words and hooks."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from audit.models import Event
from audit.services import Actor
from branding.models import ChangedSentence
from common.problems import Refused
from common.restorable.models import RESTORABLE_FOR
from hooks.description import HookDescription
from hooks.models import Hook
from hooks.policies import TOKEN
from hooks.services import create_hook
from operations.housekeeping import forget_what_expired
from providers.description import ProviderDescription
from providers.services import create_provider
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser
from tests.crowd import at_once
from tests.portal.undoing import FORM, take_back
from userflows.flows.deletion import delete_user_flow, restore_user_flow
from userflows.flows.layouts.versions import draft_of, drafted, newest
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.publishing.services import publish, save_draft
from userflows.flows.removal import delete_attribute_everywhere, delete_provider_everywhere
from userflows.flows.services import change_user_flow, create_user_flow, describe
from userflows.models import UserFlow
from userflows.rows.deletion import DeletedUserFlow
from userflows.state import method_of_provider

COMMAND = Actor.command()
LIST = "/tenants/acme/user-flows/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(acme: Tenant) -> UserFlow:
    """A flow that no application uses, changed once since it was made."""
    with tenant_context(acme):
        flow = create_user_flow(name="Readers", methods=("code", "password"), actor=COMMAND)
        save_draft(flow, layout=(AttributeLayout("city", label="Town"),), actor=COMMAND)
        publish(flow, actor=COMMAND)
    return flow


def delete(portal: Browser, flow: UserFlow) -> Any:
    return portal.post(f"{LIST}{flow.pk}/delete/", {"typed_name": flow.name}, follow=True)


def restore(portal: Browser, flow: UserFlow) -> str:
    return portal.post(f"{LIST}deleted/{flow.pk}/restore", follow=True).content.decode()


def test_undo_brings_it_back_as_it_was(ada_portal: Browser, acme: Tenant, readers: UserFlow) -> None:
    with tenant_context(acme):
        default = UserFlow.objects.get(is_default=True)
        served = (str(default.pk), str(readers.pk))
        hook, _ = create_hook(HookDescription("Shelf", TOKEN, "https://hooks.example/ask", served), actor=COMMAND)
        said = {"language": "en", "sentence": "Continue", "texts": ["Read on"], "instead_of": ["Continue"]}
        ChangedSentence.objects.create(user_flow=readers.pk, **said)
        before, versions = describe(readers), list(readers.layouts.values_list("number", "content"))

    page = take_back(ada_portal, delete(ada_portal, readers)).content.decode()

    assert "Readers was restored. No application uses it yet." in page
    with tenant_context(acme):
        again = UserFlow.objects.get(pk=readers.pk)
        assert describe(again) == before
        assert list(again.layouts.values_list("number", "content")) == versions
        assert ChangedSentence.objects.get(user_flow=readers.pk).texts == ["Read on"]
        assert sorted(Hook.objects.get(pk=hook.pk).serves) == sorted(served)
        assert not DeletedUserFlow.objects.exists()
        assert Event.objects.get(action="user_flow.restored").details == {}


def test_its_draft_is_gone_and_its_published_layout_is_not(acme: Tenant, readers: UserFlow) -> None:
    with tenant_context(acme):
        save_draft(readers, layout=(), actor=COMMAND)
        flow, changed = restore_user_flow(delete_user_flow(readers, actor=COMMAND), actor=COMMAND)
        assert drafted(flow) is None
        assert [row.attribute for row in draft_of(flow)] == ["city"]
        assert changed == ()


def test_what_is_gone_meanwhile_is_left_out_and_the_page_says_so(
    ada_portal: Browser, acme: Tenant, readers: UserFlow
) -> None:
    with tenant_context(acme):
        born = define_custom_attribute(name="born", data_type="Date", actor=COMMAND)
        provider = create_provider(
            ProviderDescription(name="Old shop", client_id="us", issuer="https://old.example"),
            secret="s",
            actor=COMMAND,
        )
        change_user_flow(
            readers,
            methods=("code", method_of_provider(provider.pk)),
            minimum_age=16,
            birth_attribute="born",
            attributes=(AttributeLayout("city"), AttributeLayout("born", is_required=True, input_type="date")),
            actor=COMMAND,
        )
        deleted = delete_user_flow(readers, actor=COMMAND)
        delete_provider_everywhere(provider, actor=COMMAND)
        delete_attribute_everywhere(born, actor=COMMAND)

    page = restore(ada_portal, readers)

    assert "Identity providers that are gone were left out." in page
    assert "Attributes that are gone were left out of its page layout." in page
    assert "It has no minimum age now" in page
    with tenant_context(acme):
        flow = UserFlow.objects.get(pk=deleted.pk)
        now = describe(flow)
        assert now.methods == ("code",)
        assert [row.attribute for row in now.attributes] == ["city"]
        assert now.minimum_age == 0
        shown = newest(flow)
        assert shown
        assert [row["attribute"] for row in shown.content] == ["city"]
        told = Event.objects.get(action="user_flow.restored").details
        assert told == {"fields": ["methods", "minimum_age", "attributes"]}


def test_an_attribute_of_the_same_name_and_another_kind_is_not_asked_for(acme: Tenant, readers: UserFlow) -> None:
    with tenant_context(acme):
        size = define_custom_attribute(name="size", data_type="Boolean", actor=COMMAND)
        change_user_flow(readers, attributes=(AttributeLayout("size", input_type="checkbox"),), actor=COMMAND)
        deleted = delete_user_flow(readers, actor=COMMAND)
        delete_attribute_everywhere(size, actor=COMMAND)
        define_custom_attribute(name="size", data_type="Date", actor=COMMAND)
        flow, changed = restore_user_flow(deleted, actor=COMMAND)
        assert changed == ("attributes",)
        assert describe(flow).attributes == ()


def test_a_minimum_age_goes_with_its_attribute_though_another_one_has_the_name(acme: Tenant, readers: UserFlow) -> None:
    """No day of birth would be asked for any more, and everybody be too young."""
    with tenant_context(acme):
        born = define_custom_attribute(name="born", data_type="Date", actor=COMMAND)
        asked = (AttributeLayout("born", is_required=True, input_type="date"),)
        change_user_flow(readers, minimum_age=16, birth_attribute="born", attributes=asked, actor=COMMAND)
        deleted = delete_user_flow(readers, actor=COMMAND)
        delete_attribute_everywhere(born, actor=COMMAND)
        define_custom_attribute(name="born", data_type="Boolean", actor=COMMAND)
        flow, changed = restore_user_flow(deleted, actor=COMMAND)
        assert changed == ("minimum_age", "attributes")
        assert (describe(flow).minimum_age, describe(flow).attributes) == (0, ())


def test_with_nothing_left_to_sign_in_by_it_stays_deleted(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        provider = create_provider(
            ProviderDescription(name="Old shop", client_id="us", issuer="https://old.example"),
            secret="s",
            actor=COMMAND,
        )
        flow = create_user_flow(name="Old shop", methods=(method_of_provider(provider.pk),), actor=COMMAND)
        delete_user_flow(flow, actor=COMMAND)
        delete_provider_everywhere(provider, actor=COMMAND)

    assert "all of those are gone" in restore(ada_portal, flow)

    with tenant_context(acme):
        assert DeletedUserFlow.objects.filter(pk=flow.pk).exists()


def test_a_name_that_another_flow_has_by_now_is_told(ada_portal: Browser, acme: Tenant, readers: UserFlow) -> None:
    with tenant_context(acme):
        delete_user_flow(readers, actor=COMMAND)
        other = create_user_flow(name="Readers", actor=COMMAND)
    assert "Another user flow is called Readers by now." in restore(ada_portal, readers)
    with tenant_context(acme):
        change_user_flow(other, name="Borrowers", actor=COMMAND)
    assert "Readers was restored." in restore(ada_portal, readers)


def test_a_tenant_with_as_many_flows_as_it_may_have_restores_none(
    ada_portal: Browser, acme: Tenant, readers: UserFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(acme):
        delete_user_flow(readers, actor=COMMAND)
        monkeypatch.setattr("userflows.flows.deletion.MAX_WITH_COPY", UserFlow.objects.count())
    assert "user flows at most" in restore(ada_portal, readers)


def test_one_that_is_used_or_the_default_is_not_deleted(acme: Tenant, bookshop: Application, readers: UserFlow) -> None:
    with tenant_context(acme):
        change_application(bookshop, user_flow=readers.pk, actor=COMMAND)
        with pytest.raises(Refused, match="Applications that use this user flow: 1"):
            delete_user_flow(readers, actor=COMMAND)
        default = UserFlow.objects.get(is_default=True)
        with pytest.raises(Refused, match="default user flow"):
            delete_user_flow(default, actor=COMMAND)
        assert not DeletedUserFlow.objects.exists()


def test_only_so_many_are_kept_the_oldest_go(acme: Tenant, readers: UserFlow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("userflows.flows.deletion.MOST_KEPT", 1)
    with tenant_context(acme):
        later = create_user_flow(name="Later", actor=COMMAND)
        delete_user_flow(readers, actor=COMMAND)
        DeletedUserFlow.objects.update(deleted_at=timezone.now() - timedelta(minutes=1))
        delete_user_flow(later, actor=COMMAND)
        assert [each.name for each in DeletedUserFlow.objects.all()] == ["Later"]
        assert Event.objects.get(action="user_flow.purged").target_name == "Readers"


def test_after_30_days_it_is_forgotten(ada_portal: Browser, acme: Tenant, readers: UserFlow) -> None:
    delete(ada_portal, readers)
    assert "Deleted user flows" in ada_portal.get(LIST).content.decode()
    with tenant_context(acme):
        forget_what_expired()
        assert DeletedUserFlow.objects.exists()
        DeletedUserFlow.objects.update(deleted_at=timezone.now() - RESTORABLE_FOR - timedelta(hours=1))
    assert "Deleted user flows" not in ada_portal.get(LIST).content.decode()
    assert "can no longer be restored" in restore(ada_portal, readers)
    with tenant_context(acme):
        forget_what_expired()
        assert not DeletedUserFlow.objects.exists()


def test_it_is_forgotten_at_once_for_whoever_types_its_name(
    ada_portal: Browser, acme: Tenant, readers: UserFlow
) -> None:
    delete(ada_portal, readers)
    purge = f"{LIST}deleted/{readers.pk}/delete/"
    assert ada_portal.post(purge, {"typed_name": "Writers"}).context["form"].errors["typed_name"]

    page = ada_portal.post(purge, {"typed_name": "Readers"}, follow=True).content.decode()

    assert "Readers was permanently deleted." in page
    assert FORM.search(page) is None
    with tenant_context(acme):
        assert not DeletedUserFlow.objects.exists()
        assert Event.objects.get(action="user_flow.purged").target_name == "Readers"


def test_p02_nobody_restores_or_forgets_a_flow_of_another_tenant(ada_portal: Browser, globex: Tenant) -> None:
    with tenant_context(globex):
        flow = create_user_flow(name="Theirs", actor=COMMAND)
        delete_user_flow(flow, actor=COMMAND)

    assert "Theirs" not in ada_portal.get(LIST).content.decode()
    for way in ("restore", "delete/"):
        for tenant in ("acme", "globex"):
            path = f"/tenants/{tenant}/user-flows/deleted/{flow.pk}/{way}"
            assert ada_portal.post(path, {"typed_name": "Theirs"}).status_code == 404
    with tenant_context(globex):
        assert DeletedUserFlow.objects.exists()


def test_whoever_only_reads_sees_them_and_restores_none(
    stranger_portal: Browser, acme: Tenant, readers: UserFlow, stranger: Account
) -> None:
    add_membership(tenant=acme, account_id=stranger.pk, role=AdministratorRole.READER, actor=COMMAND)
    with tenant_context(acme):
        delete_user_flow(readers, actor=COMMAND)

    page = stranger_portal.get(LIST).content.decode()

    assert "Deleted user flows" in page
    assert "/restore" not in page
    assert stranger_portal.post(f"{LIST}deleted/{readers.pk}/restore").status_code in {403, 404}
    with tenant_context(acme):
        assert DeletedUserFlow.objects.exists()


def test_it_is_deleted_and_restored_by_command(acme: Tenant, readers: UserFlow) -> None:
    def run(verb: str, *rest: str) -> str:
        out = StringIO()
        call_command("userflow", verb, "--tenant", "acme", *rest, stdout=out)
        return out.getvalue()

    assert "can be restored until" in run("delete", "--name", "Readers")
    assert "Readers" in run("deleted")
    assert "was restored. No application uses it yet." in run("restore", "--name", "Readers")
    run("delete", "--name", "Readers")
    assert "is gone for good" in run("purge", "--name", "Readers")
    assert "No user flow can be restored." in run("deleted")
    with pytest.raises(CommandError, match="was deleted within the last 30 days"):
        run("restore", "--name", "Readers")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_restore_at_once_one_does(acme: Tenant, readers: UserFlow) -> None:
    with tenant_context(acme):
        deleted = delete_user_flow(readers, actor=COMMAND)

    def try_it() -> str:
        with tenant_context(acme):
            try:
                restore_user_flow(deleted, actor=COMMAND)
            except Refused as refusal:
                return str(refusal.messages[0])
        return "restored"

    assert sorted(at_once(2, try_it)) == ["This user flow can no longer be restored.", "restored"]
    with tenant_context(acme):
        assert UserFlow.objects.filter(name="Readers").count() == 1
