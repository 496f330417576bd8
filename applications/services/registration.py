"""Register applications."""

from typing import Any

from applications.models import Application
from applications.policies.changes import proposed
from applications.services.application import register
from applications.services.sectors import check_chosen_sector
from audit.services import Actor


def register_application(*, name: str, kind: str, actor: Actor, **values: Any) -> Application:
    """Record an app or service that customers sign in to: as is usual for its kind, but for these fields.

    `values` are fields of the description by their names, such as `redirect_uris`. Raises `Refused`.
    """
    check_chosen_sector(values.get("sector_identifier_uri", ""), values.get("redirect_uris", ()))
    return register(proposed(name, kind).with_values(**values), actor=actor)
