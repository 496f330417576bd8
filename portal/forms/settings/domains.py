"""The form about a domain of a tenant's own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal_frame.forms import PortalForm, ServiceText


class DomainForm(PortalForm):
    """Which domain is to lead to the tenant."""

    domain = ServiceText(
        label=_("Domain"),
        help_text=_("One whose DNS you manage, usually a dedicated name such as auth.example.com."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": "auth.example.com",
            }
        ),
    )
