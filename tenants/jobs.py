"""Jobs: enqueued in the transaction of the data they belong to, run by the worker for the tenant that enqueued them.

Which tenant that is stands in a column that the enqueuing role can't write; arguments hold IDs only, since a job's row
outlives what it is about.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django_tasks.base import Task
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import get_public_schema_name, schema_context

from tenants.postgresql import connection

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


class TenantWorker(db_worker.Worker):
    """Runs jobs one after another, each for its own tenant."""

    def run_task(self, db_task_result: DBTaskResult[..., Any]) -> None:
        """Run one claimed job in its tenant's schema and record how it went."""
        token = _schema.set(_owner(db_task_result))
        try:
            super().run_task(db_task_result)
        finally:
            _schema.reset(token)
            connection.set_schema_to_public()


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
