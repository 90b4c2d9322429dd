"""A file system in memory that remembers what reached the disk, and can lose the rest.

:class:`Machine` keeps, for each file and folder, what is durable and what was done to it since the last sync.
:meth:`Machine.after_power_loss` draws one of the states that POSIX allows after the power went:

* of the unsynced writes of a file: none, all, any subset, the first few with the next one torn at any byte or
  without its first sectors, each 512-byte sector for itself, or only the new size (a tail of NUL);
* of the unsynced changes to a folder (new, renamed and removed names): any subset, so that a new file or folder may
  vanish, and a rename may be lost.

:class:`Process` is the :class:`ledger.disk.Ops` of one process on such a machine; :class:`Stepped` counts system calls
of any ``Ops`` and lets a test stop, fail or interleave at each of them.
"""

from __future__ import annotations

import errno
import os
import stat as modes
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from ledger.disk import Ops, Stat

SECTOR = 512
ROOT = "/book"


class Write(NamedTuple):
    """One unsynced change of a file's content; ``data`` None means: cut or grow to ``offset`` bytes."""

    offset: int
    data: bytes | None


class File:
    """An inode of bytes: what programs see, and how it differs from what is durable."""

    def __init__(self, content: bytes = b"") -> None:
        self.seen = content
        self.durable = content
        self.pending: list[Write] = []
        self.owner: int | None = None

    def change(self, write: Write) -> None:
        self.seen = _apply(self.seen, [write])
        self.pending.append(write)

    def sync(self) -> None:
        self.durable, self.pending = _apply(self.durable, self.pending), []

    def lose_dirty_pages(self) -> None:
        """A failed fsync: the pages stay readable but count as clean, so that no later fsync writes them."""
        self.pending = []

    def draw(self, random: Random) -> bytes:
        """One legal content after power loss."""
        if not self.pending:
            return self.durable
        return random.choice(_DRAWS)(self, random)


class Folder:
    """An inode of names.  A pending change is a set of names that move together, as a rename does."""

    def __init__(self) -> None:
        self.seen: dict[str, File | Folder] = {}
        self.durable: dict[str, File | Folder] = {}
        self.pending: list[dict[str, File | Folder | None]] = []

    def change(self, names: dict[str, File | Folder | None]) -> None:
        _rename(self.seen, names)
        self.pending.append(names)

    def sync(self) -> None:
        self.durable, self.pending = dict(self.seen), []

    def draw(self, random: Random) -> dict[str, File | Folder]:
        names, kept = dict(self.durable), random.choice((0.0, 0.5, 1.0))
        for change in self.pending:
            if random.random() < kept:
                _rename(names, change)
        return names


def _rename(names: dict[str, File | Folder], change: dict[str, File | Folder | None]) -> None:
    for name, inode in change.items():
        if inode is None:
            names.pop(name, None)
        else:
            names[name] = inode


def _apply(content: bytes, writes: list[Write]) -> bytes:
    for offset, data in writes:
        if data is None:
            content = content[:offset].ljust(offset, b"\0")
        else:
            content = content[:offset].ljust(offset, b"\0") + data + content[offset + len(data) :]
    return content


def _draw_nothing(file: File, random: Random) -> bytes:
    return file.durable


def _draw_all(file: File, random: Random) -> bytes:
    return _apply(file.durable, file.pending)


def _draw_subset(file: File, random: Random) -> bytes:
    return _apply(file.durable, [write for write in file.pending if random.random() < 0.5])


def _draw_torn(file: File, random: Random) -> bytes:
    last = random.randrange(len(file.pending))
    content, (offset, data) = _apply(file.durable, file.pending[:last]), file.pending[last]
    if data is None:
        return content
    cut = random.randint(0, len(data))
    if random.random() < 0.5:
        return _apply(content, [Write(offset, data[:cut])])
    start = (offset + cut) // SECTOR * SECTOR  # the end without the beginning: only whole sectors overtake others
    return _apply(content, [Write(max(start, offset), data[max(start - offset, 0) :])])


def _draw_sectors(file: File, random: Random) -> bytes:
    sizes = [len(_apply(file.durable, file.pending[:count])) for count in range(len(file.pending) + 1)]
    size = random.choice(sizes)
    old, new = (each[:size].ljust(size, b"\0") for each in (file.durable, _apply(file.durable, file.pending)))
    starts = range(0, size, SECTOR)
    return b"".join((new if random.random() < 0.5 else old)[start : start + SECTOR] for start in starts)


def _draw_size_only(file: File, random: Random) -> bytes:
    size = len(_apply(file.durable, file.pending))
    return file.durable[:size].ljust(size, b"\0")


