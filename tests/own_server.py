"""A database server of one's own, for a test that breaks it: with a copy of the run's database."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests.environment import server as everybodys
from tools.cluster import Server
from tools.postgres import EmbeddedPostgres


@dataclass(frozen=True)
class OwnServer:
    """A server, and the owner's address of the copy on it. What it has committed outlives a crash."""

    embedded: EmbeddedPostgres
    url: str

    def crash(self) -> None:
        """End all its processes at once, as if its machine had failed, and start it again."""
        postmaster = int((self.embedded.home / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGQUIT)
        while self.embedded.is_running():
            time.sleep(0.05)
        self.embedded.start()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the copy holds, past every wall."""
        with psycopg.connect(self.embedded.superuser_url()) as superuser:
            return superuser.execute(sql.SQL(query)).fetchall()  # type: ignore[arg-type]


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """Copy the run's database to a server of one's own, roles and all: in a second, where an upgrade takes ten."""
    embedded = EmbeddedPostgres(folder, in_memory=True)
    try:
        url = embedded.start()
        _copy_to(embedded)
        yield OwnServer(embedded, url)
    finally:
        embedded.destroy()


def _copy_to(embedded: EmbeddedPostgres) -> None:
    source = everybodys.superuser_url().rpartition("/")[0]
    target = embedded.superuser_url()
    programs = Server(embedded._known(), disposable=False).binaries

    def written_by(program: str, *arguments: str) -> bytes:
        return subprocess.run([programs / program, *arguments], check=True, stdout=subprocess.PIPE).stdout

    roles = written_by("pg_dumpall", "--roles-only", "--no-role-passwords", f"--dbname={source}/postgres")
    database = written_by("pg_dump", f"--dbname={source}/{connection.settings_dict['NAME']}")
    # Two roles are there already, and keep their passwords.
    subprocess.run([programs / "psql", "--quiet", target], check=True, input=roles, stderr=subprocess.DEVNULL)
    subprocess.run([programs / "psql", "--quiet", "--set=ON_ERROR_STOP=1", target], check=True, input=database)
    login = settings.DATABASE_APPLICATION
    with psycopg.connect(target, autocommit=True) as superuser:
        admit = sql.SQL("ALTER ROLE {} PASSWORD {}")
        superuser.execute(admit.format(sql.Identifier(login["USER"]), sql.Literal(login["PASSWORD"])))
