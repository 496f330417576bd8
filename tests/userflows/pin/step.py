from dataclasses import replace

from tests.userflows.pin.actions import AMR, PIN
from tests.userflows.pin.view import blank, submit
from userflows.journeys.next_step import Step
from userflows.methods import SignInMethod
from userflows.state import SIGN_IN

# After whatever has proved who signs in.
PIN_STEP = Step(
    name=PIN,
    label="PIN",
    task="second factor",
    is_for=lambda state, _rules: state.purpose == SIGN_IN,
    is_done=lambda state, _rules: state.has_proved(PIN),
    blank=blank,
    submit=submit,
    proofs={PIN: "a PIN"},
)
# Instead of it, where the flow says so.
PIN_METHOD = replace(
    PIN_STEP,
    task="identity",
    is_for=lambda state, rules: state.purpose == SIGN_IN and rules.allows(PIN),
    invitation="customer/steps/pin_invitation.html",
    method=SignInMethod(label="PIN", hint="Four digits that everybody has.", amr=AMR, acr="2"),
)
