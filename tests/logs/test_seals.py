"""What the seals of a log show: to whoever wrote nothing wrong, and of whoever had the whole database."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from django.db import transaction
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from audit.models import Event
from audit.services import Actor
from logs.models import Seal, SealKind
from logs.seals import chain, sealing
from logs.seals.keys import public_key
from logs.seals.merkle import root_of
from logs.seals.verifying import Fault, Wrong, verify
from operations.resealing import reseal_tenant
from tenants.models import Tenant
from tests.house_rules.sources import DOCS
from tests.logs.conftest import Superuser
from tests.logs.events import write_event, write_events

pytestmark = pytest.mark.django_db


def fault_of(tenant: Tenant) -> Fault:
    fault = verify(tenant.schema_name).fault
    assert fault is not None
    return fault


def told(fault: Fault) -> tuple[Wrong, str, int, int | None]:
    return fault.kind, fault.sentence.in_english, fault.seal, fault.event_id


def number_of_events(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return Event.objects.count()


def test_all_that_has_happened_is_sealed_and_verified(sealed: Tenant) -> None:
    found = verify(sealed.schema_name)
    assert found.fault is None
    assert found.entries == number_of_events(sealed) > 10
    assert found.unsealed == found.late == found.pruned == 0
    with tenant_context(sealed):
        assert found.verified_to == Event.objects.latest("at").at


def test_what_has_just_happened_waits_until_nobody_can_still_be_writing(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as at_once:
        at_once.setattr(sealing, "SEALED_AFTER", timedelta(0))
        sealing.seal_all_events(acme.schema_name)
    with tenant_context(acme):
        write_event(ago=timedelta(seconds=55))
        write_event(ago=timedelta(seconds=65))
    pass_ = sealing.seal_events(acme.schema_name)
    assert (pass_.events, pass_.is_waiting) == (0, True)
    assert verify(acme.schema_name).unsealed == 2


def test_an_event_from_the_future_does_not_keep_others_from_being_sealed(acme: Tenant) -> None:
    with tenant_context(acme):
        write_event(id=-2, ago=-timedelta(days=365))
        write_event(id=-1)
    assert sealing.seal_events(acme.schema_name).events >= 2


def test_what_was_committed_late_is_sealed_for_itself(sealed: Tenant) -> None:
    """Its ID was taken before those of others that were committed, and sealed, earlier."""
    with tenant_context(sealed):
        first = Event.objects.earliest("pk").pk
        write_event(id=first - 1)
        sealing.seal_all_events(sealed.schema_name)
        assert Seal.objects.get(kind=SealKind.LATE).event_ids == [first - 1]
    found = verify(sealed.schema_name)
    assert (found.fault, found.late) == (None, 1)
    assert sealing.seal_all_events(sealed.schema_name) == 0


def test_what_comes_after_that_time_is_no_late_event_any_more(sealed: Tenant) -> None:
    with tenant_context(sealed):
        write_event(id=-1)
    sealing.seal_events(sealed.schema_name, late_within=timedelta(0))
    assert told(fault_of(sealed)) == (Wrong.ADDED, "Event -1 was added afterwards.", 1, -1)


NO_LINK = "Seal 2 doesn’t follow from the one before."
NEWEST = "(SELECT max(id) FROM {log})"
AN_EVENT = f"id = {NEWEST} - 3"
ANOTHER = f"id = {NEWEST} - 2"
RE_ORDERED = f"""
    UPDATE {{log}} SET id = -1 WHERE {AN_EVENT}; UPDATE {{log}} SET id = id - 1 WHERE {ANOTHER};
    UPDATE {{log}} SET id = {NEWEST} - 2 WHERE id = -1
