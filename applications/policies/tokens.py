"""How the tokens of one application are made: by which keys they are signed, and how long they live."""

from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import NamedTuple

ALGORITHMS = ("RS256", "ES256")
# Userinfo as plain JSON.
UNSIGNED = "none"


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


@dataclass(frozen=True)
class TokenSettings:
    """The choices for one application, each with its default.

    `refresh_grace_seconds` is how long a refresh token that was just exchanged may be presented once more, by a client
    that never received the answer; it is handed the same successor again. 0 allows none. With `requires_dpop` it gets
    only tokens that are bound to a key it proves to hold (RFC 9449).
    """

    access_token_minutes: int = 60
    id_token_minutes: int = 60
    refresh_idle_days: int = 14
    refresh_absolute_days: int = 90
    refresh_grace_seconds: int = 0
    requires_dpop: bool = False
    # OpenID Connect lets every client assume RS256 for ID tokens; ES256 is quicker to make and to check.
    id_token_algorithm: str = "RS256"  # noqa: S105 - a name
    access_token_algorithm: str = "ES256"  # noqa: S105
    # With one, userinfo answers with a signed JWT (OpenID Connect Core section 5.3.2).
    userinfo_algorithm: str = UNSIGNED

    @property
    def access_token_lifetime(self) -> timedelta:
        return timedelta(minutes=self.access_token_minutes)

    @property
    def id_token_lifetime(self) -> timedelta:
        return timedelta(minutes=self.id_token_minutes)

    @property
    def refresh_idle_lifetime(self) -> timedelta:
        return timedelta(days=self.refresh_idle_days)

    @property
    def refresh_absolute_lifetime(self) -> timedelta:
        return timedelta(days=self.refresh_absolute_days)

    @property
    def refresh_grace(self) -> timedelta:
        return timedelta(seconds=self.refresh_grace_seconds)


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
