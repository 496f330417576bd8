"""Where accounts written by the thousand are made findable."""

from collections.abc import Sequence
from uuid import UUID


def keep_searchable(account_ids: Sequence[UUID]) -> None:
    """Let these accounts be found by what they are now. There is nothing yet that a search would need beside them."""
    del account_ids
