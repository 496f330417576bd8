"""The public keys of clients: as registered, or fetched from the client's own address and kept in the process.

A set is fetched when it is asked for first, again after ten minutes, and at a key it doesn't hold, since clients
change their keys; yet from one client at most three times in three minutes, and once a minute if that fails, so nobody
can make us hammer somebody. Few threads may fetch keys at once, and few may wait for another's fetch of the same keys,
of each tenant half of them: so slow servers of some clients keep out no others, least of all those of other tenants.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from applications.lookup.clients import RegisteredClient
from audit.reasons import Reason
from audit.services import Actor, record
from common.crypto.public_keys import MAX_KEY_SET_LENGTH, PublicKey, WrongKeySet, encryption_keys, usable_keys
from common.web.outgoing import OutgoingError, Places, TooManyWaiting, call
from oidc.wire.errors import InvalidClient, TemporarilyUnavailable
from tenants.postgresql import current_schema

FRESH_FOR = 600.0
# For how long keys still count while their address is out of reach.
KEPT_FOR = 3600.0
MAX_FETCHES = 3
FETCHES_WITHIN = 180.0
# From an address that had no good keys.
TRY_AGAIN_AFTER = 60.0
MAX_CLIENTS = 1000
FETCHING_AT_ONCE, FETCHING_OF_ONE_TENANT = 4, 2
WAITING_AT_ONCE, WAITING_OF_ONE_TENANT = 2, 1

logger = logging.getLogger(__name__)
Sought = Callable[[PublicKey], bool]


@dataclass
class _Fetched:
    """What is known of one address: moments are those of the monotonic clock."""

    keys: tuple[PublicKey, ...] = ()
    encryption_keys: tuple[PublicKey, ...] = ()
    fetched_at: float | None = None
    tries: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_FETCHES))
    failed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_kept(self, seconds: float) -> bool:
        return self.fetched_at is not None and time.monotonic() - self.fetched_at < seconds

    def lacks(self, is_sought: Sought | None) -> bool:
        """Whether it may hold a key that is sought by now, if it is fetched; None: any key."""
        holds_it = is_sought is None or any(map(is_sought, self.keys))
        return not (self.is_kept(FRESH_FOR) and holds_it) and self.may_be_tried()

    def may_be_tried(self) -> bool:
        now = time.monotonic()
        if self.failed and now - self.tries[-1] < TRY_AGAIN_AFTER:
            return False
        return len(self.tries) < MAX_FETCHES or now - self.tries[0] >= FETCHES_WITHIN


_fetched: OrderedDict[tuple[str, str, str], _Fetched] = OrderedDict()
_guard = threading.Lock()
_fetching = Places(FETCHING_AT_ONCE, share=FETCHING_OF_ONE_TENANT)
_waiting = Places(WAITING_AT_ONCE, share=WAITING_OF_ONE_TENANT)


def keys_of_client(client: RegisteredClient, *, is_sought: Sought | None) -> tuple[PublicKey, ...]:
    """The keys that may verify what this client signs; `is_sought` tells the one that is needed, None: any will do.

    Raises `InvalidClient` if there are none, `TemporarilyUnavailable` if too many wait for keys already.
    """
    if not client.credentials.jwks_uri:
        return _registered(client)
    known = _known(client)
    if known.lacks(is_sought):
        _wait_for(known, client, is_sought)
    if not known.is_kept(KEPT_FOR):
        raise InvalidClient("The keys of the client can't be fetched from its jwks_uri; see the audit events.")
    return known.keys


def encryption_keys_of_client(client: RegisteredClient) -> tuple[PublicKey, ...]:
    """The keys by which one can encrypt to this client. Raises as `keys_of_client` does."""
    if client.credentials.jwks_uri:
        keys_of_client(client, is_sought=None)
        return _known(client).encryption_keys
    try:
        return encryption_keys(client.credentials.jwks) if client.credentials.jwks else ()
    except WrongKeySet as error:
        raise InvalidClient("The client's registered keys can't be used.") from error


def forget_fetched_keys() -> None:
    """Forget the keys of all clients, and when they were fetched."""
    with _guard:
        _fetched.clear()


def _registered(client: RegisteredClient) -> tuple[PublicKey, ...]:
    try:
        return usable_keys(client.credentials.jwks)
    except WrongKeySet as error:
        raise InvalidClient("The client's registered keys can't be used.") from error


def _known(client: RegisteredClient) -> _Fetched:
    key = current_schema(), client.client_id, client.credentials.jwks_uri
    with _guard:
        known = _fetched.setdefault(key, _Fetched())
        _fetched.move_to_end(key)
        if len(_fetched) > MAX_CLIENTS:
            _fetched.popitem(last=False)
    return known


def _wait_for(known: _Fetched, client: RegisteredClient, is_sought: Sought | None) -> None:
    """Fetch the keys, or wait for whoever is fetching them. If too many do already, old keys will do."""
    try:
        with _one_at_a_time(known):
            if known.lacks(is_sought):
                with _fetching.one(current_schema()):
                    known.tries.append(time.monotonic())
                    _fetch(known, client)
    except TooManyWaiting:
        if not known.is_kept(KEPT_FOR):
            raise TemporarilyUnavailable("The keys of clients are being fetched; try again.") from None


@contextmanager
def _one_at_a_time(known: _Fetched) -> Iterator[None]:
    """Be the only one to fetch these keys. Whoever waits for that has a place for it, and none to fetch in."""
    if not known.lock.acquire(blocking=False):
        with _waiting.one(current_schema()):
            known.lock.acquire()
    try:
        yield
    finally:
        known.lock.release()


def _fetch(known: _Fetched, client: RegisteredClient) -> None:
    if not connection.in_atomic_block:
        # The server on the other side may take its time; meanwhile somebody else can have the connection.
        connection.close()
    try:
        answer = call(
            client.credentials.jwks_uri,
            accept="application/jwk-set+json, application/json",
            max_bytes=MAX_KEY_SET_LENGTH,
        )
        if answer.status != 200:
            raise OutgoingError(f"The address of the keys answered with status {answer.status}, not 200.")
        text = answer.body.decode()
        known.encryption_keys = encryption_keys(text)
        known.keys = () if known.encryption_keys and not client.verifies_by_keys else usable_keys(text)
        known.fetched_at, known.failed = time.monotonic(), False
    except (OutgoingError, WrongKeySet, UnicodeDecodeError) as error:
        known.failed = True
        reason = "The key set isn't UTF-8." if isinstance(error, UnicodeDecodeError) else str(error)
        logger.warning("The keys of the client %s weren't fetched: %s", client.client_id, reason)
        actor = Actor("application", client.client_id, client.name)
        record(
            "application.keys_not_fetched",
            actor=actor,
            reason=Reason.KEYS_NOT_FETCHED,
            details={"problem": reason},
        )
