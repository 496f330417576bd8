"""What happened in a tenant, by day: charts, where user flows lose people, and tables; each as a file, too."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.text.languages import ENGLISH
from common.text.spreadsheets import csv_file
from common.text.translation import grouped
from figures.lookup.funnels import Funnel, Stretch, funnels_in
from figures.lookup.ranges import DayRange, range_named
from figures.lookup.sums import (
    Ledger,
    Part,
    Series,
    active_by_now,
    active_in,
    customers_in_all,
    ledger,
    parts_of,
    series_of,
)
from figures.policies import (
    ACTIVE,
    ACTIVE_FOR,
    APPLICATION,
    COUNTRY,
    FAILURES,
    LANGUAGE,
    METHOD,
    REASON,
    SIGN_INS,
    SIGN_UPS,
)
from portal.charts import NOTHING_TO_COMPARE, Change, Chart, Point, change_of, chart_of, from_to
from portal.figure_names import SHOWN, Bar, bars_of, names_of, step_names
from portal_frame.access import Need
from portal_frame.lists import Filter
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.templatetags.portal import how_long, percent, written
from tenants.models import Tenant

RANGES = {"7d": _("7 days"), "30d": _("30 days"), "90d": _("90 days"), "12m": _("12 months")}
WEEKS_FROM = 60
WEEK, YEAR = 7, 365
VERSION = '<tr><td>{}{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td></tr>'
PURPOSES = {"sign_up": _("Sign-up"), "sign_in": _("Sign-in"), "reset": _("Password reset")}
# By the name in the address: what a table is called, and what it counts by what.
TABLES = {
    "reasons": (_("Why attempts failed"), FAILURES, REASON),
    "applications": (_("Sign-ins by application"), SIGN_INS, APPLICATION),
    "methods": (_("Sign-ins by method"), SIGN_INS, METHOD),
    "countries": (_("Sign-ins by country or region"), SIGN_INS, COUNTRY),
    "languages": (_("Sign-ins by language"), SIGN_INS, LANGUAGE),
}
COUNTED = {(metric, dimension) for _title, metric, dimension in TABLES.values()}


@dataclass(frozen=True)
class Tile:
    """A number on top, with the place further down that tells more, and what it was before."""

    name: str
    anchor: str
    n: int
    change: Change


@dataclass(frozen=True)
class Panel:
    """A chart with its heading."""

    name: str
    anchor: str
    explanation: str
    chart: Chart
    csv_url: str


@dataclass(frozen=True)
class Table:
    name: str
    bars: Sequence[Bar]
    left_out: int
    csv_url: str
    log_url: str


@dataclass(frozen=True)
class Stop:
    """One step of a way that people go: how many of a hundred who began got there, and how many of those left."""

    name: str
    stretch: Stretch
    width: float
    lost: float


@tenant_page(needs=Need.FIGURES_READ)
@require_safe
def figures(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The page of figures in the range that the address names."""
    books = ledger()
    days = range_named(request.GET.get("range", ""), last=books.today)
    series, parts, funnels = series_of(days, books), parts_of(days, books, COUNTED), funnels_in(days, books)
    compares = books.can_compare(days)
    context = {
        "tenant": tenant,
        "books": books,
        "days": days,
        "range_name": RANGES[days.name],
        "filters": _filters(tenant, days),
        "compares": compares,
        "tiles": _tiles(days, series, compares=compares),
        "panels": _panels(tenant, days, series, compares=compares),
        "ways": [(funnel, PURPOSES[funnel.purpose], _stops(funnel), _versions(funnel)) for funnel in funnels],
        "tables": [_table(request, tenant, days, name, parts) for name in TABLES],
        "customers": customers_in_all(),
        "is_empty": not (funnels or any(each.total or sum(each.before) for each in series.values())),
        "ways_csv_url": _csv_url(tenant, days, "journeys"),
        "versions_csv_url": _csv_url(tenant, days, "versions"),
    }
    return render(request, "portal/figures/page.html", context)


