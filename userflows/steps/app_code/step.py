"""The step of an authenticator app: whoever has one shows by its code that they hold it."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import may_use_app
from userflows.state import APP_CODE, PASSKEY
from userflows.steps.app_code.view import blank, submit

APP_CODE_STEP = Step(
    name=APP_CODE,
    label=pgettext_lazy("portal", "Authenticator app"),
    task="second factor",
    is_for=may_use_app,
    # A passkey does as much, also one that its owner has just removed.
    is_done=lambda state, _rules: state.has_proved(APP_CODE) or state.has_proved(PASSKEY),
    blank=blank,
    submit=submit,
    invitation="customer/steps/app_code_invitation.html",
    proofs={APP_CODE: pgettext_lazy("portal", "an authenticator app")},
)
