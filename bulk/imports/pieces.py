"""An uploaded file, in pieces that each fit into a request: the front reads bodies whole, and bounds them."""

from collections.abc import Iterator
from uuid import UUID

from bulk.models import Piece

PIECE_BYTES = 256 * 1024
"""Slow lines bring one within the time that a body may take (`serving.bodies.DEADLINE`)."""
MAX_FILE_BYTES = 256 * 1024 * 1024


class StoredFile:
    """The pieces of an operation's file, read one at a time (`imports.reading.Source`)."""

    def __init__(self, operation_id: UUID) -> None:
        self._pieces = Piece.objects.filter(operation_id=operation_id)

    def chunks(self, offset: int) -> Iterator[bytes]:
        """The bytes from this one on."""
        number, skipped = divmod(offset, PIECE_BYTES)
        while (content := self._content(number)) is not None:
            yield content[skipped:]
            number, skipped = number + 1, 0

    def _content(self, number: int) -> bytes | None:
        found = self._pieces.filter(number=number).values_list("content", flat=True).first()
        return None if found is None else bytes(found)


def pieces_of(content: bytes) -> Iterator[bytes]:
    """What is in memory whole, cut into pieces."""
    for begin in range(0, len(content), PIECE_BYTES):
        yield content[begin : begin + PIECE_BYTES]
