"""Which operating system account runs the embedded PostgreSQL, and where its files may lie.

PostgreSQL refuses to run as root, on purpose: whoever breaks into a database must not own the machine. An ordinary
person therefore runs it as themselves, and root runs it as an unprivileged account. That account often cannot enter
the folder root works in (`/root` is closed to others, and rightly so). Then the binaries and the data move to
`SYSTEM_FOLDER`. The permissions of folders that were there before are never changed.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_FOLDER = Path("/var/lib/ciam-portal")
"""Where root keeps what an unprivileged account must reach."""

MEMORY = Path("/dev/shm")  # noqa: S108 - each server takes a folder there whose name is drawn anew
"""A folder of Linux that lies in memory; anybody may make folders of their own in it. Empty after a restart."""

MEMORY_NEEDED = 2 * 1024**3
"""Bytes that must be free there: containers often have 64 MiB of it."""

UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
"""Tried in this order; the first exists where a system PostgreSQL was ever installed, the second nearly everywhere."""


class PlacementError(Exception):
    """No account or folder is fit to run PostgreSQL in. The message says what to do about it."""


@dataclass(frozen=True)
class Account:
    """The operating system account the server runs as. `switch` is whether a child process has to change to it."""

    uid: int
    gid: int
    switch: bool

    def run(self, arguments: Sequence[str | Path], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, without root's supplementary groups, and return what it printed."""
        identity: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(argument) for argument in arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # The caller's working folder may be closed to the account, and PostgreSQL insists on entering it.
            cwd="/",
            umask=0o077,
            env=dict(environment),
            **identity,
        )
        return done

    def may_reach(self, path: Path) -> bool:
        """Whether the account can enter a folder, or execute a file. Asked of the system, which also knows ACLs."""
        return self.run(["/bin/sh", "-c", 'test -x "$0"', path], {}).returncode == 0

    def owns(self, path: Path) -> bool:
        """Whether the account owns a file or folder. A link is nobody's: it may have been laid by another account."""
        return not path.is_symlink() and path.stat().st_uid == self.uid

    def create_folder(self, folder: Path) -> None:
        """Create a folder that only this account (and root) can enter."""
        folder.mkdir(mode=0o700)
        if self.switch:
            os.chown(folder, self.uid, self.gid)


def choose_account(existing_data: Path | None) -> Account:
    """Return the account to run as: oneself, or for root the owner of the data, or an unprivileged account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)

    if existing_data is not None and existing_data.exists() and existing_data.stat().st_uid != 0:
        owner = existing_data.stat()
        return Account(owner.st_uid, owner.st_gid, switch=True)

    for name in UNPRIVILEGED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    raise PlacementError(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(UNPRIVILEGED_ACCOUNTS)} exists. "
        "Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


def choose_home(data_dir: Path, account: Account) -> Path:
    """Return the folder for a new server's data and socket: inside `data_dir` if the account can get there."""
    if not account.switch or account.may_reach(data_dir):
        return data_dir / "postgres"
    return _system_folder() / f"postgres-{secrets.token_hex(6)}"


def choose_home_in_memory() -> Path | None:
    """Return a folder in memory for the data and socket of a server that may lose them, or None if there is no room.

    Nobody can be there first: its name is drawn here.
    """
    if not MEMORY.is_mount() or shutil.disk_usage(MEMORY).free < MEMORY_NEEDED:
        return None
    return MEMORY / f"ciam-postgres-{secrets.token_hex(8)}"


def reachable_installation(installation: Path, version: str, account: Account) -> Path:
    """Return a PostgreSQL installation (the folder with `bin`) the account can execute, copying it if it must.

    `installation` is the wheel's. It lies in a virtual environment, which root may keep where nobody else can go.
    """
    if not account.switch or account.may_reach(installation / "bin" / "postgres"):
        return installation

    copy = _system_folder() / f"postgresql-{version}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{secrets.token_hex(6)}")
        # The libraries lie beside the package and are found by a relative path, so the shape of the tree is kept.
        package = installation.parent
        shutil.copytree(package, unfinished / package.name, ignore=shutil.ignore_patterns("__pycache__", "include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        _make_readable(unfinished)
        try:
            unfinished.rename(copy)
        except OSError:
            # Somebody else finished the same copy in the meantime.
            shutil.rmtree(unfinished)
    return copy / installation.parent.name / installation.name


def _make_readable(tree: Path) -> None:
    """Let everybody read the copy we just made, whatever the umask was, and nobody write it."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _system_folder() -> Path:
    """Return `SYSTEM_FOLDER`, made if it is missing, after checking that nobody but root could have prepared it."""
    try:
        SYSTEM_FOLDER.mkdir(mode=0o755, exist_ok=True)
        entry = SYSTEM_FOLDER.lstat()
    except OSError as error:
        raise PlacementError(
            f"The unprivileged account cannot enter this folder, and {SYSTEM_FOLDER} cannot be made: {error}. "
            "Work in a folder that others may enter, or set DATABASE_URL to a PostgreSQL server."
        ) from error
    if entry.st_uid != 0 or entry.st_mode & 0o022 or not SYSTEM_FOLDER.is_dir() or SYSTEM_FOLDER.is_symlink():
        raise PlacementError(f"{SYSTEM_FOLDER} must be a folder that only root can write.")
    return SYSTEM_FOLDER
