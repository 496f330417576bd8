"""Texts that people typed, where a sentence names them."""

LONGEST_NAMED = 80


def shortened(text: str) -> str:
    """The text, or its beginning with an ellipsis: a sentence about a long one needn't repeat all of it."""
    return text if len(text) <= LONGEST_NAMED else f"{text[: LONGEST_NAMED - 1]}…"
