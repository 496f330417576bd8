"""What the logs of a tenant and of the installation share: the list, what has come since, one event, and the export."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from audit.explanations import explain
from audit.models import AbstractEvent
from audit.rows import COLUMNS, row_of
from audit.search import Sought
from common.database.brief import TookTooLong, brief
from common.database.keyset import page_of
from common.text.spreadsheets import csv_lines
from frame.lists import BACK, CURSOR, Filter, ListPage, list_page
from frame.pages import PortalRequest
from portal.forms.logs import PERIODS, InstallationLogForm
from tenants.addressing import base_url

# The parameter by which the page asks how much has come behind the newest event it has seen.
NEWER_THAN = "newer_than"
MOST_COUNTED = 99
CSV, JSON_LINES = "csv", "jsonl"
ROWS_AT_ONCE = 1000
# Highest number of a row, so that nobody asks the database for one it can't have.
MOST = 2**63 - 1
TONES = {"success": "green", "failure": "red"}


@dataclass(frozen=True)
class Log:
    """A log as its pages have it: its events, how they are narrowed, and where its list is."""

    events: QuerySet[Any]
    form: InstallationLogForm
    list_url: str

    @property
    def sought(self) -> Sought | None:
        """What is looked for; None if something in the address can't be looked for."""
        return self.form.sought() if self.form.is_valid() else None


def show_list(request: PortalRequest, log: Log, template: str, **context: Any) -> HttpResponse:
    """A page of the log; or, to its script, how much has come meanwhile."""
    sought = log.sought
    page: ListPage[Any] | None = None
    is_slow, newest = False, 0
    if sought is not None:
        try:
            with brief():
                if NEWER_THAN in request.GET:
                    return _newer(request, log, sought)
                newest = log.events.model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
                page = list_page(request, sought.among(log.events), by="-at", order="time")
        except TookTooLong:
            is_slow = True
    shown = {
        "page": page,
        "form": log.form,
        "chips": log.form.chips(),
        "periods": _periods(log, sought),
        "is_slow": is_slow,
        "is_everything": sought is not None and sought.is_everything,
        "newest": newest,
        "is_first_page": not {CURSOR, BACK} & request.GET.keys(),
        "list_url": log.list_url,
        "query": request.GET.urlencode(),
    }
    return render(request, template, {**shown, **context})


def show_event(request: PortalRequest, event: AbstractEvent, template: str, **context: Any) -> HttpResponse:
    """One event: its sentence, why, what to do about it, what happened around it, and all of it."""
    shown = {
        "event": event,
        "explanation": explain(event),
        "tone": TONES.get(event.result, ""),
        "link": base_url(request.tenant) + request.path,  # type: ignore[attr-defined]
        "raw": json.dumps(row_of(event), indent=2, ensure_ascii=False),
    }
    return render(request, template, {**shown, **context})


def pieces_of_export(log: Log, sought: Sought, *, file_format: str) -> Iterator[bytes]:
    """The events that are looked for as a file, newest first, so many at a time. Each piece is one question."""
    if file_format == CSV:
        yield csv_lines([COLUMNS])
    cursor, is_last = "", False
    found = sought.among(log.events).defer(None)
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


def _newer(request: PortalRequest, log: Log, sought: Sought) -> HttpResponse:
    """How many events have come that the list would show, up to a hundred."""
    seen = request.GET[NEWER_THAN]
    after = min(int(seen), MOST) if seen.isdecimal() and len(seen) < len(str(MOST)) + 1 else MOST
    count = sought.among(log.events).filter(pk__gt=after).values("pk")[: MOST_COUNTED + 1].count()
    said = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
    return render(request, "portal/logs/newer.html", {"count": count, "said": said, "list_url": log.list_url})


def _periods(log: Log, sought: Sought | None) -> list[Filter]:
    """The windows of time to choose from; `url` is what the address says of each."""
    current = log.form.period_of(sought) if sought is not None else ""
    return [Filter(words, name, name == current) for name, (words, _) in PERIODS.items()]
