"""Every language the product knows, in one table; settings, pages, brandings and catalogues are made from it.

A language alone (`de`) serves all its regions; regions stand apart only where people write differently. Customer pages
speak those that have a catalogue in `locale`, the portal those that have one in `locale/portal`: `python -m
tools.translations check` keeps every catalogue complete, so that there is no list to say it again.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext, gettext_lazy, to_locale


@dataclass(frozen=True)
class Language:
    """One row. `tag` is its BCP 47 tag, `code` what Django calls it, `english` and `own` are its names.

    `is_translated` says whether customer pages and mails speak it, `is_of_portal` whether the portal does. One that a
    tenant has made itself stands in no table: it is what the `catalogue` of this code says, in the tenant's words.
    """

    tag: str
    english: str
    own: str
    code: str
    is_right_to_left: bool = False
    is_translated: bool = False
    is_of_portal: bool = False
    catalogue: str = ""

    @property
    def name(self) -> str:
        """What it is called in the language of whoever reads the page; Django knows most of the names."""
        return gettext(self.english)

    @property
    def direction(self) -> str:
        """How it is written, as HTML says it."""
        return "rtl" if self.is_right_to_left else "ltr"

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return gap_in(self.tag)

    @property
    def colon(self) -> str:
        """What stands between a label and what it labels, its blanks included."""
        return "：" if not self.gap else "\u00a0: " if self.tag.startswith(_BLANK_BEFORE_COLON) else ": "


ENGLISH = "en"
LONGEST_TAG = 35
"""Characters that every tag in use has room in (RFC 5646 section 4.4.1)."""
CUSTOMERS_CATALOGUES = Path(__file__).resolve().parents[2] / "locale"
PORTALS_CATALOGUES = CUSTOMERS_CATALOGUES / "portal"
_RIGHT_TO_LEFT = {"ar", "he"}
_WITHOUT_GAP = ("ja", "zh")
_BLANK_BEFORE_COLON = "fr"
# Where Django's code isn't the tag in small letters.
_CODES = {"pt-PT": "pt", "zh-CN": "zh-hans", "zh-HK": "zh-hk", "zh-TW": "zh-hant"}
# Whom a tag leads to before it loses its last part, as CLDR's aliases and parent locales have it, to the nearest in the
# table: `no` and `iw` are what browsers call `nb` and `he`, and Argentina reads Mexico's Spanish rather than Spain's.
_LEADS_TO = {
    "no": "nb",
    "nn": "nb",
    "iw": "he",
    "in": "id",
    "zh-hans": "zh-cn",
    "zh-hant": "zh-tw",
    "zh-hant-hk": "zh-hk",
    "zh-hant-mo": "zh-hk",
    "zh-mo": "zh-hk",
    "zh-hk": "zh-tw",
    "es-419": "es-mx",
    **dict.fromkeys(
        (f"es-{region}" for region in "ar bo cl co cr cu do ec gt hn ni pa pe pr py sv us uy ve".split()), "es-419"
    ),
    **dict.fromkeys((f"en-{region}" for region in "au ie in nz sg za".split()), "en-gb"),
}
# Tag, English name, own name.
_ROWS = """
ar | Arabic | العربية
eu | Basque | Euskara
bg | Bulgarian | Български
ca | Catalan | Català
zh-CN | Chinese (China) | 简体中文
zh-HK | Chinese (Hong Kong) | 繁體中文（香港）
zh-TW | Chinese (Taiwan) | 繁體中文（台灣）
hr | Croatian | Hrvatski
cs | Czech | Čeština
da | Danish | Dansk
nl | Dutch | Nederlands
en | English | English
en-GB | English (United Kingdom) | English (United Kingdom)
et | Estonian | Eesti
fi | Finnish | Suomi
fr | French | Français
fr-CA | French (Canada) | Français (Canada)
gl | Galician | Galego
de | German | Deutsch
el | Greek | Ελληνικά
he | Hebrew | עברית
hi | Hindi | हिन्दी
hu | Hungarian | Magyar
is | Icelandic | Íslenska
id | Indonesian | Bahasa Indonesia
ga | Irish | Gaeilge
it | Italian | Italiano
ja | Japanese | 日本語
kk | Kazakh | Қазақ тілі
ko | Korean | 한국어
lv | Latvian | Latviešu
lt | Lithuanian | Lietuvių
nb | Norwegian Bokmål | Norsk bokmål
pl | Polish | Polski
pt-BR | Portuguese (Brazil) | Português (Brasil)
pt-PT | Portuguese (Portugal) | Português (Portugal)
ro | Romanian | Română
ru | Russian | Русский
sr-Latn | Serbian (Latin) | Srpski (latinica)
sk | Slovak | Slovenčina
sl | Slovenian | Slovenščina
es | Spanish | Español
es-MX | Spanish (Mexico) | Español (México)
sv | Swedish | Svenska
th | Thai | ไทย
tr | Turkish | Türkçe
uk | Ukrainian | Українська
vi | Vietnamese | Tiếng Việt
"""


# Those that Django has no name for.
NAMES_OF_OUR_OWN = (
    gettext_lazy("Chinese (China)"),
    gettext_lazy("Chinese (Hong Kong)"),
    gettext_lazy("Chinese (Taiwan)"),
    gettext_lazy("English (United Kingdom)"),
    gettext_lazy("French (Canada)"),
    gettext_lazy("Portuguese (Brazil)"),
    gettext_lazy("Portuguese (Portugal)"),
    gettext_lazy("Serbian (Latin)"),
    gettext_lazy("Spanish (Mexico)"),
)


def gap_in(tag: str) -> str:
    """What stands between two sentences: nothing where a full stop brings its own room along."""
    return "" if tag.startswith(_WITHOUT_GAP) else " "


def catalogue_in(folder: Path, code: str) -> Path:
    """Where a language's translations stand in a folder of catalogues."""
    return folder / to_locale(code) / "LC_MESSAGES" / "django.po"


