"""What the forms of journeys are made of. They check shape only; whether something is right is decided by verbs."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.credentials.breaches import is_breached, sha1_of
from accounts.credentials.guessable import strength_of
from accounts.credentials.judging import least_length_said
from accounts.credentials.policies import MAX_PASSWORD_LENGTH
from accounts.credentials.rules import password_rules
from accounts.credentials.services.passwords import check_new_password
from accounts.models import Account
from branding.words.markup import html_of_label
from common.problems import Refused
from common.text.email_address import MAX_EMAIL, address_in_ascii, is_plain_address, likely_address, written_address
from common.text.spoken import spoken_languages
from common.text.user_names import canonical_user_name, user_name_problem
from userflows.models import Journey, UserFlow

WRONG_ADDRESS = _("Enter a valid email address, such as name@example.com.")
HELD_UP = _("We can't finish this right now. What you entered is kept: try again in a moment.")
NOT_TAKEN = _("You can't use an address at %(domain)s here. Use another one.")
NOT_A_BIRTH = _("Enter your date of birth.")
WRONG_ADDRESS_OR_NAME = _("Enter a valid email address or user name.")
BREACHED = _("This password is known from a data breach. Choose another one.")
OTHER_LETTERS = _("The part before the @ can't contain letters such as ä, ö or ü.")


# What the box of the terms is called in a form: no attribute has a hyphen in its name.
TERMS = "accepts-terms"
# Nor has one that as what a tick is kept, beside what was typed, while a page is shown in another language.
TICKED = "stays-ticked"
# Nor has one what a page sends to say which attributes it asks for.
ASKS_HERE = "asks-here"


class StepForm(forms.Form):
    """Errors stand beside their fields; those that belong to none come first on the page."""

    required_css_class = ""
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "%s")
        super().__init__(*args, **kwargs)

    @property
    def parts(self) -> dict[str, Any]:
        """What a page shows of it, by names of its own: in a template a field goes before whatever has its name."""
        return {"terms_box": self[TERMS] if TERMS in self.fields else None}


class StayForm(StepForm):
    """A step that may be the last: asks whether the browser shall stay signed in, where customers are asked."""

    stay = forms.BooleanField(required=False)


def is_ticked(journey: Journey) -> bool:
    """Whether its box is ticked on a page that is shown: as it was left there, or on a page before."""
    return bool(journey.typed.get(TICKED, journey.stays))


def kept_tick(sent: Mapping[str, Any]) -> dict[str, bool]:
    """As what its box is kept, of the page it stands on."""
    return {TICKED: "stay" in sent}


class TermsBox(forms.CheckboxInput):
    """A box that sends the version of the terms beside it: ticked beside those of another version it is empty."""

    def __init__(self, version: str) -> None:
        super().__init__(attrs={"value": version})
        self.version = version

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return data.get(name) == self.version


def terms_field(flow: UserFlow) -> forms.BooleanField:
    """A box to accept the flow's terms of use. Where the flow says nothing of its own, the page does, by its links.

    Whoever was shown others sees these before they count as accepted.
    """
    own = flow.terms_in(spoken_languages())
    return forms.BooleanField(
        label=html_of_label(own),
        error_messages={"required": _("Accept the terms of use to continue.")},
        widget=TermsBox(flow.terms_version),
    )


class AddressField(forms.EmailField):
    """An email address. Before its @ most mail systems know the letters a to z alone, and so do we."""

    def to_python(self, value: Any) -> str:
        """As it is kept. Chromium sends the domain in ASCII, whatever was typed."""
        return written_address(str(super().to_python(value)))

    def run_validators(self, value: Any) -> None:
        """Name the letters that can't be used; whoever has them in their name would look for another mistake."""
        if not str(value).rpartition("@")[0].isascii():
            raise ValidationError(OTHER_LETTERS, code="invalid")
        if not is_plain_address(value):
            raise ValidationError(WRONG_ADDRESS, code="invalid")
        super().run_validators(address_in_ascii(value))


