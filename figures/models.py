from typing import Self

from django.db import models

from figures.policies import MAX_VALUE, Span


class Sum(models.Model):
    """How much of something there was in a day, or in one of its hours.

    `metric` says of what and `dimension` by what it is told apart, as named in `figures.policies`; `value` is which of
    those it is. `hour` counts from the beginning of the day, or is `WHOLE_DAY`. Of a day that is open there are its
    hours, of one that was closed the whole and, for a while, its hours without dimensions. A month has the sums of its
    closed days by dimension, as `WHOLE_MONTH` of its first one.
    """

    pk = models.CompositePrimaryKey("day", "hour", "metric", "dimension", "value")
    day = models.DateField()
    hour = models.SmallIntegerField()
    metric = models.CharField(max_length=16)
    dimension = models.CharField(max_length=36)
    value = models.CharField(max_length=MAX_VALUE)
    n = models.BigIntegerField()

    class Meta:
        # A page asks for few metrics of many days, of each of which there are hundreds of rows.
        indexes = [models.Index(fields=["metric", "dimension", "day"], name="figures_sum_metric")]

    def __str__(self) -> str:
        return f"{self.n} {self.metric} on {self.day}"


class DayQuerySet(models.QuerySet["Day"]):
    def newest_first(self) -> Self:
        """The one that was closed last at the top."""
        return self.order_by("-day")


class Day(models.Model):
    """A day that was closed, and the time it took."""

    day = models.DateField(primary_key=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = DayQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.day)

    @property
    def span(self) -> Span:
        """The same as a value."""
        return Span(self.day, self.begins_at, self.ends_at)


class Books(models.Model):
    """How far a tenant's sums are kept, and in which time zone its days are. One row, or none before the first count.

    `counted_to` is up to when events were counted, `journeys_counted_to` up to when journeys that have ended were,
    `months_to` the first day whose events aren't in the sum of its month yet, `journey_months_to` whose journeys,
    `event_seen` the last event from which it was noted when customers signed in last.
    """

    ONLY_ROW = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY_ROW)
    time_zone = models.CharField(max_length=64, default="UTC")
    counted_to = models.DateTimeField(null=True)
    journeys_counted_to = models.DateTimeField(null=True)
    event_seen = models.BigIntegerField(default=0)
    months_to = models.DateField(null=True)
    journey_months_to = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="figures_books_one")]

    def __str__(self) -> str:
        return "books"
