"""Pruning events of the installation whose time is over. Those of tenants go with their seals (`logs.retention`).

Only a function of the database's owner can delete them (`prune_installation_events` in tenants/schema/walls.sql), which
refuses to touch young ones; so call this from public.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone


def prune_installation_events() -> None:
    """Delete the events of the installation that are older than the settings say. They are few."""
    older_than = timezone.now() - timedelta(days=settings.CIAM_ADMINISTRATION_KEPT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.prune_installation_events(%s)", [older_than])
