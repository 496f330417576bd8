from typing import Any

from django import forms

from applications.grants import KINDS
from applications.models import Application
from tenants.portal_pages import EditForm


class GrantsForm(EditForm):
    """Which further ways to get tokens the application may use; only those its kind may have."""

    allows_device_grant = forms.BooleanField(
        label="Device code",
        required=False,
        help_text="For devices without a keyboard or a browser, and for command line tools: customers enter a short "
        "code in a browser elsewhere and sign in there (RFC 8628).",
    )
    allows_token_exchange = forms.BooleanField(
        label="Token exchange",
        required=False,
        help_text="The application may exchange an access token that it was called with for one of its own, to call "
        "other APIs in the same customer’s name, with what it is permitted there (RFC 8693).",
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        kept = {name: getattr(application, name) for name in KINDS}
        super().__init__(*args, kept=kept, **kwargs)
        for name, kinds in KINDS.items():
            if application.kind not in kinds:
                del self.fields[name]
