"""How an application proves who it is."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.policies.credentials import CERTIFICATE_METHODS, KEY_METHODS
from common.crypto.certificate_names import SAN_DNS, SAN_EMAIL, SAN_IP, SAN_URI, SUBJECT_DN
from common.crypto.public_keys import MAX_KEY_SET_LENGTH
from common.web.certificates import offers_certificates, verifies_certificates
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, PortalForm, ServiceText

Method = Application.AuthMethod
KEYS, SUBJECT = ("jwks", "jwks_uri"), ("certificate_field", "certificate_subject")

METHODS = {
    Method.BASIC: _("Client secret"),
    Method.KEY_PAIR: _("Key pair"),
    Method.TLS: _("Certificate of an authority"),
    Method.SELF_SIGNED_TLS: _("Certificate of its own"),
}
CERTIFICATE_FIELD_NAMES = {
    SUBJECT_DN: _("Subject"),
    SAN_DNS: _("Alternative name: DNS"),
    SAN_URI: _("Alternative name: URI"),
    SAN_IP: _("Alternative name: IP address"),
    SAN_EMAIL: _("Alternative name: email"),
}

METHOD_DESCRIPTIONS: dict[str, Promise] = {
    Method.BASIC: _(
        "A long random text that the application sends with each request, in the header or the body. Any library "
        "can do it; anyone who sees it can use it until you delete it."
    ),
    Method.KEY_PAIR: _(
        "The application signs each request with a private key that it never shows; only the public key "
        "is kept here (private_key_jwt). Nothing that is sent can be used twice."
    ),
    Method.TLS: _(
        "The application presents a TLS certificate issued by an authority that this installation trusts, and is "
        "recognized by a name in it (tls_client_auth)."
    ),
    Method.SELF_SIGNED_TLS: _(
        "The application shows a TLS certificate that it has created itself, and is known by its key "
        "(self_signed_tls_client_auth)."
    ),
}

PLAIN = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}


class AuthenticationFields(PortalForm):
    """How an application proves who it is. What belongs to the way that wasn't chosen doesn't count."""

    never_optional = ("jwks", "jwks_uri", "certificate_field", "certificate_subject")

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

    certificate_field = forms.ChoiceField(
        label=_("Known by"), required=False, choices=list(CERTIFICATE_FIELD_NAMES.items()), initial=SUBJECT_DN
    )
    certificate_subject = ServiceText(
        label=_("Its value"),
        required=False,
        help_text=_("Exactly; a subject as RFC 4514 writes it, the last part first, such as CN=shop,O=Acme,C=DE."),
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["auth_method"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        offered = {method: words for method, words in METHODS.items() if self._is_offered(method)}
        field.choices = list(offered.items())

    def _is_offered(self, method: str) -> bool:
        """Certificates only where a proxy hands them on, and where it looks who vouches for them."""
        if method not in CERTIFICATE_METHODS or method == self.initial.get("auth_method"):
            return True
        return verifies_certificates() if method == Method.TLS else offers_certificates()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        method = cleaned.get("auth_method")
        without = [*(() if method in KEY_METHODS else KEYS), *(() if method == Method.TLS else SUBJECT)]
        for name in without:
            cleaned[name] = ""
            self.errors.pop(name, None)
        return cleaned


class AuthenticationForm(AuthenticationFields, EditForm):
    """Changes how a registered application proves who it is."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.application = application
        kept = {
            "auth_method": Method.BASIC if application.uses_secret else application.auth_method,
            **{name: getattr(application, name) for name in KEYS},
            "certificate_field": application.certificate_field or SUBJECT_DN,
            "certificate_subject": application.certificate_subject,
        }
        super().__init__(*args, kept=kept, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Both ways to send a secret are one choice here; the one that was registered stays."""
        cleaned = super().clean()
        if self.application.token_settings.encrypts and cleaned.get("auth_method") not in KEY_METHODS:
            # What is encrypted to it needs them; the page about its tokens has them.
            cleaned |= {name: getattr(self.application, name) for name in KEYS}
        if cleaned.get("auth_method") in {"", None, Method.BASIC}:
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
