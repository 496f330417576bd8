"""How the tokens of one application are made: by which keys they are signed, and how long they live."""

from dataclasses import asdict, fields
from datetime import timedelta
from typing import NamedTuple

from applications.description import UNENCRYPTED, UNSIGNED, TokenSettings
from applications.policies.kinds import PUBLIC_KINDS
from common.crypto.public_keys import ENCRYPTION_ALGORITHMS
from common.problems import one_of
from common.text.translation import gettext as _
from common.text.translation import gettext_lazy

ALGORITHMS = ("RS256", "ES256")
# RFC 7518 section 5. The last is what OpenID Connect Registration means where nothing is said.
CONTENT_ALGORITHMS = ("A256GCM", "A128GCM", "A128CBC-HS256")


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

_OUT_OF_BOUNDS = {
    "minutes": gettext_lazy("Choose %(low)d to %(high)d minutes."),
    "days": gettext_lazy("Choose %(low)d to %(high)d days."),
    "seconds": gettext_lazy("Choose %(low)d to %(high)d seconds."),
}

LONGEST_TOKEN_LIFETIME = timedelta(minutes=1440)
# A public client's tokens live on somebody's device: several tabs refresh at once, a phone loses the answer on its way.
# Both look like a replay, and without a grace they would sign the customer out. A thief gains nothing that lasts: the
# answer is the same again, and as soon as both of them have used it the family ends. A server has neither excuse.
GRACE_OF_PUBLIC_CLIENTS = 30


NAMES = tuple(field.name for field in fields(TokenSettings))


def usual_refresh_grace(kind: str) -> int:
    """For how many seconds a refresh token may be sent again unless somebody chooses otherwise."""
    return GRACE_OF_PUBLIC_CLIENTS if kind in PUBLIC_KINDS else 0


def settings_problems(settings: TokenSettings) -> dict[str, str]:
    """What is wrong with the choices, as sentences by their names; empty if nothing is."""
    chosen = asdict(settings)
    problems = {
        name: _OUT_OF_BOUNDS[bounds.unit] % {"low": bounds.low, "high": bounds.high}
        for name, bounds in BOUNDS.items()
        if not bounds.low <= chosen[name] <= bounds.high
    }
    out_of_bounds = {"refresh_idle_days", "refresh_absolute_days"} & problems.keys()
    if not out_of_bounds and settings.refresh_idle_days > settings.refresh_absolute_days:
        problems["refresh_idle_days"] = _("This can’t be longer than the longest lifetime.")
    for name in ("id_token_algorithm", "access_token_algorithm"):
        if chosen[name] not in ALGORITHMS:
            problems[name] = one_of(ALGORITHMS)
    if settings.userinfo_algorithm not in (UNSIGNED, *ALGORITHMS):
        problems["userinfo_algorithm"] = one_of((UNSIGNED, *ALGORITHMS))
    for name in ("id_token_encryption", "userinfo_encryption"):
        if chosen[name] not in (UNENCRYPTED, *ENCRYPTION_ALGORITHMS):
            problems[name] = one_of((UNENCRYPTED, *ENCRYPTION_ALGORITHMS))
    for name in ("id_token_content", "userinfo_content"):
        if chosen[name] not in CONTENT_ALGORITHMS:
            problems[name] = one_of(CONTENT_ALGORITHMS)
    return problems
