"""Password hashing by a few threads of its own, first come, first served.

As many hash at once as there are cores, so tokens keep flowing beside a crowd of sign-ins, and only these threads keep
the memory that a hash takes. A request waits for its turn as long as it would for a thread (`common.web.waiting`),
counted from its arrival, and is then refused (`Busy`); one that got a thread at the last moment has a few seconds more.
The hash for an unknown address waits like any other, or the time taken would tell who has an account.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, TypeVar

from django.contrib.auth.hashers import Argon2PasswordHasher

from common.web.current_request import current_request

Result = TypeVar("Result")

# One for each core that this process may use, which in a container can be fewer than there are.
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LEAST_SECONDS = 5.0


class Busy(Exception):
    """More passwords wait to be checked than can be in reasonable time. This one wasn't looked at."""


def in_turn(hashing: Callable[[], Result]) -> Result:
    """Hash when all who came before have been served, and return what comes of it. Raises `Busy`."""
    turn = _threads().submit(hashing)
    try:
        return turn.result(timeout=_patience())
    except TimeoutError:
        if turn.cancel():
            raise Busy from None
        # Its turn has come in this very moment.
        return turn.result()


def _patience() -> float | None:
    """How many seconds to wait: without end where nobody does, in a command or a job."""
    current = current_request()
    return max(LEAST_SECONDS, current.patience_left) if current else None


@cache
def _threads() -> ThreadPoolExecutor:
    """Those of this process, which is another one after a fork: nothing is hashed before."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="hashing")


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane (OWASP's floor): about 20 ms."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        encoded: str = in_turn(partial(super().encode, password, salt))
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        return bool(in_turn(partial(super().verify, password, encoded)))

    def harden_runtime(self, password: str, encoded: str) -> Any:
        """Nothing: an old hash is made anew at sign-in, and unknown addresses cost one hash like known ones."""
