"""Whether the installation is well: what it is made of, and what needs somebody's hand."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from common.mail_server import parse_mail_url
from operations.jobs import JobState, jobs_to_do
from tenants.jobs import living_workers
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Tenant
from tenants.schema.upgrade import migration_state

COUNTED_UP_TO = 1000


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands, and what to do where it isn't well ("" if it is)."""

    name: str
    value: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        return not self.remedy


def findings() -> list[Finding]:
    """All that is looked at, in a handful of quick statements."""
    with schema_context(PUBLIC):
        return [_database(), _tenants(), _workers(), _jobs(), _domains(), _mail()]


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        version: str = cursor.fetchone()[0]
    return Finding("Database", f"PostgreSQL {version.split(maxsplit=1)[0]}")


def _tenants() -> Finding:
    there = Tenant.objects.count()
    behind = Tenant.objects.exclude(migration_state=migration_state()).count()
    remedy = f"{behind} aren’t at the state of this release and aren’t served: manage.py upgrade" if behind else ""
    return Finding("Tenants", f"{there:,}", remedy)


def _workers() -> Finding:
    workers = living_workers()
    return Finding("Workers", str(workers), "" if workers else "Nothing gets done and no mail leaves: manage.py worker")


def _jobs() -> Finding:
    stands = {state: jobs_to_do(state)[:COUNTED_UP_TO].count() for state in JobState}
    wrong = stands[JobState.STUCK] + stands[JobState.FAILED]
    value = f"{stands[JobState.WAITING]} wait, {stands[JobState.RUNNING]} run"
    return Finding("Jobs", value, f"{wrong} are stuck or have failed: see Jobs." if wrong else "")


def _domains() -> Finding:
    held = DomainClaim.objects.filter(state=DomainClaim.State.LIVE)
    failing = held.filter(failing_since__isnull=False)[:COUNTED_UP_TO].count()
    remedy = f"{failing} aren’t right any more; their tenants’ settings say why." if failing else ""
    return Finding("Tenants’ own domains", f"{held[:COUNTED_UP_TO].count()} live", remedy)


def _mail() -> Finding:
    server = parse_mail_url(settings.EMAIL_URL)
    if server.kind == "outbox":
        return Finding("Mail", "stays in the outbox", "" if settings.IS_LOCAL else "No mail leaves: set EMAIL_URL.")
    return Finding("Mail", f"{server.host}, port {server.port}" if server.host else f"files in {server.folder}")
