"""Which ways to get tokens an application may use: those its kind may have, as far as they were chosen."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from applications.models import Application
from applications.policies.grants import chosen_grants, grants_problem
from applications.services.changes import announce_change
from audit.services import Actor, record


def change_grants(application: Application, *, grant_types: Iterable[str], actor: Actor) -> None:
    """Let the application use these grants, by their wire names, and no others. Tokens that were issued stay good.

    Raises `ValidationError` keyed by argument.
    """
    asked = list(grant_types)
    problem = grants_problem(asked, kind=application.kind)
    if problem:
        raise ValidationError({"grant_types": problem})
    application.grants = " ".join(chosen_grants(asked, kind=application.kind))
    with transaction.atomic():
        application.save(update_fields=["grants", "updated"])
        details = {"grant_types": list(application.grant_types)}
        record("application.grants_changed", actor=actor, target=application, details=details)
        announce_change()
