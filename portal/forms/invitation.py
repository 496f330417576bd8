"""The form by which somebody new accepts an invitation: in the words and the look of customer pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import Account
from userflows.forms.fields import StepForm, new_password_field


class SetUpForm(StepForm):
    """What an account needs that doesn't exist yet. A password is asked for where people sign in by one."""

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=BUILT_IN_ATTRIBUTES["displayName"].max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )

    def __init__(self, *args: Any, email: str, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_password:
            self.fields["password"] = new_password_field(Account(email=email))
