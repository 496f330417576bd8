"""The step of a new password, once something else proved who somebody is.

It is for whoever forgot theirs or changes it, and for whom an administrator asks to choose another one.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.state import CHANGE, IS_REQUIRED, NEW_PASSWORD, RESET, JourneyState
from userflows.steps.new_password.view import blank, submit


def _noted(state: JourneyState) -> Mapping[str, Any]:
    return state.step_data.get(NEW_PASSWORD, {})


NEW_PASSWORD_STEP = Step(
    name=NEW_PASSWORD,
    label=pgettext_lazy("portal", "New password"),
    task=NEW_PASSWORD,
    is_for=lambda state, _rules: state.purpose in {RESET, CHANGE} or bool(_noted(state).get(IS_REQUIRED)),
    is_done=lambda state, _rules: bool(_noted(state).get("is_chosen")),
    blank=blank,
    submit=submit,
)
