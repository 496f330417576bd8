"""Files that a command writes."""

from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import CommandError

OWNERS_ALONE = 0o600


def write_file(path: Path, pieces: Iterable[bytes]) -> int:
    """Write the pieces to a file that nobody else may read. Returns how many bytes they were. Raises `CommandError`."""
    try:
        path.touch(mode=OWNERS_ALONE)
        path.chmod(OWNERS_ALONE)
        with path.open("wb") as file:
            return sum(file.write(piece) for piece in pieces)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
