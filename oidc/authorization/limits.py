"""How much strangers may have kept: each request that begins a journey, or is pushed, leaves a row for a while."""

import threading
import time

from django.http import HttpRequest

from common.http import client_ip, network_of
from common.limits import Limit, TooManyAttempts
from oidc.wire.errors import TooManyRequests
from tenants.postgresql import current_schema
from userflows.journeys.limits import MINUTE

# A large office behind one address begins fewer. With what one request may say, an hour of them is some 150 MB.
JOURNEYS = Limit("requests for sign-in by address", 300, MINUTE)
# Those that anybody can push in the name of a client: by a public one, or by POST through a browser.
PUSHED = Limit("pushed requests of public clients by address", 300, MINUTE)
UNCOUNTED = 100
"""So many a minute of each network pass without asking the database to count. A large office behind one address begins
fewer."""
MAX_KNOWN = 20_000


class Begun:
    """How often something has begun in this process within the minute, by whom."""

    def __init__(self) -> None:
        self._minute = 0
        self._times: dict[tuple[str, ...], int] = {}
        self._lock = threading.Lock()

    def again(self, *who: str) -> int:
        """Count it; returns how often it was before."""
        minute = int(time.monotonic() // MINUTE)
        with self._lock:
            if minute != self._minute or len(self._times) >= MAX_KNOWN:
                self._minute, self._times = minute, {}
            before = self._times.get(who, 0)
            self._times[who] = before + 1
        return before


_begun = Begun()


def count_request(request: HttpRequest, limit: Limit) -> None:
    """Count one request that is about to be kept. Raises `TooManyRequests`."""
    network = network_of(client_ip(request))
    if _begun.again(current_schema(), limit.name, network) < UNCOUNTED:
        return
    try:
        limit.count(network)
    except TooManyAttempts as refusal:
        raise TooManyRequests(refusal.retry_after) from refusal
