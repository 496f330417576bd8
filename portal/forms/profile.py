"""Forms about an administrator's own account."""

from functools import partial
from typing import Any

from django import forms

from accounts.credentials.password_rules import MIN_PASSWORD_LENGTH
from accounts.credentials.services.passwords import check_new_password
from accounts.models import Account
from frame.forms import EditForm, PortalForm, ServiceText


class ProfileForm(EditForm):
    """What colleagues read."""

    name = ServiceText(required=False, help_text="Colleagues see it in the log.")


class PasswordForm(PortalForm):
    """Another password."""

    password = forms.CharField(
        label="New password",
        strip=False,
        help_text=f"At least {MIN_PASSWORD_LENGTH} characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(partial(check_new_password, account=account))
