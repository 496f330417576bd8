"""Whichever way customers are found and put in order, they are the same ones, in the same order."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.finding import in_order as ways
from accounts.finding.in_order import seek
from accounts.finding.lookup import CustomerFilter, customers_found
from accounts.identity.services.accounts import create_account, delete_account, disable_account
from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, Activity, Group, GroupMember, Standing
from audit.services import Actor
from common.database import strides
from common.database.strides import by_indexes
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


def read(asked: CustomerFilter, order: str) -> list[str]:
    """All whom the list shows, a page of two at a time."""
    with by_indexes():
        stretch = seek(asked).in_order(order)
        emails: list[str] = []
        cursor = ""
        while True:
            page = stretch.page(cursor, 2)
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
def test_a_walk_a_sorted_list_and_a_few_tell_the_same(
    buyers: Group, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    asked = CustomerFilter(**QUESTIONS[number](buyers))
    few = {order: read(asked, order) for order in ORDERS}
    assert all(few.values())
    monkeypatch.setattr(ways, "COUNTED_UP_TO", 0)
    assert {order: read(asked, order) for order in ORDERS} == few
    monkeypatch.setattr(ways, "MOST_LISTED", -1)
    monkeypatch.setattr(ways, "MOST_TOLD", -1)
    monkeypatch.setattr(strides, "SECONDS", -1)
    for length in (1, 2, 3):
        monkeypatch.setattr(strides, "STRIDE", length)
        assert {order: read(asked, order) for order in ORDERS} == few


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_a_walk_that_is_out_of_time_is_gone_on_with_both_ways(
    buyers: Group, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    """Two of six are asked for: pages without anybody lie on the way to them, and back."""
    monkeypatch.setattr(ways, "MOST_LISTED", -1)
    monkeypatch.setattr(ways, "MOST_TOLD", -1)
    monkeypatch.setattr(strides, "SECONDS", -1)
    monkeypatch.setattr(strides, "STRIDE", length)
    for email in ("c1", "c5"):
        account = Account.objects.get(email=f"{email}@acme.example")
        add_to_group(create_group(name=email, actor=COMMAND), account=account, actor=COMMAND)
    both = CustomerFilter(within=(GroupMember.objects.filter(group__name__startswith="c").values("account_id"),))
    for order in ORDERS:
        with by_indexes():
            stretch = seek(both).in_order(order)
        way = [stretch.page()]
        while way[-1].next_cursor:
            way.append(stretch.page(way[-1].next_cursor))
        there = [entry.account.email for page in way for entry in page.rows]
        assert sorted(there) == ["c1@acme.example", "c5@acme.example"]
        assert [page.reached is None for page in way] == [False] * (len(way) - 1) + [True]
        back = [way[-1]]
        while back[-1].previous_cursor:
            back.append(stretch.page(back[-1].previous_cursor, backwards=True))
        assert {entry.account.email for page in back for entry in page.rows} == set(there)


def test_an_order_of_another_table_is_walked_without_reading_a_row_of_it(served: Tenant, carol: Account) -> None:
    """Where a stride ends is told by an index alone."""
    for order, index in [(EMAIL, "accounts_account_address"), (f"-{LAST_SIGN_IN}", "accounts_activity_last")]:
        with by_indexes(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
            walk = ways.along(CustomerFilter(), order.removeprefix("-"))
            names = strides.in_direction(walk.by, is_reversed=order.startswith("-"))
            plan = walk.along.order_by(*names).values_list(walk.by, "pk")[99:100].explain()
        assert f"Index Only Scan using {index}" in plan


def test_whether_somebody_has_come_is_asked_without_reading_their_account(buyers: Group) -> None:
    """An order of sign-up may be walked nearly to its end: whoever never came, signed up lately."""
    Activity.objects.filter(account__email__in=["c1@acme.example", "c3@acme.example"]).delete()
    for asked, emails in [
        (CustomerFilter(never_signed_in=True), ["c1@acme.example", "c3@acme.example"]),
        (CustomerFilter(signed_in_before=NOW - timedelta(days=3)), ["c4@acme.example", "c5@acme.example"]),
    ]:
        found = customers_found(asked)
        assert sorted(entry.account.email for entry in found if entry.account.email[1].isdigit()) == emails
        assert '"accounts_account"' not in str(found.query)
