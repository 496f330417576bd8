"""Jobs: operators see what isn't done and have it done again; nobody sees what it is about."""

from importlib import import_module

import pytest
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from mail.services import queue_message
from operations.jobs import NAMES
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant
from tenants.work.jobs import living
from tests.browser import Browser
from tests.environment import ROOT
from tests.house_rules.sources import modules
from tests.worker import run_jobs

SECRET = "493817"
ADDRESS = "eve@nowhere.example"


@pytest.fixture
def failed(acme: Tenant) -> DBTaskResult:
    """A job of acme's that broke, with an error that quotes what nobody is to see."""
    with tenant_context(acme):
        queue_message(to=ADDRESS, kind="code", subject=f"{SECRET} is your code", text=SECRET)
    with schema_context(PUBLIC):
        job = DBTaskResult.objects.get()
        job.claim("worker")
        job.set_failed(LookupError(f"{ADDRESS} {SECRET}"))
    return job


def test_t20_an_administrator_of_a_tenant_finds_no_jobs(ada_portal: Browser, failed: DBTaskResult) -> None:
    assert ada_portal.get("/jobs/").status_code == 404
    assert ada_portal.post(f"/jobs/{failed.pk}/retry").status_code == 404
    assert ada_portal.post("/jobs/retry").status_code == 404
    assert "/jobs/" not in ada_portal.get("/tenants/").content.decode()
    with schema_context(PUBLIC):
        assert DBTaskResult.objects.get().status == "FAILED"


def test_an_operator_sees_a_failed_job_and_nothing_of_what_it_is_about(
    olga_portal: Browser, failed: DBTaskResult
) -> None:
    page = olga_portal.get("/jobs/").content.decode()
    assert "Send an email through the mail server" in page
    assert "Acme" in page
    assert "LookupError" in page
    assert SECRET not in page
    assert ADDRESS not in page
    assert 'href="/jobs/"' in olga_portal.get("/tenants/").content.decode()


def test_a_job_that_waits_for_a_worker_waits_for_no_day(olga_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        queue_message(to=ADDRESS, kind="code", subject="A code", text="A code")
    page = olga_portal.get("/jobs/?state=waiting").content.decode()
    assert "Send an email through the mail server" in page
    assert "Not before" not in page


def test_a_failed_job_is_run_again_and_who_wanted_it_is_recorded(
    olga_portal: Browser, failed: DBTaskResult, acme: Tenant
) -> None:
    answer = olga_portal.post(f"/jobs/{failed.pk}/retry", follow=True)
    assert "will be run again" in answer.content.decode()
    run_jobs()
    with schema_context(PUBLIC):
        assert DBTaskResult.objects.get().status == "SUCCESSFUL"
        event = InstallationEvent.objects.get(action="job.retried")
    assert (event.actor_name, event.details["domain"]) == ("olga@portal.example", "acme")

    again = olga_portal.post(f"/jobs/{failed.pk}/retry", follow=True)
    assert "it waits, runs, or is done" in again.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_stuck_job_is_told_from_one_that_runs_and_freed_with_the_rest(olga_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        for number in range(3):
            queue_message(to=f"c{number}@acme.example", kind="code", subject="s", text="t")
    _, running, stuck = DBTaskResult.objects.order_by("enqueued_at")
    stuck.claim("dead")
    running.claim("alive")
    with living("alive"):
        pages = {
            state: olga_portal.get("/jobs/", {"state": state}).content.decode() for state in ("running", "stuck", "")
        }
        assert olga_portal.post("/jobs/retry", follow=True).content.decode().count("1 job will be run again") == 1
    assert {state: page.count("<tr>") - 1 for state, page in pages.items()} == {"running": 1, "stuck": 1, "": 3}
    assert "No worker is running" not in pages[""]
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "READY", "RUNNING"]
    assert "No worker is running" in olga_portal.get("/jobs/").content.decode()


@pytest.mark.parametrize("query", ["?state=done", "?state=", "?after=x", "?state=failed&after=%00"])
def test_a_strange_address_is_never_an_error_of_ours(olga_portal: Browser, failed: DBTaskResult, query: str) -> None:
    assert olga_portal.get(f"/jobs/{query}").status_code in {200, 404}


def test_every_kind_of_job_has_a_name() -> None:
    sources = (path.relative_to(ROOT) for path in modules() if "\n@task(" in path.read_text(encoding="utf-8"))
    defining = [import_module(".".join(path.with_suffix("").parts)) for path in sources]
    tasks = [each for module in defining for each in vars(module).values() if isinstance(each, Task)]
    assert {each.module_path for each in tasks} == set(NAMES)
