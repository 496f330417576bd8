"""What administrators see and choose of their log, in the portal and at the command line."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone
from django_tenants.utils import tenant_context

from audit.models import Event
from logs.keeping.checks import check_if_asked
from logs.models import LogCheck
from logs.rules import LogRules, describe
from logs.seals import sealing
from tenants.models import Tenant
from tests.browser import Browser
from tests.commands.conftest import Run, run, say  # noqa: F401 - commands are run as everywhere
from tests.logs.conftest import Superuser
from tests.logs.events import write_event

pytestmark = pytest.mark.django_db
PAGE = "/tenants/acme/settings/logs/"


def seen(browser: Browser) -> str:
    return " ".join(browser.get(PAGE).content.decode().split())


def test_ada_chooses_for_how_long_her_log_is_kept(ada_portal: Browser, acme: Tenant) -> None:
    assert "left empty, 90." in seen(ada_portal)
    answer = ada_portal.post(PAGE, {"activity_days": "30", "administration_days": ""})
    assert answer.status_code == 302
    assert 'value="30"' in seen(ada_portal)
    with tenant_context(acme):
        assert describe() == LogRules(activity_days=30)


def test_what_is_out_of_range_is_said_at_its_field_and_stays_typed(ada_portal: Browser, acme: Tenant) -> None:
    answer = ada_portal.post(PAGE, {"activity_days": "3", "administration_days": "30"}).content.decode()
    assert "Choose 7 to 730 days" in answer
    assert "Choose 365 to 3650 days" in answer
    assert 'value="3"' in answer
    with tenant_context(acme):
        assert describe() == LogRules()


def test_the_worker_checks_the_log_when_ada_asks_and_the_page_says_how_far_it_is_right(
    ada_portal: Browser, sealed: Tenant
) -> None:
    assert "Not verified yet" in seen(ada_portal)
    ada_portal.post(f"{PAGE}check")
    assert "Verifying now" in seen(ada_portal)
    assert check_if_asked(sealed.schema_name) is False
    with tenant_context(sealed):
        check = LogCheck.objects.get()
        assert Event.objects.filter(action="log.check_asked_for").count() == 1
    page = seen(ada_portal)
    assert f"to {check.verified_to:%-d %B %Y, %H:%M} UTC, {check.entries} entries" in page
    assert "Verifying now" not in page
    check_if_asked(sealed.schema_name)
    with tenant_context(sealed):
        assert LogCheck.objects.get().finished_at == check.finished_at


@pytest.mark.django_db(transaction=True)
def test_l01_what_is_wrong_is_on_the_page_in_an_event_and_at_the_command_line(
    ada_portal: Browser,
    sealed: Tenant,
    superuser: Superuser,
    say: Callable[..., str],  # noqa: F811
) -> None:
    with tenant_context(sealed):
        victim = Event.objects.earliest("pk").pk
    superuser(f"DELETE FROM {{log}} WHERE id = {victim}")
    ada_portal.post(f"{PAGE}check")
    check_if_asked(sealed.schema_name)
    assert f"Event {victim} is missing." in seen(ada_portal)
    overview = ada_portal.get("/tenants/acme/").content.decode()
    assert f"The log was altered. Event {victim} is missing." in overview
    with tenant_context(sealed):
        details = Event.objects.get(action="log.found_wrong").details
    assert details == {"wrong": "missing", "event": victim, "seal": 1}
    with pytest.raises(CommandError, match=f"acme: Event {victim} is missing."):
        say("log", "verify")


def test_the_command_says_what_the_page_says(run: Run, say: Callable[..., str], sealed: Tenant) -> None:  # noqa: F811
    assert run("log", "keep", "--tenant", "acme", "--activity-days", "30")["activity_days"] == 30
    assert run("log", "keep", "--tenant", "acme", "--activity-days", "default")["activity_days"] is None
    with pytest.raises(CommandError, match="--activity-days: Choose 7 to 730 days"):
        run("log", "keep", "--tenant", "acme", "--activity-days", "3")
    sealing.seal_all_events(sealed.schema_name)
    shown = run("log", "show", "--tenant", "acme")
    assert shown["size"] > 0
    assert shown["last_seal"] > 1
    [found] = run("log", "verify", "--tenant", "acme")["tenants"]
    assert found["entries"] >= 10
    assert run("log", "verify", "--tenant", "acme", "--noted", found["last_seal"])["tenants"] == [found]
    assert "acme: verified to" in say("log", "verify")
    for noted in ("x", "5", "5:"):
        with pytest.raises(CommandError, match="--noted"):
            run("log", "verify", "--tenant", "acme", "--noted", noted)
    with pytest.raises(CommandError, match="which was noted, is missing"):
        run("log", "verify", "--tenant", "acme", "--noted", "9999:00")


def proof_on_page(browser: Browser, event_id: int, *, verified: bool = False) -> str:
    page = browser.get(f"/tenants/acme/logs/{event_id}/", {"verify": "yes"} if verified else {}).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition('id="seal"')[2].partition("</div>")[0]).split())


def test_an_events_page_says_since_when_it_is_sealed_and_verifies_it(ada_portal: Browser, sealed: Tenant) -> None:
    with tenant_context(sealed):
        first = Event.objects.earliest("pk").pk
        late = write_event(id=first - 1).pk
        sealing.seal_all_events(sealed.schema_name)
        # In the future: what is that young has no seal yet.
        young = write_event(ago=-timedelta(seconds=1)).pk
    for event_id in (first, late):
        assert re.search(r"Sealed .* in seal \d+ .*Verify event", proof_on_page(ada_portal, event_id))
        assert "Verified as it was sealed" in proof_on_page(ada_portal, event_id, verified=True)
    assert "Not yet." in proof_on_page(ada_portal, young)


@pytest.mark.django_db(transaction=True)
def test_l01_what_was_altered_is_named_on_the_page_of_the_event_alone(
    ada_portal: Browser, sealed: Tenant, superuser: Superuser
) -> None:
    with tenant_context(sealed):
        victims = list(Event.objects.activity().order_by("pk").values_list("pk", flat=True)[:5])
    for victim, statement, said in (
        (
            victims[0],
            "UPDATE {log} SET action = 'thing.else' WHERE id = %d",
            "Event %d was altered after it was sealed.",
        ),
        (
            victims[1],
            "UPDATE {log} SET category = 'administration' WHERE id = %d",
            "Event %d has no seal, though later",
        ),
        (
            victims[2],
            "UPDATE {seals} SET leaves = '' WHERE %d = ANY (event_ids)",
            "its events don’t come to its root",
        ),
        (victims[4], "UPDATE {seals} SET count = 9 WHERE %d = ANY (event_ids)", "its signature isn’t ours."),
    ):
        superuser(statement % victim)
        assert said.replace("%d", str(victim)) in proof_on_page(ada_portal, victim, verified=True)


def test_one_tenant_does_not_keep_the_worker_busy_with_its_log(ada_portal: Browser, sealed: Tenant) -> None:
    def ask() -> str:
        return ada_portal.post(f"{PAGE}check", follow=True).content.decode()

    assert "The log is being verified." in ask()
    check_if_asked(sealed.schema_name)
    assert "It can be verified again at" in ask()
    # One that took an hour may be had again after ten.
    for ago, said in (
        (timedelta(hours=9.9), "It can be verified again at"),
        (timedelta(hours=10.1), "is being verified."),
    ):
        ended = timezone.now() - ago
        with tenant_context(sealed):
            LogCheck.objects.update(begun_at=ended - timedelta(hours=1), finished_at=ended)
        assert said in ask()
