"""For how long events are kept, and that they go together with what their seals said of them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django_tenants.utils import schema_context, tenant_context

from audit.models import Category, Event
from audit.services import Actor
from common.problems import Refused
from logs.keeping.retention import prune_events
from logs.models import Seal, SealKind
from logs.rules import LogRules, describe
from logs.seals import sealing
from logs.seals.verifying import verify
from logs.services import apply
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import connection
from tests.logs.events import write_event

pytestmark = pytest.mark.django_db


AGES = (731, 400, 91, 89, 1)


@pytest.fixture
def aged(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """acme with an event a customer and one an administrator left, of each of several ages in days, one seal each.

    They happened before acme was founded, and so they have IDs.
    """
    monkeypatch.setattr(sealing, "MOST_IN_A_SEAL", 2)
    with tenant_context(acme):
        for place, days in enumerate(AGES):
            for number, category in enumerate(Category):
                age, event_id = timedelta(days=days), -100 + 2 * place + number
                write_event("thing.aged", id=event_id, category=category, ago=age, details={"days": days})
    for _ in AGES:
        sealing.seal_events(acme.schema_name)
    return acme


def ages(tenant: Tenant, category: Category) -> list[int]:
    with tenant_context(tenant):
        events = Event.objects.filter(action="thing.aged", category=category).newest_first()
        return [event.details["days"] for event in events]


def test_events_go_when_their_time_is_over_and_not_before(aged: Tenant) -> None:
    assert prune_events(aged.schema_name) == 3 + 1
    assert ages(aged, Category.ACTIVITY) == [1, 89]
    assert ages(aged, Category.ADMINISTRATION) == [1, 89, 91, 400]
    assert prune_events(aged.schema_name) == 0


def test_a_tenant_keeps_its_events_as_long_as_it_has_chosen(aged: Tenant, globex: Tenant) -> None:
    with tenant_context(aged):
        apply(LogRules(activity_days=30, administration_days=365), actor=Actor.command())
    with tenant_context(globex):
        assert describe() == LogRules()
    prune_events(aged.schema_name)
    assert ages(aged, Category.ACTIVITY) == [1]
    assert ages(aged, Category.ADMINISTRATION) == [1, 89, 91]


def test_what_is_left_can_still_be_checked_and_the_seals_of_what_went_stay(aged: Tenant) -> None:
    before = verify(aged.schema_name)
    prune_events(aged.schema_name)
    after = verify(aged.schema_name)
    assert (before.fault, after.fault) == (None, None)
    assert (before.entries, after.entries, after.pruned) == (10, 6, 4)
    with tenant_context(aged):
        assert Seal.objects.filter(kind=SealKind.PRUNED).count() == 2


def test_what_has_no_seal_yet_is_not_pruned(acme: Tenant) -> None:
    with tenant_context(acme):
        write_event("thing.aged", id=-1, ago=timedelta(days=800), details={"days": 800})
    assert prune_events(acme.schema_name) == 0
    assert ages(acme, Category.ACTIVITY) == [800]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (LogRules(activity_days=6), "activity_days"),
        (LogRules(activity_days=731), "activity_days"),
        (LogRules(administration_days=364), "administration_days"),
        (LogRules(administration_days=3651), "administration_days"),
    ],
)
def test_nobody_keeps_events_too_short_or_too_long(acme: Tenant, rules: LogRules, field: str) -> None:
    with tenant_context(acme), pytest.raises(Refused) as refused:
        apply(rules, actor=Actor.command())
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_change_of_the_rules_leaves_one_event_and_none_where_nothing_differs(acme: Tenant) -> None:
    with tenant_context(acme):
        for _ in range(2):
            apply(LogRules(activity_days=30), actor=Actor.command())
        event = Event.objects.get(action="log.rules_changed")
        assert event.details == {"fields": ["activity_days"], "now": {"activity_days": 30}}
        with pytest.raises(Refused, match="Somebody else"):
            apply(LogRules(), expected_version=LogRules().version, actor=Actor.command())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT public.prune_sealed_events('{schema}', 'activity', now() - interval '8 days', 1, 9)",
        "SELECT public.prune_events('{schema}', 'activity', now() - interval '8 days', 5000)",
        "SELECT public.add_seal('{schema}', '{{}}')",
        "DELETE FROM audit_event",
        "UPDATE audit_event SET at = now()",
        "DELETE FROM logs_seal",
        "UPDATE logs_seal SET root = ''",
        "INSERT INTO logs_seal (number) VALUES (99)",
    ],
)
def test_t26_p25_a_tenants_role_takes_back_no_event_and_writes_no_seal(aged: Tenant, statement: str) -> None:
    with tenant_context(aged), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(statement.format(schema=aged.schema_name))


@pytest.mark.parametrize(("category", "days"), [("activity", 6), ("administration", 29)])
def test_nobody_prunes_what_has_just_happened(aged: Tenant, category: str, days: int) -> None:
    edge = f"now() - interval '{days} days'"
    with schema_context(PUBLIC), pytest.raises(DatabaseError, match="too young"), transaction.atomic():
        run(f"SELECT public.prune_sealed_events('{aged.schema_name}', '{category}', {edge}, 1, 9)")


def test_l02_whoever_prunes_too_much_empties_no_seal_of_what_has_just_happened(aged: Tenant) -> None:
    """Not even by naming young seals beside a time that is old enough."""
    with schema_context(PUBLIC):
        for category in Category:
            what = f"'{aged.schema_name}', '{category}', now() - interval '100 days', 1, 99"
            run(f"SELECT public.prune_sealed_events({what})")
    with tenant_context(aged):
        left = Seal.objects.exclude(event_ids=[]).filter(kind=SealKind.EVENTS)
        assert {1, 89, 91} == {
            event.details["days"] for seal in left for event in Event.objects.filter(pk__in=seal.event_ids)
        }


@pytest.mark.parametrize(
    "call",
    [
        "prune_sealed_events('accounts', 'activity', now() - interval '99 days', 1, 9)",
        "add_seal('accounts', '{}')",
        "prune_events('public', 'activity', now() - interval '99 days', 1)",
    ],
)
def test_pruning_and_sealing_reach_no_other_schema(aged: Tenant, call: str) -> None:
    with schema_context(PUBLIC), pytest.raises(DatabaseError, match="not the name"), transaction.atomic():
        run(f"SELECT public.{call}")


def test_a_worker_of_the_release_before_prunes_nothing_that_is_sealed(aged: Tenant) -> None:
    with schema_context(PUBLIC), pytest.raises(DatabaseError, match="without seals"), transaction.atomic():
        run(f"SELECT public.prune_events('{aged.schema_name}', 'activity', now() - interval '99 days', 5000)")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
