"""The address step: who wants in. `view` is its page, `actions` what an address changes."""

from userflows.journeys.next_step import Step
from userflows.state import CHANGE
from userflows.steps.address.view import blank, kept, submit

ADDRESS_STEP = Step(
    name="address",
    task="address",
    is_for=lambda state, _rules: state.purpose != CHANGE,
    is_done=lambda state, _rules: bool(state.email),
    may_return=True,
    blank=blank,
    submit=submit,
    kept=kept,
)
