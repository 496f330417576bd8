"""The step in which somebody takes one of their passkeys away, once they have shown that they are its owner."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.state import PASSKEY_REMOVAL
from userflows.steps.passkey_removal.view import blank, submit

PASSKEY_REMOVAL_STEP = Step(
    name=PASSKEY_REMOVAL,
    label=pgettext_lazy("portal", "Remove a passkey"),
    task=PASSKEY_REMOVAL,
    is_for=lambda state, _rules: PASSKEY_REMOVAL in state.step_data,
    is_done=lambda state, _rules: bool(state.step_data[PASSKEY_REMOVAL].get("is_done")),
    blank=blank,
    submit=submit,
)
