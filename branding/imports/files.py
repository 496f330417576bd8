"""What somebody brings along: a file of JSON, or an archive (ZIP) with some, and pictures and style sheets beside it.

An archive is read within bounds and only as far as something of it is asked for; nothing is unpacked to a disk.
"""

import lzma
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
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError)
# An archive may be locked, packed in a way that isn't known, or ask for more memory than there is to unpack it.
_UNREADABLE = (*_DAMAGED, NotImplementedError, RuntimeError, MemoryError, OSError)
Tail = tuple[str, ...]
"""The end of a path: folders and a name without its ending, in small letters."""


class Brought:
    """What was brought along. Raises `Refused` if it is no archive that can be read, or has too much in it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._archive = file, None
        self.names: list[str] = []
        begins = file.read(len(_BEGINS))
        file.seek(0)
        if begins != _BEGINS:
            return
        try:
            self._archive = zipfile.ZipFile(file)
            self.names = [name for name in self._archive.namelist() if _counts(name)]
        except _UNREADABLE as error:
            raise _refused(_("This archive can’t be read.")) from error
        if len(self.names) > MOST_FILES:
            raise _refused(_("This archive has more than %(most)d files.") % {"most": MOST_FILES})

    def told(self) -> Iterator[tuple[str, Any]]:
        """What its JSON says, file by file, each with its name; "" where it is all there is. Raises `Refused` for what
        is no JSON, or too much of it.
        """
        if self._archive is None:
            yield "", told_in(_bounded(self._file))
        left = MOST_BYTES
        for name in filter(_is_json, self.names):
            content = self.read(name)
            left -= len(content)
            if left < 0:
                raise _refused(_("JSON can have at most %(megabytes)d MB.") % {"megabytes": MOST_BYTES // 1024**2})
            yield name, told_in(content)

    def find(self, tails: Iterable[Tail]) -> str:
        """The file that one of these leads to, the first of them first: as the end of its path; "" if none does."""
        return next((name for tail in tails for name in self.files if _parts(name)[-len(tail) :] == tail), "")

    def find_at_top(self, name: str) -> str:
        """The file of this name, with any ending, that lies beside the JSON; "" if none does."""
        folders = {PurePosixPath(each).parent for each in self.names if _is_json(each)}
        found = (each for each in self.files if PurePosixPath(each).parent in folders)
        return next((each for each in found if _parts(each)[-1] == name), "")

    @property
    def files(self) -> list[str]:
        """The names of those that aren't JSON."""
        return [name for name in self.names if not _is_json(name)]

    def read(self, name: str) -> bytes:
        """The content of a file. Raises `Refused` if that is too large, or can't be read."""
        assert self._archive  # noqa: S101 - tells the type checker
        try:
            with self._archive.open(name) as file:
                return _bounded(file)
        except _UNREADABLE as error:
            raise _refused(_("“%(name)s” can’t be read.") % {"name": shortened(name)}) from error


def tail_of(path: str) -> Tail:
    """The end by which a file is found that lies at a path, such as `x/0/bannerlogo?ts=1`: its folder and its name."""
    return _parts(path.partition("?")[0])[-2:]


def _parts(name: str) -> Tail:
    path = PurePosixPath(name.lower())
    return (*path.parent.parts, path.stem)


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")


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
