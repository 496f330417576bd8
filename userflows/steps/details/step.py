from userflows.journeys.next_step import Step
from userflows.journeys.state import SIGN_UP
from userflows.steps.details.actions import DETAILS
from userflows.steps.details.view import blank, kept, submit

DETAILS_STEP = Step(
    name=DETAILS,
    task="account",
    is_for=lambda state, rules: state.purpose == SIGN_UP and (rules.has_passwords or rules.asks_attributes),
    is_done=lambda state, _rules: state.account_id is not None,
    blank=blank,
    submit=submit,
    kept=kept,
)
