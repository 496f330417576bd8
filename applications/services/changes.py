"""What every write about an application ends with."""

from collections.abc import Mapping
from typing import Any

from applications.models import Application
from audit.services import Actor, Circumstances, record
from tenants.postgresql import announce_change


def record_change(
    action: str,
    application: Application,
    *,
    actor: Actor,
    circumstances: Circumstances | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note what was done, and tell all processes that applications of this tenant have changed.

    Call it inside the change's transaction; `details` never hold a secret.
    """
    record(action, actor=actor, target=application, circumstances=circumstances, details=dict(details or {}))
    announce_change()
