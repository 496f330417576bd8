"""Pruning events whose time is over.

A tenant's role may neither change nor delete events. Only functions of the database's owner can (`prune_events` and
`prune_installation_events` in tenants/schema/walls.sql), which refuse to touch young ones; so call these from public.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit.models import Category

# So many at once that no batch holds its locks for longer than a moment.
BATCH = 5000


def prune_events(schema: str) -> int:
    """Delete a tenant's events that are older than the settings say, each batch by itself. Returns how many."""
    kept_days = {
        Category.ACTIVITY: settings.CIAM_ACTIVITY_KEPT_DAYS,
        Category.ADMINISTRATION: settings.CIAM_ADMINISTRATION_KEPT_DAYS,
    }
    return sum(_prune(schema, category, days) for category, days in kept_days.items())


def prune_installation_events() -> None:
    """The same for the events of the installation, which are few."""
    older_than = timezone.now() - timedelta(days=settings.CIAM_ADMINISTRATION_KEPT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.prune_installation_events(%s)", [older_than])


def _prune(schema: str, category: str, days: int) -> int:
    older_than = timezone.now() - timedelta(days=days)
    pruned, last = 0, BATCH
    with connection.cursor() as cursor:
        while last == BATCH:
            cursor.execute("SELECT public.prune_events(%s, %s, %s, %s)", [schema, category, older_than, BATCH])
            last = cursor.fetchone()[0]
            pruned += last
    return pruned
