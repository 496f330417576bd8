"""Files of customers, read record by record from any place between two records. Pure: bytes in, records out.

CSV in UTF-8 (RFC 4180, with "," ";" or a tab between the cells), JSON lines, or one JSON array of objects. However long
a file is, no more of it is in memory than a piece and a record.
"""

import codecs
import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isinf
from typing import Any, Protocol

from bulk.imports.hashes import WHOLE
from common.text.translation import gettext_noop as _

MAX_RECORD = 64 * 1024
"""Bytes of one line, or of one object of an array."""
MAX_COLUMNS = 200
MAX_HEADING = 128
READ_FOR_HEADINGS = 100
MOST_LEVELS = 20
DELIMITERS = (",", ";", "\t")
BOM = codecs.BOM_UTF8
# An object whose list of users comes first, as Firebase writes one.
OF_USERS = re.compile(rb'\s*\{\s*"users"\s*:\s*\[')
BETWEEN_OBJECTS = re.compile(r"[\s,]*")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What an export puts a quotation mark before, so that no spreadsheet takes it for a formula (`exports.columns`).
MADE_SAFE = re.compile(r"'[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")

# What is kept of these is English, and told in its reader's language by `bulk.reports`.
TOO_MANY_COLUMNS = _("This file has more than %(most)d columns.")
TOO_MANY_NAMES = _("The objects of this file have more than %(most)d names.")
TOO_LONG_LINE = _("This line is longer than %(size)d KB.")
TOO_LONG_IN_FILE = _("This file has a line that is longer than %(size)d KB.")
TOO_LONG_UNTIL = _(
    "What ends on line %(line)d is longer than %(size)d KB. Perhaps a quotation mark is left open before it."
)
NO_JSON_FROM = _("From line %(line)d on this file can’t be read as JSON.")
WITH_NUMBERS = (TOO_MANY_COLUMNS, TOO_MANY_NAMES, TOO_LONG_LINE, TOO_LONG_IN_FILE, TOO_LONG_UNTIL, NO_JSON_FROM)

Values = dict[str, Any]


class FileRefused(Exception):
    """The file can't be read, or not any further; the message is a sentence for whoever brings it."""


@dataclass(frozen=True)
class FileFormat:
    """How a file is to be read: `kind` is "csv", "lines" or "array"; of a CSV file `headings` are its columns.

    The first record begins at the byte `begins_at`, behind so many lines.
    """

    kind: str
    headings: tuple[str, ...]
    delimiter: str = ""
    begins_at: int = 0
    begins_on: int = 0

    @property
    def is_list(self) -> bool:
        """Whether its records are entries of a list, of which several may stand on one line."""
        return self.kind == "array"


@dataclass(frozen=True)
class Record:
    """What stands on a line, by heading; None if that can't be read, which `problem` explains.

    `line` counts from 1. The next record begins at the byte `ends_at`, behind `lines` lines.
    """

    line: int
    ends_at: int
    lines: int
    values: Values | None = None
    problem: str = ""


class ImportSource(Protocol):
    """A file that can be read from any byte on."""

    def chunks(self, offset: int) -> Iterator[bytes]: ...


