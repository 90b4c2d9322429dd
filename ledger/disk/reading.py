"""Reading a book's folder, and which paths lie in it."""

from __future__ import annotations

import errno
import os
import stat as modes
import sys
from typing import TYPE_CHECKING

from ledger.core.words import Words
from ledger.disk.refusals import foreign, printable, reason_of, unreadable
from ledger.disk.system import REAL, SAFE, FileStamp, Ops, Stat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

READ_LIMIT = 64 * 1024 * 1024
LINE_LIMIT = 256 * 1024 + 1024
CHUNK = 256 * 1024
TEMPORARY = ".gbtmp"
PRIVATE = frozenset({".git", ".gb"})


class Reading:
    """What can be asked of a folder without its lock."""

    def __init__(self, root: Path, ops: Ops = REAL) -> None:
        self.root = root
        self.ops = ops
        self._base = os.path.abspath(os.fspath(root))
        self._plain_dirs: set[str] = set()
        self.watch: Callable[[str], None] | None = None
        """Told of every file that is opened to be read, for a bar of progress."""

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        """The whole file.  Raises :class:`Unreadable` when it is missing or has more than ``limit`` bytes."""
        fd = self._open_to_read(path)
        try:
            whole = b"".join(self._chunks(fd, path, 0, limit + 1))
        finally:
            self._close(fd)
        if len(whole) > limit:
            raise unreadable(path, Words(f"文件超过 {limit} 字节", f"the file is larger than {limit} bytes"))
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
            raise foreign(path)
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
        return sorted(printable(path) for path, plain in self._entries(folder) if not plain)

    def folders(self, folder: str) -> list[str]:
        """Names of the real folders directly in ``folder``, sorted; nothing when it is missing."""
        full = self._full(f"{folder}/x")[:-2]
        return sorted(name for name, kind in self._listed(full, folder) if kind == "dir" and is_plain(name))

    # -- paths and descriptors -----------------------------------------------------------------------------------------

    def _full(self, path: str, *, trust_seen: bool = False) -> str:
        """The absolute path, once every folder on the way is known to be a real folder or missing."""
        if not is_plain(path):
            raise foreign(path)
        full = self._base
        for part in path.split("/")[:-1]:
            full = f"{full}/{part}"
            if trust_seen and full in self._plain_dirs:
                continue
            found = self._lstat(full, path)
            if found is None:
                break
            if not modes.S_ISDIR(found.mode):
                raise foreign(path)
            self._plain_dirs.add(full)
        return f"{self._base}/{path}"

    def _lstat(self, full: str, path: str) -> Stat | None:
        try:
            return self.ops.lstat(full)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            raise unreadable(path, reason_of(error)) from error

    def _open_to_read(self, path: str) -> int:
        if self.watch is not None:
            self.watch(path)
        full = self._full(path)
        try:
            fd = self.ops.open(full, os.O_RDONLY | SAFE)
            if modes.S_ISREG(self.ops.fstat(fd).mode):
                return fd
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise foreign(path) from error
            raise unreadable(path, reason_of(error)) from error
        self._close(fd)
        raise foreign(path)

    def _chunks(self, fd: int, path: str, offset: int, most: int = sys.maxsize) -> Iterator[bytes]:
        try:
            while part := self.ops.pread(fd, min(CHUNK, most), offset):
                yield part
                offset += len(part)
                most -= len(part)
        except OSError as error:
            raise unreadable(path, reason_of(error)) from error

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
                if kind == "dir" and is_plain(path) and name not in PRIVATE:
                    waiting.append(path)
                elif not name.endswith(TEMPORARY):
                    yield path, kind == "file" and is_plain(path)

    def _listed(self, full: str, path: str) -> list[tuple[str, str]]:
        try:
            return self.ops.listdir(full)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unreadable(path, reason_of(error)) from error

    def _close(self, fd: int) -> None:
        try:
            self.ops.close(fd)
        except OSError:
            pass  # what counts was synced, and was refused or in doubt otherwise


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


def is_plain(path: str) -> bool:
    """Relative, inside the root, and spelt so that every system and terminal takes it the same way."""
    return (
        path.isprintable()
        and not any(mark in path for mark in "\\:")
        and not any(part in ("", ".", "..") for part in path.split("/"))
    )
