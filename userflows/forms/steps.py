"""The forms of a journey's steps. They check shape only; whether something is right is decided by services."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.password_rules import MIN_PASSWORD_LENGTH
from accounts.passwords import MAX_PASSWORD_LENGTH
from accounts.policies import MAX_EMAIL, is_plain_address

WRONG_ADDRESS = _("Enter an email address like name@example.com.")
LONGEST_TYPED_CODE = 32


class StepForm(forms.Form):
    """Errors stand beside their fields; those that belong to none come first on the page."""

    required_css_class = ""
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "%s")
        super().__init__(*args, **kwargs)


class AddressForm(StepForm):
    """Who wants in."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=MAX_EMAIL,
        error_messages={
            "required": _("Enter your email address."),
            "invalid": WRONG_ADDRESS,
            "max_length": WRONG_ADDRESS,
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email", "autofocus": True}),
    )

    def clean_email(self) -> str:
        """One address that all parsers read alike."""
        email: str = self.cleaned_data["email"]
        if not is_plain_address(email):
            raise ValidationError(WRONG_ADDRESS, code="invalid")
        return email


class PasswordForm(StepForm):
    """The password of an account. Its length is judged with it, so that no answer tells more than "not right"."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class CodeForm(StepForm):
    """A code as it came by mail, with or without spaces."""

    code = forms.CharField(
        label=_("Code"),
        max_length=LONGEST_TYPED_CODE,
        error_messages={
            "required": _("Enter the code from the mail."),
            "max_length": _("The code has six digits."),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autocapitalize": "off",
                "spellcheck": "false",
                "class": "code",
                "autofocus": True,
            }
        ),
    )


def new_password_field() -> forms.CharField:
    """A password to be, made for one form in one language. The rules are asked when it is set, with its account."""
    return forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=gettext("At least %(count)d characters.") % {"count": MIN_PASSWORD_LENGTH},
        error_messages={"required": _("Enter a password.")},
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "minlength": MIN_PASSWORD_LENGTH,
                # What password managers read when they make one up.
                "passwordrules": f"minlength: {MIN_PASSWORD_LENGTH}; maxlength: {MAX_PASSWORD_LENGTH};",
            }
        ),
    )


class NewPasswordForm(StepForm):
    """What the password shall be."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = new_password_field()
        self.fields["password"].label = _("New password")
        self.fields["password"].widget.attrs["autofocus"] = True
