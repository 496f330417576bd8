"""The tenant's hooks as every moment asks for them, kept in the process until they change."""

from collections.abc import Mapping
from typing import Any

from common.database.rows import row_from_json
from hooks.models import Hook
from tenants.known import KnownPart

_HOOKS = "SELECT jsonb_agg(to_jsonb(kept)) FROM hooks_hook kept WHERE kept.is_on"


def _hooks_of(rows: list[dict[str, Any]] | None) -> Mapping[tuple[str, str], Hook]:
    """By moment and each that it serves; by moment and "" for all."""
    hooks = [row_from_json(Hook, row) for row in rows or ()]
    return {(hook.moment, served): hook for hook in hooks for served in hook.serves or [""]}


_hooks = KnownPart(_HOOKS, _hooks_of)


def hook_for(moment: str, of: str = "") -> Hook | None:
    """The hook that is asked then for this user flow or application, to be read only: it is everybody's.

    How it stands, only its row knows.
    """
    known = _hooks.get()
    return (known.get((moment, of)) or known.get((moment, ""))) if known else None
