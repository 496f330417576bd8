"""What the worker does with a tenant's books: it counts what is open anew, and closes what is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from audit.models import Category
from figures.lookup.days import open_span
from figures.models import Books, Day, Sum
from figures.policies import ACTIVE, ACTIVE_FOR, CUSTOMERS, IN_ALL, OF_EVENTS, WHOLE_DAY, Span
from figures.services.active import count_active
from figures.services.activity import note_sign_ins
from figures.services.books import books_in_hand
from figures.services.events import count_day, count_hour, forget_hours
from figures.services.months import forget_months, sum_months
from logs.rules import describe

LATE = timedelta(minutes=2)
"""So long after an hour was counted an event of it may still have come: a request may be at it that began before."""

HOURS_KEPT_FOR = timedelta(days=62)


def keep_books(*, time_zone: str = "") -> datetime:
    """Close the days that are over, each by itself, note who signed in, and count the open day anew.

    From the open one on, days end at midnight in this time zone, a name of the IANA database; without, where they did.
    Returns when the open one is to be closed.
    """
    _move_to(time_zone)
    while _close_if_over():
        continue
    note_sign_ins()
    return _count_open_day()


@transaction.atomic
def _move_to(time_zone: str) -> None:
    books = books_in_hand()
    if time_zone and books.time_zone != time_zone:
        books.time_zone = time_zone
        books.save(update_fields=["time_zone"])


@transaction.atomic
def _close_if_over() -> bool:
    books = books_in_hand()
    span = open_span(books)
    if not span.is_over(timezone.now()):
        return False
    note_sign_ins(before=span.ends_at)
    count_day(span)
    count_active(span)
    _count_customers(span)
    forget_hours(span.day - HOURS_KEPT_FOR)
    Day.objects.create(day=span.day, begins_at=span.begins_at, ends_at=span.ends_at)
    sum_months(books, until=span.day + timedelta(days=1))
    return True


@transaction.atomic
def _count_open_day() -> datetime:
    books, now = books_in_hand(), timezone.now()
    span = open_span(books)
    since = max(span.begins_at, (books.counted_to or span.begins_at) - LATE)
    for hour in range(span.hour_of(since), min(span.hour_of(now) + 1, span.hours)):
        count_hour(span, hour)
    count_active(span)
    if books.counted_to is None or books.counted_to.hour != now.hour:
        _count_customers(span)
    books.counted_to = now
    books.save(update_fields=["counted_to"])
    return span.ends_at


def _count_customers(span: Span) -> None:
    """How many there are at the end of the day, or by now."""
    Sum.objects.update_or_create(
        day=span.day,
        hour=WHOLE_DAY,
        metric=CUSTOMERS,
        dimension=IN_ALL,
        value="",
        defaults={"n": Account.objects.kept().count()},
    )


def rebuild() -> int:
    """Count all days anew of which all events are still there. Returns how many.

    Where journeys ended, and how many customers there were, nothing tells any more; that stays as it was counted.
    """
    note_sign_ins()
    whole_since = timezone.now() - timedelta(days=describe().days(Category.ACTIVITY))
    closed = [day.span for day in Day.objects.filter(begins_at__gte=whole_since).order_by("day")]
    for span in closed:
        _count_anew(span, whole_since)
    _sum_months_anew(closed)
    forget_hours(timezone.now().date() - HOURS_KEPT_FOR)
    _forget_open_day()
    _count_open_day()
    return len(closed)


@transaction.atomic
def _count_anew(span: Span, whole_since: datetime) -> None:
    forget_months(books_in_hand(), since=span.day)
    count_day(span)
    days = {name: timedelta(days=number - 1) for name, number in ACTIVE_FOR.items()}
    count_active(span, [name for name, before in days.items() if span.begins_at - before >= whole_since])


@transaction.atomic
def _sum_months_anew(closed: Sequence[Span]) -> None:
    if closed:
        sum_months(books_in_hand(), until=closed[-1].day + timedelta(days=1))


@transaction.atomic
def _forget_open_day() -> None:
    books = books_in_hand()
    Sum.objects.filter(day=open_span(books).day, metric__in=[*OF_EVENTS, ACTIVE]).delete()
    Books.objects.update(counted_to=None)
