from tests.userflows.pin.actions import PIN
from tests.userflows.pin.view import blank, submit
from userflows.journeys.state import SIGN_IN, Step

PIN_STEP = Step(
    name=PIN,
    task="second factor",
    is_for=lambda state, _rules: state.purpose == SIGN_IN,
    is_done=lambda state, _rules: state.has_proved(PIN),
    blank=blank,
    submit=submit,
)
