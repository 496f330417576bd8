"""What clients sign is good for one use, in whichever process it arrives: assertions, and proofs of a key."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models.functions import Now

from applications.lookup.clients import RegisteredClient
from oidc.clients.assertions import AcceptedAssertion
from oidc.clients.policies import CLOCK_SKEW
from oidc.models import UsedAssertion

# An expired one is remembered a while longer, so that the clocks of processes and database needn't agree.
KEPT_LONGER = CLOCK_SKEW + timedelta(minutes=5)
REMEMBER = """
    INSERT INTO oidc_usedassertion (key, expires_at) VALUES (%s, %s) ON CONFLICT (key) DO NOTHING
"""


def use_up(assertion: AcceptedAssertion, *, client: RegisteredClient) -> bool:
    """Note that the assertion was used; False if it had been used before. One statement decides, also in a race."""
    return remember(f"{client.client_id}:{assertion.jti}", until=datetime.fromtimestamp(assertion.expires_at, UTC))


def remember(name: str, *, until: datetime) -> bool:
    """Note that something that is good once was used; False if it had been used before."""
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [hashlib.sha256(name.encode()).hexdigest(), until + KEPT_LONGER])
        return bool(cursor.rowcount)


def forget_expired_assertions() -> int:
    """Drop what could not be presented again anyway, in this tenant. Returns how many rows that were."""
    forgotten, _ = UsedAssertion.objects.filter(expires_at__lt=Now()).delete()
    return int(forgotten)
