"""Password hashing with a bound on how many hashes run at once.

An unbounded crowd of sign-ins would hold every thread and half the hash rate; a bounded one keeps tokens flowing. Who
finds the queue full is told to come back in a moment (`Busy`, answered as 503 by `middleware`). The hash for an unknown
address passes the same gate, or the time taken would tell who has an account.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

# One for each core that this process may use, which in a container can be fewer than there are.
PERMITS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
ADMITTED = PERMITS + 4
WAIT_SECONDS = 5.0

_running = threading.Semaphore(PERMITS)
_admitted = threading.Semaphore(ADMITTED)


class Busy(Exception):
    """More passwords wait to be checked than can be in reasonable time."""


@contextmanager
def hashing_permit() -> Iterator[None]:
    """Wait for one of the permits to hash. Raises `Busy` if too many wait already."""
    if not _admitted.acquire(blocking=False):
        raise Busy
    try:
        if not _running.acquire(timeout=WAIT_SECONDS):
            raise Busy
        try:
            yield
        finally:
            _running.release()
    finally:
        _admitted.release()


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane (OWASP's floor): about 20 ms."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with hashing_permit():
            encoded: str = super().encode(password, salt)
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        with hashing_permit():
            return bool(super().verify(password, encoded))

    def harden_runtime(self, password: str, encoded: str) -> Any:
        """Nothing: an old hash is made anew at sign-in, and unknown addresses cost one hash like known ones."""
