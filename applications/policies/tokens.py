"""How the tokens of one application are made: by which keys they are signed, and how long they live."""

from dataclasses import asdict, fields
from datetime import timedelta
from typing import NamedTuple

from applications.description import UNSIGNED, TokenSettings

ALGORITHMS = ("RS256", "ES256")


class Bounds(NamedTuple):
    """The smallest and the largest value, and the unit in words."""

    low: int
    high: int
    unit: str


BOUNDS = {
    "access_token_minutes": Bounds(10, 1440, "minutes"),
    "id_token_minutes": Bounds(10, 1440, "minutes"),
    "refresh_idle_days": Bounds(1, 365, "days"),
    "refresh_absolute_days": Bounds(1, 730, "days"),
    "refresh_grace_seconds": Bounds(0, 60, "seconds"),
}

LONGEST_TOKEN_LIFETIME = timedelta(minutes=1440)


NAMES = tuple(field.name for field in fields(TokenSettings))


def settings_problems(settings: TokenSettings) -> dict[str, str]:
    """What is wrong with the choices, as sentences by their names; empty if nothing is."""
    chosen = asdict(settings)
    problems = {
        name: f"Choose {bounds.low} to {bounds.high} {bounds.unit}."
        for name, bounds in BOUNDS.items()
        if not bounds.low <= chosen[name] <= bounds.high
    }
    out_of_bounds = {"refresh_idle_days", "refresh_absolute_days"} & problems.keys()
    if not out_of_bounds and settings.refresh_idle_days > settings.refresh_absolute_days:
        problems["refresh_idle_days"] = "This can't be longer than the longest lifetime."
    for name in ("id_token_algorithm", "access_token_algorithm"):
        if chosen[name] not in ALGORITHMS:
            problems[name] = f"Choose one of: {', '.join(ALGORITHMS)}."
    if settings.userinfo_algorithm not in (UNSIGNED, *ALGORITHMS):
        problems["userinfo_algorithm"] = f"Choose one of: {', '.join((UNSIGNED, *ALGORITHMS))}."
    return problems
