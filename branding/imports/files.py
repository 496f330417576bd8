"""What somebody brings along: a file of JSON, or an archive (ZIP) with some, and pictures and style sheets beside it.

An archive is read within bounds and only as far as something of it is asked for; nothing is unpacked to a disk.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import IO, Any

from branding.pictures.encoding import MOST_BYTES
from branding.words.files import told_in
from common.problems import Code, Problem, Refused
from common.text.texts import shortened
from common.text.translation import gettext as _

MOST_FILES = 1000
_BEGINS = b"PK"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
Tail = tuple[str, ...]
"""The end of a path: folders and a name without its ending, in small letters."""


class Brought:
    """What was brought along. Raises `Refused` if it is neither JSON nor an archive that can be read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive: zipfile.ZipFile | None = None
        begins = file.read(len(_BEGINS))
        file.seek(0)
        if begins != _BEGINS:
            self._told = [("", told_in(_bounded(file)))]
            self.names: list[str] = []
            return
        try:
            self._archive = zipfile.ZipFile(file)
            self.names = [name for name in self._archive.namelist() if _counts(name)]
        except _UNREADABLE as error:
            raise _refused(_("This archive can’t be read.")) from error
        if len(self.names) > MOST_FILES:
            raise _refused(_("This archive has more than %(most)d files.") % {"most": MOST_FILES})
        self._told = [(name, told_in(self.read(name))) for name in self.names if name.lower().endswith(".json")]

    def told(self) -> Iterator[tuple[str, Any]]:
        """What its files of JSON say, each with its name."""
        yield from self._told

    def find(self, tails: Iterable[Tail]) -> str:
        """The file that one of these leads to, the first of them first: as the end of its path; "" if none does."""
        for tail in tails:
            for name in self.names:
                if not name.lower().endswith(".json") and _parts(name)[-len(tail) :] == tail:
                    return name
        return ""

    def is_at_top(self, name: str) -> bool:
        """Whether a file lies beside the JSON, and in no folder of a language."""
        folders = {PurePosixPath(told).parent for told, _ in self._told}
        return PurePosixPath(name).parent in folders

    def read(self, name: str) -> bytes:
        """The content of a file. Raises `Refused` if that is too large, or can't be read."""
        assert self._archive  # noqa: S101 - tells the type checker
        try:
            with self._archive.open(name) as file:
                return _bounded(file)
        except _UNREADABLE as error:
            raise _refused(_("“%(name)s” can’t be read.") % {"name": shortened(name)}) from error


def tail_of(path: str) -> Tail:
    """The end by which a file is found that lies at a path, such as `0/bannerlogo?ts=1`: its name, and its folder."""
    return _parts(path.partition("?")[0])[-2:]


def _parts(name: str) -> Tail:
    path = PurePosixPath(name.lower())
    return (*path.parent.parts, path.stem)


def _counts(name: str) -> bool:
    """Whether somebody has put it there: no folder, and nothing that an operating system adds."""
    return not name.endswith("/") and not any(part.startswith((".", "__")) for part in PurePosixPath(name).parts)


def _bounded(file: IO[bytes]) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _refused(_("Each file can have at most %(megabytes)d MB.") % {"megabytes": MOST_BYTES // 1024**2})
    return content


def _refused(sentence: str) -> Refused:
    return Refused([Problem(Code.INVALID, "file", sentence)])
