"""What portal pages of several apps share: tabs, a typed confirmation, a service's refusal shown at the fields."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from tenants.models import Tenant

MAX_SEARCH = 100


@dataclass(frozen=True)
class Tab:
    """One tab of a thing, with an address of its own."""

    name: str
    url: str
    is_current: bool


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None if it is only shown. A form without a tick may be sent with nothing at all."""
    return request.POST if request.method == "POST" else None


def searched_for(request: HttpRequest) -> str:
    """What a list is to be searched for; "" for all of it. No text in the database holds a NUL."""
    return request.GET.get("q", "").replace("\0", "").strip()[:MAX_SEARCH]


def tabs(path: str, *named_urls: tuple[str, str]) -> list[Tab]:
    """Tabs from (name, URL) pairs; the one at `path` is current."""
    return [Tab(name, url, url == path) for name, url in named_urls]


def settings_tabs(path: str, tenant: Tenant) -> list[Tab]:
    """The tabs of a tenant's settings; a page below one of them has it as the current one."""
    pages = {
        "General": "tenant-settings",
        "Sessions": "tenant-sessions",
        "Signing keys": "signing-keys",
        "Registration": "registration",
    }
    urls = {name: reverse(f"portal:{page}", args=[tenant.slug]) for name, page in pages.items()}
    current = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    return tabs(current, *urls.items())


class PortalForm(forms.Form):
    """A form that says in the words of its fields what is missing or can't be read."""

    def full_clean(self) -> None:
        # Only now are all fields there: some forms add theirs as they are made.
        for name, field in self.fields.items():
            _speak_plainly(field, label=str(self[name].label))
        super().full_clean()


def _speak_plainly(field: forms.Field, *, label: str) -> None:
    """Put sentences in the place of Django's; those a field has of its own stay."""
    sentences = {"required": f"Fill in “{label}”."}
    if isinstance(field, forms.IntegerField):
        bounds = f" from {field.min_value} to {field.max_value}" if field.max_value is not None else ""
        number = f"Enter a whole number{bounds} for “{label}”."
        sentences = dict.fromkeys(("required", "invalid", "min_value", "max_value"), number)
    elif isinstance(field, forms.ChoiceField):
        choice = f"Choose one of those shown for “{label}”."
        sentences = dict.fromkeys(("required", "invalid_choice", "invalid_pk_value"), choice)
    elif isinstance(field, forms.CharField):
        sentences["max_length"] = "Use at most %(limit_value)d characters; these are %(show_value)d."
    if field.error_messages["required"] != forms.Field.default_error_messages["required"]:
        del sentences["required"]
    field.error_messages |= sentences


class ServiceText(forms.CharField):
    """A text of which the service says whatever is wrong with it, so that all is said at one time.

    Nor does the browser hold it to a length: it would cut what is pasted without a word.
    """

    def validate(self, value: str) -> None:
        """Leave it to the service, an empty one as well."""


class TypedNameForm(PortalForm):
    """Asks for the name of what is about to go, so that nothing goes by a slip of the hand."""

    typed_name = forms.CharField(
        label="Name",
        max_length=256,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_typed_name(self) -> str:
        typed: str = self.cleaned_data["typed_name"]
        if typed.strip() != self.name.strip():
            raise ValidationError("This isn't the name. Type it exactly as shown.")
        return typed


CHANGED_MEANWHILE = (
    "Somebody else changed this after you opened the page. What you typed is still here: save again to put it in the "
    "place of theirs, or reload the page to see theirs."
)


def fingerprint(kept: object) -> str:
    """A short name for a state, by which a sent form is known to be about the state it was shown with."""
    return sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]


def is_confirmed(request: HttpRequest, losses: Sequence[str]) -> bool:
    """Whether the form takes nothing away, or was sent again by whoever has read what it does: just that, no more."""
    return not losses or request.POST.get("confirmed") == fingerprint(losses)


class EditForm(PortalForm):
    """A form about something kept, which notices when that was changed since the form was shown.

    `kept` is the state by field name; it fills the form in.
    """

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict | None = None, *, kept: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.current = fingerprint(kept) if kept is not None else ""
        kwargs.setdefault("initial", {**(kept or {}), "seen": self.current})
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = cleaned.pop("seen", "")
        if isinstance(self.data, QueryDict) and seen and self.current and seen != self.current:
            data = self.data.copy()
            data["seen"] = self.current
            self.data = data
            self.add_error(None, CHANGED_MEANWHILE)
        return cleaned


def show_problems(
    form: forms.Form,
    error: ValidationError,
    *,
    elsewhere: Sequence[str] = (),
    shown_at: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Put what a service refused at the form's fields; what belongs to none of them goes on top.

    Problems keyed by a name in `elsewhere` are left to the caller; `shown_at` says which field another name goes by.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.message_dict.items():
        field = shown_at.get(name, name)
        if name not in elsewhere:
            form.add_error(field if field in form.fields else None, messages)


class ProblemsShownAt:
    """Around a call of a service: what it refuses is shown at the form's fields, and the view goes on behind."""

    def __init__(self, form: forms.Form, shown_at: Mapping[str, str] = MappingProxyType({})) -> None:
        self.form = form
        self.shown_at = shown_at

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, ValidationError):
            show_problems(self.form, error, shown_at=self.shown_at)
            return True
        return False


class _Described:
    """A group of marks of which each carries a sentence; `components/cards.html` draws it."""

    def __init__(self, *args: Any, descriptions: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.descriptions = descriptions or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["attrs"]["class"] = "form-check-input"
        option["description"] = self.descriptions.get(str(value), "")
        return option


class RadioCards(_Described, forms.RadioSelect):
    """One of several, each explained."""


class CheckCards(_Described, forms.CheckboxSelectMultiple):
    """Any of several, each explained."""
