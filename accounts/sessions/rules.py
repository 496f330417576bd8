"""How long a signed-in browser stays signed in, as the tenant has chosen: one value, as every setting is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext

from accounts.models import SessionSettings
from accounts.sessions.policies import session_settings_problems
from common.problems import Code, Problem
from common.versions import version_of
from tenants.known import KnownPart, NeededBy
from tenants.lookup import current_tenant


@dataclass(frozen=True)
class SessionRules:
    """`idle`: without any request; `lifetime`: from the sign-in on; `stay`: the same for who asked to stay signed in.

    Whoever stays signed in isn't signed out for being idle. `offers_stay` says whether customers are asked,
    `offers_several` whether a browser may have several accounts signed in side by side; administrators never have.
    """

    offers_stay: bool
    idle_minutes: int
    lifetime_minutes: int
    stay_days: int
    offers_several: bool = True

    @property
    def version(self) -> str:
        """A name for just these rules, by which somebody who changes them tells what they have seen."""
        return version_of(self)

    def lasts(self, *, stays: bool) -> timedelta:
        """How long after the sign-in the session ends at the latest."""
        is_long = stays and self.offers_stay
        return timedelta(days=self.stay_days) if is_long else timedelta(minutes=self.lifetime_minutes)

    def waits(self, *, stays: bool) -> timedelta:
        """How long after the last request it ends."""
        is_long = stays and self.offers_stay
        return timedelta(days=self.stay_days) if is_long else timedelta(minutes=self.idle_minutes)


FOR_CUSTOMERS = SessionRules(offers_stay=True, idle_minutes=24 * 60, lifetime_minutes=7 * 24 * 60, stay_days=30)
FOR_ADMINISTRATORS = SessionRules(
    offers_stay=False, idle_minutes=2 * 60, lifetime_minutes=12 * 60, stay_days=30, offers_several=False
)
_RULES = "SELECT to_jsonb(kept) - 'id' FROM accounts_sessionsettings kept"


def session_rules() -> SessionRules:
    """The rules of the tenant being served, kept in the process until something in the tenant changes."""
    return _rules.get()


def describe() -> SessionRules:
    """The rules of the tenant being served, as they are now."""
    return _rules_of(
        SessionSettings.objects.values(
            "offers_stay", "idle_minutes", "lifetime_minutes", "stay_days", "offers_several"
        ).first()
    )


def _rules_of(kept: Mapping[str, Any] | None) -> SessionRules:
    """The tenant's own, or the ones for its kind."""
    are_administrators = _are_administrators()
    if kept is None:
        return FOR_ADMINISTRATORS if are_administrators else FOR_CUSTOMERS
    return SessionRules(**{**kept, "offers_several": kept["offers_several"] and not are_administrators})


def _are_administrators() -> bool:
    """Whether it is they who sign in to the tenant being served."""
    tenant = current_tenant()
    return tenant is not None and tenant.is_home


_rules = KnownPart(_RULES, _rules_of, needed_by=NeededBy.PAGES)


def problems_of(rules: SessionRules) -> list[Problem]:
    """All that is wrong with them."""
    sentences = session_settings_problems(
        idle_minutes=rules.idle_minutes, lifetime_minutes=rules.lifetime_minutes, stay_days=rules.stay_days
    )
    problems = [Problem(Code.OUT_OF_RANGE, name, sentence) for name, sentence in sentences.items()]
    if rules.offers_several and _are_administrators():
        problems.append(
            Problem(
                Code.NOT_ALLOWED, "offers_several", gettext("Administrators can have only one account in a browser.")
            )
        )
    return problems
