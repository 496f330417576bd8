"""How many requests anybody may have kept in a client's name: each leaves a row for a while."""

from applications.lookup.clients import RegisteredClient
from audit.services import Actor, record_refused
from common.web.http import Head, client_ip
from common.web.limits import Limit, TooManyAttempts
from oidc.wire.errors import TooManyRequests
from userflows.journeys.attempts.crowds import count_begun
from userflows.journeys.attempts.limits import MINUTE

# Those that anybody can push in the name of a client: by a public one, or by POST through a browser.
PUSHED = Limit("requests kept in a client's name by address", 300, MINUTE)


def count_pushed(request: Head, client: RegisteredClient) -> None:
    """Count one request that somebody unknown has sent in this client's name. Raises `TooManyRequests`."""
    try:
        count_begun(PUSHED, client_ip(request))
    except TooManyAttempts as refusal:
        actor = Actor("application", client.client_id, client.name)
        record_refused("application.push_refused", actor=actor, refusal=refusal)
        raise TooManyRequests(refusal.retry_after) from refusal
