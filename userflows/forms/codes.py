from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.credentials.policies import CODE_DIGITS, LONG_CODE_DIGITS, read_code
from accounts.factors.recovery_codes import LONGEST_TYPED, read_recovery_code
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
            "required": self._missing,
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
    def _missing(self) -> str:
        return gettext("Enter the %(count)d-digit code from the email.") % {"count": self.length}

    @property
    def _not_a_code(self) -> str:
        return gettext("The code has %(count)d digits.") % {"count": self.length}

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"], length=self.length)
        if not code:
            raise ValidationError(self._not_a_code, code="invalid")
        return code


class SecondCodeForm(CodeForm):
    """A code by mail as a second factor, which asks whether the browser shall be remembered."""

    remember = forms.BooleanField(required=False)


class TextCodeForm(CodeForm):
    """A code as it came by text message."""

    @property
    def _missing(self) -> str:
        return gettext("Enter the %(count)d-digit code from the text message.") % {"count": self.length}


class SecondTextCodeForm(TextCodeForm, SecondCodeForm):
    """The same as a second factor."""


class AppCodeForm(SecondCodeForm):
    """A code that an authenticator app shows. It changes twice a minute, so the last digit sends it by itself."""

    @property
    def _missing(self) -> str:
        return gettext("Enter the %(count)d-digit code from your app.") % {"count": self.length}


class RecoveryCodeForm(StayForm):
    """A recovery code, in whatever case and with whatever between its letters."""

    remember = forms.BooleanField(required=False)
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=LONGEST_TYPED,
        error_messages={"required": _("Enter one of your recovery codes.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "enterkeyhint": "go",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def clean_code(self) -> str:
        """As it is compared. What can't be one costs no try."""
        code = read_recovery_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError(_("A recovery code has 10 letters and digits, such as 3F7QK-9XW2M."), code="invalid")
        return code
