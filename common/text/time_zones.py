"""Time zones by their names in the IANA database, as far as this machine knows them."""

from functools import cache
from zoneinfo import available_timezones

UTC = "UTC"


def is_time_zone(name: str) -> bool:
    """Whether there is such a zone."""
    return name == UTC or name in _known()


def time_zone_choices(*, kept: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones by their continents, for a form, and first UTC; one that is kept stays, known here or not."""
    by_continent: dict[str, list[tuple[str, str]]] = {}
    for name in sorted({*_known(), kept} - {UTC, ""}):
        continent, _, place = name.partition("/")
        if place:
            by_continent.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
        elif name == kept:
            by_continent.setdefault("Others", []).append((name, name))
    return [("Everywhere", [(UTC, UTC)]), *by_continent.items()]


@cache
def _known() -> frozenset[str]:
    """Those named by continent and place: the others are old names, and say nothing about summer time."""
    old = ("Etc/", "posix/", "right/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/", "SystemV/")
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith(old))
