"""Noticing that something was changed while somebody else was looking at it."""

CHANGED_MEANWHILE = (
    "Somebody else changed this after you opened the page. What you typed is still here: save again to put it in the "
    "place of theirs, or reload the page to see theirs."
)
