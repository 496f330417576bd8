"""What time does to an installation: what expired is forgotten, what was deleted long ago goes, signing keys rotate.

The worker does this every hour. Each tenant is tidied in its own schema and its own transaction, and one that fails
doesn't keep the others waiting.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.finding.services import catch_up
from accounts.identity.services.groups import forget_deleted_groups
from accounts.models import Account
from accounts.sessions.services import end_expired_sessions
from applications.services.deletion import forget_deleted_applications
from audit.services import Actor
from branding.versions.links import forget_links_over
from branding.versions.pruning import prune_versions
from figures.services.journeys import count_journeys
from hooks.calls.deliveries import sweep_deliveries
from logs.keeping.checks import ask_for_daily_check
from logs.keeping.retention import prune_events
from logs.seals.anchoring import anchor
from logs.seals.sealing import LATE_WITHIN_AT_LEISURE, seal_all_events
from mail.services import sweep_messages
from oidc.authorization.services import sweep_pushed_requests
from oidc.clients.services import forget_expired_assertions
from oidc.devices.services import sweep_devices
from oidc.keys.services import keep_signing_keys
from oidc.runs.services import sweep_runs
from oidc.sign_out.services import sweep_notifications
from oidc.tokens.services.families import delete_expired
from operations.administrators.invitations import forget_old_invitations
from operations.customers import close_due_accounts, purge_customer
from operations.signals import tenant_tidied
from sms.services import sweep_texts
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.schema.upgrade import migration_state
from tenants.services import purge_tenants, remove_memberships
from tenants.work.locks import alone
from userflows.factors.recoveries import complete_due_recoveries
from userflows.flows.deletion import forget_deleted_user_flows
from userflows.flows.publishing.pruning import prune_layouts
from userflows.journeys.progress import sweep_journeys
from userflows.links.services import sweep_links
from userflows.own_account.addresses import sweep_changes
from userflows.own_account.downloads import sweep_copies

ONE_HOUSEKEEPING_AT_A_TIME = 0x68757368
JOBS_KEPT_FOR = timedelta(days=7)

logger = logging.getLogger(__name__)


@dataclass
class HousekeepingReport:
    """What was done: the domains of tenants removed for good, of those tidied, and of those that failed."""

    purged: list[str] = field(default_factory=list)
    tidied: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def run_housekeeping(*, actor: Actor) -> HousekeepingReport:
    """Tidy the installation, unless another worker is at it already."""
    report = HousekeepingReport()
    with alone(ONE_HOUSEKEEPING_AT_A_TIME) as is_alone:
        if not is_alone:
            return report
        _tidy_installation(report, actor)
        with schema_context(PUBLIC):
            tenants = list(Tenant.objects.filter(migration_state=migration_state()).order_by("slug"))
        for tenant in tenants:
            _tidy(tenant, report, actor)
    return report


def _tidy_installation(report: HousekeepingReport, actor: Actor) -> None:
    """Remove what concerns no single tenant, and the tenants whose time is up."""
    try:
        with schema_context(PUBLIC):
            with connection.cursor() as cursor:
                cursor.execute("SELECT public.forget_old_attempts()")
            forget_old_invitations()
            DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - JOBS_KEPT_FOR).delete()
        _keep_log(PUBLIC, of="the installation")
        report.purged = purge_tenants(actor=actor)
    except Exception:
        logger.exception("Housekeeping failed for the installation")
        report.failed.append(PUBLIC)


def _tidy(tenant: Tenant, report: HousekeepingReport, actor: Actor) -> None:
    try:
        with tenant_context(tenant), transaction.atomic():
            forget_what_expired()
            tenant_tidied.send(Tenant, tenant=tenant)
            close_due_accounts(actor=actor)
            purged = _purge_accounts(actor)
        with tenant_context(tenant):
            catch_up()
        _keep_log(tenant.schema_name, of=tenant.slug)
        if tenant.state != Tenant.State.DELETED:
            with tenant_context(tenant):
                keep_signing_keys(actor=actor)
        if tenant.is_home:
            for account_id in purged:
                remove_memberships(account_id=account_id, actor=actor)
    except Exception:
        logger.exception("Housekeeping failed for the tenant %s", tenant.slug)
        report.failed.append(tenant.slug)
    else:
        report.tidied.append(tenant.slug)


def _keep_log(schema: str, *, of: str) -> None:
    """Seal what is still to be sealed, also what came late; let go whose time is over; note how far the seals reach."""
    seal_all_events(schema, late_within=LATE_WITHIN_AT_LEISURE)
    prune_events(schema)
    anchor(schema, of=of)
    with schema_context(schema):
        ask_for_daily_check()


def forget_what_expired() -> None:
    """Drop what nobody can use any more, in the tenant in force."""
    end_expired_sessions()
    # Before they go.
    count_journeys()
    sweep_journeys()
    sweep_messages()
    sweep_texts()
    sweep_links()
    sweep_deliveries()
    sweep_changes()
    sweep_copies()
    forget_deleted_groups()
    forget_deleted_applications()
    forget_deleted_user_flows()
    complete_due_recoveries()
    delete_expired()
    sweep_notifications()
    sweep_pushed_requests()
    sweep_runs()
    sweep_devices()
    forget_expired_assertions()
    forget_links_over()
    prune_versions()
    prune_layouts()


def _purge_accounts(actor: Actor) -> list[UUID]:
    """Remove for good the accounts whose time to be restored is over. Returns their IDs."""
    purged = list(Account.objects.due_for_purge())
    for account in purged:
        purge_customer(account, actor=actor)
    return [account.pk for account in purged]
