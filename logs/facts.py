"""What a page or a command tells of a log: how much there is of it, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from audit.models import Category
from logs.models import AbstractLogCheck, AbstractSeal
from logs.seals import chain
from logs.served import served_check, served_events, served_events_of, served_seals

SIZE = "SELECT pg_total_relation_size(%s::regclass) + pg_total_relation_size(%s::regclass)"
DAYS = 7


@dataclass(frozen=True)
class LogFacts:
    """The size in bytes, seals and indexes included; about how many events come a day, by the last week; and so on."""

    size: int
    a_day: int
    oldest_activity: datetime | None
    oldest_administration: datetime | None
    last_seal: AbstractSeal | None
    check: AbstractLogCheck | None


def log_facts() -> LogFacts:
    """The facts of the log being served. Each costs the same however many events there are."""
    with connection.cursor() as cursor:
        cursor.execute(SIZE, [served_events().model._meta.db_table, served_seals().model._meta.db_table])
        size = cursor.fetchone()[0]
    return LogFacts(
        size=size,
        a_day=_a_day(),
        oldest_activity=_oldest(Category.ACTIVITY),
        oldest_administration=_oldest(Category.ADMINISTRATION),
        last_seal=chain.head(),
        check=served_check().first(),
    )


def _oldest(category: Category) -> datetime | None:
    oldest: datetime | None = served_events_of(category).order_by("at", "pk").values_list("at", flat=True).first()
    return oldest


def _a_day() -> int:
    """IDs count up, so the first one of the week tells how many there were since, up to those that were rolled back."""
    newest = served_events().order_by("-pk").values_list("pk", flat=True).first()
    since = timezone.now() - timedelta(days=DAYS)
    firsts = [
        served_events_of(category).filter(at__gte=since).order_by("at", "pk").values_list("pk", flat=True).first()
        for category in Category
    ]
    first = min((pk for pk in firsts if pk is not None), default=None)
    return 0 if newest is None or first is None else round((newest - first + 1) / DAYS)