def format_of(source: ImportSource) -> FileFormat:
    """How the file is to be read, by its beginning. Raises `FileRefused`."""
    first = next(source.chunks(0), b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused(_("This file is text in UTF-16. Save it as “CSV UTF-8”, then choose it again."))
    if b"\0" in first[:MAX_RECORD].partition(b"\n")[0]:
        raise FileRefused(_("This isn’t a text file. Save a spreadsheet as “CSV UTF-8”, then choose it again."))
    begin = len(BOM) if first.startswith(BOM) else 0
    bare = first[begin:].lstrip()
    if not bare:
        raise FileRefused(_("This file is empty."))
    if listed := OF_USERS.match(first, begin):
        return _with_headings(source, FileFormat("array", (), "", listed.end(), listed[0].count(b"\n")))
    if bare[:1] == b"{":
        return _with_headings(source, FileFormat("lines", (), begins_at=begin))
    if bare[:1] == b"[":
        skipped = first[: first.index(b"[") + 1]
        return _with_headings(source, FileFormat("array", (), "", len(skipped), skipped.count(b"\n")))
    return _csv_format(source, begin)


def records(source: ImportSource, form: FileFormat, offset: int, lines: int) -> Iterator[Record]:
    """The records from this byte on, behind so many lines. Raises `FileRefused` where it can't be read any further."""
    if form.kind == "csv":
        return _csv_records(source, form, offset, lines)
    return (_json_lines if form.kind == "lines" else _json_array)(source, offset, lines)


def _csv_format(source: ImportSource, begin: int) -> FileFormat:
    line = next(_lines(source.chunks(begin)), b"")
    try:
        heading = line.decode()
    except UnicodeDecodeError as error:
        raise FileRefused(_("The first line isn’t text in UTF-8. Save the file as “CSV UTF-8”.")) from error
    outside_quotes = re.sub(r'"[^"]*"', "", heading)
    delimiter = max(DELIMITERS, key=outside_quotes.count)
    form = FileFormat("csv", (), delimiter, begin, 0)
    first = next(_csv_cells(source, form, begin, 0), None)
    if first is None or first.cells is None:
        raise FileRefused(_("The first line has to name the columns, and can’t be read as CSV."))
    if any(ADDRESS.fullmatch(cell.strip()) for cell in first.cells):
        raise FileRefused(_("The first line has to name the columns, such as email, and holds a customer already."))
    if len(first.cells) > MAX_COLUMNS:
        raise FileRefused(TOO_MANY_COLUMNS % {"most": MAX_COLUMNS})
    return FileFormat("csv", _headings(first.cells), delimiter, first.ends_at, first.lines)


def _headings(cells: list[str]) -> tuple[str, ...]:
    """A name for each column, and a different one for each."""
    named: list[str] = []
    for number, cell in enumerate(cells, start=1):
        heading = " ".join(cell.replace("\0", "").split())[:MAX_HEADING] or f"Column {number}"
        named.append(heading if heading not in named else f"{heading[: MAX_HEADING - 8]} ({number})")
    return tuple(named)


@dataclass(frozen=True)
class _Cells:
    line: int
    ends_at: int
    lines: int
    cells: list[str] | None


class _Counted:
    """Lines as text, and how far they have been read. What isn't UTF-8 stays recognisable, as lone surrogates."""

    def __init__(self, source: ImportSource, offset: int, lines: int) -> None:
        self.offset, self.lines = offset, lines
        self.record_at = offset
        self._lines = _lines(source.chunks(offset))

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.offset += len(line)
            self.lines += 1
            if self.offset - self.record_at > MAX_RECORD:
                raise FileRefused(TOO_LONG_UNTIL % {"line": self.lines, "size": MAX_RECORD // 1024})
            yield line.decode("utf-8", "surrogateescape")


def _csv_cells(source: ImportSource, form: FileFormat, offset: int, lines: int) -> Iterator[_Cells]:
    counted = _Counted(source, offset, lines)
    reader = csv.reader(iter(counted), delimiter=form.delimiter)
    while True:
        counted.record_at, line = counted.offset, counted.lines + 1
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        yield _Cells(line, counted.offset, counted.lines, cells)


def _csv_records(source: ImportSource, form: FileFormat, offset: int, lines: int) -> Iterator[Record]:
    for found in _csv_cells(source, form, offset, lines):
        place = (found.line, found.ends_at, found.lines)
        if found.cells is None:
            yield Record(*place, problem=_("This line can’t be read as CSV."))
        elif not any(cell.strip() for cell in found.cells):
            # An empty line, as many files end with, is nobody.
            yield Record(*place)
        elif len(found.cells) > len(form.headings):
            yield Record(
                *place, problem=_("This line has more cells than there are columns: is a quotation mark missing?")
            )
        else:
            cells = (cell[1:] if MADE_SAFE.match(cell) else cell for cell in found.cells)
            yield _text_record(place, dict(zip(form.headings, cells, strict=False)))


def _json_lines(source: ImportSource, offset: int, lines: int) -> Iterator[Record]:
    for line in _lines(source.chunks(offset)):
        offset += len(line)
        lines += 1
        place = (lines, offset, lines)
        if not line.strip():
            yield Record(*place)
        elif len(line) > MAX_RECORD:
            yield Record(*place, problem=TOO_LONG_LINE % {"size": MAX_RECORD // 1024})
        else:
            try:
                found = json.loads(line.decode("utf-8", "surrogateescape"), parse_constant=_no_constant)
            except (ValueError, RecursionError):
                yield Record(*place, problem=_("This line can’t be read as JSON."))
            else:
                yield _object_record(place, found)


def _json_array(source: ImportSource, offset: int, lines: int) -> Iterator[Record]:
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    texts = codecs.iterdecode(source.chunks(offset), "utf-8", "surrogateescape")
    text, at = "", 0

    def passed(until: int) -> tuple[int, int]:
        nonlocal at
        gone, at = text[at:until], until
        return offset + len(gone.encode("utf-8", "surrogateescape")), lines + gone.count("\n")

    while True:
        between = BETWEEN_OBJECTS.match(text, at)
        offset, lines = passed(between.end() if between else at)
        if text.startswith("]", at):
            return
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            more = next(texts, "")
            if not more or len(text) - at > MAX_RECORD:
                if not more and at == len(text):
                    raise FileRefused(_("The file ends before its list does.")) from None
                raise FileRefused(NO_JSON_FROM % {"line": lines + 1}) from None
            text, at = text[at:] + more, 0
            continue
        line = lines + 1
        offset, lines = passed(end)
        yield _object_record((line, offset, lines), found)


def _with_headings(source: ImportSource, form: FileFormat) -> FileFormat:
    """The names that the first objects have, in their order."""
    names: dict[str, None] = {}
    for record in islice(records(source, form, form.begins_at, form.begins_on), READ_FOR_HEADINGS):
        names |= dict.fromkeys(record.values or {})
    if not names:
        raise FileRefused(_("The first objects of this file can’t be read as JSON, or are empty."))
    if len(names) > MAX_COLUMNS:
        raise FileRefused(TOO_MANY_NAMES % {"most": MAX_COLUMNS})
    return FileFormat(form.kind, tuple(names), "", form.begins_at, form.begins_on)


def _object_record(place: tuple[int, int, int], found: object) -> Record:
    if not isinstance(found, dict):
        return Record(*place, problem=_("This isn’t a JSON object."))
    flat: Values = {}
    for name, value in found.items():
        inner = value.items() if isinstance(value, dict) and name not in WHOLE else [("", value)]
        for inner_name, inner_value in inner:
            heading = f"{name}.{inner_name}" if inner_name else name
            if inner_value is not None and len(heading) <= MAX_HEADING:
                flat[heading.replace("\0", "")] = inner_value
    return _text_record(place, flat)


def _text_record(place: tuple[int, int, int], values: Values) -> Record:
    """A record, unless something in it can't be kept as text."""
    problem = next(filter(None, map(_spoilt, _parts(values))), "")
    return Record(*place, problem=problem) if problem else Record(*place, values=values)


def _parts(values: Values) -> Iterator[tuple[object, int]]:
    """All that stands in it, names too, each with how deep inside of other things it stands."""
    waiting: list[tuple[object, int]] = [(values, 0)]
    while waiting:
        value, level = waiting.pop()
        yield value, level
        if level <= MOST_LEVELS and isinstance(value, (dict, list)):
            inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
            waiting += [(each, level + 1) for each in inner]


def _spoilt(part: tuple[object, int]) -> str:
    """What keeps this from being written down, as a sentence; PostgreSQL takes neither NUL nor infinity."""
    value, level = part
    if level > MOST_LEVELS:
        return _("This line is nested too deeply.")
    if isinstance(value, float) and isinf(value):
        return _("A number on this line is too large.")
    if isinstance(value, str) and ("\0" in value or (not value.isascii() and _has_surrogates(value))):
        return _("This line isn’t text in UTF-8. Save the file as “CSV UTF-8”.")
    return ""


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their ends. Raises `FileRefused` for what isn't cut into lines."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > 2 * MAX_RECORD:
            raise FileRefused(TOO_LONG_IN_FILE % {"size": MAX_RECORD // 1024})
    if rest:
        yield rest


def _no_constant(name: str) -> None:
    """NaN and Infinity are no JSON (RFC 8259 section 6)."""
    raise ValueError(name)
