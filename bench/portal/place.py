"""Where the large tenant lives: a PostgreSQL that is kept between runs, and the environment of its installation."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.machine import counting, free_port
from tools.installation import missing_secrets
from tools.postgres import EmbeddedPostgres

SLUG = "large"
FILLED = "filled.json"
# In one process each, so that whose CPU time it is can be told.
SETTINGS = {"max_parallel_workers_per_gather": "0", "max_parallel_maintenance_workers": "0", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Place:
    """The installation's URL, and a connection of a superuser, who fills tables and counts statements."""

    url: str
    superuser: psycopg.Connection[Any]

    def use(self, schema: str) -> None:
        """Let the superuser's statements name tables of the tenant with this schema."""
        path = sql.SQL("SET search_path = {}, public").format(sql.Identifier(schema))
        self.superuser.execute(path)

    def vacuum(self) -> None:
        """Do what autovacuum would have done meanwhile, to all tables of the tenant in use."""
        tables = self.superuser.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in tables)
        self.superuser.execute(sql.SQL("VACUUM (ANALYZE) {}").format(names))


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """The installation in this folder, with its database server running and Django set up."""
    folder.mkdir(parents=True, exist_ok=True)
    postgres = EmbeddedPostgres(folder)
    if not (folder / FILLED).exists():
        # Somebody broke off the filling, if there is anything at all.
        postgres.destroy()
    os.environ |= {
        "DATABASE_URL": counting(postgres, SETTINGS),
        "DJANGO_SETTINGS_MODULE": "ciam_portal.settings",
        "PORT": str(free_port()),
        "CIAM_DATA_DIR": str(folder),
        "CIAM_LOG_LEVEL": "ERROR",
        **missing_secrets(os.environ, folder / "secrets.env"),
    }
    try:
        import django

        django.setup()
        with psycopg.connect(postgres.superuser_url(), autocommit=True) as superuser:
            yield Place(f"http://localhost:{os.environ['PORT']}", superuser)
    finally:
        postgres.stop()
