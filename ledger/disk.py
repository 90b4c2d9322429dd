"""The only code that opens, writes, syncs, renames or locks files, or reads the clock.

The index's SQLite file is the one exception.

Everything goes through :class:`Ops`, a thin class of raw system calls, so that the power-loss simulator and the
fault injection of ``tests/crash`` stand where the operating system does.

The promises (D1, D2, D3): what :meth:`Disk.append` returned from is on disk; what is not whole is
set aside by :meth:`Disk.repair_tail`; what was refused left the file as it was.

Paths are POSIX paths relative to the book's root.  Offsets and sizes are bytes; ends are exclusive.
"""

from __future__ import annotations

import errno
import os
import stat as modes
import sys
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ledger.core.errors import GbError, Locked, NotWritten, Uncertain, Unreadable, Usage, Where
from ledger.core.words import Words

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime, tzinfo
    from pathlib import Path
    from types import TracebackType

READ_LIMIT = 64 * 1024 * 1024
LINE_LIMIT = 256 * 1024 + 1024
CHUNK = 256 * 1024
WINDOW = 8 * 1024
LOCK = ".gb/lock"
TORN = ".gb/torn"
TEMPORARY = ".gbtmp"
PRIVATE = frozenset({".git", ".gb"})


def _flags(*names: str) -> int:
    """The flags of these names that this system has."""
    return sum(getattr(os, name, 0) for name in names)


# O_BINARY keeps Windows from turning LF into CRLF; O_NONBLOCK keeps a planted FIFO from hanging us.
_SAFE = _flags("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NONBLOCK")
_DIRECTORY = _flags("O_DIRECTORY")
_LOCK_BYTE = 1 << 30


class Stat(NamedTuple):
    """What the kernel knows of a file; ``mode`` holds type and permissions."""

    mode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


class FileStamp(NamedTuple):
    """Two equal stamps mean, at the counter, the same content; proof needs the bytes."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def _stat(found: os.stat_result) -> Stat:
    return Stat(found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Ops:
    """Raw system calls on absolute paths and descriptors.  Each raises ``OSError`` and decides nothing."""

    def open(self, path: str, flags: int, mode: int = 0o666) -> int:
        return os.open(path, flags, mode)

    def close(self, fd: int) -> None:
        os.close(fd)

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        if sys.platform == "win32":
            os.lseek(fd, offset, os.SEEK_SET)
            return os.read(fd, size)
        return os.pread(fd, size, offset)

    def write(self, fd: int, data: bytes) -> int:
        return os.write(fd, data)

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        if sys.platform == "win32":
            os.lseek(fd, offset, os.SEEK_SET)
            return os.write(fd, data)
        return os.pwrite(fd, data, offset)

    def fsync(self, fd: int) -> None:
        if sys.platform == "darwin":  # its fsync only reaches the drive's cache
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        else:
            os.fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def fstat(self, fd: int) -> Stat:
        return _stat(os.fstat(fd))

    def lstat(self, path: str) -> Stat:
        return _stat(os.lstat(path))

    def rename(self, old: str, new: str) -> None:
        os.replace(old, new)

    def unlink(self, path: str) -> None:
        os.unlink(path)

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        os.mkdir(path, mode)

    def listdir(self, path: str) -> list[tuple[str, str]]:
        """Names with their kind: ``file``, ``dir`` or ``other`` (a symlink is other)."""
        with os.scandir(path) as found:
            return [(entry.name, _kind(entry)) for entry in found]

    def flock(self, fd: int) -> bool:
        """Take the exclusive lock without waiting; False when another process holds it."""
        try:
            if sys.platform == "win32":
                os.lseek(fd, _LOCK_BYTE, os.SEEK_SET)  # far behind the text, which others must be able to read
                msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                return False
            raise
        return True

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def whoami(self) -> str:
        """Process, host and UTC time of a lock's holder, as a person reads them."""
        host = os.environ.get("COMPUTERNAME", "") if sys.platform == "win32" else os.uname().nodename
        return f"pid {os.getpid()} host {host or '?'} {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_file(follow_symlinks=False):
        return "file"
    return "dir" if entry.is_dir(follow_symlinks=False) else "other"


