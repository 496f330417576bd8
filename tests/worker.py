"""The worker, inside a story's transaction."""

from unittest.mock import patch

from tenants.work.jobs import run_waiting_jobs


def run_jobs() -> None:
    """Run what is due now. A worker drops a connection that is inside a transaction, which here is the story's own."""
    with patch("django_tasks_db.management.commands.db_worker.close_old_connections"):
        run_waiting_jobs()
