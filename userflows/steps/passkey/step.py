"""The passkey step: somebody signs in with a passkey, which says whose it is and is two factors by itself.

It may be gone to at any time, so the page of the address asks for passkeys as well. `view` is its own page, to which
what went wrong leads.
"""

from django.utils.translation import pgettext_lazy

from userflows.factors.passkeys import AMR
from userflows.journeys.next_step import Step, always
from userflows.methods import SignInMethod
from userflows.state import CHANGE, PASSKEY, SIGN_IN
from userflows.steps.passkey.view import blank, submit

PASSKEY_STEP = Step(
    name=PASSKEY,
    label=pgettext_lazy("portal", "Passkey"),
    task="identity",
    # Whoever has come from a provider shows whose account is theirs by an address, which is known.
    is_for=lambda state, rules: state.purpose in {SIGN_IN, CHANGE} and rules.allows(PASSKEY) and not state.brought,
    is_done=lambda state, _rules: state.has_proved(PASSKEY),
    may_return=always,
    blank=blank,
    submit=submit,
    invitation="customer/steps/passkey_invitation.html",
    method=SignInMethod(
        label=pgettext_lazy("portal", "Passkey"),
        hint=pgettext_lazy(
            "portal",
            "A fingerprint, a face or a PIN on the customer’s own device. Counts as two factors; needs JavaScript.",
        ),
        amr=AMR,
        # By the key alone; that its owner was verified is told as `mfa` besides.
        acr="1",
    ),
    proofs={PASSKEY: pgettext_lazy("portal", "a passkey")},
)
