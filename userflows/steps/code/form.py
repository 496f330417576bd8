from django import forms
from django.utils.translation import gettext_lazy as _

from userflows.forms.fields import StayForm

LONGEST_TYPED_CODE = 32


class CodeForm(StayForm):
    """A code as it came by mail, with or without spaces."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_TYPED_CODE,
        error_messages={
            "required": _("Enter the 6-digit code from the email."),
            "max_length": _("The code has 6 digits."),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "enterkeyhint": "go",
                "autocapitalize": "off",
                "spellcheck": "false",
                "class": "code",
                "autofocus": True,
            }
        ),
    )
