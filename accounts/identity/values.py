"""Values of attributes: judged here, once, whoever writes them; what is kept can be told to anybody.

Text holds nothing that can't be seen but what its script needs; what only takes up no room is dropped, and what shows
nothing at all counts as empty. Nor is a name written so that it passes for another one. Dates, telephone
numbers and countries are kept in one spelling each. Sentences are the customer's to read, so they are translated.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, COUNTRY, EMAIL, NAMES, USER_NAME
from accounts.identity.lookup import custom_attribute_types, unique_attributes
from accounts.identity.policies import longest_value
from accounts.models import CustomAttribute
from common.problems import Code, Problem, problems_in, refuse_if_any
from common.text.countries import NOT_A_COUNTRY, country_letters
from common.text.dates import NOT_A_DATE, iso_date
from common.text.email_address import address_in_ascii, is_plain_address, written_address
from common.text.phone_numbers import NOT_A_PHONE_NUMBER, phone_number
from common.text.texts import NOT_SEEN, hides, name_of_person_problem, shows
from common.text.user_names import canonical_user_name, user_name_problem

DataType = CustomAttribute.DataType
# A type of its own, which no attribute of a tenant's has.
OF_USER_NAMES = "UserName"
# What JSON numbers hold exactly everywhere (RFC 8259 section 6).
LARGEST_NUMBER = 2**53 - 1
# Take up no room and mean nothing.
DROPPED = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"))
# As systems and word processors end lines.
LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
TOO_LONG = _("Use %(limit_value)d characters or fewer.")
NOT_TEXT = _("This contains characters that aren't allowed.")
NOT_A_NUMBER = _("Enter a whole number.")
TOO_SMALL, TOO_LARGE = _("Enter a larger number."), _("Enter a smaller number.")
NOT_A_CHOICE = _("Select one of the options.")
# As pages show them, and so in all languages.
TRUTHS = {"Yes": "true", "No": "false"}


def judged(attributes: Mapping[str, Any], *, country: str = "") -> dict[str, Any]:
    """The values as they may be kept, by attribute name; None where there is nothing to keep.

    `country` is what the account has by now: one that was typed before there was a list may stay. Raises `Refused` for
    names: a value of another type, too long a text, no country, an attribute nobody knows.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in attributes.items():
        try:
            keeps_country = name == COUNTRY and country and value == country
            values[name] = country if keeps_country else _judged(name, value)
        except ValidationError as error:
            problems += problems_in(error, name)
    refuse_if_any(problems)
    return values


def data_type_of(name: str) -> str | None:
    """The data type of an attribute that somebody may set; None if there is none of this name."""
    if name in BUILT_IN_ATTRIBUTES:
        return {EMAIL: None, COUNTRY: DataType.COUNTRY, USER_NAME: OF_USER_NAMES}.get(name, DataType.STRING)
    return custom_attribute_types().get(name)


def as_kept(name: str, value: str) -> str:
    """What somebody looks for in an attribute, in the spelling in which it is kept; as it is, if it never is."""
    data_type = data_type_of(name) or ""
    if data_type == DataType.BOOLEAN:
        return _truth(value)
    clean = CLEANED.get(data_type)
    try:
        return clean(value) if clean else value
    except ValidationError:
        return value


def attribute_asked_for(text: str) -> tuple[str, str]:
    """The name of an attribute of this tenant, as it is kept, and the value: of `name=value`. Empty if it is none."""
    written, _, value = text.partition("=")
    known = {each.lower(): each for each in (*BUILT_IN_ATTRIBUTES, *custom_attribute_types())}
    name = known.get(written.strip().lower(), "")
    return (name, as_kept(name, value.strip())) if name not in {"", EMAIL} and value.strip() else ("", "")


def _truth(typed: str) -> str:
    """A yes or no by its name in JSON, however pages show it: in English or in the reader's language."""
    shown = {said.casefold(): name for word, name in TRUTHS.items() for said in (word, gettext(word))}
    return shown.get(typed.casefold(), typed)


def clean_address(typed: str) -> str:
    """The address as it is kept. Raises `ValidationError`, as a field of a form does."""
    email = written_address(typed)
    if not is_plain_address(email):
        raise ValidationError(pgettext("portal", "Enter one plain email address."), code=Code.INVALID)
    validate_email(address_in_ascii(email))
    return email


