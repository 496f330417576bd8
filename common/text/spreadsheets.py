"""Cells that no spreadsheet takes for a formula, and lines of CSV. Pure.

What begins with `= + - @`, a tab or a line break, in their full-width forms too, a spreadsheet computes, which may send
what stands beside it elsewhere. Such a cell gets a quotation mark before it, which an import takes off again
(`bulk.imports.reading`); what is plainly a number or a telephone number stays as it is, since the mark would spoil it.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?[0-9][0-9 ()/.]*")


def safe_cell(text: str) -> str:
    """The text as a cell."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Lines of CSV (RFC 4180), each cell in quotation marks and safe."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe_cell(str(cell)) for cell in row] for row in rows)
    return written.getvalue().encode()


def csv_file(rows: Iterable[Sequence[object]]) -> bytes:
    """The same as a file, or as its beginning: behind the mark by which spreadsheets tell UTF-8."""
    return codecs.BOM_UTF8 + csv_lines(rows)
