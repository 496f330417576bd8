"""Register and delete applications."""

from typing import Any

from django.db import transaction

from applications.models import Application
from applications.policies.changes import proposed
from applications.services.application import register
from applications.services.changes import record_change
from applications.services.sectors import check_chosen_sector
from audit.services import Actor
from branding.themes.services import forget_application
from hooks.services import serve_no_more


def register_application(*, name: str, kind: str, actor: Actor, **values: Any) -> Application:
    """Record an app or service that customers sign in to: as is usual for its kind, but for these fields.

    `values` are fields of the description by their names, such as `redirect_uris`. Raises `Refused`.
    """
    check_chosen_sector(values.get("sector_identifier_uri", ""), values.get("redirect_uris", ()))
    return register(proposed(name, kind).with_values(**values), actor=actor)


def delete_application(application: Application, *, actor: Actor) -> None:
    """Remove the application with its secrets, codes and refresh tokens. Its access tokens are refused from now on."""
    with transaction.atomic():
        record_change("application.deleted", application, actor=actor)
        forget_application(application.client_id)
        serve_no_more(application.client_id, actor=actor)
        application.delete()
