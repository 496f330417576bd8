from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from branding.languages.every import find_any_language
from branding.languages.offered import offer
from common.text.email_address import MAX_EMAIL, canonical_email
from common.text.time_zones import time_zone_choices
from userflows.forms.fields import AddressForm, StepForm


class NewAddressForm(AddressForm):
    """The address that somebody wants to have instead of theirs. It is nobody's name for signing in yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext("New email address")
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class PreferencesForm(StepForm):
    """What an account's owner reads: the language, and in which time zone. `usual` is the tenant's own zone."""

    def __init__(self, account: Account, *args: Any, usual: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_usual = gettext("Default (%(zone)s)") % {"zone": usual.replace("_", " ")}
        self.fields["language"] = forms.ChoiceField(
            label=gettext("Language"),
            choices=_language_choices(kept=account.language),
            widget=forms.Select(attrs={"autocomplete": "language"}),
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=gettext("Time zone"),
            required=False,
            choices=[("", as_usual), *time_zone_choices(kept=account.time_zone)],
        )


class DeletionForm(StepForm):
    """Whoever wants their account gone types its address, in whatever case."""

    address = forms.CharField(
        label=_("Type your email address to confirm"),
        max_length=MAX_EMAIL,
        error_messages={"required": _("Enter your email address.")},
        widget=forms.EmailInput(
            attrs={"autocomplete": "off", "inputmode": "email", "enterkeyhint": "done", "autocapitalize": "off"}
        ),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        if canonical_email(typed) != self.account.canonical_email:
            raise ValidationError(_("This isn't the email address of your account."), code="invalid")
        return typed


def _language_choices(*, kept: str) -> list[tuple[str, str]]:
    """Those on offer, and what the account has, though it isn't any more: nobody is to change it unasked."""
    on_offer = {language.code: language.own for language in offer().languages}
    if not kept or kept in on_offer:
        return [*on_offer.items()]
    language = find_any_language(kept)
    return [(kept, language.own if language else offer().name_of_removed(kept) or kept), *on_offer.items()]
