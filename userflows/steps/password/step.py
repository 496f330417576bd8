"""The password step: somebody signs in with the password of their account.

`view` is its page, `actions` judges the password and counts wrong ones.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.methods import SignInMethod
from userflows.second_factors.due import may_come_by_mailbox
from userflows.state import CHANGE, NEEDS_MAILBOX, PASSWORD, SIGN_IN
from userflows.steps.password.actions import AMR
from userflows.steps.password.view import blank, kept, submit

PASSWORD_STEP = Step(
    name=PASSWORD,
    label=pgettext_lazy("portal", "Password"),
    task="identity",
    # Where only the mailbox proves whose address a provider has told, a password doesn't; unless the mailbox is the
    # second factor, which follows.
    is_for=lambda state, rules: (
        state.purpose in {SIGN_IN, CHANGE}
        and rules.allows(PASSWORD)
        and not (state.brought.get(NEEDS_MAILBOX) and may_come_by_mailbox(state, rules))
    ),
    is_done=lambda state, _rules: state.has_proved(PASSWORD),
    blank=blank,
    is_kept=True,
    submit=submit,
    kept=kept,
    invitation="customer/steps/password_invitation.html",
    method=SignInMethod(
        label=pgettext_lazy("portal", "Email with password"),
        hint=pgettext_lazy("portal", "Customers choose a password at sign-up. A code by email verifies their address."),
        amr=AMR,
        acr="1",
    ),
    proofs={PASSWORD: pgettext_lazy("portal", "a password")},
)
