"""Which step comes next, as a question to one function: for every way through a flow, in every state on it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from userflows.admission.rules import AdmissionRules
from userflows.journeys.next_step import (
    FINISH,
    Finish,
    Step,
    alternatives,
    ends_with,
    has_open_buttons,
    is_open,
    next_step,
    order_of,
    progress_at,
)
from userflows.state import RESET, SIGN_IN, SIGN_UP, FlowRules, JourneyState, Proof
from userflows.step_table import STEPS

CAROL = "carol@acme.example"
ACCOUNT = uuid4()
PASSWORD, CODE, BOTH = FlowRules(("password",)), FlowRules(("code",)), FlowRules(("password", "code"))
OFFERING = FlowRules(("password", "passkey"), asks_passkey="offer")
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
    assert progress_at(STEP["passkey-setup"], sign_up, OFFERING, STEPS) is None, "which may be put off"
    assert progress_at(STEP["password"], JourneyState(SIGN_IN, CAROL), BOTH, STEPS) is None


def test_the_count_stays_as_it_was_when_more_is_known() -> None:
    """Whether a passkey is offered, or a second factor due, shows with the first proof."""
    for purpose in (SIGN_UP, RESET):
        begun = JourneyState(purpose, CAROL, step_data=SENT, is_verified=False)
        proved = replace(begun, proofs=(_proof("code", purpose),), account_id=ACCOUNT, is_verified=True)
        for state in (begun, proved):
            assert progress_at(STEP["code"], state, OFFERING, STEPS) == (2, 3)
    assert progress_at(STEP["new-password"], replace(proved, has_app=True, owes_terms=True), OFFERING, STEPS) == (3, 3)


def test_whoever_begins_halfway_reads_no_number() -> None:
    """A link from a mail has proved the address: of an invitation, or to take back an account."""
    state = JourneyState(RESET, CAROL, ACCOUNT, (_proof("link", RESET),))
    assert progress_at(STEP["new-password"], state, OFFERING, STEPS) is None
    assert progress_at(STEP["new-password"], replace(state, step_data=SENT), OFFERING, STEPS) == (3, 3)


def test_whoever_forgot_the_password_chooses_one_before_a_passkey_is_offered() -> None:
    state = JourneyState(RESET, CAROL, ACCOUNT, (_proof("code", RESET),))
    assert _name(next_step(state, OFFERING, STEPS)) == "new-password"
    chosen = replace(state, step_data={"new-password": {"is_chosen": True}})
    assert _name(next_step(chosen, OFFERING, STEPS)) == "passkey-setup"


def test_whoever_begins_a_journey_may_want_one_of_the_flows_methods() -> None:
    wanted = BOTH.narrowed_to(["code"])
    assert [step.name for step in alternatives(JourneyState(SIGN_IN, CAROL), wanted, STEPS)] == ["code"]
    # One that the flow doesn't have is asked for in vain: the customer signs in as ever, and the beginner may refuse.
    assert PASSWORD.narrowed_to(["code"]) == PASSWORD
    assert PASSWORD.narrowed_to([]) == PASSWORD


def test_a_proof_comes_back_from_the_row_as_it_was_kept() -> None:
    proof = _proof("password")
    assert Proof.from_json(proof.as_json()) == proof


LATE = replace(PASSWORD, verifies_last=True, pages=(("givenName",), ("city",)))
GIVEN = {
    "details": {"answers": {"givenName": "Nora", "city": ""}, "password": "argon2$…", "terms": "", "is_sent": True}
}
BROUGHT = {"provider": {"brought": {"provider": "idp", "email": CAROL, "attributes": {}, "needs_mailbox": True}}}


@pytest.mark.parametrize(
    ("rules", "state", "expected"),
    [
        (LATE, JourneyState(SIGN_UP), "address"),
        (LATE, JourneyState(SIGN_UP, CAROL), "details"),
        (LATE, JourneyState(SIGN_UP, CAROL, step_data={"details": {"answers": {"givenName": "Nora"}}}), "details"),
        # The code is mailed by a press on the page of details, which can be gone back to until it was entered.
        (LATE, JourneyState(SIGN_UP, CAROL, step_data=GIVEN), "details"),
        (LATE, JourneyState(SIGN_UP, CAROL, step_data={**GIVEN, **SENT}), "code"),
        (LATE, JourneyState(SIGN_UP, CAROL, None, (_proof("code", SIGN_UP),), {**GIVEN, **SENT}), "finish"),
        (LATE, JourneyState(SIGN_UP, CAROL, None, (_proof("link", SIGN_UP),), {**GIVEN, **SENT}), "finish"),
        # Whoever has shown by a code that they are new says the rest.
        (LATE, JourneyState(SIGN_UP, CAROL, None, (_proof("code", SIGN_UP),), SENT), "details"),
        # What the flow asks for by now and nobody has said is asked, the address being verified or not.
        *(
            (replace(LATE, **more), JourneyState(SIGN_UP, CAROL, None, proofs, {**GIVEN, **SENT}), "details")
            for more in ({"terms_version": "2"}, {"pages": (("givenName", "surname"), ("city",))})
            for proofs in ((), (_proof("code", SIGN_UP),))
        ),
        (replace(LATE, methods=("code",)), JourneyState(SIGN_UP, CAROL, step_data={**GIVEN, **SENT}), "code"),
        # Where nothing is asked for there is nothing to come before the code.
        (
            replace(LATE, methods=("code",), pages=(), asks_attributes=False),
            JourneyState(SIGN_UP, CAROL, step_data=SENT),
            "code",
        ),
        # A program solves its puzzle before it gives anything.
        (
            replace(LATE, admission=AdmissionRules(human_check="always")),
            JourneyState(SIGN_UP, CAROL, step_data={"human": {"puzzle": {}}}),
            "human",
        ),
        # Whoever signs in, comes from a provider, or has to be invited shows first that the address is theirs.
        (LATE, JourneyState(SIGN_IN, CAROL, step_data=SENT), "password"),
        (LATE, JourneyState(RESET, CAROL, step_data=SENT), "code"),
        (LATE, JourneyState(SIGN_UP, CAROL, step_data={**BROUGHT, **SENT}), "code"),
        (replace(LATE, methods=("provider:idp",)), JourneyState(SIGN_UP), "provider"),
        (replace(LATE, allows_sign_up=False, takes_invited=True), JourneyState(SIGN_UP, CAROL, step_data=SENT), "code"),
        # A passkey is made once there is an account, and so after the code.
        (
            replace(LATE, methods=("passkey",), asks_passkey="require"),
            JourneyState(SIGN_UP, CAROL, ACCOUNT, (_proof("code", SIGN_UP),), {**GIVEN, **SENT}),
            "passkey-setup",
        ),
    ],
)
def test_an_address_may_be_verified_last(rules: FlowRules, state: JourneyState, expected: str) -> None:
    assert _name(next_step(state, rules, STEPS)) == expected


def test_pages_of_details_stay_open_until_the_address_is_verified() -> None:
    def pages(state: JourneyState) -> set[str]:
        return {step.name for step in STEPS if is_open(step, state, LATE, STEPS)}

    assert pages(JourneyState(SIGN_UP)) == {"address"}
    assert pages(JourneyState(SIGN_UP, CAROL, step_data=SENT)) == {"address", "details"}, "no code before all is given"
    assert pages(JourneyState(SIGN_UP, CAROL, step_data={**GIVEN, **SENT})) == {"address", "details", "code"}
    proved = JourneyState(SIGN_UP, CAROL, None, (_proof("code", SIGN_UP),), {**GIVEN, **SENT})
    assert pages(proved) == {"address"}


def test_the_pages_are_counted_in_the_order_in_which_they_come() -> None:
    state = JourneyState(SIGN_UP, CAROL, step_data={**GIVEN, **SENT})
    assert progress_at(STEP["details"], state, replace(LATE, asks_attributes=True), STEPS, page=2) == (3, 4)
    assert progress_at(STEP["code"], state, replace(LATE, asks_attributes=True), STEPS) == (4, 4)
    assert order_of(JourneyState(SIGN_UP), LATE, STEPS)[:4] == ["address", "human", "account", "identity"]
    assert order_of(JourneyState(SIGN_IN), LATE, STEPS)[:4] == ["address", "human", "identity", "account"]


KNOWN = JourneyState(SIGN_IN, CAROL, ACCOUNT, (_proof("password"),))


@pytest.mark.parametrize(
    ("rules", "state", "last"),
    [
        (PASSWORD, JourneyState(SIGN_IN, CAROL), {"password"}),
        (BOTH, JourneyState(SIGN_IN, CAROL), {"password", "code"}),
        (replace(PASSWORD, second_factor="always", factors=("mail",)), KNOWN, {"second-mail"}),
        # Whoever has a passkey isn't offered another, so that any of these may be the last.
        (OFFERING, JourneyState(SIGN_IN, CAROL), {"password", "passkey", "passkey-setup"}),
        (replace(OFFERING, asks_passkey="require"), JourneyState(SIGN_IN, CAROL), {"passkey-setup"}),
        (PASSWORD, JourneyState(SIGN_UP, CAROL, step_data=SENT), {"details"}),
        (LATE, JourneyState(SIGN_UP, CAROL), {"code"}),
        (PASSWORD, JourneyState(RESET, CAROL, step_data=SENT), {"new-password"}),
    ],
)
def test_a_page_knows_that_it_is_the_last_of_the_way(rules: FlowRules, state: JourneyState, last: set[str]) -> None:
    own = [step for step in STEPS if step.is_for(state, rules)]
    assert {step.name for step in own if ends_with(step, state, rules, STEPS)} == last
