from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.text.phone_numbers import LONGEST_TYPED, NOT_A_PHONE_NUMBER, phone_number
from userflows.forms.fields import StepForm


class PhoneForm(StepForm):
    """A phone number, however it is written, with the code of its country."""

    number = forms.CharField(
        label=_("Phone number"),
        max_length=LONGEST_TYPED,
        error_messages={"required": _("Enter your phone number."), "max_length": NOT_A_PHONE_NUMBER},
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "autocomplete": "tel",
                "inputmode": "tel",
                "enterkeyhint": "next",
                "placeholder": "+",
                "dir": "ltr",
                "autofocus": True,
            }
        ),
    )

    def clean_number(self) -> str:
        """In E.164."""
        number = phone_number(self.cleaned_data["number"])
        if not number:
            raise ValidationError(NOT_A_PHONE_NUMBER, code="invalid")
        return number
