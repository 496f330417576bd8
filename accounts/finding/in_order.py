"""The customers asked for in an order: found first and sorted, or looked for along it until a page is full.

Nobody knows beforehand where in an order they stand: who was seen last months ago came years ago, and all of a group came
by one import. So where an index tells that hardly anybody can be meant, those are asked about, and sorted. Otherwise the
order is walked along in strides, and the page says how far it has come if time is up before it is full.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.db.models import Q, QuerySet, UUIDField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from accounts.finding.lookup import (
    NEVER_SIGNED_IN,
    PASSWORDS,
    SIGNED_IN,
    SIGNED_UP,
    CustomerFilter,
    customers_found,
    telling_keys,
    wanted_of,
    with_accounts,
)
from accounts.models import Account, Activity, CustomerEntry, GroupMember, Standing
from common.database.keyset import Stretch
from common.database.strides import Walk, by_indexes

COUNTED_UP_TO = 1000
# From so many estimated on nobody counts: the database looks again long before so few are left.
CERTAINLY_MORE = 20_000
# One in a hundred of a million: of more, a page is full after a few thousand rows of an order, if they lie anywhere in it.
MOST_SORTED = 10_000
CREATED, EMAIL, LAST_SIGN_IN = "created_at", "account__canonical_email", "account__activity__last_sign_in_at"
NEWEST = f"-{CREATED}"
SEEN = {f"account__activity__{lookup}": name for lookup, name in SIGNED_IN.items()}


@dataclass(frozen=True)
class HowMany:
    """A number of customers: exact, an estimate, or one that there are more of (`is_less`)."""

    value: int
    is_estimate: bool = False
    is_less: bool = False

    def __str__(self) -> str:
        number = intcomma(self.value)
        if self.is_estimate:
            return gettext("about %(number)s") % {"number": number}
        return f"{number}+" if self.is_less else number


@dataclass(frozen=True)
class Sought:
    """Entries of the customers asked for, in no order, and how many they are; if they `are_few`, they can be sorted."""

    asked: CustomerFilter
    found: QuerySet[CustomerEntry]
    are_few: bool
    count: HowMany

    def in_order(self, by: str) -> Stretch[CustomerEntry]:
        """Them with their accounts, for `page_of` to read in the order `by`: a field, "-" before it for descending."""
        found = with_accounts(self.found)
        if by.removeprefix("-") == LAST_SIGN_IN:
            # Said of the order itself, too: that is where a walk begins and ends.
            found = found.exclude(account__activity=None).filter(**wanted_of(self.asked, SEEN))
        return Stretch(found, by, None if self.are_few else _along(self.asked, by.removeprefix("-")))

    def never_signed_in(self) -> Stretch[CustomerEntry]:
        """Those of them who have no last sign-in to be ordered by, the newest first."""
        return Stretch(
            with_accounts(self.found.filter(NEVER_SIGNED_IN)), NEWEST, None if self.are_few else _along(self.asked, CREATED)
        )


def seek(asked: CustomerFilter) -> Sought:
    """Find out how the customers asked for are found. This, and what is read of them, is asked `by_indexes`."""
    keys = telling_keys(asked)
    for found in _sortable(asked, keys):
        ids = list(found.values_list("pk", flat=True)[: COUNTED_UP_TO + 1])
        if len(ids) > COUNTED_UP_TO:
            return Sought(asked, found, are_few=True, count=HowMany(COUNTED_UP_TO, is_less=True))
        # A list and no condition: they are read and sorted, wherever in the order they stand.
        named = CustomerEntry.objects.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [ids], UUIDField()))
        return Sought(asked, named, are_few=True, count=HowMany(len(ids)))
    found = customers_found(asked, keys=())
    return Sought(asked, found, are_few=False, count=_at_least(asked, found))


def how_many(asked: CustomerFilter) -> HowMany:
    """How many customers are asked for, counted no further than 1,000. All of them are estimated by the database."""
    with by_indexes():
        return seek(asked).count


def newest_found(asked: CustomerFilter, most: int) -> list[CustomerEntry]:
    """The newest of the customers asked for, at most so many, with their accounts: as far as they are found in time."""
    with by_indexes():
        return seek(asked).in_order(NEWEST).page(size=most).rows


def _sortable(asked: CustomerFilter, keys: list[int]) -> Iterator[QuerySet[CustomerEntry]]:
    """The entries asked for, found in a way in which few are looked at."""
    entries = CustomerEntry.objects.filter(keys__contains=keys)
    if keys and _are_few(entries):
        yield customers_found(asked, keys)
    if asked.among is not None:
        yield customers_found(asked, keys=())
    yield from (customers_found(asked, keys=()).filter(pk__in=ids[:MOST_SORTED]) for ids in _told_by_an_index(asked) if _are_few(ids))


def _are_few(found: QuerySet[Any, Any]) -> bool:
    return found[: MOST_SORTED + 1].count() <= MOST_SORTED


def _told_by_an_index(asked: CustomerFilter) -> Iterator[QuerySet[Any, Any]]:
    """IDs of accounts among whom all are who are asked for: parts of the question that an index answers by itself."""
    yield from asked.within
    if asked.group_id:
        yield GroupMember.objects.filter(group=asked.group_id).values("account_id")
    if wanted := wanted_of(asked, SIGNED_IN):
        yield Activity.objects.filter(**wanted).values("account_id")
    if wanted := wanted_of(asked, SIGNED_UP):
        yield CustomerEntry.objects.filter(**wanted).values("pk")
    if asked.standing not in {"", Standing.ACTIVE}:
        yield CustomerEntry.objects.filter(standing=asked.standing).values("pk")
    if asked.password in {"none", "foreign"}:
        yield Account.objects.filter(PASSWORDS[asked.password]).values("pk")


def _along(asked: CustomerFilter, by: str) -> Walk:
    """The way along an order, as far as an index leads that tells some of the question, too."""
    if by == EMAIL:
        return Walk(Account.objects.all(), "canonical_email")
    if by == LAST_SIGN_IN:
        return Walk(Activity.objects.filter(**wanted_of(asked, SIGNED_IN)), "last_sign_in_at")
    return Walk(CustomerEntry.objects.filter(**wanted_of(asked, SIGNED_UP)), CREATED)


def _at_least(asked: CustomerFilter, found: QuerySet[CustomerEntry]) -> HowMany:
    """How many are asked for: all, if there are no more customers than a stride has, or those of the newest."""
    estimate = _estimated() if asked.is_empty else 0
    if estimate > CERTAINLY_MORE:
        return HowMany(round(estimate, -3), is_estimate=True)
    last = _along(asked, CREATED).end(None, is_reversed=True)
    found = found.filter(created_at__gte=last[0]) if last else found
    number = found[: COUNTED_UP_TO + 1].count()
    if number > COUNTED_UP_TO and estimate > COUNTED_UP_TO:
        return HowMany(round(estimate, -3), is_estimate=True)
    return HowMany(min(number, COUNTED_UP_TO), is_less=bool(last) or number > COUNTED_UP_TO)


def _estimated() -> int:
    """How many entries there were when the database looked last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'accounts_customerentry'::regclass")
        estimate: int = cursor.fetchone()[0]
    return estimate
