"""Authorization requests that were pushed (RFC 9126) or posted: kept under a digest, good for one browser."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from applications.lookup.clients import RegisteredClient
from applications.models import Application
from common.crypto.digests import digest_of
from oidc.authorization.policies import PUSHED_REQUEST_PREFIX
from oidc.lifetimes import PUSHED_REQUEST_LIFETIME
from oidc.models import PushedRequest
from userflows.journeys.attempts.crowds import Looks

REFERENCE_BYTES = 32
# As long as a browser that has begun to sign in may come back to it.
KEPT_FOR = timedelta(hours=1)

MOST_UNUSED, MOST_USED = 5_000, 100_000
"""How many a tenant keeps of public clients, and as many of others: anybody can push in the name of the former, and
post in the name of both. They have some 9 KB each while they are unused, so 90 MB, and 300 bytes afterwards. An
application redirects at once to what it has pushed, and 5,000 that are older than a browser takes to follow would have
to come every second."""


class UnknownPushedRequest(Exception):
    """There is none by this reference for this client, or its time has passed."""


class UsedPushedRequest(Exception):
    """It was used before; `journey_id` is that of the journey it led to, if it led to one."""

    def __init__(self, journey_id: UUID) -> None:
        super().__init__()
        self.journey_id = journey_id


@dataclass(frozen=True)
class RedeemedRequest:
    """What was pushed, and the ID that a journey begun for it has to have, so that its browser is led back to it.

    `digest` is what the request is known by here.
    """

    parameters: Mapping[str, str]
    journey_id: UUID
    digest: str


def push_request(*, client: RegisteredClient, parameters: Mapping[str, str]) -> str:
    """Keep a checked request of this client; returns its `request_uri`."""
    reference = secrets.token_urlsafe(REFERENCE_BYTES)
    PushedRequest(
        digest=digest_of(reference),
        application_id=client.pk,
        parameters=dict(parameters),
        expires_at=datetime.now(UTC) + PUSHED_REQUEST_LIFETIME,
    ).save(force_insert=True)
    _look_after.begun()
    return PUSHED_REQUEST_PREFIX + reference


def redeem_pushed_request(request_uri: str, *, client: RegisteredClient) -> RedeemedRequest:
    """Use a pushed request, once (RFC 9126 section 4). Raises `UnknownPushedRequest` or `UsedPushedRequest`."""
    digest = digest_of(request_uri.removeprefix(PUSHED_REQUEST_PREFIX))
    pushed = PushedRequest.objects.filter(digest=digest, application_id=client.pk)
    row, journey_id = pushed.first(), uuid4()
    if row is not None and row.journey_id is None:
        unused = pushed.filter(journey_id=None, expires_at__gt=datetime.now(UTC))
        # What it says is the journey's from here on; what stays leads a browser back that comes again.
        if unused.update(journey_id=journey_id, parameters={}):
            return RedeemedRequest(row.parameters, journey_id, digest)
        row = pushed.first()
    if row is None or row.journey_id is None:
        raise UnknownPushedRequest
    raise UsedPushedRequest(row.journey_id)


def end_pushed_request(digest: str) -> bool:
    """End this pushed request, so that nobody is led by it. False if it had ended before, as by another tab."""
    ended, _ = PushedRequest.objects.filter(digest=digest).delete()
    return bool(ended)


def forget_pushed_requests() -> None:
    """Delete what nobody can use any more, and the oldest, if it is too much."""
    _forget(PushedRequest.objects.filter(journey_id=None, expires_at__lt=Now()))
    for client_type in (Application.CLIENT_PUBLIC, Application.CLIENT_CONFIDENTIAL):
        pushed = PushedRequest.objects.filter(application__client_type=client_type).order_by("-expires_at")
        _forget(pushed.filter(journey_id=None)[MOST_UNUSED:])
        _forget(pushed.exclude(journey_id=None)[MOST_USED:])


def _forget(surplus: QuerySet[PushedRequest]) -> None:
    """Delete these but for those that somebody is about to use or to forget as well."""
    with transaction.atomic():
        found = PushedRequest.objects.filter(digest__in=list(surplus.values_list("digest", flat=True)))
        free = list(found.select_for_update(skip_locked=True).values_list("digest", flat=True))
        PushedRequest.objects.filter(digest__in=free).delete()


_look_after = Looks(forget_pushed_requests)


def sweep_pushed_requests() -> int:
    """Delete those that are of no use any more, in this tenant. Returns how many there were."""
    swept, _ = PushedRequest.objects.filter(expires_at__lt=datetime.now(UTC) - KEPT_FOR).delete()
    return swept
