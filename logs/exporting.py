"""Events as a file, newest first: CSV for spreadsheets, or JSON lines. It is noted who took which."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from audit.rows import COLUMNS, row_of
from audit.services import Actor, record
from common.database.keyset import page_of
from common.text.spreadsheets import csv_file, csv_lines
from logs.served import event_model

CSV, JSON_LINES = "csv", "jsonl"
FORMATS = (CSV, JSON_LINES)
ROWS_AT_ONCE = 1000


def export_events(
    found: QuerySet[Any], *, log: str, file_format: str, filters: Mapping[str, str], actor: Actor
) -> Iterator[bytes]:
    """The pieces of the file with these events of the log being served; each piece is one question to the database.

    `log` and `filters` say in the event, which is written before the first piece, what was taken.
    """
    details = {"log": log, "format": file_format, "filters": dict(filters)}
    record("log.exported", actor=actor, details=details, event_model=event_model())
    return _pieces(found.defer(None), file_format)


def _pieces(found: QuerySet[Any], file_format: str) -> Iterator[bytes]:
    if file_format == CSV:
        yield csv_file([COLUMNS])
    cursor, is_last = "", False
    while not is_last:
        page = page_of(found, by="-at", cursor=cursor, size=ROWS_AT_ONCE)
        rows = [row_of(event) for event in page.rows]
        yield _csv(rows) if file_format == CSV else _json_lines(rows)
        cursor = page.next_cursor
        is_last = not cursor


def _csv(rows: list[dict[str, Any]]) -> bytes:
    return csv_lines([_as_cell(row[name]) for name in COLUMNS] for row in rows)


def _as_cell(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _json_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
