"""Each form that takes a code takes it as people type it: in other digits, with blanks and hyphens, in a sentence."""

from collections.abc import Callable, Iterator

import pytest

from userflows.forms.codes import CodeForm, RecoveryCodeForm

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "blanks": lambda code: f" {code[:3]} {code[3:]} ",
    "a hyphen": lambda code: f"{code[:3]}-{code[3:]}",
    "a dash": lambda code: f"{code[:3]}\u2013{code[3:]}",
    "no-break space": lambda code: f"{code[:3]}\u00a0{code[3:]}",
    "marks nobody sees": lambda code: f"\u200e{code[:3]}\u200b{code[3:]}\ufeff",
    "full width": lambda code: "".join(chr(ord(each) + 0xFEE0) for each in code),
}
OF_DIGITS: dict[str, Callable[[str], str]] = {
    "Arabic-Indic": lambda code: code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "Devanagari": lambda code: code.translate(str.maketrans("0123456789", "०१२३४५६७८९")),
    "a sentence": lambda code: f"Your code: {code}.",
}


def forms_of(form: type[CodeForm]) -> Iterator[type[CodeForm]]:
    yield form
    for each in form.__subclasses__():
        yield from forms_of(each)


FORMS = [*forms_of(CodeForm)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("spelling", SPELLINGS | OF_DIGITS)
def test_a_code_of_digits_is_taken_as_it_is_typed(form: type[CodeForm], spelling: str) -> None:
    sent = form({"code": (SPELLINGS | OF_DIGITS)[spelling]("123456")})
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data["code"] == "123456"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "\u200b", "²²²²²²"])
def test_what_cannot_be_a_code_is_no_try(form: type[CodeForm], typed: str) -> None:
    assert "code" in form({"code": typed}).errors


@pytest.mark.parametrize("spelling", [*SPELLINGS, "small letters", "Arabic-Indic", "Devanagari"])
def test_a_recovery_code_is_taken_as_it_is_typed(spelling: str) -> None:
    spell = {**SPELLINGS, **OF_DIGITS, "small letters": str.lower}[spelling]
    sent = RecoveryCodeForm({"code": spell("3F7QK9XW2M")})
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data["code"] == "3F7QK9XW2M"
