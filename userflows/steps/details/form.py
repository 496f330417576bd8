from collections.abc import Iterable
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from userflows.forms.attributes import AttributeValuesForm
from userflows.forms.fields import StayForm
from userflows.models import Journey
from userflows.steps.details.actions import kept_password

KEPT = _("Your password is kept. Fill this in only to choose another.")


class DetailsForm(AttributeValuesForm, StayForm):
    """A password, if the flow has passwords, and its attributes."""

    def __init__(self, journey: Journey, *args: Any, **kwargs: Any) -> None:
        account = Account(email=journey.email) if journey.rules.has_passwords and not journey.state.brought else None
        super().__init__(journey.user_flow, *args, password_for=account, **kwargs)
        if account and kept_password(journey):
            self.fields["password"].required = False
            self.fields["password"].help_text = KEPT

    @property
    def is_unchecked(self) -> bool:
        """Whether nobody could tell if the password that was sent is known from a breach."""
        return bool(getattr(self.fields.get("password"), "is_unchecked", False))

    @property
    def asked(self) -> Iterable[BoundField]:
        """What the account is made of, without what is asked about the browser."""
        return [bound for bound in self if bound.name != "stay"]
