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
_DEPTHS = (1, 2)
# Of what is packed in other ways zipfile unpacks a whole block at once, however much is asked for.
_UNPACKED_IN_STEPS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Brought:
    """What was brought along, with at most so many bytes of JSON. Raises `Refused` if it is no archive that can be
    read, or has too much in it.
    """

    def __init__(self, file: IO[bytes], *, most_json: int = MOST_BYTES) -> None:
        self._file, self._archive, self._most_json = file, _archive_in(file), most_json
        self.names = [name for name in self._archive.namelist() if _counts(name)] if self._archive else []
        if len(self.names) > MOST_FILES:
            raise _refused(_("This archive has more than %(most)d files.") % {"most": MOST_FILES})
        self.files = [name for name in self.names if not _is_json(name)]
        folders = {PurePosixPath(name).parent for name in self.names if _is_json(name)}
        # Of several the first is found.
        self._by_tail = {_parts(name)[-depth:]: name for name in reversed(self.files) for depth in _DEPTHS}
        self._at_top = {
            _parts(name)[-1]: name for name in reversed(self.files) if PurePosixPath(name).parent in folders
        }

    def told(self) -> Iterator[tuple[str, Any]]:
        """What its JSON says, file by file, each with its name; "" where it is all there is. Raises `Refused` for what
        is no JSON, or too much of it.
        """
        if self._archive is None:
            yield "", told_in(_bounded(self._file, self._most_json))
        left = self._most_json
        for name in filter(_is_json, self.names):
            content = self.read(name)
            left -= len(content)
            if left < 0:
                raise _refused(_("JSON can have at most %(megabytes)d MB.") % {"megabytes": self._most_json // 1024**2})
            yield name, told_in(content)

    def find(self, tails: Iterable[Tail]) -> str:
        """The file that one of these leads to, the first of them first: as the end of its path; "" if none does."""
        return next((self._by_tail[tail] for tail in tails if tail in self._by_tail), "")

    def find_at_top(self, name: str) -> str:
        """The file of this name, with any ending, that lies beside the JSON; "" if none does."""
        return self._at_top.get(name, "")

    def read(self, name: str) -> bytes:
        """The content of a file. Raises `Refused` if that is too large, or can't be read."""
        assert self._archive  # noqa: S101 - tells the type checker
        try:
            packed = self._archive.getinfo(name)
            if packed.compress_type not in _UNPACKED_IN_STEPS:
                raise zipfile.BadZipFile
            with self._archive.open(packed) as file:
                return _bounded(file, self._most_json if _is_json(name) else MOST_BYTES)
        except _UNREADABLE as error:
            raise _refused(_("“%(name)s” can’t be read.") % {"name": shortened(name)}) from error


def tail_of(path: str) -> Tail:
    """The end by which a file is found that lies at a path, such as `x/0/bannerlogo?ts=1`: its folder and its name."""
    return _parts(path.partition("?")[0])[-max(_DEPTHS) :]


def _archive_in(file: IO[bytes]) -> zipfile.ZipFile | None:
    """The archive that a file is, if it is one."""
    begins = file.read(len(_BEGINS))
    file.seek(0)
    try:
        return zipfile.ZipFile(file) if begins == _BEGINS else None
    except _UNREADABLE as error:
        raise _refused(_("This archive can’t be read.")) from error


def _parts(name: str) -> Tail:
    path = PurePosixPath(name.lower())
    return (*path.parent.parts, path.stem)


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")


def _counts(name: str) -> bool:
    """Whether somebody has put it there: no folder, and nothing that an operating system adds."""
    return not name.endswith("/") and not any(part.startswith((".", "__")) for part in PurePosixPath(name).parts)


def _bounded(file: IO[bytes], most: int) -> bytes:
    content = file.read(most + 1)
    if len(content) > most:
        raise _refused(_("Each file can have at most %(megabytes)d MB.") % {"megabytes": most // 1024**2})
    return content


def _refused(sentence: str) -> Refused:
    return Refused([Problem(Code.INVALID, "file", sentence)])
