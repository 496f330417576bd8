from typing import Any

from userflows.forms.attributes import AttributeValuesForm, rows_to_show, values_of
from userflows.forms.fields import TERMS, StayForm, terms_field
from userflows.models import Journey


class OwedForm(AttributeValuesForm, StayForm):
    """What the journey's account owes: answers first, then the terms of use."""

    def __init__(self, journey: Journey, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        state, account = journey.state, journey.account
        rows = rows_to_show(journey.user_flow, state.owed) if state.owed else []
        kept = {name: value for name, value in (values_of(account, rows) if account else {}).items() if value}
        super().__init__(rows, *args, initial={**kept, **(initial or {})}, **kwargs)
        if state.owes_terms:
            self.fields[TERMS] = terms_field(journey.user_flow)

    @property
    def parts(self) -> dict[str, Any]:
        """The answers apart from the terms and what is asked about the browser, and whether all of it may wait."""
        asked = [bound for bound in self if bound.name not in {"stay", TERMS}]
        return {**super().parts, "asked": asked, "may_wait": self.may_wait}

    @property
    def may_wait(self) -> bool:
        """Whether all of it may be left for another time."""
        return not any(bound.field.required for bound in self)
