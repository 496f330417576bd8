"""How long a signed-in browser stays signed in, as the tenant has chosen."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tenants.known import Part
from tenants.lookup import current_tenant


@dataclass(frozen=True)
class SessionRules:
    """`idle`: without any request; `lifetime`: from the sign-in on; `stay`: the same for who asked to stay signed in.

    Whoever stays signed in isn't signed out for being idle. `offers_stay` says whether customers are asked.
    """

    offers_stay: bool
    idle: timedelta
    lifetime: timedelta
    stay: timedelta

    def lasts(self, *, stays: bool) -> timedelta:
        """How long after the sign-in the session ends at the latest."""
        return self.stay if stays and self.offers_stay else self.lifetime

    def waits(self, *, stays: bool) -> timedelta:
        """How long after the last request it ends."""
        return self.stay if stays and self.offers_stay else self.idle


FOR_CUSTOMERS = SessionRules(
    offers_stay=True, idle=timedelta(hours=24), lifetime=timedelta(days=7), stay=timedelta(days=30)
)
FOR_ADMINISTRATORS = SessionRules(
    offers_stay=False, idle=timedelta(hours=2), lifetime=timedelta(hours=12), stay=timedelta(days=30)
)
_RULES = "SELECT to_jsonb(kept) FROM accounts_sessionsettings kept"


def session_rules() -> SessionRules:
    """The rules of the tenant being served: its own, or the ones for its kind."""
    return _rules.get()


def _rules_of(kept: dict[str, Any] | None) -> SessionRules:
    if kept is not None:
        return SessionRules(
            offers_stay=kept["offers_stay"],
            idle=timedelta(minutes=kept["idle_minutes"]),
            lifetime=timedelta(minutes=kept["lifetime_minutes"]),
            stay=timedelta(days=kept["stay_days"]),
        )
    tenant = current_tenant()
    return FOR_ADMINISTRATORS if tenant is not None and tenant.is_home else FOR_CUSTOMERS


_rules = Part(_RULES, _rules_of)
