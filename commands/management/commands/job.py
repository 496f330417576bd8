from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django_tenants.utils import schema_context

from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import tenant_named
from operations.jobs import Job, JobState, jobs_of, jobs_to_do, retry_all_jobs, retry_job
from tenants.lookup import PUBLIC
from tenants.work.jobs import living_workers


class Command(VerbCommand):
    help = "See the jobs that aren't done, and have those run again that are stuck or have failed."

    def add_verbs(self) -> None:
        listing = self.verb("list", self.list_all, summary="list the jobs that wait, run, are stuck or have failed")
        listing.add_argument("--state", choices=[*JobState], help="only those that are so")
        listing.add_argument("--tenant", metavar="DOMAIN", help="only those of this tenant; home is the portal's own")
        listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (%(default)s)")
        retry = self.verb("retry", self.retry, summary="run jobs again that are stuck or have failed")
        which = retry.add_mutually_exclusive_group(required=True)
        which.add_argument("--job", action="append", metavar="ID", help="as `job list` says it; may be repeated")
        which.add_argument("--all", action="store_true", help="all of them, 1,000 at most")

    def list_all(self, options: dict[str, Any]) -> Answer:
        tenant = tenant_named(options["tenant"]) if options["tenant"] else None
        with schema_context(PUBLIC):
            found = jobs_to_do(JobState(options["state"]) if options["state"] else None, of=tenant)
            jobs = jobs_of(list(found.order_by("enqueued_at", "pk")[: max(options["limit"], 0)]))
            workers = living_workers()
        lines = [f"Workers running: {workers}", *(_line(job) for job in jobs)]
        return Answer({"workers": workers, "jobs": [_facts(job) for job in jobs]}, "\n".join(lines))

    def retry(self, options: dict[str, Any]) -> Answer:
        if options["all"]:
            retried = retry_all_jobs(actor=Actor.command())
        else:
            wanted = [_job_id(word) for word in options["job"]]
            for job_id in wanted:
                retry_job(job_id, actor=Actor.command())
            retried = len(wanted)
        return Answer({"retried": retried}, f"{retried} job{'' if retried == 1 else 's'} will be run again.")


def _job_id(word: str) -> UUID:
    try:
        return UUID(word)
    except ValueError as error:
        raise CommandError(f"{word} isn't the ID of a job. `manage.py job list` says them.") from error


def _line(job: Job) -> str:
    tenant = job.tenant.slug if job.tenant else "–"
    problem = f"  ({job.problem})" if job.problem else ""
    return f"{job.id}  {job.state:8}  {job.enqueued_at:%Y-%m-%d %H:%M:%S} UTC  {tenant:26}  {job.name}{problem}"


def _facts(job: Job) -> dict[str, Any]:
    return {
        "id": str(job.id),
        "name": job.name,
        "tenant": job.tenant.slug if job.tenant else None,
        "state": job.state,
        "beginnings": job.beginnings,
        "enqueued_at": job.enqueued_at.isoformat(),
        "due_at": job.due_at.isoformat(),
        "problem": job.problem,
    }
