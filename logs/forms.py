from django import forms
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logs.models import Destination
from logs.rules import ACTIVITY_DAYS, ADMINISTRATION_DAYS
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, PortalForm, ServiceText


class RulesForm(EditForm):
    """For how long events are kept. Cleans to the fields of `logs.rules.LogRules`."""

    activity_days = forms.IntegerField(label=_("Keep activity for"), required=False)
    administration_days = forms.IntegerField(label=_("Keep administration for"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        what = gettext("What customers and applications do, such as sign-ins.")
        self._explain("activity_days", what, ACTIVITY_DAYS, settings.CIAM_ACTIVITY_KEPT_DAYS)
        administration = gettext("What administrators, commands and the product itself do.")
        self._explain(
            "administration_days", administration, ADMINISTRATION_DAYS, settings.CIAM_ADMINISTRATION_KEPT_DAYS
        )

    def _explain(self, name: str, what: str, bounds: tuple[int, int], default: int) -> None:
        low, high = bounds
        length = gettext("%(low)s to %(high)s days; left empty, %(default)s.")
        length %= {"low": low, "high": intcomma(high), "default": intcomma(default)}
        self.fields[name].help_text = f"{what} {length}"
        self.fields[name].widget.attrs["placeholder"] = str(default)


def _name() -> ServiceText:
    return ServiceText(label=_("Name"), help_text=_("For administrators, such as the collector’s name."))


def _address() -> ServiceText:
    return ServiceText(
        label=_("Address"),
        help_text=_("Of a web-hook: https://… Of a syslog server: its name and port, such as logs.example.com:6514."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", "class": "mono"}),
    )


class DestinationForm(PortalForm):
    """Where else the log goes. Cleans to the fields of `logs.forwarding.description.DestinationDescription`."""

    name = _name()
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Destination.Kind.choices,
        initial=Destination.Kind.WEB_HOOK,
        widget=RadioCards(
            descriptions={
                Destination.Kind.WEB_HOOK: _("Batches of JSON over HTTPS, signed with a secret."),
                Destination.Kind.SYSLOG: _("One message an event, RFC 5424 over TLS."),
            }
        ),
    )
    address = _address()


class ChangeDestinationForm(EditForm):
    """What may be changed about a destination; its kind stays."""

    name = _name()
    address = _address()


class ReplayForm(PortalForm):
    """From when on a destination gets everything again."""

    since = forms.DateTimeField(
        label=_("Everything since"),
        help_text=_("In UTC. Events that have been pruned since then aren’t sent."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Choose a day and a time."),
            "invalid": _("Enter a day and a time, such as 2026-11-29 14:30."),
        },
    )
