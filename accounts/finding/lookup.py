"""What is asked of all customers together, as one statement however many of them there are."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import prod
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now, StrIndex
from django.db.models.lookups import GreaterThan, LessThanOrEqual

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
from accounts.models import OUR_HASHES, Account, Activity, CustomerEntry, Factor, GroupMember, Standing

# From how many keys on those are left out that more than this share of all customers have, while so many are left.
MANY_KEYS, TOO_COMMON, ENOUGH_KEYS = 6, 0.05, 2
# So many are read and sorted in a tenth of a second. Of more, a page is soon full, unless they stand far behind.
MOST_LISTED = 25_000
COMMON_KEYS = """
    SELECT each.key, each.share, reltuples
    FROM pg_class, pg_stats, unnest(most_common_elems::text::integer[], most_common_elem_freqs) AS each(key, share)
    WHERE oid = 'accounts_customerentry'::regclass
        AND schemaname = current_schema() AND tablename = 'accounts_customerentry' AND attname = 'keys'
        AND each.key = ANY(%s)
"""
# Parts of a question by how entries are asked for them, and activities.
SIGNED_UP = {"created_at__gte": "signed_up_from", "created_at__lt": "signed_up_before"}
SIGNED_IN = {
    "client_id": "client_id",
    "last_sign_in_at__gte": "signed_in_from",
    "last_sign_in_at__lt": "signed_in_before",
}
# Asked of the entries themselves: by way of their accounts, each row would be looked up twice.
_OWN_ACTIVITY = Activity.objects.filter(pk=OuterRef("pk"))
NEVER_SIGNED_IN = ~Q(Exists(_OWN_ACTIVITY))
"""Of entries, those whose customers never signed in."""
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


def telling_keys(asked: CustomerFilter) -> tuple[list[int], bool]:
    """The keys by which those asked for are found, none if many have them all; and whether they certainly are few.

    The database counts how common each is, and takes keys that come together for a coincidence, as is done here: then
    those are looked up that needn't be. Of many keys those are left out that tell least: the end of an address is
    everybody's, and costs more than all others.
    """
    keys = {key for part in _keys(asked) for key in part}
    if not keys:
        return [], False
    with connection.cursor() as cursor:
        cursor.execute(COMMON_KEYS, [sorted(keys)])
        common = cursor.fetchall()
    shares: dict[int, float] = {key: share for key, share, _ in common}
    everybody = max((number for _, _, number in common), default=0)
    each = [shares.get(key, 0) for key in keys]
    if everybody * prod(each) > MOST_LISTED:
        return [], False
    rare = {key for key in keys if shares.get(key, 0) <= TOO_COMMON}
    telling = rare if len(keys) > MANY_KEYS and len(rare) >= ENOUGH_KEYS else keys
    return sorted(telling), everybody * min(each) <= MOST_LISTED


def customers_found(asked: CustomerFilter, keys: Collection[int] | None = None) -> QuerySet[CustomerEntry]:
    """The entries of the customers asked for, in no order: found by these keys, or by all that tell."""
    keys = telling_keys(asked)[0] if keys is None else keys
    found = CustomerEntry.objects.filter(keys__contains=list(keys)) if keys else CustomerEntry.objects.all()
    return found.filter(_standing(asked.standing), *_looked_at_again(asked), *_dates(asked), *_elsewhere(asked))


def with_accounts(found: QuerySet[CustomerEntry]) -> QuerySet[CustomerEntry]:
    """The same, each with its account and activity at hand: read by themselves, and so of no more than are shown."""
    return found.prefetch_related(Prefetch("account", Account.objects.select_related("activity")))


def _keys(asked: CustomerFilter) -> Iterator[list[int]]:
    yield from map(keys_of_term, telling_terms(asked.search))
    yield from ([key_of_fact(fact)] for fact in _facts(asked))


def _looked_at_again(asked: CustomerFilter) -> Iterator[Q]:
    """What the keys have found, by what it is: two may share a hash."""
    for term in terms_of(asked.search):
        is_beginning = len(term) < PART and WORD.fullmatch(term)
        yield Q(haystack__regex=rf"\m{term}") if is_beginning else _has("haystack", term)
    yield from (_has("facts", fact) for fact in _facts(asked))
    if asked.is_verified:
        yield ~Q(facts__contains=NOT_VERIFIED)
    yield from (~Q(facts__contains=fact) for name, fact in HAS_FACTOR.items() if getattr(asked, name) is False)


def _has(column: str, text: str) -> Q:
    """For most words PostgreSQL has seen no row that has them, and would read and sort all rows for a pattern.

    For a place in a text it assumes a third of the rows, and reads in the order asked for until a page is full.
    """
    return Q(GreaterThan(StrIndex(column, Value(text)), 0))


def _facts(asked: CustomerFilter) -> Iterator[str]:
    named = {COUNTRY: asked.country, LANGUAGE: asked.language, asked.attribute: asked.value}
    yield from (fact_of(name, value) for name, value in named.items() if name and value)
    if asked.is_verified is False:
        yield NOT_VERIFIED
    yield from (fact for name, fact in HAS_FACTOR.items() if getattr(asked, name))


def _standing(standing: str) -> Q:
    """A block that has ended is none, until housekeeping comes by. It is asked of those alone who are blocked."""
    if not standing:
        return ~Q(standing=Standing.DELETED)
    if standing == Standing.ACTIVE:
        return Q(standing=standing) | Q(standing=Standing.BLOCKED) & _block_has_ended()
    return Q(standing=standing) & ~_block_has_ended() if standing == Standing.BLOCKED else Q(standing=standing)


def _block_has_ended() -> Q:
    account = Account.objects.filter(pk=OuterRef("pk"))
    return Q(Coalesce(LessThanOrEqual(Subquery(account.values("blocked_until")), Now()), Value(value=False)))


def _dates(asked: CustomerFilter) -> Iterator[Q]:
    if wanted := wanted_of(asked, SIGNED_UP):
        yield Q(**wanted)
    if wanted := wanted_of(asked, SIGNED_IN):
        yield Q(Exists(_OWN_ACTIVITY.filter(**wanted)))
    if asked.never_signed_in:
        yield NEVER_SIGNED_IN


def _elsewhere(asked: CustomerFilter) -> Iterator[Q]:
    if asked.password:
        yield Q(pk__in=Account.objects.filter(PASSWORDS[asked.password]).values("pk"))
    if asked.among is not None:
        yield Q(pk__in=asked.among)
    yield from (Q(pk__in=each) for each in asked.within)
    if asked.group_id:
        yield Q(pk__in=GroupMember.objects.filter(group=asked.group_id).values("account_id"))


def wanted_of(asked: CustomerFilter, lookups: Mapping[str, str]) -> dict[str, Any]:
    """What is asked of the rows of one table, by lookup: those parts of the question that say something."""
    return {lookup: value for lookup, name in lookups.items() if (value := getattr(asked, name))}
