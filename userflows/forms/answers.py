"""The fields in which customers answer: each makes what the service keeps of what was typed, by its row's rules."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.identity.values import (
    CLEANED_BY_NAME,
    NOT_A_CHOICE,
    TOO_LONG,
    clean_date,
    clean_number,
    clean_phone_number,
    clean_text,
)
from branding.words.markup import html_of_label
from common.text.countries import country_choices
from common.text.dates import day_meant
from common.text.patterns import matches
from common.text.spoken import spoken_languages
from common.text.user_names import NO_LETTER, has_letter
from common.text.written_dates import long_date
from userflows.flows.page_layout import BETWEEN_VALUES, LINES
from userflows.models import FlowAttribute
from userflows.policies import MISMATCH

REQUIRED = {"required": _("This field is required.")}
BOUNDS = {
    "min_value": _("Enter %(limit_value)d or a larger number."),
    "max_value": _("Enter %(limit_value)d or a smaller number."),
}
CHOOSE = {"required": _("Select an option."), "invalid_choice": NOT_A_CHOICE}


class YesField(forms.BooleanField):
    """A tick. One that `is_agreement` is required of others, so nothing calls it optional where it may be left out."""

    is_agreement = False


class NumberField(forms.IntegerField):
    """A whole number, in digits of any script, within the limits of its row."""

    def __init__(self, row: FlowAttribute, **kwargs: Any) -> None:
        # Keyboards for digits may lack a minus.
        inputmode = "text" if row.minimum.startswith("-") else "numeric"
        super().__init__(
            min_value=int(row.minimum) if row.minimum else None,
            max_value=int(row.maximum) if row.maximum else None,
            error_messages=BOUNDS | REQUIRED,
            widget=forms.TextInput(attrs={"inputmode": inputmode, "autocomplete": "off"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> int | None:
        """As the service judges it."""
        return None if value in self.empty_values else clean_number(str(value).strip())


class TextField(forms.CharField):
    """Text, on one line or several, within the limits of its row; what shows nothing was not filled in."""

    def __init__(self, row: FlowAttribute, longest: int, *, autocomplete: str, missing: Any, **kwargs: Any) -> None:
        self.row, self.longest, self.has_lines = row, longest, row.input_type == LINES
        attrs = {"autocomplete": autocomplete}
        widget = forms.Textarea(attrs={**attrs, "rows": 4}) if self.has_lines else forms.TextInput(attrs=attrs)
        super().__init__(error_messages={"required": missing}, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """As the service judges it."""
        text = clean_text(str(super().to_python(value)), longest=self.longest, has_lines=self.has_lines)
        clean = CLEANED_BY_NAME.get(self.row.attribute)
        return clean(text) if clean else text

    def run_validators(self, value: str) -> None:
        """By the rules of its row, of which the pattern comes last: it says no more than that it isn't met."""
        super().run_validators(value)
        if not value:
            return
        length, least, most = len(value), self.row.minimum, self.row.maximum
        if least and length < int(least):
            count = int(least)
            sentence = ngettext("Use at least %(count)d character.", "Use at least %(count)d characters.", count)
            raise ValidationError(sentence % {"count": count}, code="min_length")
        if most and length > int(most):
            raise ValidationError(TOO_LONG, code="max_length", params={"limit_value": int(most)})
        _check_pattern(self.row, value)


class UserNameField(TextField):
    """A user name. A number is one where the row's pattern says what one looks like, or if it is what was `kept`."""

    kept = ""

    def run_validators(self, value: str) -> None:
        """Without a pattern anybody could take a number that other people are known by."""
        super().run_validators(value)
        if value not in {"", self.kept} and not self.row.pattern and not has_letter(value):
            raise ValidationError(NO_LETTER, code="invalid")


class PhoneField(forms.CharField):
    """A telephone number, as people write it; kept as E.164 writes it."""

    def __init__(self, row: FlowAttribute, **kwargs: Any) -> None:
        self.row = row
        attrs = {"autocomplete": "tel", "inputmode": "tel"}
        widget = forms.TextInput(attrs={"type": "tel", **attrs})
        super().__init__(error_messages={"required": _("Enter your phone number.")}, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """As the service judges it."""
        text = str(super().to_python(value))
        return clean_phone_number(text) if text else ""

    def run_validators(self, value: str) -> None:
        """By the pattern of its row."""
        super().run_validators(value)
        if value:
            _check_pattern(self.row, value)


class DateField(forms.CharField):
    """A day of the calendar, within the limits of its row; kept as ISO 8601 writes it, as browsers send it."""

    def __init__(self, row: FlowAttribute, **kwargs: Any) -> None:
        self.least, self.most = day_meant(row.minimum), day_meant(row.maximum)
        bounds = {name: day for name, day in (("min", self.least), ("max", self.most)) if day}
        widget = forms.DateInput(attrs={"type": "date", "autocomplete": "off", **bounds})
        super().__init__(error_messages={"required": _("Enter a date.")}, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """As the service judges it."""
        text = str(super().to_python(value))
        return clean_date(text) if text else ""

    def run_validators(self, value: str) -> None:
        """Neither before the first day nor after the last."""
        super().run_validators(value)
        if value and self.least and value < self.least:
            told = gettext("Enter %(day)s or a later date.")
            raise ValidationError(told % {"day": written_day(self.least)}, code="min_value")
        if value and self.most and value > self.most:
            told = gettext("Enter %(day)s or an earlier date.")
            raise ValidationError(told % {"day": written_day(self.most)}, code="max_value")


def written_day(day: str) -> str:
    """A day in ISO 8601 as people read it on the page."""
    return long_date(date.fromisoformat(day))


def _check_pattern(row: FlowAttribute, value: str) -> None:
    if row.pattern and not matches(row.pattern, value):
        raise ValidationError(html_of_label(row.text_in(spoken_languages(), MISMATCH)), code="invalid")


class CountryField(forms.ChoiceField):
    """One of all countries, in the language of the page."""

    def __init__(self, *, missing: Any, autocomplete: str, **kwargs: Any) -> None:
        super().__init__(
            error_messages={**CHOOSE, "required": missing},
            widget=forms.Select(attrs={"autocomplete": autocomplete}),
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

    def prepare_value(self, value: Any) -> Any:
        """The ticks, from the one text that is kept as from those that were sent."""
        return list(filter(None, value.split(BETWEEN_VALUES))) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """In the order of the options, whatever the order of the ticks."""
        chosen = set(super().clean(value))
        text = BETWEEN_VALUES.join(value for value in self.values if value in chosen)
        if len(text) > self.longest:
            raise ValidationError(_("Select fewer options."), code="too_many")
        return text
