import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection
from django.utils.crypto import get_random_string

from audit.services import Actor
from figures.installation.services import Keeper
from logs.forwarding.turns import Lane, forward_what_is_due
from logs.keeping.checks import check_if_asked
from logs.keeping.rounds import Rounds
from logs.seals.sealing import seal_what_is_due
from operations.housekeeping import run_housekeeping
from tenants.services import check_due_domains
from tenants.work.dead_workers import OWN_MACHINE_FIRST, AbandonedJobs
from tenants.work.jobs import ELSEWHERE, TenantWorker, living

LOOKS_FOR_JOBS_EVERY = 0.5
HOUSEKEEPING_EVERY = 60 * 60
FREES_JOBS_EVERY = 5
KEEPS_LOGS_EVERY = 10
COUNTS_EVERY = 60
CHECKS_DOMAINS_EVERY = 15
# How long a job that waits for a tenant's server may still wait when the worker is told to stop.
ENDS_WITHIN = 22
FORWARDS_AT_ONCE = 3
# Of tenants, and of the installation.
FORWARDED = ["logs_seal", "logs_destination"]
EVENTS = ["audit_event", "tenants_installationevent"]
CHECKS = ["logs_logcheck", "logs_installation_check"]
# After a refusal of the database the worker waits twice as long each time, up to the last of these.
WAITS = (1, 2, 4, 8, 15, 30)

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run jobs as they come (mail, above all), count figures and keep the house in order, until told to stop."
    requires_system_checks: Any = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            AbandonedJobs().free()
            worker = _worker(batch=True)
            with living(worker.worker_id):
                worker.run()
            run_housekeeping(actor=Actor.system())
            Keeper().go_round()
            check_due_domains(actor=Actor.system())
            Rounds(FORWARDED, forward_what_is_due).go()
            Rounds(CHECKS, check_if_asked).go()
            return
        _by_the_clock("housekeeping", lambda: run_housekeeping(actor=Actor.system()), every=HOUSEKEEPING_EVERY)
        _by_the_clock("figures", Keeper().go_round, every=COUNTS_EVERY)
        _by_the_clock("domains", lambda: check_due_domains(actor=Actor.system()), every=CHECKS_DOMAINS_EVERY)
        abandoned = AbandonedJobs(patience=OWN_MACHINE_FIRST)
        _by_the_clock("abandoned jobs", abandoned.free, every=FREES_JOBS_EVERY)
        _by_the_clock("sealing", Rounds(EVENTS, seal_what_is_due).go, every=KEEPS_LOGS_EVERY)
        for lane in Lane:
            forwarding = Rounds(FORWARDED, partial(forward_what_is_due, lane=lane), at_once=FORWARDS_AT_ONCE)
            _by_the_clock(f"forwarding of logs ({lane.name.lower()})", forwarding.go, every=KEEPS_LOGS_EVERY)
        _by_the_clock("checks of logs", Rounds(CHECKS, check_if_asked).go, every=KEEPS_LOGS_EVERY)
        worker, beside = _worker(batch=False, but=ELSEWHERE), _worker(batch=False, only=ELSEWHERE)
        thread = threading.Thread(target=_run_until_told_to_stop, args=[beside], name=ELSEWHERE, daemon=True)
        thread.start()
        worker.configure_signals()
        try:
            _run_until_told_to_stop(worker)
        finally:
            beside.running = False
            thread.join(ENDS_WITHIN if beside.running_task else 0)


def _worker(*, batch: bool, only: str = "*", but: str = "") -> TenantWorker:
    """A worker of all queues, or only of this one, or of all but that one."""
    return TenantWorker(
        queue_names=[only],
        interval=LOOKS_FOR_JOBS_EVERY,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=_new_name(),
        excluded_queue_names=[but] if but else [],
    )


def _new_name() -> str:
    return get_random_string(32)


def _run_until_told_to_stop(worker: TenantWorker) -> None:
    """Run jobs. While the database is gone, read-only or full, look for it again from time to time."""
    refusals = 0
    while worker.running:
        begun = time.monotonic()
        try:
            connection.set_schema_to_public()  # type: ignore[attr-defined]
            with living(worker.worker_id, is_other_half=ELSEWHERE in worker.queue_names):
                worker.run()
        except Error as error:
            connection.close()
            # What was begun under the old one isn't going on any more, and is free.
            worker.worker_id = _new_name()
            refusals = 0 if time.monotonic() - begun > WAITS[-1] else refusals + 1
            wait = WAITS[min(refusals, len(WAITS) - 1)]
            logger.warning("The database refuses work, which is tried again in %d s: %s", wait, str(error).strip())
            time.sleep(wait)


def _by_the_clock(what: str, do: Callable[[], object], *, every: float) -> None:
    """Do it now and then, in a thread of its own."""

    def go_on() -> None:
        while True:
            try:
                do()
            except Error as error:
                logger.warning(
                    "The database refuses %s; it is tried again in %d s: %s", what, every, str(error).strip()
                )
            finally:
                connection.close()
            time.sleep(every)

    threading.Thread(target=go_on, name=what, daemon=True).start()
