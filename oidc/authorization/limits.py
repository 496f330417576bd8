"""How much strangers may have kept: each request that begins a journey, or is pushed, leaves a row for a while."""

from django.http import HttpRequest

from common.http import client_ip, network_of
from common.limits import Limit, TooManyAttempts
from oidc.wire.errors import TooManyRequests
from userflows.journeys.limits import MINUTE

# A large office behind one address begins fewer. With what one request may say, an hour of them is some 150 MB.
JOURNEYS = Limit("requests for sign-in by address", 300, MINUTE)
PUSHED = Limit("pushed requests of public clients by address", 300, MINUTE)


def count_request(request: HttpRequest, limit: Limit) -> None:
    """Count one request that is about to be kept. Raises `TooManyRequests`."""
    try:
        limit.count(network_of(client_ip(request)))
    except TooManyAttempts as refusal:
        raise TooManyRequests(refusal.retry_after) from refusal
