"""Which days there are: those that were closed, and the one that is open."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from audit.models import Event
from figures.models import Books, Day
from figures.policies import Span, first_span, span_after

NEWEST_KNOWN = 3


def open_span(books: Books) -> Span:
    """The day that isn't closed yet."""
    return span_behind(Day.objects.newest_first().first(), books)


def span_behind(closed: Day | None, books: Books) -> Span:
    """The day after the one that was closed last; before any was, the one of the first event."""
    zone = ZoneInfo(books.time_zone)
    return span_after(closed.span, zone) if closed else first_span(_first_moment(), zone)


def day_of(books: Books) -> Callable[[datetime], date]:
    """In which day a moment lies that is at most two days old, or of this day."""
    zone, spans = ZoneInfo(books.time_zone), [day.span for day in Day.objects.newest_first()[:NEWEST_KNOWN]]
    spans.insert(0, open_span(books))

    def day(moment: datetime) -> date:
        if moment >= spans[0].ends_at:
            # Nobody has closed the open one yet.
            return max(spans[0].day + timedelta(days=1), moment.astimezone(zone).date())
        return next((span.day for span in spans if span.begins_at <= moment), moment.astimezone(zone).date())

    return day


def _first_moment() -> datetime:
    first = Event.objects.activity().order_by("at", "id").values_list("at", flat=True).first()
    return first or timezone.now()