@tenant_page(needs=Need.FIGURES_READ)
@require_safe
def figures_file(request: PortalRequest, tenant: Tenant, breakdown: str) -> HttpResponse:
    """One table of the page as CSV, whole."""
    books = ledger()
    days = range_named(request.GET.get("range", ""), last=books.today)
    if breakdown == "days":
        rows = _day_rows(days, books)
    elif breakdown == "journeys":
        rows = _journey_rows(days, books)
    elif breakdown == "versions":
        rows = _version_rows(days, books)
    elif breakdown in TABLES:
        rows = _part_rows(days, books, TABLES[breakdown][1:])
    else:
        raise Http404
    name = f"{tenant.slug}-{breakdown}-{days.first}-{days.last}.csv"
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    with override(ENGLISH):
        answer.write(csv_file(rows))
    return answer


def _filters(tenant: Tenant, days: DayRange) -> list[Filter]:
    url = reverse("portal:figures", args=[tenant.slug])
    return [Filter(str(label), f"{url}?range={name}", name == days.name) for name, label in RANGES.items()]


def _tiles(days: DayRange, series: Mapping[str, Series], *, compares: bool) -> list[Tile]:
    span = "week" if days.name == "7d" else "month"
    active, active_before = active_by_now(span)
    numbers = [
        (gettext("Sign-ups"), "sign-ups", series[SIGN_UPS].total, series[SIGN_UPS].total_before, True),
        (gettext("Sign-ins"), "sign-ins", series[SIGN_INS].total, series[SIGN_INS].total_before, True),
        (gettext("Active in %(days)d days") % {"days": ACTIVE_FOR[span]}, "active", active, active_before, True),
        (gettext("Failed attempts"), "failures", series[FAILURES].total, series[FAILURES].total_before, False),
    ]
    return [
        Tile(name, anchor, n, change_of(n, before, is_good=is_good) if compares else NOTHING_TO_COMPARE)
        for name, anchor, n, before, is_good in numbers
    ]


def _panels(tenant: Tenant, days: DayRange, series: Mapping[str, Series], *, compares: bool) -> list[Panel]:
    url = _csv_url(tenant, days, "days")
    drawn = [
        (gettext("Sign-ups"), "sign-ups", "", SIGN_UPS),
        (gettext("Sign-ins"), "sign-ins", "", SIGN_INS),
        (gettext("Active customers"), "active", gettext("Customers who signed in that day, each counted once"), ACTIVE),
        (gettext("Failed attempts"), "failures", "", FAILURES),
    ]
    drawn_days = days_drawn(days)
    name_of_all = name_drawn(days, drawn_days)
    charts = {
        metric: chart_of(points_of(drawn_days, each, is_average=metric == ACTIVE), name=name_of_all, compares=compares)
        for metric, each in series.items()
    }
    return [Panel(name, anchor, explanation, charts[metric], url) for name, anchor, explanation, metric in drawn]


class Days(NamedTuple):
    """The days of a point, by their places in the range, how they and those before are called, and the first."""

    begin: int
    end: int
    name: str
    name_before: str
    name_of_first: str


def days_drawn(days: DayRange) -> list[Days]:
    """Those of each point that is drawn of the range: a day, or of long ranges a week. Days before the first whole week
    would look like a bad one, and aren't drawn.
    """
    size = WEEK if days.length > WEEKS_FROM else 1
    say, say_first = _says(days), partial(written, how=pgettext("date", "j M"))
    now, before = days.days, days.before.days
    spans = [(end - size, end) for end in range(days.length, size - 1, -size)]
    return [
        Days(begin, end, _named(now[begin:end], say), _named(before[begin:end], say), say_first(now[begin]))
        for begin, end in reversed(spans)
    ]


def name_drawn(days: DayRange, drawn: Sequence[Days]) -> str:
    """How the days of all points are called together."""
    return _named(days.days[drawn[0].begin : drawn[-1].end], _says(days))


def points_of(drawn: Sequence[Days], series: Series, *, is_average: bool = False) -> list[Point]:
    """A point for each of them, which has the sum of its days, or the average."""
    points = []
    for begin, end, name, name_before, first in drawn:
        n, before = sum(series.values[begin:end]), sum(series.before[begin:end])
        if is_average:
            n, before = round(n / (end - begin)), round(before / (end - begin))
        points.append(Point(name, n, before, name_before, first))
    return points


def _named(days: Sequence[date], say: Callable[[date], str]) -> str:
    return from_to(say(days[0]), say(days[-1]))


