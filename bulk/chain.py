"""How an operation goes on: a job does one chunk and enqueues the next, in the transaction of what it did.

So what is done and how far it has come are committed together, other tenants have their turns in between, and whoever
dies on the way loses a chunk at most. Which step an operation is at says its kind and state; whoever has such steps
tells by `step`.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_tasks import task
from django_tenants.utils import schema_context

from audit.services import Actor, record
from bulk.models import AT_WORK, Kind, Operation, State
from operations.administrators.authority import held_by
from portal_frame.access import Need
from tenants.lookup import PUBLIC, current_tenant
from tenants.work.jobs import behind_others, has_failed

Step = Callable[[Operation], None]
_steps: dict[tuple[str, str], Step] = {}
NEEDS = {Kind.IMPORT: Need.CUSTOMERS_IMPORT, Kind.PURGE: Need.CUSTOMERS_PURGE}
"""Of those for which it isn't enough that one may change customers."""
PRIORITY = -90
"""Behind what somebody waits for, such as a mail with a code."""


def step(*kinds: Kind, state: State) -> Callable[[Step], Step]:
    """Let the function do the chunks of operations of these kinds in this state.

    It changes the operation, which is locked and saved around it, and moves its state on when nothing is left.
    """

    def known(function: Step) -> Step:
        _steps.update(dict.fromkeys([(kind, state) for kind in kinds], function))
        return function

    return known


def set_going(operation: Operation) -> None:
    """Hand it to the worker; what was on its way for it before stops. Call it in a transaction."""
    operation.chain += 1
    operation.moved_at = timezone.now()
    operation.save(update_fields=["chain", "moved_at"])
    work.enqueue(str(operation.pk), operation.chain)


def work_here(operation: Operation) -> None:
    """Do all of it at once, in as many transactions as there are chunks: for commands."""
    Operation.objects.filter(pk=operation.pk).update(chain=F("chain") + 1)
    operation.refresh_from_db()
    is_more = True
    while is_more:
        with transaction.atomic():
            is_more = take_step(operation.pk, operation.chain)
    operation.refresh_from_db()


def take_step(operation_id: UUID, chain: int) -> bool:
    """Do the next chunk, in the caller's transaction: what it has mailed goes out behind all other mail. Returns
    whether there is more to do.
    """
    operation = Operation.objects.select_for_update().filter(pk=operation_id, chain=chain, state__in=AT_WORK).first()
    if operation is None:
        return False
    if not _may_still(operation):
        end(operation, State.FAILED, gettext_noop("The person who started this is no longer allowed to."))
        return False
    with behind_others():
        _steps[operation.kind, operation.state](operation)
    operation.moved_at = timezone.now()
    operation.save()
    return operation.is_at_work


def end(operation: Operation, state: State, problem: str = "") -> None:
    """Let it have ended, and record with what."""
    operation.state, operation.problem, operation.ended_at = state, problem, timezone.now()
    operation.chosen.pop("firebase", None)
    operation.save()
    counts = {"done": operation.done, "unchanged": operation.unchanged, "failed": operation.failed}
    details = {"kind": operation.kind, "state": state, **counts}
    record("operation.ended", actor=actor_of(operation), target=operation, details=details)


def actor_of(operation: Operation) -> Actor:
    """Who has it done, as the one who acts in it."""
    return Actor(operation.actor_kind, operation.actor_id, operation.actor_name)


def done_by(operation: Operation, actor: Actor) -> None:
    """Let it be done by whoever says now that it shall be, not by who prepared it; unsaved."""
    operation.actor_kind, operation.actor_id, operation.actor_name = actor.kind, actor.id, actor.name[:320]


def new_operation(kind: Kind, *, state: State, actor: Actor, subject: str = "") -> Operation:
    """An operation by this actor, not saved yet."""
    return Operation(
        kind=kind,
        state=state,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:320],
        subject=subject[:256],
    )


@task(priority=PRIORITY)
def work(operation_id: str, chain: int) -> None:
    """One chunk of an operation, and the next one enqueued."""
    if take_step(UUID(operation_id), chain):
        work.enqueue(operation_id, chain)


def job_failed(operation: Operation) -> bool:
    """Whether the job has failed by which the worker would go on with it."""
    return has_failed(work, str(operation.pk), operation.chain)


def need_of(kind: str) -> Need:
    """What whoever begins an operation of this kind must be allowed to do, and until it has ended."""
    return NEEDS.get(Kind(kind), Need.CUSTOMERS_CHANGE)


def _may_still(operation: Operation) -> bool:
    """Whether the administrator who does it is still allowed to. Commands and the product itself always may."""
    tenant = current_tenant()
    if tenant is None:
        return False
    with schema_context(PUBLIC):
        return need_of(operation.kind) in held_by(actor_of(operation), tenant=tenant)
