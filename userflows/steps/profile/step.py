from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.state import PROFILE, RESET, SIGN_IN
from userflows.steps.profile.view import blank, kept, submit

PROFILE_STEP = Step(
    name=PROFILE,
    label=pgettext_lazy("portal", "Terms and missing answers"),
    task=PROFILE,
    is_for=lambda state, _rules: state.purpose in {SIGN_IN, RESET} and (bool(state.owed) or state.owes_terms),
    is_done=lambda state, _rules: not state.owed and not state.owes_terms,
    blank=blank,
    submit=submit,
    kept=kept,
)
