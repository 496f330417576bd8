"""Which versions of a page layout are kept: the newest, and all of the last year."""

from common.database.published import no_longer_kept
from userflows.rows.layouts import LayoutVersion


def prune_layouts() -> int:
    """Delete those that are neither, of each user flow. Returns how many there were."""
    deleted, _ = no_longer_kept(LayoutVersion.objects.published(), of="user_flow").delete()
    return deleted
