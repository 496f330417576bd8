"""What is asked of all customers together, as one statement however many of them there are."""

from collections.abc import Iterator, Sized
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from functools import reduce
from operator import and_
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now, StrIndex
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext

from accounts.attributes import COUNTRY
from accounts.finding.policies import (
    FACTOR,
    LANGUAGE,
    PART,
    PASSKEY,
    PHONE,
    VERIFIED,
    WORD,
    fact_of,
    key_of_fact,
    keys_of_term,
    telling_terms,
    terms_of,
)
from accounts.models import OUR_HASHES, Account, CustomerEntry, Factor, GroupMember, Standing

COUNTED_UP_TO = 1000
# From so many estimated on nobody counts: the database looks again long before so few are left.
CERTAINLY_MORE = 20_000
# How many of the newest are looked at before, and from how many on some have what is asked for, many, and most.
SAMPLE, COMMON, MORE_COMMON, VERY_COMMON = 2000, 8, 12, 80
# From how many keys on those are left out that more than this share of all customers have, while so many are left.
MANY_KEYS, TOO_COMMON, ENOUGH_KEYS = 6, 0.05, 2
COMMON_KEYS = """
    SELECT each.key FROM pg_stats,
        unnest(most_common_elems::text::integer[], most_common_elem_freqs) AS each(key, share)
    WHERE schemaname = current_schema() AND tablename = 'accounts_customerentry' AND attname = 'keys'
        AND each.key = ANY(%s) AND each.share > %s
"""
# Kinds of passwords that few may have, and so many are few.
SELDOM, FEW = {"none", "foreign"}, 2000
NOT_VERIFIED = fact_of(VERIFIED, "no")
NO_PASSWORD, OUR_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX), Q(password__startswith=OUR_HASHES)
PASSWORDS = {"has": ~NO_PASSWORD, "none": NO_PASSWORD, "foreign": ~NO_PASSWORD & ~OUR_PASSWORD}
"""Who has a password, who signs in without one, and who has brought one from elsewhere that was never used here."""
HAS_FACTOR = {
    "has_app": fact_of(FACTOR, "app"),
    "has_passkey": fact_of(PASSKEY, "yes"),
    "has_phone": fact_of(PHONE, "yes"),
}
NO_FACTOR = "none"


