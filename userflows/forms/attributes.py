"""Asking for attributes as a flow's page layout says: one input each, its value of the attribute's own type."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, COUNTRY
from accounts.identity.policies import MAX_STRING_VALUE
from accounts.identity.values import NOT_A_CHOICE, clean_number, clean_text
from accounts.models import Account
from branding.markup import html_of_label
from common.text.countries import country_choices, country_letters, is_country
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.flows.page_layout import BETWEEN_VALUES
from userflows.forms.fields import StepForm, new_password_field
from userflows.models import FlowAttribute, UserFlow

InputType = FlowAttribute.InputType
REQUIRED = {"required": _("This field is required.")}
CHOOSE = {"required": _("Select an option."), "invalid_choice": NOT_A_CHOICE}


class AttributeValuesForm(StepForm):
    """The attributes of a flow; with `password_for`, an account to be, its password before them."""

    def __init__(self, flow: UserFlow, *args: Any, password_for: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if password_for:
            self.fields["password"] = new_password_field(password_for)
        known = collectable_attributes()
        self.rows = [row for row in flow.attributes.all() if row.attribute in known]
        for row in self.rows:
            self.fields[row.attribute] = field_for(row, known[row.attribute])
        _say_where_enter_leads(self)

    def attributes(self) -> dict[str, Any]:
        """The values by attribute name, after validation; nothing but what the flow asks for."""
        return {row.attribute: self.cleaned_data[row.attribute] for row in self.rows}


def _say_where_enter_leads(form: forms.Form) -> None:
    """What keyboards on glass write on their Enter key: the last box one types into ends the page."""
    typed = [field for field in form.fields.values() if isinstance(field.widget, forms.TextInput | forms.PasswordInput)]
    for field in typed:
        field.widget.attrs["enterkeyhint"] = "go" if field is typed[-1] else "next"


def values_of(account: Account, flow: UserFlow) -> dict[str, Any]:
    """What the account's attributes are, as the form shows them."""
    values: dict[str, Any] = {}
    for row in flow.attributes.all():
        value = account.attribute(row.attribute)
        if row.input_type == InputType.MULTI_CHECK:
            value = str(value or "").split(BETWEEN_VALUES)
        if row.attribute == COUNTRY:
            value = country_letters(value or "") or value
        values[row.attribute] = value
    return values


def field_for(row: FlowAttribute, attribute: CollectableAttribute) -> forms.Field:
    """The input for one row of a layout."""
    built_in = BUILT_IN_ATTRIBUTES.get(row.attribute)
    label = row.label_in(get_language() or "")
    common: dict[str, Any] = {
        "label": html_of_label(label) if label else attribute.label,
        "required": row.is_required,
    }
    if row.attribute == COUNTRY and not _are_countries(row):
        return CountryField(missing=built_in.missing if built_in and not label else CHOOSE["required"], **common)
    longest = built_in.max_length if built_in else MAX_STRING_VALUE
    if row.input_type == InputType.CHECKBOX:
        return forms.BooleanField(error_messages={"required": _("Select this box to continue.")}, **common)
    if row.input_type == InputType.NUMBER:
        return _number(common)
    if row.input_type == InputType.RADIO:
        return forms.ChoiceField(choices=_choices(row), widget=forms.RadioSelect, error_messages=CHOOSE, **common)
    if row.input_type == InputType.MULTI_CHECK:
        return SeveralField(longest, choices=_choices(row), **common)
    if built_in and not label:
        return TextField(longest, autocomplete=built_in.autocomplete, missing=built_in.missing, **common)
    return TextField(longest, autocomplete=built_in.autocomplete if built_in else "off", **common)


def _are_countries(row: FlowAttribute) -> bool:
    """Whether a country is to be chosen from these options alone; values of old may be none."""
    values = [option["value"] for option in row.options]
    return row.input_type == InputType.RADIO and bool(values) and all(map(is_country, values))


def _number(common: Mapping[str, Any]) -> forms.Field:
    return NumberField(
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **common,
    )


def _choices(row: FlowAttribute) -> list[tuple[str, str]]:
    return [(value, html_of_label(text)) for value, text in row.choices_in(get_language() or "")]


class NumberField(forms.IntegerField):
    """A whole number, in digits of any script."""

    def to_python(self, value: Any) -> int | None:
        """As the service judges it."""
        return None if value in self.empty_values else clean_number(str(value).strip())


class TextField(forms.CharField):
    """One line of text; what shows nothing was not filled in."""

    def __init__(self, longest: int, *, autocomplete: str, missing: Any = REQUIRED["required"], **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(
            error_messages={"required": missing},
            widget=forms.TextInput(attrs={"autocomplete": autocomplete, "maxlength": longest}),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """As the service judges it."""
        return clean_text(str(super().to_python(value)), longest=self.longest)


class CountryField(forms.ChoiceField):
    """One of all countries, in the language of the page."""

    def __init__(self, *, missing: Any, **kwargs: Any) -> None:
        super().__init__(
            error_messages={**CHOOSE, "required": missing},
            widget=forms.Select(attrs={"autocomplete": BUILT_IN_ATTRIBUTES[COUNTRY].autocomplete}),
            **kwargs,
        )
        self.offer()

    def offer(self, *, kept: str = "") -> None:
        """Let what is `kept` of an account be chosen as well, if it was typed before there was a list."""
        self.choices = country_choices(gettext("Select a country or region"), kept=kept, language=get_language() or "")


class SeveralField(forms.MultipleChoiceField):
    """Several of the options; kept as one text, their values joined by commas."""

    def __init__(self, longest: int, *, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Select at least one option."), "invalid_choice": CHOOSE["invalid_choice"]},
            **kwargs,
        )
        self.longest, self.values = longest, [value for value, _text in choices]

    def clean(self, value: Any) -> str:
        """In the order of the options, whatever the order of the ticks."""
        chosen = set(super().clean(value))
        text = BETWEEN_VALUES.join(value for value in self.values if value in chosen)
        if len(text) > self.longest:
            raise ValidationError(_("Select fewer options."), code="too_many")
        return text
