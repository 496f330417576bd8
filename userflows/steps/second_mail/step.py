"""The step of a code by mail as a second factor. Another mail than one by which a journey begins, and another code."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import does_for_second, may_use_mail, must_prove_mailbox
from userflows.state import SECOND_MAIL
from userflows.steps.second_mail.actions import begin
from userflows.steps.second_mail.view import blank, send, submit

SECOND_MAIL_STEP = Step(
    name=SECOND_MAIL,
    label=pgettext_lazy("portal", "Code by email as second factor"),
    task="second factor",
    is_for=lambda state, rules: may_use_mail(state, rules) or must_prove_mailbox(state, rules),
    is_done=lambda state, rules: does_for_second(state, rules) and not must_prove_mailbox(state, rules),
    # Whoever only adds to a sign-in comes here first, and presses to have it sent.
    is_begun=lambda state, _rules: bool(state.earlier) or "sent_at" in state.step_data.get(SECOND_MAIL, {}),
    begin=begin,
    blank=blank,
    submit=submit,
    buttons={"send-second": send},
    invitation="customer/steps/second_mail_invitation.html",
    proofs={SECOND_MAIL: pgettext_lazy("portal", "a code by email as second factor")},
)
