"""The two steps of an import: every line judged, and the good ones brought in, 5,000 at a time."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop as _

from accounts.finding.services import write_entries
from accounts.identity.lookup import unique_attributes
from accounts.models import Account, Group
from audit.services import record_for_many
from bulk.chain import actor_of, end, step
from bulk.imports import statements
from bulk.imports.judging import Plan, Staged, staged
from bulk.imports.pieces import StoredFile
from bulk.imports.reading import FileRefused, Record, records
from bulk.imports.services import form_of, give_up, plan_of
from bulk.models import Item, Kind, Operation, Piece, State
from common.crypto.encryption import CannotUnseal
from tenants.limits import CUSTOMERS, room_for
from tenants.lookup import current_tenant
from userflows.links.services import invite_many

CHUNK, INVITING_CHUNK = 5000, 500
"""Lines at once; fewer where each gets a mail."""
SECONDS = 5.0
"""For which lines are judged at once. Thousands fit in, unless their hashes have to be wrapped at 20 ms each."""
FORGOTTEN_AT_ONCE = 50_000
MAX_LINES = 1_000_000
MOST_PROBLEMS = 50
TOO_MANY = _("A file can have at most %(most)s customers. Split it.")
NO_ROOM = _("The tenant has no room for more customers. %(done)s were brought in or updated.")
OTHERS = _("Something else")
EXISTS = "exists"
TWICE = _("This address is already further up in the file.")
DELETED = _("This is the address of a deleted customer: restore or purge them first.")
NAME_TWICE = _("This user name is already further up in the file.")
NAME_TAKEN = _("Another customer has this user name.")
VALUE_TWICE = _("Further up in the file, an attribute that must be unique has the same value.")
VALUE_TAKEN = _("Another customer has the same value for an attribute that must be unique.")
KEPT = _("A customer had this address until a few days ago and can still reclaim it.")


@step(Kind.IMPORT, state=State.CHECKING)
def check_some(operation: Operation) -> None:
    """Read the next lines, judge and stage them. The last of them says what would come of it all."""
    if not operation.chosen["is_cleared"]:
        operation.chosen["is_cleared"] = _forget_some(operation) < FORGOTTEN_AT_ONCE
        return
    form = form_of(operation)
    found = records(StoredFile(operation.pk), form, operation.position, operation.line)
    if form.is_list:
        found = _by_number(found, before=operation.total)
    try:
        rows, last, is_more = _judged_some(islice(found, CHUNK), plan_of(operation))
    except FileRefused as refusal:
        give_up(operation, str(refusal))
        return
    except CannotUnseal:
        give_up(operation, _("The parameters of the hashes can no longer be read. Start the import again."))
        return
    if last is not None:
        _keep_judged(operation, rows)
        operation.position, operation.line = last.ends_at, last.lines
    if operation.total > MAX_LINES:
        give_up(operation, TOO_MANY % {"most": f"{MAX_LINES:,}"})
    elif not is_more:
        operation.state, operation.position = State.CHECKED, 0


def _by_number(found: Iterable[Record], *, before: int) -> Iterator[Record]:
    """The entries of a list, told by their numbers, as several may stand on one line, behind so many of them."""
    for number, record in enumerate(found, start=before + 1):
        yield replace(record, line=number)


def _judged_some(found: Iterable[Record], plan: Plan) -> tuple[list[Staged], Record | None, bool]:
    """The next lines as they are judged, the last of them, and whether there may be more."""
    rows: list[Staged] = []
    last, number, until = None, 0, monotonic() + SECONDS
    for number, last in enumerate(found, start=1):  # noqa: B007 - both are looked at behind the loop
        if last.values is not None or last.problem:
            rows.append(staged(last, plan))
        if monotonic() > until:
            return rows, last, True
    return rows, last, number == CHUNK


def _keep_judged(operation: Operation, rows: Sequence[Staged]) -> None:
    rows = _judged_together(operation.pk, rows)
    _copy(operation.pk, rows)
    problems = Counter(row.problem for row in rows if row.problem)
    operation.total += len(rows)
    operation.failed += problems.total()
    operation.good += len(rows) - problems.total()
    # Of the good ones, those who are customers already.
    operation.unchanged += sum(row.standing == EXISTS for row in rows)
    operation.problems = _summed(operation.problems, problems)


def _judged_together(operation_id: UUID, rows: Sequence[Staged]) -> list[Staged]:
    """The rows, judged by what stands on other lines and who is here already."""
    addresses = [row.canonical_email for row in rows if not row.problem]
    asked = {"operation": operation_id, "addresses": addresses}
    seen = {address for (address,) in _returned(statements.ON_EARLIER_LINES, asked)}
    is_deleted = dict(_returned(statements.THERE_ALREADY, asked))
    kept = {address for (address,) in _returned(statements.KEPT_FOR_OTHERS, asked)} - set(is_deleted)
    alone = _Alone(operation_id, rows)
    judged = []
    for row in rows:
        address = row.canonical_email
        if row.problem:
            judged.append(row)
        elif address in seen:
            judged.append(row._replace(problem=TWICE))
        elif address in kept:
            judged.append(row._replace(problem=KEPT))
        elif is_deleted.get(address):
            judged.append(row._replace(problem=DELETED))
        elif problem := alone.claim(row):
            judged.append(row._replace(problem=problem))
        else:
            judged.append(row._replace(standing=EXISTS if address in is_deleted else ""))
            seen.add(address)
    return judged


class _Alone:
    """What some rows have that one customer has alone, and who has it: on earlier lines, and here."""

    def __init__(self, operation_id: UUID, rows: Sequence[Staged]) -> None:
        names = [name for row in rows if not row.problem and (name := row.columns.get(statements.NAME))]
        asked = {"operation": operation_id, "names": names}
        earlier = _returned(statements.NAMES_ON_EARLIER_LINES, asked) if names else []
        self._seen = {name for (name,) in earlier}
        self._owners = dict(_returned(statements.NAMES_THERE_ALREADY, asked)) if names else {}
        values = [value for row in rows for value in row.unique.values() if not row.problem]
        asked = {"operation": operation_id, "names": [*unique_attributes()], "values": values}
        self._seen_values = {*map(tuple, _returned(statements.VALUES_ON_EARLIER_LINES, asked))} if values else set()
        there = _returned(statements.VALUES_THERE_ALREADY, asked) if values else []
        self._owners_of_values = {(name, value): address for name, value, address in there}

    def claim(self, row: Staged) -> str:
        """Keep for this row what no other may have. Returns why it can't; "" if it can, or has nothing of the kind."""
        name = row.columns.get(statements.NAME, "")
        if name and name in self._seen:
            return NAME_TWICE
        if name and self._owners.get(name, row.canonical_email) != row.canonical_email:
            return NAME_TAKEN
        for pair in row.unique.items():
            if pair in self._seen_values:
                return VALUE_TWICE
            if self._owners_of_values.get(pair, row.canonical_email) != row.canonical_email:
                return VALUE_TAKEN
        self._seen.update([name] if name else [])
        self._seen_values.update(row.unique.items())
        return ""


