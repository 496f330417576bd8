"""Runs several programs side by side as one: they start together, and when one ends or a signal comes, all end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

LOOKS_EVERY = 0.1
"""Seconds between two looks at the programs."""

PATIENCE = 15.0
"""Seconds a program has to end by itself after it was asked to."""


class SupervisorError(Exception):
    """A program ended although nobody asked it to, or did not come up. The message says which."""


class Stopped(BaseException):
    """Somebody asked the whole to stop: Ctrl-C, or the signals TERM and HUP."""


@dataclass(frozen=True)
class Program:
    """A program to run: what people call it, and its command."""

    name: str
    command: Sequence[str]


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Turn the first signal to stop into `Stopped`. Later ones change nothing: stopping is under way already."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    with _handled_by(stop):
        yield


@contextmanager
def _stop_signals_held() -> Iterator[None]:
    """Put off signals to stop: raised amid the start of a program, they would leave it running and forgotten."""
    arrived: list[int] = []
    with _handled_by(lambda number, _frame: arrived.append(number)):
        yield
    if arrived:
        signal.raise_signal(arrived[0])


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {each: signal.signal(each, handler) for each in STOP_SIGNALS}
    try:
        yield
    finally:
        for each, previous in before.items():
            signal.signal(each, previous)


def supervise(
    programs: Sequence[Program],
    environment: Mapping[str, str],
    folder: Path,
    *,
    is_up: Callable[[], bool],
    on_up: Callable[[], None],
    patience: float = 60.0,
) -> None:
    """Start the programs, call `on_up` once `is_up`, and stay until one ends or `Stopped` is raised; then end all.

    `patience` is how many seconds the programs have to come up. Raises `SupervisorError`.
    """
    running: list[tuple[Program, subprocess.Popen[bytes]]] = []
    try:
        for program in programs:
            # A session of its own: Ctrl-C reaches only us, and we end the programs in order.
            with _stop_signals_held():
                child = subprocess.Popen(program.command, env=dict(environment), cwd=folder, start_new_session=True)
                running.append((program, child))
        _wait_until_up(running, is_up, patience)
        on_up()
        while True:
            _check(running)
            time.sleep(LOOKS_EVERY)
    finally:
        _end([child for _, child in running])


def _wait_until_up(
    running: Sequence[tuple[Program, subprocess.Popen[bytes]]], is_up: Callable[[], bool], patience: float
) -> None:
    deadline = time.monotonic() + patience
    while not is_up():
        _check(running)
        if time.monotonic() > deadline:
            raise SupervisorError(f"Nothing answered within {patience:.0f} seconds.")
        time.sleep(LOOKS_EVERY)


def _check(running: Sequence[tuple[Program, subprocess.Popen[bytes]]]) -> None:
    for program, child in running:
        if child.poll() is not None:
            raise SupervisorError(f"The {program.name} ended by itself ({_ending(child.returncode)}).")


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask the programs to end, wait, and then end with force whatever is left of them and of their own children."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            # The whole group is gone already; macOS says so with a refusal.
            continue
        child.wait()
