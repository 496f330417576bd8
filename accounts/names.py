"""In which order the parts of a name stand: that of the name's own script and language (CLDR, UTS 35 part 8)."""

import re

# Where the surname goes first (CLDR, `nameOrderLocales`).
_SURNAME_FIRST = frozenset({"hu", "ja", "ko", "vi", "yue", "zh"})
# Those of them whose own names are in Latin letters; the names of the others are known by their script.
_IN_LATIN_LETTERS = frozenset({"hu", "vi"})
# Hangul, Kana and Han, and the marks among them: written without a blank in between.
_EAST_ASIAN = re.compile(
    r"[\u1100-\u11ff\u3005-\u3007\u3031-\u3035\u3041-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af]+"
)


def puts_surname_first(language: str) -> bool:
    """Whether people who speak the language of this tag or code say and write the surname first."""
    return _primary(language) in _SURNAME_FIRST


def name_of(*, display_name: str, given_name: str, surname: str, language: str) -> str:
    """What to call a person whose language is the one of this tag: the display name, or given name and surname in the
    order of the name; may be empty.
    """
    return display_name or full_name(given_name, surname, language=language)


def full_name(given_name: str, surname: str, *, language: str) -> str:
    """Both, whoever reads them: 山田太郎 is the same on an English page, and Taro Yamada on a Japanese one."""
    if _EAST_ASIAN.fullmatch(surname + given_name):
        return surname + given_name
    is_turned = _primary(language) in _IN_LATIN_LETTERS
    return " ".join(filter(None, (surname, given_name) if is_turned else (given_name, surname)))


def _primary(language: str) -> str:
    """Its primary subtag (RFC 5646 section 2.2.1)."""
    return language.lower().partition("-")[0]
