from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.policies.grants import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    POSSIBLE_GRANTS,
    REFRESH_TOKEN,
    TOKEN_EXCHANGE,
)
from portal_frame.fields.widgets import CheckCards
from portal_frame.forms import EditForm

LABELS = {
    AUTHORIZATION_CODE: _("Authorization code"),
    REFRESH_TOKEN: _("Refresh token"),
    CLIENT_CREDENTIALS: _("Client credentials"),
    DEVICE_CODE: _("Device code"),
    TOKEN_EXCHANGE: _("Token exchange"),
}
DESCRIPTIONS = {
    AUTHORIZATION_CODE: _("Customers sign in in their browser, which brings a code back to the application."),
    REFRESH_TOKEN: _("Where it asked for offline_access, the application gets new tokens while the customer is away."),
    CLIENT_CREDENTIALS: _("The application gets access tokens in its own name, without any customer."),
    DEVICE_CODE: _(
        "For devices without a keyboard or a browser, and for command line tools: customers enter a short "
        "code in a browser elsewhere and sign in there (RFC 8628)."
    ),
    TOKEN_EXCHANGE: _(
        "The application may exchange an access token that it was called with for one of its own, to call "
        "other APIs in the same customer’s name, with what it is permitted there (RFC 8693)."
    ),
}


class GrantsForm(EditForm):
    """Which ways to get tokens the application may use, of those its kind may have."""

    grant_types = forms.MultipleChoiceField(
        label=_("Grants"),
        widget=CheckCards(descriptions=DESCRIPTIONS),
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, kept={"grant_types": list(application.grant_types)}, **kwargs)
        field = self.fields["grant_types"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(grant, LABELS[grant]) for grant in POSSIBLE_GRANTS[application.kind]]
