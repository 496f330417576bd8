"""The jobs of all tenants, for operators."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_tenants.utils import schema_context

from operations.jobs import TO_BE_RETRIED, JobState, jobs_of, jobs_to_do, retry_all_jobs, retry_job
from portal_frame.access import Need
from portal_frame.lists import Filter, list_page
from portal_frame.pages import PortalRequest, portal_page
from tenants.errors import NotToBeRetried
from tenants.lookup import PUBLIC
from tenants.work.jobs import living_workers

PAGE_SIZE = 25
TONES = {JobState.RUNNING: "blue", JobState.STUCK: "yellow", JobState.FAILED: "red"}


@portal_page(needs=Need.JOBS_READ)
@require_safe
def job_list(request: PortalRequest) -> HttpResponse:
    """The jobs that aren't done, those asked for first at the top."""
    state = _state(request.GET.get("state", ""))
    with schema_context(PUBLIC):
        page = list_page(request, jobs_to_do(state), by="enqueued_at", size=PAGE_SIZE)
        jobs = jobs_of(page.rows)
        can_retry = any(jobs_to_do(each).exists() for each in TO_BE_RETRIED)
        workers = living_workers()
    context = {
        "page": page,
        "rows": [(job, TONES.get(job.state, "")) for job in jobs],
        "state": state,
        "filters": _filters(state),
        "can_retry": can_retry,
        "workers": workers,
    }
    return render(request, "portal/jobs/list.html", context)


@portal_page(needs=Need.JOBS_CHANGE)
@require_POST
def retry(request: PortalRequest, job_id: UUID) -> HttpResponse:
    """Run one job again."""
    try:
        retry_job(job_id, actor=request.actor)
    except NotToBeRetried as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The job will be run again."))
    return redirect("portal:jobs")


@portal_page(needs=Need.JOBS_CHANGE)
@require_POST
def retry_all(request: PortalRequest) -> HttpResponse:
    """Run all jobs again that are stuck or have failed."""
    retried = retry_all_jobs(actor=request.actor)
    words = ngettext("%(count)d job will be run again.", "%(count)d jobs will be run again.", retried)
    messages.success(request, words % {"count": retried})
    return redirect("portal:jobs")


def _state(value: str) -> JobState | None:
    return JobState(value) if value in [*JobState] else None


def _filters(state: JobState | None) -> list[Filter]:
    url = reverse("portal:jobs")
    chips = [Filter(each.label, f"{url}?{urlencode({'state': each})}", each is state) for each in JobState]
    return [Filter(_("All"), url, state is None), *chips]
