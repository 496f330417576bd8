"""The step in which a passkey is made: by whoever wants one, has to have one, or is asked to and doesn't put it off.

Whatever has proved who they are was proved on this journey, as for an authenticator app, in whose place it may stand.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import is_offered_passkey, must_set_up_passkey
from userflows.state import PASSKEY_SETUP
from userflows.steps.passkey_setup.view import blank, skip, submit

PASSKEY_SETUP_STEP = Step(
    name=PASSKEY_SETUP,
    label=pgettext_lazy("portal", "Create a passkey"),
    task="app",
    is_for=lambda state, rules: must_set_up_passkey(state, rules) or is_offered_passkey(state, rules),
    is_done=lambda state, _rules: bool(state.step_data.get(PASSKEY_SETUP, {}).get("is_done")),
    is_begun=lambda state, _rules: state.account_id is not None,
    blank=blank,
    submit=submit,
    buttons={"passkey-later": skip},
    invitation="customer/steps/passkey_setup_invitation.html",
)
