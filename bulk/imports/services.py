"""The life of an import, as whoever brings a file leads it: uploaded, mapped, checked, brought in, undone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.attributes import EMAIL
from accounts.credentials.foreign.limits import HashRefused
from accounts.identity.lookup import custom_attribute_types
from accounts.models import Account, Group
from audit.services import Actor, record
from bulk.chain import done_by, end, new_operation, set_going
from bulk.columns import VERIFIED
from bulk.imports.hashes import ORDERS, HashPlan, firebase_parameters
from bulk.imports.judging import Plan
from bulk.imports.mapping import guess, targets
from bulk.imports.pieces import MAX_FILE_BYTES, PIECE_BYTES, StoredFile
from bulk.imports.reading import FileFormat, FileRefused, format_of
from bulk.models import KeptMapping, Kind, Operation, Piece, State
from common.crypto.encryption import seal, unseal
from common.problems import Code, Problem, Refused, refuse_if_any, wrong
from common.text.translation import grouped
from tenants.limits import CUSTOMERS, room_for
from tenants.lookup import current_tenant

MOST_OPEN = 5
VERIFIED_BY = ("no", "yes", "file")
EXISTING = ("skip", "update")
VERIFIED_ANYWAY = gettext_lazy(
    "Customers whose address is verified don’t need an invitation: they can already sign in."
)


def begin_import(*, file_name: str, size: int, actor: Actor) -> Operation:
    """Make an import whose file of so many bytes is to follow in pieces. Raises `Refused` for `file`."""
    megabytes = MAX_FILE_BYTES // (1024 * 1024)
    too_long = _("A file can be at most %(size)d MB. Split it.") % {"size": megabytes}
    tenant = current_tenant()
    refuse_if_any(
        [
            *wrong(Code.REQUIRED, "file", "" if size > 0 else _("This file is empty.")),
            *wrong(Code.TOO_LONG, "file", too_long if size > MAX_FILE_BYTES else ""),
            *wrong(
                Code.NOT_ALLOWED,
                "file",
                _("Administrators aren’t imported: invite them.") if tenant is not None and tenant.is_home else "",
            ),
            *wrong(
                Code.TOO_MANY,
                "file",
                _("%(number)d imports are already open. Finish or cancel one of them.") % {"number": MOST_OPEN}
                if Operation.objects.imports().open().count() >= MOST_OPEN
                else "",
            ),
        ]
    )
    operation = new_operation(Kind.IMPORT, state=State.UPLOADING, actor=actor, subject=_plain_name(file_name))
    operation.total = size
    operation.save(force_insert=True)
    return operation


def add_piece(operation: Operation, *, number: int, content: bytes) -> bool:
    """Keep the next piece of the file; one that is there already is left as it is. Returns whether the file is whole.

    Raises `Refused` if it isn't the next one, or not as long as it has to be.
    """
    with transaction.atomic():
        locked = Operation.objects.select_for_update().get(pk=operation.pk)
        if locked.state != State.UPLOADING:
            return True
        pieces = -(-locked.total // PIECE_BYTES)
        if number < locked.line:
            return False
        expected = PIECE_BYTES if number < pieces - 1 else locked.total - PIECE_BYTES * (pieces - 1)
        if number != locked.line or len(content) != expected:
            raise Refused([Problem(Code.INVALID, "file", _("This isn’t the next piece of the file."))])
        Piece.objects.create(operation_id=locked.pk, number=number, content=content)
        locked.line, locked.position = number + 1, locked.position + len(content)
        locked.save(update_fields=["line", "position"])
        if locked.position < locked.total:
            return False
        _look_at(locked)
        return True


def _look_at(operation: Operation) -> None:
    """Find out how the whole file is to be read, and what its columns probably are."""
    operation.position = operation.line = 0
    try:
        form = format_of(StoredFile(operation.pk))
    except FileRefused as refusal:
        give_up(operation, str(refusal))
        return
    operation.chosen = {"size": operation.total, "form": asdict(form)}
    operation.state, operation.total = State.UPLOADED, 0
    operation.save()


def give_up(operation: Operation, problem: str) -> None:
    """Mark the import as failed: its file can't be read."""
    Piece.objects.filter(operation_id=operation.pk).delete()
    end(operation, State.FAILED, problem)


