"""Jobs as operators see them: what waits, runs, is stuck or has failed; and having it done again.

What a job is about stays hidden: its arguments are IDs, and what it broke of is told by its kind alone, since the
message of an error may quote anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from django_tenants.utils import schema_context

from audit.services import Actor, record
from tenants.errors import NotToBeRetried
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant
from tenants.work.jobs import ABANDONED, MOST_BEGINNINGS

AT_ONCE = get_date_max()
"""What stands in the place of a time where a job has none to wait for."""

NAMES = {
    "branding.versions.jobs.publish_when_due": _("Publish a scheduled branding"),
    "bulk.chain.work": _("Continue an import or an action on a selection"),
    "mail.jobs.deliver": _("Send an email through the mail server"),
    "mail.jobs.deliver_by_own_server": _("Send an email through the tenant’s own mail server"),
    "userflows.steps.phone_setup.jobs.send_new_number_code": _("Write the text message for a new number"),
    "userflows.steps.sms.jobs.send_text_code": _("Write the text message with a one-time code"),
    "userflows.steps.second_sms.jobs.send_second_text": _("Write the text message for a second factor"),
    "sms.jobs.deliver_text": _("Send a text message through the SMS provider"),
    "mail.jobs.hand_code_over": _("Have a hook send a one-time code"),
    "sms.jobs.hand_text_over": _("Have a hook send a one-time code to a phone"),
    "oidc.sign_out.jobs.notify": _("Notify an application of a sign-out"),
    "userflows.factors.jobs.send_factor_notice": _("Write the email about a changed second factor"),
    "userflows.factors.recovery_jobs.complete": _(
        "End the waiting time of customers who have lost their second factors"
    ),
    "userflows.factors.recovery_jobs.send_recovery_link": _("Write the email with a link for lost second factors"),
    "userflows.factors.recovery_jobs.send_recovery_notice": _("Write the email about lost second factors"),
    "userflows.flows.publishing.jobs.publish_when_due": _("Publish a scheduled page layout"),
    "userflows.journeys.jobs.look_password_up": _("Look up whether a password is known from a breach"),
    "userflows.journeys.jobs.send_protection_notice": _("Write the email about tries at an account"),
    "userflows.journeys.jobs.send_provider_notice": _("Write the email about a connected or removed provider"),
    "userflows.journeys.jobs.send_welcome": _("Write the email that welcomes a customer"),
    "userflows.journeys.jobs.send_sign_in_notice": _("Write the email about a new browser"),
    "userflows.links.jobs.send_address_notice": _("Write the email about a changed address"),
    "userflows.links.jobs.send_link": _("Write the email with a link"),
    "userflows.own_account.jobs.gather_copy": _("Gather a copy of a customer’s data"),
    "userflows.own_account.jobs.send_address_code": _("Write the email with a code for another address"),
    "userflows.own_account.jobs.send_address_notices": _("Write the emails about a changed address"),
    "userflows.own_account.jobs.send_deletion_notice": _("Write the email about a coming deletion"),
    "userflows.own_account.jobs.send_undone_notice": _("Write the email about an undone change of address"),
    "userflows.steps.code.jobs.send_code": _("Write the email with a one-time code"),
    "userflows.steps.second_mail.jobs.send_second_code": _("Write the email with a code as a second factor"),
    "userflows.steps.new_password.jobs.send_password_notice": _("Write the email about a new password"),
}
MOST_RETRIED = 1000
"""So many jobs at a time when all are retried."""

JobRow = DBTaskResult[..., Any]


class JobState(StrEnum):
    """How a job that isn't done stands. Stuck is one whose worker has died, until a worker frees it."""

    WAITING = "waiting"
    RUNNING = "running"
    STUCK = "stuck"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """What people call it."""
        return str(STATE_NAMES[self])


STATE_NAMES = {
    JobState.WAITING: _("Waiting"),
    JobState.RUNNING: _("Running"),
    JobState.STUCK: _("Stuck"),
    JobState.FAILED: _("Failed"),
}
TO_BE_RETRIED = (JobState.STUCK, JobState.FAILED)
STATUS = {
    JobState.WAITING: TaskResultStatus.READY,
    JobState.RUNNING: TaskResultStatus.RUNNING,
    JobState.STUCK: TaskResultStatus.RUNNING,
    JobState.FAILED: TaskResultStatus.FAILED,
}


