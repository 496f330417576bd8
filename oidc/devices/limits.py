"""How often devices may begin to wait, and how often people may type a code that isn't one."""

from django.http import HttpRequest

from applications.lookup.clients import RegisteredClient
from audit.services import Actor, record_refused
from common.http import client_ip, network_of
from common.limits import Limit, TooManyAttempts, count_together
from oidc.wire.errors import TooManyRequests
from userflows.journeys.browser import browser_digest
from userflows.journeys.limits import MINUTE, TRIES_EVERYWHERE, Attempts

DEVICES = Limit("devices by application and address", 60, MINUTE)
# RFC 8628 section 5.1: 34 bits withstand a hundred guesses in five minutes for as long as any device waits. One browser
# has far fewer, so that a crowd behind one address isn't kept out by one of them.
WRONG_FROM_BROWSER = Limit("wrong device codes by browser", 5, 5 * MINUTE)
WRONG_FROM_ADDRESS = Limit("wrong device codes by address", 100, 5 * MINUTE)


def count_device(request: HttpRequest, client: RegisteredClient) -> None:
    """Count one device of this client about to wait. Raises `TooManyRequests`."""
    try:
        DEVICES.count(f"{client.client_id} {network_of(client_ip(request))}")
    except TooManyAttempts as refusal:
        actor = Actor("application", client.client_id, client.name)
        record_refused("device.start_refused", actor=actor, refusal=refusal)
        raise TooManyRequests(refusal.retry_after) from refusal


def count_user_code(request: HttpRequest) -> Attempts:
    """Count one code typed in. Raises `TooManyAttempts`; `forgive` one that was right."""
    network = network_of(client_ip(request))
    browser = browser_digest(request) or network
    attempts: Attempts = [(WRONG_FROM_BROWSER, browser), (WRONG_FROM_ADDRESS, network), (TRIES_EVERYWHERE, network)]
    count_together(*attempts)
    return attempts
