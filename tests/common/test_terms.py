"""Each language has a word for each term of the field, and its catalogue says that one."""

from pathlib import Path

import pytest

from tools.terms import Terms, gaps_in, missing_terms, read_terms

GERMAN = Terms("Sie", {"account": ["konto", "konten"], "email": ["e-mail"], "code": ["code"]})


@pytest.mark.parametrize(
    ("english", "german", "missing"),
    [
        ("Your account is gone", "Ihr Benutzerkonto ist weg", []),
        ("Your account is gone", "Ihr Zugang ist weg", ["account"]),
        ("All accounts", "Alle Konten", []),
        ("Accountant", "Buchhalterin", []),
        ("It's %(account)s", "Das ist %(account)s", []),
        ('It\'s <b title="account">%(email)s</b>', 'Das ist <b title="account">%(email)s</b>', []),
        ("This email has a code", "Diese Nachricht hat eine Nummer", ["email", "code"]),
        ("What we email to you", "Was wir Ihnen schicken", []),
        ("Postal code", "Postleitzahl", []),
        ("Sign-in code", "Anmeldecode", []),
    ],
)
def test_a_term_is_said_by_one_of_its_forms(english: str, german: str, missing: list[str]) -> None:
    assert missing_terms(GERMAN, [english], [german]) == missing


def test_each_form_of_a_sentence_that_counts_says_it() -> None:
    english = ["%(count)s code", "%(count)s codes"]
    assert missing_terms(GERMAN, english, ["ein Code", "%(count)s Nummern"]) == ["code"]


def test_a_sentence_may_be_excepted_by_name_and_one_that_is_gone_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "terms.toml").write_text(
        'register = "Sie"\n[terms]\naccount = ["konto"]\n[exceptions]\nsentences = ["Account?", "Gone"]\n'
    )
    terms = read_terms(tmp_path)

    assert missing_terms(terms, ["Account?"], ["Zugang?"]) == []
    assert list(gaps_in(terms, ("account", "app"), frozenset({"Account?"}))) == [
        "terms.toml has no word for: app",
        "terms.toml excepts what nobody says: Gone",
    ]
    assert list(gaps_in(read_terms(tmp_path / "nowhere"), (), frozenset())) == ["terms.toml doesn't say the register"]
