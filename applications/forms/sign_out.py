from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.description import SignOut
from portal_frame.forms import EditForm, ServiceText


class AddressField(ServiceText):
    """One URI, or nothing. What is wrong with it is for the service to say."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "inputmode": "url"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attributes), **kwargs)


class SignOutAddressesForm(EditForm):
    """Where an application hears that a customer has signed out."""

    backchannel_logout_uri = AddressField(
        label=_("Back-channel logout URI"),
        help_text=_("This server calls it with a signed logout token, even when no browser is open."),
    )
    backchannel_logout_session_required = forms.BooleanField(
        label=_("Send the ID of each session (sid)"),
        required=False,
        help_text=_("If this is off, signing out everywhere sends one token, with the customer’s ID (sub) only."),
    )
    frontchannel_logout_uri = AddressField(
        label=_("Front-channel logout URI"),
        help_text=_("The customer’s browser loads it, unseen, after a sign-out. Same origin as a redirect URI."),
    )
    frontchannel_logout_session_required = forms.BooleanField(
        label=_("Add the issuer and the session ID to the URI (iss, sid)"), required=False
    )
    field_order = [name for name in vars(SignOut()) if name != "post_logout_redirect_uris"]
