"""The operating system: its raw calls on files, and its clock.

Here the power-loss simulator and the fault injection of ``tests/crash`` take its place, and tests hand in a clock of their own.

Sizes and offsets are bytes, ends exclusive.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    import datetime as dt


def _flags(*names: str) -> int:
    """The flags of these names that this system has."""
    return sum(getattr(os, name, 0) for name in names)


# O_BINARY keeps Windows from turning LF into CRLF; O_NONBLOCK keeps a planted FIFO from hanging us.
SAFE = _flags("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NONBLOCK")
DIRECTORY = _flags("O_DIRECTORY")
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

    def stat(self, path: str) -> Stat:
        """Where the links of ``path`` lead; for what a person named, never for the book's own files."""
        return _stat(os.stat(path))

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


# -- the clock -------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """Where the program learns the time; tests hand in their own."""

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        """The present instant in ``zone``, aware, in whole seconds."""


class SystemClock:
    """The computer's clock."""

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        """The present instant in ``zone``, aware, in whole seconds."""
        import datetime as dt

        return dt.datetime.now(zone).replace(microsecond=0)
