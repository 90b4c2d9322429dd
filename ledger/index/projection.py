"""The index of one book: brought up to date with the text before every command, then asked.

Freshness: size, times and inode of every journal file; a file that only grew is read on from where the index stopped,
its chain followed from the start; anything else means that text was changed, and the whole index is built anew.  So does
a record that sorts before what it touches (a merge): states must be folded in order.

An index that is built anew stands on a closing where it can (:mod:`ledger.index.ground`), so that the counter can sell
at once; history is filled in when something is asked that needs it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from itertools import islice
from typing import Protocol

import msgspec

from ledger.core.dates import parse_instant
from ledger.core.errors import GbError, Where
from ledger.core.findings import Finding
from ledger.core.forms import Record, Reversal
from ledger.core.order import in_order
from ledger.core.spans import EMPTY
from ledger.core.state import Reversed, apply
from ledger.disk import Disk, FileStamp
from ledger.index import lookup
from ledger.index.ground import Ground, Reached
from ledger.index.hydrated import Building, Hydrated, Short, Standing
from ledger.index.store import Store, is_busy
from ledger.journal.entry import Entry
from ledger.journal.paths import is_record_id, parse_path
from ledger.journal.reader import foreign, scan

MANY = 2000
"""More new records at once than this, and than a part of the book, are folded from the beginning with all others: cheaper
than one by one through SQLite."""
_PART = 4
WAIVER = "waiver"
_FIRST_LINES = 2
"""A file's first record stands on its first line, or behind the header."""


class Sealing(Protocol):
    """What is sealed: records behind a file's sealed bytes arrived late and change no state (CLS-03)."""

    def bound(self, path: str) -> int | None:
        """How many bytes of a journal file are sealed; None in an open month."""

    def intact(self, path: str) -> tuple[int, str] | None:
        """Bytes and last ``h`` of a journal file that is, byte for byte, as it was sealed; None for any other."""

    def stamps(self, months: Iterable[str]) -> dict[str, FileStamp]:
        """Those of ``months`` that are sealed, with the stamps of their seals."""


class NothingSealed:
    """A book without closed months."""

    def bound(self, path: str) -> int | None:  # noqa: ARG002 - the protocol's
        """Every month is open."""
        return None

    def intact(self, path: str) -> tuple[int, str] | None:  # noqa: ARG002 - the protocol's
        """No file is sealed."""
        return None

    def stamps(self, months: Iterable[str]) -> dict[str, FileStamp]:  # noqa: ARG002 - the protocol's
        """No month."""
        return {}


class Stale(Exception):
    """The index cannot be continued from where it is; build it anew."""


class _Misplaced(Exception):
    """A record does not lie in the month of its file; the whole text must be brought into order at once."""


