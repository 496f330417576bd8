"""How the installation is: versions, worker, jobs, mail, disk, and tenants that lag behind. For operators."""

import platform
import shutil
import tomllib
from dataclasses import dataclass
from functools import cache

import django
from django.conf import settings
from django.db import connection
from django.db.models import Max, Min, Sum
from django_tenants.utils import schema_context

from common.mail_server import parse_mail_url
from common.text.translation import NOTHING_TO_SAY, KeptSentence
from figures.installation.models import TenantSize
from logs.installation.models import InstallationLogCheck
from operations.jobs import JobState, jobs_to_do
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Tenant
from tenants.schema.upgrade import migration_state
from tenants.work.jobs import forgetful_workers, living_workers

MOST_COUNTED = 1000


@dataclass(frozen=True)
class Health:
    """What an operator looks at first. Bytes are of all tenants together, and of the disk of the server that answers.

    `forgetful_workers` are those that can't keep a journal. `mail` says where mail goes, without a password; `behind`
    is how many tenants aren't at this release's state, `lost_domains` how many domains of tenants' own were live and
    aren't right any more, and `log_problem` what is wrong with the installation's log, "" for nothing.
    """

    workers: int
    forgetful_workers: int
    jobs: dict[JobState, int]
    behind: int
    lost_domains: int
    log_problem: KeptSentence
    mail: str
    keeps_mail: bool
    disk_free: int
    disk_total: int
    release: str
    postgresql: str
    python: str
    django: str

    @property
    def disk_is_low(self) -> bool:
        """Whether less than a tenth is free."""
        return self.disk_free * 10 < self.disk_total


@cache
def release() -> str:
    """Which release of the product this is."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    version: str = project["project"]["version"]
    return version


def health() -> Health:
    """How it is now."""
    with schema_context(PUBLIC):
        jobs = {state: jobs_to_do(state).order_by()[:MOST_COUNTED].count() for state in JobState}
        workers, forgetful = living_workers(), forgetful_workers()
        behind = Tenant.objects.exclude(migration_state=migration_state()).count()
        lost_domains = DomainClaim.objects.filter(failing_since__isnull=False)[:MOST_COUNTED].count()
        check = InstallationLogCheck.objects.first()
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            postgresql = cursor.fetchone()[0].partition(" ")[0]
    disk = shutil.disk_usage(settings.CIAM_DATA_DIR if settings.CIAM_DATA_DIR.exists() else settings.BASE_DIR)
    server = parse_mail_url(settings.EMAIL_URL)
    return Health(
        workers=workers,
        forgetful_workers=forgetful,
        jobs=jobs,
        behind=behind,
        lost_domains=lost_domains,
        log_problem=check.found_wrong if check else NOTHING_TO_SAY,
        mail=f"{server.host}:{server.port} ({server.kind})" if server.host else server.folder or "",
        keeps_mail=server.kind == "outbox",
        disk_free=disk.free,
        disk_total=disk.total,
        release=release(),
        postgresql=postgresql,
        python=platform.python_version(),
        django=django.get_version(),
    )


def sizes_together() -> dict[str, int]:
    """All tenants together, of the sums that the worker keeps for each. Ask in public."""
    columns = ("customers", "active", "recent_sign_ups", "recent_sign_ins", "recent_failures", "undelivered", "bytes")
    summed = TenantSize.objects.aggregate(
        **{f"all_{name}": Sum(name, default=0) for name in columns},
        oldest=Min("counted_at"),
        newest=Max("counted_at"),
    )
    return {name.removeprefix("all_"): value for name, value in summed.items()}
