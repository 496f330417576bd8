"""Which step comes next, as a question to one function: for every way through a flow, in every state on it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from userflows.journeys.next_step import (
    FINISH,
    Finish,
    Step,
    alternatives,
    has_open_buttons,
    is_open,
    next_step,
    progress_at,
)
from userflows.state import RESET, SIGN_IN, SIGN_UP, FlowRules, JourneyState, Proof
from userflows.step_table import STEPS

CAROL = "carol@acme.example"
ACCOUNT = uuid4()
PASSWORD, CODE, BOTH = FlowRules(("password",)), FlowRules(("code",)), FlowRules(("password", "code"))
LINK = FlowRules(("link",))
SENT = {"code": {"sent_at": "2026-01-01T00:00:00+00:00"}}
STEP = {step.name: step for step in STEPS}


def _proof(method: str, purpose: str = SIGN_IN, **others: object) -> Proof:
    kept = Proof(method, datetime.now(UTC), "otp", purpose, CAROL, ACCOUNT if purpose == SIGN_IN else None)
    return replace(kept, **others)  # type: ignore[arg-type]


def _name(step: Step | Finish) -> str:
    return "finish" if step is FINISH else step.name


@pytest.mark.parametrize(
    ("rules", "state", "expected"),
    [
        (PASSWORD, JourneyState(SIGN_IN), "address"),
        (PASSWORD, JourneyState(SIGN_IN, CAROL), "password"),
        (PASSWORD, JourneyState(SIGN_IN, CAROL, ACCOUNT, (_proof("password"),)), "finish"),
        # A mail is sent by a press on the page before, never by coming to an address.
        (CODE, JourneyState(SIGN_IN, CAROL), "address"),
        (CODE, JourneyState(SIGN_IN, CAROL, step_data=SENT), "code"),
        (CODE, JourneyState(SIGN_IN, CAROL, ACCOUNT, (_proof("code"),), SENT), "finish"),
        (BOTH, JourneyState(SIGN_IN, CAROL), "password"),
        (BOTH, JourneyState(SIGN_IN, CAROL, step_data=SENT), "code"),
        (BOTH, JourneyState(SIGN_IN, CAROL, ACCOUNT, (_proof("password"),), SENT), "finish"),
        (replace(BOTH, methods=("code", "password")), JourneyState(SIGN_IN, CAROL), "address"),
        (PASSWORD, JourneyState(SIGN_UP, CAROL), "address"),
        (PASSWORD, JourneyState(SIGN_UP, CAROL, step_data=SENT), "code"),
        (PASSWORD, JourneyState(SIGN_UP, CAROL, None, (_proof("code", SIGN_UP),), SENT), "details"),
        (PASSWORD, JourneyState(SIGN_UP, CAROL, ACCOUNT, (_proof("code", SIGN_UP),), SENT), "finish"),
        (
            replace(CODE, asks_attributes=False),
            JourneyState(SIGN_UP, CAROL, None, (_proof("code", SIGN_UP),), SENT),
            "finish",
        ),
        (PASSWORD, JourneyState(RESET, CAROL, step_data=SENT), "code"),
        (PASSWORD, JourneyState(RESET, CAROL, None, (_proof("code", RESET),), SENT), "new-password"),
        # A mail with a link has the same page, and either proves the address.
        (LINK, JourneyState(SIGN_IN, CAROL), "address"),
        (LINK, JourneyState(SIGN_IN, CAROL, step_data=SENT), "code"),
        (LINK, JourneyState(SIGN_IN, CAROL, ACCOUNT, (_proof("link"),), SENT), "finish"),
        (FlowRules(("link", "password")), JourneyState(SIGN_IN, CAROL), "address"),
        (FlowRules(("password", "link")), JourneyState(SIGN_IN, CAROL), "password"),
        (PASSWORD, JourneyState(SIGN_IN, CAROL, ACCOUNT, (_proof("link"),), SENT), "password"),
        (PASSWORD, JourneyState(SIGN_UP, CAROL, None, (_proof("link", SIGN_UP),), SENT), "details"),
        # Who it shall be is known from the start where an account is to be confirmed; that proves nothing.
        (PASSWORD, JourneyState(SIGN_IN, CAROL, ACCOUNT), "password"),
        (PASSWORD, JourneyState(RESET, CAROL, ACCOUNT, (_proof("code", RESET),), SENT), "new-password"),
    ],
)
def test_the_step_follows_from_what_was_proved(rules: FlowRules, state: JourneyState, expected: str) -> None:
    assert _name(next_step(state, rules, STEPS)) == expected


@pytest.mark.parametrize(
    "proof",
    [
        _proof("password", email="dan@acme.example"),
        _proof("password", account_id=uuid4()),
        _proof("password", purpose=RESET),
        _proof("code"),
    ],
    ids=["another address", "another account", "another way", "a method the flow doesn't have"],
)
def test_what_was_proved_for_somebody_else_or_something_else_does_not_count(proof: Proof) -> None:
    state = JourneyState(SIGN_IN, CAROL, ACCOUNT, (proof,))
    assert _name(next_step(state, PASSWORD, STEPS)) == "password"


def test_a_page_is_open_where_its_step_is_due_or_stands_in_for_it() -> None:
    def pages(state: JourneyState, rules: FlowRules) -> set[str]:
        return {step.name for step in STEPS if is_open(step, state, rules, STEPS)}

    assert pages(JourneyState(SIGN_IN), BOTH) == {"address"}
    assert pages(JourneyState(SIGN_IN, CAROL), BOTH) == {"address", "password"}
    assert pages(JourneyState(SIGN_IN, CAROL, step_data=SENT), BOTH) == {"address", "password", "code"}
    assert pages(JourneyState(SIGN_IN, CAROL, step_data=SENT), PASSWORD) == {"address", "password"}
    assert pages(JourneyState(SIGN_UP, CAROL, step_data=SENT), BOTH) == {"address", "code"}
    proved = JourneyState(SIGN_UP, CAROL, None, (_proof("code", SIGN_UP),), SENT)
    assert pages(proved, BOTH) == {"address", "details"}


def test_a_code_is_asked_for_on_pages_where_it_would_help() -> None:
    def may_ask(state: JourneyState, rules: FlowRules) -> bool:
        return has_open_buttons(STEP["code"], state, rules, STEPS)

    assert may_ask(JourneyState(SIGN_IN, CAROL), BOTH)
    assert not may_ask(JourneyState(SIGN_IN, CAROL), PASSWORD)
    assert not may_ask(JourneyState(SIGN_UP, CAROL), PASSWORD)
    assert may_ask(JourneyState(SIGN_UP, CAROL, step_data=SENT), PASSWORD)


def test_steps_are_counted_by_what_this_journey_has_to_come_through() -> None:
    sign_up = JourneyState(SIGN_UP, CAROL, step_data=SENT)
    assert progress_at(STEP["code"], sign_up, BOTH, STEPS) == (2, 3)
    assert progress_at(STEP["code"], sign_up, replace(CODE, asks_attributes=False), STEPS) == (2, 2)
    with_app = replace(PASSWORD, second_factor="always", factors=("app",))
    assert progress_at(STEP["code"], sign_up, with_app, STEPS) == (2, 5), "the app and its recovery codes"
    assert progress_at(STEP["new-password"], JourneyState(RESET, CAROL), BOTH, STEPS) == (3, 3)
    assert progress_at(STEP["password"], JourneyState(SIGN_IN, CAROL), BOTH, STEPS) is None


def test_whoever_begins_a_journey_may_want_one_of_the_flows_methods() -> None:
    wanted = BOTH.narrowed_to(["code"])
    assert [step.name for step in alternatives(JourneyState(SIGN_IN, CAROL), wanted, STEPS)] == ["code"]
    # One that the flow doesn't have is asked for in vain: the customer signs in as ever, and the beginner may refuse.
    assert PASSWORD.narrowed_to(["code"]) == PASSWORD
    assert PASSWORD.narrowed_to([]) == PASSWORD


def test_a_proof_comes_back_from_the_row_as_it_was_kept() -> None:
    proof = _proof("password")
    assert Proof.from_json(proof.as_json()) == proof
