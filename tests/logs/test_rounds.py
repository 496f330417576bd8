"""How the worker finds whose log has something to be done, among any number of tenants."""

import pytest
from django_tenants.utils import tenant_context

from audit.models import Event
from logs.keeping.rounds import Rounds
from logs.models import Seal
from logs.seals.sealing import seal_what_is_due
from tenants.models import Tenant
from tests.logs.events import write_events
from tests.waiting import until


@pytest.mark.django_db(transaction=True)
def test_the_rounds_seal_what_is_due_and_come_again_only_where_something_happened(
    acme: Tenant, globex: Tenant, home: Tenant, nobody_waits: None
) -> None:
    visited: list[str] = []

    def visit(schema: str) -> bool:
        visited.append(schema)
        return seal_what_is_due(schema)

    def went_to_acme() -> bool:
        """PostgreSQL counts what was written a moment after it was."""
        rounds.go()
        return acme.schema_name in visited

    def is_sealed() -> bool:
        with tenant_context(acme):
            return Seal.objects.latest("number").up_to == Event.objects.latest("pk").pk

    rounds = Rounds(["audit_event"], visit)
    rounds.go()
    assert set(visited) == {each.schema_name for each in (acme, globex, home)}
    assert is_sealed()

    visited.clear()
    write_events(acme, 2)
    until(went_to_acme)
    assert is_sealed()
    assert globex.schema_name not in visited


@pytest.mark.django_db
def test_a_tenant_at_which_it_fails_keeps_no_other_waiting_and_is_tried_again(
    acme: Tenant, globex: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    visited: list[str] = []

    def visit(schema: str) -> bool:
        visited.append(schema)
        if schema == acme.schema_name:
            raise RuntimeError
        return False

    rounds = Rounds(["audit_event"], visit)
    rounds._read = lambda: {acme.schema_name: 1, globex.schema_name: 1}  # type: ignore[method-assign]
    rounds.go()
    assert set(visited) == {acme.schema_name, globex.schema_name}
    rounds.go()
    assert visited[2:] == [acme.schema_name]
    assert "A round of logs failed" in caplog.text
