import logging
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, OperationalError, connection
from django.utils.crypto import get_random_string

from audit.services import Actor
from operations.housekeeping import run_housekeeping
from tenants.jobs import TenantWorker

LOOKS_FOR_JOBS_EVERY = 0.5
HOUSEKEEPING_EVERY = 60 * 60
RECONNECTS_AFTER = 1.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run jobs as they come (mail, above all) and keep the house in order every hour, until told to stop."
    requires_system_checks: Any = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            _worker(batch=True).run()
            run_housekeeping(actor=Actor.system())
            return
        threading.Thread(target=_run_housekeeping_by_the_clock, name="housekeeping", daemon=True).start()
        worker = _worker(batch=False)
        worker.configure_signals()
        while worker.running:
            _run(worker)


def _worker(*, batch: bool) -> TenantWorker:
    return TenantWorker(
        queue_names=["*"],
        interval=LOOKS_FOR_JOBS_EVERY,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )


def _run(worker: TenantWorker) -> None:
    """Run jobs until told to stop, or until the database is gone: then it is looked for again in a moment."""
    try:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        worker.run()
    except OperationalError as error:
        logger.warning("Lost the database: %s", str(error).strip())
        connection.close()
        threading.Event().wait(RECONNECTS_AFTER)


def _run_housekeeping_by_the_clock() -> None:
    clock = threading.Event()
    while True:
        try:
            run_housekeeping(actor=Actor.system())
        except Error:
            logger.exception("Housekeeping couldn't be done; it is tried again in an hour")
        finally:
            connection.close()
        clock.wait(HOUSEKEEPING_EVERY)
