"""What the audit log tells of a tenant's settings: what changed, once, and nothing where nothing did."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.sessions.rules import FOR_CUSTOMERS, describe
from accounts.sessions.services import apply, change_session_rules
from audit.models import Event
from audit.services import Actor
from common.problems import Code, Refused
from oidc.registration.description import ANYONE, NOBODY, TOKEN_HOLDERS, RegistrationDescription
from oidc.registration.services import apply as apply_registration
from oidc.registration.services import let_register
from tenants.models import Tenant

COMMAND = Actor.command()


@pytest.fixture(autouse=True)
def served(acme: Tenant) -> Any:
    with tenant_context(acme):
        yield


def noted(action: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(action=action).order_by("id").values_list("details", flat=True))


def test_new_times_of_sessions_are_noted_with_what_changed() -> None:
    apply(FOR_CUSTOMERS, actor=COMMAND)
    assert noted("sessions.rules_changed") == []
    change_session_rules(stay_days=7, actor=COMMAND)
    change_session_rules(stay_days=7, idle_minutes=60, actor=COMMAND)
    assert noted("sessions.rules_changed") == [
        {"fields": ["stay_days"], "now": {"stay_days": 7}},
        {"fields": ["idle_minutes"], "now": {"idle_minutes": 60}},
    ]


def test_who_may_register_is_noted_when_it_changes() -> None:
    let_register(NOBODY, actor=COMMAND)
    assert noted("registration.switched") == []
    for who in (TOKEN_HOLDERS, ANYONE, ANYONE, NOBODY):
        let_register(who, actor=COMMAND)
    assert [details["now"]["who"] for details in noted("registration.switched")] == [TOKEN_HOLDERS, ANYONE, NOBODY]


def test_a_setting_that_was_changed_meanwhile_stays_as_it_is() -> None:
    seen = describe().version
    change_session_rules(stay_days=7, actor=COMMAND)
    with pytest.raises(Refused) as refusal:
        apply(FOR_CUSTOMERS, expected_version=seen, actor=COMMAND)
    assert [problem.code for problem in refusal.value.problems] == [Code.CHANGED_MEANWHILE]
    let_register(ANYONE, actor=COMMAND)
    with pytest.raises(Refused) as refusal:
        apply_registration(
            RegistrationDescription(TOKEN_HOLDERS), expected_version=RegistrationDescription().version, actor=COMMAND
        )
    assert [problem.code for problem in refusal.value.problems] == [Code.CHANGED_MEANWHILE]
    assert describe().stay_days == 7


def test_what_a_setting_cannot_be_is_a_problem() -> None:
    with pytest.raises(Refused) as refusal:
        change_session_rules(stay_days=0, idle_minutes=1, actor=COMMAND)
    told = [(problem.code, problem.field) for problem in refusal.value.problems]
    assert told == [(Code.OUT_OF_RANGE, "idle_minutes"), (Code.OUT_OF_RANGE, "stay_days")]
    with pytest.raises(Refused) as refusal:
        let_register("everybody", actor=COMMAND)
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(Code.UNKNOWN, "who")]
