"""The threads that run Django, and who may have them."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from queue import SimpleQueue

logger = logging.getLogger(__name__)


class AllTaken(Exception):
    """Too many that have the same share wait already."""


@dataclass(eq=False)
class Job:
    """Something to do in a thread, on behalf of a tenant or of what else has a share.

    `network` is where it came from, `at` the name that its address has for a tenant. `on_given_up` is called where
    another one is added that it has to give way to, `on_done` when it was run and its thread is free for the next.
    """

    whose: str
    run: Callable[[], None]
    network: str = ""
    at: Hashable = None
    on_given_up: Callable[[], None] = lambda: None
    on_done: Callable[[], object] = lambda: None
    is_begun: bool = False
    is_given_up: bool = False


class Threads:
    """So many threads, of which each, a tenant say, gets at most half at a time: one that stalls can't stop the others.

    What is beyond its share waits, first come first served, and never for a thread that others could use. If too many
    wait, it is those of the network that has most of them waiting who can't, the last of them first.

    Each name of a tenant has a thread that it gets before all others, if that one has nothing to do: its database
    connection has looked the tenant up, read its tables and prepared its statements already. Otherwise it gets the one
    that was busy last.
    """

    def __init__(self, size: int, *, most_waiting: int) -> None:
        self._size = size
        self._share = max(1, size // 2)
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        # What each thread is given to do.
        self._inboxes: list[SimpleQueue[Job]] = [SimpleQueue() for _ in range(size)]
        self._idle = self._inboxes.copy()
        self._ready: deque[Job] = deque()
        self._admitted: Counter[str] = Counter()
        self._waiting: dict[str, deque[Job]] = {}

    def start(self) -> None:
        """Start the threads. They end with the process."""
        for number, inbox in enumerate(self._inboxes):
            threading.Thread(target=self._work, args=[inbox], name=f"request-{number}", daemon=True).start()

    def add(self, job: Job) -> None:
        """Run the job as soon as its share allows for a thread. Raises `AllTaken`."""
        with self._lock:
            waiting = self._waiting.get(job.whose, deque())
            displaced = self._displace(waiting, job) if len(waiting) >= self._most_waiting else None
            if self._admitted[job.whose] < self._share:
                self._admitted[job.whose] += 1
                self._hand_out(job)
            else:
                self._waiting.setdefault(job.whose, deque()).append(job)
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
        return last

    def give_up(self, job: Job) -> bool:
        """Don't run the job any more. Returns whether that was still to be had."""
        with self._lock:
            if job.is_begun:
                return False
            job.is_given_up = True
            if job in self._waiting.get(job.whose, ()):
                self._waiting[job.whose].remove(job)
            return True

    def _hand_out(self, job: Job) -> None:
        if not self._idle:
            self._ready.append(job)
            return
        inbox = self._inboxes[hash(job.whose if job.at is None else job.at) % self._size]
        if inbox in self._idle:
            self._idle.remove(inbox)
        else:
            inbox = self._idle.pop()
        inbox.put(job)

    def _work(self, inbox: SimpleQueue[Job]) -> None:
        while True:
            job = inbox.get()
            with self._lock:
                job.is_begun = not job.is_given_up
            try:
                if job.is_begun:
                    job.run()
            except BaseException:  # Whatever it is: the thread is there for the next one.
                logger.exception("A request broke off")
            self._let_next(job.whose, inbox)
            if job.is_begun:
                job.on_done()

    def _let_next(self, whose: str, inbox: SimpleQueue[Job]) -> None:
        """The share is free for another, and so is the thread."""
        with self._lock:
            waiting = self._waiting.get(whose)
            if waiting:
                self._ready.append(waiting.popleft())
            else:
                self._waiting.pop(whose, None)
                self._admitted[whose] -= 1
                if not self._admitted[whose]:
                    del self._admitted[whose]
            if self._ready:
                inbox.put(self._ready.popleft())
            else:
                self._idle.append(inbox)
