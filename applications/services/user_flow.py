"""Which user flow applications use."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from applications.models import Application
from applications.services.changes import announce_change
from audit.services import Actor, record
from userflows.models import UserFlow


def assign_user_flow(user_flow: UserFlow, *, applications: Iterable[Application], actor: Actor) -> None:
    """Let these applications use the flow, instead of the one each had."""
    with transaction.atomic():
        for application in applications:
            if application.kind == Application.Kind.SERVICE:
                raise ValidationError({"applications": f"Nobody signs in to the service {application}."})
            application.user_flow = user_flow
            application.save(update_fields=["user_flow", "updated"])
            record(
                "application.user_flow_assigned",
                actor=actor,
                target=application,
                details={"user_flow": str(user_flow.pk)},
            )
        announce_change()
