"""Beginnings: how many may come from one network, and how many of strangers are kept.

A customer who begins to sign in leaves a row, and so does anybody else; into it goes what is typed or posted before
anything is proved. From one network come so many a minute; what comes from many networks together is bounded by what is
kept of it, so a flood, however long, keeps nobody out. Nor does one of customers, whose ways may keep long answers of
identity providers.
"""

import threading
import time
from collections.abc import Callable

from django.db import connection

from common.web.http import network_of, site_of
from common.web.limits import TIMES_OF_SITE, Limit, count_together, from_network
from tenants.postgresql import current_schema
from userflows.journeys.attempts.limits import MINUTE
from userflows.state import LEFT, PROVIDER

# A large office behind one address begins fewer.
JOURNEYS = Limit("requests for sign-in by address", 300, MINUTE)
# As many come back from an identity provider whose page posts.
ANSWERS = Limit("answers of identity providers by address", 300, MINUTE)
UNCOUNTED = 100
"""So many a minute of each network pass without asking the database to count."""
MOST_NETWORKS = 20_000

MOST_BYTES_OF_STRANGERS = 150 * 1024 * 1024
"""What a tenant keeps of ways that strangers have begun: 200,000 usual ones, or 16,000 of the longest requests."""
MOST_BYTES_OF_ANSWERS = 50 * 1024 * 1024
"""What it keeps then of answers of identity providers on all other ways: 5,000 usual ones, or 150 of the longest."""
BEGUN_BETWEEN_LOOKS = 1000
BYTES_OF_LONGEST = 10 * 1024
"""What the longest request for sign-in leaves. Whatever keeps more counts once more for each time."""
BYTES_OF_ROW = 512  # What a row has besides, with its places in the indexes
BYTES_OF_TABLE = "SELECT pg_total_relation_size('userflows_journey')"

# What notes of the step of identity providers call the answer that waits for its browser.
POSTED = "posted"

NETWORK = """
    CASE WHEN client_ip LIKE '%%:%%' THEN network(set_masklen(client_ip::inet, 48))::text ELSE client_ip END
"""
# Whoever begins anew after having proved something is none: that is to be noted once the time is over.
STRANGER = f"proofs = '[]' AND account_id IS NULL AND NOT step_data ? '{LEFT}'"
# Of each network, or IPv6 site, the newest stay: whoever has begun a few loses none to those who have begun thousands,
# or had as much kept by a few.
FORGET_STRANGERS = f"""
    WITH strangers AS (
        SELECT id, expires_at,
            pg_column_size(context) + pg_column_size(typed) + pg_column_size(step_data) + %s AS bytes,
            {NETWORK} AS network
        FROM userflows_journey WHERE {STRANGER}
    ), placed AS (
        SELECT id, expires_at, bytes,
            sum(1 + bytes / %s) OVER (PARTITION BY network ORDER BY expires_at DESC, id) AS place
        FROM strangers
    ), summed AS (
        SELECT id, sum(bytes) OVER (ORDER BY place, expires_at DESC, id) AS so_far FROM placed
    )
    DELETE FROM userflows_journey WHERE id IN (
        SELECT id FROM userflows_journey
        WHERE id IN (SELECT id FROM summed WHERE so_far > %s) AND {STRANGER}
        FOR UPDATE SKIP LOCKED
    )
"""  # noqa: S608 - names of our own
# On all other ways the answers alone are forgotten, those of whoever has had most kept first: the way goes on, and its
# customer may come from the provider once more.
FORGET_ANSWERS = f"""
    WITH answers AS (
        SELECT id, expires_at, pg_column_size(step_data) AS bytes, coalesce(account_id::text, {NETWORK}) AS whose
        FROM userflows_journey
        WHERE NOT ({STRANGER}) AND step_data #> %s::text[] <> '{{}}'
    ), placed AS (
        SELECT id, expires_at, bytes, sum(bytes) OVER (PARTITION BY whose ORDER BY expires_at DESC, id) AS place
        FROM answers
    ), summed AS (
        SELECT id, sum(bytes) OVER (ORDER BY place, expires_at DESC, id) AS so_far FROM placed
    )
    UPDATE userflows_journey SET step_data = step_data #- %s::text[] WHERE id IN (
        SELECT id FROM userflows_journey WHERE id IN (SELECT id FROM summed WHERE so_far > %s)
        FOR UPDATE SKIP LOCKED
    )
"""  # noqa: S608 - names of our own


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
            if minute != self._minute or len(self._times) >= MOST_NETWORKS:
                self._minute, self._times = minute, {}
            before = self._times.get(who, 0)
            self._times[who] = before + 1
        return before


class Looks:
    """When it is time to look after what strangers have left: after so many beginnings at a tenant in this process, or
    what is kept as of so many.
    """

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._begun: dict[str, int] = {}
        self._lock = threading.Lock()

    def begun(self) -> None:
        """Count a beginning at the current tenant, and look if it is time to."""
        self._count(1)

    def kept(self, length: int) -> None:
        """Count so many characters that were kept with what has begun, likewise."""
        if length >= BYTES_OF_LONGEST:
            self._count(length // BYTES_OF_LONGEST)

    def _count(self, times: int) -> None:
        schema = current_schema()
        with self._lock:
            begun = self._begun.get(schema, 0) + times
            is_time = begun >= BEGUN_BETWEEN_LOOKS
            self._begun[schema] = 0 if is_time else begun
        if is_time:
            self._look()


_begun = Begun()


def count_begun(limit: Limit, ip: str) -> None:
    """Count one beginning from this address. Raises `TooManyAttempts`."""
    network, site = network_of(ip), site_of(ip)
    is_crowd = _begun.again(current_schema(), limit.name, network) >= UNCOUNTED
    if site:
        is_crowd |= _begun.again(current_schema(), limit.name, site) >= UNCOUNTED * TIMES_OF_SITE
    if is_crowd:
        count_together(*from_network(limit, ip))


def forget_too_much() -> None:
    """Delete journeys of nobody known, of which nothing is proved, as far as there are too many of them, and of all
    others what was posted as the answers of identity providers, as far as it is too much.
    """
    with connection.cursor() as cursor:
        cursor.execute(BYTES_OF_TABLE)
        if cursor.fetchone()[0] <= MOST_BYTES_OF_STRANGERS:
            return
        cursor.execute(FORGET_STRANGERS, [BYTES_OF_ROW, BYTES_OF_LONGEST, MOST_BYTES_OF_STRANGERS])
        answer = [PROVIDER, POSTED]
        cursor.execute(FORGET_ANSWERS, [answer, answer, MOST_BYTES_OF_ANSWERS])


of_journeys = Looks(forget_too_much)
