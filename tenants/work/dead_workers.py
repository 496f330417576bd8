"""What dead workers leave behind: notes of what had left, which are committed, and jobs, which are free again.

On its own machine a dead worker is known by its journal, which nobody holds any more. Elsewhere it is known by the lock
in the database alone, and what it had let out by nobody. So whoever works on another machine waits for those of its
own machine, who know.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tenants.postgresql import connection
from tenants.work.jobs import ABANDONED, MOST_BEGINNINGS
from tenants.work.journal import is_kept_here, journals_of_the_dead, take_note

OWN_MACHINE_FIRST = 30.0
"""Seconds: a supervisor starts the next worker within ten, and that looks around at once."""

THEIR_WORKERS = f"""
    SELECT DISTINCT worker_ids->>-1 FROM public.django_tasks_database_dbtaskresult WHERE {ABANDONED}
"""  # noqa: S608 - what stands above
FREE = """
    WITH abandoned AS MATERIALIZED (
        SELECT id, jsonb_array_length(worker_ids) AS beginnings
        FROM public.django_tasks_database_dbtaskresult
        WHERE status = 'RUNNING' AND worker_ids->>-1 = ANY(%(workers)s)
        FOR UPDATE SKIP LOCKED
    )
    UPDATE public.django_tasks_database_dbtaskresult AS job SET
        status = CASE WHEN beginnings < %(most)s THEN 'READY' ELSE 'FAILED' END,
        finished_at = CASE WHEN beginnings < %(most)s THEN NULL ELSE now() END
    FROM abandoned WHERE job.id = abandoned.id
    RETURNING job.id, job.task_path, job.status
"""

logger = logging.getLogger(__name__)


@dataclass
class AbandonedJobs:
    """Those whose worker has died on the way. One of another machine has been dead for `patience` seconds."""

    patience: float = 0.0
    _dead_since: dict[str, float] = field(default_factory=dict)

    def free(self) -> int:
        """Put them back to be run again, or give them up. Returns how many there were."""
        connection.set_schema_to_public()
        with journals_of_the_dead() as journals:
            for entry in journals.values():
                take_note(entry)
            connection.set_schema_to_public()
            return _free([*journals, *self._dead_elsewhere()])

    def _dead_elsewhere(self) -> list[str]:
        """Workers of other machines that have been dead for long enough, as seen from here."""
        with connection.cursor() as cursor:
            cursor.execute(THEIR_WORKERS)
            dead = [name for (name,) in cursor.fetchall() if not is_kept_here(name)]
        now = time.monotonic()
        self._dead_since = {name: self._dead_since.get(name, now) for name in dead}
        return [name for name, since in self._dead_since.items() if now - since >= self.patience]


def _free(workers: Sequence[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FREE, {"most": MOST_BEGINNINGS, "workers": list(workers)})
        freed = cursor.fetchall()
    for job, task, status in freed:
        becomes = "is run again" if status == "READY" else "is given up"
        logger.warning("The worker of the job %s (%s) has died; it %s", job, task, becomes)
    return len(freed)
