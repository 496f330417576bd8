from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oidc.devices.policies import USER_CODE_LENGTH, read_user_code
from userflows.forms.fields import StepForm


class UserCodeForm(StepForm):
    """The code that a device shows, in whatever case and spacing; cleans to its letters."""

    user_code = forms.CharField(
        label=_("Code on the device"),
        max_length=4 * USER_CODE_LENGTH,
        error_messages={
            "required": _("Enter the code shown on your device."),
            "max_length": _("The code has 8 letters, with no vowels or digits."),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "enterkeyhint": "go",
                "spellcheck": "false",
                "class": "letters",
                "placeholder": "XXXX-XXXX",
                "autofocus": True,
            }
        ),
    )

    def clean_user_code(self) -> str:
        user_code = read_user_code(self.cleaned_data["user_code"])
        if not user_code:
            raise ValidationError(_("The code has 8 letters, with no vowels or digits."))
        return user_code
