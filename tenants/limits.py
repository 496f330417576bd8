"""How much a tenant may have: limits of its own, or those of the installation, counted where a thing is made.

Limits are known to the process (the tenant's row, and one row of the installation), so that where there are none
nothing is asked. Where there is one, whoever makes a thing waits for others who do, and then counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from common.database.caches import ProcessCache
from common.problems import Code, Problem, Refused
from common.text.languages import ENGLISH
from tenants.lookup import PUBLIC
from tenants.models import InstallationSettings, Tenant

APPLICATIONS, ADMINISTRATORS, DOMAINS = "applications", "administrators", "domains"
NAMES = {APPLICATIONS: _("App registrations"), ADMINISTRATORS: _("Administrators"), DOMAINS: _("Domains of its own")}
UNTIL_CHOSEN: Mapping[str, int | None] = {APPLICATIONS: None, ADMINISTRATORS: None, DOMAINS: 20}
MOST = 1_000_000
_LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))"

_installation: ProcessCache[dict[str, Any]] = ProcessCache()


@dataclass(frozen=True)
class Limits:
    """The most of each kind; None for as many as one likes."""

    applications: int | None = None
    administrators: int | None = None
    domains: int | None = None


def limits_of_installation() -> Limits:
    """Those of every tenant that has none of its own."""
    chosen = _installation.get(PUBLIC, "limits", _read)
    return Limits(**{name: chosen.get(name, usual) for name, usual in UNTIL_CHOSEN.items()})


def limits_of(tenant: Tenant) -> Limits:
    """What holds for a tenant: its own where it has one, otherwise the installation's."""
    own = tenant.limits or {}
    return Limits(**{name: own.get(name, usual) for name, usual in vars(limits_of_installation()).items()})


def refuse_beyond(tenant: Tenant | None, kind: str, count: Callable[[], int], *, field: str) -> None:
    """Raises `Refused` for `field` if one more would be too many. Call it in the transaction that makes one more.

    The home tenant has no limits: it is the installation's own.
    """
    most = getattr(limits_of(tenant), kind) if tenant is not None and not tenant.is_home else None
    if most is None or tenant is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"limit of {kind}", tenant.schema_name])
    if count() >= most:
        words = gettext(
            "This tenant may have %(most)d at most (%(kind)s). Remove one, or ask who runs this installation."
        )
        kinds = str(NAMES[kind])
        sentence = words % {"most": most, "kind": kinds.lower() if get_language() == ENGLISH else kinds}
        raise Refused([Problem(Code.TOO_MANY, field, sentence)])


def problems_of(limits: Limits) -> list[Problem]:
    """All that is wrong with them."""
    return [
        Problem(
            Code.OUT_OF_RANGE, name, gettext("Enter a number from 1 to %(most)s, or nothing.") % {"most": f"{MOST:,}"}
        )
        for name, most in vars(limits).items()
        if most is not None and not 0 < most <= MOST
    ]


def _read() -> dict[str, Any]:
    with schema_context(PUBLIC):
        return InstallationSettings.objects.values_list("limits", flat=True).first() or {}
