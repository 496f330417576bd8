"""The worker's round through all tenants: who has events since, or a day to be closed, is counted."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum as Total
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from common.database.written import rows_written
from figures.installation.models import TenantSize
from figures.models import Day, Sum
from figures.policies import ACTIVE, CUSTOMERS, FAILURES, IN_ALL, SETTLES_FOR, SIGN_INS, SIGN_UPS, WHOLE_DAY
from figures.services import activity
from figures.services.keeping import keep_books
from mail.models import Message
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.schema.upgrade import migration_state
from tenants.work.locks import alone

ONE_ROUND_AT_A_TIME = 0x66696773
SIZED_EVERY = timedelta(hours=1)
RECENT_DAYS = 30
UNDELIVERED_FOR = timedelta(days=7)
# Who has written some; who only looks as if they had is counted in vain.
EVENTS = ["audit_event"]
BYTES = """
    SELECT coalesce(sum(pg_total_relation_size(class.oid)), 0)
    FROM pg_class class JOIN pg_namespace namespace ON namespace.oid = class.relnamespace
    WHERE namespace.nspname = %s AND class.relkind = 'r'
"""

logger = logging.getLogger(__name__)


@dataclass
class _Kept:
    """What the last round knew of a tenant: how many events it had written, when the last of them can be noted, and
    when it is looked at anyway.
    """

    written: int
    time_zone: str
    kept_at: datetime
    settles_at: datetime
    due_at: datetime
    sized_at: datetime


@dataclass
class Keeper:
    """Goes its rounds in one process, and remembers who was quiet."""

    _kept: dict[str, _Kept] = field(default_factory=dict)

    def go_round(self) -> list[str]:
        """Count whoever has something to be counted, unless another worker is at it. Returns the domains."""
        counted = []
        with alone(ONE_ROUND_AT_A_TIME) as is_alone:
            if not is_alone:
                return []
            with schema_context(PUBLIC):
                written = rows_written(EVENTS)
                tenants = list(
                    Tenant.objects.filter(migration_state=migration_state()).exclude(state=Tenant.State.DELETED)
                )
                _forget_sizes_of_gone_tenants()
            for tenant in tenants:
                if self._is_due(tenant, written.get(tenant.schema_name, 0)):
                    self._keep(tenant, written.get(tenant.schema_name, 0))
                    counted.append(tenant.slug)
        return counted

    def _is_due(self, tenant: Tenant, written: int) -> bool:
        kept, now = self._kept.get(tenant.schema_name), timezone.now()
        if kept is None or (kept.written, kept.time_zone) != (written, tenant.time_zone):
            return True
        # The round that found the last events came too early to note them.
        return kept.kept_at < kept.settles_at <= now or kept.due_at <= now

    def _keep(self, tenant: Tenant, written: int) -> None:
        """One that fails doesn't keep the others waiting, and has its turn again in the next round."""
        before, now = self._kept.pop(tenant.schema_name, None), timezone.now()
        try:
            with tenant_context(tenant):
                ends_at = keep_books(time_zone=tenant.time_zone)
            sized_at = before.sized_at if before else now - SIZED_EVERY
            if sized_at <= now - SIZED_EVERY or (before and before.due_at <= now):
                note_size(tenant)
                sized_at = now
        except Exception:
            logger.exception("The figures of the tenant %s weren't counted", tenant.slug)
        else:
            settles_at = before.settles_at if before and before.written == written else now + activity.SETTLES_FOR
            due_at = ends_at + SETTLES_FOR
            self._kept[tenant.schema_name] = _Kept(written, tenant.time_zone, now, settles_at, due_at, sized_at)


def note_size(tenant: Tenant) -> None:
    """Write down how large and how busy a tenant is."""
    with tenant_context(tenant):
        sizes = _sizes()
        with connection.cursor() as cursor:
            cursor.execute(BYTES, [tenant.schema_name])
            sizes["bytes"] = cursor.fetchone()[0]
    with schema_context(PUBLIC):
        TenantSize.objects.update_or_create(tenant_id=tenant.pk, defaults={**sizes, "counted_at": timezone.now()})


def _sizes() -> dict[str, Any]:
    closed = Day.objects.newest_first().first()
    rows = Sum.objects.filter(hour=WHOLE_DAY)
    recent: dict[str, int] = {}
    if closed:
        since = closed.day - timedelta(days=RECENT_DAYS - 1)
        of_days = rows.filter(day__gte=since, day__lte=closed.day, dimension=IN_ALL)
        recent = dict(of_days.values_list("metric").annotate(total=Total("n")))
    active = rows.filter(metric=ACTIVE, dimension="month").order_by("-day").values_list("n", flat=True).first()
    customers = rows.filter(metric=CUSTOMERS).order_by("-day").values_list("n", flat=True).first()
    failed = Message.objects.filter(state=Message.State.FAILED, created_at__gte=timezone.now() - UNDELIVERED_FOR)
    return {
        "customers": customers or 0,
        "active": active or 0,
        "recent_sign_ups": recent.get(SIGN_UPS, 0),
        "recent_sign_ins": recent.get(SIGN_INS, 0),
        "recent_failures": recent.get(FAILURES, 0),
        "undelivered": failed.count(),
    }


def _forget_sizes_of_gone_tenants() -> None:
    """Of those that were deleted, or removed for good. One that lags behind a release keeps what was known of it."""
    there = Tenant.objects.exclude(state=Tenant.State.DELETED).values("pk")
    TenantSize.objects.exclude(tenant_id__in=there).delete()
