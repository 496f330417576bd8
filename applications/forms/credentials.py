"""How an application proves who it is."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from common.crypto.public_keys import MAX_KEY_SET_LENGTH
from frame.forms import EditForm, PortalForm, ServiceText
from frame.widgets import RadioCards

Method = Application.AuthMethod

METHODS = {
    Method.BASIC: _("Client secret"),
    Method.KEY_PAIR: _("Key pair"),
}

METHOD_DESCRIPTIONS: dict[str, Promise] = {
    Method.BASIC: _(
        "A long random text that the application sends with each request, in the header or the body. Any "
        "library can do it; whoever reads it can use it until it is deleted."
    ),
    Method.KEY_PAIR: _(
        "The application signs each request with a private key that it never shows; only the public key "
        "is kept here (private_key_jwt). Nothing that is sent can be used twice."
    ),
}

PLAIN = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}


class AuthenticationFields(PortalForm):
    """How an application proves who it is. What belongs to the way that wasn't chosen doesn't count."""

    never_optional = ("jwks", "jwks_uri")

    auth_method = forms.ChoiceField(
        label=_("Client authentication"),
        choices=list(METHODS.items()),
        initial=Method.BASIC,
        required=False,
        widget=RadioCards(descriptions=METHOD_DESCRIPTIONS),
    )
    jwks = forms.CharField(
        label=_("Public keys"),
        required=False,
        # Room for what is over to be answered by the service.
        max_length=2 * MAX_KEY_SET_LENGTH,
        help_text=_(
            'A JWK Set, {"keys": [...]}, without anything private: RSA of 2048 to 4096 bits, or EC with P-256.'
        ),
        widget=forms.Textarea(attrs={"rows": 5, "class": "uris", **PLAIN}),
    )
    jwks_uri = forms.CharField(
        label=_("Or the address of the public keys"),
        required=False,
        max_length=4096,
        help_text=_(
            "Where the application publishes them (jwks_uri); then it can change its keys by itself. https, at a "
            "public address."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", **PLAIN}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("auth_method") != Method.KEY_PAIR:
            cleaned |= {"jwks": "", "jwks_uri": ""}
            for name in ("jwks", "jwks_uri"):
                self.errors.pop(name, None)
        return cleaned


class AuthenticationForm(AuthenticationFields, EditForm):
    """Changes how a registered application proves who it is."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.application = application
        is_key_pair = application.uses_key_pair
        kept = {
            "auth_method": Method.KEY_PAIR if is_key_pair else Method.BASIC,
            "jwks": application.jwks,
            "jwks_uri": application.jwks_uri,
        }
        super().__init__(*args, kept=kept, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Both ways to send a secret are one choice here; the one that was registered stays."""
        cleaned = super().clean()
        if cleaned.get("auth_method") != Method.KEY_PAIR:
            stays = self.application.auth_method == Method.POST
            cleaned["auth_method"] = Method.POST if stays else Method.BASIC
        return cleaned


LIFETIMES = {
    "90": _("90 days"),
    "180": _("180 days (recommended)"),
    "365": _("365 days (12 months)"),
    "730": _("730 days (24 months)"),
}

PROPOSED = "180"


class ClientSecretForm(PortalForm):
    """A further client secret. `expires_in` cleans to a `timedelta`."""

    description = ServiceText(
        label=_("Description"),
        required=False,
        help_text=_("Where it is used, such as “Production server”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires_in = forms.ChoiceField(label=_("Expires after"), choices=list(LIFETIMES.items()), initial=PROPOSED)

    def clean_expires_in(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["expires_in"]))
