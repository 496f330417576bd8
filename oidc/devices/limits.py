"""How often devices may begin to wait, and how often people may type a code that isn't one."""

from django.http import HttpRequest

from common.http import client_ip
from common.limits import Limit, TooManyAttempts, count_together
from oidc.wire.errors import TooManyRequests
from userflows.journeys.limits import MINUTE, TRIES_EVERYWHERE, Attempts

DEVICES = Limit("devices by application and address", 60, MINUTE)
# RFC 8628 section 5.1: 34 bits withstand five guesses in five minutes for as long as any device waits.
WRONG_USER_CODES = Limit("wrong device codes by address", 5, 5 * MINUTE)


def count_device(request: HttpRequest, client_id: str) -> None:
    """Count one device of this client about to wait. Raises `TooManyRequests`."""
    try:
        DEVICES.count(f"{client_id} {client_ip(request)}")
    except TooManyAttempts as refusal:
        raise TooManyRequests(refusal.retry_after) from refusal


def count_user_code(request: HttpRequest) -> Attempts:
    """Count one code typed in. Raises `TooManyAttempts`; `forgive` one that was right."""
    ip = client_ip(request)
    attempts: Attempts = [(WRONG_USER_CODES, ip), (TRIES_EVERYWHERE, ip)]
    count_together(*attempts)
    return attempts
