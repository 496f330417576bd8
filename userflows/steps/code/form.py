from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.credentials.policies import CODE_DIGITS, LONG_CODE_DIGITS, read_code
from userflows.forms.fields import StayForm

LONGEST_TYPED_CODE = 500  # A mail that was pasted whole


class CodeForm(StayForm):
    """A code as it came by mail, in whatever script and with whatever around it. What can't be one costs no try.

    `length` is the number of its digits.
    """

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_TYPED_CODE,
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

    def __init__(self, *args: Any, length: int = CODE_DIGITS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.length = length
        field = self.fields["code"]
        field.widget.attrs["data-length"] = length
        field.error_messages |= {
            "required": gettext("Enter the %(count)d-digit code from the email.") % {"count": length},
            "max_length": self._not_a_code,
        }

    @property
    def is_long(self) -> bool:
        """Whether it is one of those that are sent while short ones are guessed."""
        return self.length == LONG_CODE_DIGITS

    @property
    def cells(self) -> range:
        """One for each digit."""
        return range(self.length)

    @property
    def _not_a_code(self) -> str:
        return gettext("The code has %(count)d digits.") % {"count": self.length}

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"], length=self.length)
        if not code:
            raise ValidationError(self._not_a_code, code="invalid")
        return code
