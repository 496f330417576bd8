"""How many text messages leave, counted for all processes together, in one statement, before any is written.

Whoever makes a tenant send to numbers that earn them money ("SMS pumping") finds few countries, few messages to a
number, and an end to all of them.
"""

from common.web.limits import Attempts, Limit, count_together
from sms.senders.description import TextDescription

HOUR, DAY = 3600, 86_400
TO_NUMBER, TO_NUMBER_A_DAY = (
    Limit("text messages to a number", 5, HOUR),
    Limit("text messages to a number a day", 10, DAY),
)
OF_TENANT, OF_TENANT_A_DAY = "text messages of the tenant", "text messages of the tenant a day"


def limits_on(number: str, description: TextDescription) -> Attempts:
    """What one message to this number counts against."""
    return [
        (TO_NUMBER, number),
        (TO_NUMBER_A_DAY, number),
        (Limit(OF_TENANT, description.per_hour, HOUR), ""),
        (Limit(OF_TENANT_A_DAY, description.per_day, DAY), ""),
    ]


def count_text(number: str, description: TextDescription) -> None:
    """Count one message. Raises `TooManyAttempts`, and then counts nothing."""
    count_together(*limits_on(number, description))
