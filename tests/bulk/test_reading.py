"""Files as people have them: from spreadsheets, from other products, broken by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bulk.imports.mapping import guess
from bulk.imports.reading import MAX_RECORD, FileRefused, Record, format_of, records


class Bytes:
    """A file in memory, in pieces of so many bytes."""

    def __init__(self, content: bytes | str, size: int = 7) -> None:
        self.content = content.encode() if isinstance(content, str) else content
        self.size = size

    def chunks(self, offset: int) -> Iterator[bytes]:
        for begin in range(offset, len(self.content), self.size):
            yield self.content[begin : begin + self.size]


def read(content: bytes | str, size: int = 7) -> list[Record]:
    file = Bytes(content, size)
    # Of the beginning as much is looked at as a piece holds.
    form = format_of(Bytes(content, 4096))
    return list(records(file, form, form.begins_at, form.begins_on))


def values(content: bytes | str, size: int = 7) -> list[dict[str, Any] | None]:
    return [record.values for record in read(content, size) if record.values is not None or record.problem]


ZOE = [{"email": "zoe@a.example", "city": "Köln"}, {"email": "yan@a.example", "city": "Lyon, nord"}]


@pytest.mark.parametrize(
    "content",
    [
        'email,city\nzoe@a.example,Köln\nyan@a.example,"Lyon, nord"\n',
        '\ufeffemail,city\r\nzoe@a.example,Köln\r\nyan@a.example,"Lyon, nord"',
        "email;city\nzoe@a.example;Köln\n\n;\nyan@a.example;Lyon, nord\n\n",
        "email\tcity\nzoe@a.example\tKöln\nyan@a.example\tLyon, nord\n",
        '{"email": "zoe@a.example", "city": "Köln"}\n\n{"email": "yan@a.example", "city": "Lyon, nord"}\n',
        json.dumps(ZOE, indent=2, ensure_ascii=False),
        "\ufeff" + json.dumps(ZOE, ensure_ascii=False),
        json.dumps(ZOE),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_the_same_customers_are_read_however_the_file_is_written_and_cut(content: str, size: int) -> None:
    assert values(content, size) == ZOE


@pytest.mark.parametrize(
    "content",
    [
        'email,note\na@a.example,"two\nlines"\nb@a.example,x\n\nc@a.example,"ä\n\nö"\nd@a.example,y\n',
        '{"email": "a@a.example"}\n{"email": "ä@a.example"}\n\nbroken\n{"email": "c@a.example"}\n',
        json.dumps([{"email": f"{name}@a.example", "note": "ä\n"} for name in "abcd"], indent=1, ensure_ascii=False),
    ],
)
def test_reading_goes_on_from_behind_any_record_as_if_it_had_never_stopped(content: str) -> None:
    file, form = Bytes(content), format_of(Bytes(content, 4096))
    whole = read(content)

    for number, record in enumerate(whole, start=1):
        assert list(records(file, form, record.ends_at, record.lines)) == whole[number:]


def test_a_line_is_told_by_the_number_an_editor_shows() -> None:
    found = read('email,note\na@a.example,"two\nlines"\nb@a.example,x\n')
    assert [record.line for record in found] == [2, 4]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "empty"),
        (b"\xff\xfee\x00m\x00", "UTF-16"),
        (b"PK\x03\x04\x00\x00", "isn’t a text file"),
        ("zoe@a.example,Zoe\n", "holds a customer already"),
        ("Stra\xdfe,Ort\n".encode("latin-1"), "CSV UTF-8"),
        ("a," * 300 + "b\n", "more than 200 columns"),
        ("[1, 2", "ends before"),
        ("{]\n", "can’t be read as JSON"),
    ],
)
def test_a_file_that_cant_be_read_at_all_is_refused_in_a_sentence(content: bytes | str, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        "email,note\na@a.example,fine\nb@a.example,one,too many\nc@a.example,fine\n",
        b"email,note\na@a.example,fine\nb@a.example,Stra\xdfe\nc@a.example,fine\n",
        b"email,note\na@a.example,fine\nb@a.example,nul\0\nc@a.example,fine\n",
        '{"email": "a@a.example"}\n{"email": \n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n["b@a.example"]\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"email": "b@a.example", "age": NaN}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"email": "\\ud800"}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"age": 1e400}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"tags": ["\\udc00"]}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"tags": [{"a": ["nul\\u0000"]}]}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"tags": [{"\\ud800": -1e999}]}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"\\ud800": 1}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"tags": ' + "[" * 50 + "]" * 50 + '}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n' + "[" * 50_000 + '\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"age": ' + "9" * 5000 + '}\n{"email": "c@a.example"}\n',
        '{"email": "a@a.example"}\n{"note": "' + "x" * MAX_RECORD + '"}\n{"email": "c@a.example"}\n',
    ],
)
def test_c41_a_spoilt_line_is_refused_and_the_others_are_read(content: bytes | str) -> None:
    """C-41."""
    found = [record for record in read(content, 4096) if record.values is not None or record.problem]

    assert [bool(record.problem) for record in found] == [False, True, False]
    assert [(record.values or {}).get("email") for record in found] == ["a@a.example", None, "c@a.example"]


@pytest.mark.parametrize(
    "content",
    [
        'email\n"open' + "\nx" * MAX_RECORD,
        '[{"email": "a@a.example"}, {"note": "' + "x" * 3 * MAX_RECORD,
        '[{"email": "a@a.example"}, {"email": ',
        '[{"email": "a@a.example"}',
        "[" * 3 * MAX_RECORD,
        "email\n" + "x" * 3 * MAX_RECORD,
    ],
)
def test_c03_c41_what_has_no_end_is_given_up_before_it_fills_the_memory(content: str) -> None:
    with pytest.raises(FileRefused):
        read(content, 32 * 1024)


def test_names_inside_of_an_object_are_columns_too() -> None:
    found = values('{"email": "a@a.example", "address": {"city": "Köln", "geo": {"lat": 1}}, "phone": null}\n')
    assert found == [{"email": "a@a.example", "address.city": "Köln", "address.geo": {"lat": 1}}]


def test_what_an_export_made_safe_for_spreadsheets_is_itself_again() -> None:
    found = values("email,note\na@a.example,'=1+1\nb@a.example,'tis\n")
    assert [row and row["note"] for row in found] == ["=1+1", "'tis"]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        # As Auth0, Keycloak, Entra, Clerk and a German spreadsheet call them.
        (
            ["email", "email_verified", "passwordHash", "given_name"],
            ["email", "emailVerified", "passwordHash", "givenName"],
        ),
        (["username", "email", "firstName", "lastName"], ["email", "", "givenName", "surname"]),
        (["mail", "displayName", "jobTitle", "postalCode"], ["email", "displayName", "jobTitle", "postalCode"]),
        (["primary_email_address", "password_digest", "first_name"], ["email", "passwordHash", "givenName"]),
        (["E-Mail-Adresse", "Straße", "PLZ", "Kundennummer"], ["email", "streetAddress", "postalCode", ""]),
    ],
)
def test_columns_are_known_by_their_headings(headings: list[str], expected: list[str]) -> None:
    assert list(guess(headings, kept={}, custom_names=[]).values()) == expected


def test_what_was_chosen_before_comes_first() -> None:
    found = guess(["Nr", "email"], kept={"Nr": "custom:shoeSize", "gone": "x"}, custom_names=["shoeSize"])
    assert found == {"Nr": "custom:shoeSize", "email": "email"}