REAL = Ops()


class Disk:
    """One book's folder.

    Refuses (:class:`Unreadable`, JRN-06) every path that is absolute, leaves the root or passes through a symlink.
    The writing methods :meth:`append` and :meth:`repair_tail` need :meth:`lock` and raise ``RuntimeError`` without it.
    ``aside`` names the files in ``.gb/torn/`` that torn records were moved to since the lock was last taken.
    """

    def __init__(self, root: Path, ops: Ops = REAL) -> None:
        self.root = root
        self.ops = ops
        self._base = os.path.abspath(os.fspath(root))
        self._lock_fd: int | None = None
        self._note_at = 0
        self._in_doubt = False
        self._plain_dirs: set[str] = set()
        self.aside: list[str] = []

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        """The whole file.  Raises :class:`Unreadable` when it is missing or has more than ``limit`` bytes."""
        fd = self._open_to_read(path)
        try:
            whole = b"".join(self._chunks(fd, path, 0, limit + 1))
        finally:
            self._close(fd)
        if len(whole) > limit:
            raise _unreadable(path, Words(f"文件超过 {limit} 字节", f"the file is larger than {limit} bytes"))
        return whole

    def lines(self, path: str, offset: int = 0, limit: int = LINE_LIMIT) -> Iterator[tuple[int, bytes]]:
        """Each line from ``offset`` on with the offset of its first byte, LF included.

        A line of more than ``limit`` bytes gives its first ``limit`` bytes, once, without LF; the rest is skipped in
        bounded memory.  The last line lacks its LF when it is torn.  The file is opened at the first ``next()``.
        """
        fd = self._open_to_read(path)
        try:
            yield from _cut(self._chunks(fd, path, offset), offset, limit)
        finally:
            self._close(fd)

    def count_lines(self, path: str, offset: int = 0) -> int:
        """How many lines stand from ``offset`` on, the last one counted without its LF too; in bounded memory."""
        fd = self._open_to_read(path)
        try:
            count, last = 0, b"\n"
            for chunk in self._chunks(fd, path, offset):
                count, last = count + chunk.count(b"\n"), chunk[-1:]
            return count + (last != b"\n")
        finally:
            self._close(fd)

    def tail(self, path: str, n: int) -> bytes:
        """The last ``n`` bytes, or the whole of a shorter file."""
        fd = self._open_to_read(path)
        try:
            size = self.ops.fstat(fd).size
            return b"".join(self._chunks(fd, path, max(0, size - n), min(n, size)))
        finally:
            self._close(fd)

    def stat(self, path: str) -> FileStamp | None:
        """The file's stamp; None when there is no such regular file."""
        full = self._full(path, trust_seen=True)
        found = self._lstat(full, path)
        if found is None:
            return None
        if modes.S_ISLNK(found.mode):
            raise _foreign(path)
        return FileStamp(*found[1:]) if modes.S_ISREG(found.mode) else None

    def walk(self, folder: str) -> list[str]:
        """Paths, relative to the root and sorted, of all regular files below ``folder`` ("" is the root).

        Nothing when ``folder`` is missing.  Not entered: ``.git`` and ``.gb``, unless ``folder`` is inside.  A folder
        without a file is nothing: no record is in it, and git does not keep it.
        """
        return sorted(path for path, plain in self._entries(folder) if plain)

    def strangers(self, folder: str) -> list[str]:
        """What :meth:`walk` leaves out: symlinks, pipes, devices, and names that no book file may have (JRN-06).

        The book's own ``.git`` and ``.gb`` are none, one further down is.
        """
        return sorted(_printable(path) for path, plain in self._entries(folder) if not plain)

    def folders(self, folder: str) -> list[str]:
        """Names of the real folders directly in ``folder``, sorted; nothing when it is missing."""
        full = self._full(f"{folder}/x")[:-2]
        return sorted(name for name, kind in self._listed(full, folder) if kind == "dir" and _is_plain(name))

    # -- writing ---------------------------------------------------------------------------------------------------

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
        with _Refusing(path):
            self._note(path, before or 0, len(payload) if many else 0)
            if before is None:
                self._make_dirs(path)
            fd = self.ops.open(full, os.O_RDWR | os.O_APPEND | os.O_CREAT | _SAFE)
        try:
            self._write_once(fd, full, path, payload, before)
            self._confirm(fd, path, payload, before)
        except Uncertain:
            self._in_doubt = True
            raise
        except KeyboardInterrupt:  # the bytes may be there: "nothing was written" would be a lie
            self._in_doubt = True
            raise _uncertain(path, Words("写入时被中断", "interrupted while writing")) from None
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
        with _Refusing(path):
            fd = self.ops.open(full, os.O_RDWR | _SAFE)
        try:
            with _Refusing(path):
                size = self.ops.fstat(fd).size
                keep = self._sound_end(fd, size) if keep is None else keep
            return None if keep >= size else self._set_aside(fd, path, keep, size)
        finally:
            self._close(fd)

    def replace(self, path: str, data: bytes, *, mode: int = 0o666) -> None:
        """Give the file this content as a whole: after a crash it has the old content or the new, never a mixture."""
        full = self._full(path)
        temporary = f"{os.path.dirname(full)}/.{os.path.basename(full)}.{os.getpid()}{TEMPORARY}"
        with _Refusing(path):
            self._make_dirs(path)
            self._remove(temporary)
            self._write_new(temporary, data, mode)
            try:
                self.ops.rename(temporary, full)
            except OSError:
                self._remove(temporary)
                raise
        self._sync_dirs_or_doubt(path)

    def create(self, path: str, data: bytes, *, mode: int = 0o666) -> None:
        """Write a new file.  Raises :class:`NotWritten` when there is one already."""
        full = self._full(path)
        with _Refusing(path):
            self._make_dirs(path)
            self._write_new(full, data, mode)
        self._sync_dirs_or_doubt(path)

    def found(self, mode: int = 0o777) -> None:
        """Make the root folder and those above it that are missing, durably."""
        with _Refusing(self._base):
            self._make_base(self._base, mode)

    # -- the lock --------------------------------------------------------------------------------------------------

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
        with _Refusing(LOCK):
            self._make_dirs(LOCK)
            fd = self._wait_for_lock(timeout)
            try:
                self._settle(fd)
                self._make_private()
                holder = f"{self.ops.whoami()} {_printable(who)}".strip().encode() + b"\n"
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
            fd = self.ops.open(full, os.O_RDWR | os.O_CREAT | _SAFE)
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
                raise _locked(holder)
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

    def _make_private(self) -> None:
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
        if not _is_size(before) or not _is_plain(path) or self.stat(path) is None:
            return
        try:
            if _is_size(growth):
                self._cut_hole(path, int(before), int(growth))
            self._write_again(path, int(before))
        except OSError as error:
            raise _uncertain(path, _reason(error)) from error

    def _cut_hole(self, path: str, before: int, growth: int) -> None:
        """Set aside what stands from a hole on that a power loss left in the unacknowledged ``growth`` bytes.

        The note may be an old one, of a write that was whole.  That does no harm: nothing was ever acknowledged behind
        a line with NUL, because the tail is repaired before anything is appended.
        """
        fd = self.ops.open(self._full(path), os.O_RDWR | _SAFE)
        try:
            size = self.ops.fstat(fd).size
            hole = self._first_nul(fd, path, before) if size <= before + growth else None
            if hole is not None:
                self._set_aside(fd, path, self._line_start(fd, hole), size)
        finally:
            self._close(fd)

    def _first_nul(self, fd: int, path: str, offset: int) -> int | None:
        for chunk in self._chunks(fd, path, offset):
            at = chunk.find(b"\0")
            if at >= 0:
                return offset + at
            offset += len(chunk)
        return None

    def _write_again(self, path: str, offset: int) -> None:
        """Write the same bytes in their place, and sync.

        After a failed fsync the kernel calls the lost pages clean: a second fsync alone would succeed and prove
        nothing.
        """
        fd = self.ops.open(self._full(path), os.O_RDWR | _SAFE)
        try:
            while part := self.ops.pread(fd, CHUNK, offset):
                if self.ops.pwrite(fd, part, offset) != len(part):
                    raise OSError(errno.ENOSPC, "short write")
                offset += len(part)
            self.ops.fsync(fd)
        finally:
            self._close(fd)
        self._sync_dirs(path)

    # -- steps of append ---------------------------------------------------------------------------------------------

    def _ready_to_append(self, path: str, data: bytes, *, ends: bool) -> tuple[str, int | None]:
        """The absolute path and the present size, None for no file."""
        fd = self._must_hold()
        if self._in_doubt:
            raise RuntimeError("an append is in doubt; only the next holder of the lock can settle it")
        if not data.endswith(b"\n"):
            raise ValueError("an append is whole lines")
        full = self._full(path)
        with _Refusing(path):
            if not self._is_lock(fd):
                raise _locked("")
            found = self.stat(path)
            if found is None:
                return full, None
            if found.size and not ends and self.tail(path, 1) != b"\n":
                reason = Words("文件末尾有未写完的记录", "the file ends in an unfinished record")
                raise _unreadable(path, reason, "JRN-02")
        return full, found.size

    def _write_once(self, fd: int, full: str, path: str, payload: bytes, before: int | None) -> None:
        try:
            if self.ops.write(fd, payload) == len(payload):
                return
            reason = Words("只写入了一部分", "only a part could be written")
        except OSError as error:
            reason = _reason(error)
        try:
            self._undo_write(fd, full, before)
        except OSError:
            raise _uncertain(path, reason) from None
        self._forget_note()
        raise _not_written(path, reason)

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
                raise _uncertain(path, Words("读回的内容不同", "what was read back differs"))
            self.ops.fsync(fd)
            if not before:
                self._sync_dirs(path)
        except OSError as error:
            raise _uncertain(path, _reason(error)) from error

    # -- steps of repair ---------------------------------------------------------------------------------------------

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

    def _set_aside(self, fd: int, path: str, keep: int, size: int) -> str:
        if size - keep > READ_LIMIT:
            reason = Words("文件末尾有大量来历不明的内容", "the file ends in a mass of unknown bytes")
            raise _unreadable(path, reason, "JRN-02")
        torn = b"".join(self._chunks(fd, path, keep, size - keep))
        aside = self._torn_name(path, keep, torn)
        with _Refusing(path):
            self.replace(aside, torn)
            self.ops.truncate(fd, keep)
        try:
            self.ops.fsync(fd)
        except OSError as error:
            raise _uncertain(path, _reason(error)) from error
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

    # -- files and folders -------------------------------------------------------------------------------------------

    def _full(self, path: str, *, trust_seen: bool = False) -> str:
        """The absolute path, once every folder on the way is known to be a real folder or missing."""
        if not _is_plain(path):
            raise _foreign(path)
        full = self._base
        for part in path.split("/")[:-1]:
            full = f"{full}/{part}"
            if trust_seen and full in self._plain_dirs:
                continue
            found = self._lstat(full, path)
            if found is None:
                break
            if not modes.S_ISDIR(found.mode):
                raise _foreign(path)
            self._plain_dirs.add(full)
        return f"{self._base}/{path}"

    def _lstat(self, full: str, path: str) -> Stat | None:
        try:
            return self.ops.lstat(full)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise _unreadable(path, _reason(error)) from error

    def _open_to_read(self, path: str) -> int:
        full = self._full(path)
        try:
            fd = self.ops.open(full, os.O_RDONLY | _SAFE)
            if modes.S_ISREG(self.ops.fstat(fd).mode):
                return fd
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise _foreign(path) from error
            raise _unreadable(path, _reason(error)) from error
        self._close(fd)
        raise _foreign(path)

    def _chunks(self, fd: int, path: str, offset: int, most: int = sys.maxsize) -> Iterator[bytes]:
        try:
            while part := self.ops.pread(fd, min(CHUNK, most), offset):
                yield part
                offset += len(part)
                most -= len(part)
        except OSError as error:
            raise _unreadable(path, _reason(error)) from error

    def _entries(self, folder: str) -> Iterator[tuple[str, bool]]:
        """Paths below ``folder``, and whether each is a regular file with a name a book file may have."""
        waiting = [folder.strip("/")]
        while waiting:
            here = waiting.pop()
            full = self._full(here + "/x" if here else "x")[:-2]
            for name, kind in self._listed(full, here):
                path = f"{here}/{name}" if here else name
                if kind == "dir" and not here and name in PRIVATE:
                    continue
                if kind == "dir" and _is_plain(path) and name not in PRIVATE:
                    waiting.append(path)
                elif not name.endswith(TEMPORARY):
                    yield path, kind == "file" and _is_plain(path)

    def _listed(self, full: str, path: str) -> list[tuple[str, str]]:
        try:
            return self.ops.listdir(full)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(path, _reason(error)) from error

    def _write_new(self, full: str, data: bytes, mode: int) -> None:
        fd = self.ops.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, mode)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self.ops.write(fd, bytes(rest)) :]
            self.ops.fsync(fd)
        except BaseException:
            self._remove(full)
            raise
        finally:
            self._close(fd)

    def _make_dirs(self, path: str) -> None:
        full = self._base
        for part in path.split("/")[:-1]:
            full = f"{full}/{part}"
            if self._lstat(full, path) is None:
                self._make_dir(full, 0o777)

    def _make_base(self, full: str, mode: int) -> None:
        if self._lstat(full, full) is None:
            above = os.path.dirname(full)
            self._make_base(above, mode)
            self._make_dir(full, mode)
            self._sync_dir(above)

    def _make_dir(self, full: str, mode: int) -> None:
        try:
            self.ops.mkdir(full, mode)
        except FileExistsError:
            pass  # another command made it at the same moment

    def _sync_dirs(self, path: str) -> None:
        """Make the file's name durable, and the names of the folders on the way to it."""
        full = f"{self._base}/{path}"
        while full != self._base:
            full = os.path.dirname(full)
            self._sync_dir(full)

    def _sync_dir(self, full: str) -> None:
        if sys.platform == "win32":
            return  # a folder cannot be opened there; NTFS journals its names itself
        fd = self.ops.open(full, os.O_RDONLY | _DIRECTORY | _SAFE)
        try:
            self.ops.fsync(fd)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that do not sync folders say so
                raise
        finally:
            self._close(fd)

    def _sync_dirs_or_doubt(self, path: str) -> None:
        try:
            self._sync_dirs(path)
        except OSError as error:
            raise _uncertain(path, _reason(error)) from error

    def _remove(self, full: str) -> None:
        try:
            self.ops.unlink(full)
        except OSError:
            pass  # an empty or temporary file that stays behind holds no record

    def _close(self, fd: int) -> None:
        try:
            self.ops.close(fd)
        except OSError:
            pass  # what counts was synced, and was refused or in doubt otherwise


