"""The form about the terms of use that customers accept by a user flow."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal_frame.forms import EditForm, ServiceText


class TermsForm(EditForm):
    """Which version of the terms customers have to accept, and the sentence at the box."""

    terms_version = ServiceText(
        label=_("Version"),
        required=False,
        help_text=_(
            "Any name, such as 2026-12-01. Without one, no one is asked. Change it when the terms change: "
            "customers then accept the new version the next time they sign in."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    terms_text = ServiceText(
        label=_("Sentence at the check box"),
        required=False,
        help_text=_(
            "It may hold links, such as I accept the [terms of use](https://example.com/terms). If empty, customers "
            "read a sentence in their language, with the terms and privacy links of the company branding."
        ),
    )
