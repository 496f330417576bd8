"""The step of a passkey as a second factor. It proves the same as one that somebody signs in by."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import may_use_passkey
from userflows.state import PASSKEY, PASSKEY_CHECK
from userflows.steps.passkey_check.view import blank, submit

PASSKEY_CHECK_STEP = Step(
    name=PASSKEY_CHECK,
    label=pgettext_lazy("portal", "Passkey as second factor"),
    task="second factor",
    is_for=may_use_passkey,
    is_done=lambda state, _rules: state.has_proved(PASSKEY),
    blank=blank,
    submit=submit,
    invitation="customer/steps/passkey_check_invitation.html",
)
