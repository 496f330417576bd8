"""What a tenant's birth takes, with few tenants present and with many."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench.machine import database_cpu_seconds


@dataclass(frozen=True)
class Birth:
    """Milliseconds: on the clock, of this process's CPU, and of PostgreSQL's."""

    clock: float
    own: float
    database: float

    @property
    def total(self) -> float:
        return self.own + self.database


def births(count: int, make: Callable[[int], object]) -> Birth:
    """Make so many tenants, by their numbers. The median of each figure."""
    each = [_birth(make, number) for number in range(count)]
    return Birth(
        median(birth.clock for birth in each),
        median(birth.own for birth in each),
        median(birth.database for birth in each),
    )


def _birth(make: Callable[[int], object], number: int) -> Birth:
    before = time.perf_counter(), time.process_time(), database_cpu_seconds()
    make(number)
    after = time.perf_counter(), time.process_time(), database_cpu_seconds()
    return Birth(*((end - begin) * 1000 for begin, end in zip(before, after, strict=True)))