def _says(days: DayRange) -> Callable[[date], str]:
    """How a day of the range is called: with its year where the range before has the same days of another."""
    # As `day_of_year` and `day` write it, which would look this up for each of hundreds of days.
    how = pgettext("date", "j M") if days.length < YEAR else pgettext("date", "j M Y")
    return partial(written, how=how)


def _stops(funnel: Funnel) -> list[Stop]:
    return [
        Stop(
            step_names(stretch.steps),
            stretch,
            100 * stretch.reached / funnel.begun if funnel.begun else 0,
            100 * stretch.left / stretch.reached if stretch.reached else 0,
        )
        for stretch in funnel.stretches
    ]


def _versions(funnel: Funnel) -> SafeString:
    """The rows of those with which anybody began, where there are several."""
    if len(funnel.versions) == 1:
        return SafeString("")
    not_known, now = gettext("Not known"), format_html(' <span class="tag tag-green">{}</span>', gettext("Now"))
    told = (
        (
            not_known if version.number is None else version.number,
            now if version.number == funnel.flow.number else "",
            grouped(version.begun),
            percent(version.finished_percent),
            "–" if version.median_seconds is None else how_long(version.median_seconds),
        )
        for version in funnel.versions
    )
    return format_html_join("", VERSION, told)


def _table(
    request: PortalRequest, tenant: Tenant, days: DayRange, name: str, parts: Mapping[tuple[str, str], Sequence[Part]]
) -> Table:
    title, metric, dimension = TABLES[name]
    found = parts[metric, dimension]
    bars = bars_of(found, names_of(dimension, [part.value for part in found[:SHOWN]]), most=SHOWN)
    log = _log_url(tenant, days) if dimension == REASON and Need.LOGS_READ in request.allowed else ""
    return Table(str(title), bars, len(found) - len(bars), _csv_url(tenant, days, name), log)


def _csv_url(tenant: Tenant, days: DayRange, name: str) -> str:
    return f"{reverse('portal:figures-file', args=[tenant.slug, name])}?range={days.name}"


def _log_url(tenant: Tenant, days: DayRange) -> str:
    """Where failures are read one by one, but for the reason."""
    period = days.name if days.name in {"7d", "30d"} else "all"
    return f"{reverse('portal:logs', args=[tenant.slug])}?period={period}&"


def _day_rows(days: DayRange, books: Ledger) -> Iterable[Sequence[Any]]:
    series, active = series_of(days, books), active_in(days, books)
    yield ["day", "sign_ups", "sign_ins", "failures", "active", "active_7_days", "active_30_days"]
    columns = [series[SIGN_UPS], series[SIGN_INS], series[FAILURES], active["day"], active["week"], active["month"]]
    for place, day in enumerate(days.days):
        yield [day.isoformat(), *(column.values[place] for column in columns)]


def _journey_rows(days: DayRange, books: Ledger) -> Iterable[Sequence[Any]]:
    yield ["user_flow", "aim", "step", "reached", "left", "step_seconds", "begun", "finished", "median_seconds"]
    for funnel in funnels_in(days, books):
        whole = (funnel.begun, funnel.finished, _rounded(funnel.median_seconds))
        for stretch in funnel.stretches:
            named = (funnel.flow.name, PURPOSES[funnel.purpose], step_names(stretch.steps))
            yield [*named, stretch.reached, stretch.left, _rounded(stretch.median_seconds), *whole]


def _version_rows(days: DayRange, books: Ledger) -> Iterable[Sequence[Any]]:
    yield ["user_flow", "aim", "version", "begun", "finished", "median_seconds"]
    for funnel in funnels_in(days, books):
        for version in funnel.versions:
            counts = (version.begun, version.finished, _rounded(version.median_seconds))
            yield [funnel.flow.name, PURPOSES[funnel.purpose], version.number or "", *counts]


def _rounded(seconds: float | None) -> int | str:
    return "" if seconds is None else round(seconds)


def _part_rows(days: DayRange, books: Ledger, counted: tuple[str, str]) -> Iterable[Sequence[Any]]:
    _metric, dimension = counted
    now, before = (
        {part.value: part.n for part in parts_of(each, books, {counted})[counted]} for each in (days, days.before)
    )
    values = [*now, *sorted(before.keys() - now.keys())]
    name = names_of(dimension, values)
    yield [dimension, "name", "n", "before"]
    for value in values:
        yield [value, name(value), now.get(value, 0), before.get(value, 0)]
