"""Authorization requests that were pushed (RFC 9126) or posted: kept under a digest, good for one browser."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from applications.lookup.clients import RegisteredClient
from common.digests import digest_of
from oidc.authorization.policies import PUSHED_REQUEST_PREFIX
from oidc.lifetimes import PUSHED_REQUEST_LIFETIME
from oidc.models import PushedRequest

REFERENCE_BYTES = 32
# As long as a browser that has begun to sign in may come back to it.
KEPT_FOR = timedelta(hours=1)


class UnknownPushedRequest(Exception):
    """There is none by this reference for this client, or its time has passed."""


class UsedPushedRequest(Exception):
    """It was used before; `journey_id` is that of the journey it led to, if it led to one."""

    def __init__(self, journey_id: UUID) -> None:
        super().__init__()
        self.journey_id = journey_id


@dataclass(frozen=True)
class RedeemedRequest:
    """What was pushed, and the ID that a journey begun for it has to have, so that its browser is led back to it."""

    parameters: Mapping[str, str]
    journey_id: UUID


def push_request(*, client: RegisteredClient, parameters: Mapping[str, str]) -> str:
    """Keep a checked request of this client; returns its `request_uri`."""
    reference = secrets.token_urlsafe(REFERENCE_BYTES)
    PushedRequest(
        digest=digest_of(reference),
        application_id=client.pk,
        parameters=dict(parameters),
        expires_at=datetime.now(UTC) + PUSHED_REQUEST_LIFETIME,
    ).save(force_insert=True)
    return PUSHED_REQUEST_PREFIX + reference


def redeem_pushed_request(request_uri: str, *, client: RegisteredClient) -> RedeemedRequest:
    """Use a pushed request, once (RFC 9126 section 4). Raises `UnknownPushedRequest` or `UsedPushedRequest`."""
    now, journey_id = datetime.now(UTC), uuid4()
    digest = digest_of(request_uri.removeprefix(PUSHED_REQUEST_PREFIX))
    pushed = PushedRequest.objects.filter(digest=digest, application_id=client.pk)
    is_first = pushed.filter(journey_id=None, expires_at__gt=now).update(journey_id=journey_id)
    row = pushed.first()
    if row is None or row.journey_id is None:
        raise UnknownPushedRequest
    if not is_first:
        raise UsedPushedRequest(row.journey_id)
    return RedeemedRequest(row.parameters, journey_id)


def sweep_pushed_requests() -> int:
    """Delete those that are of no use any more, in this tenant. Returns how many there were."""
    swept, _ = PushedRequest.objects.filter(expires_at__lt=datetime.now(UTC) - KEPT_FOR).delete()
    return swept
