"""Who gets a thread, and who waits for one."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from serving.threads import AllTaken, Job, Threads


class Crowd:
    """Two threads, and who has been served by them."""

    def __init__(self) -> None:
        self.threads = Threads(2, most_waiting=3)
        self.served: list[str] = []
        self.refused: list[str] = []
        self.go_on = threading.Event()
        self.threads.start()

    def comes(self, name: str, *, to: str = "acme", by: str = "192.0.2.1") -> Job:
        job = Job(to, partial(self._serve, name), by, on_given_up=partial(self.refused.append, name))
        self.threads.add(job)
        return job

    def thread_of(self, whose: str, *, at: str | None = None) -> str:
        """By which of them this one is served, when all have nothing to do."""
        wait_until(lambda: len(self.threads._idle) == 2)
        found: list[str] = []
        self.threads.add(Job(whose, partial(note_thread, found), at=at))
        wait_until(lambda: bool(found))
        return found[0]

    def threads_of_stranger(self, name: str) -> list[str]:
        """By which of them a tenant of this name is looked up, and its request answered as soon as that is done."""
        wait_until(lambda: len(self.threads._idle) == 2)
        found: list[str] = []
        request = Job(f"schema of {name}", partial(note_thread, found), at=name)
        go_on = partial(self.threads.add, request)
        self.threads.add(Job("strangers", partial(note_thread, found), at=name, on_done=go_on))
        wait_until(lambda: len(found) == 2)
        return found

    def _serve(self, name: str) -> None:
        self.go_on.wait()
        self.served.append(name)


def note_thread(found: list[str]) -> None:
    found.append(threading.current_thread().name)


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    crowd = Crowd()
    yield crowd
    crowd.go_on.set()


def test_who_came_first_is_served_first(crowd: Crowd) -> None:
    for name in ("Carol", "Dan", "Erin"):
        crowd.comes(name)
    crowd.go_on.set()
    wait_until(lambda: len(crowd.served) == 3)
    assert crowd.served == ["Carol", "Dan", "Erin"]


def test_who_has_given_up_makes_room(crowd: Crowd) -> None:
    crowd.comes("Carol")
    dan, *_ = [crowd.comes(name) for name in ("Dan", "Erin", "Frank")]
    with pytest.raises(AllTaken):
        crowd.comes("Grace")
    assert crowd.threads.give_up(dan)
    crowd.comes("Grace")
    crowd.go_on.set()
    wait_until(lambda: len(crowd.served) == 4)
    assert crowd.served == ["Carol", "Erin", "Frank", "Grace"]


def test_r36_a_crowd_from_one_network_takes_nobody_elses_place(crowd: Crowd) -> None:
    for number in range(4):
        crowd.comes(f"Eve {number}", by="203.0.113.66")
    crowd.comes("Carol")
    crowd.comes("Dan", by="192.0.2.2")
    for latecomer in ("203.0.113.66", "192.0.2.1", "192.0.2.3"):
        # Each network has one that waits; none is to give way to another.
        with pytest.raises(AllTaken):
            crowd.comes("too late", by=latecomer)
    crowd.go_on.set()
    wait_until(lambda: len(crowd.served) == 4)
    assert crowd.refused == ["Eve 3", "Eve 2"]
    assert crowd.served == ["Eve 0", "Eve 1", "Carol", "Dan"]


def test_who_comes_again_gets_the_thread_that_knows_them(crowd: Crowd) -> None:
    """Its connection has read the tenant's tables: another one would have to read them anew."""
    crowd.go_on.set()
    used = {whose: {crowd.thread_of(whose) for _ in range(6)} for whose in ("acme", "globex", "initech")}
    assert all(len(threads) == 1 for threads in used.values()), used


def test_a_tenant_is_looked_up_in_the_thread_that_it_gets_then(crowd: Crowd) -> None:
    """Whose a request is, is found out among strangers. The connection that has found it is at the tenant by then."""
    crowd.go_on.set()
    for name in ("acme", "globex", "initech", "umbrella"):
        assert crowd.thread_of("strangers", at=name) == crowd.thread_of(f"schema of {name}", at=name)


def test_what_follows_a_look_up_finds_its_thread_free(crowd: Crowd) -> None:
    crowd.go_on.set()
    for name in ("acme", "globex", "initech", "umbrella"):
        looked_up, answered = crowd.threads_of_stranger(name)
        assert looked_up == answered


def test_what_breaks_off_leaves_nobody_waiting(crowd: Crowd) -> None:
    """Whatever it breaks off by, its request goes on, and both threads are there for others."""
    over: list[int] = []
    for number in range(2):
        crowd.threads.add(Job(f"tenant {number}", sys.exit, at=number, on_done=partial(over.append, number)))
    wait_until(lambda: len(over) == 2)
    crowd.comes("Carol", to="acme")
    crowd.comes("Dan", to="globex")
    crowd.go_on.set()
    wait_until(lambda: sorted(crowd.served) == ["Carol", "Dan"])


def test_who_cannot_have_that_thread_gets_another_one(crowd: Crowd) -> None:
    crowd.go_on.set()
    usual = crowd.thread_of("acme")
    crowd.go_on.clear()
    crowd.comes("Carol", to="initech")
    crowd.comes("Dan", to="umbrella")
    crowd.comes("Erin", to="acme")
    crowd.go_on.set()
    wait_until(lambda: len(crowd.served) == 3)
    assert crowd.thread_of("acme") == usual


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)
