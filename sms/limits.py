"""How many text messages leave, counted for all processes together, in one statement, before any is written.

Whoever makes a tenant send to numbers that earn them money ("SMS pumping") finds few countries, few messages to a
number and to a country, and an end to all of them. Whoever does so can't keep others from theirs: the messages to a
number are counted in groups, and a part of what the tenant may send, and a country may be sent, is kept for owners who
have shown something else before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from common.web.limits import Attempts, Limit, TooManyAttempts, count_together, counted_now, used_up
from sms.senders.description import TextDescription

HOUR, DAY = 3600, 86_400
TO_NUMBER, TO_NUMBER_A_DAY = (
    Limit("text messages to a number", 5, HOUR),
    Limit("text messages to a number a day", 10, DAY),
)
OF_TENANT, OF_TENANT_A_DAY = "text messages of the tenant", "text messages of the tenant a day"
BUT_RESERVE, BUT_RESERVE_A_DAY = f"{OF_TENANT} but its reserve", f"{OF_TENANT_A_DAY} but its reserve"
TO_COUNTRY = "text messages to a country a day"
BUT_COUNTRYS_RESERVE = f"{TO_COUNTRY} but its reserve"
TO_COUNTRIES = frozenset({TO_COUNTRY, BUT_COUNTRYS_RESERVE})
BUDGETS = frozenset({OF_TENANT, OF_TENANT_A_DAY, BUT_RESERVE, BUT_RESERVE_A_DAY})
RESERVE = 5
"""Of how many messages one is kept for those who may use the reserve."""


@dataclass(frozen=True)
class CountedTo:
    """How many messages a country was `sent` in its day, of at `most` how many.

    Once they are used up, but for what is kept for owners, `is_used_up`.
    """

    country: str
    sent: int
    most: int
    is_used_up: bool


def limits_on_tenant(description: TextDescription, *, may_use_reserve: bool) -> Attempts:
    """What one message counts against, whomever it goes to."""
    per_hour, per_day = description.per_hour, description.per_day
    limits = [Limit(OF_TENANT, per_hour, HOUR), Limit(OF_TENANT_A_DAY, per_day, DAY)]
    if not may_use_reserve:
        limits += [
            Limit(BUT_RESERVE, _but_reserve(per_hour), HOUR),
            Limit(BUT_RESERVE_A_DAY, _but_reserve(per_day), DAY),
        ]
    return [(limit, "") for limit in limits]


def limits_on_country(country: str, description: TextDescription, *, may_use_reserve: bool) -> Attempts:
    """What one message to a number of this country counts against."""
    most = description.most_to(country)
    limits = [Limit(TO_COUNTRY, most, DAY)]
    if not may_use_reserve:
        limits.append(Limit(BUT_COUNTRYS_RESERVE, _but_reserve(most), DAY))
    return [(limit, country) for limit in limits]


def count_text(number: str, country: str, description: TextDescription, *, group: str, may_use_reserve: bool) -> None:
    """Count one message to this number of this country, among those of its group.

    Raises `TooManyAttempts`, and then counts nothing.
    """
    to_number = [(limit, f"{number} {group}") for limit in (TO_NUMBER, TO_NUMBER_A_DAY)]
    to_country = limits_on_country(country, description, may_use_reserve=may_use_reserve)
    count_together(*to_number, *to_country, *limits_on_tenant(description, may_use_reserve=may_use_reserve))


def look_at_country(country: str, description: TextDescription, *, may_use_reserve: bool) -> None:
    """Raise `TooManyAttempts` if a message to this country would be refused now. Counts nothing."""
    refusing = used_up(*limits_on_country(country, description, may_use_reserve=may_use_reserve))
    if refusing:
        limit, whose, wait = max(refusing, key=lambda each: each[2])
        raise TooManyAttempts(max(1, wait), attempt=(limit, whose), refused=1)


def counted_to(countries: Sequence[str], description: TextDescription) -> list[CountedTo]:
    """What each of these countries was sent of what it may be sent in a day."""
    limits = [limits_on_country(country, description, may_use_reserve=False) for country in countries]
    counts = counted_now(*chain(*limits))
    of_each = zip(countries, limits, counts[::2], counts[1::2], strict=True)
    return [
        CountedTo(country, min(sent, whole.attempts), whole.attempts, sent >= whole.attempts or but >= part.attempts)
        for country, ((whole, _), (part, _)), sent, but in of_each
    ]


def _but_reserve(most: int) -> int:
    return most - most // RESERVE
