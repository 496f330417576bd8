"""The step in which an authenticator app is set up: by whoever wants one, or can't come in without a second factor.

Whatever has proved who they are was proved on this journey: a session that somebody has taken over sets up nothing.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import must_set_up_app
from userflows.state import APP_SETUP
from userflows.steps.app_setup.actions import begin
from userflows.steps.app_setup.view import blank, choose, submit

APP_SETUP_STEP = Step(
    name=APP_SETUP,
    label=pgettext_lazy("portal", "Set up an authenticator app"),
    task="app",
    is_for=must_set_up_app,
    is_done=lambda state, _rules: bool(state.step_data.get(APP_SETUP, {}).get("is_done")),
    is_begun=lambda state, _rules: "sealed" in state.step_data.get(APP_SETUP, {}),
    begin=begin,
    blank=blank,
    submit=submit,
    buttons={"set-up-app": choose},
    invitation="customer/steps/app_setup_invitation.html",
)
