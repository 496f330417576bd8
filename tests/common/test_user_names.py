"""Which user names there may be, and in which spelling they are kept."""

import pytest

from common.text.user_names import canonical_user_name, user_name_problem


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Carol ", "carol"),
        ("ＣＡＲＯＬ", "carol"),
        ("Straße", "strasse"),
        ("\u212aelvin", "kelvin"),
        ("IŞIK", "işik"),
        ("ışık", "işik"),
        ("İpek", "ipek"),
    ],
)
def test_a07_a_name_has_one_spelling(typed: str, kept: str) -> None:
    """Capitals, wide letters, the Kelvin sign, the dotless i."""
    assert canonical_user_name(typed) == kept
    assert canonical_user_name(kept) == kept
    assert user_name_problem(kept) == ""


@pytest.mark.parametrize("name", ["abc", "carol.carter-1_x", "さくら", "мария", "αλέξανδρος", "नमस्ते", "2much", "12345"])
def test_names_are_written_in_any_alphabet(name: str) -> None:
    assert user_name_problem(canonical_user_name(name)) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("ab", "x" * 65, "١٢٣٤٥", "", ".carol", "carol-", "car ol", "carol@acme.example", "carol+1", "a\x00bc"),
        # Cyrillic letters among Latin ones, and alone.
        *("cаrol", "ca.рol", "рохе"),
        *("ɡeorge", "admin", "Ad.Min", "r00t", "adm1n", "no-reply"),
        *("a\u202ebcd", "car\u200bol", "x" + "\u0301" * 9 + "yz"),
    ],
)
def test_a_name_that_passes_for_another_is_none(name: str) -> None:
    assert user_name_problem(canonical_user_name(name)) != ""
