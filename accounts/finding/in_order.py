"""The customers asked for in an order: looked for along it until a page is full, or found first and sorted.

Nobody knows beforehand where in an order they stand: who was seen last months ago came years ago, and all of a name
have addresses beside each other. So the order is walked along in strides. If the first doesn't fill a page, and an
index tells of few among whom all must be, those are sorted instead; otherwise it goes on until time is up, and the page
says how far it has come.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.db.models import Q, QuerySet, UUIDField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from accounts.finding.lookup import (
    MOST_LISTED,
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
from accounts.finding.policies import terms_of
from accounts.models import Account, Activity, CustomerEntry, GroupMember, Standing
from common.database.keyset import Stretch
from common.database.strides import Walk, by_indexes

COUNTED_UP_TO = 1000
# From so many estimated on nobody counts: the database looks again long before so few are left.
CERTAINLY_MORE = 20_000
# So many that another index tells are asked about: each may have to be looked up twice.
MOST_TOLD = 10_000
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
    """The entries of the customers asked for, in no order, and how many they are.

    `listed` are the same, found among few; they can be sorted. If they `are_named`, nothing else is worth a look.
    """

    asked: CustomerFilter
    found: QuerySet[CustomerEntry]
    count: HowMany
    listed: QuerySet[CustomerEntry] | None = None
    are_named: bool = False

    def in_order(self, by: str) -> Stretch[CustomerEntry]:
        """Them with their accounts, for `page_of` to read in the order `by`: a field, "-" before it for descending."""
        if by.removeprefix("-") != LAST_SIGN_IN:
            return self._stretch(by)
        # Said of the order itself, too: that is where a walk begins and ends.
        return self._stretch(by, Q(account__activity__isnull=False, **wanted_of(self.asked, SEEN)))

    def never_signed_in(self) -> Stretch[CustomerEntry]:
        """Those of them who have no last sign-in to be ordered by, the newest first."""
        return self._stretch(NEWEST, NEVER_SIGNED_IN)

    def _stretch(self, by: str, *also: Q) -> Stretch[CustomerEntry]:
        found = with_accounts(self.found.filter(*also))
        if self.are_named:
            return Stretch(found, by)
        walk = along(self.asked, by.removeprefix("-"))
        if self.listed is not None:
            # Addresses begin with names: in their order all of a name stand together, perhaps at the end.
            walk = replace(
                walk,
                listed=with_accounts(self.listed.filter(*also)),
                is_listed_first=by == EMAIL and bool(terms_of(self.asked.search)),
            )
        return Stretch(found, by, walk)


def seek(asked: CustomerFilter) -> Sought:
    """Find out how the customers asked for are found. This, and what is read of them, is asked `by_indexes`."""
    found = customers_found(asked, keys=())
    listed = next(_among_few(asked, found), None)
    if listed is None:
        return Sought(asked, found, _at_least(asked, found))
    ids = list(listed.values_list("pk", flat=True)[: COUNTED_UP_TO + 1])
    if len(ids) > COUNTED_UP_TO:
        return Sought(asked, found, HowMany(COUNTED_UP_TO, is_less=True), listed)
    # A list and no condition: they are read and sorted, wherever in the order they stand.
    named = CustomerEntry.objects.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [ids], UUIDField()))
    return Sought(asked, named, HowMany(len(ids)), are_named=True)


def how_many(asked: CustomerFilter) -> HowMany:
    """How many customers are asked for, counted no further than 1,000; where no index tells of few, among the newest
    10,000. All of them are estimated by the database.
    """
    with by_indexes():
        return seek(asked).count


def newest_found(asked: CustomerFilter, most: int) -> list[CustomerEntry]:
    """The newest of the customers asked for, at most so many, with their accounts: as far as they are found in time."""
    with by_indexes():
        return seek(asked).in_order(NEWEST).page(size=most).rows


def _among_few(asked: CustomerFilter, found: QuerySet[CustomerEntry]) -> Iterator[QuerySet[CustomerEntry]]:
    """The same entries, for each part of the question that leaves few to be looked at, the cheapest to ask first."""
    if asked.among is not None:
        yield found
    keys, are_few = telling_keys(asked)
    by_keys = Q(keys__contains=keys)
    if keys and (are_few or _ends_within(CustomerEntry.objects.filter(by_keys), MOST_LISTED)):
        yield found.filter(by_keys)
    for ids in _told_by_an_index(asked):
        if _ends_within(ids, MOST_TOLD):
            yield found.filter(pk__in=ids[:MOST_TOLD])


def _ends_within(found: QuerySet[Any, Any], most: int) -> bool:
    return found[: most + 1].count() <= most


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


def along(asked: CustomerFilter, by: str) -> Walk:
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
    last = along(asked, CREATED).end(None, is_reversed=True)
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
