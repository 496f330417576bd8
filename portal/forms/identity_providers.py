"""Forms of the portal's pages about identity providers."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.attributes import BUILT_IN_ATTRIBUTES
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, ServiceText
from providers.description import ProviderDescription
from providers.models import IdentityProvider
from providers.policies import APPLE, GITHUB, GOOGLE, MICROSOFT, OIDC, PRESETS, SAML
from providers.services import mappable_attributes

LISTS, ALWAYS = {"scopes", "trusted_domains"}, {"name", "is_on"}
PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "mono"}
CLAIM = "claim_"
CLIENT_IDS: dict[str, Any] = {APPLE: _("The identifier of the Services ID, such as com.example.signin.")}
KEPT = _("One is saved and never shown. Leave this empty to keep it; paste it again for another issuer or client ID.")
PROOFS: dict[str, Any] = {
    IdentityProvider.Authentication.SECRET: _("The provider makes a secret, and you paste it here. The usual way."),
    IdentityProvider.Authentication.KEY: _(
        "A key created here signs each request (private_key_jwt); no secret is shared."
    ),
}
TRUST: dict[str, Any] = {
    IdentityProvider.Trust.NONE: _("Customers confirm their address once by a code. The safe choice if you’re unsure."),
    IdentityProvider.Trust.DOMAINS: _("Addresses of these domains that the provider has verified need no code."),
    IdentityProvider.Trust.ALL: _("Every address that the provider has verified needs no code."),
}
# SAML has no word for an address that was verified.
TRUST_OF_SAML: dict[str, Any] = {
    **TRUST,
    IdentityProvider.Trust.DOMAINS: _("Addresses of these domains need no code: the provider vouches for them."),
    IdentityProvider.Trust.ALL: _("Every address that the provider sends needs no code."),
}
ISSUERS: dict[str, Any] = {
    GOOGLE: _("Leave it as it is."),
    APPLE: _("Leave it as it is."),
    GITHUB: _("Leave it as it is, or write the address of a GitHub Enterprise Server."),
    MICROSOFT: _(
        "With common, any Microsoft account will do; organizations, consumers or the ID of a tenant in its place narrow"
        " it down."
    ),
    SAML: _("What the provider calls itself. If empty, the entityID from its metadata."),
    OIDC: _(
        "The address whose /.well-known/openid-configuration describes the provider, such as https://id.example.com."
    ),
}


class SecretTextarea(forms.Textarea):
    """Where a secret of several lines goes in, which no page repeats and no script keeps."""

    def __init__(self, attrs: dict[str, Any]) -> None:
        super().__init__({**attrs, "data-secret": True})

    def format_value(self, value: Any) -> None:
        """Nothing, whatever was sent."""


class ProviderForm(EditForm):
    """All about one provider. The secret goes in and never comes out."""

    never_optional = ("secret", "trusted_domains", "metadata_url", "metadata", "issuer")

    provider_id = forms.RegexField(r"\A[0-9a-f]{12}\Z", required=False, widget=forms.HiddenInput())
    name = ServiceText(label=_("Name"), help_text=_("What customers read: “Continue with …”."))
    issuer = ServiceText(label=_("Issuer"), widget=forms.URLInput(attrs=PLAIN))
    client_id = ServiceText(label=_("Client ID"), widget=forms.TextInput(attrs=PLAIN))
    metadata_url = ServiceText(
        label=_("Address of its metadata"),
        required=False,
        help_text=_("It’s checked every hour, so new certificates take effect automatically."),
        widget=forms.URLInput(attrs=PLAIN),
    )
    metadata = ServiceText(
        label=_("Or the metadata itself"),
        required=False,
        help_text=_("For a provider that doesn’t publish any. Paste it again before its certificates change."),
        widget=forms.Textarea(attrs={**PLAIN, "rows": 6}),
    )
    subject_attribute = ServiceText(
        label=_("Attribute that identifies the customer"),
        required=False,
        help_text=_("If empty, the persistent NameID. Don’t choose one whose owner can change, such as an address."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    signs_requests = forms.BooleanField(
        label=_("Sign requests"),
        required=False,
        help_text=_("If the provider asks for it; the certificate is in our metadata."),
    )
    team_id = ServiceText(
        label=_("Team ID"), help_text=_("Under Membership details."), widget=forms.TextInput(attrs=PLAIN)
    )
    key_id = ServiceText(
        label=_("Key ID"), help_text=_("Of the key for Sign in with Apple."), widget=forms.TextInput(attrs=PLAIN)
    )
    authentication = forms.ChoiceField(
        label=_("How we authenticate there"),
        choices=[("client_secret", _("Client secret")), ("private_key_jwt", _("Key pair"))],
        widget=RadioCards(descriptions=PROOFS),
    )
    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "mono"}),
    )
    scopes = ServiceText(
        label=_("Scopes"),
        help_text=_("What is asked for, separated by spaces."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    trust = forms.ChoiceField(
        label=_("Verified addresses that count here"),
        choices=[
            ("none", pgettext_lazy("addresses", "None")),
            ("domains", _("Those of these domains")),
            ("all", _("All")),
        ],
        widget=RadioCards(descriptions=TRUST),
    )
    trusted_domains = ServiceText(
        label=_("Domains"),
        required=False,
        help_text=_("Separated by spaces, such as example.com."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    is_on = forms.BooleanField(
        label=_("Customers may sign in with it"),
        required=False,
        help_text=_(
            "Where a user flow offers it. While it’s switched off, no one can sign in with it, and nothing is lost."
        ),
    )

    def __init__(self, *args: Any, description: ProviderDescription, has_secret: bool = False, **kwargs: Any) -> None:
        self.description = description
        super().__init__(*args, kept=_kept(description), version=description.version, **kwargs)
        self.fields["issuer"].help_text = ISSUERS.get(description.kind, "")
        self.fields["client_id"].help_text = CLIENT_IDS.get(description.kind, "")
        if description.kind == APPLE:
            self.fields["secret"] = _key_file()
        if has_secret:
            self.fields["secret"].help_text = KEPT
        if description.kind == SAML:
            self.fields["issuer"].label, self.fields["issuer"].widget = _("Entity ID"), forms.TextInput(attrs=PLAIN)
            self.fields["trust"].label = _("Addresses that count as verified here")
            self.fields["trust"].widget.descriptions = TRUST_OF_SAML
            del self.fields["secret"]
        self._leave_out_others()
        for name in mappable_attributes(description.kind):
            built_in = BUILT_IN_ATTRIBUTES.get(name)
            self.fields[f"{CLAIM}{name}"] = ServiceText(
                label=str(built_in.label) if built_in else name,
                required=False,
                initial=description.claims.get(name, ""),
                widget=forms.TextInput(attrs=PLAIN),
            )

    @property
    def claim_fields(self) -> list[forms.BoundField]:
        """One for each attribute that a claim may fill."""
        return [bound for bound in self if bound.name.startswith(CLAIM)]

    @property
    def wished(self) -> ProviderDescription:
        """What was chosen. Only for a valid form."""
        sent = self.cleaned_data
        chosen = {each.name: sent[each.name] for each in fields(ProviderDescription) if each.name in sent}
        for name in LISTS & chosen.keys():
            chosen[name] = tuple(chosen[name].replace(",", " ").split())
        claims = {name.removeprefix(CLAIM): claim for name, claim in sent.items() if name.startswith(CLAIM)}
        return replace(self.description, **chosen, claims=claims)

    def _leave_out_others(self) -> None:
        """Ask nothing that providers of this kind don't have."""
        had = PRESETS[self.description.kind].fields
        for each in fields(ProviderDescription):
            if each.name not in had | ALWAYS:
                self.fields.pop(each.name, None)


def _key_file() -> forms.CharField:
    """Where Apple's key is pasted, which has several lines."""
    return forms.CharField(
        label=_("Private key"),
        required=False,
        help_text=_("The content of the .p8 file that Apple lets you download once."),
        widget=SecretTextarea(attrs={**PLAIN, "rows": 6}),
    )


def _kept(description: ProviderDescription) -> Mapping[str, Any]:
    return {
        **vars(description),
        "scopes": " ".join(description.scopes),
        "trusted_domains": " ".join(description.trusted_domains),
    }
