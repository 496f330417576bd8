"""Suspend, resume, delete, restore, and what is left in the end."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from audit.services import Actor
from common.problems import Refused
from mail.services import queue_message
from operations.administrators.invitations import invite
from operations.onboarding import onboard_tenant
from tenants.description import TenantDescription
from tenants.errors import HomeTenantIsPermanent, NotTheTenantsName, TenantUnavailable
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Membership, Tenant
from tenants.services import (
    apply,
    delete_tenant,
    describe,
    purge_tenants,
    restore_tenant,
    resume_tenant,
    suspend_tenant,
)
from tests.browser import Browser

pytestmark = pytest.mark.django_db
OLGA = Actor("administrator", "1", "olga@portal.example")
CANARY = "canary-of-the-mine"


def test_a_suspended_tenant_says_so_and_comes_back(acme: Tenant) -> None:
    suspend_tenant(acme, actor=OLGA)
    assert Browser(acme).get("/sign-in/").status_code == 503
    resume_tenant(acme, actor=OLGA)
    assert Browser(acme).get("/oidc/.well-known/openid-configuration").status_code == 200


def test_a_deletion_wants_the_tenants_name_and_can_be_taken_back(acme: Tenant) -> None:
    with pytest.raises(NotTheTenantsName):
        delete_tenant(acme, typed_name="acme", actor=OLGA)
    delete_tenant(acme, typed_name="Acme", actor=OLGA)
    assert Browser(acme).get("/sign-in/").status_code == 410
    restore_tenant(acme, actor=OLGA)
    assert Browser(acme).get("/oidc/.well-known/openid-configuration").status_code == 200


def test_p18_a_second_deletion_is_told_of_the_first(acme: Tenant) -> None:
    stale = Tenant()
    stale.__dict__.update(acme.__dict__)
    delete_tenant(acme, typed_name="Acme", actor=OLGA)
    with pytest.raises(TenantUnavailable):
        delete_tenant(stale, typed_name="Acme", actor=OLGA)


def test_the_home_tenant_cannot_be_lost(home: Tenant) -> None:
    with pytest.raises(HomeTenantIsPermanent):
        suspend_tenant(home, actor=OLGA)
    with pytest.raises(HomeTenantIsPermanent):
        delete_tenant(home, typed_name=home.name, actor=OLGA)


def test_p19_a_deleted_tenant_is_kept_for_thirty_days_and_then_gone_with_all_it_had(ada: Account, home: Tenant) -> None:
    tenant = onboard_tenant(name="Initech", slug="initech", owner_id=ada.pk, actor=OLGA)
    with tenant_context(tenant):
        create_account(email=f"{CANARY}@initech.example", password=None, email_verified=True, actor=OLGA)
        queue_message(to=f"{CANARY}@initech.example", kind="code", subject=CANARY, text=CANARY, html=CANARY)
    invite(tenant=tenant, email=f"{CANARY}@portal.example", role="reader", actor=Actor.command())
    assert "accounts_account" in _tables_with(CANARY, tenant.schema_name)
    assert "tenants_invitation" in _tables_with(CANARY, PUBLIC)
    delete_tenant(tenant, typed_name="Initech", actor=OLGA)
    assert purge_tenants(actor=OLGA) == []
    with schema_context(PUBLIC):
        Tenant.objects.filter(pk=tenant.pk).update(deleted_at=timezone.now() - timedelta(days=30, minutes=1))
    assert purge_tenants(actor=OLGA) == ["initech"]
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [tenant.schema_name])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [tenant.schema_name])
        assert cursor.fetchone() == (0,)
        assert not Membership.objects.filter(tenant_id=tenant.pk).exists()
    # The mail to an administrator is the installation's, and went long before in real time.
    assert _tables_with(CANARY, home.schema_name) == ["mail_message"]
    # What was done to whom stays in the log of the installation, for as long as that is kept.
    assert {*_tables_with(CANARY, PUBLIC)} <= {"tenants_installationevent"}
    # The domain is free again.
    onboard_tenant(name="Initech", slug="initech", actor=OLGA)


def _tables_with(words: str, schema: str) -> list[str]:
    """The tables of a schema in which some row has these words."""
    found = []
    with schema_context(schema), connection.cursor() as cursor:
        readable = "has_table_privilege(format('%%I.%%I', schemaname, tablename), 'SELECT')"
        cursor.execute(f"SELECT tablename FROM pg_tables WHERE schemaname = %s AND {readable}", [schema])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT 1 FROM "{table}" kept WHERE kept::text LIKE %s LIMIT 1', [f"%{words}%"])
            found += [table] if cursor.fetchone() else []
    return found


def test_no_statement_can_purge_a_tenant_that_is_in_use(acme: Tenant) -> None:
    with schema_context(PUBLIC), connection.cursor() as cursor, pytest.raises(Exception, match="no rows"):
        cursor.execute("SELECT public.purge_tenant(%s)", [acme.pk])


def test_renaming_changes_the_name_and_never_the_domain(acme: Tenant) -> None:
    apply(acme, TenantDescription("Acme Books", "AT"), actor=OLGA)
    with schema_context(PUBLIC):
        renamed = Tenant.objects.get(pk=acme.pk)
        event = InstallationEvent.objects.latest("id")
    assert (renamed.name, renamed.country, renamed.slug) == ("Acme Books", "AT", "acme")
    assert (event.action, event.details) == ("tenant.changed", {"fields": ["name", "country"]})


def test_a_tenant_is_changed_by_nobody_who_has_seen_another_state(acme: Tenant) -> None:
    seen = describe(acme).version
    apply(acme, TenantDescription("Acme Books", "AT"), actor=OLGA)
    for wrong, version in ((TenantDescription("Acme Toys"), seen), (TenantDescription(" "), "")):
        with pytest.raises(Refused):
            apply(acme, wrong, expected_version=version, actor=OLGA)
        assert (acme.name, acme.country) == ("Acme Books", "AT")
    with schema_context(PUBLIC):
        before = InstallationEvent.objects.count()
        apply(acme, describe(acme), expected_version=describe(acme).version, actor=OLGA)
        assert InstallationEvent.objects.count() == before
