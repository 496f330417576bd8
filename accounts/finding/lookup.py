"""What is asked of all customers together, as one statement however many of them there are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower, Now
from django.db.models.lookups import Exact

from accounts.attributes import BUILT_IN_ATTRIBUTES, COUNTRY
from accounts.finding.policies import (
    LANGUAGE,
    PART,
    VERIFIED,
    WORD,
    key_of_fact,
    keys_of_term,
    terms_of,
    value_of_fact,
)
from accounts.models import CustomerEntry, GroupMember, Standing

COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class CustomerFilter:
    """Which customers are asked for; what is "" or None filters nothing. Without a `standing`, all but deleted ones.

    `attribute` is the name of a built-in or custom attribute as it is kept, `value` what it is, in whichever capitals.
    `client_id` is that of the application signed in to last.
    """

    search: str = ""
    standing: str = ""
    is_verified: bool | None = None
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

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everybody."""
        return self == CustomerFilter()

    def without(self, *names: str) -> Self:
        """The same question with these parts left out."""
        return replace(self, **{name: getattr(CustomerFilter(), name) for name in names})


def customers_found(asked: CustomerFilter) -> QuerySet[CustomerEntry]:
    """The entries of the customers asked for, in no order, each with its account at hand."""
    found = CustomerEntry.objects.select_related("account", "account__activity")
    keys = sorted({key for part in _keys(asked) for key in part})
    if keys:
        # All in one array that stands in the statement, so that PostgreSQL knows how many rows have them.
        found = found.filter(keys__contains=keys)
    return found.filter(_standing(asked.standing), *_looked_at_again(asked), *_dates(asked), *_elsewhere(asked))


@dataclass(frozen=True)
class HowMany:
    """A number of customers: exact up to 10,000; beyond, an estimate where there is one, and else just more."""

    value: int
    is_estimate: bool = False

    def __str__(self) -> str:
        if self.is_estimate:
            return f"about {self.value:,}"
        return f"{COUNTED_UP_TO:,}+" if self.value > COUNTED_UP_TO else f"{self.value:,}"


def how_many(asked: CustomerFilter) -> HowMany:
    """How many customers are asked for, counted no further than 10,000. All of them are estimated by the database."""
    # Without an order: forced into one, a rare value would have everything walked through.
    counted = customers_found(asked).order_by()[: COUNTED_UP_TO + 1].count()
    if counted > COUNTED_UP_TO and asked.is_empty:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'accounts_customerentry'::regclass")
            estimate = cursor.fetchone()[0]
        if estimate > COUNTED_UP_TO:
            return HowMany(round(estimate, -3), is_estimate=True)
    return HowMany(counted)


def _keys(asked: CustomerFilter) -> Iterator[list[int]]:
    yield from map(keys_of_term, terms_of(asked.search))
    facts = {COUNTRY: asked.country, LANGUAGE: asked.language, asked.attribute: asked.value}
    facts[VERIFIED] = "no" if asked.is_verified is False else ""
    yield from ([key_of_fact(name, value)] for name, value in facts.items() if name and value)


def _looked_at_again(asked: CustomerFilter) -> Iterator[Q]:
    """What the keys have found, by what it is: two may share a hash."""
    for term in terms_of(asked.search):
        is_beginning = len(term) < PART and WORD.fullmatch(term)
        yield Q(haystack__regex=rf"\m{term}") if is_beginning else Q(haystack__contains=term)
    if asked.country:
        yield Q(account__country=asked.country)
    if asked.language:
        yield Q(account__language=asked.language)
    if asked.is_verified is not None:
        yield Q(account__email_verified=asked.is_verified)
    if asked.attribute:
        yield _has(asked.attribute, asked.value)


def _has(attribute: str, value: str) -> Q:
    built_in = BUILT_IN_ATTRIBUTES.get(attribute)
    kept = F(f"account__{built_in.column}") if built_in else KeyTextTransform(attribute, "account__custom_attributes")
    return Q(Exact(Lower(kept), Value(value_of_fact(value))))


def _standing(standing: str) -> Q:
    """A block that has ended is none, until housekeeping comes by."""
    has_ended = Q(account__blocked_until__lte=Now())
    if standing == Standing.BLOCKED:
        return Q(standing=standing) & ~has_ended
    if standing == Standing.ACTIVE:
        return Q(standing=standing) | Q(standing=Standing.BLOCKED) & has_ended
    return Q(standing=standing) if standing else ~Q(standing=Standing.DELETED)


def _dates(asked: CustomerFilter) -> Iterator[Q]:
    bounds = {
        "created_at__gte": asked.signed_up_from,
        "created_at__lt": asked.signed_up_before,
        "account__activity__last_sign_in_at__gte": asked.signed_in_from,
        "account__activity__last_sign_in_at__lt": asked.signed_in_before,
    }
    yield from (Q(**{lookup: at}) for lookup, at in bounds.items() if at is not None)


def _elsewhere(asked: CustomerFilter) -> Iterator[Q]:
    if asked.client_id:
        yield Q(account__activity__client_id=asked.client_id)
    if asked.never_signed_in:
        yield Q(account__activity=None)
    if asked.group_id:
        yield Q(pk__in=GroupMember.objects.filter(group=asked.group_id).values("account_id"))
