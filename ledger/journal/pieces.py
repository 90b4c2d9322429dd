"""The bytes of one record as they are cut out of a file."""

from __future__ import annotations

from typing import NamedTuple

from ledger.journal import yamltext
from ledger.journal.damage import RECORD_LIMIT

HOPELESS = 1000
"""So many lines in a row without a record, and the rest of the file is not read: no record has so many."""


class Piece(NamedTuple):
    """The bytes of one record, or of what stands where one should be.

    ``stop`` is the offset behind it; ``lines`` counts its lines.  Where line ends were healed ``raw`` has them as LF.
    """

    offset: int
    line: int
    raw: bytes
    stop: int
    lines: int = 1


class Held:
    """The lines of a YAML record while it is read, in bounded memory."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._size = self._offset = self._line = self._stop = self._lines = 0

    def add(self, offset: int, line: int, raw: bytes, stop: int) -> bool:
        """Take a line; True when it ends a record, or when there are too many for one."""
        ended = raw == b"\n" and bool(self.parts) and self.parts[-1].startswith(yamltext.H_LINE)
        if not self.parts:
            self._size, self._offset, self._line, self._lines = 0, offset, line, 0
        self._size += len(raw)
        if self._size <= RECORD_LIMIT:
            self.parts.append(raw)
        elif not ended:  # too long: only the latest line is kept on, because an h leads to the record behind
            self.parts[-1] = raw
        self._stop = stop
        self._lines += 1
        return ended or self._lines > HOPELESS

    def take(self) -> Piece:
        """The lines so far as one piece."""
        raw = b"".join(self.parts)
        self.parts = []
        return Piece(self._offset, self._line, raw, self._stop, self._lines)
