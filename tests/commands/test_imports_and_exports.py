"""Customers by the file at the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import create_group
from accounts.models import Account, GroupMember
from audit.services import Actor
from bulk.models import Operation, State
from tenants.models import Tenant
from tests.bulk.files import uploaded
from tests.commands.conftest import Run

CONTENT = "email,Nr,Verified\nzoe@acme.example,C-7,yes\nbroken,C-8,no\ncarol@acme.example,C-9,no\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(CONTENT)
    return path


def test_a_file_is_checked_and_then_brought_in(run: Run, acme: Tenant, file: Path, tmp_path: Path) -> None:
    with tenant_context(acme):
        group = create_group(name="Wholesale", actor=Actor.command())
    words = ("customer", "import", str(file), "--tenant", "acme", "--column", "Nr=loyaltyNumber", "--verified", "file")

    checked = run(*words, "--check", "--refused", str(tmp_path / "refused.csv"))
    assert (checked["lines"], checked["good"], checked["refused"], checked["done"]) == (3, 2, 1, 0)
    assert checked["problems"] == [{"problem": "email: Enter one plain email address.", "lines": 1}]
    assert '"3","email: Enter one plain email address.","broken"' in (tmp_path / "refused.csv").read_text()

    done = run(*words, "--update", "--group", "wholesale")
    assert (done["state"], done["done"], done["unchanged"]) == ("done", 2, 0)
    with tenant_context(acme):
        zoe = Account.objects.get(email="zoe@acme.example")
        assert (zoe.email_verified, zoe.attribute("loyaltyNumber")) == (True, "C-7")
        assert GroupMember.objects.filter(group=group).count() == 2
        assert {operation.state for operation in Operation.objects.all()} == {State.CANCELLED, State.DONE}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--column", "Nr=horoscope"], "isn't a heading and an attribute"),
        (["--column", "email="], "Say which column is the email address"),
        (["--group", "nobody"], "There is no group nobody"),
        (["--refused", "/nowhere/refused.csv"], "can't be written"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_import_open(
    run: Run, acme: Tenant, file: Path, words: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("customer", "import", str(file), "--tenant", "acme", *words)
    with tenant_context(acme):
        assert not Operation.objects.open().exists()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_however_it_breaks_off_it_leaves_no_import_open(
    run: Run, acme: Tenant, file: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    for step in ("bulk.imports.steps.plan_of", "commands.customers.imports_and_exports.add_piece"):
        with monkeypatch.context() as broken:
            broken.setattr(step, Mock(side_effect=error))
            with pytest.raises(error):
                run("customer", "import", str(file), "--tenant", "acme")
        with tenant_context(acme):
            assert not Operation.objects.open().exists(), step


def test_an_import_that_nobody_goes_on_with_is_cancelled(run: Run, acme: Tenant) -> None:
    with tenant_context(acme):
        operation = uploaded("email\nzoe@acme.example\n")
    words = ("customer", "cancel", "--tenant", "acme", "--operation", str(operation.pk))

    assert run(*words)["state"] == "cancelled"
    with tenant_context(acme):
        assert not Operation.objects.open().exists()
    with pytest.raises(CommandError, match="already ended"):
        run(*words)


def test_a_file_that_isnt_there_or_cant_be_read_is_told(run: Run, acme: Tenant, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be read: No such file"):
        run("customer", "import", str(tmp_path / "none.csv"), "--tenant", "acme")
    (tmp_path / "wide.csv").write_bytes("email\n".encode("utf-16"))
    with pytest.raises(CommandError, match="UTF-16"):
        run("customer", "import", str(tmp_path / "wide.csv"), "--tenant", "acme")


def test_nothing_says_that_invitations_leave_while_none_does(say: Callable[..., str], acme: Tenant, file: Path) -> None:
    words = ("customer", "import", str(file), "--tenant", "acme", "--invite")
    assert "outbox" not in say(*words, "--check")
    assert "these emails stay in the outbox" in say(*words)


def test_entries_of_a_list_are_counted_as_such(say: Callable[..., str], acme: Tenant, tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text('[{"email": "zoe@acme.example"}, {"email": "broken"}]')
    told = say("customer", "import", str(tmp_path / "people.json"), "--tenant", "acme", "--check")
    assert told.startswith("2 entries, 1 good, 1 entry refused.")


def test_it_says_that_a_column_about_verified_addresses_isnt_used(
    run: Run, say: Callable[..., str], acme: Tenant, tmp_path: Path
) -> None:
    (tmp_path / "people.json").write_text('[{"email": "zoe@acme.example", "email_verified": true}]')
    words = ("customer", "import", str(tmp_path / "people.json"), "--tenant", "acme", "--check")
    unused = "The column email_verified isn't used, no address counts as verified: --verified file goes by it."
    assert unused in say(*words)
    assert "every address counts as verified" in say(*words, "--verified", "yes")
    assert "isn't used" not in say(*words, "--verified", "file")
    assert [run(*words, "--verified", each)["unheeded"] for each in ("no", "file")] == ["email_verified", ""]


def test_administrators_dont_come_by_a_file(run: Run, home: Tenant, file: Path) -> None:
    with pytest.raises(CommandError, match="invite them"):
        run("customer", "import", str(file), "--tenant", "home")


def test_customers_are_written_to_a_file_of_ones_own(run: Run, acme: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "customers.jsonl"
    words = ("customer", "export", str(path), "--tenant", "acme", "--format", "jsonl")

    answer = run(*words, "--column", "email", "--column", "givenName", "--password-hashes")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert answer == {"file": str(path), "bytes": path.stat().st_size}
    assert [line["givenName"] for line in lines] == ["Carol", "Dan"]
    assert lines[0]["passwordHash"].startswith("argon2$argon2id$")
    assert path.stat().st_mode & 0o077 == 0

    with pytest.raises(CommandError, match="JSON lines only"):
        run("customer", "export", str(path), "--tenant", "acme", "--password-hashes")
    with pytest.raises(CommandError, match="no column horoscope"):
        run(*words, "--column", "horoscope")
    with pytest.raises(CommandError, match="can't be written"):
        run("customer", "export", "/nowhere/customers.csv", "--tenant", "acme")
