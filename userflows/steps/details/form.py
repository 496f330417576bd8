from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, NAMES, USER_NAME
from accounts.credentials.breaches import sha1_of
from accounts.models import Account
from userflows.forms.attributes import AttributeValuesForm, rows_to_show
from userflows.forms.fields import TERMS, StayForm, terms_field
from userflows.journeys.account.given import answers_of, kept_password
from userflows.models import Journey
from userflows.steps.details.actions import page_count

KEPT = _("Your password is kept. Fill this in only to choose another.")


class DetailsForm(AttributeValuesForm, StayForm):
    """One page of what an account is made of: a password first, if the flow has passwords, and the terms of use last.

    `page` counts from 1.
    """

    def __init__(self, journey: Journey, *args: Any, page: int, **kwargs: Any) -> None:
        pages = journey.rules.pages
        self.page, self.pages = page, page_count(journey.rules)
        asks_password = page == 1 and journey.rules.has_passwords and not journey.state.brought
        account = Account(email=journey.email) if asks_password else None
        rows = rows_to_show(journey.user_flow, pages[page - 1]) if pages else []
        self.asks = " ".join(row.attribute for row in rows)
        super().__init__(rows, *args, password_for=account, **kwargs)
        if account:
            self._name(account, answers_of(journey))
        if account and kept_password(journey):
            self.fields["password"].required = False
            self.fields["password"].help_text = KEPT
        if self.is_last and journey.rules.terms_version:
            self.fields[TERMS] = terms_field(journey.user_flow)

    def _name(self, account: Account, answers: Mapping[str, Any]) -> None:
        """Call the account as it will be: nobody can compare a password with its names that is kept as a hash."""
        for name in (*NAMES, USER_NAME):
            attribute = BUILT_IN_ATTRIBUTES[name]
            text = str(self.data.get(name, answers.get(name)) or "")
            setattr(account, attribute.column, text[: attribute.max_length])

    @property
    def unchecked(self) -> str:
        """By what lists know the password that was sent, if nobody could tell whether it is known from a breach."""
        password = self.cleaned_data.get("password")
        is_unchecked = getattr(self.fields.get("password"), "is_unchecked", False)
        return sha1_of(password) if password and is_unchecked else ""

    @property
    def is_last(self) -> bool:
        """Whether the account is made of this page and those before."""
        return self.page == self.pages

    @property
    def parts(self) -> dict[str, Any]:
        """What the account is made of, apart from the terms and what is asked about the browser; which page it is."""
        asked = [bound for bound in self if bound.name not in {"stay", TERMS}]
        shown = {"asked": asked, "asks": self.asks, "at_page": self.page, "is_last_page": self.is_last}
        return {**super().parts, **shown}
