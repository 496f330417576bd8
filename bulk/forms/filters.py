"""Which customers are asked for: everything stands in the address, so pages can be sent, kept and come back to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.finding.lookup import NO_FACTOR, CustomerFilter, with_factor
from accounts.finding.policies import terms_of
from accounts.identity.values import attribute_asked_for
from accounts.models import Factor, Group, Standing
from applications.lookup.listing import labels_of
from applications.models import Application
from branding.languages.every import every_language
from bulk.models import Item, Operation
from bulk.reports import name_in_words
from common.text.countries import countries
from common.text.ids import is_canonical_uuid, uuid_of
from common.text.languages import ENGLISH
from portal_frame.forms import PortalForm
from portal_frame.lists import MAX_SEARCH
from portal_frame.templatetags.portal import day
from providers.lookup import known_providers
from providers.models import LinkedIdentity
from userflows.journeys.attempts.lockouts import locked_accounts

# Of a tenant with more of them, so many can be chosen; the others stand in the address all the same.
MOST_CHOICES = 200
DAYS_AGO = re.compile(r"(\d{1,3})d")
NEVER = "never"
ORDERS = {
    "": ("-created_at", _("Newest first")),
    "oldest": ("created_at", _("Oldest first")),
    "seen": ("-account__activity__last_sign_in_at", _("Last sign-in first")),
    "email": ("account__canonical_email", _("By email address")),
}
ANY = [("", _("Any"))]
LOCKED = "locked"
PASSWORDS = [
    *ANY,
    ("has", _("Has a password")),
    ("none", _("Signs in without one")),
    ("foreign", _("Imported and not used yet")),
]
STATES = [("", _("Any but deleted")), *Standing.choices, (LOCKED, _("Locked now"))]
# What stands in the address beside filters that chips show.
NO_FILTERS = {"q", "sort", "columns"}


def _countries() -> list[tuple[str, Any]]:
    return [*ANY, *countries(get_language() or ENGLISH)]


def _languages() -> list[tuple[str, Any]]:
    return [*ANY, *((each.code, each.name) for each in every_language())]


@dataclass(frozen=True)
class Chip:
    """One filter in force: what it is about, what it lets through, and the list without it."""

    name: str
    value: str
    url: str


class DayField(forms.CharField):
    """A day, or so many days ago ("7d"). Cleans to the moment at which it begins, in UTC, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.DateInput(attrs={"type": "date"}), **kwargs)

    def clean(self, value: Any) -> datetime | None:
        """Raises `ValidationError` for what is neither."""
        text = str(value or "").strip()
        if not text:
            return None
        ago = DAYS_AGO.fullmatch(text)
        if ago:
            return timezone.now() - timedelta(days=int(ago[1]))
        try:
            return datetime.combine(datetime.strptime(text, "%Y-%m-%d").date(), time(), UTC)  # noqa: DTZ007 - a day
        except ValueError as error:
            raise forms.ValidationError(_("Choose a day.")) from error


