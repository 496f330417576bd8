"""Makes the table of what each language is called in each language of customer pages, from CLDR as Babel brings it.

The table is data of the product; a newer Babel or another language changes it.

    python -m tools.language_names           writes it anew
"""

from __future__ import annotations

import json

from babel import Locale

from common.text.language_names import TABLE
from common.text.languages import TRANSLATED_LANGUAGES, Language

# Where CLDR says "French (Canada)" alone, and people say it by an adjective in which the country's name doesn't stand.
ADJECTIVES_OF = ("fr-ca", "pt-br", "pt", "en-gb", "es-mx")
ADJECTIVES = {
    "bg": "канадски френски, бразилски португалски, европейски португалски, британски английски, мексикански испански",
    "cs": "kanadská francouzština, brazilská portugalština, evropská portugalština, britská angličtina, "
    "mexická španělština",
    "de": "kanadisches Französisch, brasilianisches Portugiesisch, europäisches Portugiesisch, britisches Englisch, "
    "mexikanisches Spanisch",
    "lv": "Kanādas franču, Brazīlijas portugāļu, Eiropas portugāļu, britu angļu, Meksikas spāņu",
    "nb": "kanadisk fransk, brasiliansk portugisisk, europeisk portugisisk, britisk engelsk, meksikansk spansk",
    "nl": "Canadees Frans, Braziliaans Portugees, Europees Portugees, Brits Engels, Mexicaans Spaans",
    "pt-br": "francês canadense, português brasileiro, português europeu, inglês britânico, espanhol mexicano",
    "ro": "franceză canadiană, portugheză braziliană, portugheză europeană, engleză britanică, spaniolă mexicană",
    "sk": "kanadská francúzština, brazílska portugalčina, európska portugalčina, britská angličtina, "
    "mexická španielčina",
    "sr-latn": "kanadski francuski, brazilski portugalski, evropski portugalski, britanski engleski, meksički španski",
    "uk": "канадська французька, бразильська португальська, європейська португальська, британська англійська, "
    "мексиканська іспанська",
}


def table() -> dict[str, dict[str, str]]:
    """By the code of the language that is read, and of the one that is named."""
    return {
        reader.code: {named.code: ", ".join(_names(named, reader)) for named in TRANSLATED_LANGUAGES}
        for reader in TRANSLATED_LANGUAGES
    }


def _names(named: Language, reader: Language) -> list[str]:
    """That by language and country, and that which CLDR or people have for both."""
    locale, of = Locale.parse(reader.tag, sep="-"), Locale.parse(named.tag, sep="-")
    name = locale.languages[of.language]
    if of.territory and "-" in named.tag:
        name = f"{name} ({locale.territories[of.territory]})"
    elif of.script and "-" in named.tag:
        name = f"{name} ({locale.scripts[of.script]})"
    both = [locale.languages.get(f"{of.language}_{part}") for part in (of.territory, of.script) if part]
    said = dict(zip(ADJECTIVES_OF, ADJECTIVES.get(reader.code, "").split(", "), strict=False)).get(named.code)
    return list(dict.fromkeys(filter(None, [name, *both, said])))


def written() -> str:
    """The table as the file has it."""
    return json.dumps(table(), ensure_ascii=False, indent=0) + "\n"


def main() -> None:
    TABLE.write_text(written())


if __name__ == "__main__":
    main()
