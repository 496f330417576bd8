from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from userflows.forms.fields import StayForm, new_password_field


class NewPasswordForm(StayForm):
    """What the account's password shall be."""

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = new_password_field(account)
        self.fields["password"].label = _("New password")
        self.fields["password"].widget.attrs["autofocus"] = True

    @property
    def is_unchecked(self) -> bool:
        """Whether nobody could tell if the password is known from a breach."""
        return bool(getattr(self.fields["password"], "is_unchecked", False))
