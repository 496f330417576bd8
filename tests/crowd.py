"""Many at the same thing at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.db import connection


@contextmanager
def crowd(size: int) -> Iterator[Callable[[Callable[[], Any]], list[Any]]]:
    """So many threads, each with a connection of its own; calling it has all of them do something at once."""
    barrier = Barrier(size)

    def all_do(act: Callable[[], Any]) -> list[Any]:
        def one(_: int) -> Any:
            barrier.wait()
            return act()

        return list(threads.map(one, range(size)))

    with ThreadPoolExecutor(size) as threads:
        try:
            yield all_do
        finally:
            all_do(_close)


def at_once(times: int, act: Callable[[], Any]) -> list[Any]:
    """Do it so many times at the same moment. Returns what came of each."""
    with crowd(times) as all_do:
        return all_do(act)


def _close() -> None:
    """Close the thread's own connection: which one `connection` is, is decided when it is asked."""
    connection.close()