class AddressOrNameField(AddressField):
    """An email address or, without an @, a user name."""

    def to_python(self, value: Any) -> str:
        """As either is kept."""
        written = super().to_python(value)
        return written if "@" in written else canonical_user_name(written)

    def run_validators(self, value: Any) -> None:
        """A name that nobody can have is no name. That nobody has one, no answer tells."""
        if "@" in str(value):
            super().run_validators(value)
        elif value and user_name_problem(value):
            raise ValidationError(WRONG_ADDRESS_OR_NAME, code="invalid")


class AddressForm(StepForm):
    """Who wants in. An address that looks like a slip is asked about once; whoever `insists` on it goes on with it."""

    insists = forms.CharField(required=False, max_length=MAX_EMAIL)

    email = AddressField(
        label=_("Email address"),
        max_length=MAX_EMAIL,
        error_messages={
            "required": _("Enter your email address."),
            "invalid": WRONG_ADDRESS,
            "max_length": WRONG_ADDRESS,
        },
        widget=forms.EmailInput(
            attrs={"autocomplete": "username", "inputmode": "email", "enterkeyhint": "next", "autofocus": True}
        ),
    )

    def __init__(self, *args: Any, takes_user_names: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takes_user_names = takes_user_names
        if takes_user_names:
            self.fields["email"] = AddressOrNameField(
                label=_("Email address or user name"),
                max_length=MAX_EMAIL,
                error_messages={
                    "required": _("Enter your email address or user name."),
                    "invalid": WRONG_ADDRESS_OR_NAME,
                    "max_length": WRONG_ADDRESS_OR_NAME,
                },
            )

    @property
    def parts(self) -> dict[str, Any]:
        """Whether a user name does as well."""
        return {**super().parts, "takes_user_names": self.takes_user_names}

    @property
    def meant(self) -> str:
        """The address that was probably meant, if that hasn't been asked yet; "" otherwise. Only for a valid form."""
        email: str = self.cleaned_data["email"]
        return "" if "@" not in email or self.cleaned_data["insists"] == email else likely_address(email)


def typed_address(text: str, *, or_user_name: bool = False) -> str:
    """The address, or the user name where that does, if it could have been typed on the first page of a journey; ""
    otherwise.
    """
    form = AddressForm({"email": text}, takes_user_names=or_user_name)
    return str(form.cleaned_data["email"]) if form.is_valid() else ""


class NewPasswordField(forms.CharField):
    """A password to be. `strength` is that of the one that was sent, from 1 to 4; 0 while there is none.

    `is_unchecked` says that nobody could tell whether it is known from a breach.
    """

    strength, is_unchecked = 0, False

    def clean(self, value: Any) -> Any:
        """What is refused is weak, whatever it is made of."""
        self.strength = int(bool(value))
        cleaned = super().clean(value)
        if cleaned and password_rules().checks_breaches:
            self._look_up(cleaned)
        self.strength = strength_of(cleaned) if cleaned else 0
        return cleaned

    def _look_up(self, password: str) -> None:
        found = is_breached(sha1_of(password))
        self.is_unchecked = found is None
        if found:
            raise ValidationError(BREACHED)


def new_password_field(account: Account) -> forms.CharField:
    """A password to be for the account, made for one form in one language."""
    least = password_rules().min_length
    return NewPasswordField(
        label=_("Password"),
        strip=False,
        help_text=least_length_said(least),
        error_messages={"required": _("Enter a password.")},
        # Asked again when it is set; asked here, so that all that is wrong on a page is told at once.
        validators=[partial(check_new_password, account=account)],
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "enterkeyhint": "go",
                "minlength": least,
                # What password managers read when they make one up.
                "passwordrules": f"minlength: {least}; maxlength: {MAX_PASSWORD_LENGTH};",
            }
        ),
    )


def tell_problems(form: forms.Form, refusal: Refused) -> None:
    """Put what a service refused beside the input it is about."""
    for problem in refusal.problems:
        told = ValidationError(problem.sentence, code=problem.code)
        form.add_error(problem.field if problem.field in form.fields else None, told)
