"""Cells of a CSV file that spreadsheets open as what they say, and never as a formula."""

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """The value, with an apostrophe before a text that a spreadsheet would take for a formula. Numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_BEGINS) else value
