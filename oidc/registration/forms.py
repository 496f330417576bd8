from django import forms

from frame.forms import PortalForm
from oidc.registration.policies import MAX_DAYS, MAX_DESCRIPTION_LENGTH, MAX_REGISTRATIONS


class InitialAccessTokenForm(PortalForm):
    """A further token by which applications register themselves."""

    description = forms.CharField(
        max_length=MAX_DESCRIPTION_LENGTH,
        help_text="Where it is used, such as “Partner portal”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label="Good for (days)",
        initial=30,
        min_value=1,
        max_value=MAX_DAYS,
        help_text=f"1 to {MAX_DAYS}.",
    )
    max_registrations = forms.IntegerField(
        label="Applications at most",
        initial=1,
        min_value=1,
        max_value=MAX_REGISTRATIONS,
        help_text=f"1 to {MAX_REGISTRATIONS}.",
    )
