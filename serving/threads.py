"""The threads that run Django, and who may have them."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

SMALL = 16 * 1024
"""Bytes of a body that may always wait: whoever fills the memory by large ones keeps out large ones only."""

logger = logging.getLogger(__name__)


class AllTaken(Exception):
    """Too many requests of this tenant wait already, or too much of all tenants."""


@dataclass(eq=False)
class Job:
    """Something to do in a thread, on behalf of a tenant.

    `network` is where it came from, `size` what it keeps in memory until then, in bytes. `on_given_up` is called where
    another one is added that it has to give way to.
    """

    tenant: str
    run: Callable[[], None]
    network: str = ""
    size: int = 0
    on_given_up: Callable[[], None] = lambda: None
    is_begun: bool = False
    is_given_up: bool = False


class Threads:
    """So many threads, of which a tenant gets at most half at a time: one that stalls can't stop the others.

    What is beyond its share waits, first come first served, and never for a thread that others could use. If too many
    wait, it is those of the network that has most of them waiting who can't, the last of them first.
    """

    def __init__(self, size: int, *, most_waiting: int, most_bytes: int) -> None:
        self._size = size
        self._share = max(1, size // 2)
        self._most_waiting = most_waiting
        self._bytes_left = most_bytes
        self._lock = threading.Lock()
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._admitted: Counter[str] = Counter()
        self._waiting: dict[str, deque[Job]] = {}

    def start(self) -> None:
        """Start the threads. They end with the process."""
        for number in range(self._size):
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    def add(self, job: Job) -> None:
        """Have the job run as soon as its tenant may have a thread. Raises `AllTaken`."""
        with self._lock:
            if job.size > max(self._bytes_left, SMALL):
                raise AllTaken
            waiting = self._waiting.get(job.tenant, deque())
            displaced = self._displace(waiting, job) if len(waiting) >= self._most_waiting else None
            self._bytes_left -= job.size
            if self._admitted[job.tenant] < self._share:
                self._admitted[job.tenant] += 1
                self._queue.put(job)
            else:
                self._waiting.setdefault(job.tenant, deque()).append(job)
        if displaced:
            displaced.on_given_up()

    def _displace(self, waiting: deque[Job], newcomer: Job) -> Job:
        """Give up one of those that wait. Raises `AllTaken` if no network has more of them than the newcomer's."""
        of_network = Counter(job.network for job in waiting)
        network, most = of_network.most_common(1)[0]
        if most <= of_network[newcomer.network] + 1:
            raise AllTaken
        last = next(job for job in reversed(waiting) if job.network == network)
        waiting.remove(last)
        last.is_given_up = True
        self._bytes_left += last.size
        return last

    def give_up(self, job: Job) -> bool:
        """Don't run the job any more. Returns whether that was still to be had."""
        with self._lock:
            if job.is_begun:
                return False
            job.is_given_up = True
            if job in self._waiting.get(job.tenant, ()):
                self._waiting[job.tenant].remove(job)
                self._bytes_left += job.size
            return True

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            with self._lock:
                job.is_begun = not job.is_given_up
                self._bytes_left += job.size
            if job.is_begun:
                try:
                    job.run()
                except Exception:
                    logger.exception("A request broke off")
            self._let_next(job.tenant)

    def _let_next(self, tenant: str) -> None:
        with self._lock:
            waiting = self._waiting.get(tenant)
            if waiting:
                self._queue.put(waiting.popleft())
                return
            self._waiting.pop(tenant, None)
            self._admitted[tenant] -= 1
            if not self._admitted[tenant]:
                del self._admitted[tenant]
