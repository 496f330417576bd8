"""How many text messages leave, counted for all processes together, in one statement, before any is written.

Whoever makes a tenant send to numbers that earn them money ("SMS pumping") finds few countries, few messages to a
number, and an end to all of them. Whoever does so can't keep others from theirs: the messages to a number are counted
in groups, and a part of what the tenant may send is kept for owners who have shown something else before.
"""

from common.web.limits import Attempts, Limit, count_together
from sms.senders.description import TextDescription

HOUR, DAY = 3600, 86_400
TO_NUMBER, TO_NUMBER_A_DAY = (
    Limit("text messages to a number", 5, HOUR),
    Limit("text messages to a number a day", 10, DAY),
)
OF_TENANT, OF_TENANT_A_DAY = "text messages of the tenant", "text messages of the tenant a day"
BUT_RESERVE, BUT_RESERVE_A_DAY = f"{OF_TENANT} but its reserve", f"{OF_TENANT_A_DAY} but its reserve"
BUDGETS = frozenset({OF_TENANT, OF_TENANT_A_DAY, BUT_RESERVE, BUT_RESERVE_A_DAY})
RESERVE = 5
"""Of how many messages one is kept for those who may use the reserve."""


def limits_on_tenant(description: TextDescription, *, may_use_reserve: bool) -> Attempts:
    """What one message counts against, whomever it goes to."""
    per_hour, per_day = description.per_hour, description.per_day
    limits = [Limit(OF_TENANT, per_hour, HOUR), Limit(OF_TENANT_A_DAY, per_day, DAY)]
    if not may_use_reserve:
        limits += [
            Limit(BUT_RESERVE, per_hour - per_hour // RESERVE, HOUR),
            Limit(BUT_RESERVE_A_DAY, per_day - per_day // RESERVE, DAY),
        ]
    return [(limit, "") for limit in limits]


def count_text(number: str, description: TextDescription, *, group: str, may_use_reserve: bool) -> None:
    """Count one message to this number, among those of its group. Raises `TooManyAttempts`, and then counts nothing."""
    to_number = [(limit, f"{number} {group}") for limit in (TO_NUMBER, TO_NUMBER_A_DAY)]
    count_together(*to_number, *limits_on_tenant(description, may_use_reserve=may_use_reserve))
