"""Events as if some time had gone by. Rows can't be changed afterwards, not even by a test, so they are written so."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_tenants.utils import tenant_context

from audit.models import Category, Event
from tenants.models import Tenant

LONG_AGO = timedelta(minutes=5)


def write_event(
    action: str = "thing.happened",
    *,
    category: Category = Category.ACTIVITY,
    ago: timedelta = LONG_AGO,
    details: dict[str, Any] | None = None,
    **columns: Any,
) -> Event:
    """One event in the tenant being served, of this age."""
    event = Event(action=action, at=timezone.now() - ago, category=category, actor_kind="system", **columns)
    event.details = details or {}
    event.save(force_insert=True)
    return event


def write_events(tenant: Tenant, number: int) -> list[int]:
    """So many events in a tenant, every other one an administrator's. Returns their IDs."""
    with tenant_context(tenant):
        return [write_event(category=list(Category)[each % 2], details={"number": each}).pk for each in range(number)]
