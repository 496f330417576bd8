"""Who gets a thread, and who waits for one."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from serving.threads import AllTaken, Job, Threads


class Crowd:
    """Two threads, and who has been served by them."""

    def __init__(self) -> None:
        self.threads = Threads(2, most_waiting=3, most_bytes=1000)
        self.served: list[str] = []
        self.go_on = threading.Event()
        self.threads.start()

    def comes(self, name: str, *, to: str = "acme", with_bytes: int = 0) -> Job:
        job = Job(to, partial(self._serve, name), with_bytes)
        self.threads.add(job)
        return job

    def _serve(self, name: str) -> None:
        self.go_on.wait()
        self.served.append(name)


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


def test_r32_large_bodies_that_wait_fill_no_memory_however_many_tenants_they_name(crowd: Crowd) -> None:
    for number in range(2):
        crowd.comes("Eve", to=f"made-up-{number}")
    wait_until(crowd.threads._queue.empty)
    waiting = [crowd.comes("Eve", to=f"made-up-{number}", with_bytes=100) for number in range(2, 12)]
    with pytest.raises(AllTaken):
        crowd.comes("Eve", to="made-up-12", with_bytes=100)
    crowd.comes("Carol")
    for job in waiting:
        crowd.threads.give_up(job)
    crowd.go_on.set()
    wait_until(lambda: "Carol" in crowd.served)
    crowd.comes("Dan", with_bytes=1000)
    wait_until(lambda: "Dan" in crowd.served)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)
