"""The details step: whoever signs up chooses a password and says what the flow asks for, and has an account.

`form` is made of the flow's attributes, `view` is its page, `actions` founds the account.
"""

from userflows.journeys.next_step import Step
from userflows.state import SIGN_UP
from userflows.steps.details.actions import DETAILS
from userflows.steps.details.view import blank, kept, submit

DETAILS_STEP = Step(
    name=DETAILS,
    task="account",
    # Whoever comes from a provider signs in by it, and needs no password.
    is_for=lambda state, rules: (
        state.purpose == SIGN_UP and (rules.asks_attributes or (rules.has_passwords and not state.brought))
    ),
    is_done=lambda state, _rules: state.account_id is not None,
    blank=blank,
    submit=submit,
    kept=kept,
)
