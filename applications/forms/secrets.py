from datetime import timedelta

from django import forms

from frame.forms import PortalForm, ServiceText

LIFETIMES = {
    "90": "90 days",
    "180": "180 days (proposed)",
    "365": "365 days (12 months)",
    "730": "730 days (24 months)",
}
PROPOSED = "180"


class ClientSecretForm(PortalForm):
    """A further client secret. `expires_in` cleans to a `timedelta`."""

    description = ServiceText(
        required=False,
        help_text="Where it is used, such as “Production server”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires_in = forms.ChoiceField(label="Expires after", choices=list(LIFETIMES.items()), initial=PROPOSED)

    def clean_expires_in(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["expires_in"]))
