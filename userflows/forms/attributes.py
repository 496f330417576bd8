"""Asking for attributes as a flow's page layout says: one input each, its value of the attribute's own type."""

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, COUNTRY, GIVEN_NAME, SURNAME, USER_NAME
from accounts.identity.values import DataType
from accounts.models import Account
from accounts.names import puts_surname_first
from branding.words.markup import html_of_label
from common.text.countries import country_letters, is_country
from common.text.dates import iso_date
from common.text.phone_numbers import written_phone_number
from common.text.spoken import spoken_language, spoken_languages
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.flows.page_layout import BETWEEN_VALUES, takes_options
from userflows.forms.answers import (
    CHOOSE,
    REQUIRED,
    CountryField,
    DateField,
    NumberField,
    PhoneField,
    SeveralField,
    TextField,
    UserNameField,
    YesField,
    written_day,
)
from userflows.forms.fields import StepForm, new_password_field
from userflows.models import FlowAttribute, UserFlow
from userflows.policies import HINT, LABEL, PLACEHOLDER

InputType = FlowAttribute.InputType


class AttributeValuesForm(StepForm):
    """The attributes of these rows of a page layout, after the password of `password_for`, an account to be."""

    def __init__(
        self, rows: Iterable[FlowAttribute], *args: Any, password_for: Account | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if password_for:
            self.fields["password"] = new_password_field(password_for)
        known = collectable_attributes()
        self.rows = _in_spoken_order([row for row in rows if row.attribute in known])
        for row in self.rows:
            self.fields[row.attribute] = field_for(row, known[row.attribute])
        _say_where_enter_leads(self)

    def attributes(self) -> dict[str, Any]:
        """The values by attribute name, after validation; nothing but what the form asks for."""
        return {row.attribute: self.cleaned_data[row.attribute] for row in self.rows}


def rows_to_show(flow: UserFlow, names: Collection[str] | None = None) -> list[FlowAttribute]:
    """The rows of the flow's layout that customers may see, or those of them with these names."""
    return [row for row in flow.attributes.all() if not row.is_hidden and (names is None or row.attribute in names)]


def labels_in(flow: UserFlow) -> dict[str, str]:
    """What customers read for attributes, by name, as HTML: in this flow or, where it says nothing, in another one."""
    rows = sorted(FlowAttribute.objects.all(), key=lambda row: row.user_flow_id == flow.pk)
    said = ((row.attribute, row.text_in(spoken_languages(), LABEL)) for row in rows)
    return {name: html_of_label(label) for name, label in said if label}


def _in_spoken_order(rows: list[FlowAttribute]) -> list[FlowAttribute]:
    """The rows as the language that is spoken asks for a name. Where the surname doesn't come right behind the given
    name, as flows begin with, an administrator chose another order, which stays.
    """
    if not puts_surname_first(spoken_language()):
        return rows
    for place, (row, following) in enumerate(pairwise(rows)):
        if (row.attribute, following.attribute) == (GIVEN_NAME, SURNAME) and not following.begins_page:
            return [*rows[:place], following, row, *rows[place + 2 :]]
    return rows


def _say_where_enter_leads(form: forms.Form) -> None:
    """What keyboards on glass write on their Enter key: the last box one types into ends the page."""
    typed = [field for field in form.fields.values() if isinstance(field.widget, forms.TextInput | forms.PasswordInput)]
    for field in typed:
        field.widget.attrs["enterkeyhint"] = "go" if field is typed[-1] else "next"


def values_of(account: Account, rows: Iterable[FlowAttribute]) -> dict[str, Any]:
    """What the account's attributes are, as the form shows them."""
    return {row.attribute: _shown(account.attribute(row.attribute), row) for row in rows}


def _shown(value: Any, row: FlowAttribute) -> Any:
    if row.input_type == InputType.PHONE:
        return written_phone_number(str(value or ""))
    if row.input_type == InputType.CHECKBOX:
        # Nobody has agreed by a value of another type.
        return value is True
    return country_letters(value or "") or value if row.attribute == COUNTRY else value


def answer_in_words(value: Any, field: forms.Field) -> str:
    """What an account has for the question of this field, as people read it; "" for nothing."""
    if value in (None, "", False):
        return ""
    if value is True:
        return gettext("Yes")
    if isinstance(field, forms.ChoiceField):
        texts: Mapping[str, str] = dict(field.choices)  # type: ignore[arg-type]
        chosen = str(value).split(BETWEEN_VALUES) if isinstance(field, SeveralField) else [value]
        return ", ".join(str(texts.get(each, each)) for each in chosen)
    text = str(value)
    if isinstance(field, DateField):
        return written_day(text) if iso_date(text) else text
    return written_phone_number(text) if isinstance(field, PhoneField) else text


def field_for(row: FlowAttribute, attribute: CollectableAttribute) -> forms.Field:
    """The input for one row of a layout."""
    languages = spoken_languages()
    label, built_in = row.text_in(languages, LABEL), BUILT_IN_ATTRIBUTES.get(row.attribute)
    # What is said of an empty one names a built-in attribute, unless it goes by another label here.
    missing = built_in.missing if built_in and not label else None
    common: dict[str, Any] = {
        "label": html_of_label(label) if label else attribute.label,
        "required": row.is_required,
        "help_text": html_of_label(row.text_in(languages, HINT)),
    }
    field = _field(row, attribute, missing, common)
    field.initial = _shown(row.answer_before, row)
    if placeholder := row.text_in(languages, PLACEHOLDER):
        field.widget.attrs["placeholder"] = placeholder
    return field


def _field(row: FlowAttribute, attribute: CollectableAttribute, missing: Any, common: dict[str, Any]) -> forms.Field:
    is_country = attribute.data_type == DataType.COUNTRY
    if is_country and not _are_countries(row):
        is_own = attribute.name == COUNTRY
        return CountryField(
            missing=missing or CHOOSE["required"], autocomplete="country" if is_own else "off", **common
        )
    if row.input_type == InputType.CHECKBOX:
        return YesField(error_messages={"required": _("Select this box to continue.")}, **common)
    if row.input_type == InputType.NUMBER:
        return NumberField(row, **common)
    if row.input_type == InputType.DATE:
        return DateField(row, **common)
    if row.input_type == InputType.PHONE:
        return PhoneField(row, **common)
    if row.input_type == InputType.RADIO:
        return forms.ChoiceField(choices=_choices(row), widget=forms.RadioSelect, error_messages=CHOOSE, **common)
    if row.input_type == InputType.DROP_DOWN:
        return _drop_down(row, attribute, missing, common)
    if row.input_type == InputType.MULTI_CHECK:
        return SeveralField(attribute.max_length, choices=_choices(row), **common)
    told = missing or REQUIRED["required"]
    field = UserNameField if attribute.name == USER_NAME else TextField
    return field(row, attribute.max_length, autocomplete=_autocomplete(attribute), missing=told, **common)


def _drop_down(
    row: FlowAttribute, attribute: CollectableAttribute, missing: Any, common: dict[str, Any]
) -> forms.Field:
    # A list shows text alone.
    choices = [("", gettext("Select an option")), *row.choices_in(spoken_languages())]
    errors = {**CHOOSE, **({"required": missing} if missing else {})}
    widget = forms.Select(attrs={"autocomplete": _autocomplete(attribute)})
    return forms.ChoiceField(choices=choices, widget=widget, error_messages=errors, **common)


def _autocomplete(attribute: CollectableAttribute) -> str:
    """What the browser may fill in by itself (HTML Standard, autofill)."""
    built_in = BUILT_IN_ATTRIBUTES.get(attribute.name)
    return built_in.autocomplete if built_in else "off"


def _are_countries(row: FlowAttribute) -> bool:
    """Whether a country is to be chosen from these options alone; values of old may be none."""
    values = [option["value"] for option in row.options]
    return takes_options(row.input_type) and bool(values) and all(map(is_country, values))


def _choices(row: FlowAttribute) -> list[tuple[str, str]]:
    return [(value, html_of_label(text)) for value, text in row.choices_in(spoken_languages())]