_DRAWS: tuple[Callable[[File, Random], bytes], ...] = (
    _draw_nothing,
    _draw_all,
    _draw_subset,
    _draw_torn,
    _draw_torn,
    _draw_sectors,
    _draw_sectors,
    _draw_size_only,
)


class Machine:
    """The state of one computer: its file tree, its open files and its clock."""

    def __init__(self) -> None:
        self.root = Folder()
        self.root.change({ROOT[1:]: Folder()})
        self.root.sync()
        self.open: dict[int, tuple[File | Folder, int]] = {}
        self.next_fd = 3
        self.time = 0.0
        self.fsync_fails = False
        self.write_lies = False

    def after_power_loss(self, random: Random) -> Machine:
        """A restarted machine in one of the states that this one may have left on its disk."""
        other = Machine()
        other.root = _restart(self.root, random)
        return other

    def is_settled(self) -> bool:
        """Whether every power loss leaves the same book.  ``.gb`` is left out: its lock file is never synced."""
        book = self.root.seen[ROOT[1:]]
        assert isinstance(book, Folder)
        return not book.pending and all(_is_settled(book.seen[name]) for name in book.seen if name != ".gb")

    def image(self) -> dict[str, bytes]:
        """Content of each file by its path, as programs see it."""
        return dict(_files(self.root, ""))

    def find(self, path: str) -> File | Folder:
        here: File | Folder = self.root
        for name in filter(None, path.split("/")):
            if not isinstance(here, Folder):
                raise OSError(errno.ENOTDIR, path)
            if name not in here.seen:
                raise FileNotFoundError(errno.ENOENT, path)
            here = here.seen[name]
        return here

    def folder_of(self, path: str) -> tuple[Folder, str]:
        folder = self.find(os.path.dirname(path))
        if not isinstance(folder, Folder):
            raise OSError(errno.ENOTDIR, path)
        return folder, os.path.basename(path)


def _is_settled(inode: File | Folder) -> bool:
    return not inode.pending and (isinstance(inode, File) or all(map(_is_settled, inode.seen.values())))


def _restart(folder: Folder, random: Random) -> Folder:
    names = folder.draw(random)
    other = Folder()
    other.change(
        {
            name: File(inode.draw(random)) if isinstance(inode, File) else _restart(inode, random)
            for name, inode in sorted(names.items())
        }
    )
    other.sync()
    return other


