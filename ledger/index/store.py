"""The SQLite file of the index: opened, thrown away whenever it is not as it was left, or kept in memory instead.

SQLite has no checksum over its pages, so a byte changed by something else would be believed.  The log beside the file
has checksums, and the file itself only changes when the log is folded into it at the end of the last connection: its
stamp is taken then, and a file with another stamp is built anew from the text.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from contextlib import suppress
from pathlib import Path

from ledger import __version__
from ledger.core.errors import GbError
from ledger.disk import Disk
from ledger.index.schema import TABLES, VERSION

FILE, STAMP = ".gb/index.sqlite", ".gb/index.stamp"
MEMORY = ":memory:"
_WAIT = 10.0
"""Seconds to wait for another command that writes the index."""


class Store:
    """The open database of one book's index."""

    def __init__(self, disk: Disk, book_id: str) -> None:
        self._disk = disk
        self._made = f"{VERSION} {__version__} {book_id}"
        self._opened = [self._open()]
        self._leave = weakref.finalize(self, _leave, self._opened, disk)

    @property
    def db(self) -> sqlite3.Connection:
        """The open connection."""
        return self._opened[-1]

    @property
    def kept(self) -> bool:
        """Whether there is a file; in memory the index ends with the command."""
        return _on_file(self.db)

    def close(self) -> None:
        """Let go of the file."""
        self._leave()

    def start_over(self, *, in_memory: bool = False) -> None:
        """An empty database, after an error that the old one gave; ``in_memory`` when its file is of no use at all."""
        with suppress(sqlite3.Error):
            self._opened.pop().close()
        if not in_memory:
            self._discard()
        self._opened.append(self._connect(MEMORY) if in_memory else self._open())

    def step_aside(self) -> None:
        """A connection of its own for what changes everything: who is in the middle of reading by the old one reads on.

        In memory that is another database, which is empty.
        """
        self._opened.append(self._connect(str(_path(self._disk)) if self.kept else MEMORY))

    def _open(self) -> sqlite3.Connection:
        with suppress(GbError):
            self._disk.stat(FILE)
            return self._open_file()
        return self._connect(MEMORY)  # .gb leads out of the book

    def _open_file(self) -> sqlite3.Connection:
        try:
            self._disk.root.joinpath(".gb").mkdir(exist_ok=True)
            if not _as_left(self._disk):
                self._discard()
            return self._connect(str(_path(self._disk)))
        except sqlite3.OperationalError as error:
            if is_busy(error):
                return self._connect(MEMORY)
        except (sqlite3.Error, OSError):
            pass
        self._discard()
        with suppress(sqlite3.Error):
            return self._connect(str(_path(self._disk)))
        return self._connect(MEMORY)

    def _discard(self) -> None:
        """Remove file, log and stamp; a command that still has them open goes on with what it has."""
        with suppress(OSError):
            for suffix in ("", "-wal", "-shm"):
                Path(f"{_path(self._disk)}{suffix}").unlink(missing_ok=True)

    def _connect(self, name: str) -> sqlite3.Connection:
        db = sqlite3.connect(name, isolation_level=None, timeout=_WAIT)
        try:
            if name != MEMORY:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA wal_autocheckpoint = 0")
            db.execute("PRAGMA synchronous = NORMAL")
            self._create(db)
        except BaseException:
            db.close()
            raise
        if name != MEMORY:
            _take_stamp(self._disk)
        return db

    def _create(self, db: sqlite3.Connection) -> None:
        """Make the tables of a new file; ``DatabaseError`` for one of another version or another book."""
        made = "SELECT count(*) FROM sqlite_master WHERE name = 'meta'"
        if not db.execute(made).fetchone()[0]:
            db.execute("BEGIN IMMEDIATE")
            # Another command may have made them while this one waited.
            if not db.execute(made).fetchone()[0]:
                for statement in filter(str.strip, TABLES.split(";")):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('made', ?)", (self._made,))
            db.execute("COMMIT")
        if db.execute("SELECT value FROM meta WHERE name = 'made'").fetchone() != (self._made,):
            raise sqlite3.DatabaseError("another version or another book")


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another command holds the index; its file must be left alone then."""
    return "locked" in str(error) or "busy" in str(error)


def _path(disk: Disk) -> Path:
    return disk.root / FILE


def _stamp(disk: Disk) -> bytes:
    """What the file is known by; empty when there is none."""
    with suppress(GbError):
        found = disk.stat(FILE)
        return " ".join(map(str, found)).encode() + b"\n" if found else b""
    return b""


def _as_left(disk: Disk) -> bool:
    """Whether the file is the one that the last command left."""
    with suppress(GbError):
        return bool(now := _stamp(disk)) and disk.read(STAMP) == now
    return False


def _take_stamp(disk: Disk) -> None:
    """Remember the file as it is; not synced, since a lost stamp costs a rebuild and nothing else."""
    if _as_left(disk):
        return
    with suppress(OSError):
        fd = disk.ops.open(str(disk.root / STAMP), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            disk.ops.write(fd, _stamp(disk))
        finally:
            disk.ops.close(fd)


def _on_file(db: sqlite3.Connection) -> bool:
    return bool(db.execute("PRAGMA database_list").fetchone()[2])


def _leave(opened: list[sqlite3.Connection], disk: Disk) -> None:
    """Close the connections, which folds the log into the file when the last one goes, and take the stamp."""
    on_file = False
    for db in opened:
        with suppress(sqlite3.Error):
            on_file |= _on_file(db)
            db.close()
    if on_file:
        _take_stamp(disk)
