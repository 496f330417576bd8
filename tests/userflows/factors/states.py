"""How far a journey of Carol's has come, and what is due then: for questions to pure functions."""

from datetime import UTC, datetime
from uuid import uuid4

from userflows.journeys.next_step import FINISH, due_step
from userflows.state import SESSION, SIGN_IN, FlowRules, JourneyState, Proof
from userflows.step_table import STEPS

CAROL, ACCOUNT = "carol@acme.example", uuid4()


def proved(*methods: str, purpose: str = SIGN_IN, **state: object) -> JourneyState:
    at = datetime.now(UTC)
    proofs = tuple(Proof(method, at, "otp", purpose, CAROL, ACCOUNT) for method in methods)
    return JourneyState(purpose, CAROL, ACCOUNT, proofs, **state)  # type: ignore[arg-type]


def in_session(*methods: str, **state: object) -> JourneyState:
    kept = {SESSION: {"account_id": str(ACCOUNT), "methods": list(methods)}}
    return proved(step_data=kept, **state)  # type: ignore[arg-type]


def due(state: JourneyState, rules: FlowRules) -> str:
    step = due_step(state, rules, STEPS)
    return "finish" if step is FINISH else step.name
