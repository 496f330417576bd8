"""Jobs: operators see what isn't done and have it done again; nobody sees what it is about."""

import pytest
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from mail.services import queue_message
from operations.jobs import NAMES
from tenants.jobs import living
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant
from tests.browser import Browser
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
    assert "Hand a mail to the mail server" in page
    assert "Acme" in page
    assert "LookupError" in page
    assert SECRET not in page
    assert ADDRESS not in page
    assert 'href="/jobs/"' in olga_portal.get("/tenants/").content.decode()


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
    from mail.jobs import deliver, deliver_by_own_server, hand_code_over
    from oidc.sign_out.jobs import notify
    from sms.jobs import deliver_text, hand_text_over
    from userflows.factors import recovery_jobs
    from userflows.journeys.jobs import look_password_up, send_protection_notice, send_sign_in_notice
    from userflows.links.jobs import send_address_notice, send_link
    from userflows.own_account import jobs as own_account
    from userflows.steps.code.jobs import send_code
    from userflows.steps.new_password.jobs import send_password_notice
    from userflows.steps.phone_setup.jobs import send_new_number_code
    from userflows.steps.sms.jobs import send_text_code
    from userflows.steps.sms_code.jobs import send_second_text

    of_steps = {each.module_path for each in (send_code, send_password_notice)}
    of_texts = {each.module_path for each in (send_new_number_code, send_text_code, send_second_text)}
    of_accounts = {each.module_path for each in (look_password_up, send_protection_notice, send_sign_in_notice)}
    by_mail = {each.module_path for each in (deliver, deliver_by_own_server, hand_code_over)}
    others = {each.module_path for each in (notify, send_address_notice, send_link)}
    own = (
        own_account.gather_copy,
        own_account.send_address_code,
        own_account.send_address_notices,
        own_account.send_deletion_notice,
        own_account.send_undone_notice,
    )
    of_lost = (recovery_jobs.complete, recovery_jobs.send_recovery_link, recovery_jobs.send_recovery_notice)
    of_sms = {each.module_path for each in (deliver_text, hand_text_over)}
    of_own = {*of_sms, *(each.module_path for each in of_lost), *(each.module_path for each in own)}
    assert of_steps | of_texts | of_accounts | by_mail | others | of_own == set(NAMES)
