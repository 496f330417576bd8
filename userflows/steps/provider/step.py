"""The step of identity providers: somebody proves at one of them who they are, and comes back.

Which of them are offered is the flow's choice. `view` sends a browser there, `callback` is where it comes back to,
`actions` decide whose journey it has become then. It may be gone to at any time: whoever has typed an address may still
rather press a button.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step, always
from userflows.methods import SignInMethod
from userflows.state import PROVIDER, SIGN_IN, SIGN_UP
from userflows.steps.provider.actions import AMR
from userflows.steps.provider.view import blank, submit

PROVIDER_STEP = Step(
    name=PROVIDER,
    label=pgettext_lazy("portal", "Identity provider"),
    task="identity",
    is_for=lambda state, rules: (
        state.purpose in {SIGN_IN, SIGN_UP}
        and bool(rules.providers)
        # Whoever has come from one already is to show whose account it is.
        and (not state.brought or state.has_proved(PROVIDER))
    ),
    is_done=lambda state, _rules: state.has_proved(PROVIDER),
    may_return=always,
    blank=blank,
    submit=submit,
    invitation="customer/steps/provider_invitation.html",
    method=SignInMethod(
        label=pgettext_lazy("portal", "Identity provider"),
        hint=pgettext_lazy("portal", "Customers sign in with an account they have elsewhere."),
        amr=AMR,
        acr="1",
    ),
)
