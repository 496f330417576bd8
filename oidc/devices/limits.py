"""How often devices may begin to wait, and how often people may type a code that isn't one."""

from django.http import HttpRequest

from applications.lookup.clients import RegisteredClient
from audit.services import Actor, record_refused
from common.web.http import Head, client_ip, network_of
from common.web.limits import Attempts, Limit, TooManyAttempts, count_together, from_network
from oidc.wire.errors import TooManyRequests
from userflows.journeys.attempts.limits import MINUTE, TRIES_EVERYWHERE
from userflows.journeys.browsers.browser import browser_digest

DEVICES = Limit("devices by application and address", 60, MINUTE)
# RFC 8628 section 5.1: 34 bits withstand a hundred guesses in five minutes for as long as any device waits. One browser
# has far fewer, so that a crowd behind one address isn't kept out by one of them.
WRONG_FROM_BROWSER = Limit("wrong device codes by browser", 5, 5 * MINUTE)
WRONG_FROM_ADDRESS = Limit("wrong device codes by address", 100, 5 * MINUTE)


def count_device(request: Head, client: RegisteredClient) -> None:
    """Count one device of this client about to wait. Raises `TooManyRequests`."""
    try:
        count_together(*from_network(DEVICES, client_ip(request), client.client_id))
    except TooManyAttempts as refusal:
        actor = Actor("application", client.client_id, client.name)
        record_refused("device.start_refused", actor=actor, refusal=refusal)
        raise TooManyRequests(refusal.retry_after) from refusal


def count_user_code(request: HttpRequest) -> Attempts:
    """Count one code typed in. Raises `TooManyAttempts`; give one back that was right."""
    ip = client_ip(request)
    attempts: Attempts = [
        (WRONG_FROM_BROWSER, browser_digest(request) or network_of(ip)),
        *from_network(WRONG_FROM_ADDRESS, ip),
        *from_network(TRIES_EVERYWHERE, ip),
    ]
    count_together(*attempts)
    return attempts
