"""What is counted under which name, and when the days of a tenant begin and end."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SIGN_UPS, SIGN_INS, FAILURES = "sign_ups", "sign_ins", "failures"
OF_EVENTS = (SIGN_UPS, SIGN_INS, FAILURES)
"""What is counted from events, in all and by each of `DIMENSIONS` that it has."""

METHOD, APPLICATION, REASON, LANGUAGE, COUNTRY = DIMENSIONS = ("method", "application", "reason", "language", "country")
IN_ALL = ""

ACTIVE, CUSTOMERS = "active", "customers"
ACTIVE_FOR = {"day": 1, "week": 7, "month": 30}
"""For how many days, up to the day counted, a customer is active who has signed in, by the name of the span."""

JOURNEYS, JOURNEY_SECONDS, STEP_SECONDS = OF_JOURNEYS = ("journeys", "journey_seconds", "step_seconds")
"""By user flow. Values are pieces between colons: the aim of the journeys, then the step at which they ended, or the
bound of how long they took, and the version of the flow; or a step and the bound of how long it took.
"""

FINISHED = "finished"
"""In the place of the step at which a journey ended."""

WHOLE_DAY = -1
WHOLE_MONTH = -2
"""Of a month, as far as its days were closed, told by its first one."""

OTHERS = "*"
MOST_VALUES = 100
"""So many values of a dimension are told apart in a day, those counted most; what is left is `OTHERS`."""

MAX_VALUE = 100
SECONDS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600)
"""The bounds of how long journeys took, between which a median is found."""

HOUR = timedelta(hours=1)
SETTLES_FOR = timedelta(minutes=10)
"""So long after its end a day is closed: by then every request that began in it has ended."""


@dataclass(frozen=True)
class Span:
    """A day of a tenant's and the time it takes. Usually from midnight to midnight; longer or shorter where clocks
    change, or where the tenant went over to another time zone.
    """

    day: date
    begins_at: datetime
    ends_at: datetime

    @property
    def hours(self) -> int:
        """How many hours it has, one begun included."""
        return -(-(self.ends_at - self.begins_at) // HOUR)

    def hour_of(self, moment: datetime) -> int:
        """In which of its hours, from 0 on, a moment lies."""
        return int((moment - self.begins_at) // HOUR)

    def hour_from(self, hour: int) -> datetime:
        """When this hour begins."""
        return self.begins_at + hour * HOUR

    def is_over(self, now: datetime) -> bool:
        """Whether it can be closed."""
        return self.ends_at + SETTLES_FOR <= now


def first_span(moment: datetime, zone: ZoneInfo) -> Span:
    """The day in which this moment lies."""
    day = moment.astimezone(zone).date()
    return Span(day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def span_after(closed: Span, zone: ZoneInfo) -> Span:
    """The day after one that was closed: it begins where that one has ended, whatever the time zone was then."""
    day = closed.day + timedelta(days=1)
    return Span(day, closed.ends_at, max(closed.ends_at, _midnight(day + timedelta(days=1), zone)))


def month_of(day: date) -> date:
    """The first day of the month in which a day lies."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the month after the one that begins then."""
    return month_of(month + timedelta(days=31))


def bucket_of(seconds: float) -> int:
    """The least bound of `SECONDS` that this isn't above."""
    return next((bound for bound in SECONDS if seconds <= bound), SECONDS[-1])


def median_of(counts: dict[int, int]) -> float | None:
    """The median of what was counted by bucket, supposing that what lies in one is spread evenly; None for nothing."""
    total = sum(counts.values())
    passed, low = 0, 0
    for bound in SECONDS:
        within = counts.get(bound, 0)
        if within and passed + within >= total / 2:
            return low + (bound - low) * (total / 2 - passed) / within
        passed, low = passed + within, bound
    return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
