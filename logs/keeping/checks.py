"""Checks of the log that the worker makes: once a day, and when an administrator asks for one."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from audit.services import Actor, record
from common.problems import Code, Problem, Refused
from logs.models import MAX_PROBLEM
from logs.seals.verifying import Verification, verify
from logs.served import event_model, served_check

EVERY = timedelta(days=1)
PAUSE, PAUSE_BY_LENGTH = timedelta(minutes=5), 10
GIVEN_UP_AFTER = timedelta(hours=1)
"""A check that was begun so long ago and hasn't ended died with its worker."""


def ask_for_check(*, actor: Actor) -> None:
    """Ask the worker to check the log being served; once if it is asked for twice.

    Raises `Refused` soon after a check: within five minutes, or ten times as long as it took, so that no log keeps the
    worker from all others.
    """
    with transaction.atomic():
        _refuse_if_just_checked()
        _ask()
        record("log.check_asked_for", actor=actor, event_model=event_model())


def ask_for_daily_check() -> None:
    """The same, where the last one that had anything to check was begun a day ago."""
    check = served_check().first() or served_check().model()
    is_recent = check.verified_to is not None and check.begun_at is not None and timezone.now() - check.begun_at < EVERY
    if check.asked_at is None and not is_recent:
        _ask()


def check_if_asked(schema: str) -> bool:
    """A turn of the worker's rounds: check a log if that is asked for. Says whether to come again soon."""
    with schema_context(schema):
        if not _begin():
            return served_check().filter(asked_at__isnull=False).exists()
        _keep(verify(schema))
    return False


def _refuse_if_just_checked() -> None:
    check = served_check().first()
    if check is None or check.begun_at is None or check.finished_at is None:
        return
    again_at = check.finished_at + max(PAUSE, PAUSE_BY_LENGTH * (check.finished_at - check.begun_at))
    if timezone.now() < again_at:
        words = _("The log was verified just now. It can be verified again at %(time)s UTC.")
        sentence = words % {"time": f"{again_at:%H:%M}"}
        raise Refused([Problem(Code.TOO_MANY, "", sentence)])


def _ask() -> None:
    served_check().update_or_create(pk=1, defaults={"asked_at": timezone.now()})


def _begin() -> bool:
    """Take the check on, unless nobody asks for one, or another worker is at it."""
    now = timezone.now()
    is_free = Q(begun_at=None) | Q(finished_at__gte=F("begun_at")) | Q(begun_at__lt=now - GIVEN_UP_AFTER)
    return bool(served_check().filter(is_free, asked_at__isnull=False).update(begun_at=now))


def _keep(found: Verification) -> None:
    """Note what was found; what is wrong is an event as well, which goes to whoever collects the log."""
    problem = found.fault.sentence.written(MAX_PROBLEM) if found.fault else ""
    with transaction.atomic():
        served_check().filter(pk=1).update(
            asked_at=None,
            finished_at=timezone.now(),
            verified_to=found.verified_to,
            entries=found.entries,
            last_seal=f"{found.last.number}:{found.last.hash}" if found.last else "",
            problem=problem,
        )
        if found.fault:
            details = {"wrong": found.fault.kind, "event": found.fault.event_id, "seal": found.fault.seal}
            record("log.found_wrong", actor=Actor.system(), details=details, event_model=event_model())
