"""In which time zone a tenant's days are: one value, as every setting is."""

from dataclasses import dataclass

from django.db import transaction

from audit.services import Actor, record
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any, wrong
from common.versions import version_of
from figures.models import Books
from figures.policies import time_zone_problem
from figures.services.books import books_in_hand


@dataclass(frozen=True)
class DaySettings:
    """`time_zone` is a name of the IANA's, such as Europe/Berlin."""

    time_zone: str = "UTC"

    @property
    def version(self) -> str:
        """A name for just these settings, by which somebody who changes them tells what they have seen."""
        return version_of(self)


def describe() -> DaySettings:
    """The settings of the tenant in force."""
    return DaySettings(Books.objects.values_list("time_zone", flat=True).first() or DaySettings.time_zone)


def problems_of(settings: DaySettings) -> list[Problem]:
    """All that is wrong with them."""
    return wrong(Code.INVALID, "time_zone", time_zone_problem(settings.time_zone))


@transaction.atomic
def apply(settings: DaySettings, *, actor: Actor, expected_version: str = "") -> None:
    """Let the days from the open one on end at midnight there; those that were closed stay as they are.

    Raises `Refused`, also if the settings aren't those of `expected_version` any more.
    """
    refuse_if_any(problems_of(settings))
    books = books_in_hand()
    now = DaySettings(books.time_zone)
    if expected_version and expected_version != now.version:
        raise Refused([CHANGED_MEANWHILE])
    if now == settings:
        return
    books.time_zone = settings.time_zone
    books.save(update_fields=["time_zone"])
    details = {"fields": ["time_zone"], "now": {"time_zone": settings.time_zone}}
    record("figures.time_zone_changed", actor=actor, details=details)
