from django import forms
from django.conf import settings

from frame.forms import EditForm, PortalForm, ServiceText
from frame.widgets import RadioCards
from logs.models import Destination
from logs.rules import ACTIVITY_DAYS, ADMINISTRATION_DAYS


class RulesForm(EditForm):
    """For how long events are kept. Cleans to the fields of `logs.rules.LogRules`."""

    activity_days = forms.IntegerField(label="Keep activity for", required=False)
    administration_days = forms.IntegerField(label="Keep administration for", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["activity_days"].help_text = "What customers and applications do, such as sign-ins. " + _days(
            *ACTIVITY_DAYS, default=settings.CIAM_ACTIVITY_KEPT_DAYS
        )
        self.fields["administration_days"].help_text = (
            "What administrators, commands and the product itself do. "
            + _days(*ADMINISTRATION_DAYS, default=settings.CIAM_ADMINISTRATION_KEPT_DAYS)
        )


class DestinationForm(PortalForm):
    """Where else the log goes. Cleans to the fields of `logs.forwarding.description.DestinationDescription`."""

    name = ServiceText(label="Name", required=False, help_text="For administrators, such as the collector’s name.")
    kind = forms.ChoiceField(
        label="Kind",
        choices=Destination.Kind.choices,
        initial=Destination.Kind.WEB_HOOK,
        widget=RadioCards(
            descriptions={
                Destination.Kind.WEB_HOOK: "Batches of JSON over HTTPS, signed with a secret.",
                Destination.Kind.SYSLOG: "One message an event, RFC 5424 over TLS.",
            }
        ),
    )
    address = ServiceText(
        label="Address",
        required=False,
        help_text="Of a web-hook: https://… Of a syslog server: its name and port, such as logs.example.com:6514.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", "class": "mono"}),
    )


class ReplayForm(PortalForm):
    """From when on a destination gets everything again."""

    since = forms.DateTimeField(
        label="Everything since",
        help_text="In UTC. What has gone since, as its time was over, isn’t sent.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Choose a day and a time.",
            "invalid": "Enter a day and a time, such as 2026-11-29 14:30.",
        },
    )


def _days(low: int, high: int, *, default: int) -> str:
    return f"{low} to {high:,} days; left empty, {default} days."
