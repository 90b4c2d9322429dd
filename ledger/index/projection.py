"""The index of one book: brought up to date with the text before every command, then asked.

Freshness: size, times and inode of every journal file; a file that only grew is read on from where the index stopped,
its chain continuing; anything else means that text was changed, and the whole index is built anew.  So does a record
that sorts before what it touches (a merge): states must be folded in order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from ledger.core.errors import GbError, Where
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.memory import FullState
from ledger.core.state import apply
from ledger.core.words import Words
from ledger.disk import Disk, FileStamp
from ledger.index.hydrated import Hydrated, save_sheets, save_things
from ledger.index.schema import TABLES, VERSION
from ledger.journal.entry import Entry
from ledger.journal.paths import parse_path
from ledger.journal.reader import foreign, scan

MANY = 2000
"""So many new records at once are folded from the beginning: cheaper than one by one through SQLite."""


class Stale(Exception):
    """The index cannot be continued from where it is; build it anew."""


class Index:
    """The projection of the book at ``disk``; in memory only where its file cannot be written."""

    def __init__(self, disk: Disk, book_id: str) -> None:
        self._disk = disk
        self._book_id = book_id
        self._path = Path(disk.root) / ".gb" / "index.sqlite"
        self._db = self._open()

    @property
    def db(self) -> sqlite3.Connection:
        """The open database, for the queries of :mod:`ledger.index.lookup`."""
        return self._db

    def state(self) -> Hydrated:
        """A state that reads what it is asked for."""
        return Hydrated(self._db)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        with suppress(sqlite3.Error, OSError):
            return self._connect(str(self._path))
        with suppress(OSError):
            self._path.unlink()
        try:
            return self._connect(str(self._path))
        except (sqlite3.Error, OSError):
            return self._connect(":memory:")

    def _connect(self, name: str) -> sqlite3.Connection:
        db = sqlite3.connect(name, isolation_level=None, timeout=10)
        try:
            if name != ":memory:":
                db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            made = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").fetchone()[0]
            if made and db.execute("SELECT value FROM meta WHERE name = 'made'").fetchone() != (self._made(),):
                raise sqlite3.DatabaseError("another version or another book")
            if not made:
                self._create(db)
        except BaseException:
            db.close()
            raise
        return db

    def _made(self) -> str:
        return f"{VERSION} {self._book_id}"

    def _create(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        for statement in TABLES.split(";"):
            if statement.strip():
                db.execute(statement)
        db.execute("INSERT INTO meta VALUES ('made', ?)", (self._made(),))
        db.execute("COMMIT")

    # -- keeping up ----------------------------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Read what the journals have more than the index."""
        try:
            self._catch_up()
        except Stale:
            self.rebuild()
        except sqlite3.DatabaseError:
            self._start_over()
            self.rebuild()

    def _start_over(self) -> None:
        self._db.close()
        with suppress(OSError):
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        self._db = self._open()

    def _catch_up(self) -> None:
        stamps = _stamps(self._disk)
        known = {row[0]: row[1:] for row in self._db.execute("SELECT * FROM file")}
        if known.keys() - stamps.keys():
            raise Stale
        behind = [path for path, stamp in stamps.items() if known.get(path, ())[:4] != stamp]
        if not behind:
            return
        entries = [entry for path in behind for entry in self._grown(path, stamps[path], known.get(path))]
        if len(entries) > MANY:
            raise Stale
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._continue(entries)
            for path in behind:
                self._save_file(path, stamps[path])
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def _grown(self, path: str, stamp: FileStamp, known: tuple[int | str, ...] | None) -> Iterator[Entry]:
        """The new entries of a file; :class:`Stale` when it did more than grow, or does not read without a finding."""
        if parse_path(path) is None or self._has_damage(path):
            raise Stale
        offset, line, h = (int(known[4]), int(known[5]), str(known[6])) if known else (0, 0, None)
        if stamp.size < offset or (known and stamp.inode != known[3]):
            raise Stale
        if h is not None and not self._ends_with(path, offset, h):
            raise Stale
        found = scan(self._disk, path, self._book_id, offset=offset, previous_h=h, line=line, typed=True)
        for item in found:
            if isinstance(item, Finding):
                raise Stale
            yield item
        self._reached = {**getattr(self, "_reached", {}), path: (found.end, found.line, found.last_h)}

    def _ends_with(self, path: str, offset: int, h: str) -> bool:
        """Whether the part already read still ends with the record it ended with."""
        if not offset:
            return True
        for start, line in self._disk.lines(path, max(0, offset - 80)):
            if start >= offset:
                break
            last = line
            if h.encode() in last:
                return True
        return False

    def _has_damage(self, path: str) -> bool:
        return self._db.execute("SELECT 1 FROM damage WHERE path = ?", (path,)).fetchone() is not None

    def _continue(self, entries: list[Entry]) -> None:
        state = self.state()
        for entry in sorted(entries, key=lambda entry: entry.record.order):
            record = entry.record
            if state.last(record.touches()) > record.order:
                raise Stale
            apply(record, state)
            self._save_record(entry)
        state.write_back()

    def add(self, entry: Entry, state: Hydrated, stamp: FileStamp, line: int) -> None:
        """Take over one record just written, whose effect ``state`` already holds.

        The record is on disk, so an index that cannot be written is no failure: the next command catches up.
        """
        with suppress(sqlite3.Error):
            self._add(entry, state, stamp, line)

    def _add(self, entry: Entry, state: Hydrated, stamp: FileStamp, line: int) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._save_record(entry)
            state.write_back()
            self._reached = {entry.file: (entry.offset + entry.length, line, entry.h)}
            self._save_file(entry.file, stamp)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    # -- building anew ---------------------------------------------------------------------------------------------------

    def rebuild(self) -> int:
        """Fold all text from the beginning; returns the number of records."""
        from ledger.core.order import in_order

        stamps = _stamps(self._disk)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for table in ("file", "damage", "record", "sheet", "event", "thing"):
                self._db.execute(f"DELETE FROM {table}")
            entries = in_order(self._read_all(stamps))
            state = FullState()
            for entry in entries:
                apply(entry.record, state)
                self._save_record(entry)
            save_sheets(self._db, state)
            save_things(self._db, state)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        return len(entries)

    def _read_all(self, stamps: dict[str, FileStamp]) -> Iterator[Entry]:
        for path, stamp in stamps.items():
            if parse_path(path) is None:
                self._save_damage(foreign(path))
                continue
            try:
                yield from self._read_file(path)
            except GbError as error:
                self._save_damage(_of_error(error, path))
                continue
            self._save_file(path, stamp)

    def _read_file(self, path: str) -> Iterator[Entry]:
        found = scan(self._disk, path, self._book_id, typed=True)
        for item in found:
            if isinstance(item, Finding):
                self._save_damage(item)
            else:
                yield item
        self._reached = {path: (found.end, found.line, found.last_h)}

    def damage(self) -> list[Finding]:
        """What could not be read, as the last reading found it."""
        return [
            msgspec.json.decode(text, type=Finding)
            for (text,) in self._db.execute("SELECT finding FROM damage ORDER BY rowid")
        ]

    def _save_damage(self, finding: Finding) -> None:
        path = finding.where[0].file if finding.where else finding.subject
        values = (path, finding.code, msgspec.json.encode(finding).decode())
        self._db.execute("INSERT INTO damage VALUES (?, ?, ?)", values)

    def _save_file(self, path: str, stamp: FileStamp) -> None:
        end, line, h = self._reached[path]
        self._db.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (path, *stamp, end, line, h))

    def _save_record(self, entry: Entry) -> None:
        record = entry.record
        key = record.key
        client = str(getattr(record, "client", "") or (getattr(record, "code", "") if entry.journal.name == "clients" else ""))
        values = (
            record.id, entry.journal.name, record.terminal, str(record.date), record.number, record.KIND,
            record.at.isoformat(), record.order, record.ref, key, client, entry.file, entry.line, entry.offset, entry.length,
        )  # fmt: skip
        cursor = self._db.execute(f"INSERT INTO record VALUES (NULL{', ?' * len(values)})", values)
        self._save_events(record, int(cursor.lastrowid or 0))

    def _save_events(self, record: Record, seq: int) -> None:
        spans = record.touches().spans or getattr(record, "spans", ())
        rows = [(s.prefix, s.width, (s.count - 1).bit_length(), s.first, s.last, seq) for s in spans]
        self._db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", rows)


def _stamps(disk: Disk) -> dict[str, FileStamp]:
    found = {path: disk.stat(path) for path in disk.walk("journals")}
    return {path: stamp for path, stamp in found.items() if stamp is not None}


def _of_error(error: GbError, path: str) -> Finding:
    where = error.where or (Where(path),)
    words = error.words if error.words else Words(path, path)
    return Finding(code=error.code, severity="error", words=words, subject=path, where=where, next=error.next)
