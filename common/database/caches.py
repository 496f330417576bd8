"""Caches in the process that never outlive a change.

A `ProcessCache` keeps what rarely changes and is asked for at every request: the tenant behind a host, a client, a
loaded key. Whoever changes such a thing calls `announce` in the same transaction; at commit PostgreSQL tells every
process, which forgets what it kept under that scope. As long as the listening connection is known to be alive, what is
kept stays; otherwise it dies after its time to live, and when the connection was lost everything is forgotten, since a
message may have been missed meanwhile.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from itertools import islice
from typing import Any, Generic, TypeVar

import psycopg
from django.conf import settings
from django.db import connection, transaction

from common.database import sessions
from common.database.deadlines import answer_within

CHANNEL = "ciam_changes"
# The scope of what depends on several others: it is forgotten with any of them.
ANYTHING = "*"
TIME_TO_LIVE = 30.0
MAX_ENTRIES = 20_000
FORGOTTEN_WHEN_FULL = 2_000
RECONNECT_AFTER = 1.0
LOOK_UP_EVERY = 1.0
ASK_EVERY = 5.0
ANSWERS_WITHIN = 3.0
"""Seconds. A change is known at the latest when all three have gone by, whatever became of the connection."""
# Whoever was asked and answered is trusted for so long to have told all there was to tell.
TRUSTED_FOR = LOOK_UP_EVERY + ASK_EVERY + ANSWERS_WITHIN

logger = logging.getLogger(__name__)
Value = TypeVar("Value")
_caches: "list[ProcessCache[Any]]" = []


class ProcessCache(Generic[Value]):
    """Values by (scope, key). The scope is a schema name, "public" or `ANYTHING`; forgetting goes by scope."""

    def __init__(self, *, time_to_live: float = TIME_TO_LIVE) -> None:
        self._entries: dict[tuple[str, Hashable], tuple[float, Value]] = {}
        self._time_to_live = time_to_live
        self._generation = 0
        _caches.append(self)

    def get(self, scope: str, key: Hashable, load: Callable[[], Value]) -> Value:
        """The kept value, or what `load` returns, which is kept from now on."""
        listener.start()
        entry = self._good_entry(scope, key)
        if entry is not None:
            return entry[1]
        generation = self._generation
        value = load()
        self.keep(scope, key, value, generation=generation)
        return value

    def peek(self, scope: str, key: Hashable) -> Value | None:
        """The kept value, if there is one."""
        entry = self._good_entry(scope, key)
        return None if entry is None else entry[1]

    def keep(self, scope: str, key: Hashable, value: Value, *, generation: int) -> None:
        """Keep what was read since `generation`.

        A change announced while it was being read may have come too late for it: then it isn't kept. Neither is what a
        transaction reads, which may see what others don't.
        """
        if generation != self._generation or not self.keeps:
            return
        if len(self._entries) >= MAX_ENTRIES:
            for oldest in list(islice(self._entries, FORGOTTEN_WHEN_FULL)):
                self._entries.pop(oldest, None)
        self._entries[(scope, key)] = (time.monotonic() + self._time_to_live, value)

    @property
    def keeps(self) -> bool:
        """Whether it keeps what is read now."""
        return not in_transaction()

    @property
    def generation(self) -> int:
        """Counts what was forgotten."""
        return self._generation

    def _good_entry(self, scope: str, key: Hashable) -> tuple[float, Value] | None:
        entry = self._entries.get((scope, key))
        if entry is None:
            return None
        now = time.monotonic()
        return entry if entry[0] > now or listener.hears(now) else None

    def forget(self, scope: str) -> None:
        """Drop everything kept under this scope, and under `ANYTHING`."""
        self._generation += 1
        for entry in [entry for entry in list(self._entries) if entry[0] in {scope, ANYTHING}]:
            self._entries.pop(entry, None)

    def forget_all(self) -> None:
        """Drop everything."""
        self._generation += 1
        self._entries.clear()


def announce(scope: str) -> None:
    """Tell all processes, when the current transaction commits, that something under this scope has changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, scope])
    _forget_at_commit(scope)


def in_transaction() -> bool:
    """Whether what is read now may be rolled back, or isn't seen by others yet: then it isn't kept."""
    return connection.in_atomic_block


def forget_everything() -> None:
    """Empty every cache of this process."""
    for cache in _caches:
        cache.forget_all()


def _forget_at_commit(scope: str) -> None:
    transaction.on_commit(lambda: _forget(scope))


def _forget(scope: str) -> None:
    for cache in _caches:
        cache.forget(scope)


class Listener:
    """One thread and one connection a process, waiting for announcements. Starts at the first cached read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._started = False
        self._stopped = threading.Event()
        self._trusted_until = 0.0

    def hears(self, now: float) -> bool:
        """Whether no announcement can have been missed. `now` is of the monotonic clock."""
        return now < self._trusted_until

    def start(self) -> None:
        """Start listening, once."""
        if self._started or not settings.CIAM_LISTEN_FOR_CHANGES:
            return
        with self._lock:
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, name="cache-listener", daemon=True).start()

    def stop(self) -> None:
        """Stop listening, within `LOOK_UP_EVERY` seconds."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                logger.warning("Lost the connection that announces changes: %s", type(error).__name__)
            self._trusted_until = 0.0
            forget_everything()
            self._stopped.wait(RECONNECT_AFTER)

    def _listen(self) -> None:
        with connection.get_new_connection(connection.get_connection_params()) as listening:
            answer_within(listening, ANSWERS_WITHIN)
            listening.autocommit = True
            said = sessions.mark(listening)
            listening.execute(f"LISTEN {CHANNEL}")
            forget_everything()
            asked = time.monotonic()
            self._trusted_until = asked + TRUSTED_FOR
            while not self._stopped.is_set():
                for notice in listening.notifies(timeout=LOOK_UP_EVERY):
                    _forget(notice.payload)
                if time.monotonic() - asked > ASK_EVERY:
                    # A connection that has died silently looks like one on which nothing happens, until it is asked.
                    # A pool may have given its session to others meanwhile; then theirs were given away, too.
                    if not sessions.has(listening, said):
                        sessions.mixed_up.set()
                        raise psycopg.OperationalError("A pool gave its session to somebody else")
                    asked = time.monotonic()
                    self._trusted_until = asked + TRUSTED_FOR


listener = Listener()
