"""One-time codes: six digits that work once, for ten minutes, with five tries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.credentials.policies import read_code
from accounts.credentials.services.codes import count_try, redeem_code, renew_code
from accounts.errors import CodeRefused
from accounts.models import OneTimeCode
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_acme(acme: Tenant) -> object:
    with tenant_context(acme):
        yield


def try_code(journey: UUID, code: str) -> None:
    redeem_code(journey, typed=code, is_last_try=count_try(journey))


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_works_once_and_may_be_typed_with_spaces() -> None:
    journey = uuid4()
    code = renew_code(journey)
    try_code(journey, f" {code[:3]} {code[3:]} ")
    with pytest.raises(CodeRefused) as refusal:
        try_code(journey, code)
    assert refusal.value.is_spent


def test_a15_after_five_wrong_tries_the_right_code_is_refused_too() -> None:
    journey = uuid4()
    code = renew_code(journey)
    spent = []
    for _ in range(5):
        with pytest.raises(CodeRefused) as refusal:
            try_code(journey, other_than(code))
        spent.append(refusal.value.is_spent)
    assert spent == [False, False, False, False, True]
    with pytest.raises(CodeRefused):
        try_code(journey, code)


def test_a_code_dies_after_ten_minutes() -> None:
    journey = uuid4()
    with time_machine.travel(timezone.now() - timedelta(minutes=10, seconds=1), tick=False):
        code = renew_code(journey)
    with pytest.raises(CodeRefused):
        try_code(journey, code)


def test_a_new_code_replaces_the_old_one() -> None:
    journey = uuid4()
    first, second = renew_code(journey), renew_code(journey)
    if first != second:
        with pytest.raises(CodeRefused):
            try_code(journey, first)
    try_code(journey, second)


def test_a21_a_code_belongs_to_its_journey() -> None:
    code = renew_code(uuid4())
    with pytest.raises(CodeRefused):
        try_code(uuid4(), code)


def test_a_decoy_opens_with_nothing_and_counts_like_any_other() -> None:
    journey = uuid4()
    code = renew_code(journey, is_decoy=True)
    with pytest.raises(CodeRefused) as refusal:
        try_code(journey, code)
    assert not refusal.value.is_spent


def test_a18_the_row_does_not_hold_the_code() -> None:
    journey = uuid4()
    code = renew_code(journey)
    row = OneTimeCode.objects.get(pk=journey)
    assert len(row.digest) == 64
    assert all(str(value) != code for value in row.__dict__.values())


@pytest.mark.django_db(transaction=True)
def test_a_code_tried_by_twenty_at_once_is_redeemed_once(acme: Tenant) -> None:
    journey = uuid4()
    code = renew_code(journey)

    def redeem(_: int) -> bool:
        try:
            with tenant_context(acme):
                try_code(journey, code)
        except CodeRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(redeem, range(20))) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        "١٢٣٤٥٦",
        "１２３４５６",
        "१२३४५६",
        "123-456",
        "123.456",
        "\u200f123\u00a0456\u200e",
        "Your code: 123456",
        "123456 is your code for Acme. It works for 10 minutes.",
    ],
)
def test_a_code_is_read_in_any_script_and_out_of_any_sentence(typed: str) -> None:
    assert read_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "123456 or 654321", "²²²²²²", "ⅷⅷⅷⅷⅷⅷ"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) == ""
