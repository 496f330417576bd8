"""The step of a code by text message as a second factor. Another message than one by which a journey begins."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import does_for_second, may_use_phone, must_prove_phone
from userflows.state import SECOND_SMS
from userflows.steps.second_sms.actions import begin
from userflows.steps.second_sms.view import blank, send, submit

SECOND_SMS_STEP = Step(
    name=SECOND_SMS,
    label=pgettext_lazy("portal", "Text message as second factor"),
    task="second factor",
    is_for=lambda state, rules: may_use_phone(state, rules) or must_prove_phone(state, rules),
    is_done=does_for_second,
    # Whoever only adds to a sign-in comes here first, and presses to have it sent; so does whom none is sent for now.
    is_begun=lambda state, _rules: bool(state.earlier or state.step_data.get(SECOND_SMS)),
    begin=begin,
    blank=blank,
    submit=submit,
    buttons={"text-second": send},
    invitation="customer/steps/second_sms_invitation.html",
    proofs={SECOND_SMS: pgettext_lazy("portal", "a code by text message as second factor")},
)
