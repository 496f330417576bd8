"""The verbs of `manage.py application` about deleting and restoring."""

from typing import Any

from django.core.management.base import CommandError

from applications.models import DeletedApplication
from applications.services.deletion import delete_application, purge_application, restore_application
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import add_application_options, application_named, serving
from common.text.ids import uuid_of

COMMAND = Actor.command()


def add_deletion_verbs(command: VerbCommand) -> None:
    """Offer the verbs, each about one application of a tenant but for the list."""
    for name, run, summary in (
        ("delete", _delete, "delete an application, which can be restored for 30 days"),
        ("restore", _restore, "take a deletion back"),
        ("purge", _purge, "forget a deleted application before its 30 days are over"),
    ):
        add_application_options(command.verb(name, run, summary=summary))
    listed = command.verb("deleted", _list, summary="list the applications that can be restored")
    listed.add_argument("--tenant", required=True, metavar="DOMAIN")


def _delete(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        deleted = delete_application(application_named(options["client_id"]), actor=COMMAND)
    return Answer(_facts(deleted), f"{deleted} can be restored until {deleted.restorable_until:%Y-%m-%d}.")


def _restore(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        application, changed = restore_application(_deleted_named(options["client_id"]), actor=COMMAND)
        used = application.user_flow.name if application.user_flow else None
    facts = {"client_id": application.client_id, "name": application.name, "user_flow": used}
    told = [f"{application} was restored."]
    if used:
        told.append(f"Customers go through “{used}”.")
    if "factors" in changed:
        told.append("Its own second factors don’t fit that one, so those of the user flow count now.")
    return Answer(facts, " ".join(told))


def _purge(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        deleted = _deleted_named(options["client_id"])
        facts = _facts(deleted)
        purge_application(deleted, actor=COMMAND)
    return Answer(facts, f"{deleted} is gone for good.")


def _list(options: dict[str, Any]) -> Answer:
    with serving(options["tenant"]):
        found = [_facts(each) for each in DeletedApplication.objects.restorable()]
    lines = [f"{each['client_id']}  until {each['restorable_until']}  {each['name']}" for each in found]
    return Answer({"applications": found}, "\n".join(lines) or "No application can be restored.")


def _deleted_named(client_id: str) -> DeletedApplication:
    known = uuid_of(client_id)
    deleted = DeletedApplication.objects.restorable().filter(pk=known).first() if known else None
    if deleted is None:
        raise CommandError("No application with this client ID was deleted within the last 30 days.")
    return deleted


def _facts(deleted: DeletedApplication) -> dict[str, str]:
    return {
        "client_id": str(deleted.client_id),
        "name": deleted.name,
        "type": deleted.kind,
        "restorable_until": deleted.restorable_until.date().isoformat(),
    }
