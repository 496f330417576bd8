"""How much tenants may have, as operators decide."""

from collections.abc import Mapping
from dataclasses import asdict

from audit.services import Actor, record
from common.database.caches import announce
from common.problems import refuse_if_any
from tenants.limits import UNTIL_CHOSEN, Limits, problems_of
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, InstallationSettings, Tenant
from tenants.services.life_cycle import in_public


def limit_tenants(limits: Limits, *, actor: Actor) -> None:
    """Set the limits of every tenant without limits of its own. What is there already stays. Raises `Refused`."""
    refuse_if_any(problems_of(asdict(limits)))
    with in_public():
        row, _ = InstallationSettings.objects.select_for_update().get_or_create(pk=1)
        before = {name: row.limits.get(name, usual) for name, usual in UNTIL_CHOSEN.items()}
        if before == asdict(limits):
            return
        row.limits = asdict(limits)
        row.save(update_fields=["limits"])
        now = {name: most for name, most in row.limits.items() if most != before[name]}
        details = {"fields": list(now), "now": now}
        record("limits.changed", actor=actor, details=details, event_model=InstallationEvent)
        announce(PUBLIC)


def limit_tenant(tenant: Tenant, own: Mapping[str, int | None], *, actor: Actor) -> None:
    """Set the limits of one tenant, by the names of `Limits`; None for as many as it likes.

    For what isn't named the installation's holds. What is there already stays. Raises `Refused`.
    """
    own = dict(own)
    refuse_if_any(problems_of(own))
    with in_public():
        current = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if (current.limits or {}) == own:
            return
        current.limits = tenant.limits = own
        current.save(update_fields=["limits"])
        record("tenant.limited", actor=actor, target=tenant, details={"limits": own}, event_model=InstallationEvent)
        announce(PUBLIC)
