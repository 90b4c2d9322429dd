"""One writer at a time, and what a writer that died left unconfirmed.

The lock's file says who holds it and, while a file grows, which one and from where on: the next holder makes that durable
before it judges by it.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from ledger.disk.reading import CHUNK, is_plain
from ledger.disk.refusals import Refusing, locked, printable, reason_of, uncertain
from ledger.disk.system import REAL, SAFE, Ops
from ledger.disk.torn import WINDOW, Torn

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

LOCK = ".gb/lock"


class Locking(Torn):
    """Taking and leaving the book's lock."""

    def __init__(self, root: Path, ops: Ops = REAL) -> None:
        super().__init__(root, ops)
        self._lock_fd: int | None = None
        self._note_at = 0
        self._in_doubt = False

    def lock(self, timeout: float = 10.0, who: str = "") -> AbstractContextManager[None]:
        """Hold the book for one writer, waiting at most ``timeout`` seconds; :class:`Locked` (LCK-01) names the holder.

        Before it is granted, whatever a holder that died left unconfirmed is made durable, because this command will
        judge by it.  The file is never renamed and never removed.
        """
        return _Hold(self, timeout, who)

    def _acquire(self, timeout: float, who: str) -> None:
        if self._lock_fd is not None:
            raise RuntimeError("the book's lock is already held by this Disk")
        self.aside = []
        with Refusing(LOCK):
            self._make_dirs(LOCK)
            fd = self._wait_for_lock(timeout)
            try:
                self._settle(fd)
                self.make_private()
                holder = f"{self.ops.whoami()} {printable(who)}".strip().encode() + b"\n"
                self.ops.truncate(fd, 0)
                self.ops.pwrite(fd, holder, 0)
            except BaseException:
                self._close(fd)
                raise
        self._note_at, self._in_doubt = len(holder), False
        self._lock_fd = fd

    def _wait_for_lock(self, timeout: float) -> int:
        full, pause = self._full(LOCK), 0.001
        until = self.ops.monotonic() + timeout
        while True:
            fd = self.ops.open(full, os.O_RDWR | os.O_CREAT | SAFE)
            try:
                # A lock on a file that was deleted meanwhile would exclude nobody.
                if self.ops.flock(fd) and self._is_lock(fd):
                    return fd
                holder = self.ops.pread(fd, WINDOW, 0).split(b"\n", 1)[0].decode("utf-8", "replace")
            except BaseException:
                self._close(fd)
                raise
            self._close(fd)
            left = until - self.ops.monotonic()
            if left <= 0:
                raise locked(holder)
            self.ops.sleep(min(pause, left))
            pause = min(pause * 2, 0.008)

    def _is_lock(self, fd: int) -> bool:
        found = self._lstat(self._full(LOCK), LOCK)
        return found is not None and found.inode == self.ops.fstat(fd).inode

    def _release(self) -> None:
        fd, self._lock_fd = self._must_hold(), None
        try:
            # Left standing after an unconfirmed append: the next holder settles it.
            if self.ops.fstat(fd).size == self._note_at:
                self.ops.truncate(fd, 0)
        except OSError:
            pass  # the record is on disk; the next holder syncs once more than needed
        self._close(fd)

    def _must_hold(self) -> int:
        if self._lock_fd is None:
            raise RuntimeError("this needs the book's lock")
        return self._lock_fd

    def make_private(self) -> None:
        """See that git takes nothing from ``.gb/``, which is this machine's own."""
        if self.stat(".gb/.gitignore") is None:
            self.replace(".gb/.gitignore", b"*\n")

    # -- what a dead holder left unconfirmed -------------------------------------------------------------------------

    def _note(self, path: str, before: int, growth: int = 0) -> None:
        """Say in the lock file what is about to grow, so that a holder killed before its fsync leaves a trace.

        With the bytes of several records (``growth``) it is made durable: a power loss leaves no other trace of where
        the unacknowledged bytes begin and end.
        """
        fd = self._must_hold()
        size = f"{before}+{growth}" if growth else f"{before}"
        self.ops.truncate(fd, self._note_at)
        self.ops.pwrite(fd, f"{size} {path}\n".encode(), self._note_at)
        if growth:
            self.ops.fsync(fd)
            self._sync_dirs(LOCK)

    def _forget_note(self) -> None:
        try:
            self.ops.truncate(self._must_hold(), self._note_at)
        except OSError:
            pass  # see _release

    def _settle(self, lock_fd: int) -> None:
        lines = self.ops.pread(lock_fd, WINDOW, 0).split(b"\n")
        size, _, name = lines[1].partition(b" ") if len(lines) > 1 else (b"", b"", b"")
        before, _, growth = size.partition(b"+")
        path = name.decode("utf-8", "replace")
        if not _is_size(before) or not is_plain(path) or self.stat(path) is None:
            return
        try:
            if _is_size(growth):
                self._cut_hole(path, int(before), int(growth))
            self._write_again(path, int(before))
        except OSError as error:
            raise uncertain(path, reason_of(error)) from error

    def _cut_hole(self, path: str, before: int, growth: int) -> None:
        """Set aside what stands from a hole on that a power loss left in the unacknowledged ``growth`` bytes.

        The note may be an old one, of a write that was whole.  That does no harm: nothing was ever acknowledged behind
        a line with NUL, because the tail is repaired before anything is appended.
        """
        fd = self.ops.open(self._full(path), os.O_RDWR | SAFE)
        try:
            size = self.ops.fstat(fd).size
            hole = self._first_nul(fd, path, before) if size <= before + growth else None
            if hole is not None:
                self._set_aside(fd, path, self._line_start(fd, hole), size)
        finally:
            self._close(fd)

    def _write_again(self, path: str, offset: int) -> None:
        """Write the same bytes in their place, and sync.

        After a failed fsync the kernel calls the lost pages clean: a second fsync alone would succeed and prove
        nothing.
        """
        fd = self.ops.open(self._full(path), os.O_RDWR | SAFE)
        try:
            while part := self.ops.pread(fd, CHUNK, offset):
                if self.ops.pwrite(fd, part, offset) != len(part):
                    raise OSError(errno.ENOSPC, "short write")
                offset += len(part)
            self.ops.fsync(fd)
        finally:
            self._close(fd)
        self._sync_dirs(path)


class _Hold:
    """The lock as a context manager."""

    def __init__(self, disk: Locking, timeout: float, who: str) -> None:
        self._disk, self._timeout, self._who = disk, timeout, who

    def __enter__(self) -> None:
        self._disk._acquire(self._timeout, self._who)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disk._release()


def _is_size(text: bytes) -> bool:
    return text.isdigit() and len(text) <= 18
