"""A job runs for the tenant that enqueued it, whatever the worker did before."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from tenants.models import Tenant
from tenants.work.dead_workers import AbandonedJobs
from tenants.work.jobs import MOST_BEGINNINGS, PLACES, living, run_waiting_jobs
from tests import database
from tests.environment import ROOT
from tests.waiting import until

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


@task
def dawdle(diary: str) -> None:
    """Write down that it begins; the first time it takes longer than anybody waits."""
    is_first = not Path(diary).exists()
    with Path(diary).open("a") as pages:
        pages.write("begun\n")
    if is_first:
        time.sleep(600)


@task
def write_and_lose(email: str) -> None:
    """Write something; the first time the database goes away before the end."""
    create_account(email=email, password=None, email_verified=True)
    seen.append((email, []))
    if len(seen) == 1:
        raise OperationalError("the server closed the connection")


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


@task(priority=-PLACES - 1)
def sweep(note: str) -> None:
    """Write down that it was its turn."""
    seen.append((note, []))


def test_t38_tenants_take_turns(acme: Tenant, globex: Tenant) -> None:
    for tenant, jobs in ((acme, PLACES + 3), (globex, 2)):
        with tenant_context(tenant):
            sweep.enqueue(f"{tenant.slug} sweeps")
            for _ in range(jobs):
                look_around.enqueue(tenant.slug)
    run_waiting_jobs()
    notes = [note for note, _ in seen]
    assert notes[:5] == ["acme", "globex", "acme", "globex", "acme"]
    assert notes[5:] == ["acme"] * PLACES + ["acme sweeps", "globex sweeps"]


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


def begun_by(worker: str, *, times: int = 1) -> DBTaskResult[..., Any]:
    """Acme's job, as the worker leaves it that begins it and is killed."""
    job = DBTaskResult.objects.get()
    for _ in range(times):
        job.claim(worker)
    return job


def test_a_job_is_run_again_if_its_worker_dies_and_left_alone_while_it_lives(acme: Tenant) -> None:
    with tenant_context(acme):
        look_around.enqueue("acme")
    begun_by("killed")
    with living("killed"):
        assert AbandonedJobs().free() == 0
        run_waiting_jobs()
        assert seen == []
    # The server may take a moment to see that the worker has gone.
    until(lambda: AbandonedJobs().free() == 1)
    run_waiting_jobs()
    assert [note for note, _ in seen] == ["acme"]
    assert AbandonedJobs().free() == 0


@contextmanager
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as operators start it, in a process of its own, on this run's database."""
    command = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": database.address()}) as process:
        yield process
        process.kill()


@pytest.mark.long
def test_a_job_whose_worker_is_killed_is_done_by_the_next_one(acme: Tenant, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with tenant_context(acme):
        dawdle.enqueue(str(diary))

    with worker() as first:
        until(diary.exists)
        first.send_signal(signal.SIGKILL)
    assert DBTaskResult.objects.get().status == "RUNNING"

    with worker():
        until(lambda: DBTaskResult.objects.get().status == "SUCCESSFUL")
    assert diary.read_text() == "begun\nbegun\n"


def test_a_job_that_its_workers_die_of_is_given_up(acme: Tenant) -> None:
    with tenant_context(acme):
        look_around.enqueue("acme")
    job = begun_by("killed", times=MOST_BEGINNINGS)
    assert AbandonedJobs().free() == 1
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, seen) == ("FAILED", [])


def test_jobs_of_a_tenant_at_another_release_wait_for_its_worker_or_its_upgrade(acme: Tenant, globex: Tenant) -> None:
    for tenant in (acme, globex):
        with tenant_context(tenant):
            look_around.enqueue(tenant.slug)
    Tenant.objects.filter(pk=acme.pk).update(migration_state="that of another release")
    for _ in range(MOST_BEGINNINGS + 1):
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
        run_waiting_jobs()
    assert [note for note, _ in seen] == ["globex"]

    Tenant.objects.filter(pk=acme.pk).update(migration_state=globex.migration_state)
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
    run_waiting_jobs()
    assert [note for note, _ in seen] == ["globex", "acme"]


@pytest.mark.parametrize("task_path", ["os.getcwd", "no.such.task", "tenants", "tests.tenants.test_jobs.seen", ""])
def test_a_job_that_names_no_task_is_given_up_and_the_next_one_runs(
    acme: Tenant, globex: Tenant, task_path: str
) -> None:
    with tenant_context(globex):
        look_around.enqueue("never")
    job = DBTaskResult.objects.get()
    DBTaskResult.objects.update(task_path=task_path)
    with tenant_context(acme):
        look_around.enqueue("acme")
    run_waiting_jobs()
    job.refresh_from_db()
    assert (job.status, [note for note, _ in seen]) == ("FAILED", ["acme"])


def test_what_a_job_wrote_and_that_it_is_done_are_kept_together_or_not_at_all(acme: Tenant) -> None:
    with tenant_context(acme):
        write_and_lose.enqueue("once@acme.example")
    with pytest.raises(OperationalError):
        run_waiting_jobs()
    with tenant_context(acme):
        assert not Account.objects.with_email("once@acme.example").exists()

    # The worker has another name by now, as one that has lost the database takes it.
    assert AbandonedJobs().free() == 1
    run_waiting_jobs()
    with tenant_context(acme):
        assert Account.objects.with_email("once@acme.example").exists()
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


JOB = {
    "status": "READY",
    "enqueued_at": "now",
    "args_kwargs": '{"args": ["x"], "kwargs": {}}',
    "priority": "0",
    "task_path": "tests.tenants.test_jobs.look_around",
    "queue_name": "default",
    "backend_name": "default",
    "run_after": "now",
    "worker_ids": "[]",
    "return_value": "null",
    "exception_class_path": "",
    "traceback": "",
}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("args_kwargs", "[]"),
        ("args_kwargs", '{"args": []}'),
        ("args_kwargs", '{"args": {}, "kwargs": {}}'),
        ("args_kwargs", '{"args": [' + "[" * 900 + "]" * 900 + '], "kwargs": {}}'),
        ("args_kwargs", '{"args": [], "kwargs": {"a": {"b": 1}}}'),
        ("args_kwargs", '{"args": ["' + "x" * 4000 + '"], "kwargs": {}}'),
        ("worker_ids", "{}"),
        ("worker_ids", '["me"]'),
        ("status", "RUNNING"),
        ("status", "LOST"),
        ("run_after", "infinity"),
        ("run_after", "0044-03-15 BC"),
        ("enqueued_at", "-infinity"),
        ("return_value", '{"a": 1}'),
        ("backend_name", "another"),
        ("task_path", "x" * 201),
    ],
)
def test_t29_a_tenant_cannot_write_a_job_that_stops_the_worker(acme: Tenant, column: str, value: str) -> None:
    insert = (
        f"INSERT INTO public.django_tasks_database_dbtaskresult (id, {', '.join(JOB)}) "
        f"VALUES (gen_random_uuid(), {', '.join(['%s'] * len(JOB))})"
    )
    with tenant_context(acme), connection.cursor() as cursor:
        cursor.execute(insert, [*JOB.values()])
        with pytest.raises(DatabaseError, match=r"can_be_read|row-level security"):
            cursor.execute(insert, [*{**JOB, column: value}.values()])