def form_of(operation: Operation) -> FileFormat:
    """How the file is to be read."""
    kept = operation.chosen["form"]
    return FileFormat(**{**kept, "headings": tuple(kept["headings"])})


def guessed(operation: Operation) -> dict[str, str]:
    """What each column is: as chosen before, as chosen for another file, or by its heading."""
    headings = form_of(operation).headings
    if "targets" in operation.chosen:
        return {heading: operation.chosen["targets"].get(heading, "") for heading in headings}
    kept = dict(KeptMapping.objects.filter(heading__in=headings).values_list("heading", "target"))
    return guess(headings, kept=kept, custom_names=custom_attribute_types())


def check_file(
    operation: Operation,
    *,
    mapping: Mapping[str, str],
    existing: str,
    verified: str,
    group_id: UUID | None,
    invites: bool = False,
    salt_order: str = "before",
    firebase: str = "",
) -> None:
    """Begin to judge every line; nothing is written. Raises `Refused`, for a heading where it is about a column.

    `invites` has those invited who come in without a password. `salt_order` says where a salt in a column of its own
    stands: "before" the password or "behind" it. `firebase` are the parameters of a project's hashes, as its console
    shows them.
    """
    mapping = {heading: mapping.get(heading, "") for heading in form_of(operation).headings}
    refuse_if_any(
        [
            *_mapping_problems(mapping, verified),
            *_choice_problems(existing, verified, group_id),
            *_hash_problems(salt_order, firebase),
            *wrong(Code.NOT_ALLOWED, "invites", str(VERIFIED_ANYWAY) if invites and verified == "yes" else ""),
        ]
    )
    with transaction.atomic():
        locked = _locked(operation, State.UPLOADED, State.CHECKED)
        locked.chosen |= {
            "targets": mapping,
            "existing": existing,
            "verified": verified,
            "group": str(group_id) if group_id else "",
            "invites": invites,
            "salt_order": salt_order,
            "firebase": seal(firebase.encode(), context=_sealing_context(locked)) if firebase else "",
        }
        _begin_checking(locked)
        _keep_mapping(mapping)
        set_going(locked)


def plan_of(operation: Operation) -> Plan:
    """How the lines of the file are judged. Raises `CannotUnseal`."""
    chosen, firebase = operation.chosen, None
    if sealed := chosen.get("firebase"):
        firebase = firebase_parameters(unseal(sealed, context=_sealing_context(operation)).decode())
    hashes = HashPlan(chosen.get("salt_order", "before"), firebase)
    return Plan(chosen["targets"], chosen["verified"], hashes, chosen.get("invites", False))


def _sealing_context(operation: Operation) -> str:
    return f"import {operation.pk}"


def _begin_checking(operation: Operation) -> None:
    form = form_of(operation)
    operation.state = State.CHECKING
    operation.position, operation.line = form.begins_at, form.begins_on
    operation.total = operation.good = operation.done = operation.unchanged = operation.failed = 0
    operation.problems = []
    operation.chosen["is_cleared"] = False
    operation.save()


def map_anew(operation: Operation) -> None:
    """Go back to what the columns are. Raises `Refused` if the import has gone on."""
    with transaction.atomic():
        locked = _locked(operation, State.CHECKED)
        locked.state = State.UPLOADED
        locked.chosen.pop("firebase", None)
        locked.save(update_fields=["state", "chosen"])


def bring_in(operation: Operation, *, actor: Actor) -> None:
    """Begin to import the good lines.

    Raises `Refused` if there are none, they are more than the tenant may have, or the import has gone on.
    """
    with transaction.atomic():
        locked = _locked(operation, State.CHECKED)
        if not locked.good:
            raise Refused([Problem(Code.NOT_ALLOWED, "", _("There is no line that could be imported."))])
        _refuse_more_than_fit(locked.good - locked.unchanged)
        locked.state, locked.position = State.RUNNING, 0
        locked.done = locked.unchanged = 0
        done_by(locked, actor)
        locked.save()
        details = {"kind": locked.kind, "customers": locked.good, "existing": locked.chosen["existing"]}
        record("operation.started", actor=actor, target=locked, details=details)
        set_going(locked)


