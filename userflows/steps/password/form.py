from django import forms
from django.utils.translation import gettext_lazy as _

from userflows.forms.fields import StayForm


class PasswordForm(StayForm):
    """The password of an account. Its length is judged with it, so that no answer tells more than "not right"."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "enterkeyhint": "go", "autofocus": True}),
    )
