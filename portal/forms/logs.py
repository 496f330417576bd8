"""What a log is narrowed to, as it stands in the address of the page."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from audit.explanations import TITLES
from audit.headings import heading_of
from audit.models import Event, Result
from audit.search import Network, Requests, Sought, read_network
from audit.sentences import SENTENCES, Text
from common.text.ids import uuid_of
from portal.figure_names import step_names
from portal.forms.named import application_named
from portal_frame.fields.widgets import LongSelect
from portal_frame.forms import PortalForm
from tenants.models import InstallationEvent
from userflows.methods import methods_on_offer

# What actions are about, by the noun they begin with, as a filter groups them.
SUBJECTS: Mapping[Text, tuple[str, ...]] = {
    _("Customers"): ("customer", "customers", "customer_view", "group", "role", "operation", "attribute", "device"),
    _("Applications"): ("application", "tokens", "registration", "initial_access_token"),
    _("User flows and branding"): ("user_flow", "branding", "theme", "captcha"),
    _("Logs and mail"): ("log", "log_destination", "mail_server", "text_messages"),
    _("Identity providers"): ("identity_provider",),
    _("Hooks"): ("hook",),
    _("Keys and sessions"): ("signing_keys", "sessions", "encryption"),
    _("Administrators"): ("membership", "invitation"),
    _("Tenants and jobs"): ("tenant", "domain", "limits", "job"),
}
MAX_LENGTH = 320
PERIODS: Mapping[str, tuple[Text, timedelta | None]] = {
    "1d": (_("24 hours"), timedelta(days=1)),
    "7d": (_("7 days"), timedelta(days=7)),
    "30d": (_("30 days"), timedelta(days=30)),
    "all": (_("All kept"), None),
}
DAY, ALL_KEPT = "1d", "all"
ZONE = "zone"
ANY: list[tuple[str, Any]] = [("", _("Any"))]


def _text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=MAX_LENGTH, help_text=help_text)


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[*ANY, *choices], widget=LongSelect)


class _Moment(forms.DateTimeField):
    """A time that its reader's browser asks for, in its own zone."""

    def __init__(self, label: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(label=label, required=False, widget=widget)

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            words = gettext("Enter a date and a time for “%(label)s”, such as 2027-01-31T09:30.")
            raise forms.ValidationError(words % {"label": self.label}) from error


class InstallationLogForm(PortalForm):
    """By what the events of the installation are found; each field is a chip of the page while it isn't empty."""

    events: ClassVar[type[Event] | type[InstallationEvent]] = InstallationEvent

    result = _choice(_("Result"), [(each.value, each.label) for each in Result])
    action = _choice(_("Action"), [])
    reason = _choice(_("Reason"), [])
    administrator = _text(_("Administrator"), _("An email address."))
    ip = _text(_("IP address"), _("One, or a network such as 192.0.2.0/24."))
    request = _text(_("Request ID"), _("Its first eight characters are enough."))
    since = _Moment(pgettext_lazy("time", "From"))
    until = _Moment(pgettext_lazy("time", "To"))
    period = forms.ChoiceField(
        required=False, choices=[(name, period[0]) for name, period in PERIODS.items()], widget=forms.HiddenInput()
    )
    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-zone": True}))

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        reasons = sorted(((code, str(title)) for code, title in TITLES.items()), key=itemgetter(1))
        self.fields["action"].choices = [*ANY, *_actions(get_language())]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [*ANY, *reasons]  # type: ignore[attr-defined]

    @property
    def never_optional(self) -> list[str]:  # type: ignore[override]
        """Nothing here has to be filled in, so nothing says that it hasn't."""
        return list(self.fields)

    @property
    def zone_of_reader(self) -> tzinfo:
        """In which zone the times were typed: the one that the page said, or UTC."""
        return _zone(str(self.data.get("zone", "")))

    def full_clean(self) -> None:
        with timezone.override(self.zone_of_reader):
            super().full_clean()

    def clean_ip(self) -> Network | None:
        text = self.cleaned_data["ip"]
        network = read_network(text) if text else None
        if text and network is None:
            raise forms.ValidationError(gettext("Enter an IP address, or a network such as 192.0.2.0/24."))
        return network

    def clean_request(self) -> Requests | None:
        text = self.cleaned_data["request"]
        requests = Requests.read(text) if text else None
        if text and requests is None:
            raise forms.ValidationError(gettext("Enter a request ID, or at least its first eight characters."))
        return requests

    def sought(self) -> Sought:
        """What is looked for. The form is valid."""
        narrowed = Sought(**self._narrowed())
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        if not (since or until):
            length = PERIODS[self.period_of(narrowed)][1]
            since = timezone.now() - length if length else None
        return Sought(**{**vars(narrowed), "since": since, "until": until})

    def period_of(self, narrowed: Sought) -> str:
        """The period that is chosen, or the usual one: a day, or all where an index leads to what is looked for."""
        if self.cleaned_data["since"] or self.cleaned_data["until"]:
            return ""
        return self.cleaned_data["period"] or (ALL_KEPT if narrowed.is_found_by_index else DAY)

    def chips(self) -> list[tuple[str, str, str]]:
        """What narrows the list now, each as parameter, label and value as people read it."""
        shown = [name for name in self.fields if name not in {"period", "zone"} and self.data.get(name)]
        return [(name, str(self.fields[name].label or name.title()), self._as_read(name)) for name in shown]

    def _as_read(self, name: str) -> str:
        value, field = str(self.data.get(name, "")), self.fields[name]
        if isinstance(field, forms.ChoiceField):
            if name == "action":
                return heading_of(value)
            choices: Any = field.choices
            return {str(code): str(words) for code, words in choices}.get(value, value)
        if name == "administrator" and "@" not in value:
            return self._name_of_administrator(value)
        return value.replace("T", " ") if isinstance(field, _Moment) else value

    def _name_of_administrator(self, administrator_id: str) -> str:
        """As it was when they did something last; the ID itself if they never did."""
        acts = self.events._default_manager.filter(  # noqa: SLF001 - Django's public name
            actor_kind="administrator", actor_id=administrator_id
        )
        return str(acts.order_by("-at", "-id").values_list("actor_name", flat=True).first() or administrator_id)

    def _narrowed(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            "result": told["result"],
            "action": told["action"],
            "reason": told["reason"],
            "administrator": told["administrator"],
            "network": told["ip"],
            "requests": told["request"],
        }


class LogForm(InstallationLogForm):
    """The same for a tenant, which has customers, applications and user flows."""

    events = Event

    customer = _text(_("Customer"), _("An email address."))
    application = _text(_("Application"), _("Its client ID or name."))
    flow = _text(_("User flow"), _("Its name."))
    method = _choice(_("Method"), [])
    step = forms.CharField(label=_("Step"), required=False, max_length=32, widget=forms.HiddenInput())
    journey = forms.UUIDField(label=_("Journey"), required=False, widget=forms.HiddenInput())
    field_order = ("customer", "application", "result", "reason", "ip", "request", "flow", "method", "action")

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        methods = [(name, method.label) for name, method in methods_on_offer().items()]
        self.fields["method"].choices = [*ANY, *methods]  # type: ignore[attr-defined]

    def clean_application(self) -> str:
        text = self.cleaned_data["application"]
        named = application_named(text) if text else None
        # What isn't registered any more is still found by its ID.
        return str(named.client_id if named else text)

    def _as_read(self, name: str) -> str:
        if name == "step":
            return step_names([str(self.data["step"])])
        account_id = uuid_of(self.data["customer"]) if name == "customer" else None
        account = Account.objects.filter(pk=account_id).first() if account_id else None
        return account.email if account else super()._as_read(name)

    def _narrowed(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            **super()._narrowed(),
            **_customer(told["customer"]),
            "client_id": told["application"],
            "user_flow": told["flow"],
            "method": told["method"],
            "step": told["step"],
            "journey_id": told["journey"],
        }


@cache
def _actions(_language: str | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """All actions, each by its sentence in this language and its code, in groups by what they are about."""
    codes = sorted(SENTENCES, key=heading_of)
    groups = {
        str(title): [(code, f"{heading_of(code)} ({code})") for code in codes if code.partition(".")[0] in nouns]
        for title, nouns in SUBJECTS.items()
    }
    return list(groups.items())


def _customer(text: str) -> dict[str, Any]:
    """By the account with an address, or with an ID; an address that has none is found as it was typed."""
    if not text:
        return {}
    account = Account.objects.with_email(text).first() if "@" in text else None
    if account is not None:
        return {"account_id": account.pk}
    account_id = uuid_of(text)
    return {"account_id": account_id} if account_id else {"name": text}


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
