"""Jobs: enqueued in the transaction of the data they belong to, run by the worker for the tenant that enqueued them.

Which tenant that is stands in a column that the enqueuing role can't write; arguments hold IDs only, since a job's row
outlives what it is about. A worker that lives holds a lock, and a job that was begun by one that doesn't is free again.
What a job writes and that it is done are committed together, so a job whose worker or database died on the way leaves
nothing, and is run anew: in the database it happens once. What it has let out stands in its worker's journal until
then, so it doesn't leave again, unless the worker never heard that it had left.

Tenants take turns: whose jobs wait already comes after whose don't.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks.base import TASK_MAX_PRIORITY, Task
from django_tasks.signals import task_finished, task_started
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import get_public_schema_name, schema_context

from common.database.faults import DATABASE_FAULTS
from tenants.postgresql import connection
from tenants.postgresql.pooling import own_session
from tenants.schema.upgrade import migration_state
from tenants.work.journal import keeping_journal, settle_left

MOST_BEGINNINGS = 5
"""A job whose worker died so often is given up: it may be what they died of."""

PLACES = 20
"""In a turn of all tenants. Priorities of tasks that shouldn't mingle lie further apart than that."""

BEHIND_OTHERS = -80
"""The priority of what is done to many at once, such as mails by the thousand: what somebody waits for goes before."""

ELSEWHERE = "elsewhere"
"""The queue of jobs that wait for servers which tenants have named: a worker runs them beside all others, so that a
tenant whose server is silent keeps nobody waiting but such jobs, and these in turns."""

WORKERS, THEIR_OTHER_HALVES, FORGETFUL = 0x6A6F6273, 0x6A6F6274, 0x6A6F6275
"""A worker lives by a lock of each of the first two kinds, one for either of its threads that run jobs. It has one of
the third if it can't keep a journal.
"""

LIVES = "SELECT pg_advisory_lock(%s, hashtext(%s))"
HELD = """
    FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
LIVING = f"{HELD} AND classid IN ({WORKERS}, {THEIR_OTHER_HALVES})"
ABANDONED = f"""
    status = 'RUNNING' AND worker_ids <> '[]'
    AND NOT EXISTS (SELECT {LIVING} AND objid = hashtext(worker_ids->>-1)::bit(32)::bigint::oid)
"""
OWNER = """
    SELECT job.tenant, kept.migration_state FROM public.django_tasks_database_dbtaskresult job
    LEFT JOIN public.tenants_tenant kept ON kept.schema_name = job.tenant::text
    WHERE job.id = %s
"""
LEAVE = """
    UPDATE public.django_tasks_database_dbtaskresult
    SET status = 'READY', started_at = NULL, worker_ids = worker_ids - (-1), run_after = now() + interval '10 s'
    WHERE id = %s AND status = 'RUNNING'
"""
GIVE_UP = """
    UPDATE public.django_tasks_database_dbtaskresult SET status = 'FAILED', finished_at = now(), traceback = %s
    WHERE id = %s AND status = 'RUNNING'
"""

logger = logging.getLogger(__name__)
_schema: ContextVar[str] = ContextVar("schema of the running job")
_highest: ContextVar[int] = ContextVar("priority that no job exceeds", default=TASK_MAX_PRIORITY)


def in_steps(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark the function of a task that waits for somebody else's server: no transaction is open around it.

    What it writes is committed by itself, so a job whose worker dies on the way may find its own traces.
    """
    function.runs_in_steps = True  # type: ignore[attr-defined]
    return function


@contextmanager
def behind_others() -> Iterator[None]:
    """Have what is enqueued within run behind what somebody waits for, since it is enqueued for many at once."""
    token = _highest.set(BEHIND_OTHERS)
    try:
        yield
    finally:
        _highest.reset(token)


def has_failed(task: Task[..., Any], *args: Any) -> bool:
    """Whether the job of this task with just these arguments has failed. Ask in the tenant whose job it is."""
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, task_path=task.module_path)
    return failed.filter(args_kwargs__args=[*args]).exists()


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
        first = min(task.priority, _highest.get())
        waiting = DBTaskResult.objects.filter(status="READY", priority__gt=first - PLACES, priority__lte=first)
        return super().enqueue(task.using(priority=first - waiting[:PLACES].count()), args, kwargs)


class TenantWorker(db_worker.Worker):
    """Runs jobs one after another, each for its own tenant."""

    def run_task(self, db_task_result: DBTaskResult[..., Any]) -> None:
        """Run one claimed job in its tenant's schema and record how it went. One of a tenant at another release's state
        is left to a worker of that release, or until its tenant is upgraded.

        Raises one of `DATABASE_FAULTS` if the database went away under it: then it stays begun, and is free as soon as
        this worker doesn't live under its name any more. Whatever else is wrong with the job, the next one is run.
        """
        schema, state = _owner(db_task_result)
        if state not in {None, migration_state()}:
            _leave(db_task_result)
            return
        token = _schema.set(schema)
        self.running_task = True
        try:
            settle_left(is_committed=_run(db_task_result))
        finally:
            self.running_task = False
            self._run_tasks += 1
            _schema.reset(token)
            connection.set_schema_to_public()


def _run(job: DBTaskResult[..., Any]) -> bool:
    """Whether what it wrote is committed."""
    try:
        task, begun = job.task, job.task_result
    except Exception:
        logger.exception("The job %s can't be read, and is given up", job.pk)
        _give_up(job, "The job can't be read.")
        return False
    task_started.send(sender=task.get_backend(), task_result=begun)
    try:
        with nullcontext() if getattr(task.func, "runs_in_steps", False) else transaction.atomic():
            job.set_successful(task.call(*begun.args, **begun.kwargs))
    except DATABASE_FAULTS:
        raise
    except Exception as error:  # noqa: BLE001 - a job may break of anything
        job.set_failed(error)
        # While the error is being handled: whoever hears of it writes it into the log.
        task_finished.send(sender=task.get_backend(), task_result=job.task_result)
        return False
    task_finished.send(sender=task.get_backend(), task_result=job.task_result)
    return True


@contextmanager
def living(worker_id: str, *, is_other_half: bool = False) -> Iterator[None]:
    """Keep the worker's journal and tell the others that it lives, as long as the block lasts and this process does."""
    holder = own_session()
    try:
        with keeping_journal(worker_id) as is_kept:
            holder.execute(LIVES, [THEIR_OTHER_HALVES if is_other_half else WORKERS, worker_id])
            if not is_kept and not is_other_half:
                holder.execute(LIVES, [FORGETFUL, worker_id])
            yield
    finally:
        holder.close()


def living_workers() -> int:
    """How many workers there are at this moment, on whichever machines."""
    return _held(WORKERS)


def forgetful_workers() -> int:
    """How many of them can't keep a journal."""
    return _held(FORGETFUL)


def _held(kind: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {HELD} AND classid = %s", [kind])
        count: int = cursor.fetchone()[0]
    return count


def _give_up(job: DBTaskResult[..., Any], why: str) -> None:
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(GIVE_UP, [why, job.pk])


def _leave(job: DBTaskResult[..., Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, [job.pk])


def _owner(job: DBTaskResult[..., Any]) -> tuple[str, str | None]:
    """The schema that the job runs in, and the migration state of its tenant, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(OWNER, [job.pk])
        role, state = cursor.fetchone()
    return (get_public_schema_name() if role == settings.DATABASE_CONTROL_ROLE else role), state


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
