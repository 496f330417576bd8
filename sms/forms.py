"""Forms about text messages."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.text.countries import country_letters
from common.text.translation import grouped
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, PortalForm, ServiceText
from sms.models import TextSettings
from sms.policies import FORM, GET, HTTP, JSON, MOST_TEXTS, OUTBOX

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
SENDERS = {
    "": (_("None"), _("No one is sent a text message.")),
    OUTBOX: (_("Kept in the portal"), _("For trying things out: nothing leaves, and messages can be read here.")),
    HTTP: (_("An SMS provider, over HTTP"), _("One request for each message, as the provider’s manual says.")),
}
REQUESTS = {
    JSON: _("The usual one. Values are escaped for JSON."),
    FORM: _("The way a form is sent. Values are percent-encoded."),
    GET: _("Everything is in the address."),
}


class TextSettingsForm(EditForm):
    """By what text messages leave, to which countries, and how many. The secret goes in and never comes out."""

    never_optional = ("url", "headers", "body", "secret", "countries")

    sender = forms.ChoiceField(
        label=_("Sender"),
        required=False,
        choices=[(name, label) for name, (label, _hint) in SENDERS.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in SENDERS.items()}),
    )
    request = forms.ChoiceField(
        label=_("Request"), choices=TextSettings.Request.choices, widget=RadioCards(descriptions=REQUESTS)
    )
    url = ServiceText(
        label=_("Address"),
        required=False,
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "https://api.example.com/messages", "class": "mono"}),
    )
    headers = ServiceText(
        label=_("Headers"),
        required=False,
        help_text=_("One per line. {secret} is replaced by the secret below."),
        widget=forms.Textarea(
            attrs={**PLAIN, "rows": 3, "placeholder": "Authorization: Bearer {secret}", "class": "mono"}
        ),
    )
    body = ServiceText(
        label=_("Body"),
        required=False,
        help_text=_("{to} is replaced by the number, such as +4915112345678, and {text} by the message."),
        widget=forms.Textarea(
            attrs={**PLAIN, "rows": 4, "placeholder": '{"to": "{to}", "text": "{text}"}', "class": "mono"}
        ),
    )
    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    countries = forms.CharField(
        label=_("Countries"),
        required=False,
        help_text=_("Messages go to no other country. Two letters or names, separated by commas, such as DE, AT, CH."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    per_hour = forms.IntegerField(label=_("At most in an hour"), min_value=1, max_value=MOST_TEXTS)
    per_day = forms.IntegerField(label=_("At most in a day"), min_value=1, max_value=MOST_TEXTS)
    per_country = forms.IntegerField(label=_("At most in a day to each country"), min_value=1, max_value=MOST_TEXTS)

    def __init__(self, *args: object, has_secret: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if has_secret:
            self.fields["secret"].help_text = _(
                "One is saved and never shown. Leave this empty to keep it; type it again for another server."
            )

    def clean_headers(self) -> str:
        """Lines end as everywhere else."""
        return str(self.cleaned_data["headers"]).replace("\r\n", "\n")

    def clean_body(self) -> str:
        """Likewise; with GET there is none, and the page doesn't show what may stand there."""
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        return "" if self.cleaned_data.get("request") == GET else body

    def clean_countries(self) -> tuple[str, ...]:
        """Their letters, each once; what is none stays as it was typed, and is refused by name."""
        named = (part.strip() for part in self.cleaned_data["countries"].replace(";", ",").split(","))
        return tuple(dict.fromkeys(country_letters(name) or name for name in named if name))


class CountryLimitForm(EditForm):
    """How many messages one country may be sent in a day."""

    most = forms.IntegerField(label=_("At most in a day"), required=False, min_value=1, max_value=MOST_TEXTS)

    def __init__(self, *args: object, usual: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        words = gettext("Leave this empty for as many as each country may be sent: %(usual)s.")
        self.fields["most"].help_text = words % {"usual": grouped(usual)}


class TestTextForm(PortalForm):
    """Where a test goes."""

    to = forms.CharField(
        label=_("Send a test to"),
        max_length=40,
        error_messages={"required": _("Enter the number that the test goes to.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "placeholder": "+49 1511 2345678"}),
    )
