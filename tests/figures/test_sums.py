"""What the worker counts: exact, however often it is counted, and whatever it is broken off by."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from figures.lookup.months import pieces_of
from figures.lookup.ranges import LENGTHS, DayRange
from figures.lookup.sums import Part, ledger, parts_of, series_of, today_beside_last_week
from figures.models import Books, Day, Sum
from figures.policies import OTHERS, WHOLE_DAY, WHOLE_MONTH, month_after
from figures.services import active, keeping
from figures.services.activity import note_sign_ins
from figures.services.keeping import keep_books, rebuild
from tenants.models import Tenant
from tests.figures.days import NOW, TODAY, TWO_DAYS_AGO, YESTERDAY, at, failed, happened, signed_in


@pytest.fixture(autouse=True)
def _at_acme(acme: Tenant, stopped_clock: SimpleNamespace) -> Iterator[None]:
    with tenant_context(acme):
        yield


def sums(day: date, hour: int = WHOLE_DAY, **which: Any) -> dict[tuple[str, str, str], int]:
    rows = Sum.objects.filter(day=day, hour=hour, **which)
    return {(row.metric, row.dimension, row.value): row.n for row in rows}


def all_sums() -> list[tuple[Any, ...]]:
    return sorted(Sum.objects.values_list("day", "hour", "metric", "dimension", "value", "n"))


@pytest.fixture
def busy_days(carol: Account, dan: Account, bookshop: Application, mobile: Application) -> None:
    """Two days that have passed, and what has happened of today."""
    Account.objects.filter(pk=carol.pk).update(country="DE", language="de")
    happened("customer.signed_up", at(2, 9), carol, client_id=bookshop.client_id)
    signed_in(carol, at(2, 9, 1), bookshop)
    signed_in(carol, at(2, 23, 59), mobile, method="code")
    failed(at(2, 10), "password_wrong", carol, method="password", client_id=bookshop.client_id)
    failed(at(2, 10, 1), "account_disabled", dan, method="password", client_id=bookshop.client_id)
    failed(at(2, 10, 2), "account_unknown", method="password", client_id=bookshop.client_id)
    happened("customer.signed_out", at(2, 11), carol)
    signed_in(dan, at(1, 0))
    signed_in(carol, NOW - timedelta(seconds=1), bookshop)


def test_a_sign_in_by_more_methods_than_a_name_has_room_for_counts_among_the_others(carol: Account) -> None:
    several = "+".join(f"provider:{number:012}" for number in range(5))
    signed_in(carol, at(2), method=several)
    signed_in(carol, at(2, 13), method="password+app-code")

    keep_books()

    found = sums(TWO_DAYS_AGO, metric="sign_ins", dimension="method")
    assert found == {("sign_ins", "method", OTHERS): 1, ("sign_ins", "method", "password+app-code"): 1}


@pytest.mark.usefixtures("busy_days")
def test_a_day_is_counted_by_what_it_is_asked_for(bookshop: Application, mobile: Application) -> None:
    keep_books()

    assert sums(TWO_DAYS_AGO) == {
        ("sign_ups", "", ""): 1,
        ("sign_ups", "application", bookshop.client_id): 1,
        ("sign_ups", "country", "DE"): 1,
        ("sign_ups", "language", "de"): 1,
        ("sign_ins", "", ""): 2,
        ("sign_ins", "application", bookshop.client_id): 1,
        ("sign_ins", "application", mobile.client_id): 1,
        ("sign_ins", "method", "password"): 1,
        ("sign_ins", "method", "code"): 1,
        ("sign_ins", "country", "DE"): 2,
        ("sign_ins", "language", "de"): 2,
        ("failures", "", ""): 3,
        ("failures", "application", bookshop.client_id): 3,
        ("failures", "method", "password"): 3,
        ("failures", "reason", "password_wrong"): 1,
        ("failures", "reason", "account_disabled"): 1,
        ("failures", "reason", "account_unknown"): 1,
        ("active", "day", ""): 1,
        ("active", "week", ""): 1,
        ("active", "month", ""): 1,
        ("customers", "", ""): 2,
    }
    assert sums(YESTERDAY, metric="active") == {
        ("active", "day", ""): 1,
        ("active", "week", ""): 2,
        ("active", "month", ""): 2,
    }


@pytest.mark.usefixtures("busy_days")
def test_the_hours_of_a_closed_day_stay_for_comparison() -> None:
    keep_books()

    assert sums(TWO_DAYS_AGO, 9) == {("sign_ups", "", ""): 1, ("sign_ins", "", ""): 1}
    assert sums(TWO_DAYS_AGO, 10) == {("failures", "", ""): 3}
    assert sums(TWO_DAYS_AGO, 23) == {("sign_ins", "", ""): 1}


@pytest.mark.usefixtures("busy_days")
def test_counting_twice_counts_nothing_twice(bookshop: Application, carol: Account) -> None:
    keep_books()
    before = all_sums()
    keep_books()
    assert all_sums() == before

    signed_in(carol, NOW, bookshop)
    keep_books()
    today = Sum.objects.filter(day=TODAY, metric="sign_ins", dimension="")
    assert sum(today.values_list("n", flat=True)) == 2
    assert sums(TODAY, metric="active") == {
        ("active", "day", ""): 1,
        ("active", "week", ""): 2,
        ("active", "month", ""): 2,
    }


@pytest.mark.usefixtures("busy_days")
def test_a_day_that_the_worker_closes_while_a_page_is_made_counts_once_on_it(stopped_clock: SimpleNamespace) -> None:
    keep_books()
    books = ledger()
    days = DayRange("7d", books.today)
    series, today = series_of(days, books), today_beside_last_week(books)
    assert series["sign_ins"].total == 4

    stopped_clock.moment = NOW + timedelta(days=1)
    keep_books()

    assert ledger().today > books.today
    assert {metric: each.values for metric, each in series_of(days, books).items()} == {
        metric: each.values for metric, each in series.items()
    }
    assert {metric: n for metric, (n, _) in today_beside_last_week(books).items()} == {
        metric: n for metric, (n, _) in today.items()
    }


@pytest.mark.usefixtures("busy_days")
def test_a_worker_killed_midway_leaves_days_that_the_next_one_ends_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    counted: list[date] = []

    def count_and_die(span: Any) -> None:
        if counted:
            raise Killed
        counted.append(span.day)
        active.count_active(span)

    with monkeypatch.context() as dying:
        dying.setattr(keeping, "count_active", count_and_die)
        with pytest.raises(Killed):
            keep_books()
    assert list(Day.objects.values_list("day", flat=True)) == [TWO_DAYS_AGO]
    assert not Sum.objects.filter(day=YESTERDAY).exists()

    keep_books()
    in_one_go = all_sums()
    Sum.objects.all().delete()
    Day.objects.all().delete()
    Books.objects.all().delete()
    keep_books()
    assert all_sums() == in_one_go


def test_whoever_has_come_back_since_was_active_all_the_same(
    carol: Account, dan: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(active, "LOOKED_UP_AT_ONCE", 1)
    for account, days_ago in ((carol, 20), (carol, 3), (dan, 3), (carol, 1), (dan, 0)):
        signed_in(account, at(days_ago))
    note_sign_ins()
    keep_books()

    counted = [sums(TODAY - timedelta(days=days), metric="active") for days in (20, 19, 3, 1, 0)]
    assert [tuple(of.values()) for of in counted] == [(1, 1, 1), (0, 1, 1), (2, 2, 2), (1, 2, 2), (1, 2, 2)]


@pytest.mark.usefixtures("busy_days")
def test_what_is_rebuilt_equals_what_was_kept() -> None:
    keep_books()
    kept = all_sums()

    Sum.objects.exclude(metric="customers").update(n=99)
    Sum.objects.filter(metric="sign_ups").delete()
    assert rebuild() == 2

    active_before = {("active", "month"), ("active", "week")}
    assert [row for row in all_sums() if row[2:4] not in active_before] == [
        row for row in kept if row[2:4] not in active_before
    ]
    assert all_sums() == kept


def test_a_day_whose_events_are_gone_stays_as_it_was_counted(carol: Account) -> None:
    signed_in(carol, at(100))
    keep_books()
    kept = sums(TODAY - timedelta(days=100))
    assert kept["sign_ins", "", ""] == 1

    rebuild()
    assert sums(TODAY - timedelta(days=100)) == kept


def test_a_range_is_the_same_by_its_months_and_by_its_days(
    carol: Account, bookshop: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On each of 730 days, and not looked at here.
    for counting in ("count_active", "_count_customers"):
        monkeypatch.setattr(keeping, counting, lambda _span: None)
    for days_ago in (0, 1, 30, 31, 59, 60, 90, 200, 364, 365, 400, 729):
        signed_in(carol, at(days_ago, 1), bookshop)
    keep_books()
    assert Sum.objects.filter(hour=WHOLE_MONTH).exists()
    ranges = [DayRange(name, TODAY) for name in LENGTHS]
    wanted = {("sign_ins", "application")}
    by_months = [parts_of(each, ledger(), wanted) for days in ranges for each in (days, days.before)]

    Books.objects.update(months_to=None)
    assert [parts_of(each, ledger(), wanted) for days in ranges for each in (days, days.before)] == by_months
    assert by_months[-2:] == [{each: [Part(bookshop.client_id, n)] for each in wanted} for n in (9, 3)]


@pytest.mark.parametrize("name", LENGTHS)
def test_a_range_has_each_of_its_days_once_and_is_read_from_few_rows(name: str) -> None:
    for days_ago in range(62):
        days = DayRange(name, TODAY - timedelta(days=days_ago))
        pieces = pieces_of(days, days.last)
        found = Counter(day for month in pieces.months for day in _days(month, min(month_after(month), days.last)))
        found.update(pieces.days)
        found.subtract(pieces.too_many)
        assert +found == Counter(days.days), days
        # Half of the month in which it begins, and the open day.
        assert len([*pieces.days, *pieces.too_many]) <= 17, days


def _days(begin: date, end: date) -> list[date]:
    return [begin + timedelta(days=number) for number in range((end - begin).days)]


def test_eve_who_types_many_countries_makes_no_more_rows_than_a_hundred() -> None:
    for number in range(105):
        email, country = f"eve{number}@acme.example", f"Eve’s {number}{'x' * 100}"
        account = Account.objects.create(email=email, canonical_email=email, country=country)
        signed_in(account, at(1, 5))
    keep_books()

    by_country = sums(YESTERDAY, dimension="country")
    assert len(by_country) == 101
    assert by_country["sign_ins", "country", OTHERS] == 5
    assert sum(by_country.values()) == 105


def test_days_are_those_of_the_tenants_time_zone_and_none_is_lost_as_it_changes(carol: Account) -> None:
    Books.objects.create(time_zone="Asia/Tokyo")
    # 08:30 and 09:30 in Tokyo, on either side of midnight there.
    signed_in(carol, at(4, 14, 30))
    signed_in(carol, at(4, 15, 30))
    keep_books()
    first = TODAY - timedelta(days=4)
    assert sums(first)["sign_ins", "", ""] == 1
    assert sums(first + timedelta(days=1))["sign_ins", "", ""] == 1

    closed = Day.objects.newest_first().first()
    assert closed is not None
    Books.objects.update(time_zone="America/Los_Angeles")
    keep_books()
    days = list(Day.objects.order_by("day"))
    assert all(later.begins_at == earlier.ends_at for earlier, later in pairwise(days))


def test_a_sign_in_in_a_trial_run_is_not_counted(carol: Account) -> None:
    for action in ("customer.signed_in", "customer.signed_up"):
        happened(action, at(1, 13), carol, details={"trial_run": True})
    keep_books()
    assert sums(YESTERDAY, metric__in=["sign_ins", "sign_ups"]) == {}
    assert sums(YESTERDAY, metric="active")["active", "day", ""] == 0
