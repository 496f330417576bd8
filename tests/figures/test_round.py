"""The worker's round: whoever has something to be counted is visited, and nobody else."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account, Activity
from common.database.written import rows_written
from figures.installation import services
from figures.installation.models import TenantSize
from figures.installation.services import Keeper
from figures.lookup.sums import ledger
from figures.models import Books, Sum
from figures.services.books import books_in_hand
from figures.services.keeping import keep_books
from tenants.lookup import PUBLIC, current_tenant
from tenants.models import Tenant
from tests.figures.days import NOW, TODAY, at, signed_in


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, acme: Tenant, globex: Tenant, home: Tenant) -> dict[str, int]:
    """How many events PostgreSQL says each tenant has written; of a transaction that is open it tells nothing."""
    counts = {tenant.schema_name: 10 for tenant in (acme, globex, home)}
    monkeypatch.setattr(services, "rows_written", lambda _tables: counts)
    return counts


def size_of(tenant: Tenant) -> TenantSize:
    with schema_context(PUBLIC):
        return TenantSize.objects.get(tenant_id=tenant.pk)


def test_a_quiet_tenant_is_left_alone_until_its_day_is_over(
    acme: Tenant, globex: Tenant, carol: Account, written: dict[str, int], stopped_clock: SimpleNamespace
) -> None:
    keeper = Keeper()
    with tenant_context(acme):
        signed_in(carol, at(0, 9))
    assert {"acme", "globex", "home"} <= set(keeper.go_round())
    assert keeper.go_round() == []

    with tenant_context(acme):
        signed_in(carol, NOW)
    written[acme.schema_name] += 1
    assert keeper.go_round() == ["acme"]
    with tenant_context(acme):
        assert sum(Sum.objects.filter(day=TODAY, metric="sign_ins", dimension="").values_list("n", flat=True)) == 2

    stopped_clock.moment = at(-1, 0, 10)
    assert {"acme", "globex"} <= set(keeper.go_round())


def test_the_last_sign_in_before_a_tenant_falls_quiet_is_noted_as_well(
    acme: Tenant, carol: Account, written: dict[str, int], stopped_clock: SimpleNamespace
) -> None:
    """The round that finds it comes too early: an older event might still come."""
    keeper = Keeper()
    keeper.go_round()
    stopped_clock.moment = NOW + timedelta(minutes=5)
    keeper.go_round()
    with tenant_context(acme):
        signed_in(carol, stopped_clock.moment)
    written[acme.schema_name] += 1
    stopped_clock.moment += timedelta(seconds=30)
    assert keeper.go_round() == ["acme"]
    with tenant_context(acme):
        assert not Activity.objects.exists()

    stopped_clock.moment += timedelta(minutes=1)
    assert keeper.go_round() == ["acme"]
    with tenant_context(acme):
        assert Activity.objects.get(account=carol).sign_ins == 1
    stopped_clock.moment += timedelta(minutes=1)
    assert keeper.go_round() == []


def test_a_quiet_tenant_that_went_over_to_another_time_zone_is_visited(
    acme: Tenant, carol: Account, written: dict[str, int], stopped_clock: SimpleNamespace
) -> None:
    keeper = Keeper()
    keeper.go_round()
    with schema_context(PUBLIC):
        Tenant.objects.filter(pk=acme.pk).update(time_zone="Asia/Tokyo")
    assert keeper.go_round() == ["acme"]
    with tenant_context(acme):
        assert ledger().time_zone == "Asia/Tokyo"
    assert keeper.go_round() == []


def test_one_tenant_that_fails_keeps_nobody_waiting_and_is_tried_again(
    acme: Tenant, written: dict[str, int], stopped_clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper()

    def keep_or_fail(**given: str) -> object:
        tenant = current_tenant()
        assert tenant is not None
        if tenant.slug == "acme":
            raise RuntimeError
        return keep_books(**given)

    with monkeypatch.context() as broken:
        broken.setattr(services, "keep_books", keep_or_fail)
        assert "globex" in keeper.go_round()
    assert keeper.go_round() == ["acme"]


def test_operators_find_how_large_and_how_busy_a_tenant_is(
    acme: Tenant, globex: Tenant, carol: Account, written: dict[str, int], stopped_clock: SimpleNamespace
) -> None:
    with tenant_context(acme):
        signed_in(carol, at(3))
        signed_in(carol, at(40))
    Keeper().go_round()

    size = size_of(acme)
    assert (size.customers, size.active, size.recent_sign_ins) == (2, 1, 1)
    assert size.bytes > 100_000
    assert size_of(globex).customers == 1

    with schema_context(PUBLIC):
        Tenant.objects.filter(pk=globex.pk).update(state=Tenant.State.DELETED)
    Keeper().go_round()
    with schema_context(PUBLIC):
        assert not TenantSize.objects.filter(tenant_id=globex.pk).exists()


def test_what_postgresql_counts_is_read_for_all_tenants_at_once(acme: Tenant, globex: Tenant) -> None:
    with schema_context(PUBLIC):
        assert {acme.schema_name, globex.schema_name} <= set(rows_written(services.EVENTS))


def test_of_two_workers_at_a_new_tenant_the_later_one_takes_the_others_books(acme: Tenant) -> None:
    """The database would write down each row that is refused as an error."""
    verbs: list[str] = []

    def the_other_is_faster(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        verbs.append(sql.split(maxsplit=1)[0])
        if verbs[-1] == "INSERT" and verbs.count("INSERT") == 1:
            Books.objects.create(event_seen=7)
        return execute(sql, params, many, context)

    with tenant_context(acme), transaction.atomic(), connection.execute_wrapper(the_other_is_faster):
        assert books_in_hand().event_seen == 7
        before = len(verbs)
        assert books_in_hand().event_seen == 7
    assert verbs[before:] == ["SELECT"]
