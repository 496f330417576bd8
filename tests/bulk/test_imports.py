"""Customers come in from a file: judged line by line before anything is written, then in chunks."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.finding.lookup import CustomerFilter, customers_found
from accounts.finding.services import catch_up
from accounts.identity.services.accounts import create_account, delete_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.identity.services.groups import create_group
from accounts.models import Account, AddressChange, CustomerEntry, GroupMember, Standing
from audit.models import Event
from audit.services import Actor
from branding.languages.offered import OwnLanguage
from branding.languages.services import add_language_of_ones_own
from bulk import services
from bulk.actions.services import begin_action, undo
from bulk.chain import take_step
from bulk.exports.services import export_customers
from bulk.imports import statements, steps
from bulk.imports.pieces import PIECE_BYTES
from bulk.imports.refused import problems_of, refused_lines
from bulk.imports.services import add_piece, begin_import, bring_in, check_file, guessed
from bulk.models import Item, Operation, Piece, StagedRow, State
from bulk.services import cancel, go_on, is_stuck, sweep_operations
from common.problems import Refused
from mail.models import Message
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services import limit_tenant
from tests.bulk.files import ACTOR, checked, csv_of, imported, uploaded, work
from tests.bulk.hashes import BCRYPT
from tests.cast import PASSWORD

NAME = "preferred_username"
CC = {NAME: "cc.1"}


def test_a_file_becomes_customers_who_sign_in_with_the_passwords_they_had(acme: Tenant) -> None:
    with tenant_context(acme):
        group = create_group(name="Wholesale", actor=ACTOR)
        operation = imported(
            f"E-Mail;Vorname;Ort;Password\nZoe@Acme.example;Zoë;Köln;{BCRYPT}\nyan@acme.example;Yan;;\n",
            group_id=group.pk,
        )

        assert operation.state == State.DONE
        assert (operation.total, operation.done, operation.unchanged, operation.failed) == (2, 2, 0, 0)
        zoe, yan = Account.objects.filter(email__in=["Zoe@acme.example", "yan@acme.example"]).order_by("email")
        assert (zoe.given_name, zoe.city, zoe.email_verified) == ("Zoë", "Köln", True)
        assert authenticate(email="zoe@acme.example", password=PASSWORD) == zoe
        assert not yan.has_usable_password()
        assert set(GroupMember.objects.filter(group=group).values_list("account", flat=True)) == {zoe.pk, yan.pk}
        assert {entry.pk for entry in customers_found(CustomerFilter(search="zoe")).all()} == {zoe.pk}
        assert {entry.pk for entry in customers_found(CustomerFilter(search="oln")).all()} == set()
        assert catch_up() == 0
        told = Event.objects.filter(account_id=zoe.pk).order_by("pk")
        assert [(event.action, event.actor_name) for event in told] == [
            ("customer.created", "A test"),
            ("group.member_added", "A test"),
        ]
        assert told[0].details == {"import": str(operation.pk)}


def test_the_check_writes_nothing_and_tells_line_by_line(acme: Tenant) -> None:
    with tenant_context(acme):
        before = Account.objects.count()
        delete_account(Account.objects.get(email="dan@acme.example"), actor=ACTOR)
        operation = checked(
            csv_of(
                ["email", "country", "passwordHash"],
                ["zoe@acme.example", "DE", ""],
                ["no address", "DE", ""],
                ["ZOE@ACME.example", "DE", ""],
                ["carol@acme.example", "DE", ""],
                ["dan@acme.example", "DE", ""],
                ["yan@acme.example", "Atlantis", ""],
                ["uma@acme.example", "DE", PASSWORD],
                ["", "DE", ""],
            )
        )

        assert operation.state == State.CHECKED
        assert (operation.total, operation.good, operation.unchanged, operation.failed) == (8, 2, 1, 6)
        assert dict(operation.problems) == {
            "email: Enter one plain email address.": 1,
            "This address is already further up in the file.": 1,
            "This is the address of a deleted customer: restore or purge them first.": 1,
            "country: Choose a country or region by its two letters, such as DE.": 1,
            "passwordHash: This isn’t a password hash that can be carried over.": 1,
            "There is no email address on this line.": 1,
        }
        told = b"".join(refused_lines(operation)).decode("utf-8-sig")
        assert [line.partition(",")[0] for line in told.splitlines()] == [
            '"Line"',
            *(f'"{number}"' for number in (3, 4, 6, 7, 8, 9)),
        ]
        assert Account.objects.count() == before


def test_an_address_that_may_still_be_taken_back_makes_no_account(acme: Tenant) -> None:
    with tenant_context(acme):
        AddressChange.objects.create(
            account_id=Account.objects.get(email="carol@acme.example").pk,
            before="Kim@acme.example",
            canonical_before="kim@acme.example",
            done_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=14),
        )
        operation = checked(csv_of(["email"], ["KIM@acme.example"], ["zoe@acme.example"]))

        assert (operation.good, operation.failed) == (1, 1)
        assert dict(operation.problems) == {
            "A customer had this address until a few days ago and can still reclaim it.": 1
        }


def test_nor_does_one_that_was_freed_since_the_file_was_checked(acme: Tenant) -> None:
    with tenant_context(acme):
        operation = checked(csv_of(["email"], ["KIM@acme.example"], ["zoe@acme.example"]))
        AddressChange.objects.create(
            account_id=Account.objects.get(email="carol@acme.example").pk,
            before="Kim@acme.example",
            canonical_before="kim@acme.example",
            done_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=14),
        )

        bring_in(operation, actor=ACTOR)
        work()

        operation.refresh_from_db()
        assert (operation.done, operation.unchanged) == (1, 1)
        assert not Account.objects.with_email("kim@acme.example").exists()
        assert Account.objects.with_email("zoe@acme.example").exists()


def test_p41_no_report_holds_a_password_or_its_hash(acme: Tenant) -> None:
    with tenant_context(acme):
        operation = checked(
            csv_of(
                ["email", "passwordHash", "note"],
                ["broken", BCRYPT, BCRYPT],
                ["zoe@acme.example", PASSWORD, "x"],
                ["yan@acme.example", BCRYPT, BCRYPT],
            )
        )
        told = b"".join(refused_lines(operation)).decode() + json.dumps(operation.problems)
        assert "broken" in told
        kept = json.dumps(list(StagedRow.objects.values_list("source", flat=True)))
        for secret in (BCRYPT, PASSWORD):
            assert secret not in told + kept

        bring_in(operation, actor=ACTOR)
        work()
        assert Account.objects.filter(email="yan@acme.example").exists()
        assert not StagedRow.objects.filter(problem="").exists()
        assert not StagedRow.objects.exclude(password="").exists()
        assert not Piece.objects.exists()


def test_whoever_is_here_stays_as_they_are_or_is_updated_but_keeps_their_password(acme: Tenant) -> None:
    content = csv_of(
        ["email", "givenName", "surname", "loyaltyNumber", "passwordHash"],
        ["Carol@acme.example", "Caroline", "", "C-2", BCRYPT],
        ["zoe@acme.example", "Zoë", "", "", ""],
    )
    with tenant_context(acme):
        before = Account.objects.filter(email="carol@acme.example").values().get()
        skipped = imported(content)
        assert (skipped.done, skipped.unchanged) == (1, 1)
        assert Account.objects.filter(email="carol@acme.example").values().get() == before

        updated = imported(content, existing="update")
        assert (updated.done, updated.unchanged) == (1, 1)
        carol = Account.objects.get(email="carol@acme.example")
        assert (carol.given_name, carol.surname, carol.custom_attributes) == (
            "Caroline",
            "Carter",
            {"loyaltyNumber": "C-2"},
        )
        assert (carol.password, carol.email_verified) == (before["password"], True)
        assert carol.updated_at > before["updated_at"]
        assert Event.objects.filter(action="customer.profile_changed", account_id=carol.pk).count() == 1
        assert {entry.pk for entry in customers_found(CustomerFilter(search="caroline"))} == {carol.pk}
        assert catch_up() == 0
        assert [*Item.objects.touched_by(updated).values_list("account_id", flat=True)] == [carol.pk]
        with pytest.raises(Refused):
            undo(updated, actor=ACTOR)

        again = imported(content, existing="update")
        assert (again.done, again.unchanged) == (0, 2)


def test_a_language_of_the_tenants_own_comes_in(acme: Tenant) -> None:
    with tenant_context(acme):
        add_language_of_ones_own(OwnLanguage("gsw", "Schwiizerdütsch", falls_back_to="de"), actor=ACTOR)
        operation = imported(
            '{"email": "zoe@acme.example", "locale": "gsw"}\n{"email": "yan@acme.example", "locale": "x"}'
        )
        assert (operation.done, operation.failed) == (1, 1)
        assert Account.objects.get(email="zoe@acme.example").language == "gsw"


def test_attributes_of_the_tenants_own_come_in_their_types(acme: Tenant) -> None:
    with tenant_context(acme):
        define_custom_attribute(name="shoeSize", data_type="Int", actor=ACTOR)
        define_custom_attribute(name="newsletter", data_type="Boolean", actor=ACTOR)
        operation = imported(
            '{"email": "zoe@acme.example", "shoeSize": 41, "newsletter": true, "loyaltyNumber": 17, "locale": "fr"}\n'
            '{"email": "yan@acme.example", "shoeSize": "40", "newsletter": "nein"}\n'
            '{"email": "uma@acme.example", "shoeSize": "wide"}\n'
            '{"email": "ida@acme.example", "newsletter": [true]}\n'
        )
        assert (operation.done, operation.failed) == (2, 2)
        zoe = Account.objects.get(email="zoe@acme.example")
        assert zoe.custom_attributes == {"shoeSize": 41, "newsletter": True, "loyaltyNumber": "17"}
        assert set(zoe.agreed_at) == {"newsletter"}
        assert zoe.language == "fr"
        assert Account.objects.get(email="yan@acme.example").custom_attributes == {"shoeSize": 40, "newsletter": False}


def test_dates_phone_numbers_and_countries_come_and_go_in_one_spelling(acme: Tenant) -> None:
    with tenant_context(acme):
        for name, data_type in (("born", "Date"), ("mobile", "Phone"), ("passport", "Country")):
            define_custom_attribute(name=name, data_type=data_type, actor=ACTOR)
        operation = imported(
            "email,born,mobile,passport,streetAddress\n"
            'zoe@acme.example,1990-12-31,+49 30 901820,Deutschland,"1 Main St\nFlat 2"\n'
            "yan@acme.example,31.12.1990,,,\n"
            "uma@acme.example,,030 901820,,\n"
        )
        assert (operation.done, operation.failed) == (1, 2)
        zoe = Account.objects.filter(email="zoe@acme.example")
        assert zoe.get().custom_attributes == {"born": "1990-12-31", "mobile": "+4930901820", "passport": "DE"}
        columns = ["email", "born", "mobile", "passport", "streetAddress"]
        exported = b"".join(export_customers(zoe, columns=columns, kind="csv", actor=ACTOR)).decode()
        line = exported.split("\r\n", 1)[1]
        assert line == '"zoe@acme.example","1990-12-31","+4930901820","DE","1 Main St\nFlat 2"\r\n'


def test_c14_a_user_name_comes_in_for_one_customer_and_goes_out_with_them(acme: Tenant) -> None:
    """Judged with the lines before and whoever is here, and once more by the database when it is written."""
    with tenant_context(acme):
        update_profile(Account.objects.get(email="carol@acme.example"), attributes=CC, actor=ACTOR)
        rows = [["zoe@acme.example", "ZOE"], ["yan@acme.example", "zoe"], ["xia@acme.example", "cc.1"]]
        rows += [["carol@acme.example", "cc.1"], ["wim@acme.example", "wim"], ["vic@acme.example", "admin"]]
        operation = checked(csv_of(["email", "preferred_username"], *rows), existing="update")
        assert {sentence for sentence, _ in operation.problems} == {
            "This user name is already further up in the file.",
            "Another customer has this user name.",
            "preferred_username: This user name isn't available. Choose another one.",
        }
        update_profile(Account.objects.get(email="dan@acme.example"), attributes={**CC, NAME: "wim"}, actor=ACTOR)
        bring_in(operation, actor=ACTOR)
        work()
        names = dict(Account.objects.values_list("email", "user_name"))
        assert (names["zoe@acme.example"], names["carol@acme.example"]) == ("zoe", "cc.1")
        assert (names["wim@acme.example"], names["dan@acme.example"]) == ("", "wim")
        assert {entry.account.email for entry in customers_found(CustomerFilter(search="zoe"))} == {"zoe@acme.example"}
        columns = ["email", NAME]
        written = b"".join(export_customers(CustomerEntry.objects.all(), columns=columns, kind="csv", actor=ACTOR))
    assert b'"zoe@acme.example","zoe"' in written


def test_columns_that_were_chosen_are_known_the_next_time(acme: Tenant) -> None:
    with tenant_context(acme):
        checked("email,Nr\nzoe@acme.example,7\n", mapping={"Nr": "custom:loyaltyNumber"})
        assert guessed(uploaded("Nr,email\n8,yan@acme.example\n")) == {"Nr": "custom:loyaltyNumber", "email": "email"}


@pytest.mark.parametrize(
    ("mapping", "verified", "field"),
    [
        ({"email": "", "name": "displayName"}, "no", ""),
        ({"email": "email", "name": "email"}, "no", "name"),
        ({"email": "email", "name": "password"}, "no", "name"),
        ({"email": "email", "name": "custom:unknown"}, "no", "name"),
        ({"email": "email"}, "file", "verified"),
        ({"email": "email"}, "perhaps", "verified"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_at_its_column(
    acme: Tenant, mapping: dict[str, str], verified: str, field: str
) -> None:
    with tenant_context(acme):
        operation = uploaded("email,name\nzoe@acme.example,Zoë\n")
        with pytest.raises(Refused) as refusal:
            check_file(operation, mapping=mapping, existing="skip", verified=verified, group_id=None)
        assert [problem.field for problem in refusal.value.problems] == [field]


def test_a_worker_that_dies_loses_a_chunk_and_the_import_ends_exact(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 10)
    content = csv_of(["email"], *([f"person{number}@acme.example"] for number in range(35)))
    with tenant_context(acme):
        operation = checked(content)
        bring_in(operation, actor=ACTOR)
        operation.refresh_from_db()
        assert take_step(operation.pk, operation.chain)

        # Dies in the middle of the next one: what it wrote is taken back with the mark.
        monkeypatch.setattr(steps, "record_for_many", lambda *_, **__: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception), transaction.atomic():
            take_step(operation.pk, operation.chain)
        monkeypatch.undo()
        assert Account.objects.filter(email__startswith="person").count() == 10

        # Its job is lost with it, and somebody has the import go on; the one before it comes to life again too.
        old = operation.chain
        go_on(operation)
        assert not take_step(operation.pk, old)
        work()
        operation.refresh_from_db()
        assert (operation.state, operation.done) == (State.DONE, 35)
        assert Account.objects.filter(email__startswith="person").count() == 35
        assert Event.objects.filter(action="customer.created", target_name__startswith="person").count() == 35


def test_an_address_that_was_taken_meanwhile_stays_with_whoever_took_it(acme: Tenant) -> None:
    with tenant_context(acme):
        operation = checked("email,givenName\nzoe@acme.example,Zoë\nyan@acme.example,Yan\n")
        taken = Account.objects.create(email="zoe@acme.example", canonical_email="zoe@acme.example", given_name="Other")
        bring_in(operation, actor=ACTOR)
        work()
        operation.refresh_from_db()
        assert (operation.done, operation.unchanged) == (1, 1)
        assert Account.objects.get(email="zoe@acme.example").pk == taken.pk


def test_an_import_is_undone_by_deleting_whom_it_brought_in_and_nobody_else(acme: Tenant) -> None:
    with tenant_context(acme):
        operation = imported("email\nzoe@acme.example\ncarol@acme.example\nyan@acme.example\n")
        undoing = undo(operation, actor=ACTOR)
        assert undoing.total == 2
        begin_action(undoing, actor=ACTOR)
        work()
        undoing.refresh_from_db()
        assert (undoing.state, undoing.done) == (State.DONE, 2)
        assert not Account.objects.kept().filter(email__in=["zoe@acme.example", "yan@acme.example"]).exists()
        assert Account.objects.kept().filter(email="carol@acme.example").exists()


def test_a_file_comes_in_pieces_each_once_and_in_order(acme: Tenant) -> None:
    with tenant_context(acme):
        content = b"email\n" + b"".join(b"person%d@acme.example\n" % number for number in range(20_000))
        operation = begin_import(file_name="C:\\files\\list\n.csv", size=len(content), actor=ACTOR)
        first, last = content[:PIECE_BYTES], content[PIECE_BYTES:]

        assert operation.subject == "list.csv"
        for number, wrong in ((1, last), (0, first[:-1]), (0, first + b"x"), (7, first)):
            with pytest.raises(Refused):
                add_piece(operation, number=number, content=wrong)
        assert not add_piece(operation, number=0, content=first)
        # It arrived, but its sender hadn't heard so.
        assert not add_piece(operation, number=0, content=first)
        assert add_piece(operation, number=1, content=last)
        operation.refresh_from_db()
        assert operation.state == State.UPLOADED


def test_c41_nobody_fills_the_disk_with_files_that_lead_nowhere(acme: Tenant) -> None:
    with tenant_context(acme):
        with pytest.raises(Refused, match="256 MB"):
            begin_import(file_name="huge.csv", size=10**9, actor=ACTOR)
        with pytest.raises(Refused, match="empty"):
            begin_import(file_name="none.csv", size=0, actor=ACTOR)
        opened = [uploaded("email\nzoe@acme.example\n") for _ in range(5)]
        with pytest.raises(Refused, match="5 imports are already open"):
            uploaded("email\nyan@acme.example\n")
        cancel(opened[0], actor=ACTOR)
        assert Piece.objects.filter(operation_id=opened[0].pk).count() == 0
        uploaded("email\nyan@acme.example\n")


ZOE, YAN = {"email": "zoe@acme.example"}, {"email": "yan@acme.example"}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([ZOE, YAN, 5, None]),
        json.dumps({"users": [ZOE, YAN, 5, None]}),
        f"[\n{json.dumps(ZOE)},\n{json.dumps(YAN)}, 5,\nnull]",
    ],
)
def test_entries_of_a_list_are_told_by_their_number_however_many_stand_on_a_line(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 3)
    with tenant_context(acme):
        operation = checked(content)
        assert (operation.state, operation.total, operation.good) == (State.CHECKED, 4, 2)
        assert problems_of(operation) == [("This isn’t a JSON object.", 2, [3, 4])]
        told = b"".join(refused_lines(operation)).decode("utf-8-sig")
        assert [line.partition(",")[0] for line in told.splitlines()] == ['"Entry"', '"3"', '"4"']
        bring_in(operation, actor=ACTOR)
        work()
        assert Account.objects.filter(email__in=[ZOE["email"], YAN["email"]]).count() == 2


def test_a_file_that_breaks_off_fails_in_a_sentence(acme: Tenant) -> None:
    with tenant_context(acme):
        operation = uploaded('[{"email": "zoe@acme.example"}, {"email": ')
        assert operation.state == State.FAILED
        assert operation.problem == "From line 1 on this file can’t be read as JSON."

        operation = checked("[" + '{"email": "zoe@acme.example"},\n' * 200)
        assert operation.state == State.FAILED
        assert operation.problem == "The file ends before its list does."
        assert not Piece.objects.exists()


def test_p42_administrators_come_by_invitation_and_not_by_a_file(home: Tenant) -> None:
    with tenant_context(home), pytest.raises(Refused, match="invite them"):
        begin_import(file_name="administrators.csv", size=10, actor=ACTOR)


def test_p42_what_an_administrator_began_ends_with_their_membership(acme: Tenant, ada: Account) -> None:
    actor = Actor("administrator", str(ada.pk), ada.email)
    with tenant_context(acme):
        operation = uploaded("email\nzoe@acme.example\n", actor=actor)
        check_file(operation, mapping=guessed(operation), existing="skip", verified="no", group_id=None)
    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk).delete()
    with tenant_context(acme):
        work()
        operation.refresh_from_db()
        assert operation.state == State.FAILED
        assert operation.problem == "The person who started this is no longer allowed to."


def test_p42_what_somebody_began_ends_with_the_role_that_allowed_it(acme: Tenant, ada: Account) -> None:
    actor = Actor("administrator", str(ada.pk), ada.email)
    with tenant_context(acme):
        operation = uploaded("email\nzoe@acme.example\n", actor=actor)
        check_file(operation, mapping=guessed(operation), existing="skip", verified="no", group_id=None)
    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk).update(role=AdministratorRole.SUPPORT)
    with tenant_context(acme):
        work()
        operation.refresh_from_db()
        assert operation.state == State.FAILED
        assert not Account.objects.filter(email="zoe@acme.example").exists()


def test_p42_what_somebody_prepared_is_done_in_the_name_of_whoever_says_so(acme: Tenant, ada: Account) -> None:
    olga = Actor("command", "", "Olga")
    with tenant_context(acme):
        operation = uploaded("email\nzoe@acme.example\n", actor=Actor("administrator", str(ada.pk), ada.email))
        check_file(operation, mapping=guessed(operation), existing="skip", verified="no", group_id=None)
        work()
        bring_in(operation, actor=olga)
        work()
        assert Event.objects.get(action="customer.created", target_name="zoe@acme.example").actor_name == "Olga"


def test_what_nobody_needs_any_more_is_forgotten(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(acme):
        done, left = imported("email\nzoe@acme.example\nbroken\n"), uploaded("email\nyan@acme.example\n")
        sweep_operations()
        assert {row.pk for row in Operation.objects.all()} == {done.pk, left.pk}
        assert StagedRow.objects.count() == 1

        for name in ("WAITS_FOR_ITS_OWNER", "STAGED_KEPT_FOR"):
            monkeypatch.setattr(services, name, -getattr(services, name))
        sweep_operations()
        left.refresh_from_db()
        assert left.state == State.CANCELLED
        assert not StagedRow.objects.exists()
        assert not Piece.objects.exists()

        monkeypatch.setattr(services, "KEPT_FOR", -services.KEPT_FOR)
        sweep_operations()
        assert not Operation.objects.exists()
        assert not Item.objects.exists()


def test_an_operation_that_stands_still_says_so(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(acme):
        operation = uploaded("email\nzoe@acme.example\n")
        check_file(operation, mapping=guessed(operation), existing="skip", verified="no", group_id=None)
        operation.refresh_from_db()
        assert not is_stuck(operation)
        monkeypatch.setattr(services, "IS_STUCK_AFTER", -services.IS_STUCK_AFTER)
        assert is_stuck(operation)


def test_nobody_goes_on_with_what_has_gone_on(acme: Tenant) -> None:
    with tenant_context(acme):
        operation = imported("email\nzoe@acme.example\n")
        with pytest.raises(Refused, match="continued in the meantime"):
            bring_in(operation, actor=ACTOR)
        with pytest.raises(Refused, match="already ended"):
            cancel(operation, actor=ACTOR)
        assert not take_step(uuid4(), 1)


def test_whoever_comes_in_without_a_password_is_invited_behind_all_other_mail(acme: Tenant) -> None:
    content = csv_of(
        ["email", "passwordHash", "emailVerified"],
        ["zoe@acme.example", "", "no"],
        ["yan@acme.example", BCRYPT, "no"],
        ["uma@acme.example", "", "yes"],
        ["carol@acme.example", "", "no"],
    )
    with tenant_context(acme):
        operation = checked(content, verified="file", invites=True)
        bring_in(operation, actor=ACTOR)
        operation.refresh_from_db()
        take_step(operation.pk, operation.chain)
        with schema_context(PUBLIC):
            assert DBTaskResult.objects.get(task_path="userflows.links.jobs.send_link").priority < 0
        work()

        zoe = Account.objects.get(email="zoe@acme.example")
        assert zoe.standing == Standing.INVITED
        assert {entry.pk for entry in customers_found(CustomerFilter(standing="invited"))} == {zoe.pk}
        assert catch_up() == 0
        assert [mail.to for mail in Message.objects.all()] == ["zoe@acme.example"]
        told = Event.objects.filter(account_id=zoe.pk).order_by("pk")
        assert [event.action for event in told] == ["customer.created", "customer.invited"]


def test_whose_address_counts_as_verified_needs_no_invitation(acme: Tenant) -> None:
    with tenant_context(acme), pytest.raises(Refused, match="don’t need an invitation"):
        checked("email\nzoe@acme.example\n", invites=True)


def test_p23_an_import_brings_in_no_more_than_there_is_room_for(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 2)
    with tenant_context(acme):
        there = Account.objects.count()
        limit_tenant(acme, {"customers": there + 3}, actor=Actor.command())
        operation = checked("email\n" + "".join(f"{number}@acme.example\n" for number in range(4)))
        with pytest.raises(Refused, match="4 of these customers are new, and this tenant may have 3 more"):
            bring_in(operation, actor=ACTOR)
        limit_tenant(acme, {"customers": there + 4}, actor=Actor.command())
        bring_in(operation, actor=ACTOR)
        # Meanwhile somebody signs up.
        create_account(email="new@acme.example", password=None, email_verified=True, actor=ACTOR)
        work()
        operation.refresh_from_db()
        assert operation.state == State.FAILED
        assert "no room for more customers. 2 were brought in" in operation.problem
        assert Account.objects.count() == there + 3


@pytest.mark.parametrize("statement", [statements.BRING_IN, statements.UPDATE_THOSE_THERE, statements.NEWCOMERS])
def test_no_line_has_all_customers_read_for_it(acme: Tenant, statement: str) -> None:
    """Nobody notices among three customers; among a million a chunk would take longer than a statement may."""
    within: dict[str, Any] = {"operation": uuid4(), "after": 0, "until": 5000}
    with tenant_context(acme), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", within)
        assert "Seq Scan on accounts_account" not in str(cursor.fetchall())
