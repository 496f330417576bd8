"""The step of a recovery code: for whoever can't use their authenticator app now."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import may_use_app
from userflows.state import RECOVERY_CODE
from userflows.steps.recovery_code.view import blank, submit

RECOVERY_CODE_STEP = Step(
    name=RECOVERY_CODE,
    label=pgettext_lazy("portal", "Recovery code"),
    task="second factor",
    is_for=may_use_app,
    is_done=lambda state, _rules: state.has_proved(RECOVERY_CODE),
    blank=blank,
    submit=submit,
    invitation="customer/steps/recovery_code_invitation.html",
    proofs={RECOVERY_CODE: pgettext_lazy("portal", "a recovery code")},
)
