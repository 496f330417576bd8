"""The step of a new password, for whoever forgot theirs or changes it, once something else proved who they are."""

from userflows.journeys.next_step import Step
from userflows.state import CHANGE, RESET
from userflows.steps.new_password.actions import NEW_PASSWORD
from userflows.steps.new_password.view import blank, submit

NEW_PASSWORD_STEP = Step(
    name=NEW_PASSWORD,
    task=NEW_PASSWORD,
    is_for=lambda state, _rules: state.purpose in {RESET, CHANGE},
    is_done=lambda state, _rules: NEW_PASSWORD in state.step_data,
    blank=blank,
    submit=submit,
)
