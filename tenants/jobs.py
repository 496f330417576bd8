"""Jobs: enqueued in the transaction of the data they belong to, run by the worker for the tenant that enqueued them.

Which tenant that is stands in a column that the enqueuing role can't write; arguments hold IDs only, since a job's row
outlives what it is about. A worker that lives holds a lock, and a job that was begun by one that doesn't is free again:
so each job is run at least once, and again only if its worker died on the way.

Tenants take turns: whose jobs wait already comes after whose don't.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import Error
from django_tasks.base import Task
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import get_public_schema_name, schema_context

from tenants.postgresql import connection
from tenants.postgresql.pooling import own_session

MOST_BEGINNINGS = 5
"""A job whose worker died so often is given up: it may be what they died of."""

PLACES = 20
"""In a turn of all tenants. Priorities of tasks that shouldn't mingle lie further apart than that."""

LIVES = "SELECT pg_advisory_lock(%s, hashtext(%s))"
WORKERS = 0x6A6F6273
FREE = """
    WITH abandoned AS MATERIALIZED (
        SELECT id, jsonb_array_length(worker_ids) AS beginnings
        FROM public.django_tasks_database_dbtaskresult
        WHERE status = 'RUNNING' AND worker_ids <> '[]'
        AND NOT EXISTS (
            SELECT FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND objsubid = 2
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid = %(workers)s AND objid = hashtext(worker_ids->>-1)::bit(32)::bigint::oid
        )
        FOR UPDATE SKIP LOCKED
    )
    UPDATE public.django_tasks_database_dbtaskresult AS job SET
        status = CASE WHEN beginnings < %(most)s THEN 'READY' ELSE 'FAILED' END,
        finished_at = CASE WHEN beginnings < %(most)s THEN NULL ELSE now() END
    FROM abandoned WHERE job.id = abandoned.id
    RETURNING job.id, job.task_path, job.status
"""
GIVE_UP = """
    UPDATE public.django_tasks_database_dbtaskresult SET status = 'FAILED', finished_at = now(), traceback = %s
    WHERE id = %s AND status = 'RUNNING'
"""

logger = logging.getLogger(__name__)
_schema: ContextVar[str] = ContextVar("schema of the running job")


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantTask(Task[..., Any]):
    """A task that runs in the schema of whoever enqueued it."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function for the job's tenant. Raises LookupError outside a worker."""
        with schema_context(_schema.get()):
            return Task.call(self, *args, **kwargs)


class TenantTaskBackend(DatabaseBackend):
    """Keeps jobs in the one table of the installation."""

    task_class = TenantTask  # type: ignore[assignment]

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Enqueue the task, behind as many places as jobs of its tenant and its priority wait.

        So the first that waits for each tenant is run before anybody's second. From the last place on it is first come,
        first served.
        """
        last = task.priority - PLACES
        waiting = DBTaskResult.objects.filter(status="READY", priority__gt=last, priority__lte=task.priority)
        return super().enqueue(task.using(priority=task.priority - waiting[:PLACES].count()), args, kwargs)


class TenantWorker(db_worker.Worker):
    """Runs jobs one after another, each for its own tenant."""

    def run_task(self, db_task_result: DBTaskResult[..., Any]) -> None:
        """Run one claimed job in its tenant's schema and record how it went.

        Raises `Error` if the database doesn't let it be recorded; whatever else is wrong with the job, the next one is
        run.
        """
        token = _schema.set(_owner(db_task_result))
        try:
            super().run_task(db_task_result)
        except Error:
            raise
        except Exception:
            logger.exception("The job %s can't be read, and is given up", db_task_result.pk)
            _give_up(db_task_result, "The job can't be read.")
        finally:
            _schema.reset(token)
            connection.set_schema_to_public()


@contextmanager
def living(worker_id: str) -> Iterator[None]:
    """Tell the others, as long as the block lasts and this process lives, that the worker does."""
    holder = own_session()
    try:
        holder.execute(LIVES, [WORKERS, worker_id])
        yield
    finally:
        holder.close()


def free_abandoned_jobs() -> int:
    """Let jobs be run again whose worker has died on the way, or give them up. Returns how many there were."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(FREE, {"workers": WORKERS, "most": MOST_BEGINNINGS})
        freed = cursor.fetchall()
    for job, task, status in freed:
        becomes = "is run again" if status == "READY" else "is given up"
        logger.warning("The worker of the job %s (%s) has died; it %s", job, task, becomes)
    return len(freed)


def _give_up(job: DBTaskResult[..., Any], why: str) -> None:
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(GIVE_UP, [why, job.pk])


def _owner(job: DBTaskResult[..., Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant FROM public.django_tasks_database_dbtaskresult WHERE id = %s", [job.pk])
        role: str = cursor.fetchone()[0]
    return get_public_schema_name() if role == settings.DATABASE_CONTROL_ROLE else role


def run_waiting_jobs() -> None:
    """Run every job that is due now, then return."""
    TenantWorker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="batch",
        excluded_queue_names=[],
    ).run()
