"""The step that shows recovery codes: those of an app that was just set up, or new ones that somebody asked for."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import must_set_up_app
from userflows.state import RECOVERY_CODES, FlowRules, JourneyState
from userflows.steps.recovery_codes.actions import begin
from userflows.steps.recovery_codes.view import blank, submit


def _noted(state: JourneyState) -> Mapping[str, Any]:
    return state.step_data.get(RECOVERY_CODES, {})


def _is_for(state: JourneyState, rules: FlowRules) -> bool:
    # Whoever has yet to set up an app gets codes with it, so the step is counted from the beginning.
    return must_set_up_app(state, rules) or (bool(_noted(state)) and state.has_app)


RECOVERY_CODES_STEP = Step(
    name=RECOVERY_CODES,
    label=pgettext_lazy("portal", "Recovery codes"),
    task=RECOVERY_CODES,
    is_for=_is_for,
    is_done=lambda state, _rules: bool(_noted(state).get("is_seen")),
    is_begun=lambda state, _rules: "sealed" in _noted(state),
    begin=begin,
    blank=blank,
    submit=submit,
)