def _copy(operation_id: UUID, rows: Sequence[Staged]) -> None:
    with connection.cursor() as cursor, cursor.copy(statements.STAGE) as copy:
        for row in rows:
            columns, custom, source = json.dumps(row.columns), json.dumps(row.custom), json.dumps(row.source)
            entry, unique = json.dumps(dict(row.entry)), json.dumps(dict(row.unique))
            copy.write_row((operation_id, *row[:7], columns, custom, row.problem, source, row.standing, entry, unique))


def _summed(before: list[list[Any]], more: Counter[str]) -> list[list[Any]]:
    """How often each thing is wrong, the most frequent first; what is rare of many kinds is one kind."""
    summed: Counter[str] = Counter(dict(before)) + more
    kept: list[list[Any]] = [[sentence, number] for sentence, number in summed.most_common() if sentence != OTHERS]
    rest = summed[OTHERS] + sum(int(number) for _, number in kept[MOST_PROBLEMS:])
    return kept[:MOST_PROBLEMS] + ([[OTHERS, rest]] if rest else [])


@step(Kind.IMPORT, state=State.RUNNING)
def bring_some_in(operation: Operation) -> None:
    """Bring the next good lines in; who is there already is left as they are, or updated."""
    with connection.cursor() as cursor:
        cursor.execute(
            statements.LAST_OF_CHUNK, {"operation": operation.pk, "after": operation.position, "size": _size(operation)}
        )
        until = cursor.fetchone()[0]
    if until is None:
        Piece.objects.filter(operation_id=operation.pk).delete()
        end(operation, State.DONE)
        return
    within = {"operation": operation.pk, "after": operation.position, "until": until}
    room = room_for(current_tenant(), CUSTOMERS, Account.objects.all())
    if room is not None and _newcomers(within) > room:
        give_up(operation, NO_ROOM % {"done": f"{operation.done:,}"})
        return
    if unique_attributes():
        updates = operation.chosen["existing"] == "update"
        for statement in (statements.RESERVE, statements.LEAVE_VALUES_TO_OTHERS):
            _run(statement, {**within, "updates": updates})
    came = _bring_in(operation, within)
    if unique_attributes():
        _run(statements.RELEASE, within)
    updated = _update(operation, within) if operation.chosen["existing"] == "update" else 0
    _add_to_group(operation, within)
    lines = _forget_chunk(within)
    operation.done += came + updated
    operation.unchanged += lines - came - updated
    operation.position = until


