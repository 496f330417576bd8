"""Days and moments as each language writes them out in full: 5 March 2026, 15:04; March 5, 2026, 3:04 PM.

The forms are those of CLDR (UTS 35, part 4), read from a table that `python -m tools.written_dates` makes: Django's own
begin months with capitals in Italian, and say a day in English where they know none.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django import template
from django.utils.translation import get_language

from common.text.languages import ENGLISH

TABLE = Path(__file__).with_suffix(".json")
register = template.Library()


@dataclass(frozen=True)
class Forms:
    """How one language writes them, with places named as CLDR names its fields: `%(d)s. %(MMMM)s %(y)s`.

    `era` is the number of years by which its calendar is ahead.
    """

    date: str
    time: str
    date_and_time: str
    months: list[str]
    era: int = 0


@register.filter(expects_localtime=True)
def long_date(day: date) -> str:
    """A day, or that of a moment, in the language that is spoken."""
    forms = forms_in(get_language() or ENGLISH)
    fields = {"d": day.day, "M": day.month, "MMMM": forms.months[day.month - 1], "y": day.year + forms.era}
    return forms.date % fields


@register.filter(expects_localtime=True)
def long_date_and_time(moment: datetime) -> str:
    """A moment to the minute. The page says in which zone."""
    forms = forms_in(get_language() or ENGLISH)
    fields = {"H": f"{moment.hour}", "h": f"{moment.hour % 12 or 12}", "a": f"{moment:%p}"}
    fields |= {"HH": f"{moment:%H}", "mm": f"{moment:%M}"}
    return forms.date_and_time % {"date": long_date(moment), "time": forms.time % fields}


@register.filter(expects_localtime=True)
def moment_and_zone(moment: datetime) -> str:
    """The same with the zone's short name, inside of a sentence that nothing around it says it for."""
    return f"{long_date_and_time(moment)}\u00a0{moment:%Z}"


@cache
def forms_in(language: str) -> Forms:
    """How they are written in the language of this code; as in English, where it is none of the table."""
    return forms_of_table().get(language) or forms_of_table()[ENGLISH]


@cache
def forms_of_table() -> dict[str, Forms]:
    """All languages of customer pages, by their codes."""
    return {code: Forms(**row) for code, row in json.loads(TABLE.read_text()).items()}
