"""Appending whole lines, so that what was acknowledged is on disk (D1, D2, D3)."""

from __future__ import annotations

import os

from ledger.core.errors import Uncertain
from ledger.core.words import Words
from ledger.disk.locking import Locking
from ledger.disk.refusals import Refusing, locked, not_written, reason_of, uncertain, unreadable
from ledger.disk.system import SAFE


class Disk(Locking):
    """One book's folder.

    Refuses (:class:`Unreadable`, JRN-06) every path that is absolute, leaves the root or passes through a symlink.
    The writing methods :meth:`append` and :meth:`repair_tail` need :meth:`lock` and raise ``RuntimeError`` without it.
    ``aside`` names the files in ``.gb/torn/`` that torn records were moved to since the lock was last taken.
    """

    def append(
        self, path: str, data: bytes, *, create_with: bytes = b"", ends: bool = False, many: bool = False
    ) -> None:
        """Put whole lines at the end of a file, durably; a new or empty file gets ``create_with`` in the same write.

        ``ends``: the data is the line end that the caller knows a whole last record to lack, not a record.
        ``many``: the data is several records.  A power loss can leave a hole with whole records behind it, so how far the
        file is to grow is made durable first: the next holder of the lock sets aside what stands from the hole on.
        Raises :class:`NotWritten` when the file is as before, :class:`Uncertain` when the disk did not confirm.
        """
        full, before = self._ready_to_append(path, data, ends=ends)
        payload = data if before else create_with + data
        with Refusing(path):
            self._note(path, before or 0, len(payload) if many else 0)
            if before is None:
                self._make_dirs(path)
            fd = self.ops.open(full, os.O_RDWR | os.O_APPEND | os.O_CREAT | SAFE)
        try:
            self._write_once(fd, full, path, payload, before)
            self._confirm(fd, path, payload, before)
        except Uncertain:
            self._in_doubt = True
            raise
        except KeyboardInterrupt:  # the bytes may be there: "nothing was written" would be a lie
            self._in_doubt = True
            raise uncertain(path, Words("写入时被中断", "interrupted while writing")) from None
        finally:
            self._close(fd)
        self._forget_note()

    def repair_tail(self, path: str, keep: int | None = None) -> str | None:
        """Set aside in ``.gb/torn/`` what an unfinished write left behind the last whole line, and cut it off.

        ``keep`` is the end of the last whole record where the reader knows better: a record of several lines may be
        torn between two of them.

        Torn are the bytes behind the last LF and, before them, lines that hold NUL: no text of ours has one, and a
        sector that never reached the disk reads as NUL.  Returns the torn file's path; None when there was nothing.
        """
        self._must_hold()
        full = self._full(path)
        if self.stat(path) is None:
            return None
        with Refusing(path):
            fd = self.ops.open(full, os.O_RDWR | SAFE)
        try:
            with Refusing(path):
                size = self.ops.fstat(fd).size
                keep = self._sound_end(fd, size) if keep is None else keep
            return None if keep >= size else self._set_aside(fd, path, keep, size)
        finally:
            self._close(fd)

    def drop_empty(self, path: str) -> bool:
        """Take away a file without a byte, which the first write to it left; whether there was one to take away."""
        self._must_hold()
        full = self._full(path)
        found = self.stat(path)
        if found is None or found.size:
            return False
        with Refusing(path):
            self.ops.unlink(full)
        self._sync_dirs_or_doubt(path)
        return True

    # -- steps of append ---------------------------------------------------------------------------------------------

    def _ready_to_append(self, path: str, data: bytes, *, ends: bool) -> tuple[str, int | None]:
        """The absolute path and the present size, None for no file."""
        fd = self._must_hold()
        if self._in_doubt:
            raise RuntimeError("an append is in doubt; only the next holder of the lock can settle it")
        if not data.endswith(b"\n"):
            raise ValueError("an append is whole lines")
        full = self._full(path)
        with Refusing(path):
            if not self._is_lock(fd):
                raise locked("")
            found = self.stat(path)
            if found is None:
                return full, None
            if found.size and not ends and self.tail(path, 1) != b"\n":
                reason = Words("文件末尾有未写完的记录", "the file ends in an unfinished record")
                raise unreadable(path, reason, "JRN-02")
        return full, found.size

    def _write_once(self, fd: int, full: str, path: str, payload: bytes, before: int | None) -> None:
        try:
            if self.ops.write(fd, payload) == len(payload):
                return
            reason = Words("只写入了一部分", "only a part could be written")
        except OSError as error:
            reason = reason_of(error)
        try:
            self._undo_write(fd, full, before)
        except OSError:
            raise uncertain(path, reason) from None
        self._forget_note()
        raise not_written(path, reason)

    def _undo_write(self, fd: int, full: str, before: int | None) -> None:
        size = before or 0
        if self.ops.fstat(fd).size != size:
            self.ops.truncate(fd, size)
            self.ops.fsync(fd)
        if before is None:
            self._remove(full)

    def _confirm(self, fd: int, path: str, payload: bytes, before: int | None) -> None:
        try:
            if self.ops.pread(fd, len(payload) + 1, before or 0) != payload:
                raise uncertain(path, Words("读回的内容不同", "what was read back differs"))
            self.ops.fsync(fd)
            if not before:
                self._sync_dirs(path)
        except OSError as error:
            raise uncertain(path, reason_of(error)) from error