@dataclass(frozen=True)
class Job:
    """A job that isn't done: for which tenant (None: a removed one), how often it was begun, and what it broke of."""

    id: UUID
    name: str
    tenant: Tenant | None
    state: JobState
    beginnings: int
    enqueued_at: datetime
    due_at: datetime
    problem: str

    @property
    def is_put_off(self) -> bool:
        """Whether it waits for its time, as a mail does that wasn't taken, rather than for a worker."""
        return self.state is JobState.WAITING and self.due_at > timezone.now()

    @property
    def is_to_be_retried(self) -> bool:
        return self.state in TO_BE_RETRIED


def jobs_to_do(state: JobState | None = None, *, of: Tenant | None = None) -> "QuerySet[JobRow]":
    """The rows of jobs that aren't done, in this state or in any, of one tenant or of all. Ask in public."""
    rows: QuerySet[Any] = DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).annotate(
        schema=RawSQL("tenant::text", (), TextField()),
        is_stuck=RawSQL(ABANDONED, (), BooleanField()),  # noqa: S611 - a condition of ours
    )
    if of:
        rows = rows.filter(schema=of.schema_name)
    return rows.filter(status=STATUS[state], is_stuck=state is JobState.STUCK) if state else rows


def jobs_of(rows: Sequence[JobRow]) -> list[Job]:
    """What the rows of `jobs_to_do` tell. Ask in public."""
    schemas = {row.schema for row in rows}  # type: ignore[attr-defined]
    tenants = {tenant.schema_name: tenant for tenant in Tenant.objects.filter(schema_name__in=schemas)}
    return [
        Job(
            id=row.pk,
            name=str(NAMES.get(row.task_path, row.task_path)),
            tenant=tenants.get(row.schema),  # type: ignore[attr-defined]
            state=_state_of(row),
            beginnings=len(row.worker_ids),
            enqueued_at=row.enqueued_at,
            due_at=row.enqueued_at if row.run_after == AT_ONCE else row.run_after,
            problem=_problem_of(row),
        )
        for row in rows
    ]


def retry_job(job_id: UUID, *, actor: Actor) -> None:
    """Retry a job that is stuck or has failed, as if it had never been begun. Raises `NotToBeRetried`."""
    with schema_context(PUBLIC), transaction.atomic():
        row = jobs_to_do().select_for_update().filter(pk=job_id).first()
        if row is None or _state_of(row) not in TO_BE_RETRIED:
            raise NotToBeRetried
        [job] = jobs_of([row])
        row.status, row.run_after = TaskResultStatus.READY, timezone.now()
        row.started_at = row.finished_at = row.return_value = None
        row.worker_ids, row.exception_class_path, row.traceback = [], "", ""
        row.save()
        details = {"job": str(row.pk), "task": row.task_path, "domain": job.tenant.slug if job.tenant else ""}
        record("job.retried", actor=actor, details=details, event_model=InstallationEvent)


def retry_all_jobs(*, actor: Actor) -> int:
    """Retry all jobs that are stuck or have failed, 1,000 at most. Returns how many there were."""
    with schema_context(PUBLIC):
        rows = [row for state in TO_BE_RETRIED for row in jobs_to_do(state)[:MOST_RETRIED]][:MOST_RETRIED]
    retried = 0
    for row in rows:
        try:
            retry_job(row.pk, actor=actor)
        except NotToBeRetried:
            # Somebody else was faster, or a worker has freed it.
            continue
        retried += 1
    return retried


def _state_of(row: JobRow) -> JobState:
    if row.is_stuck:  # type: ignore[attr-defined]
        return JobState.STUCK
    return next(state for state, status in STATUS.items() if status == row.status)


def _problem_of(row: JobRow) -> str:
    if row.status != TaskResultStatus.FAILED:
        return ""
    if row.exception_class_path:
        return str(row.exception_class_path).rpartition(".")[2]
    if len(row.worker_ids) >= MOST_BEGINNINGS:
        return "Its worker died each time"
    return "It can’t be read"
