"""A job runs for the tenant that enqueued it, whatever the worker did before."""

import logging

import pytest
from django.db import connection, transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.jobs import run_waiting_jobs
from tenants.models import Tenant

pytestmark = pytest.mark.django_db(transaction=True)
seen: list[tuple[str, list[str]]] = []


@task
def look_around(note: str) -> None:
    """Write down whose customers are in sight."""
    seen.append((note, sorted(Account.objects.values_list("email", flat=True))))


@task
def stumble() -> None:
    """Break, with another tenant's schema set."""
    raise LookupError("stumbled")


@pytest.fixture(autouse=True)
def _forget(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    seen.clear()


def test_t29_each_job_sees_its_own_tenant(acme: Tenant, globex: Tenant) -> None:
    for tenant in (acme, globex, acme):
        with tenant_context(tenant):
            look_around.enqueue(tenant.slug)
    run_waiting_jobs()
    assert [note for note, _ in seen] == ["acme", "globex", "acme"]
    for note, emails in seen:
        assert emails
        assert all(email.endswith(f"@{note}.example") for email in emails)


def test_t29_after_a_job_that_breaks_the_next_one_runs_for_its_own_tenant(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(globex):
        stumble.enqueue()
    with tenant_context(acme):
        look_around.enqueue("acme")
    run_waiting_jobs()
    assert [note for note, _ in seen] == ["acme"]
    assert "carol@acme.example" in seen[0][1]


def test_a_job_is_enqueued_with_its_data_or_not_at_all(acme: Tenant) -> None:
    with tenant_context(acme), transaction.atomic():
        look_around.enqueue("never")
        transaction.set_rollback(True)
    run_waiting_jobs()
    assert seen == []


def test_t29_one_tenant_sees_no_job_of_another(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        result = look_around.enqueue("acme")
        assert DBTaskResult.objects.filter(id=result.id).exists()
    with tenant_context(globex):
        assert not DBTaskResult.objects.exists()


def test_t29_a_tenant_cannot_enqueue_for_another(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme), pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.django_tasks_database_dbtaskresult (id, tenant) VALUES (gen_random_uuid(), %s)",
            [globex.schema_name],
        )