def _size(operation: Operation) -> int:
    return INVITING_CHUNK if operation.chosen.get("invites") else CHUNK


def _newcomers(within: dict[str, Any]) -> int:
    return int(_returned(statements.NEWCOMERS, within)[0][0])


def _bring_in(operation: Operation, within: dict[str, Any]) -> int:
    brought = _returned(statements.BRING_IN, within)
    left = {account_id for (account_id,) in _returned(statements.LEAVE_TO_OTHERS, within)}
    brought = [row for row in brought if row[0] not in left]
    came = [(account_id, email) for account_id, email, _ in brought]
    with connection.cursor() as cursor:
        cursor.execute(statements.LET_THEM_BE_FOUND, within)
        cursor.execute(statements.NOTE_WHO_CAME, within)
    details = {"import": str(operation.pk)}
    record_for_many("customer.created", actor=actor_of(operation), accounts=came, details=details)
    invited = [(account_id, email) for account_id, email, is_invited in brought if is_invited]
    invite_many(invited, actor=actor_of(operation), details=details)
    return len(came)


def _update(operation: Operation, within: dict[str, Any]) -> int:
    returned = _returned(statements.UPDATE_THOSE_THERE, within)
    updated = [(account_id, email) for account_id, email, _ in returned]
    write_entries([account_id for account_id, _ in updated])
    Item.objects.bulk_create(
        Item(operation_id=operation.pk, number=line, account_id=account_id, outcome=Item.Outcome.UPDATED)
        for account_id, _, line in returned
    )
    details = {"import": str(operation.pk)}
    record_for_many("customer.profile_changed", actor=actor_of(operation), accounts=updated, details=details)
    return len(updated)


def _add_to_group(operation: Operation, within: dict[str, Any]) -> None:
    group = Group.objects.filter(pk=operation.chosen["group"]).first() if operation.chosen["group"] else None
    if group is None:
        return
    joined = _returned(statements.ADD_TO_GROUP, {**within, "group": group.pk})
    accounts = [(account_id, "") for (account_id,) in joined]
    details = {"import": str(operation.pk)}
    record_for_many("group.member_added", actor=actor_of(operation), accounts=accounts, target=group, details=details)


def _forget_chunk(within: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statements.FORGET_CHUNK, within)
        return cursor.rowcount


def _forget_some(operation: Operation) -> int:
    """Forget what an earlier check has staged."""
    with connection.cursor() as cursor:
        cursor.execute(statements.FORGET_SOME, {"operation": operation.pk, "size": FORGOTTEN_AT_ONCE})
        return cursor.rowcount


def _run(statement: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _returned(statement: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
