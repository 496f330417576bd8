"""The address step: who wants in. `view` is its page, `actions` what an address changes."""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step, always
from userflows.state import CHANGE
from userflows.steps.address.view import blank, kept, submit

ADDRESS_STEP = Step(
    name="address",
    label=pgettext_lazy("portal", "Email address"),
    task="address",
    is_for=lambda state, rules: state.purpose != CHANGE and (rules.takes_addresses or bool(state.brought)),
    is_done=lambda state, _rules: bool(state.email),
    may_return=always,
    blank=blank,
    submit=submit,
    kept=kept,
    is_kept=True,
)