class Index:
    """The projection of the book at ``disk``; in memory only where its file cannot be written."""

    def __init__(
        self,
        disk: Disk,
        book_id: str,
        sealing: Sealing | None = None,
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
        ground: Callable[[], Ground | None] = lambda: None,
        *,
        as_left: bool = False,
    ) -> None:
        """``around`` is entered while catching up takes all text, for a bar of progress; ``ground`` gives what it may stand on.

        ``as_left``: for a look at what the last command left, which is taken for everything.
        """
        self._as_left = as_left
        self._around = around
        self._ground = ground
        self._disk = disk
        self._book_id = book_id
        self._sealing = sealing or NothingSealed()
        self._store = Store(disk, book_id)

    @property
    def db(self) -> sqlite3.Connection:
        """The open database, for the queries of :mod:`ledger.index.lookup`: everything, history filled in."""
        return self._whole() if self.since else self.here

    @property
    def here(self) -> sqlite3.Connection:
        """The open database as far as it goes: files, damage, what arrived late, and records from :attr:`since` on."""
        return self._store.db

    def from_day(self, day: str) -> sqlite3.Connection:
        """The open database for questions about business dates from ``day`` on, such as ``2026-10-08``, alone."""
        return self.here if day[:10] >= self.since else self.db

    def of_id(self, record_id: str) -> sqlite3.Connection:
        """The open database for questions about the record of that id, if there is one, alone."""
        dated = is_record_id(record_id)
        return self.from_day(f"{record_id[2:6]}-{record_id[6:8]}-{record_id[8:10]}") if dated else self.db

    def made_from(self, day: str) -> sqlite3.Connection:
        """The open database for questions about what was recorded, whatever its date, from the day ``day`` on alone."""
        return self.here if day > self.sealed[:10] else self.db

    def by_time(self, terminal: str = "", *, by_clock: bool = False) -> Iterator[tuple[str, str]]:
        """As :func:`ledger.index.lookup.by_time`; history is filled in only when it comes to that."""
        ask = partial(lookup.by_time, terminal=terminal, by_clock=by_clock)
        sealed, known = self.sealed, 0
        for one in ask(self.here):
            if sealed and parse_instant(one[1]) <= parse_instant(sealed):
                break
            known += 1
            yield one
        if sealed:
            yield from islice(ask(self.db), known, None)

    def latest(self, terminal: str = "") -> str:
        """The greatest recorded instant, of one terminal or any, as RFC 3339 text; or empty."""
        return next((at for _, at in self.by_time(terminal)), "")

    @property
    def since(self) -> str:
        """The first day from which everything is here; empty where all is."""
        return "" if self._as_left else self._meta("since")

    @property
    def sealed(self) -> str:
        """The instant by which all was recorded that is not here, as RFC 3339 text; empty where all is here."""
        return self._meta("sealed")

    def _meta(self, name: str) -> str:
        row = self.here.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _whole(self) -> sqlite3.Connection:
        """Fill in all history."""
        with self._around():
            self._store.step_aside()
            self.rebuild()
        return self.here

    @property
    def kept(self) -> bool:
        """Whether the index outlives the command: not where its file cannot be written."""
        return self._store.kept

    def state(self) -> Hydrated:
        """A state that reads what it is asked for."""
        return Hydrated(self.here, self.since, self._whole)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    # -- keeping up ----------------------------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Read what the journals have more than the index."""
        try:
            self._catch_up()
        except (Stale, Short):
            with self._around():
                self._store.step_aside()
                self.build(self._ground() if self.since or not self._count() else None)
        except sqlite3.Error as error:
            with self._around():
                self._store.start_over(in_memory=is_busy(error))
                self.build(self._ground())

    def _catch_up(self) -> None:
        stamps = _stamps(self._disk)
        if not self._behind(stamps) and not self._seals_moved(stamps):
            return
        with self._writing():
            # Asked again: while this command waited another one may have taken over the same records.
            stamps = _stamps(self._disk)
            behind = self._behind(stamps)
            self._take_seals(self._seals_moved(stamps))
            most = max(MANY, self._count() // _PART)
            entries: list[Entry] = []
            ends: dict[str, Reached] = {}
            for path, known in behind.items():
                ends[path], new = self._grown(path, known, most - len(entries))
                entries += self._in_time(path, new)
            self._continue(entries)
            for path, reached in ends.items():
                self._save_file(path, stamps[path], reached)

    def _count(self) -> int:
        return int(self.here.execute("SELECT count(*) FROM record").fetchone()[0])

    def _behind(self, stamps: Mapping[str, FileStamp]) -> dict[str, Reached]:
        """The files that are not as the index knows them, and how far it has read each."""
        known = {
            row[0]: row[1:]
            for row in self.here.execute("SELECT path, size, mtime, ctime, inode, stop, line, h FROM file")
        }
        if known.keys() - stamps.keys() or (stamps and not known):
            raise Stale
        changed = (path for path, stamp in stamps.items() if path not in known or known[path][:4] != stamp)
        return {path: Reached(*known[path][4:]) if path in known else Reached() for path in changed}

    # -- what is sealed --------------------------------------------------------------------------------------------------

    def _seals_moved(self, stamps: Mapping[str, FileStamp]) -> dict[str, FileStamp | None]:
        """The months whose seal is not as the index knows it; None for a seal that is gone."""
        now = self._sealing.stamps(_months(stamps))
        known = {row[0]: row[1:] for row in self.here.execute("SELECT month, size, mtime, ctime, inode FROM seal")}
        return {
            month: now.get(month) for month in sorted(now.keys() | known.keys()) if now.get(month) != known.get(month)
        }

    def _take_seals(self, moved: Mapping[str, FileStamp | None]) -> None:
        """Remember new seals; :class:`Stale` when one parts the records otherwise than they were taken over."""
        for month, stamp in moved.items():
            if month < self.since[:7]:
                raise Stale
            if self.here.execute("SELECT 1 FROM late WHERE path < ? LIMIT 1", (f"journals/{month}0",)).fetchone():
                raise Stale
            # A seal closes its own month, and those before it that have none.
            files = self.here.execute("SELECT path, stop FROM file WHERE path < ?", (f"journals/{month}0",)).fetchall()
            for path, stop in files:
                bound = self._sealing.bound(path) if parse_path(path) and not self._sealed_before(path, moved) else None
                if bound is not None and bound < stop:
                    raise Stale
            self.here.execute("DELETE FROM seal WHERE month = ?", (month,))
            if stamp is not None:
                self.here.execute("INSERT INTO seal VALUES (?, ?, ?, ?, ?)", (month, *stamp))

    def _sealed_before(self, path: str, moved: Mapping[str, FileStamp | None]) -> bool:
        """Whether a file's month has a seal that the index knows."""
        month = path.split("/")[1]
        return month not in moved and bool(self.here.execute("SELECT 1 FROM seal WHERE month = ?", (month,)).fetchone())

    def _in_time(self, path: str, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The records of a file that count; those that arrived late in a sealed month are only noted."""
        bound = self._sealing.bound(path)
        for entry in entries:
            if bound is None or entry.offset < bound:
                yield entry
            else:
                self.here.execute("INSERT INTO late VALUES (?, ?, ?, ?)", (entry.id, path, entry.line, entry.offset))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, taken back on any error."""
        self.here.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.here.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self.here.execute("ROLLBACK")
            raise

    def _grown(self, path: str, known: Reached, most: int) -> tuple[Reached, list[Entry]]:
        """The new entries of a file, ``most`` of them; :class:`Stale` for more, or when it did more than grow, or has a finding.

        The chain is followed from the start: an edit above the place where the index stopped changes the ``h`` there.  A file
        that is as it was sealed is not: a checkout gives every file another time.
        """
        if known.stop and self._sealing.intact(path) == (known.stop, known.h):
            return known, []
        if parse_path(path) is None or self._has("damage", path) or path.split("/")[1] < self.since[:7]:
            raise Stale
        found = scan(self._disk, path, self._book_id)
        new: list[Entry] = []
        h = ""
        try:
            for item in found:
                if isinstance(item, Finding):
                    raise Stale
                if item.offset >= known.stop:
                    new.append(item)
                    if len(new) > most:  # so many are not held: the rebuild reads them month by month
                        raise Stale
                else:
                    h = item.h
        except GbError:
            raise Stale from None
        if h != (known.h if self._has("record", path) or self._has("late", path) else ""):
            raise Stale
        return Reached(found.end, found.line, found.last_h), new

    def _has(self, table: str, path: str) -> bool:
        return self.here.execute(f"SELECT 1 FROM {table} WHERE path = ? LIMIT 1", (path,)).fetchone() is not None

    def _continue(self, entries: list[Entry]) -> None:
        state = self.state()
        try:
            entries = in_order(entries)
        except GbError:  # a field that is not in its form
            raise Stale from None
        for entry in entries:
            record = entry.record
            if _is_waiver(entry):  # what was damage when it was read is none any more
                raise Stale
            touch = record.touches()
            if isinstance(record, Reversal):
                touch = touch._replace(things=(*touch.things, (Reversed.__name__, record.ref)))
            if state.last(touch) > record.order:
                raise Stale
            apply(record, state)
            self._save_record(entry)
        state.write_back()

    def add(self, entry: Entry, state: Hydrated, stamp: FileStamp, line: int) -> None:
        """Take over one record just written; ``state`` is the one it was judged in, and gets its effect.

        The record is on disk, so an index that cannot be written is no failure: the next command catches up.
        """
        if stamp.size != entry.offset + entry.length:
            return  # something else stands behind it, which must be read as well
        with suppress(sqlite3.Error, Short), self._writing():
            row = self.here.execute("SELECT stop FROM file WHERE path = ?", (entry.file,)).fetchone()
            first = (row is None or not row[0]) and entry.line <= _FIRST_LINES
            if not first and (row is None or row[0] != entry.offset):
                return  # a command that only reads was quicker
            if _is_waiver(entry):
                return  # the next command reads the journals anew with it
            apply(entry.record, state)
            self._save_record(entry)
            state.write_back()
            self.here.execute("DELETE FROM damage WHERE path = ? AND code = 'JRN-02'", (entry.file,))
            self._save_file(entry.file, stamp, Reached(entry.offset + entry.length, line, entry.h))

    # -- building anew ---------------------------------------------------------------------------------------------------

    def rebuild(self) -> int:
        """Fold all text from the beginning; returns the number of records."""
        return self.build(None)

    def build(self, ground: Ground | None) -> int:
        """Fold the text behind ``ground``, or all; returns the number of records that were read."""
        try:
            return self._rebuild(ground)
        except sqlite3.Error as error:
            self._store.start_over(in_memory=is_busy(error))
        try:
            return self._rebuild(ground)
        except sqlite3.Error:  # a full disk, for one
            self._store.start_over(in_memory=True)
        return self._rebuild(ground)

    def _rebuild(self, ground: Ground | None) -> int:
        with suppress(_Misplaced), self._writing():
            if ground is not None and self._count() and not self.since:
                ground = None  # another command has all history by now, which is never taken from those that read it
            stamps = _stamps(self._disk)
            behind = {path: stamp for path, stamp in stamps.items() if ground is None or path not in ground.files}
            return self._build(stamps, _by_month(behind), ground)
        with self._writing():
            stamps = _stamps(self._disk)
            return self._build(stamps, [stamps], None)

    def _build(
        self, stamps: Mapping[str, FileStamp], groups: Sequence[Mapping[str, FileStamp]], ground: Ground | None
    ) -> int:
        """Fold the files, a group of them at a time: only so many records are in memory at once.

        ``groups`` lie one after the other in time; raises :class:`_Misplaced` where a record does not, as in a wrong month's file.
        """
        for table in ("file", "damage", "record", "sheet", "event", "thing", "hole", "doubt", "late", "seal"):
            self.here.execute(f"DELETE FROM {table}")
        for month, stamp in self._sealing.stamps(_months(stamps)).items():
            self.here.execute("INSERT INTO seal VALUES (?, ?, ?, ?, ?)", (month, *stamp))
        self._stand_on(ground, stamps)
        with self._indexed_after():
            return self._fold(groups, ground)

    def _stand_on(self, ground: Ground | None, stamps: Mapping[str, FileStamp]) -> None:
        """Remember how far back the index goes, and that the files before are read."""
        self.here.execute("DELETE FROM meta WHERE name IN ('since', 'sealed')")
        if ground is not None:
            self.here.execute("INSERT INTO meta VALUES ('since', ?), ('sealed', ?)", (ground.since, ground.sealed))
            for path, reached in ground.files.items():
                self._save_file(path, stamps[path], reached)

    def _fold(self, groups: Sequence[Mapping[str, FileStamp]], ground: Ground | None) -> int:
        state = Building(self.here) if ground is None else Standing(self.here, ground)
        count, last = 0, ground.since if ground is not None else ""
        for group in groups:
            entries = in_order(self._read_all(group))
            if entries and entries[0].record.order < last:
                raise _Misplaced
            for entry in entries:
                apply(entry.record, state)
                self._save_record(entry)
            count += len(entries)
            last = entries[-1].record.order if entries else last
            state.put_away()
        state.finish()
        return count

    @contextmanager
    def _indexed_after(self) -> Iterator[None]:
        """The table of records without its indexes while it is filled: made at once, each is written but once."""
        made = self.here.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'record'"
        ).fetchall()
        for name, _ in made:
            self.here.execute(f"DROP INDEX {name}")
        yield
        for _, statement in made:
            self.here.execute(statement)

    def _read_all(self, stamps: Mapping[str, FileStamp]) -> Iterator[Entry]:
        for path, stamp in stamps.items():
            reached = Reached()
            if parse_path(path) is None:
                self._save_damage(foreign(path))
            else:
                try:
                    reached = yield from self._read_file(path)
                except GbError as error:
                    self._save_damage(_of_error(error, path))
            self._save_file(path, stamp, reached)

    def _read_file(self, path: str) -> Generator[Entry, None, Reached]:
        found = scan(self._disk, path, self._book_id, typed=True)
        yield from self._in_time(path, self._sound(found))
        return Reached(found.end, found.line, found.last_h)

    def _sound(self, found: Iterable[Entry | Finding]) -> Iterator[Entry]:
        """The records; damage is only noted."""
        for item in found:
            if isinstance(item, Finding):
                self._save_damage(item)
            else:
                yield item

    def damage(self) -> list[Finding]:
        """What could not be read, as the last reading found it."""
        return [
            msgspec.json.decode(text, type=Finding)
            for (text,) in self.here.execute("SELECT finding FROM damage ORDER BY rowid")
        ]

    def _save_damage(self, finding: Finding) -> None:
        path = finding.where[0].file if finding.where else finding.subject
        values = (path, finding.code, msgspec.json.encode(finding).decode())
        self.here.execute("INSERT INTO damage VALUES (?, ?, ?)", values)

    def _save_file(self, path: str, stamp: FileStamp, reached: Reached) -> None:
        values = (path, *stamp, *reached)
        self.here.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def _save_record(self, entry: Entry) -> None:
        record = entry.record
        key = record.key
        values = (
            record.id, entry.journal.name, record.terminal, str(record.date), record.number, record.KIND,
            record.at.isoformat(), record.order, record.ref, key, record.party, entry.file, entry.line, entry.offset, entry.length,
            record.clock,
        )  # fmt: skip
        cursor = self.here.execute(f"INSERT INTO record VALUES (NULL{', ?' * len(values)})", values)
        self._save_events(record, int(cursor.lastrowid or 0))

    def _save_events(self, record: Record, seq: int) -> None:
        spans = record.touches().spans or getattr(record, "spans", EMPTY)
        rows = [(s.prefix, s.width, (s.count - 1).bit_length(), s.first, s.last, seq) for s in spans]
        self.here.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", rows)


def _stamps(disk: Disk) -> dict[str, FileStamp]:
    found = {path: disk.stat(path) for path in disk.walk("journals")}
    return {path: stamp for path, stamp in found.items() if stamp is not None}


def _is_waiver(entry: Entry) -> bool:
    """Whether the record says, or takes back, that damage is accepted."""
    return WAIVER in (entry.kind, entry.values.get("of", ""))


def _months(paths: Iterable[str]) -> list[str]:
    """The months that journal files lie in; only a month with files has a seal."""
    return sorted({path.split("/")[1] for path in paths if parse_path(path) is not None})


def _by_month(stamps: Mapping[str, FileStamp]) -> list[dict[str, FileStamp]]:
    """The files month by month, in time; what is no journal file is anywhere among them."""
    found: dict[str, dict[str, FileStamp]] = {}
    for path, stamp in stamps.items():
        found.setdefault(path.split("/")[1], {})[path] = stamp
    return [found[month] for month in sorted(found)]


def _of_error(error: GbError, path: str) -> Finding:
    where = error.where or (Where(path),)
    return Finding(code=error.code, severity="error", words=error.words, subject=path, where=where, next=error.next)
