"""Noticing that something was changed while somebody else was looking at it."""

CHANGED_MEANWHILE = (
    "Someone else changed this after you opened the page. Your changes are still here: save again to replace theirs, "
    "or reload the page to see theirs."
)
