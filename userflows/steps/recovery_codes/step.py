"""The step that shows recovery codes: those of an app that was just set up, or new ones that somebody asked for."""

from collections.abc import Mapping
from typing import Any

from userflows.journeys.next_step import Step
from userflows.state import RECOVERY_CODES, JourneyState
from userflows.steps.recovery_codes.actions import begin
from userflows.steps.recovery_codes.view import blank, submit


def _noted(state: JourneyState) -> Mapping[str, Any]:
    return state.step_data.get(RECOVERY_CODES, {})


RECOVERY_CODES_STEP = Step(
    name=RECOVERY_CODES,
    task=RECOVERY_CODES,
    is_for=lambda state, _rules: bool(_noted(state)) and state.has_app,
    is_done=lambda state, _rules: bool(_noted(state).get("is_seen")),
    is_begun=lambda state, _rules: "sealed" in _noted(state),
    begin=begin,
    blank=blank,
    submit=submit,
)
