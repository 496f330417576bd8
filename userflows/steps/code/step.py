from userflows.journeys.state import SIGN_IN, Step
from userflows.steps.code.verb import CODE, begin
from userflows.steps.code.view import blank, send, submit

CODE_STEP = Step(
    name=CODE,
    task="identity",
    is_for=lambda state, rules: state.purpose != SIGN_IN or rules.allows(CODE),
    is_done=lambda state, _rules: state.has_proved(CODE),
    is_begun=lambda state, _rules: "sent_at" in state.step_data.get(CODE, {}),
    begin=begin,
    blank=blank,
    submit=submit,
    buttons={"send": send},
    invitation="customer/steps/code_invitation.html",
)
