"""Beginning an action: its customers are chosen once, in the database, before the first of them is touched."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.identity.services.accounts import judged_reason
from accounts.models import Account, Factor, Group
from audit.services import Actor, record
from bulk.actions.deeds import How
from bulk.actions.verbs import VERBS
from bulk.chain import done_by, new_operation, set_going
from bulk.models import ENDED, Item, Kind, Operation, State
from common.problems import Code, Problem, Refused
from common.text.email_address import MAX_EMAIL, canonical_email
from common.text.ids import uuid_of

MOST_CHOSEN, MOST_NAMED = 1_000_000, 5000
WRITE_DOWN = """
    INSERT INTO bulk_item (operation_id, number, account_id, named, outcome, problem)
    SELECT %s, row_number() OVER (), chosen.account_id, '', '', '' FROM ({chosen}) AS chosen(account_id)
"""


def choose_for_action(
    kind: Kind, *, chosen: QuerySet[Any], actor: Actor, group: Group | None = None, subject: str = ""
) -> Operation:
    """Keep who is meant by an action, which waits for its confirmation. Raises `Refused` if that is nobody.

    `chosen` are accounts, or rows whose primary key is an account's ID and that have its `created_at`.
    """
    with transaction.atomic():
        operation = new_operation(kind, state=State.CHECKED, actor=actor, subject=subject)
        operation.chosen = {"group": str(group.pk) if group else ""}
        operation.save(force_insert=True)
        operation.total = operation.good = _write_down(operation, chosen)
        if not operation.total:
            raise Refused([Problem(Code.REQUIRED, "", _("No customer is chosen."))])
        if operation.total > MOST_CHOSEN:
            raise Refused(
                [Problem(Code.TOO_MANY, "", _("Choose %(most)s customers at most.") % {"most": intcomma(MOST_CHOSEN)})]
            )
        operation.save(update_fields=["total", "good"])
    return operation


def choose_named(
    kind: Kind,
    *,
    named: Iterable[str],
    most: int = MOST_NAMED,
    actor: Actor,
    group: Group | None = None,
    subject: str = "",
) -> Operation:
    """As `choose_for_action`, for those who are named by address or ID; whoever nobody has is told as failed.

    Whoever is named several times, in whichever way, is meant once. Raises `Refused`.
    """
    wanted = list(dict.fromkeys(name.strip() for name in named if name.strip()))
    if not wanted:
        raise Refused([Problem(Code.REQUIRED, "addresses", _("Enter an email address."))])
    if len(wanted) > most:
        sentence = _("Enter %(most)s addresses at most.") % {"most": intcomma(most)}
        raise Refused([Problem(Code.TOO_MANY, "addresses", sentence)])
    with transaction.atomic():
        operation = new_operation(kind, state=State.CHECKED, actor=actor, subject=subject)
        operation.chosen = {"group": str(group.pk) if group else ""}
        ids = _ids_of(wanted)
        meant: dict[UUID | str, str] = {}
        for name in wanted:
            meant.setdefault(ids.get(name, name), name)
        operation.total = operation.good = len(meant)
        operation.save(force_insert=True)
        items = (
            Item(operation_id=operation.pk, number=number, account_id=ids.get(name), named=name[:MAX_EMAIL])
            for number, name in enumerate(meant.values(), start=1)
        )
        Item.objects.bulk_create(items, batch_size=MOST_NAMED)
    return operation


def add_named_to_group(group: Group, *, named: Iterable[str], actor: Actor) -> Operation:
    """Add everybody to the group who is named, at once. Raises `Refused`."""
    with transaction.atomic():
        operation = choose_named(Kind.ADD_TO_GROUP, named=named, actor=actor, group=group, subject=str(group))
        begin_action(operation, actor=actor)
    return operation


def begin_action(
    operation: Operation,
    *,
    actor: Actor,
    reason: str = "",
    until: datetime | None = None,
    factors: Collection[str] = (),
) -> None:
    """Begin the action that waits for its confirmation: for this reason; a block until then, or until further
    notice; of second factors these.

    Raises `Refused` for `reason` and `factors`, or if somebody else was faster.
    """
    how = {"reason": judged_reason(reason), "until": until.isoformat() if until else "", "factors": sorted(factors)}
    if operation.kind == Kind.REMOVE_FACTORS and not (factors and {*factors} <= {*Factor.values}):
        raise Refused([Problem(Code.REQUIRED, "factors", _("Choose what to take away."))])
    with transaction.atomic():
        waiting = Operation.objects.actions().select_for_update().filter(pk=operation.pk, state=State.CHECKED).first()
        if waiting is None:
            raise Refused([Problem(Code.CHANGED_MEANWHILE, "", _("This has already begun. Check its progress."))])
        waiting.state = State.RUNNING
        waiting.chosen |= {name: said for name, said in how.items() if said}
        done_by(waiting, actor)
        waiting.save()
        details = {"kind": waiting.kind, "customers": waiting.total}
        record("operation.started", actor=actor, target=waiting, details=details)
        set_going(waiting)


def undo(operation: Operation, *, actor: Actor) -> Operation:
    """Choose what the operation has changed for the action that takes it back, which waits for its confirmation.

    Raises `Refused` if there is none, or nothing to take back.
    """
    kind = undone_by(operation)
    if kind is None or operation.state not in ENDED:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("This can’t be undone."))])
    changed = Item.objects.filter(operation_id=operation.pk, outcome=Item.Outcome.CHANGED)
    group_id = operation.chosen.get("group")
    group = Group.objects.filter(pk=group_id).first() if group_id and kind != Kind.DELETE else None
    undoing = choose_for_action(
        kind,
        chosen=Account.objects.filter(pk__in=changed.values("account_id")),
        actor=actor,
        group=group,
        subject=f"Undo: {operation}",
    )
    undoing.undoes = operation.pk
    undoing.save(update_fields=["undoes"])
    return undoing


def undone_by(operation: Operation) -> Kind | None:
    """The action that takes this operation back: of an import it is to delete whom it has brought in."""
    if operation.kind == Kind.IMPORT:
        return Kind.DELETE
    return VERBS[Kind(operation.kind)].undone_by


def group_of(operation: Operation) -> Group | None:
    """The group that an action is about."""
    group_id = operation.chosen.get("group")
    return Group.objects.filter(pk=UUID(group_id)).first() if group_id else None


def how_of(operation: Operation) -> How:
    """How an action is done that has begun."""
    said = operation.chosen
    until = datetime.fromisoformat(said["until"]) if said.get("until") else None
    return How(group_of(operation), said.get("reason", ""), until, tuple(said.get("factors", ())))


def first_chosen(operation: Operation, number: int) -> list[Account]:
    """Some of those who are meant, so that whoever confirms sees that they are the right ones."""
    ids = list(
        Item.objects.filter(operation_id=operation.pk).order_by("number").values_list("account_id", flat=True)[:number]
    )
    found = Account.objects.in_bulk(ids)
    return [found[account_id] for account_id in ids if account_id in found]


def _ids_of(named: Iterable[str]) -> dict[str, UUID]:
    """Whose address or ID each of them is, if it is anybody's."""
    asked_for = {name: uuid_of(name) for name in named}
    addresses = {name: canonical_email(name) for name, account_id in asked_for.items() if account_id is None}
    by_address = Account.objects.filter(canonical_email__in=addresses.values())
    owners = dict(by_address.values_list("canonical_email", "pk"))
    there = Account.objects.filter(pk__in=[each for each in asked_for.values() if each])
    known = set(there.values_list("pk", flat=True))
    found = {name: owners.get(addresses[name]) if name in addresses else each for name, each in asked_for.items()}
    return {name: each for name, each in found.items() if each and (name in addresses or each in known)}


def _write_down(operation: Operation, chosen: QuerySet[Any]) -> int:
    """Write down who is chosen, in one statement, however many they are."""
    limited = chosen.order_by("created_at", "pk").values("pk")[: MOST_CHOSEN + 1]
    try:
        query, parameters = limited.query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(WRITE_DOWN.format(chosen=query), [operation.pk, *parameters])
        return cursor.rowcount