def clean_text(value: str, *, longest: int, has_lines: bool = False) -> str:
    """The text as it may be kept; "" if it shows nothing. Raises `ValidationError`, as a field of a form does."""
    text = value.translate(DROPPED).strip()
    if not any(map(shows, text)):
        return ""
    if has_lines:
        text = LINE_ENDS.sub("\n", text)
    if hides(text.replace("\n", "") if has_lines else text):
        raise ValidationError(NOT_SEEN, code=Code.INVALID)
    if len(text) > longest:
        raise ValidationError(TOO_LONG, code=Code.TOO_LONG, params={"limit_value": longest})
    return text


def clean_number(value: Any) -> int:
    """A whole number, from digits of any script. Raises `ValidationError`, as a field of a form does."""
    try:
        # Python allows underscores between digits.
        number = int(value) if isinstance(value, int) or "_" not in value else None
    except (TypeError, ValueError):
        number = None
    if number is None or isinstance(value, bool):
        raise ValidationError(NOT_A_NUMBER, code=Code.INVALID)
    if abs(number) > LARGEST_NUMBER:
        raise ValidationError(TOO_SMALL if number < 0 else TOO_LARGE, code=Code.OUT_OF_RANGE)
    return number


def clean_name(text: str) -> str:
    """A name of a person that others can read for what it is. Raises `ValidationError`."""
    if problem := name_of_person_problem(text):
        raise ValidationError(problem, code=Code.INVALID)
    return text


def clean_user_name(text: str) -> str:
    """A user name as it is kept; whether it is taken, the database says. Raises `ValidationError`."""
    name = canonical_user_name(text)
    if problem := user_name_problem(name) if name else "":
        raise ValidationError(problem, code=Code.INVALID)
    return name


def clean_date(text: str) -> str:
    """A day of the calendar, as ISO 8601 writes it. Raises `ValidationError`."""
    day = iso_date(text)
    if not day:
        raise ValidationError(NOT_A_DATE, code=Code.INVALID)
    return day


def clean_phone_number(text: str) -> str:
    """A telephone number as E.164 writes it. Raises `ValidationError`."""
    number = phone_number(text)
    if not number:
        raise ValidationError(NOT_A_PHONE_NUMBER, code=Code.INVALID)
    return number


def clean_country(text: str) -> str:
    """The two letters of a country, from its letters or its name. Raises `ValidationError`."""
    letters = country_letters(text)
    if not letters:
        raise ValidationError(NOT_A_COUNTRY, code=Code.INVALID)
    return letters


# What a text has to be in an attribute of its type.
CLEANED: dict[str, Callable[[str], str]] = {
    DataType.DATE: clean_date,
    DataType.PHONE: clean_phone_number,
    DataType.COUNTRY: clean_country,
}
# And in these attributes, whatever their type.
CLEANED_BY_NAME: dict[str, Callable[[str], str]] = {**dict.fromkeys(NAMES, clean_name), USER_NAME: clean_user_name}


def _judged(name: str, value: Any) -> Any:
    data_type = data_type_of(name)
    if data_type is None:
        raise ValidationError(
            pgettext("portal", "This tenant has no attribute named “%(name)s” to set.") % {"name": name},
            code=Code.UNKNOWN,
        )
    if value in (None, ""):
        return None
    if data_type == DataType.INT:
        return clean_number(value)
    if data_type == DataType.BOOLEAN:
        if not isinstance(value, bool):
            raise ValidationError(NOT_A_CHOICE, code=Code.INVALID)
        return value
    if not isinstance(value, str):
        raise ValidationError(NOT_TEXT, code=Code.INVALID)
    text = _judged_text(name, value)
    clean = CLEANED.get(data_type)
    return clean(text) if text and clean else text or None


def _judged_text(name: str, value: str) -> str:
    built_in = BUILT_IN_ATTRIBUTES.get(name)
    if built_in is None:
        data_type = str(data_type_of(name))
        longest = longest_value(data_type, is_unique=name in unique_attributes())
        return clean_text(value, longest=longest, has_lines=data_type == DataType.STRING)
    text = clean_text(value, longest=built_in.max_length, has_lines=built_in.has_lines)
    clean = CLEANED_BY_NAME.get(name)
    return clean(text) if clean else text