class _Hold:
    """The lock as a context manager."""

    def __init__(self, disk: Disk, timeout: float, who: str) -> None:
        self._disk, self._timeout, self._who = disk, timeout, who

    def __enter__(self) -> None:
        self._disk._acquire(self._timeout, self._who)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disk._release()


class _Refusing:
    """Turns an ``OSError`` of a step before anything was written into :class:`NotWritten`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            if error.errno == errno.ELOOP:
                raise _foreign(self._path) from error
            raise _not_written(self._path, _reason(error)) from error


def _cut(chunks: Iterator[bytes], offset: int, limit: int) -> Iterator[tuple[int, bytes]]:
    held = b""  # the start of a line whose end has not been read yet; never more than the limit
    skipping = False
    for chunk in chunks:
        part = chunk
        if skipping:
            end = part.find(b"\n") + 1 or len(part)
            offset += end
            skipping = part[end - 1 : end] != b"\n"
            part = part[end:]
        *whole, held = (held + part).split(b"\n")
        for body in whole:
            yield offset, body[:limit] if len(body) >= limit else body + b"\n"
            offset += len(body) + 1
        if len(held) >= limit:
            yield offset, held[:limit]
            offset += len(held)
            held, skipping = b"", True
    if held:
        yield offset, held


def _is_plain(path: str) -> bool:
    """Relative, inside the root, and spelt so that every system and terminal takes it the same way."""
    return (
        path.isprintable()
        and not any(mark in path for mark in "\\:")
        and not any(part in ("", ".", "..") for part in path.split("/"))
    )


def _is_size(text: bytes) -> bool:
    return text.isdigit() and len(text) <= 18


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


# -- what a person reads ---------------------------------------------------------------------------------------------

_REASONS = {
    errno.ENOSPC: Words("磁盘已满", "the disk is full"),
    errno.EDQUOT: Words("超出磁盘配额", "the disk quota is used up"),
    errno.EIO: Words("磁盘读写出错", "the disk reports an input/output error"),
    errno.EFBIG: Words("文件超出允许的大小", "the file would be larger than allowed"),
    errno.EROFS: Words("磁盘是只读的", "the disk is read-only"),
    errno.EACCES: Words("没有权限", "permission is denied"),
    errno.EPERM: Words("没有权限", "permission is denied"),
    errno.ENOENT: Words("文件不存在", "there is no such file"),
    errno.EEXIST: Words("文件已存在", "the file is already there"),
    errno.ENOTDIR: Words("路径中有一段不是文件夹", "a part of the path is not a folder"),
    errno.EISDIR: Words("这是文件夹，不是文件", "it is a folder, not a file"),
}


def _reason(error: OSError) -> Words:
    number = error.errno or 0
    name = errno.errorcode.get(number, str(number))  # never strerror: its words change with the locale
    return _REASONS.get(number, Words(f"系统错误 {name}", f"system error {name}"))


def _about(
    kind: type[GbError], path: str, lead: Words, reason: Words, *, code: str = "", fix: str = "gb doctor"
) -> GbError:
    shown = _printable(path)
    words = Words(f"{lead.zh} {shown}：{reason.zh}", f"{lead.en} {shown}: {reason.en}")
    return kind(words, code=code, next=(fix,), where=(Where(file=shown),))


def _unreadable(path: str, reason: Words, code: str = "") -> GbError:
    return _about(Unreadable, path, Words("无法读取", "cannot read"), reason, code=code, fix="gb check")


def _foreign(path: str) -> GbError:
    reason = Words("不是账本内的普通文件", "it is not a plain file inside the book")
    fix = (
        "rm -rf .gb" if path.split("/", maxsplit=1)[0] == ".gb" else "gb check"
    )  # .gb is derived: nothing in it is missed
    return _about(Unreadable, path, Words("拒绝使用", "will not use"), reason, code="JRN-06", fix=fix)


def _not_written(path: str, reason: Words) -> GbError:
    return _about(NotWritten, path, Words("没有写入", "nothing was written to"), reason)


def _uncertain(path: str, reason: Words) -> GbError:
    lead = Words("不能确定是否已写入", "it is not certain what was written to")
    return _about(Uncertain, path, lead, reason, fix="gb log")


def _locked(holder: str) -> GbError:
    name = _printable(holder.strip())
    zh = f"账本正由另一命令使用（{name}）" if name else "账本正由另一命令使用"
    en = f"another command is using the book ({name})" if name else "another command is using the book"
    return Locked(Words(f"{zh}，没有写入", f"{en}; nothing was written"), next=("gb doctor",))


# -- the clock -------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """Where the program learns the time; tests hand in their own."""

    def now(self, zone: tzinfo) -> datetime:
        """The present instant in ``zone``, aware, in whole seconds."""


class SystemClock:
    """The computer's clock."""

    def now(self, zone: tzinfo) -> datetime:
        """The present instant in ``zone``, aware, in whole seconds."""
        from datetime import datetime as moment

        return moment.now(zone).replace(microsecond=0)


