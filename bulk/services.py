"""What may be done to any operation: stopped, taken up again, and forgotten when its time is over."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor, record
from bulk.chain import end, set_going
from bulk.imports.statements import FORGET_SOME
from bulk.models import AT_WORK, ENDED, Item, Operation, Piece, StagedRow, State
from common.problems import Code, Problem, Refused

IS_STUCK_AFTER = timedelta(minutes=2)
WAITS_FOR_ITS_OWNER = timedelta(days=7)
STAGED_KEPT_FOR = timedelta(days=7)
KEPT_FOR = timedelta(days=30)
FORGOTTEN_AT_ONCE = 50_000


def cancel(operation: Operation, *, actor: Actor) -> None:
    """Stop it where it stands: what is done stays done. Raises `Refused` if it has ended."""
    with transaction.atomic():
        found = Operation.objects.open().select_for_update().filter(pk=operation.pk).first()
        if found is None:
            raise Refused([Problem(Code.CHANGED_MEANWHILE, "", _("This has already ended."))])
        Piece.objects.filter(operation_id=found.pk).delete()
        end(found, State.CANCELLED)
        record("operation.cancelled", actor=actor, target=found, details={"kind": found.kind})


def is_stuck(operation: Operation) -> bool:
    """Whether the worker should have got further by now."""
    return operation.is_at_work and timezone.now() - operation.moved_at > IS_STUCK_AFTER


def go_on(operation: Operation) -> None:
    """Resume it: the worker takes it up where it was left."""
    with transaction.atomic():
        found = Operation.objects.select_for_update().filter(pk=operation.pk, state__in=AT_WORK).first()
        if found is not None:
            set_going(found)


def sweep_operations() -> None:
    """Forget what nobody needs any more: files that nobody went on with, lines of imports, and old operations."""
    now = timezone.now()
    for forgotten in Operation.objects.open().filter(moved_at__lt=now - WAITS_FOR_ITS_OWNER):
        Piece.objects.filter(operation_id=forgotten.pk).delete()
        end(forgotten, State.CANCELLED)
    ended = Operation.objects.filter(state__in=ENDED)
    for operation in ended.filter(ended_at__lt=now - STAGED_KEPT_FOR):
        _forget_staged(operation)
    for operation in ended.filter(ended_at__lt=now - KEPT_FOR):
        Item.objects.filter(operation_id=operation.pk).delete()
        operation.delete()


def _forget_staged(operation: Operation) -> None:
    while StagedRow.objects.filter(operation_id=operation.pk).exists():
        with connection.cursor() as cursor:
            cursor.execute(FORGET_SOME, {"operation": operation.pk, "size": FORGOTTEN_AT_ONCE})
