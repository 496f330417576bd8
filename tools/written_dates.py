"""Makes the table of how each language of customer pages writes days and moments, from CLDR as Babel brings it.

The table is data of the product; a newer Babel or another language changes it.

    python -m tools.written_dates           writes it anew
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict

from babel import Locale
from babel.dates import parse_pattern

from common.text.languages import ENGLISH, TRANSLATED_LANGUAGES, Language
from common.text.written_dates import TABLE, Forms

# What CLDR says between a day and a time of day in a sentence (`dateTimeFormat` of type "atTime"), where it is a word:
# Babel brings those for lists alone.
AT_TIME = {
    "da": "%(date)s kl. %(time)s",
    "fi": "%(date)s klo %(time)s",
    "fr": "%(date)s à %(time)s",
    "fr-ca": "%(date)s à %(time)s",
    "gl": "%(date)s ás %(time)s",
    "id": "%(date)s pukul %(time)s",
    "nb": "%(date)s kl. %(time)s",
    "pt-br": "%(date)s às %(time)s",
    "sv": "%(date)s kl. %(time)s",
    "th": "%(date)s เวลา %(time)s น.",
}
# The calendar of the Buddhists, which Thailand counts by. Babel brings none but the Gregorian one.
BUDDHIST_DATE = "%(d)s %(MMMM)s พ.ศ. %(y)s"
# Languages whose lines break at any letter, and whose dates are short.
BREAKING_ANYWHERE = ("ja", "ko", "zh")
NO_BREAK_BLANK = "\u00a0"
WORD_JOINER = "\u2060"
BESIDE_DATE = re.compile(
    rf"(?<=%\(date\)s){NO_BREAK_BLANK}|(?<=%\(date\)s\W){NO_BREAK_BLANK}|{NO_BREAK_BLANK}(?=%\(date\))"
)


def table() -> dict[str, Forms]:
    """The forms of all languages, by their codes."""
    return {language.code: _forms(language) for language in TRANSLATED_LANGUAGES}


def _forms(language: Language) -> Forms:
    locale = Locale.parse(language.tag, sep="-")
    buddhist = language.code == "th"
    both = str(locale.datetime_formats["medium"]).format("%(time)s", "%(date)s")
    return Forms(
        date=_whole(BUDDHIST_DATE if buddhist else locale.date_formats["long"].format, language),
        time=_whole(_time(locale), language),
        date_and_time=_whole(AT_TIME.get(language.code, both), language),
        months=[_whole(locale.months["format"]["wide"][number], language) for number in range(1, 13)],
        era=543 if buddhist else 0,
    )


def _whole(form: str, language: Language) -> str:
    """What no line breaks in, for "14." alone at its end is no date; but for between a day and a time that are long."""
    # A narrow blank that doesn't break is in few fonts.
    whole = form.replace("\u202f", NO_BREAK_BLANK).replace(" ", NO_BREAK_BLANK)
    if language.code.startswith(BREAKING_ANYWHERE):
        return re.sub(r"(?:(?<=\)s)|(?<=\d))(?=[^\W\d_])|(?<=[^\W\d_])(?=%\()", WORD_JOINER, whole)
    return BESIDE_DATE.sub(" ", whole)


def _time(locale: Locale) -> str:
    """Of 24 hours, but in English: elsewhere "p.m." ends in a full stop, as the sentence around it does."""
    if locale == Locale(ENGLISH):
        return str(parse_pattern(locale.datetime_skeletons["hm"]).format)
    short = locale.time_formats["short"]
    has_halves = "%(a)s" in short.format or "%(B)s" in short.format
    return str(parse_pattern(locale.datetime_skeletons["Hm"] if has_halves else short).format)


def written() -> str:
    """The table as the file has it."""
    rows = {code: asdict(forms) for code, forms in table().items()}
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    TABLE.write_text(written())


if __name__ == "__main__":
    main()