@dataclass(frozen=True)
class CustomerFilter:
    """Which customers are asked for; what is "" or None filters nothing. Without a `standing`, all but deleted ones.

    `attribute` is the name of a built-in or custom attribute as it is kept, `value` what it is, in whichever capitals.
    `client_id` is that of the application signed in to last.
    """

    search: str = ""
    standing: str = ""
    is_verified: bool | None = None
    has_app: bool | None = None
    has_passkey: bool | None = None
    has_phone: bool | None = None
    group_id: UUID | None = None
    country: str = ""
    language: str = ""
    client_id: str = ""
    attribute: str = ""
    value: str = ""
    signed_up_from: datetime | None = None
    signed_up_before: datetime | None = None
    signed_in_from: datetime | None = None
    signed_in_before: datetime | None = None
    never_signed_in: bool = False
    # One of `PASSWORDS`.
    password: str = ""
    # Only these, whatever else is asked for.
    among: frozenset[UUID] | None = None
    # Likewise, by queries of their IDs: of whom a floor above knows more, such as who is linked to a provider.
    within: tuple[QuerySet[Any, Any], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everybody, as does a search for nothing but blanks or marks."""
        return not terms_of(self.search) and self.without("search") == CustomerFilter()

    @property
    def is_about_sign_ins(self) -> bool:
        """Whether whoever never signed in can't be meant."""
        return bool(self.signed_in_from or self.signed_in_before or self.client_id)

    def without(self, *names: str) -> Self:
        """The same question with these parts left out."""
        return replace(self, **{name: getattr(CustomerFilter(), name) for name in names})


def with_factor(which: str) -> dict[str, bool]:
    """How whoever has this `Factor` is asked for, or by `NO_FACTOR` whoever has none; by "" nobody in particular."""
    if which == NO_FACTOR:
        return dict.fromkeys(HAS_FACTOR, False)
    return {f"has_{Factor(which)}": True} if which else {}


class Share(IntEnum):
    """How many of all customers have what is asked for: few are found by their keys.

    Of some a page is full soon where rows lie as they are read, and of many whichever rows are looked at; of most a
    thousand are counted as soon.
    """

    FEW = 0
    SOME = 1
    MANY = 2
    MOST = 3


def share_of(asked: CustomerFilter) -> Share:
    """How common what is searched and filtered for is, as far as the newest customers show.

    PostgreSQL takes keys that come together for a coincidence, and a word that every fourth address has for one that
    nobody has. So it is asked what it would find before it is told how to look.
    """
    wanted = [*_looked_at_again(asked)]
    if not wanted:
        return Share.MOST
    newest = CustomerEntry.objects.order_by("-created_at", "-pk")[:SAMPLE]
    found: int = newest.aggregate(found=Count("pk", filter=reduce(and_, wanted)))["found"]
    return Share(sum(found >= bound for bound in (COMMON, MORE_COMMON, VERY_COMMON)))


def customers_found(
    asked: CustomerFilter, *, are_many: bool = False, are_marked: bool = False
) -> QuerySet[CustomerEntry]:
    """The entries of the customers asked for, in no order: found by their keys, or, if they `are_many`, by looking.

    Those of a standing that `are_marked` otherwise aren't found by its index.
    """
    found = CustomerEntry.objects.all()
    keys = [] if are_many else _telling({key for part in _keys(asked) for key in part})
    if keys:
        found = found.filter(keys__contains=keys)
    again = _looked_at_again(asked, are_many=are_many)
    standing = _standing(asked.standing, are_marked=are_marked)
    return found.filter(standing, *again, *_dates(asked), *_elsewhere(asked))


def with_accounts(found: QuerySet[CustomerEntry]) -> QuerySet[CustomerEntry]:
    """The same, each with its account and activity at hand: read by themselves, and so of no more than are shown."""
    return found.prefetch_related(Prefetch("account", Account.objects.select_related("activity")))


def newest_found(asked: CustomerFilter, most: int) -> list[CustomerEntry]:
    """The newest of the customers asked for, at most so many, with their accounts."""
    found = customers_found(asked, are_many=share_of(asked) > Share.FEW).order_by("-created_at", "-pk")
    return list(with_accounts(found)[:most])


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


def how_many(asked: CustomerFilter, *, share: Share = Share.FEW, to_the_end: bool = False) -> HowMany:
    """How many customers are asked for, counted no further than 1,000. All of them are estimated by the database.

    `to_the_end`: all are counted, which takes a second where half a million are found.
    """
    if to_the_end:
        return HowMany(customers_found(asked, are_many=share is Share.MOST).count())
    estimate = _estimated() if asked.is_empty else 0
    if estimate > CERTAINLY_MORE:
        return HowMany(round(estimate, -3), is_estimate=True)
    few = few_found(asked, share=share)
    if few is None and estimate > COUNTED_UP_TO:
        return HowMany(round(estimate, -3), is_estimate=True)
    return counted(few)


def few_found(asked: CustomerFilter, *, share: Share) -> list[UUID] | None:
    """The IDs of all who are asked for, in no order; None if they are more than 1,000."""
    # Forced into an order, a rare value would have everything walked through.
    found = customers_found(asked, are_many=share is Share.MOST).order_by()
    ids = list(found.values_list("pk", flat=True)[: COUNTED_UP_TO + 1])
    return None if len(ids) > COUNTED_UP_TO else ids


def counted(few: Sized | None) -> HowMany:
    """How many they are, as `few_found` has told."""
    return HowMany(COUNTED_UP_TO, is_less=True) if few is None else HowMany(len(few))


def _estimated() -> int:
    """How many entries there were when the database looked last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'accounts_customerentry'::regclass")
        estimate: int = cursor.fetchone()[0]
    return estimate


def _keys(asked: CustomerFilter) -> Iterator[list[int]]:
    yield from map(keys_of_term, telling_terms(asked.search))
    yield from ([key_of_fact(fact)] for fact in _facts(asked))


def _telling(keys: set[int]) -> list[int]:
    """Of many keys those that tell most. The end of an address is everybody's, and costs more than all others."""
    if len(keys) > MANY_KEYS:
        with connection.cursor() as cursor:
            cursor.execute(COMMON_KEYS, [sorted(keys), TOO_COMMON])
            rare = keys.difference(key for (key,) in cursor.fetchall())
        keys = rare if len(rare) >= ENOUGH_KEYS else keys
    return sorted(keys)


def _looked_at_again(asked: CustomerFilter, *, are_many: bool = False) -> Iterator[Q]:
    """What the keys have found, by what it is: two may share a hash."""
    for term in terms_of(asked.search):
        is_beginning = len(term) < PART and WORD.fullmatch(term)
        yield Q(haystack__regex=rf"\m{term}") if is_beginning else _has("haystack", term, are_many=are_many)
    yield from (_has("facts", fact, are_many=are_many) for fact in _facts(asked))
    if asked.is_verified:
        yield ~Q(facts__contains=NOT_VERIFIED)
    yield from (~Q(facts__contains=fact) for name, fact in HAS_FACTOR.items() if getattr(asked, name) is False)


def _has(column: str, text: str, *, are_many: bool) -> Q:
    """For most words PostgreSQL has seen no row that has them, and would read and sort all rows for a pattern.

    For a place in a text it assumes a third of the rows, and reads in the order asked for until a page is full.
    """
    if are_many:
        return Q(GreaterThan(StrIndex(column, Value(text)), 0))
    return Q(**{f"{column}__contains": text})


def _facts(asked: CustomerFilter) -> Iterator[str]:
    named = {COUNTRY: asked.country, LANGUAGE: asked.language, asked.attribute: asked.value}
    yield from (fact_of(name, value) for name, value in named.items() if name and value)
    if asked.is_verified is False:
        yield NOT_VERIFIED
    yield from (fact for name, fact in HAS_FACTOR.items() if getattr(asked, name))


def _standing(standing: str, *, are_marked: bool) -> Q:
    """A block that has ended is none, until housekeeping comes by. It is asked of those alone who are blocked."""
    if not standing:
        return ~Q(standing=Standing.DELETED)
    if standing == Standing.ACTIVE:
        return Q(standing=standing) | Q(standing=Standing.BLOCKED) & _block_has_ended()
    stands_so = _has("standing", standing, are_many=True) if are_marked else Q(standing=standing)
    return stands_so & ~_block_has_ended() if standing == Standing.BLOCKED else stands_so


def _block_has_ended() -> Q:
    account = Account.objects.filter(pk=OuterRef("pk"))
    return Q(Coalesce(LessThanOrEqual(Subquery(account.values("blocked_until")), Now()), Value(value=False)))


def _dates(asked: CustomerFilter) -> Iterator[Q]:
    bounds = {
        "created_at__gte": asked.signed_up_from,
        "created_at__lt": asked.signed_up_before,
        "account__activity__last_sign_in_at__gte": asked.signed_in_from,
        "account__activity__last_sign_in_at__lt": asked.signed_in_before,
    }
    yield from (Q(**{lookup: at}) for lookup, at in bounds.items() if at is not None)


def _elsewhere(asked: CustomerFilter) -> Iterator[Q]:
    if asked.password:
        yield _about_password(asked.password)
    if asked.client_id:
        yield Q(account__activity__client_id=asked.client_id)
    if asked.never_signed_in:
        yield Q(account__activity=None)
    if asked.among is not None:
        yield Q(pk__in=asked.among)
    yield from (Q(pk__in=each) for each in asked.within)
    if asked.group_id:
        yield Q(pk__in=GroupMember.objects.filter(group=asked.group_id).values("account_id"))


def _about_password(which: str) -> Q:
    """Those of one kind of `PASSWORDS`. What the database takes for many may be few: then it is told which ones."""
    accounts = Account.objects.filter(PASSWORDS[which]).values_list("pk", flat=True)
    few = list(accounts.order_by("pk")[: FEW + 1]) if which in SELDOM else None
    return Q(pk__in=accounts if few is None or len(few) > FEW else few)
