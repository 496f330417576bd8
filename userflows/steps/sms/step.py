"""The step of a code by text message: somebody shows to have the phone whose number the account has confirmed.

Nobody is told whether an account, or a number, is there. `view` is its page, `actions` what it changes and proves,
`jobs` who is sent which code.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.methods import SignInMethod
from userflows.second_factors.due import may_come_by_mailbox
from userflows.state import NEEDS_MAILBOX, SIGN_IN, SMS
from userflows.steps.sms.actions import AMR, begin
from userflows.steps.sms.view import blank, send, submit

SMS_STEP = Step(
    name=SMS,
    label=pgettext_lazy("portal", "Text message"),
    task="identity",
    # Where only the mailbox proves whose address a provider has told, a phone doesn't.
    is_for=lambda state, rules: (
        state.purpose == SIGN_IN
        and rules.allows(SMS)
        and not (state.brought.get(NEEDS_MAILBOX) and may_come_by_mailbox(state, rules))
    ),
    is_done=lambda state, _rules: state.has_proved(SMS),
    is_begun=lambda state, _rules: "sent_at" in state.step_data.get(SMS, {}),
    begin=begin,
    blank=blank,
    submit=submit,
    buttons={"text": send},
    invitation="customer/steps/sms_invitation.html",
    method=SignInMethod(
        label=pgettext_lazy("portal", "Text message"),
        hint=pgettext_lazy(
            "portal", "A code sent to the phone number that the customer has confirmed on their profile."
        ),
        amr=AMR,
        acr="1",
    ),
    proofs={SMS: pgettext_lazy("portal", "a code by text message")},
)
