"""How many text messages leave, counted for all processes together, before any is written.

Whoever makes a tenant send to numbers that earn them money ("SMS pumping") finds few countries, few messages to a
number and to a country, and an end to all of them. Whoever does so can't keep others from theirs: the messages to a
number are counted in groups, and the last part of what the tenant may send, and a country may be sent, is kept for
owners who have shown something else before, or come in a browser that knows them. Of that part each number has a few a
day, so that few who have a phone don't use it up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from common.web.limits import Attempts, Limit, TooManyAttempts, count_together, counted_now, give_back, used_up
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
OF_RESERVE = Limit("text messages to a number of the reserve a day", 3, DAY)
NO_END = 2**31 - 1


@dataclass(frozen=True)
class CountedTo:
    """How many messages a country was `sent` in its day, of at `most` how many.

    Once they are used up, but for what is kept for owners, `is_used_up`.
    """

    country: str
    sent: int
    most: int
    is_used_up: bool


def limits_on_tenant(description: TextDescription) -> Attempts:
    """What one message counts against, whomever it goes to, if it may not use the reserve."""
    return [(limit, "") for limit in (*_of_tenant(description), *_but_tenants_reserve(description))]


def limits_on_country(country: str, description: TextDescription) -> tuple[tuple[Limit, str], tuple[Limit, str]]:
    """What one message to a number of this country counts against: all it may be sent, and that but the reserve."""
    most = description.most_to(country)
    part = Limit(BUT_COUNTRYS_RESERVE, _but_reserve(most), DAY)
    return (Limit(TO_COUNTRY, most, DAY), country), (part, country)


def count_text(number: str, country: str, description: TextDescription, *, group: str, may_use_reserve: bool) -> None:
    """Count one message to this number of this country, among those of its group.

    All are counted by what isn't reserved, which refuses only those that may not use the reserve: the others are
    counted by their number as well from there on. Raises `TooManyAttempts`, and then counts nothing.
    """
    whole, but_reserve = limits_on_country(country, description)
    parts = [but_reserve, *((limit, "") for limit in _but_tenants_reserve(description))]
    attempts = [
        *((limit, f"{number} {group}") for limit in (TO_NUMBER, TO_NUMBER_A_DAY)),
        whole,
        *((limit, "") for limit in _of_tenant(description)),
        *((replace(limit, attempts=NO_END) if may_use_reserve else limit, whose) for limit, whose in parts),
    ]
    counts = count_together(*attempts)[-len(parts) :]
    if any(count > limit.attempts for (limit, _), count in zip(parts, counts, strict=True)):
        try:
            OF_RESERVE.count(number)
        except TooManyAttempts:
            give_back(*attempts)
            raise


def look_at_country(number: str, country: str, description: TextDescription, *, may_use_reserve: bool) -> None:
    """Raise `TooManyAttempts` if a message to this number would be refused now by its country. Counts nothing."""
    whole, but_reserve = limits_on_country(country, description)
    refusing = used_up(whole, but_reserve)
    if not refusing or (may_use_reserve and not used_up(whole, (OF_RESERVE, number))):
        return
    limit, whose, wait = max(refusing, key=lambda each: each[2])
    raise TooManyAttempts(max(1, wait), attempt=(limit, whose), refused=1)


def counted_to(countries: Sequence[str], description: TextDescription) -> list[CountedTo]:
    """What each of these countries was sent of what it may be sent in a day."""
    limits = [limits_on_country(country, description) for country in countries]
    counts = counted_now(*chain(*limits))
    of_each = zip(countries, limits, counts[::2], counts[1::2], strict=True)
    return [
        CountedTo(country, min(sent, whole.attempts), whole.attempts, sent >= whole.attempts or but >= part.attempts)
        for country, ((whole, _), (part, _)), sent, but in of_each
    ]


def _of_tenant(description: TextDescription) -> list[Limit]:
    return [Limit(OF_TENANT, description.per_hour, HOUR), Limit(OF_TENANT_A_DAY, description.per_day, DAY)]


def _but_tenants_reserve(description: TextDescription) -> list[Limit]:
    return [
        Limit(BUT_RESERVE, _but_reserve(description.per_hour), HOUR),
        Limit(BUT_RESERVE_A_DAY, _but_reserve(description.per_day), DAY),
    ]


def _but_reserve(most: int) -> int:
    return most - most // RESERVE
