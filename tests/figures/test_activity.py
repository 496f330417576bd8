"""When customers signed in last is noted by the worker: each sign-in once, whatever it is broken off by."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction
from django_tenants.utils import tenant_context

from accounts.models import Account, Activity
from applications.models import Application
from figures.services import activity
from figures.services.activity import note_sign_ins
from tenants.models import Tenant
from tests.figures.days import NOW, at, failed, happened, signed_in


@pytest.fixture(autouse=True)
def _at_acme(acme: Tenant, stopped_clock: SimpleNamespace) -> Iterator[None]:
    with tenant_context(acme):
        yield


def of(account: Account) -> tuple[object, int, str]:
    noted = Activity.objects.get(pk=account.pk)
    return noted.last_sign_in_at, noted.sign_ins, noted.client_id


def test_the_last_sign_in_counts_and_nothing_else_does(
    carol: Account, dan: Account, bookshop: Application, mobile: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "EVENTS_AT_ONCE", 2)
    signed_in(carol, at(3), bookshop)
    signed_in(carol, at(2), mobile)
    failed(at(1), "password_wrong", carol)
    happened("customer.signed_out", at(1), carol)
    failed(at(1), "account_disabled", dan)

    note_sign_ins()
    note_sign_ins()
    assert of(carol) == (at(2), 2, mobile.client_id)
    assert not Activity.objects.filter(pk=dan.pk).exists()

    signed_in(carol, at(1), bookshop)
    note_sign_ins()
    assert of(carol) == (at(1), 3, bookshop.client_id)


def test_one_that_may_not_be_the_last_to_arrive_waits_a_minute(carol: Account, stopped_clock: SimpleNamespace) -> None:
    signed_in(carol, NOW - timedelta(seconds=20))
    note_sign_ins()
    assert not Activity.objects.exists()

    stopped_clock.moment = NOW + timedelta(minutes=1)
    note_sign_ins()
    assert of(carol)[1] == 1


@transaction.atomic
def note_and_die() -> None:
    note_sign_ins()
    raise KeyboardInterrupt


def test_a_count_that_is_broken_off_notes_nothing_and_loses_nothing(carol: Account) -> None:
    signed_in(carol, at(1))
    with pytest.raises(KeyboardInterrupt):
        note_and_die()
    assert not Activity.objects.exists()
    note_sign_ins()
    assert of(carol)[1] == 1


def test_whose_account_is_gone_leaves_no_trace(carol: Account) -> None:
    signed_in(Account(pk=uuid4()), at(1))
    note_sign_ins()
    assert not Activity.objects.exists()
