from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.credentials.policies import read_code
from userflows.forms.fields import StayForm

LONGEST_TYPED_CODE = 500  # A mail that was pasted whole
NOT_A_CODE = _("The code has 6 digits.")


class CodeForm(StayForm):
    """A code as it came by mail, in whatever script and with whatever around it. What can't be one costs no try."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_TYPED_CODE,
        error_messages={
            "required": _("Enter the 6-digit code from the email."),
            "max_length": NOT_A_CODE,
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

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError(NOT_A_CODE, code="invalid")
        return code
