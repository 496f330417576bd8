"""The step of an action: the next customers, each by the service that does it to one, with its event."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from accounts.errors import AccountError
from accounts.models import Account
from bulk.actions.deeds import How
from bulk.actions.services import how_of
from bulk.actions.verbs import VERBS, Verb
from bulk.chain import actor_of, end, step
from bulk.models import Item, Kind, Operation, State
from common.problems import Refused

CHUNK = 200
UNKNOWN = _("No customer has this address.")
GONE = _("This customer is gone.")
DELETED = _("This customer was deleted.")


@step(*VERBS, state=State.RUNNING)
def do_some(operation: Operation) -> None:
    """Do it to the next customers. What stands against one of them is written beside them, and the others go on."""
    verb, how = VERBS[Kind(operation.kind)], how_of(operation)
    if verb.has_group and how.group is None:
        end(operation, State.FAILED, _("The group was deleted."))
        return
    waiting = Item.objects.filter(operation_id=operation.pk, number__gt=operation.position)
    items = list(waiting.order_by("number")[:CHUNK])
    ids = [item.account_id for item in items]
    # Locked in one order, so that two who do something to the same customers at once don't block each other.
    accounts = {each.pk: each for each in Account.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    for item in items:
        _do(verb, item, accounts.get(item.account_id) if item.account_id else None, how, operation)
    Item.objects.bulk_update(items, ["outcome", "problem"])
    outcomes = [item.outcome for item in items]
    operation.done += outcomes.count(Item.Outcome.CHANGED)
    operation.unchanged += outcomes.count(Item.Outcome.UNCHANGED)
    operation.failed += outcomes.count(Item.Outcome.FAILED)
    if items:
        operation.position = items[-1].number
    if len(items) < CHUNK:
        end(operation, State.DONE)


def _do(verb: Verb, item: Item, account: Account | None, how: How, operation: Operation) -> None:
    item.problem = UNKNOWN if item.account_id is None else _obstacle(verb, account)
    if item.problem or account is None:
        item.outcome = Item.Outcome.FAILED
        return
    try:
        with transaction.atomic():
            is_changed = verb.do(account, how, actor_of(operation))
    except (AccountError, Refused) as error:
        item.outcome = Item.Outcome.FAILED
        item.problem = " ".join(error.messages) if isinstance(error, Refused) else str(error)
    else:
        item.outcome = Item.Outcome.CHANGED if is_changed else Item.Outcome.UNCHANGED


def _obstacle(verb: Verb, account: Account | None) -> str:
    if account is None:
        return GONE
    return DELETED if account.deleted_at and not verb.reaches_deleted else ""
