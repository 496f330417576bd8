"""The step in which somebody takes their authenticator app away, once they have shown it or a recovery code."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.state import APP_REMOVAL
from userflows.steps.app_removal.view import blank, submit

APP_REMOVAL_STEP = Step(
    name=APP_REMOVAL,
    label=pgettext_lazy("portal", "Remove the authenticator app"),
    task=APP_REMOVAL,
    is_for=lambda state, _rules: APP_REMOVAL in state.step_data and state.has_app,
    is_done=lambda state, _rules: bool(state.step_data[APP_REMOVAL].get("is_done")),
    blank=blank,
    submit=submit,
)
