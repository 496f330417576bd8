"""How much a tenant may have: limits of its own, or those of the installation, counted where a thing is made.

Limits are known to the process (the tenant's row, and one row of the installation), so that where there are none
nothing is asked. Where there is one, whoever makes a thing waits for others who do, and then counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django_tenants.utils import schema_context

from common.database.caches import ProcessCache
from common.problems import Code, Problem, Refused
from common.text.translation import gettext, gettext_lazy, grouped
from tenants.lookup import PUBLIC
from tenants.models import InstallationSettings, Tenant

CUSTOMERS, APPLICATIONS, ADMINISTRATORS, DOMAINS = "customers", "applications", "administrators", "domains"
NAMES = {
    CUSTOMERS: gettext_lazy("Customers"),
    APPLICATIONS: gettext_lazy("App registrations"),
    ADMINISTRATORS: gettext_lazy("Administrators"),
    DOMAINS: gettext_lazy("Domains of its own"),
}
UNTIL_CHOSEN: Mapping[str, int | None] = {CUSTOMERS: None, APPLICATIONS: None, ADMINISTRATORS: None, DOMAINS: 20}
MOST = 100_000_000
_LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))"

# What to do about a limit that is reached.
_INSTEAD = {CUSTOMERS: gettext_lazy("Purge deleted customers, or ask the people who run this installation.")}
_USUALLY = gettext_lazy("Remove one, or ask the people who run this installation.")

_installation: ProcessCache[dict[str, Any]] = ProcessCache()


@dataclass(frozen=True)
class Limits:
    """The most of each kind; None for as many as one likes.

    Customers count until they are purged: a deleted one can be restored.
    """

    customers: int | None = None
    applications: int | None = None
    administrators: int | None = None
    domains: int | None = None


class BeyondLimit(Refused):
    """One more would be too many."""

    def __init__(self, kind: str, most: int | None, *, field: str) -> None:
        reached = gettext("This tenant has as many as it may have (%(kind)s: %(most)s).")
        reached %= {"kind": NAMES[kind], "most": grouped(most or 0)}
        super().__init__([Problem(Code.TOO_MANY, field, " ".join([reached, str(_INSTEAD.get(kind, _USUALLY))]))])


def limits_of_installation() -> Limits:
    """Those of every tenant that has none of its own."""
    chosen = _installation.get(PUBLIC, "limits", _read)
    return Limits(**{name: chosen.get(name, usual) for name, usual in UNTIL_CHOSEN.items()})


def limits_of(tenant: Tenant) -> Limits:
    """What holds for a tenant: its own where it has one, otherwise the installation's."""
    own = tenant.limits or {}
    return Limits(**{name: own.get(name, usual) for name, usual in vars(limits_of_installation()).items()})


def most_of(tenant: Tenant | None, kind: str) -> int | None:
    """The most of this kind that the tenant may have; None for as many as one likes.

    The home tenant has no limits: it is the installation's own.
    """
    most: int | None = getattr(limits_of(tenant), kind) if tenant is not None and not tenant.is_home else None
    return most


def room_for(tenant: Tenant | None, kind: str, things: QuerySet[Any]) -> int | None:
    """How many more than these things the tenant may have; None for as many as one likes.

    Call it in the transaction that makes more: where there is a limit, nobody else makes any until it ends.
    """
    most = most_of(tenant, kind)
    if most is None or tenant is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"limit of {kind}", tenant.schema_name])
    return most - things.order_by()[:most].count()


def refuse_beyond(tenant: Tenant | None, kind: str, things: QuerySet[Any], *, field: str) -> None:
    """Raises `BeyondLimit` for `field` if one more than these things would be too many. Call it as `room_for`."""
    if room_for(tenant, kind, things) == 0:
        raise BeyondLimit(kind, most_of(tenant, kind), field=field)


def problems_of(limits: Mapping[str, int | None]) -> list[Problem]:
    """All that is wrong with limits, by their names."""
    return [
        Problem(
            Code.OUT_OF_RANGE, name, gettext("Enter a number from 1 to %(most)s, or nothing.") % {"most": grouped(MOST)}
        )
        for name, most in limits.items()
        if most is not None and not 0 < most <= MOST
    ]


def _read() -> dict[str, Any]:
    with schema_context(PUBLIC):
        return InstallationSettings.objects.values_list("limits", flat=True).first() or {}
