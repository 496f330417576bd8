"""What the logs of a tenant and of the installation share: the list, what has come since, one event, and the export."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.attributes import BUILT_IN_ATTRIBUTES
from audit.explanations import explain
from audit.fields import changes_of, field_name
from audit.models import AbstractEvent
from audit.rows import row_of
from audit.search import Sought, tell_details
from common.database.brief import TookTooLong, brief
from common.text.languages import ENGLISH
from logs.exporting import CSV, JSON_LINES, export_events
from logs.seals.proof import proof_of
from portal.figure_names import method_name
from portal.forms.logs import PERIODS, ZONE, InstallationLogForm
from portal_frame.downloads import CSV as CSV_TYPE
from portal_frame.downloads import JSON_LINES as JSON_LINES_TYPE
from portal_frame.downloads import streamed
from portal_frame.lists import BACK, CURSOR, Filter, ListPage, list_page
from portal_frame.pages import UNSENT, PortalRequest
from tenants.addressing import base_url
from tenants.models import Tenant

# The parameter by which the page asks how much has come behind the newest event it has seen.
NEWER_THAN = "newer_than"
MOST_COUNTED = 99
# By which the page of an event asks whether it is as it was sealed.
VERIFY = "verify"
TYPES = {CSV: CSV_TYPE, JSON_LINES: JSON_LINES_TYPE}
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
    plain = _plain(request.GET)
    if plain.keys() != request.GET.keys():
        return redirect(f"{request.path}?{plain.urlencode()}" if plain else request.path)
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
                tell_details(page.rows)
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
        "query": _of_list(request.GET).urlencode(),
    }
    return render(request, template, {**shown, **context})


def _plain(query: QueryDict) -> QueryDict:
    """The address of a list without what narrows nothing, as a form leaves it there; a zone is for times beside it."""
    plain = QueryDict(mutable=True)
    for name, values in query.lists():
        if any(values):
            plain.setlist(name, values)
    if ZONE in plain and not {"since", "until"} & plain.keys():
        del plain[ZONE]
    return plain


def _of_list(query: QueryDict) -> QueryDict:
    """What the address says of the list, for addresses that go on from it."""
    kept = query.copy()
    kept.pop(UNSENT, None)
    return kept


def show_event(request: PortalRequest, event: AbstractEvent, template: str, **context: Any) -> HttpResponse:
    """One event: its sentence, why, what to do about it, whether it is as it was sealed, and all of it."""
    shown = {
        "changed": changes_of(event.details) + _attributes_in(event.details),
        "given": _given(event.details),
        "method": method_name(getattr(event, "method", "")),
        "proof": proof_of(event, verified=VERIFY in request.GET),
        "event": event,
        "explanation": explain(event),
        "tone": TONES.get(event.result, ""),
        "link": base_url(request.tenant) + request.path,  # type: ignore[attr-defined]
        "raw": json.dumps(row_of(event), indent=2, ensure_ascii=False),
    }
    return render(request, template, {**shown, **context})


def _attributes_in(details: dict[str, Any]) -> list[tuple[str, str]]:
    """The attributes that were changed of a customer, by name: their values are the customer's."""
    names = details.get("attributes") if "fields" not in details else None
    built_in = BUILT_IN_ATTRIBUTES
    return [
        (str(built_in[name].label) if name in built_in else field_name(name), "")
        for name in (names if isinstance(names, list) else [])
    ]


def _given(details: dict[str, Any]) -> tuple[str, datetime | None]:
    """The reason that somebody gave for what they did, and until when it holds."""
    reason, until = details.get("reason"), details.get("until")
    ends = parse_datetime(until) if isinstance(until, str) else None
    return reason if isinstance(reason, str) else "", ends


def export(request: PortalRequest, log: Log, *, of: str, tenant: Tenant | None, file_name: str) -> HttpResponse:
    """All that the list shows, as a file; of the installation, if of no tenant. It is noted who took it."""
    sought, file_format = log.sought, request.POST.get("format", CSV)
    back = f"{log.list_url}?{_of_list(request.GET).urlencode()}"
    if sought is None or file_format not in TYPES:
        return redirect(back)
    found = sought.among(log.events)
    try:
        with brief():
            found.order_by("-at", "-pk").first()
    except TookTooLong:
        messages.warning(request, _("There is too much to search through for a file. Choose a shorter time."))
        return redirect(back)
    filters = _in_english(request, log)
    pieces = export_events(found, log=of, file_format=file_format, filters=filters, actor=request.actor)
    return streamed(tenant, pieces, file_name=f"{file_name}.{file_format}", content_type=TYPES[file_format])


def _in_english(request: PortalRequest, log: Log) -> dict[str, str]:
    """What the log is narrowed to, as an event keeps it."""
    with override(ENGLISH):
        return {str(label): value for _name, label, value in type(log.form)(request.GET).chips()}


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
    return [Filter(str(period[0]), name, name == current) for name, period in PERIODS.items()]
