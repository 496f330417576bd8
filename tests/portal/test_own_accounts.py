"""What administrators see of what customers do with their own accounts, and how long these may change their mind."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import actor_of
from accounts.identity.services.closing import ask_for_deletion, grace_days
from accounts.models import Account, AddressChange
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser

pytestmark = pytest.mark.django_db
SETTINGS = "/tenants/acme/settings/deletion/"


def page(browser: Browser, path: str) -> str:
    return str(browser.get(path).content.decode())


def test_a_coming_deletion_is_seen_and_canceled(acme: Tenant, carol: Account, ada_portal: Browser) -> None:
    of_carol = f"/tenants/acme/customers/{carol.pk}/"
    assert "Keep the account" not in page(ada_portal, of_carol)
    with tenant_context(acme):
        ask_for_deletion(carol, actor=actor_of(carol))

    assert "has asked to delete the account" in page(ada_portal, of_carol)
    assert carol.email in page(ada_portal, SETTINGS)
    assert "The account will be deleted" in page(ada_portal, f"{of_carol}sign-in-check/")
    assert "Keep account" in page(ada_portal, f"{of_carol}keep/")
    ada_portal.post(f"{of_carol}keep/")

    assert "has asked to delete the account" not in page(ada_portal, of_carol)
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).closes_at is None
        event = Event.objects.get(action="customer.deletion_taken_back")
    assert event.actor_name == "ada@portal.example"


def test_a_change_of_address_is_seen_while_it_waits_and_while_it_can_be_undone(
    acme: Tenant, carol: Account, ada_portal: Browser
) -> None:
    ways = f"/tenants/acme/customers/{carol.pk}/sign-in/"
    with tenant_context(acme):
        change = AddressChange.objects.create(
            account_id=carol.pk,
            before=carol.email,
            canonical_before=carol.email,
            after="carol@new.example",
            expires_at=timezone.now() + timedelta(days=1),
        )
    assert "carol@new.example" in page(ada_portal, ways)
    with tenant_context(acme):
        AddressChange.objects.filter(pk=change.pk).update(done_at=timezone.now(), before="carol@old.example")
    assert "Changed from <bdi>carol@old.example</bdi>" in page(ada_portal, ways)


def test_the_days_of_grace_are_set_in_the_portal_and_by_command(acme: Tenant, ada_portal: Browser) -> None:
    assert 'value="14"' in page(ada_portal, SETTINGS)
    refused = ada_portal.post(SETTINGS, {"grace_days": "31"})
    assert "from 0 to 30" in refused.content.decode()
    ada_portal.post(SETTINGS, {"grace_days": "7"})
    with tenant_context(acme):
        assert grace_days() == 7
    out = StringIO()
    call_command("tenant", "deletion", "--tenant", "acme", "--grace-days", "3", stdout=out)
    assert "grace_days  3" in out.getvalue()
    with tenant_context(acme):
        assert grace_days() == 3


def test_the_home_tenant_has_no_such_setting(home: Tenant, olga_portal: Browser) -> None:
    assert olga_portal.get("/tenants/home/settings/deletion/").status_code == 404


def test_a_deletion_is_canceled_by_command(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        ask_for_deletion(carol, actor=actor_of(carol))
    call_command("customer", "cancel-deletion", "--tenant", "acme", "--email", carol.email, stdout=StringIO())
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).closes_at is None
