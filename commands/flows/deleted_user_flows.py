"""The verbs of `manage.py userflow` about deleting and restoring."""

from typing import Any

from django.core.management.base import CommandError

from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import serving, user_flow_named
from userflows.flows.deletion import delete_user_flow, purge_user_flow, restore_user_flow
from userflows.rows.deletion import DeletedUserFlow

COMMAND = Actor.command()


def add_deletion_verbs(command: VerbCommand) -> None:
    """Offer the verbs, each about one user flow of a tenant but for the list."""
    for name, run, summary in (
        ("delete", _delete, "delete a user flow that no application uses, which can be restored for 30 days"),
        ("restore", _restore, "take a deletion back, the last one of this name"),
        ("purge", _purge, "forget a deleted user flow before its 30 days are over, the last one of this name"),
    ):
        verb = command.verb(name, run, summary=summary)
        verb.add_argument("--tenant", required=True, metavar="DOMAIN")
        verb.add_argument("--name", required=True)
    listed = command.verb("deleted", _list, summary="list the user flows that can be restored")
    listed.add_argument("--tenant", required=True, metavar="DOMAIN")


def _delete(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        deleted = delete_user_flow(user_flow_named(options["name"]), actor=COMMAND)
    told = f"User flow “{deleted}” can be restored until {deleted.restorable_until:%Y-%m-%d}."
    return Answer(_facts(deleted), told)


def _restore(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        flow, changed = restore_user_flow(_deleted_named(options["name"]), actor=COMMAND)
    told = f"User flow “{flow.name}” was restored. No application uses it yet."
    if changed:
        told += f" What is gone was left out of: {', '.join(changed)}."
    return Answer({"id": str(flow.pk), "name": flow.name, "changed": list(changed)}, told)


def _purge(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        deleted = _deleted_named(options["name"])
        facts = _facts(deleted)
        purge_user_flow(deleted, actor=COMMAND)
    return Answer(facts, f"User flow “{deleted}” is gone for good.")


def _list(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        found = [_facts(each) for each in DeletedUserFlow.objects.restorable()]
    lines = [f"until {each['restorable_until']}  {each['name']}" for each in found]
    return Answer({"user_flows": found}, "\n".join(lines) or "No user flow can be restored.")


def _deleted_named(name: str) -> DeletedUserFlow:
    deleted: DeletedUserFlow | None = DeletedUserFlow.objects.restorable().filter(name=name.strip()).first()
    if deleted is None:
        raise CommandError(f"No user flow called “{name}” was deleted within the last 30 days.")
    return deleted


def _facts(deleted: DeletedUserFlow) -> dict[str, str]:
    return {
        "id": str(deleted.pk),
        "name": deleted.name,
        "restorable_until": deleted.restorable_until.date().isoformat(),
    }