"""
COPY = """
    INSERT INTO {log} (id, at, action, result, reason, actor_kind, actor_id, actor_name, target_kind, target_id,
        target_name, browser, details, category, client_id, application, user_flow, method)
    SELECT %s, at, action, result, reason, actor_kind, actor_id, actor_name, target_kind, target_id, target_name,
        browser, details, category, client_id, application, user_flow, method FROM {log} WHERE
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "kind", "back"),
    [
        (f"UPDATE {{log}} SET action = 'thing.else' WHERE {AN_EVENT}", Wrong.ALTERED, 3),
        (f"UPDATE {{log}} SET at = at - interval '1 day' WHERE {AN_EVENT}", Wrong.ALTERED, 3),
        (f"UPDATE {{log}} SET details = '{{{{\"number\": 99}}}}' WHERE {AN_EVENT}", Wrong.ALTERED, 3),
        (f"UPDATE {{log}} SET category = 'administration' WHERE id >= {NEWEST} - 3", Wrong.ALTERED, 3),
        (f"UPDATE {{log}} SET ip = '192.0.2.1' WHERE {AN_EVENT}", Wrong.ALTERED, 3),
        (f"DELETE FROM {{log}} WHERE {AN_EVENT}", Wrong.MISSING, 3),
        (f"DELETE FROM {{log}} WHERE id >= {NEWEST} - 3", Wrong.MISSING, 3),
        (f"UPDATE {{log}} SET id = id + 1000 WHERE {AN_EVENT}", Wrong.MISSING, 3),
        (RE_ORDERED, Wrong.ALTERED, 3),
    ],
    ids=["action", "time", "details", "category", "address", "one gone", "the end gone", "moved", "re-ordered"],
)
def test_l01_p25_what_the_databases_superuser_does_to_an_event_is_named(
    sealed: Tenant, superuser: Superuser, statement: str, kind: Wrong, back: int
) -> None:
    with tenant_context(sealed):
        newest = Event.objects.latest("pk").pk
    superuser(statement)
    fault = fault_of(sealed)
    assert (fault.kind, fault.event_id) == (kind, newest - back)
    assert str(newest - back) in fault.sentence.in_english


@pytest.mark.django_db(transaction=True)
def test_l01_an_event_put_in_between_is_named(sealed: Tenant, superuser: Superuser) -> None:
    with tenant_context(sealed):
        oldest = Event.objects.earliest("pk").pk
    superuser(COPY % str(oldest - 1) + f" {AN_EVENT}")
    sealing.seal_events(sealed.schema_name, late_within=timedelta(0))
    assert told(fault_of(sealed)) == (Wrong.ADDED, f"Event {oldest - 1} was added afterwards.", 1, oldest - 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM {seals} WHERE number = 2", "Seal 2 is missing."),
        ("UPDATE {seals} SET count = count + 1 WHERE number = 2", "Seal 2 was altered: its signature isn’t ours."),
        ("UPDATE {seals} SET sealed_at = now() WHERE number = 2", "Seal 2 was altered: its signature isn’t ours."),
        (
            "UPDATE {seals} SET previous = repeat('0', 64) WHERE number = 2",
            "Seal 2 doesn’t follow from the one before.",
        ),
        ("UPDATE {seals} SET signature = '' WHERE number = 2", "Seal 2 was altered: its signature isn’t ours."),
        ("UPDATE {seals} SET leaves = '' WHERE number = 2", "Seal 2 was altered: its events don’t come to its root."),
        (
            "UPDATE {seals} SET kind = 'pruned', pruned_to = 9 WHERE number = 2",
            "Seal 2 was altered: its signature isn’t ours.",
        ),
    ],
    ids=["gone", "count", "time", "link", "signature", "leaves", "declared pruned"],
)
def test_l02_a_seal_that_the_superuser_altered_is_named(
    sealed: Tenant, superuser: Superuser, statement: str, sentence: str
) -> None:
    superuser(statement)
    assert fault_of(sealed).sentence.in_english == sentence


@pytest.mark.django_db(transaction=True)
def test_l02_who_deletes_an_event_and_what_its_seal_says_of_it_is_found_out(
    sealed: Tenant, superuser: Superuser
) -> None:
    superuser(f"DELETE FROM {{log}} WHERE {AN_EVENT}")
    superuser(
        f"UPDATE {{seals}} SET event_ids = array_remove(event_ids, {NEWEST} - 3), "
        f"leaves = substr(leaves, 33) WHERE {NEWEST} - 3 = ANY (event_ids)"
    )
    assert "its events don’t come to its root" in fault_of(sealed).sentence.in_english


@pytest.mark.django_db(transaction=True)
def test_l03_a_log_whose_end_was_cut_off_is_found_out_by_a_seal_noted_elsewhere(
    sealed: Tenant, superuser: Superuser
) -> None:
    noted = verify(sealed.schema_name).last
    assert noted is not None
    superuser("DELETE FROM {seals} WHERE up_to = (SELECT max(up_to) FROM {seals})")
    superuser("DELETE FROM {log} WHERE id > (SELECT max(up_to) FROM {seals})")
    assert verify(sealed.schema_name).fault is None
    fault = verify(sealed.schema_name, noted=noted).fault
    assert fault is not None
    assert "the log’s end was cut off" in fault.sentence.in_english

    write_events(sealed, 9)
    sealing.seal_all_events(sealed.schema_name)
    fault = verify(sealed.schema_name, noted=noted).fault
    assert fault is not None
    assert fault.sentence.in_english == f"Seal {noted.number} isn’t the one that was noted."


