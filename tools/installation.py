"""The environment of the installation on this machine: its data folder, its secrets, its database.

What the person has set in the environment stays. What they have not is filled in so that the product starts, and is
kept in the data folder, so that it starts with the same secrets and data the next time.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from common.environment import WrongSetting, text
from tools.postgres import EmbeddedPostgres, PostgresError

ROOT = Path(__file__).resolve().parent.parent
SECRETS_FILE = "secrets.env"
STARTED_FILE = "started.env"
SECRETS = "Secrets of this installation. What they protect cannot be read without them: keep a copy."
REMEMBERED = (
    *("PORT", "CIAM_BASE_URL", "CIAM_TENANT_ADDRESSING", "EMAIL_URL", "EMAIL_FROM"),
    *("DATABASE_URL", "CIAM_APP_DATABASE_URL"),
)
"""What a command beside the running product has to be told as well: where it answers, and what it uses."""


@contextmanager
def environment(given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the environment the product runs in, with a database server behind it for as long as it is used.

    `given` is usually `os.environ`. Without a DATABASE_URL in it the embedded PostgreSQL serves; it is stopped at the
    end if it was started here. Raises `WrongSetting` and `tools.postgres.PostgresError`.
    """
    data_dir = _data_dir(given)
    completed = {**given, **missing_secrets(given, data_dir / SECRETS_FILE), "CIAM_DATA_DIR": str(data_dir)}
    if _is_set(given, "DATABASE_URL"):
        yield completed
        return

    server = EmbeddedPostgres(data_dir)
    try:
        url = server.start()
        if data_dir not in server.home.parents:
            print(f"The database is in {server.home}: the account that runs it cannot enter {data_dir}.")
        yield {**completed, "DATABASE_URL": url}
    finally:
        if server.started_here:
            server.stop()


def remember_start(given: Mapping[str, str]) -> None:
    """Keep in the data folder what `make run` is started with, for `as_started`."""
    names = [name for each in REMEMBERED for name in (each, f"{each}_FILE")]
    kept = {name: given[name] for name in names if given.get(name)}
    _write(_data_dir(given) / STARTED_FILE, kept, about="What `make run` was started with last. Commands read it.")


def as_started(given: Mapping[str, str]) -> dict[str, str]:
    """Return `given`, and where it leaves something open what `make run` was started with last.

    Whoever names a database means another installation: then nothing is added.
    """
    if _names_a_database(given):
        return dict(given)
    kept = _read(_data_path(given) / STARTED_FILE)
    return {**given, **{name: value for name, value in kept.items() if not _is_set(given, name.removesuffix("_FILE"))}}


@contextmanager
def beside_make_run(given: MutableMapping[str, str]) -> Iterator[None]:
    """Complete `given`, usually `os.environ`, as `make run` does, if it was ever started in this data folder.

    Raises `WrongSetting`.
    """
    if _names_a_database(given) or not (_data_path(given) / STARTED_FILE).exists():
        yield
        return
    try:
        with environment(as_started(given)) as settings:
            given.update(settings)
            yield
    except PostgresError as error:
        raise WrongSetting(str(error)) from error


def _names_a_database(given: Mapping[str, str]) -> bool:
    return _is_set(given, "DATABASE_URL") or _is_set(given, "CIAM_APP_DATABASE_URL")


def _data_path(given: Mapping[str, str]) -> Path:
    return (ROOT / text("CIAM_DATA_DIR", "var", given=given)).resolve()


def _data_dir(given: Mapping[str, str]) -> Path:
    path = _data_path(given)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(f"CIAM_DATA_DIR is {path}, and that folder can't be made: {error.strerror}.") from error
    return path


def missing_secrets(given: Mapping[str, str], file: Path) -> dict[str, str]:
    """Return the secrets that `given` lacks: those of the file, made and kept there if they are new."""
    kept = _read(file)
    made = {
        # A name, a colon and 32 bytes in base64, as CIAM_ENCRYPTION_KEYS wants it.
        "CIAM_ENCRYPTION_KEYS": f"local:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "CIAM_SECRET_KEY": secrets.token_urlsafe(48),
    }
    wanted = [name for name in made if not _is_set(given, name)]
    new = {name: made[name] for name in wanted if name not in kept}
    if new:
        _write(file, kept | new, about=SECRETS)
    return {name: (kept | new)[name] for name in wanted}


def _is_set(given: Mapping[str, str], name: str) -> bool:
    """Whether a setting has a value, directly or as the path of a file that holds it."""
    return bool(given.get(name) or given.get(f"{name}_FILE"))


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = [line.partition("=") for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in lines}


def _write(file: Path, values: Mapping[str, str], *, about: str) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(f"# {about}\n")
        target.writelines(f"{name}={value}\n" for name, value in values.items())
    unfinished.replace(file)
