from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from pytest_django.fixtures import Settings

from accounts.identity.services.accounts import delete_account
from accounts.models import Account, OneTimeCode, Session
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from common.web.limits import Limit
from logs.seals import sealing
from mail.models import Message
from mail.services import queue_message
from oidc.models import Denied, Grant, RefreshToken
from operations import housekeeping
from operations.housekeeping import HousekeepingReport, run_housekeeping
from operations.onboarding import onboard_tenant
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.postgresql import connection
from tests import database
from tests.logs.events import write_event
from userflows.models import Journey, UserFlow

NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=40)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Callable[[], HousekeepingReport]:
    """Keeps house, and fails on what would only have been logged."""

    def keep() -> HousekeepingReport:
        report = run_housekeeping(actor=Actor.system())
        assert report.failed == []
        return report

    return keep


def leave_traces(account: Account, application: Application, expires: Any) -> None:
    """One of each thing that expires."""
    signed_in = {"user": account, "application": application, "auth_time": NOW, "sid": "s"}
    Session.objects.create(key_digest=uuid4().hex, account_id=account.pk, expires_at=expires)
    Journey.objects.create(
        user_flow=UserFlow.objects.get(is_default=True), browser_digest="b", return_to="/", expires_at=expires
    )
    OneTimeCode.objects.create(journey_id=uuid4(), digest="d", expires_at=expires)
    Grant.objects.create(code=uuid4().hex, expires=expires, redirect_uri="https://a/", family=uuid4(), **signed_in)
    RefreshToken.objects.create(
        token=uuid4().hex, token_family=uuid4(), idle_expires_at=expires, expires_at=expires, **signed_in
    )
    Denied.objects.create(key=f"jti:{uuid4()}", expires_at=expires)


def traces() -> list[int]:
    return [model.objects.count() for model in (Session, Journey, OneTimeCode, Grant, RefreshToken, Denied)]


