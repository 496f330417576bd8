"""Whichever way customers are found and put in order, they are the same ones, in the same order."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.finding import in_order as ways
from accounts.finding.in_order import in_order
from accounts.finding.lookup import CustomerFilter, Share, few_found
from accounts.identity.services.accounts import create_account, delete_account, disable_account
from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, Activity, Group, GroupMember, Standing
from audit.services import Actor
from common.database.keyset import page_of
from tenants.models import Tenant

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
LAST_SIGN_IN, EMAIL = ways.LAST_SIGN_IN, ways.EMAIL
ORDERS = ["-created_at", "created_at", f"-{LAST_SIGN_IN}", EMAIL]
NOW = timezone.now()


@pytest.fixture
def served(acme: Tenant) -> Iterator[Tenant]:
    with tenant_context(acme):
        yield acme


@pytest.fixture
def buyers(served: Tenant) -> Group:
    """Six customers of whom the last came first; those with an even number are in a group."""
    group = create_group(name="Buyers", actor=COMMAND)
    for number in range(6):
        attributes = {"country": "AT" if number < 4 else "DE"}
        account = create_account(
            email=f"c{number}@acme.example", password=None, attributes=attributes, email_verified=True, actor=COMMAND
        )
        at = NOW - timedelta(days=number)
        Activity.objects.create(account=account, last_sign_in_at=at, client_id="shop" if number < 3 else "till")
        if number % 2 == 0:
            add_to_group(group, account=account, actor=COMMAND)
    accounts = {account.email[:2]: account for account in Account.objects.filter(email__startswith="c")}
    disable_account(accounts["c4"], actor=COMMAND)
    disable_account(accounts["c5"], actor=COMMAND)
    delete_account(accounts["c0"], actor=COMMAND)
    Account.objects.filter(pk=accounts["c5"].pk).update(blocked_until=NOW - timedelta(minutes=1))
    return group


def read(asked: CustomerFilter, order: str, *, share: Share, few: list[UUID] | None = None) -> list[str]:
    """All whom the list shows, a page of two at a time."""
    found = in_order(asked, by=order, share=share, few=few).exclude(account__activity=None)
    emails: list[str] = []
    cursor = ""
    while True:
        page = page_of(found, by=order, cursor=cursor, size=2)
        emails += [entry.account.email for entry in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return emails


def _of(group: Group) -> Any:
    return GroupMember.objects.filter(group=group).values("account_id")


QUESTIONS: list[Callable[[Group], dict[str, Any]]] = [
    lambda _: {"country": "at"},
    lambda _: {"search": "acme c"},
    lambda group: {"group_id": group.pk},
    lambda group: {"group_id": group.pk, "country": "AT", "standing": Standing.DELETED},
    lambda group: {"within": (_of(group), Activity.objects.values("account_id"))},
    lambda _: {"standing": Standing.BLOCKED},
    lambda _: {"client_id": "shop", "signed_in_before": NOW},
    lambda _: {"signed_in_from": NOW - timedelta(days=3, hours=1), "signed_up_from": NOW - timedelta(days=1)},
]


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_a_walk_a_list_and_a_few_tell_the_same(buyers: Group, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    asked = CustomerFilter(**QUESTIONS[number](buyers))
    few = few_found(asked, share=Share.FEW)
    assert few is not None
    for order in ORDERS:
        expected = read(asked, order, share=Share.FEW, few=few)
        for some, most in [(0, 10), (99, 10), (0, -1)]:
            monkeypatch.setattr(ways, "SOME_AT_LEAST", some)
            monkeypatch.setattr(ways, "MOST_SOUGHT_OUT", most)
            assert expected
            assert read(asked, order, share=Share.FEW) == read(asked, order, share=Share.MOST) == expected


def test_whom_a_floor_above_knows_is_asked_for_once(buyers: Group) -> None:
    found = in_order(CustomerFilter(within=(_of(buyers),)), by=EMAIL, share=Share.MOST)
    assert str(found.query).count('FROM "accounts_groupmember"') == 1


def test_an_order_of_another_table_is_walked_without_reading_a_row_of_it(served: Tenant, carol: Account) -> None:
    """Where one in a hundred is deleted, 5,000 addresses are passed by until a page is full."""
    asked = CustomerFilter(standing=Standing.DELETED)
    for order, index in [(EMAIL, "accounts_account_address"), (f"-{LAST_SIGN_IN}", "accounts_activity_last")]:
        found = in_order(asked, by=order, share=Share.MOST).exclude(account__activity=None).order_by(order)
        with transaction.atomic(), connection.cursor() as cursor:
            for other in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{other} = off")
            plan = found.explain()
        assert f"Index Only Scan using {index}" in plan
        assert "hashed SubPlan" in plan


def test_whether_somebody_has_come_is_asked_without_reading_their_account(buyers: Group) -> None:
    """An order of sign-up may be walked nearly to its end: whoever never came, signed up lately."""
    Activity.objects.filter(account__email__in=["c1@acme.example", "c3@acme.example"]).delete()
    for asked, emails in [
        (CustomerFilter(never_signed_in=True), ["c1@acme.example", "c3@acme.example"]),
        (CustomerFilter(signed_in_before=NOW - timedelta(days=3)), ["c4@acme.example", "c5@acme.example"]),
    ]:
        found = in_order(asked, by="-created_at", share=Share.MOST).filter(account__email__regex="^c[0-9]")
        assert sorted(entry.account.email for entry in found) == emails
        assert '"accounts_account"' not in str(in_order(asked, by="-created_at", share=Share.MOST).query)
