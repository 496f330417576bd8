"""Codes of authenticator apps and recovery codes, as pure functions."""

import pytest

from accounts.factors.recovery_codes import new_codes, read_recovery_code
from accounts.factors.totp import address_of, code_at, step_at, step_of, written

# RFC 6238 appendix B, the six digits at the end of its eight.
SECRET = b"12345678901234567890"
VECTORS = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(SECRET, step_at(seconds)) == code


def test_a15_a_code_is_good_around_its_half_minute_and_never_twice() -> None:
    code, step = code_at(SECRET, 100), 100
    seconds = step * 30
    assert [step_of(SECRET, code, seconds=seconds + late, after=0) for late in (-31, -30, 0, 30, 59, 60)] == [
        None,
        100,
        100,
        100,
        100,
        None,
    ]
    assert step_of(SECRET, code, seconds=seconds, after=100) is None
    assert step_of(SECRET, code, seconds=seconds, after=99) == 100
    assert step_of(SECRET, "", seconds=seconds, after=0) is None


def test_what_an_app_reads_has_the_secret_and_whose_it_is() -> None:
    assert written(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert address_of(SECRET, issuer="Acme: Shop", account="carol@acme.example") == (
        "otpauth://totp/Acme%20%20Shop%3Acarol@acme.example"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%20Shop&period=30&digits=6"
    )


@pytest.mark.parametrize("typed", ["3F7QK-9XW2M", "3f7qk9xw2m", " 3F7QK 9XW2M ", "３F7QK–9XW2M"])
def test_a_recovery_code_is_read_however_it_was_typed(typed: str) -> None:
    assert read_recovery_code(typed) == "3F7QK9XW2M"


@pytest.mark.parametrize("typed", ["", "3F7QK-9XW2", "3F7QK-9XW2MM", "3F7QK-9XW2U", "\0" * 10])
def test_what_is_none_is_told_from_one(typed: str) -> None:
    assert read_recovery_code(typed) == ""


def test_recovery_codes_differ_and_are_read_as_they_are_shown() -> None:
    codes = new_codes()
    assert len({read_recovery_code(code) for code in codes} - {""}) == 10
    assert read_recovery_code(codes[0].replace("1", "l").replace("0", "o")) == codes[0].replace("-", "")
