"""As root the server gets an account and a place of its own; for everybody else nothing changes."""

import os
import pwd
import shutil
from pathlib import Path

import pytest

from tools import placement
from tools.placement import Account, PlacementError, choose_account, choose_home, reachable_installation

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")


def test_an_ordinary_person_runs_it_as_themselves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)

    account = choose_account(None)

    assert account.uid == 1234
    assert not account.switch
    assert choose_home(tmp_path, account) == tmp_path / "postgres"
    assert reachable_installation(tmp_path, "18.6", account) == tmp_path


@needs_root
def test_root_runs_it_as_an_unprivileged_account() -> None:
    assert choose_account(None).uid in {pwd.getpwnam("nobody").pw_uid, *_uid_of("postgres")}


@needs_root
def test_root_runs_data_of_somebody_as_that_account(tmp_path: Path) -> None:
    os.chown(tmp_path, 4321, 4322)

    assert choose_account(tmp_path) == Account(4321, 4322, switch=True)


@needs_root
def test_without_an_unprivileged_account_root_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "UNPRIVILEGED_ACCOUNTS", ("nosuchaccount",))

    with pytest.raises(PlacementError, match=r"Start as an ordinary user"):
        choose_account(None)


@needs_root
def test_from_a_closed_folder_data_and_binaries_move_to_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A folder of pytest's is closed to other accounts; the system's stands in under an open one.
    system = Path("/var/lib") / f"ciam-portal-test-{os.getpid()}"
    monkeypatch.setattr(placement, "SYSTEM_FOLDER", system)
    account = choose_account(None)
    binary = tmp_path / "embedded" / "pginstall" / "bin" / "postgres"
    binary.parent.mkdir(parents=True)
    binary.write_text("#!/bin/sh\necho works\n")
    binary.chmod(0o700)
    (tmp_path / "embedded.libs").mkdir()

    try:
        home = choose_home(tmp_path, account)
        copy = reachable_installation(binary.parent.parent, "18.6", account)

        assert home.parent == system
        assert account.run([copy / "bin" / "postgres"], {}).stdout == "works\n"
        assert (system / "postgresql-18.6" / "embedded.libs").is_dir()
        assert reachable_installation(binary.parent.parent, "18.6", account) == copy
    finally:
        shutil.rmtree(system, ignore_errors=True)


@needs_root
def test_a_system_folder_that_others_may_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "SYSTEM_FOLDER", tmp_path / "open")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)

    with pytest.raises(PlacementError, match=r"only root can write"):
        choose_home(tmp_path, choose_account(None))


def test_a_link_belongs_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    assert not Account(os.getuid(), os.getgid(), switch=False).owns(tmp_path / "link")


def _uid_of(name: str) -> set[int]:
    try:
        return {pwd.getpwnam(name).pw_uid}
    except KeyError:
        return set()


def test_a_small_memory_folder_holds_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "MEMORY_NEEDED", 10**18)

    assert placement.choose_home_in_memory() is None


def test_without_a_folder_in_memory_none_is_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(placement, "MEMORY", tmp_path)

    assert placement.choose_home_in_memory() is None
