"""The step in which somebody takes their phone number away, once they have shown who they are."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.state import PHONE_REMOVAL
from userflows.steps.phone_removal.view import blank, submit

PHONE_REMOVAL_STEP = Step(
    name=PHONE_REMOVAL,
    label=pgettext_lazy("portal", "Remove the phone number"),
    task=PHONE_REMOVAL,
    is_for=lambda state, _rules: PHONE_REMOVAL in state.step_data and state.has_phone,
    is_done=lambda state, _rules: bool(state.step_data[PHONE_REMOVAL].get("is_done")),
    blank=blank,
    submit=submit,
)
