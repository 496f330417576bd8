"""The customers asked for in an order: walked along it until a page is full, or found first and sorted.

The database takes for a coincidence what is none: who was seen last months ago came years ago, and all of a group came
by one import. So what an index tells by itself is counted first, and the way is chosen by how many there are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from operator import and_, methodcaller
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, Func, OuterRef, Q, QuerySet, UUIDField
from django.db.models.expressions import RawSQL
from django.db.models.lookups import In

from accounts.finding.lookup import SAMPLE, CustomerFilter, Share, customers_found
from accounts.finding.policies import terms_of
from accounts.models import Activity, CustomerEntry, GroupMember, Standing

# One in a hundred of a million: of more, a page is full after a few thousand rows of an order.
MOST_SOUGHT_OUT = 10_000
# Of the first 2,000 in an order: then a page is full after 50,000.
SOME_AT_LEAST = 2
CREATED, EMAIL, LAST_SIGN_IN = "created_at", "account__canonical_email", "account__activity__last_sign_in_at"
# Where an ID stands in an index in whose order is read, so that whoever isn't meant is passed by without their row.
ID_BESIDE = {
    CREATED: '"accounts_customerentry"."account_id"',
    EMAIL: '"accounts_account"."id"',
    LAST_SIGN_IN: '"accounts_activity"."account_id"',
}
# Parts of a question that an index answers, by how they are asked there.
GROUP = {"group": "group_id"}
SIGNED_UP = {"created_at__gte": "signed_up_from", "created_at__lt": "signed_up_before"}
SIGNED_IN = {
    "client_id": "client_id",
    "last_sign_in_at__gte": "signed_in_from",
    "last_sign_in_at__lt": "signed_in_before",
}
_OWN_ACTIVITY = Activity.objects.filter(pk=OuterRef("pk"))
NEVER_SIGNED_IN = ~Q(Exists(_OWN_ACTIVITY))
"""Of entries, those whose customers never signed in."""
Sought = tuple[Callable[[CustomerFilter], CustomerFilter], QuerySet[Any, Any]]
"""IDs of accounts, and what leaves the parts of a question out to which they are the whole answer."""
NOTHING = methodcaller("without")


class IsAmong(Func):
    """Whether the ID at hand is one of these: they are read once, and each row of a walk is asked.

    Asked plainly, the database would read the rows of them all, and sort.
    """

    template = "(%(expressions)s) IS TRUE"
    output_field = BooleanField()

    def __init__(self, column: str, ids: QuerySet[Any, Any]) -> None:
        super().__init__(In(RawSQL(column, [], UUIDField()), ids.query))  # noqa: S611 - one of `ID_BESIDE`


def in_order(
    asked: CustomerFilter, *, by: str, share: Share, few: Sequence[UUID] | None = None
) -> QuerySet[CustomerEntry]:
    """The entries of the customers asked for, for `page_of` to read in the order `by`; of a `few`, just these."""
    if few is not None:
        # A list and no condition: they are read and sorted, wherever in the order they stand.
        return CustomerEntry.objects.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [[*few]]))
    order, by = by, by.removeprefix("-")
    is_walked = share >= _walked_from(asked, by)
    told = [*_short(_told_by_an_index(asked, by))]
    if not told and not is_walked and _lies_anywhere(asked, by):
        told = [*_short([(NOTHING, customers_found(asked).values("pk"))])]
    rest = reduce(lambda left, each: each[0](left), told, asked)
    seen = [*_seen(rest)] if by == CREATED else []
    rest = rest.without("never_signed_in", *SIGNED_IN.values()) if seen else rest
    found = customers_found(rest, are_many=is_walked or bool(told), are_marked=bool(told) and by != CREATED)
    found = found.filter(*seen)
    each_list = [Q(pk__in=ids) for _, ids in told]
    if told and by == CREATED and not _begins_with_some(order, each_list):
        # Lists with an end are read whole, and sorted.
        return found.filter(*each_list)
    return found.filter(*(IsAmong(ID_BESIDE[by], ids) for _, ids in told))


def _seen(asked: CustomerFilter) -> Iterator[Q]:
    """What is asked about sign-ins, of the entries themselves: by way of their accounts, each row of a walk would be
    looked up twice.
    """
    if asked.never_signed_in:
        yield NEVER_SIGNED_IN
    if wanted := _wanted(asked, SIGNED_IN):
        yield Q(Exists(_OWN_ACTIVITY.filter(**wanted)))


def _begins_with_some(order: str, each_list: Sequence[Q]) -> bool:
    """Whether some who are in all of these lists come first: of those imported last month, none is old."""
    first = CustomerEntry.objects.order_by(order)[:SAMPLE]
    found: int = first.aggregate(found=Count("pk", filter=reduce(and_, each_list)))["found"]
    return found >= SOME_AT_LEAST


def _short(known: Iterable[Sought]) -> Iterator[Sought]:
    """Those lists that are short, each with an end."""
    for leave_out, ids in known:
        if ids[: MOST_SOUGHT_OUT + 1].count() <= MOST_SOUGHT_OUT:
            yield leave_out, ids[:MOST_SOUGHT_OUT]


def _told_by_an_index(asked: CustomerFilter, by: str) -> Iterator[Sought]:
    """Parts of a question of which an index tells all by itself, and that doesn't lead through the order anyway."""
    yield from ((partial(_not_within, each), each) for each in asked.within)
    yield from _told(asked, GroupMember.objects.values("account_id"), GROUP)
    if by != LAST_SIGN_IN:
        yield from _told(asked, Activity.objects.values("account_id"), SIGNED_IN)
    if by != CREATED:
        entries = CustomerEntry.objects.values("pk")
        yield from _told(asked, entries, SIGNED_UP)
        if asked.standing not in {"", Standing.ACTIVE}:
            # A block that has ended is among those, and so is asked about again.
            yield NOTHING, entries.filter(standing=asked.standing)


def _told(asked: CustomerFilter, ids: QuerySet[Any, Any], lookups: Mapping[str, str]) -> Iterator[Sought]:
    if wanted := _wanted(asked, lookups):
        yield methodcaller("without", *lookups.values()), ids.filter(**wanted)


def _wanted(asked: CustomerFilter, lookups: Mapping[str, str]) -> dict[str, Any]:
    return {lookup: value for lookup, name in lookups.items() if (value := getattr(asked, name))}


def _not_within(ids: QuerySet[Any, Any], asked: CustomerFilter) -> CustomerFilter:
    return replace(asked, within=tuple(each for each in asked.within if each is not ids))


def _lies_anywhere(asked: CustomerFilter, by: str) -> bool:
    """Whether those who are asked for lie anywhere in an order, and their rows anywhere beside it.

    Addresses begin with names: in their order all of a name stand together, perhaps at the end.
    """
    return by == LAST_SIGN_IN or (by == EMAIL and not terms_of(asked.search))


def _walked_from(asked: CustomerFilter, by: str) -> Share:
    """How common somebody has to be to be looked for along this order, whose rows lie here or there."""
    if by == CREATED:
        return Share.SOME
    return Share.MANY if _lies_anywhere(asked, by) else Share.MOST
