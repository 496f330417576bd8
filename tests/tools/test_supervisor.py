"""The programs of the product live and die together."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from tools import supervisor
from tools.supervisor import Program, Stopped, SupervisorError, stop_signals_raise, supervise

STAYS = "import time; time.sleep(60)"


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_program_that_ends_takes_the_others_along(tmp_path: Path) -> None:
    stays = python("web server", f"import os; open('stays', 'w').write(str(os.getpid())); {STAYS}")
    ends = python("job worker", "import os, sys, time\nwhile not os.path.exists('stays'): time.sleep(.01)\nsys.exit(7)")

    with pytest.raises(SupervisorError, match=r"The job worker ended by itself \(exit status 7\)"):
        supervise([stays, ends], os.environ, tmp_path, is_up=lambda: True, on_up=lambda: None)

    assert not alive(int((tmp_path / "stays").read_text()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_stop_ends_all_programs(tmp_path: Path, number: signal.Signals) -> None:
    pid_file = tmp_path / "pid"
    program = python("web server", f"import os; open('pid', 'w').write(str(os.getpid())); {STAYS}")
    before = signal.getsignal(number)

    with stop_signals_raise(), pytest.raises(Stopped):
        supervise(
            [program],
            os.environ,
            tmp_path,
            is_up=lambda: pid_file.exists() and bool(pid_file.read_text()),
            on_up=lambda: threading.Timer(0.1, os.kill, (os.getpid(), number)).start(),
        )

    assert not alive(int(pid_file.read_text()))
    assert signal.getsignal(number) is before


def test_a_signal_amid_a_start_waits_for_its_end() -> None:
    steps: list[str] = []

    def start() -> None:
        with supervisor._stop_signals_held():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.05)
            steps.append("started")
        steps.append("went on")

    with stop_signals_raise(), pytest.raises(Stopped):
        start()

    assert steps == ["started"]


def test_a_stubborn_program_and_its_children_end_with_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.3)
    stubborn = python(
        "web server",
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.fork()\n"
        "open(f'pid-{os.getpid()}', 'w').close()\n"
        f"{STAYS}",
    )

    def two_are_there() -> bool:
        return len(list(tmp_path.glob("pid-*"))) == 2

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        supervise([stubborn], os.environ, tmp_path, is_up=two_are_there, on_up=stop)

    time.sleep(0.1)
    assert not [path.name for path in tmp_path.glob("pid-*") if alive(int(path.name.removeprefix("pid-")))]


def test_what_never_comes_up_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(SupervisorError, match=r"Nothing answered"):
        supervise(
            [python("web server", STAYS)],
            os.environ,
            tmp_path,
            is_up=lambda: False,
            on_up=lambda: None,
            patience=0.2,
        )
