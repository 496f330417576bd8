"""The step that a program which makes accounts doesn't get through as fast as it would like.

When it is due stands here, `puzzle` and `widget` are what a browser may be asked, `actions` which of them and how hard
it is; `view` is its page, which goes on by itself where a puzzle is solved.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.state import HUMAN, IS_HUMAN, NEVER, SIGN_UP, FlowRules, JourneyState
from userflows.steps.human.actions import begin
from userflows.steps.human.view import blank, submit


def _is_for(state: JourneyState, rules: FlowRules) -> bool:
    # Whoever comes from a provider has been looked at there.
    signs_up = state.purpose == SIGN_UP and state.account_id is None and not state.brought
    return signs_up and rules.admission.human_check != NEVER


HUMAN_STEP = Step(
    name=HUMAN,
    label=pgettext_lazy("portal", "Bot protection"),
    task=HUMAN,
    is_for=_is_for,
    is_done=lambda state, _rules: bool(state.step_data.get(HUMAN, {}).get(IS_HUMAN)),
    is_begun=lambda state, _rules: HUMAN in state.step_data,
    begin=begin,
    blank=blank,
    submit=submit,
    # It is no page of its customer's way.
    pages=lambda _state, _rules: 0,
)
