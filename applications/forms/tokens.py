from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.description import UNENCRYPTED, UNSIGNED, TokenSettings
from applications.forms.credentials import AuthenticationFields
from applications.forms.sign_out import AddressField
from applications.models import Application
from applications.policies.credentials import KEY_METHODS
from applications.policies.subjects import PAIRWISE, PUBLIC
from applications.policies.tokens import ALGORITHMS, BOUNDS, CONTENT_ALGORITHMS, settings_problems
from common.crypto.public_keys import ENCRYPTION_ALGORITHMS
from common.web.certificates import offers_certificates
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm

LABELS = {
    "access_token_minutes": _("Access token lifetime (minutes)"),
    "id_token_minutes": _("ID token lifetime (minutes)"),
    "refresh_idle_days": _("Refresh token lifetime when unused (days)"),
    "refresh_absolute_days": _("Longest refresh token lifetime (days)"),
    "refresh_grace_seconds": _("Grace for a lost answer (seconds)"),
}
HELP = {
    "access_token_minutes": _("A short lifetime limits what a stolen token is worth. %(low)d to %(high)d."),
    "id_token_minutes": _("How long the application may take to look at the proof of a sign-in. %(low)d to %(high)d."),
    "refresh_idle_days": _("Customers who don’t come back for this long sign in again. %(low)d to %(high)d."),
    "refresh_absolute_days": _("After this long, everyone signs in again. %(low)d to %(high)d."),
    "refresh_grace_seconds": _(
        "How long a refresh token that was just exchanged may be sent again: by another tab at the same moment, or by "
        "a device that didn’t receive the answer. Used again later, it ends the sign-in. A server needs none. %(low)d "
        "to %(high)d."
    ),
}
SUBJECT_TYPES = {PUBLIC: _("Public"), PAIRWISE: _("Pairwise")}
SUBJECT_DESCRIPTIONS: dict[str, Promise] = {
    PUBLIC: _(
        "Every application gets the same ID for a customer, so applications can see that they have one in common."
    ),
    PAIRWISE: _("This application gets its own customer IDs. Only applications of the same host share them."),
}
CONTENT_LABELS = {
    "id_token": _("Encryption of the content of ID tokens"),
    "userinfo": _("Encryption of the content of userinfo"),
}
OF_CUSTOMERS = ("id_token_minutes", "refresh_idle_days", "refresh_absolute_days", "refresh_grace_seconds")


class TokenSettingsForm(EditForm):
    """How the tokens of an application are made. A service is asked only about access tokens."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application
        is_service = application.kind == Application.Kind.SERVICE
        for name in LABELS:
            if not (is_service and name in OF_CUSTOMERS):
                self.fields[name] = _number(name)
        self.fields["access_token_algorithm"] = _algorithm(_("Access tokens are signed with"))
        if not is_service:
            self.fields["id_token_algorithm"] = _algorithm(_("ID tokens are signed with"))
            self.fields["id_token_algorithm"].help_text = _("Every client library understands RS256.")
            self.fields["id_token_tells_customer"] = forms.BooleanField(
                label=_("Customer claims in ID tokens"),
                required=False,
                help_text=_(
                    "Name, email and whatever else its scopes grant. For libraries that never call userinfo, such "
                    "as MSAL; if this is off, only userinfo returns them."
                ),
            )
            self.fields["userinfo_algorithm"] = _algorithm(
                _("Userinfo is signed with"), (UNSIGNED, _("Nothing: plain JSON"))
            )
            self.fields["userinfo_algorithm"].help_text = _("The library has to support userinfo as a signed JWT.")
        self.fields["requires_dpop"] = forms.BooleanField(
            label=_("Only tokens bound to a key (DPoP)"),
            required=False,
            help_text=_(
                "A stolen token is then useless without the application’s key. Its library has to support DPoP; "
                "one that does can use it without this, too."
            ),
        )
        if offers_certificates() or application.binds_to_certificate:
            self.fields["binds_to_certificate"] = forms.BooleanField(
                label=_("Only tokens bound to a certificate (mutual TLS)"),
                required=False,
                help_text=_(
                    "A stolen token is then useless without the key of the certificate that the application shows "
                    "with each request."
                ),
            )
        if not is_service:
            self._ask_about_encryption()
            self._ask_about_subjects()

    def _ask_about_encryption(self) -> None:
        """What belongs together is shown together; `shown_fields.css` hides what nothing needs."""
        for place, label in (
            ("id_token", _("ID tokens are encrypted with")),
            ("userinfo", _("Userinfo is encrypted with")),
        ):
            nothing = (UNENCRYPTED, _("Nothing"))
            self.fields[f"{place}_encryption"] = _choice(label, ENCRYPTION_ALGORITHMS, nothing)
            self.fields[f"{place}_content"] = _choice(CONTENT_LABELS[place], CONTENT_ALGORITHMS)
        self.fields["id_token_encryption"].help_text = _(
            "With a public key of the application, so that no one else reads them, in its browser or its logs. "
            "Logout tokens are encrypted, too."
        )
        if self.application.auth_method not in KEY_METHODS:
            for name in ("jwks", "jwks_uri"):
                self.fields[name] = deepcopy(AuthenticationFields.base_fields[name])
            self.never_optional = ("jwks", "jwks_uri")

    def _ask_about_subjects(self) -> None:
        self.fields["subject_type"] = forms.ChoiceField(
            label=_("Subject type"),
            choices=list(SUBJECT_TYPES.items()),
            widget=RadioCards(descriptions=SUBJECT_DESCRIPTIONS),
        )
        self.fields["sector_identifier_uri"] = AddressField(
            label=_("Sector identifier URI"),
            help_text=_(
                "Only for pairwise IDs, where redirect URIs have several hosts or applications should share the "
                "IDs. This address serves a JSON list of the redirect URIs. Its host is what counts."
            ),
        )
        if self.application.last_used_on is not None:
            self.fields["accepts_new_subjects"] = forms.BooleanField(
                label=_("Let the application lose its customers"),
                required=False,
                help_text=_(
                    "Needed to change the IDs of an application in use: it will treat each customer as someone "
                    "new, and tokens it holds are refused."
                ),
            )

    def clean(self) -> dict[str, Any]:
        """What doesn't fit together is said along with what can't be read."""
        cleaned = super().clean()
        for name, problem in settings_problems(self._with_kept(cleaned)).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, problem)
        return cleaned

    def _with_kept(self, chosen: Mapping[str, Any]) -> TokenSettings:
        kept = vars(self.application.token_settings)
        return TokenSettings(**(kept | {name: value for name, value in chosen.items() if name in kept}))


def _number(name: str) -> forms.IntegerField:
    bounds = BOUNDS[name]
    return forms.IntegerField(
        label=LABELS[name],
        help_text=HELP[name] % {"low": bounds.low, "high": bounds.high},
        widget=forms.NumberInput(attrs={"min": bounds.low, "max": bounds.high}),
    )


def _algorithm(label: Any, *others: tuple[str, str | Promise]) -> forms.ChoiceField:
    return _choice(label, ALGORITHMS, *others)


def _choice(label: Any, names: Iterable[str], *others: tuple[str, str | Promise]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[*others, *((name, name) for name in names)])