class FilterForm(PortalForm):
    """All that the list can be narrowed by. What nobody can mean is left out, and said so."""

    q = forms.CharField(label=_("Search"), required=False, max_length=MAX_SEARCH)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    verified = forms.ChoiceField(
        label=_("Email address"), required=False, choices=[*ANY, ("yes", _("Verified")), ("no", _("Not verified"))]
    )
    factor = forms.ChoiceField(
        label=_("Second factor"),
        required=False,
        choices=[*ANY, *Factor.choices, (NO_FACTOR, _("Not set up"))],
    )
    group = forms.ChoiceField(label=_("Group"), required=False)
    application = forms.ChoiceField(label=_("Last signed in to"), required=False)
    country = forms.ChoiceField(label=_("Country or region"), required=False, choices=_countries)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=_languages)
    attribute = forms.CharField(
        label=_("Attribute"),
        required=False,
        max_length=330,
        widget=forms.TextInput(attrs={"placeholder": _("name=value")}),
    )
    up_from = DayField(label=_("Signed up since"))
    up_before = DayField(label=_("Signed up before"))
    password = forms.ChoiceField(label=_("Password"), required=False, choices=PASSWORDS)
    provider = forms.ChoiceField(label=pgettext_lazy("portal", "Identity provider"), required=False)
    seen = forms.ChoiceField(label=_("Sign-ins"), required=False, choices=[*ANY, (NEVER, _("Never signed in"))])
    seen_from = DayField(label=_("Last signed in since"))
    seen_before = DayField(label=_("Last signed in before"))
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(key, name) for key, (_, name) in ORDERS.items()]
    )

    columns = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput())
    operation = forms.CharField(label=_("Bulk operation"), required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        data: Mapping[str, str],
        path: str,
        groups: Sequence[tuple[str, str]] | None = None,
        *,
        sees_imports: bool = False,
    ) -> None:
        """`groups` are all there are, by ID and name, for whoever has read them anyway."""
        known = {name: data.get(name, "").replace("\0", "") for name in self.base_fields}
        super().__init__({name: value for name, value in known.items() if value})
        self.path, self.sees_imports = path, sees_imports
        self._offer("group", _some_groups(known["group"], groups))
        self._offer("application", _applications(known["application"]))
        self._offer("provider", _providers())

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [*ANY, *choices]

    def clean_q(self) -> str:
        """What is left of a mark without its letter would find everybody."""
        typed: str = self.cleaned_data["q"]
        if typed and not terms_of(typed):
            raise forms.ValidationError(_("Enter a word to search for."))
        return typed

    def clean_attribute(self) -> tuple[str, str]:
        """The name as it is kept, and the value."""
        text: str = self.cleaned_data["attribute"]
        name, value = attribute_asked_for(text)
        if text and not name:
            raise forms.ValidationError(_("Write the name of an attribute, = and a value."))
        return name, value

    def clean_operation(self) -> Operation | None:
        """What was done to whoever is asked for; there is no control to choose it by, as its own page leads here."""
        typed: str = self.cleaned_data["operation"]
        operation_id = uuid_of(typed)
        shown = Operation.objects.all() if self.sees_imports else Operation.objects.actions()
        found = shown.filter(pk=operation_id).first() if operation_id else None
        if typed and found is None:
            raise forms.ValidationError(_("This bulk operation is no longer kept."))
        return found

    @property
    def asked(self) -> CustomerFilter:
        """The question, of what could be read."""
        self.is_valid()
        told = self.cleaned_data
        is_locked = told.get("state") == LOCKED
        attribute, value = told.get("attribute") or ("", "")
        return CustomerFilter(
            search=told.get("q", ""),
            standing="" if is_locked else told.get("state", ""),
            among=frozenset(locked_accounts()) if is_locked else None,
            is_verified={"yes": True, "no": False}.get(told.get("verified", "")),
            group_id=UUID(told["group"]) if told.get("group") else None,
            country=told.get("country", ""),
            language=told.get("language", ""),
            client_id=told.get("application", ""),
            attribute=attribute,
            value=value,
            signed_up_from=told.get("up_from"),
            signed_up_before=told.get("up_before"),
            signed_in_from=told.get("seen_from"),
            signed_in_before=told.get("seen_before"),
            password=told.get("password", ""),
            never_signed_in=told.get("seen") == NEVER,
            within=(*_linked_at(told.get("provider")), *_touched_by(told.get("operation"))),
            **with_factor(told.get("factor", "")),
        )

    @property
    def order(self) -> str:
        """By what the list is ordered, as `list_page` is told. Who never signed in has no last sign-in."""
        sort = self.cleaned_data.get("sort", "")
        return ORDERS["" if sort == "seen" and self.cleaned_data.get("seen") == NEVER else sort][0]

    @property
    def columns_asked(self) -> str:
        """The columns that the address names, by commas; "" for those that its reader has chosen."""
        return str(self.cleaned_data.get("columns", ""))

    def with_columns(self, columns: Sequence[str]) -> str:
        """What could be read as it stands in an address, with these columns."""
        read = {name: value for name, value in self._kept().items() if name not in self.errors}
        return urlencode({**read, "columns": ",".join(columns)})

    @property
    def query(self) -> str:
        """All of it as it stands in an address."""
        return urlencode(self._kept())

    @property
    def left_out(self) -> list[str]:
        """What couldn't be read, in words."""
        return [f"{self[name].label}: {self.data.get(name, '')}" for name in self.errors]

    def chips(self) -> Iterator[Chip]:
        """Each filter in force."""
        for name, field in self.fields.items():
            if name not in NO_FILTERS and self.data.get(name) and name not in self.errors:
                yield Chip(str(self[name].label), self._in_words(name, field), self.without(name))

    def without(self, *names: str) -> str:
        """The list with all but these."""
        rest = {name: value for name, value in self._kept().items() if name not in names}
        return f"{self.path}?{urlencode(rest)}" if rest else self.path

    def _kept(self) -> dict[str, str]:
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def _in_words(self, name: str, field: forms.Field) -> str:
        value = self.data[name]
        if name == "operation":
            return name_in_words(self.cleaned_data[name])
        if isinstance(field, DayField):
            ago = DAYS_AGO.fullmatch(value)
            return gettext("the last %(days)s days") % {"days": ago[1]} if ago else day(self.cleaned_data[name])
        if isinstance(field, forms.ChoiceField):
            choices: Mapping[str, str] = dict(field.choices)  # type: ignore[arg-type]
            return str(choices.get(value, value))
        return str(value)


def all_groups() -> list[tuple[str, str]]:
    """The groups of the tenant by ID and name, of which there may be thousands."""
    return _told(Group.objects.all())


def _some_groups(asked: str, known: Sequence[tuple[str, str]] | None) -> list[tuple[str, str]]:
    offered = _told(Group.objects.all()[:MOST_CHOICES]) if known is None else list(known[:MOST_CHOICES])
    if not is_canonical_uuid(asked) or asked in dict(offered):
        return offered
    further = _told(Group.objects.filter(pk=asked)) if known is None else [each for each in known if each[0] == asked]
    return offered + further


def _told(groups: QuerySet[Group]) -> list[tuple[str, str]]:
    return [(str(group_id), name) for group_id, name in groups.values_list("pk", "name")]


def _applications(asked: str) -> list[tuple[str, str]]:
    kinds = Application.objects.exclude(kind=Application.Kind.SERVICE).told_apart()
    applications = kinds.only("client_id", "name").order_by("name", "pk")
    offered = labels_of(applications[:MOST_CHOICES])
    if asked and asked not in offered:
        offered |= labels_of(applications.filter(client_id=asked))
    return list(offered.items())


def _providers() -> list[tuple[str, str]]:
    named = [(provider.pk, provider.name) for provider in known_providers().values()]
    return sorted(named, key=lambda each: each[1].casefold())


def _linked_at(provider_id: str | None) -> Iterator[QuerySet[LinkedIdentity, Any]]:
    if provider_id:
        yield LinkedIdentity.objects.filter(provider=provider_id).values("account_id")


def _touched_by(operation: Operation | None) -> Iterator[QuerySet[Item, Any]]:
    if operation:
        yield Item.objects.touched_by(operation).values("account_id")
