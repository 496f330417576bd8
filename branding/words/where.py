"""Where a sentence is said otherwise."""

from typing import Any, NamedTuple
from uuid import UUID

from branding.models import Theme


class Where(NamedTuple):
    """In a user flow, or for the applications of a theme, by its ID; everywhere, where neither is given.

    A flow says what it doesn't say itself as the tenant does, and a theme as the flow does.
    """

    user_flow: UUID | None = None
    theme: UUID | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of its rows."""
        return {"user_flow": self.user_flow, "theme_id": self.theme}


EVERYWHERE = Where()


def of_brand(theme: Theme | None) -> Where:
    """For the applications of a theme, or everywhere for the tenant's own brand."""
    return Where(theme=theme.pk) if theme else EVERYWHERE
