"""Forms about the mail server of a tenant's own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mail.models import OwnServer
from mail.own_servers.description import is_lenient, may_be_anywhere
from mail.policies import STARTTLS, TLS, UNENCRYPTED
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, PortalForm, ServiceText

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
ENCRYPTIONS = {
    STARTTLS: _("Begins in clear text and encrypts before anything is sent. Usually port 587."),
    TLS: _("Encrypted from the first byte. Usually port 465."),
    UNENCRYPTED: _("For a test server. No password is sent."),
}
PUBLIC_ONLY = _("It has to have a public address: this installation sends no mail into internal networks.")


class OwnServerForm(EditForm):
    """Which server takes the tenant's mail, and who sends it. The password goes in and never comes out."""

    never_optional = ("password",)

    host = ServiceText(label=_("Server"), widget=forms.TextInput(attrs={**PLAIN, "placeholder": "smtp.example.com"}))
    port = forms.IntegerField(label=_("Port"))
    encryption = forms.ChoiceField(label=_("Encryption"), widget=RadioCards(descriptions=ENCRYPTIONS))
    user = ServiceText(label=_("User"), required=False, widget=forms.TextInput(attrs=PLAIN))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    sender_address = ServiceText(
        label=_("Sender address"),
        help_text=_("What customers see as “From”. The mail server must be allowed to send for its domain."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "no-reply@example.com"}),
    )
    sender_name = ServiceText(label=_("Sender name"), required=False, help_text=_("Without one, the tenant’s name."))
    dkim_selector = ServiceText(
        label=_("DKIM selector"),
        required=False,
        help_text=_("Your mail provider names it, such as s1. Only used to look up the record."),
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: object, has_password: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not may_be_anywhere():
            self.fields["host"].help_text = PUBLIC_ONLY
        encryption = self.fields["encryption"]
        assert isinstance(encryption, forms.ChoiceField)  # noqa: S101 - tells the type checker
        choices = [(each.value, each.label) for each in OwnServer.Encryption]
        encryption.choices = [each for each in choices if is_lenient() or each[0] != UNENCRYPTED]
        if has_password:
            self.fields["password"].help_text = _(
                "One is saved and never shown. Leave this empty to keep it; type it again for another server or user."
            )


class TestMailForm(PortalForm):
    """Where a test goes."""

    to = forms.CharField(
        label=_("Send a test to"),
        max_length=254,
        error_messages={"required": _("Enter the address that the test goes to.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