def _language(row: str) -> Language:
    tag, english, own = (cell.strip() for cell in row.split("|"))
    code = _CODES.get(tag, tag.lower())
    return Language(
        tag=tag,
        english=english,
        own=own,
        code=code,
        is_right_to_left=tag in _RIGHT_TO_LEFT,
        is_translated=code == ENGLISH or catalogue_in(CUSTOMERS_CATALOGUES, code).exists(),
        is_of_portal=code == ENGLISH or catalogue_in(PORTALS_CATALOGUES, code).exists(),
    )


LANGUAGES = tuple(map(_language, _ROWS.strip().splitlines()))
TRANSLATED_LANGUAGES = tuple(language for language in LANGUAGES if language.is_translated)
PORTAL_LANGUAGES = tuple(language for language in LANGUAGES if language.is_of_portal)
TAGS = frozenset(language.tag for language in LANGUAGES)
_BY_NAME = {name.lower(): language for language in LANGUAGES for name in (language.code, language.tag)}


def find_language(name: str) -> Language | None:
    """The row of this tag or code, however it is spelt (`pt-br`, `pt_BR`); None for a language not in the table."""
    return _BY_NAME.get(name.replace("_", "-").lower())


def tag_of(name: str) -> str:
    """The BCP 47 tag of a tag or code; the same if it isn't in the table."""
    language = find_language(name)
    return language.tag if language else name


def language_name(name: str) -> str:
    """What administrators read for a tag or code: its name in their language, or the tag if it isn't in the table."""
    language = find_language(name)
    return language.name if language else name


def languages_by_name(languages: Collection[Language] = LANGUAGES) -> list[Language]:
    """These languages, in the order of what administrators read."""
    return sorted(languages, key=lambda language: language.name)


def lookup_chain(name: str, available: Collection[str]) -> list[str]:
    """Which of the available tags or codes serve this language, best first: de-AT before de (RFC 4647, section 3.4),
    and es-MX before es for es-AR.

    None where it is longer than any tag: it comes from strangers, and each of its parts is looked at.
    """
    if not available or len(name) > LONGEST_TAG:
        return []
    canonical = {_canonical(each): each for each in available}
    return [canonical[tag] for tag in _ladder(_canonical(name)) if tag in canonical]


def served_by(name: str, codes: Sequence[str]) -> str:
    """Which of these codes speaks best to whoever reads this language: de to de-AT, zh-hans to zh-Hans-SG, nb to no,
    sr-latn to sr; "" if none does, as for what is longer than any tag.
    """
    if len(name) > LONGEST_TAG:
        return ""
    asked = name.replace("_", "-").lower()
    for tag in _ladder(asked):
        language = find_language(tag)
        code = language.code if language else tag
        if code in codes:
            return code
    return next((code for code in codes if code.startswith(f"{asked.partition('-')[0]}-")), "")


def _ladder(tag: str) -> Iterator[str]:
    """A tag in small letters and what to look for instead of it, best first."""
    while tag:
        yield tag
        tag = _LEADS_TO.get(tag) or tag.rpartition("-")[0]


def _canonical(name: str) -> str:
    """One spelling for what Django and browsers spell differently."""
    language = find_language(name)
    return language.tag.lower() if language else name.replace("_", "-").lower()
