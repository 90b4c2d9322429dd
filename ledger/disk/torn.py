"""What an unfinished write left behind: found from the end of the file, and set aside in ``.gb/torn/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.core.words import Words
from ledger.disk.files import Files
from ledger.disk.reading import LINE_LIMIT, READ_LIMIT
from ledger.disk.refusals import Refusing, reason_of, uncertain, unreadable
from ledger.disk.system import REAL, Ops

if TYPE_CHECKING:
    from pathlib import Path

TORN = ".gb/torn"
WINDOW = 8 * 1024


class Torn(Files):
    """Finds torn ends; ``aside`` names the files that they were moved to since the lock was last taken."""

    def __init__(self, root: Path, ops: Ops = REAL) -> None:
        super().__init__(root, ops)
        self.aside: list[str] = []

    def _sound_end(self, fd: int, size: int) -> int:
        """The offset just behind the last line that is whole and free of NUL."""
        end = self._line_start(fd, size)
        while end:
            start = self._line_start(fd, end - 1)
            # Not ours if longer than any record: the reader reports it, nobody cuts it.
            if end - start > LINE_LIMIT or b"\0" not in self.ops.pread(fd, end - start, start):
                break
            end = start
        return end

    def _line_start(self, fd: int, end: int) -> int:
        """The offset just behind the last LF that stands before ``end``."""
        while end:
            low = max(0, end - WINDOW)
            found = self.ops.pread(fd, end - low, low).rfind(b"\n")
            if found >= 0:
                return low + found + 1
            end = low
        return 0

    def _first_nul(self, fd: int, path: str, offset: int) -> int | None:
        for chunk in self._chunks(fd, path, offset):
            at = chunk.find(b"\0")
            if at >= 0:
                return offset + at
            offset += len(chunk)
        return None

    def _set_aside(self, fd: int, path: str, keep: int, size: int) -> str:
        if size - keep > READ_LIMIT:
            reason = Words("文件末尾有大量来历不明的内容", "the file ends in a mass of unknown bytes")
            raise unreadable(path, reason, "JRN-02")
        torn = b"".join(self._chunks(fd, path, keep, size - keep))
        aside = self._torn_name(path, keep, torn)
        with Refusing(path):
            self.replace(aside, torn)
            self.ops.truncate(fd, keep)
        try:
            self.ops.fsync(fd)
        except OSError as error:
            raise uncertain(path, reason_of(error)) from error
        self.aside.append(aside)
        return aside

    def _torn_name(self, path: str, keep: int, torn: bytes) -> str:
        """A free name, or that of the same bytes set aside by a repair that was cut short."""
        name = first = f"{TORN}/{path.replace('/', '~')}.{keep}"
        number = 1
        while self.stat(name) is not None and self.read(name) != torn:
            number += 1
            name = f"{first}-{number}"
        return name