# -- this machine, outside the book ----------------------------------------------------------------------------------


def machine_dir() -> Path:
    """The folder of this machine's own state.  Raises :class:`Usage` where the user has no home."""
    from pathlib import Path as PathType

    state = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    if os.path.isabs(state):
        return PathType(state, "gb")
    home = os.environ.get("USERPROFILE" if sys.platform == "win32" else "HOME", "")
    if os.path.isabs(home):
        return PathType(home, ".local", "state", "gb")
    raise Usage(
        Words(
            "没有用户主目录，无法记住本机终端和操作员；请设置 GB_TERMINAL 和 GB_OPERATOR",
            "there is no home folder to keep this machine's terminal and operator in; set GB_TERMINAL and GB_OPERATOR",
        ),
        next=("export GB_TERMINAL=K1 GB_OPERATOR=name",),
    )


def scratch() -> AbstractContextManager[str]:
    """A folder for a throw-away copy, removed afterwards; its path."""
    from tempfile import TemporaryDirectory

    return TemporaryDirectory()


def read_machine(book_id: str, ops: Ops = REAL) -> dict[str, str]:
    """What this machine remembers of the book: terminal, operator, install id.  Empty when nothing."""
    import msgspec

    disk, path = Disk(machine_dir(), ops), _machine_file(book_id)
    if disk.stat(path) is None:
        return {}
    try:
        return msgspec.json.decode(disk.read(path), type=dict[str, str])
    except msgspec.MsgspecError as error:
        file = disk.root / path
        words = Words(f"本机设置文件已损坏：{file}", f"this machine's settings are damaged: {file}")
        raise Usage(words, next=(f"rm '{file}'",)) from error