def test_l04_seals_of_one_tenant_are_worth_nothing_at_another(sealed: Tenant, globex: Tenant) -> None:
    with tenant_context(sealed):
        seal = Seal.objects.get(number=1)
    with transaction.atomic():
        chain._insert(seal, globex.schema_name)
    assert fault_of(globex).sentence.in_english == "Seal 1 was altered: its signature isn’t ours."


def test_anybody_with_the_public_key_can_check_a_seal_as_the_documentation_says(sealed: Tenant) -> None:
    """Without the product."""
    page = (DOCS / "how-to" / "keep-and-forward-logs.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(import base64, json.*?)```", page, flags=re.DOTALL)
    said: dict[str, Any] = {}
    exec(code[0], said)  # noqa: S102 - our own page
    with tenant_context(sealed):
        [seal] = Seal.objects.filter(number=2).values()
    said["check"](seal, sealed.schema_name, public_key(seal["key_id"]))
    for name, value in {"count": 99, "sealed_at": seal["newest_at"], "previous": ""}.items():
        with pytest.raises(InvalidSignature):
            said["check"]({**seal, name: value}, sealed.schema_name, public_key(seal["key_id"]))


def test_the_tree_is_that_of_rfc_9162() -> None:
    leaves = [bytes([each]) * 32 for each in range(7)]
    node = lambda left, right: hashlib.sha256(b"\1" + left + right).digest()  # noqa: E731
    left = node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3]))
    assert root_of(leaves) == node(left, node(node(leaves[4], leaves[5]), leaves[6]))


def test_a_new_encryption_key_signs_from_then_on_and_the_old_one_may_go(sealed: Tenant, settings: Settings) -> None:
    old = settings.CIAM_ENCRYPTION_KEYS
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32, **old}
    assert verify(sealed.schema_name).fault is None
    assert reseal_tenant(sealed, actor=Actor.command()).problems == {}

    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32}
    found = verify(sealed.schema_name)
    assert found.fault is None
    assert found.entries >= 10
    with tenant_context(sealed):
        assert Seal.objects.get(kind=SealKind.KEY).key_id == "new"


def test_seals_are_vouched_for_also_where_the_new_key_has_signed_already(sealed: Tenant, settings: Settings) -> None:
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.CIAM_ENCRYPTION_KEYS}
    write_events(sealed, 3)
    sealing.seal_all_events(sealed.schema_name)
    for _ in range(2):
        reseal_tenant(sealed, actor=Actor.command())
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32}
    assert verify(sealed.schema_name).fault is None
    with tenant_context(sealed):
        assert Seal.objects.filter(kind=SealKind.KEY).count() == 1


def test_a_key_that_was_taken_out_too_early_is_said_until_it_is_back_or_a_seal_was_noted(
    sealed: Tenant, settings: Settings
) -> None:
    noted = verify(sealed.schema_name).last
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32}
    write_events(sealed, 3)
    sealing.seal_all_events(sealed.schema_name)
    assert "Seal 1 was made with the encryption key" in fault_of(sealed).sentence.in_english
    assert "Put it back" in fault_of(sealed).sentence.in_english
    assert verify(sealed.schema_name, noted=noted).fault is None


@pytest.mark.django_db(transaction=True)
def test_l02_a_chain_under_a_key_that_never_was_is_not_taken_for_an_old_one(
    sealed: Tenant, superuser: Superuser
) -> None:
    """Not even when the worker has gone on sealing behind it."""
    superuser("UPDATE {seals} SET key_id = 'old', sealed_at = now() WHERE number = (SELECT max(number) FROM {seals})")
    write_events(sealed, 3)
    sealing.seal_all_events(sealed.schema_name)
    assert "made with the encryption key “old”" in fault_of(sealed).sentence.in_english


@pytest.mark.django_db(transaction=True)
def test_l02_a_new_key_vouches_for_no_seal_that_was_altered(
    sealed: Tenant, superuser: Superuser, settings: Settings
) -> None:
    superuser("UPDATE {seals} SET count = count + 1 WHERE number = 2")
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.CIAM_ENCRYPTION_KEYS}
    assert "Seal 2 was altered: its signature isn’t ours." in reseal_tenant(sealed, actor=Actor.command()).problems
    with tenant_context(sealed):
        assert not Seal.objects.filter(kind=SealKind.KEY).exists()