def _refuse_more_than_fit(newcomers: int) -> None:
    """Raises `Refused` if the tenant may not have so many customers more."""
    room = room_for(current_tenant(), CUSTOMERS, Account.objects.all())
    if room is not None and newcomers > room:
        words = _(
            "%(newcomers)s of these customers are new, and this tenant may have %(room)s more. "
            "Import fewer, purge deleted customers, or ask who runs this installation."
        )
        told = words % {"newcomers": grouped(newcomers), "room": grouped(room)}
        raise Refused([Problem(Code.TOO_MANY, "", told)])


def _locked(operation: Operation, *states: State) -> Operation:
    """The import as it is now. Raises `Refused` if somebody else has gone on with it meanwhile."""
    found = Operation.objects.imports().select_for_update().filter(pk=operation.pk, state__in=states).first()
    if found is None:
        raise Refused(
            [
                Problem(
                    Code.CHANGED_MEANWHILE, "", _("This import has continued in the meantime. See its current state.")
                )
            ]
        )
    return found


def _mapping_problems(mapping: Mapping[str, str], verified: str) -> list[Problem]:
    possible = targets(custom_attribute_types())
    problems = [
        Problem(Code.UNKNOWN, heading, _("Choose one of those shown."))
        for heading, target in mapping.items()
        if target and target not in possible
    ]
    taken: dict[str, str] = {}
    for heading, target in mapping.items():
        if target and target in taken:
            sentence = _("“%(heading)s” is already %(target)s.") % {
                "heading": taken[target],
                "target": possible.get(target, target),
            }
            problems.append(Problem(Code.TAKEN, heading, sentence))
        taken.setdefault(target, heading)
    if EMAIL not in taken:
        problems.append(Problem(Code.REQUIRED, "", _("Say which column is the email address.")))
    if verified == "file" and VERIFIED not in taken:
        problems.append(Problem(Code.REQUIRED, "verified", _("Say which column tells whether an address is verified.")))
    return problems


def _hash_problems(salt_order: str, firebase: str) -> list[Problem]:
    problems = wrong(Code.UNKNOWN, "salt_order", "" if salt_order in ORDERS else _("Choose one of those shown."))
    try:
        if firebase:
            firebase_parameters(firebase)
    except HashRefused as refusal:
        return [*problems, Problem(Code.INVALID, "firebase", _(str(refusal)))]
    return [*problems]


def _choice_problems(existing: str, verified: str, group_id: UUID | None) -> list[Problem]:
    is_known = group_id is None or Group.objects.filter(pk=group_id).exists()
    return [
        *wrong(Code.UNKNOWN, "existing", "" if existing in EXISTING else _("Choose one of those shown.")),
        *wrong(Code.UNKNOWN, "verified", "" if verified in VERIFIED_BY else _("Choose one of those shown.")),
        *wrong(Code.UNKNOWN, "group", "" if is_known else _("This group no longer exists.")),
    ]


def _keep_mapping(mapping: Mapping[str, str]) -> None:
    rows = [KeptMapping(heading=heading, target=target) for heading, target in mapping.items()]
    KeptMapping.objects.bulk_create(rows, update_conflicts=True, unique_fields=["heading"], update_fields=["target"])


def _plain_name(file_name: str) -> str:
    """The file's name without folders and what can't be seen."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable())[:200] or "file"


def unheeded(operation: Operation) -> str:
    """The column that tells whether addresses are verified, where the same was chosen for all of them; "" for none."""
    chosen = operation.chosen
    if chosen.get("verified", "file") == "file":
        return ""
    return next((heading for heading, target in chosen["targets"].items() if target == VERIFIED), "")


def import_facts(operation: Operation) -> dict[str, Any]:
    """What a command tells of an import."""
    return {
        "id": str(operation.pk),
        "state": operation.state,
        "lines": operation.total,
        "good": operation.good,
        "done": operation.done,
        "unchanged": operation.unchanged,
        "refused": operation.failed,
        "unheeded": unheeded(operation),
        "problems": [{"problem": sentence, "lines": number} for sentence, number in operation.problems],
    }
