"""Places to wait for somebody else's server in: few, so that slow ones can't take all threads that answer requests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooManyWaiting(Exception):
    """All places are taken. Nothing was called."""


class Places:
    """So many threads of this process may wait at once; the next one is turned away at once, and may come again."""

    def __init__(self, number: int) -> None:
        self._free = threading.BoundedSemaphore(number)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have a place as long as the block lasts. Raises `TooManyWaiting`."""
        if not self._free.acquire(blocking=False):
            raise TooManyWaiting
        try:
            yield
        finally:
            self._free.release()
