"""The details step: whoever signs up chooses a password, says what the flow asks for, and has an account.

It has as many pages as the flow's page layout. `form` is made of the attributes of one, `view` is that page, `actions`
keeps those that are done. The account is made with the last of them, or once the address is verified where that comes
after; until then its pages can be gone back to.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import ACCOUNT, Step, verifies_last
from userflows.questions.given import DETAILS, is_sent, is_whole
from userflows.state import SIGN_UP, FlowRules, JourneyState
from userflows.steps.details.actions import page_count
from userflows.steps.details.view import blank, kept, submit


def _is_for(state: JourneyState, rules: FlowRules) -> bool:
    # Whoever comes from a provider signs in by it, and needs no password.
    asks_password = rules.has_passwords and not state.brought
    return state.purpose == SIGN_UP and (rules.asks_attributes or asks_password or bool(rules.terms_version))


DETAILS_STEP = Step(
    name=DETAILS,
    label=pgettext_lazy("portal", "Details"),
    task=ACCOUNT,
    is_for=_is_for,
    is_done=lambda state, rules: state.account_id is not None or is_whole(state, rules),
    may_return=lambda state, rules: verifies_last(state, rules) and is_sent(state),
    blank=blank,
    submit=submit,
    kept=kept,
    pages=lambda _state, rules: page_count(rules),
)