def _files(folder: Folder, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for name, inode in sorted(folder.seen.items()):
        here = f"{path}/{name}"
        found += [(here, inode.seen)] if isinstance(inode, File) else _files(inode, here)
    return found


class Process(Ops):
    """The system calls of one process on a :class:`Machine`."""

    def __init__(self, machine: Machine, name: str = "A") -> None:
        self.machine = machine
        self.name = name
        self.fds: set[int] = set()

    def die(self) -> None:
        """Killed: what it wrote stays visible, its descriptors and locks are gone."""
        for fd in sorted(self.fds):
            self.close(fd)

    def open(self, path: str, flags: int, mode: int = 0o666) -> int:
        folder, name = self.machine.folder_of(path)
        if name not in folder.seen:
            if not flags & os.O_CREAT:
                raise FileNotFoundError(errno.ENOENT, path)
            folder.change({name: File()})
        elif flags & os.O_EXCL:
            raise FileExistsError(errno.EEXIST, path)
        fd, self.machine.next_fd = self.machine.next_fd, self.machine.next_fd + 1
        self.machine.open[fd] = folder.seen[name], flags
        self.fds.add(fd)
        return fd

    def close(self, fd: int) -> None:
        inode = self.machine.open.pop(fd)[0]
        self.fds.remove(fd)
        if isinstance(inode, File) and inode.owner == fd:
            inode.owner = None

    def _file(self, fd: int) -> File:
        inode = self.machine.open[fd][0]
        if isinstance(inode, Folder):
            raise IsADirectoryError(errno.EISDIR, "a folder")
        return inode

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        return self._file(fd).seen[offset : offset + size]

    def write(self, fd: int, data: bytes) -> int:
        file = self._file(fd)
        assert self.machine.open[fd][1] & (os.O_APPEND | os.O_EXCL), "a plain write would need a file position"
        kept = data[: len(data) // 2] if self.machine.write_lies else data
        self.machine.write_lies = False
        file.change(Write(len(file.seen), kept))
        return len(data)

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        assert not self.machine.open[fd][1] & os.O_APPEND, "Linux appends whatever the offset says"
        self._file(fd).change(Write(offset, data))
        return len(data)

    def fsync(self, fd: int) -> None:
        inode = self.machine.open[fd][0]
        if self.machine.fsync_fails:
            self.machine.fsync_fails = False
            if isinstance(inode, File):
                inode.lose_dirty_pages()
            raise OSError(errno.EIO, "fsync")
        inode.sync()

    def truncate(self, fd: int, size: int) -> None:
        self._file(fd).change(Write(size, None))

    def _stat(self, inode: File | Folder) -> Stat:
        if isinstance(inode, Folder):
            return Stat(modes.S_IFDIR | 0o755, 0, 0, 0, id(inode))
        return Stat(modes.S_IFREG | 0o644, len(inode.seen), 0, 0, id(inode))

    def fstat(self, fd: int) -> Stat:
        return self._stat(self.machine.open[fd][0])

    def lstat(self, path: str) -> Stat:
        return self._stat(self.machine.find(path))

    def rename(self, old: str, new: str) -> None:
        folder, name = self.machine.folder_of(old)
        other, new_name = self.machine.folder_of(new)
        assert folder is other, "only renames within one folder are atomic in this model"
        if name not in folder.seen:
            raise FileNotFoundError(errno.ENOENT, old)
        folder.change({new_name: folder.seen[name], name: None})

    def unlink(self, path: str) -> None:
        folder, name = self.machine.folder_of(path)
        if name not in folder.seen:
            raise FileNotFoundError(errno.ENOENT, path)
        folder.change({name: None})

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        folder, name = self.machine.folder_of(path)
        if name in folder.seen:
            raise FileExistsError(errno.EEXIST, path)
        folder.change({name: Folder()})

    def listdir(self, path: str) -> list[tuple[str, str]]:
        folder = self.machine.find(path)
        assert isinstance(folder, Folder)
        return [(name, "file" if isinstance(inode, File) else "dir") for name, inode in folder.seen.items()]

    def flock(self, fd: int) -> bool:
        file = self._file(fd)
        if file.owner is None:
            file.owner = fd
        return file.owner == fd

    def monotonic(self) -> float:
        return self.machine.time

    def sleep(self, seconds: float) -> None:
        self.machine.time += seconds

    def whoami(self) -> str:
        return f"pid {self.name} host simulated"


class Stopped(BaseException):
    """The process ends here, by a kill or with the machine; not an ``Exception``, so that no code goes on after it."""


class Stepped(Ops):
    """Another ``Ops``, calling ``before(index, name)`` before its call number ``index`` (from 0).

    ``before`` may raise.  Once it raised :class:`Stopped`, every further call does.
    """

    def __init__(self, inner: Ops, before: Callable[[int, str], None]) -> None:
        self.inner = inner
        self.before = before
        self.steps: list[str] = []
        self.stopped = False

    def _step(self, name: str) -> None:
        if self.stopped:
            raise Stopped
        self.steps.append(name)
        try:
            self.before(len(self.steps) - 1, name)
        except Stopped:
            self.stopped = True
            raise

    def open(self, path: str, flags: int, mode: int = 0o666) -> int:
        self._step("open")
        return self.inner.open(path, flags, mode)

    def close(self, fd: int) -> None:
        if self.stopped:
            return  # a generator that is collected later closes what went with the process
        try:
            self._step("close")
        except OSError:  # a failing close gives the descriptor back all the same
            self.inner.close(fd)
            raise
        self.inner.close(fd)

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        self._step("pread")
        return self.inner.pread(fd, size, offset)

    def write(self, fd: int, data: bytes) -> int:
        self._step("write")
        return self.inner.write(fd, data)

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        self._step("pwrite")
        return self.inner.pwrite(fd, data, offset)

    def fsync(self, fd: int) -> None:
        self._step("fsync")
        self.inner.fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        self._step("truncate")
        self.inner.truncate(fd, size)

    def fstat(self, fd: int) -> Stat:
        self._step("fstat")
        return self.inner.fstat(fd)

    def lstat(self, path: str) -> Stat:
        self._step("lstat")
        return self.inner.lstat(path)

    def rename(self, old: str, new: str) -> None:
        self._step("rename")
        self.inner.rename(old, new)

    def unlink(self, path: str) -> None:
        self._step("unlink")
        self.inner.unlink(path)

    def mkdir(self, path: str, mode: int = 0o777) -> None:
        self._step("mkdir")
        self.inner.mkdir(path, mode)

    def listdir(self, path: str) -> list[tuple[str, str]]:
        self._step("listdir")
        return self.inner.listdir(path)

    def flock(self, fd: int) -> bool:
        self._step("flock")
        return self.inner.flock(fd)

    def monotonic(self) -> float:
        return self.inner.monotonic()

    def sleep(self, seconds: float) -> None:
        self.inner.sleep(seconds)

    def whoami(self) -> str:
        return self.inner.whoami()
