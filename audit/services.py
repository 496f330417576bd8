from dataclasses import dataclass
from typing import Any, Self

from django.db import models

from audit.models import AbstractEvent, Event


@dataclass(frozen=True)
class Actor:
    """Who does something: kind (administrator, customer, application, command, system), ID and name as known then."""

    kind: str
    id: str = ""
    name: str = ""

    @classmethod
    def command(cls) -> Self:
        """Somebody at the command line of the installation."""
        return cls("command", name="Command line")

    @classmethod
    def system(cls) -> Self:
        """The product itself, such as a job on a schedule."""
        return cls("system", name="CIAM Portal")


def record(
    action: str,
    *,
    actor: Actor,
    target: models.Model | None = None,
    details: dict[str, Any] | None = None,
    event_model: type[AbstractEvent] = Event,
) -> None:
    """Write one event beside the change it tells of; call it inside the change's transaction.

    `details` may hold identifiers and the names of changed fields, never a secret or a password.
    """
    event_model(
        action=action,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:320],
        target_kind=target._meta.model_name or "" if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_name=str(target)[:320] if target is not None else "",
        details=details or {},
    ).save(force_insert=True)
