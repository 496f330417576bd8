from collections.abc import Mapping
from typing import Any

from django import forms

from applications.description import UNSIGNED, TokenSettings
from applications.models import Application
from applications.policies.tokens import ALGORITHMS, BOUNDS, settings_problems
from frame.forms import EditForm

LABELS = {
    "access_token_minutes": "Access token lifetime",
    "id_token_minutes": "ID token lifetime",
    "refresh_idle_days": "Refresh token lifetime when unused",
    "refresh_absolute_days": "Longest refresh token lifetime",
    "refresh_grace_seconds": "Grace for a lost answer",
}
HELP = {
    "access_token_minutes": "A short life limits what a stolen token is worth.",
    "id_token_minutes": "How long the application may take to look at the proof of a sign-in.",
    "refresh_idle_days": "Customers who don't come back for this long sign in again.",
    "refresh_absolute_days": "After this long everybody signs in again.",
    "refresh_grace_seconds": "How long a refresh token that was just exchanged may be sent again: by another tab at "
    "the same moment, or by a device that didn't receive the answer. Used again later, it ends the sign-in. "
    "A server needs none.",
}
OF_CUSTOMERS = ("id_token_minutes", "refresh_idle_days", "refresh_absolute_days", "refresh_grace_seconds")


class TokenSettingsForm(EditForm):
    """How the tokens of an application are made. A service is asked only about access tokens."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application
        is_service = application.kind == Application.Kind.SERVICE
        for name, label in LABELS.items():
            if not (is_service and name in OF_CUSTOMERS):
                self.fields[name] = _number(name, label)
        self.fields["access_token_algorithm"] = _algorithm("Access tokens are signed with")
        if not is_service:
            self.fields["id_token_algorithm"] = _algorithm("ID tokens are signed with")
            self.fields["id_token_algorithm"].help_text = "Every client library understands RS256."
            self.fields["id_token_tells_customer"] = forms.BooleanField(
                label="Customer claims in ID tokens",
                required=False,
                help_text="Name, email and whatever else its scopes grant. For libraries that never call userinfo, "
                "such as MSAL; otherwise only userinfo returns them.",
            )
            self.fields["userinfo_algorithm"] = _algorithm("Userinfo is signed with", (UNSIGNED, "Nothing: plain JSON"))
            self.fields["userinfo_algorithm"].help_text = "A library has to know that userinfo may be a signed JWT."
        self.fields["requires_dpop"] = forms.BooleanField(
            label="Only tokens bound to a key (DPoP)",
            required=False,
            help_text="A stolen token is then of no use without the application's key. Its library has to know DPoP; "
            "one that does may use it without this, too.",
        )

    def clean(self) -> dict[str, Any]:
        """What doesn't fit together is said along with what can't be read."""
        cleaned = super().clean()
        for name, problem in settings_problems(self._with_kept(cleaned)).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, problem)
        return cleaned

    def _with_kept(self, chosen: Mapping[str, Any]) -> TokenSettings:
        return TokenSettings(**(vars(self.application.token_settings) | dict(chosen)))


def _number(name: str, label: str) -> forms.IntegerField:
    bounds = BOUNDS[name]
    return forms.IntegerField(
        label=f"{label} ({bounds.unit})",
        help_text=f"{HELP[name]} {bounds.low} to {bounds.high}.",
        widget=forms.NumberInput(attrs={"min": bounds.low, "max": bounds.high}),
    )


def _algorithm(label: str, *others: tuple[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[*others, *((name, name) for name in ALGORITHMS)])
