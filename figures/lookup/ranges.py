"""Ranges of days that end with the open one, and those before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
LENGTHS = {"7d": 7, "30d": 30, "90d": 90, "12m": 365}
USUAL = "30d"


@dataclass(frozen=True)
class DayRange:
    """So many days up to `last`, by the name under which addresses know the range."""

    name: str
    last: date

    @property
    def length(self) -> int:
        """How many days it has."""
        return LENGTHS[self.name]

    @property
    def first(self) -> date:
        return self.last - (self.length - 1) * DAY

    @property
    def before(self) -> "DayRange":
        """As many days before it."""
        return DayRange(self.name, self.first - DAY)

    @property
    def days(self) -> Sequence[date]:
        first = self.first
        return [first + number * DAY for number in range(self.length)]


def range_named(name: str, *, last: date) -> DayRange:
    """The range of this name, or the usual one if there is none of it."""
    return DayRange(name if name in LENGTHS else USUAL, last)
