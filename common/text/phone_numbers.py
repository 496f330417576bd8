"""Telephone numbers, kept as ITU-T E.164 writes them: a plus, the country's code, the number, and nothing between."""

import unicodedata

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType

NOT_A_PHONE_NUMBER = _("Enter a phone number with its country code, such as +49 171 3920010.")
LONGEST_TYPED = 40
# Which kinds of numbers phones have that take text messages. In some countries nobody can tell those of mobile phones.
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
# Whose use is paid otherwise than that of a phone, often to whoever has the number.
_PAID_OTHERWISE = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.UAN,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
}
# How people write the plus.
_PLUSES = {"\uff0b": "+", "\ufe62": "+"}


def phone_number(text: str) -> str:
    """The number in E.164, from however it was typed; "" if no country has numbers like it.

    Without its country code nobody knows whose number it is. Digits may be of any script.
    """
    typed = "".join(map(_plain, text.strip()))
    if len(typed) > LONGEST_TYPED:
        return ""
    # What is dialled abroad in the place of the plus, in most countries.
    typed = f"+{typed[2:]}" if typed.startswith("00") else typed
    try:
        number = phonenumbers.parse(typed)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number) or number.extension:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written_phone_number(number: str) -> str:
    """A number in E.164 as people read it, in groups; as it is, if it is none."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def _plain(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else _PLUSES.get(character, character)


def country_of_number(number: str) -> str:
    """The two letters of the country that a number in E.164 belongs to; "" if it belongs to none."""
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ""
    return found if found and found.isalpha() else ""


def is_mobile_number(number: str) -> bool:
    """Whether a number in E.164 may be a mobile phone's, by the ranges that its country has given to these."""
    return _kind_of(number) in _MOBILE


def is_paid_otherwise(number: str) -> bool:
    """Whether what goes to a number in E.164 is paid otherwise than to a phone: at a premium, shared, not at all."""
    return _kind_of(number) in _PAID_OTHERWISE


def _kind_of(number: str) -> int:
    try:
        return phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return PhoneNumberType.UNKNOWN


def masked_phone_number(number: str) -> str:
    """What is shown of a number to somebody who may not be its owner: its last two digits."""
    return f"••••\N{NO-BREAK SPACE}{number[-2:]}"
