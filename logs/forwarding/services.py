"""Every write about destinations by those who administer them."""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor, record
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed
from common.versions import differences
from common.web.outgoing import from_pages
from logs.forwarding.batches import newest_of_installation, trial_batch
from logs.forwarding.description import DestinationDescription, describe, problems_of, told_address
from logs.forwarding.senders import Outcome, send
from logs.forwarding.shared_secret import new_secret, seal_secret
from logs.forwarding.turns import note_delivery
from logs.models import Destination, Seal
from logs.seals import chain
from tenants.postgresql import current_schema

MOST_DESTINATIONS = 5
OLD_SECRET_GOOD_FOR = timedelta(days=1)
# Whoever tests a destination waits for it in a thread that answers requests.


def create_destination(description: DestinationDescription, *, actor: Actor) -> tuple[Destination, str]:
    """Forward the log there from now on. Returns the secret of a web-hook, to be shown this once. Raises `Refused`."""
    refuse_if_any(problems_of(description))
    destination, secret = Destination(**vars(description)), ""
    with transaction.atomic():
        if Destination.objects.select_for_update().count() >= MOST_DESTINATIONS:
            raise Refused(
                [
                    Problem(
                        Code.TOO_MANY, "", _("A log has %(most)d destinations at most.") % {"most": MOST_DESTINATIONS}
                    )
                ]
            )
        last = chain.head()
        destination.cursor = last.number if last else 0
        destination.installation_cursor = newest_of_installation()
        if destination.kind == Destination.Kind.WEB_HOOK:
            secret = new_secret()
            destination.sealed_secret = seal_secret(secret, destination_id=destination.pk)
        destination.save(force_insert=True)
        _record("log_destination.created", destination, actor, _where(destination))
    return destination, secret


def change_destination(
    destination: Destination, description: DestinationDescription, *, expected_version: str = "", actor: Actor
) -> None:
    """Rename the destination, or send what comes next to another address; what has failed there is tried at once.

    Its kind stays, and so do its secret and what it has got. `expected_version` is that of the description somebody has
    seen; if it is another by now, nothing is done. Where nothing differs, nothing is noted. Raises `Refused`.
    """
    refuse_if_any(problems_of(description))
    with transaction.atomic():
        locked = Destination.objects.select_for_update().get(pk=destination.pk)
        before = describe(locked)
        refuse_if_changed(expected_version, before.version)
        if description.kind != before.kind:
            raise Refused([Problem(Code.NOT_ALLOWED, "kind", _("A destination stays what it is. Add another one."))])
        fields = list(differences(before, description))
        if not fields:
            return
        locked.name, locked.address = description.name, description.address
        if "address" in fields:
            locked.failures, locked.failing_since, locked.next_try_at = 0, None, None
        locked.save(update_fields=["name", "address", "failures", "failing_since", "next_try_at"])
        _record("log_destination.changed", locked, actor, {"fields": fields, **_where(locked)})


def suspend(destination: Destination, *, actor: Actor) -> None:
    """Send nothing until it is resumed; nothing is lost but what goes as its time is over."""
    with transaction.atomic():
        if Destination.objects.filter(pk=destination.pk, is_suspended=False).update(
            is_suspended=True, suspended_because=""
        ):
            _record("log_destination.suspended", destination, actor)


def resume(destination: Destination, *, actor: Actor) -> None:
    """Go on where it stopped, at once, as if it had never failed."""
    with transaction.atomic():
        is_stopped = Destination.objects.filter(pk=destination.pk).exclude(is_suspended=False, failures=0)
        if is_stopped.update(
            is_suspended=False, suspended_because="", failures=0, failing_since=None, next_try_at=None
        ):
            _record("log_destination.resumed", destination, actor)


def replay(destination: Destination, *, since: datetime, actor: Actor) -> None:
    """Send all again that happened from this moment on and is still there, and what comes after it."""
    with transaction.atomic():
        # What happened since has been sealed since.
        again = Seal.objects.filter(sealed_at__gte=since).order_by("sealed_at", "number")
        first = again.values_list("number", flat=True).first()
        last = chain.head()
        cursor = first - 1 if first else (last.number if last else 0)
        Destination.objects.filter(pk=destination.pk).update(
            cursor=cursor, installation_cursor=newest_of_installation(before=since), held_until=None
        )
        _record("log_destination.replayed", destination, actor, {"since": since.isoformat()})


def exchange_secret(destination: Destination, *, actor: Actor) -> str:
    """Sign by a new secret, and for a day by the old one as well. Returns the new one, to be shown this once."""
    secret = new_secret()
    with transaction.atomic():
        locked = Destination.objects.select_for_update().get(pk=destination.pk)
        Destination.objects.filter(pk=destination.pk).update(
            sealed_secret=seal_secret(secret, destination_id=destination.pk),
            sealed_old_secret=locked.sealed_secret,
            old_secret_until=timezone.now() + OLD_SECRET_GOOD_FOR,
        )
        _record("log_destination.secret_exchanged", destination, actor)
    return secret


def delete(destination: Destination, *, actor: Actor) -> None:
    """Forward nothing there any more, and forget what came of it."""
    with transaction.atomic():
        _record("log_destination.deleted", destination, actor, _where(destination))
        Destination.objects.filter(pk=destination.pk).delete()


def send_test(destination: Destination, *, actor: Actor) -> Outcome:
    """Send one event that never happened, and wait for what comes of it. Raises `TooManyWaiting`.

    Call it outside of any transaction.
    """
    batch = trial_batch()
    with from_pages.one(current_schema()):
        begun = time.monotonic()
        outcome = send(destination, batch)
        took = round((time.monotonic() - begun) * 1000)
    with transaction.atomic():
        note_delivery(destination, batch, outcome, took=took, is_test=True)
        _record("log_destination.tested", destination, actor, {"arrived": outcome.has_arrived})
    return outcome


def _where(destination: Destination) -> dict[str, object]:
    return {"kind": destination.kind, "address": told_address(destination)}


def _record(what: str, destination: Destination, actor: Actor, details: dict[str, object] | None = None) -> None:
    record(what, actor=actor, target=destination, details=details)
