"""A few threads that take requests in turn, of which no one tenant can have all."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Turn:
    """A request's place in the queue: whose it is, and what to do when its turn comes."""

    key: Hashable
    work: Callable[[], None]


class Turns:
    """First come, first served, by up to `threads` threads; up to `share` of them work for the same key at a time.

    Who waits behind a key that has its share lets others go first. A thread begins when there is work and none is idle.
    """

    def __init__(self, *, threads: int, share: int) -> None:
        self._threads = threads
        self._share = share
        self._begun = 0
        self._idle = 0
        self._waiting: deque[Turn] = deque()
        self._running: Counter[Hashable] = Counter()
        self._changed = threading.Condition(threading.Lock())

    def take(self, key: Hashable, work: Callable[[], None]) -> Turn:
        """Queue the work, which must not raise."""
        turn = Turn(key, work)
        with self._changed:
            self._waiting.append(turn)
            if self._idle:
                # It is woken for this turn, and not there for the next.
                self._idle -= 1
                self._changed.notify()
            elif self._begun < self._threads:
                self._begun += 1
                threading.Thread(target=self._serve, name=f"turn-{self._begun}", daemon=True).start()
        return turn

    def withdraw(self, turn: Turn) -> bool:
        """Take the work out of the queue. Returns False if it has begun."""
        with self._changed:
            try:
                self._waiting.remove(turn)
            except ValueError:
                return False
        return True

    def _serve(self) -> None:
        done: Turn | None = None
        while True:
            with self._changed:
                if done:
                    self._end(done)
                while (turn := self._next()) is None:
                    self._idle += 1
                    self._changed.wait()
            turn.work()
            done = turn

    def _next(self) -> Turn | None:
        for place, turn in enumerate(self._waiting):
            if self._running[turn.key] < self._share:
                del self._waiting[place]
                self._running[turn.key] += 1
                return turn
        return None

    def _end(self, turn: Turn) -> None:
        self._running[turn.key] -= 1
        if not self._running[turn.key]:
            del self._running[turn.key]