def test_what_expired_is_forgotten_and_the_rest_is_kept(
    house: Callable[[], HousekeepingReport], acme: Tenant, carol: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        leave_traces(carol, bookshop, LONG_AGO)
        leave_traces(carol, bookshop, LATER)

    assert "acme" in house().tidied

    with tenant_context(acme):
        assert traces() == [1] * 6
        assert Session.objects.get().expires_at == LATER


def test_a_refresh_token_nobody_used_for_long_is_forgotten(
    house: Callable[[], HousekeepingReport], acme: Tenant, carol: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        leave_traces(carol, bookshop, LATER)
        RefreshToken.objects.update(idle_expires_at=LONG_AGO)
    house()
    with tenant_context(acme):
        assert not RefreshToken.objects.exists()


def test_old_mail_is_swept(house: Callable[[], HousekeepingReport], acme: Tenant) -> None:
    with tenant_context(acme):
        for _ in range(2):
            message = queue_message(to="carol@acme.example", kind="code", subject="Code", text="1")
        Message.objects.filter(pk=message.pk).update(created_at=LONG_AGO, state=Message.State.SENT)
    house()
    with tenant_context(acme):
        assert Message.objects.exclude(pk=message.pk).count() == Message.objects.count() == 1


def test_an_account_goes_for_good_30_days_after_its_deletion(
    house: Callable[[], HousekeepingReport], acme: Tenant, carol: Account, dan: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        leave_traces(carol, bookshop, LATER)
        for account in (carol, dan):
            delete_account(account, actor=Actor.system())
        Account.objects.filter(pk=carol.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    house()
    with tenant_context(acme):
        assert not Account.objects.filter(pk=carol.pk).exists()
        assert not Grant.objects.filter(user_id=carol.pk).exists()
        assert Account.objects.filter(pk=dan.pk).exists()
        assert Event.objects.get(action="customer.purged").target_id == str(carol.pk)


def test_a_purged_administrator_manages_nothing(
    house: Callable[[], HousekeepingReport], home: Tenant, ada: Account
) -> None:
    with tenant_context(home):
        Account.objects.filter(pk=ada.pk).update(deleted_at=LONG_AGO)
    house()
    with schema_context(PUBLIC):
        assert not Membership.objects.filter(account_id=ada.pk).exists()


def test_a_tenant_goes_for_good_30_days_after_its_deletion(
    house: Callable[[], HousekeepingReport], globex: Tenant
) -> None:
    with schema_context(PUBLIC):
        doomed = onboard_tenant(name="Initech", slug="initech", actor=Actor.system())
        Tenant.objects.filter(pk=doomed.pk).update(state="deleted", deleted_at=LONG_AGO)
        Tenant.objects.filter(pk=globex.pk).update(state="deleted", deleted_at=timezone.now())

    assert house().purged == ["initech"]

    with schema_context(PUBLIC), connection.cursor() as cursor:
        assert Tenant.objects.filter(pk=globex.pk).exists()
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [doomed.schema_name])
        assert cursor.fetchone()[0] == 0


def test_one_tenant_that_fails_does_not_stop_the_others(
    acme: Tenant,
    globex: Tenant,
    eve: Account,
    gadgets: Application,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with tenant_context(globex):
        leave_traces(eve, gadgets, LONG_AGO)
    forget = housekeeping.forget_what_expired

    def stumble_at_acme() -> None:
        if connection.schema_name == acme.schema_name:
            raise RuntimeError("a table is missing")
        forget()

    monkeypatch.setattr(housekeeping, "forget_what_expired", stumble_at_acme)

    report = run_housekeeping(actor=Actor.system())

    assert report.failed == ["acme"]
    assert {"globex", "home"} <= set(report.tidied)
    assert "Housekeeping failed for the tenant acme" in caplog.text
    with tenant_context(globex):
        assert traces() == [0] * 6


@pytest.mark.django_db(transaction=True)
def test_old_counters_are_forgotten_and_the_rest_is_kept(house: Callable[[], HousekeepingReport], acme: Tenant) -> None:
    over, running = Limit("knock", attempts=1, seconds=-1), Limit("knock", attempts=1, seconds=60)
    with tenant_context(acme):
        over.count("carol")
        running.count("dan")
    # No role of the product may look at them, and counting anew starts anew by itself.
    kept = "SELECT key FROM public.counted_attempts"
    assert {key for (key,) in database.seen_by_superuser(kept)} == {over.key_of("carol"), running.key_of("dan")}
    house()
    assert [key for (key,) in database.seen_by_superuser(kept)] == [running.key_of("dan")]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_keep_the_same_house(acme: Tenant) -> None:
    import psycopg

    run = connection.settings_dict
    with psycopg.connect(
        host=run["HOST"],
        port=run["PORT"],
        dbname=run["NAME"],
        user=run["USER"],
        password=run["PASSWORD"],
        autocommit=True,
    ) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [housekeeping.ONE_HOUSEKEEPING_AT_A_TIME])
        assert run_housekeeping(actor=Actor.system()).tidied == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_what_waits_and_keeps_house(
    acme: Tenant, carol: Account, bookshop: Application, settings: Settings
) -> None:
    with tenant_context(acme):
        leave_traces(carol, bookshop, LONG_AGO)
        message = queue_message(to="carol@acme.example", kind="code", subject="Code", text="1")
    call_command("worker", "--once")
    with tenant_context(acme):
        assert Message.objects.get(pk=message.pk).state == Message.State.KEPT
        assert traces() == [0] * 6


def test_events_are_pruned_when_their_time_is_over(
    acme: Tenant, house: Callable[[], HousekeepingReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_IN_A_SEAL", 1)
    with tenant_context(acme):
        for event_id, days in ((-2, 91), (-1, 89)):
            write_event("customer.signed_in", id=event_id, ago=timedelta(days=days))
    house()
    with tenant_context(acme):
        assert Event.objects.earliest("pk").pk == -1
