"""The form about second factors in a user flow: who is asked, for what, and how long a browser is remembered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal_frame.fields.widgets import CheckCards, RadioCards
from portal_frame.forms import EditForm
from userflows.state import ALWAYS, APP, FACTORS, MAIL, MOST_REMEMBER_DAYS, NEW_BROWSER, PASSKEY, SMS, WHO_HAS_ONE

WHO = {
    WHO_HAS_ONE: (
        _("Only customers who have set one up"),
        _("Optional. Customers who have set up an authenticator app are asked for it in each new browser."),
    ),
    NEW_BROWSER: (
        _("Everyone, in a new browser"),
        _("A browser in which a customer has shown a second factor can be remembered."),
    ),
    ALWAYS: (_("Everyone, at each sign-in"), _("No browser is remembered.")),
}
WHICH = {
    APP: (
        _("Authenticator app"),
        _("Codes shown by an app on a phone. It comes with ten recovery codes in case the phone is lost."),
    ),
    MAIL: (
        _("Code by email"),
        _("For customers without an authenticator app who signed in with something other than a code by email."),
    ),
    SMS: (
        _("Text message"),
        _("A code sent to a phone number that the customer has confirmed. Weaker than the others, and it costs money."),
    ),
    PASSKEY: (
        _("Passkey"),
        _("A fingerprint, face or PIN on the customer’s own device. Customers who sign in with one need nothing else."),
    ),
}


class SecondFactorForm(EditForm):
    """Who is asked for a second factor, which there are, and for how many days a browser is remembered."""

    second_factor = forms.ChoiceField(
        label=_("Who is asked"),
        required=False,
        choices=[(name, label) for name, (label, _hint) in WHO.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in WHO.items()}),
    )
    factors = forms.MultipleChoiceField(
        label=_("Second factors"),
        required=False,
        choices=[(name, label) for name, (label, _hint) in WHICH.items()],
        widget=CheckCards(descriptions={name: hint for name, (_label, hint) in WHICH.items()}),
        help_text=_("Customers with an authenticator app are asked for it, whatever you choose here."),
    )
    remember_days = forms.IntegerField(
        label=_("Days a browser is remembered"),
        min_value=0,
        max_value=MOST_REMEMBER_DAYS,
        help_text=_(
            "0 offers it to no one. Where an application requests two factors (acr_values), a remembered browser "
            "isn’t enough."
        ),
    )

    def clean_factors(self) -> tuple[str, ...]:
        """In one order, whatever the order of the ticks."""
        chosen: Any = self.cleaned_data["factors"]
        return tuple(name for name in FACTORS if name in chosen)
