"""An event as a row of an export, and as JSON: every column by its name, with its sentence. Pure."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from audit.explanations import explain
from audit.models import AbstractEvent
from audit.sentences import sentence_of
from common.text.languages import ENGLISH

COLUMNS = (
    "id at sentence category action result reason why actor_kind actor_id actor_name target_kind target_id target_name"
    " account_id client_id application user_flow step method journey_id ip browser request_id details"
).split()


def row_of(event: AbstractEvent) -> dict[str, Any]:
    """The event's columns, as JSON has them: times in UTC (RFC 3339), what isn't known as "" or null."""
    # A file says the same to whoever reads it.
    with translation.override(ENGLISH):
        explanation = explain(event)
        said = {"sentence": sentence_of(event), "why": explanation.in_full if explanation else ""}
    return {name: _plain(said[name] if name in said else getattr(event, name, "")) for name in COLUMNS}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value
