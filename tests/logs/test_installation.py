"""The log of the installation: sealed, checked, kept and taken away as that of a tenant is."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context
from pytest_django.fixtures import Settings

from logs.installation.models import InstallationLogCheck, InstallationSeal
from logs.keeping.checks import check_if_asked
from logs.keeping.retention import prune_events
from logs.seals import sealing
from logs.seals.verifying import verify
from operations.resealing import reseal_installation
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant
from tenants.postgresql import connection
from tests.browser import Browser
from tests.commands.conftest import Run, run, say  # noqa: F401 - commands are run as everywhere
from tests.logs.conftest import Superuser

pytestmark = pytest.mark.django_db
SETTINGS = "/installation/settings/"


def happened(*, days: int = 0, **columns: Any) -> int:
    at = timezone.now() - timedelta(days=days)
    with schema_context(PUBLIC):
        event = InstallationEvent(action="thing.happened", at=at, actor_kind="system", **columns)
        event.save(force_insert=True)
    return event.pk


@pytest.fixture
def noted(acme: Tenant, nobody_waits: None) -> int:
    """The ID of an event of the installation; it is sealed, and all that happened before."""
    event_id = happened(details={"of": "old"})
    sealing.seal_all_events(PUBLIC)
    return event_id


def seen(browser: Browser, path: str) -> str:
    return " ".join(browser.get(path).content.decode().split())


@pytest.mark.django_db(transaction=True)
def test_l01_what_the_superuser_does_to_an_event_of_the_installation_is_named(
    noted: int,
    superuser: Superuser,
    olga_portal: Browser,
    say: Callable[..., str],  # noqa: F811
) -> None:
    assert "installation: verified to" in say("log", "verify", "--installation")
    superuser(f"UPDATE public.tenants_installationevent SET action = 'thing.else' WHERE id = {noted}")
    altered = f"Event {noted} was altered after it was sealed."
    with pytest.raises(CommandError, match=f"installation: {altered}"):
        say("log", "verify")
    assert altered in seen(olga_portal, f"/logs/{noted}/?verify=yes")
    olga_portal.post("/logs/check")
    check_if_asked(PUBLIC)
    assert altered in seen(olga_portal, SETTINGS)
    assert f"The log of the installation was altered. {altered}" in seen(olga_portal, "/installation/")
    with schema_context(PUBLIC):
        assert InstallationEvent.objects.filter(action="log.found_wrong").count() == 1


def test_events_of_the_installation_go_with_their_seals_when_their_time_is_over(
    acme: Tenant, nobody_waits: None, small_seals: None
) -> None:
    for event_id, days in ((-3, 800), (-2, 731), (-1, 740)):
        happened(id=event_id, days=days)
    sealing.seal_all_events(PUBLIC)
    before = verify(PUBLIC)
    # A worker of the release before, which knows nothing of seals.
    run_sql("SELECT public.prune_installation_events(now() - interval '730 days')")
    assert verify(PUBLIC) == before
    assert prune_events(PUBLIC) == 3
    after = verify(PUBLIC)
    assert (after.fault, after.pruned, after.entries) == (None, 3, before.entries - 3)


def test_olga_has_the_log_of_the_installation_verified(olga_portal: Browser, noted: int) -> None:
    assert "Not verified yet" in seen(olga_portal, SETTINGS)
    answer = olga_portal.post("/logs/check", follow=True).content.decode()
    assert "The log is being verified." in answer
    check_if_asked(PUBLIC)
    with schema_context(PUBLIC):
        check = InstallationLogCheck.objects.get()
    assert f"to {check.verified_to:%-d %B %Y, %H:%M} UTC, {check.entries} entries" in seen(olga_portal, SETTINGS)
    assert "It can be verified again at" in olga_portal.post("/logs/check", follow=True).content.decode()


def test_olga_takes_the_log_of_the_installation_away_as_a_file(olga_portal: Browser, noted: int) -> None:
    assert "/logs/export" in seen(olga_portal, "/logs/")
    answer: Any = olga_portal.post("/logs/export?action=tenant.created", {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["action"] for row in rows} == {"tenant.created"}
    assert "acme" in {json.loads(row["details"]).get("domain", "acme") for row in rows}
    assert answer["Content-Disposition"] == 'attachment; filename="installation-logs.csv"'
    with schema_context(PUBLIC):
        event = InstallationEvent.objects.get(action="log.exported")
    assert event.details["log"] == "installation"
    assert event.actor_name == "olga@portal.example"


def test_the_commands_write_a_log_to_a_file(run: Run, noted: int, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "events.jsonl"
    told = run("log", "export", str(path), "--installation", "--format", "jsonl", "--since", "2026-01-01")
    assert told["bytes"] == path.stat().st_size
    assert noted in {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()}
    assert path.stat().st_mode & 0o777 == 0o600
    run("log", "export", str(path), "--tenant", "acme", "--until", "2026-01-01")
    assert path.read_text(encoding="utf-8-sig").startswith('"id","at","sentence"')
    assert run("log", "show", "--installation")["last_seal"] >= 1
    found = run("log", "verify", "--installation")
    assert found["tenants"] == []
    assert found["installation"]["entries"] >= 1
    with pytest.raises(CommandError, match="--since: Write a day and a time"):
        run("log", "export", str(path), "--installation", "--since", "then")


def test_a_new_encryption_key_vouches_for_the_seals_of_the_installation(noted: int, settings: Settings) -> None:
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.CIAM_ENCRYPTION_KEYS}
    assert reseal_installation().problems == {}
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32}
    assert verify(PUBLIC).fault is None


def test_t26_p25_the_installations_own_role_alters_no_seal_and_takes_back_no_event(noted: int) -> None:
    for statement in (
        "DELETE FROM public.logs_installation_seal",
        "UPDATE public.logs_installation_seal SET root = ''",
        "DELETE FROM public.tenants_installationevent",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run_sql(statement)
    run_sql("SELECT public.prune_sealed_events('public', 'administration', now() - interval '31 days', 1, 99)")
    assert verify(PUBLIC).fault is None
    with schema_context(PUBLIC):
        assert InstallationSeal.objects.exclude(event_ids=[]).exists()


def run_sql(statement: str) -> None:
    with schema_context(PUBLIC), connection.cursor() as cursor:
        cursor.execute(statement)
