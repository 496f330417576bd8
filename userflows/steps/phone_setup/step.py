"""The step in which a phone number is confirmed: by whoever wants to, or can't come in without a second factor.

Whatever has proved who they are was proved on this journey: a session that somebody has taken over sets up nothing.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import must_set_up_phone
from userflows.state import PHONE_SETUP
from userflows.steps.phone_setup.view import another, blank, send, submit

PHONE_SETUP_STEP = Step(
    name=PHONE_SETUP,
    label=pgettext_lazy("portal", "Confirm a phone number"),
    task="app",
    is_for=must_set_up_phone,
    is_done=lambda state, _rules: bool(state.step_data.get(PHONE_SETUP, {}).get("is_done")),
    is_begun=lambda state, _rules: state.account_id is not None,
    blank=blank,
    submit=submit,
    buttons={"text-new": send, "another-number": another},
    invitation="customer/steps/phone_setup_invitation.html",
)
