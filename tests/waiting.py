"""Waiting for what other processes do."""

import time
from collections.abc import Callable


def until(it_is_so: Callable[[], bool], *, otherwise: str = "", seconds: float = 60) -> None:
    """Ask in short steps whether it is so; fail with `otherwise` if it still isn't after so long."""
    deadline = time.monotonic() + seconds
    while not it_is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
