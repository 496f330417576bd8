from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from audit.search import read_network
from portal.forms.named import application_named
from portal_frame.forms import PortalForm


class SignInCheckForm(PortalForm):
    """To which application the customer wants to sign in, and from where; both may be left open."""

    application = forms.CharField(
        label=_("Application"), required=False, max_length=256, help_text=_("Its name or client ID.")
    )
    ip = forms.CharField(
        label=_("IP address"),
        required=False,
        max_length=45,
        help_text=_("Where they try from, for limits that depend on it."),
    )

    def clean_application(self) -> Application | None:
        text = self.cleaned_data["application"]
        if not text:
            return None
        found = application_named(text)
        if found is None:
            raise forms.ValidationError(_("No application has this name or client ID."))
        return found

    def clean_ip(self) -> str:
        text = self.cleaned_data["ip"].strip()
        network = read_network(text) if text else None
        if text and (network is None or network.num_addresses != 1):
            raise forms.ValidationError(_("Enter one IP address."))
        return str(network[0]) if network else ""
