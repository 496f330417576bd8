from collections.abc import Callable

import pytest
from django.core.management import CommandError
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from mail.services import queue_message
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant
from tests.commands.conftest import Run
from tests.worker import run_jobs

SECRET = "493817"


def enqueue(tenant: Tenant) -> None:
    with tenant_context(tenant):
        queue_message(to="eve@nowhere.example", kind="code", subject=SECRET, text=SECRET)


@pytest.fixture
def failed(acme: Tenant) -> str:
    enqueue(acme)
    with schema_context(PUBLIC):
        job = DBTaskResult.objects.get()
        job.set_failed(LookupError(SECRET))
        return str(job.pk)


def test_list_says_how_jobs_stand_and_nothing_of_what_they_are_about(
    run: Run, say: Callable[..., str], failed: str, globex: Tenant
) -> None:
    enqueue(globex)
    answer = run("job", "list")
    assert answer["workers"] == 0
    assert [(job["tenant"], job["state"], job["problem"]) for job in answer["jobs"]] == [
        ("acme", "failed", "LookupError"),
        ("globex", "waiting", ""),
    ]
    said = say("job", "list", "--state", "failed")
    assert failed in said
    assert "LookupError" in said
    assert "globex" not in said
    assert SECRET not in said + str(answer)
    assert "eve@" not in said + str(answer)


def test_retry_has_a_failed_job_run_again(run: Run, failed: str) -> None:
    assert run("job", "retry", "--job", failed) == {"retried": 1}
    run_jobs()
    assert run("job", "list")["jobs"] == []
    with schema_context(PUBLIC):
        event = InstallationEvent.objects.get(action="job.retried")
    assert (event.actor_kind, event.details["task"]) == ("command", "mail.jobs.deliver")


def test_retry_of_all_leaves_what_waits_alone(run: Run, failed: str, globex: Tenant) -> None:
    enqueue(globex)
    assert run("job", "retry", "--all") == {"retried": 1}
    assert run("job", "retry", "--all") == {"retried": 0}


@pytest.mark.parametrize("job", ["nonsense", "8ca1cff4-43f5-4e2b-9841-d9a55f164e72"])
def test_what_is_no_job_to_be_retried_is_said_in_a_sentence(run: Run, failed: str, job: str) -> None:
    with pytest.raises(CommandError, match=r"ID of a job|isn’t stuck"):
        run("job", "retry", "--job", job)
