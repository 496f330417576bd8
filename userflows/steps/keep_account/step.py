"""The last step of whoever has asked for the deletion of their account, and signs in before it is gone.

Nobody gets in but by keeping it: so the account that goes is one that nobody uses.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.steps.keep_account.view import KEEP_ACCOUNT, blank, let_go, submit

KEEP_ACCOUNT_STEP = Step(
    name=KEEP_ACCOUNT,
    label=pgettext_lazy("portal", "Keep an account that is to be deleted"),
    task=KEEP_ACCOUNT,
    is_for=lambda state, _rules: state.is_closing,
    is_done=lambda state, _rules: not state.is_closing,
    blank=blank,
    submit=submit,
    buttons={"let-go": let_go},
)