def write_machine(book_id: str, values: Mapping[str, str], ops: Ops = REAL) -> None:
    """Remember ``values`` instead of what was there, readable by this user only."""
    import msgspec

    disk = Disk(machine_dir(), ops)
    disk.found(0o700)
    disk.replace(_machine_file(book_id), msgspec.json.encode(dict(values), order="sorted") + b"\n", mode=0o600)


INSTALL = "install"


def install_id(ops: Ops = REAL) -> str:
    """The id of this installation, 32 hex digits, made at first use; raises :class:`Usage` where there is no home."""
    import secrets

    disk = Disk(machine_dir(), ops)
    if disk.stat(INSTALL) is None:
        disk.found(0o700)
        try:
            disk.create(INSTALL, secrets.token_hex(16).encode() + b"\n", mode=0o600)
        except NotWritten:
            if disk.stat(INSTALL) is None:  # not another command that made it at the same moment
                raise
    return disk.read(INSTALL, WINDOW).decode("ascii", "replace").strip()


def read_mark(name: str, ops: Ops = REAL) -> bytes:
    """What this machine noted under that name; empty when nothing, or when it has no place to note it."""
    try:
        disk = Disk(machine_dir(), ops)
        return disk.read(name, WINDOW) if disk.stat(name) is not None else b""
    except GbError:
        return b""


def write_mark(name: str, data: bytes, ops: Ops = REAL) -> None:
    """Note it, whole or not at all.  Not synced: a mark lost with the power is an older mark, and costs no record.

    A machine that cannot note it goes without: the record it speaks of is on disk already.
    """
    try:
        disk = Disk(machine_dir(), ops)
        full = disk._full(name)
        disk._make_base(os.path.dirname(full), 0o700)
        temporary = f"{full}.{os.getpid()}{TEMPORARY}"
        fd = ops.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _SAFE, 0o600)
        try:
            ops.write(fd, data)
        finally:
            ops.close(fd)
        ops.rename(temporary, full)
    except (GbError, OSError):
        return


def _machine_file(book_id: str) -> str:
    if not (book_id.isascii() and book_id.isalnum() and len(book_id) <= 64):
        raise _unreadable("gb.yaml", Words("账本编号不对", "the book id is malformed"))
    return f"{book_id}.json"
