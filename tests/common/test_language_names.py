"""What a language is called by its readers, and by those of others."""

from babel import Locale

from common.text.language_names import TABLE, names_in
from common.text.languages import TRANSLATED_LANGUAGES
from tools.language_names import written


def test_the_table_is_what_cldr_says_today() -> None:
    """Else `python -m tools.language_names` writes it anew."""
    assert TABLE.read_text() == written()


def test_each_language_has_a_name_in_each_and_no_two_have_the_same() -> None:
    for reader in TRANSLATED_LANGUAGES:
        names = names_in(reader.code)
        assert names.keys() == {language.code for language in TRANSLATED_LANGUAGES}
        assert len(set(names.values())) == len(names)
    assert Locale("sv").languages["ja"] in names_in("sv")["ja"]


def test_a_language_without_a_table_names_none() -> None:
    assert names_in("gsw") == {}
