"""Countries are known by two letters, in every language that pages speak."""

import pytest

from common.text.countries import countries, country_choices, country_letters, is_country
from common.text.languages import TRANSLATED_LANGUAGES


@pytest.mark.parametrize("language", TRANSLATED_LANGUAGES, ids=lambda language: language.tag)
def test_each_language_names_all_of_them_each_once(language: object) -> None:
    named = dict(countries(getattr(language, "code", "")))
    assert named.keys() == dict(countries()).keys()
    assert len(set(named.values())) == len(named)


def test_what_is_no_country_of_its_own_is_not_among_them() -> None:
    """249 of ISO 3166-1, and Kosovo."""
    assert len(countries()) == 250
    assert not any(map(is_country, ("EU", "UN", "ZZ", "XA", "UK", "de", "")))


def test_they_stand_in_the_order_of_readers_not_of_code_points() -> None:
    names = [name for _, name in countries("de")]
    assert names.index("Ägypten") < names.index("Albanien")


@pytest.mark.parametrize(
    ("meant", "letters"),
    [
        ("de", "DE"),
        (" DE ", "DE"),
        ("Germany", "DE"),
        ("DEUTSCHLAND", "DE"),
        ("Cote d’Ivoire", "CI"),
        ("日本", "JP"),
        ("النرويج", "NO"),
        ("Utopia", ""),
        ("UK", ""),
        ("", ""),
    ],
)
def test_a_country_is_known_by_its_letters_or_any_of_its_names(meant: str, letters: str) -> None:
    assert country_letters(meant) == letters


def test_what_was_typed_of_old_may_be_chosen_again() -> None:
    assert country_choices("None", kept="Utopia")[:2] == [("", "None"), ("Utopia", "Utopia")]
    assert country_choices("None", kept="DE")[1] == ("AF", "Afghanistan")
