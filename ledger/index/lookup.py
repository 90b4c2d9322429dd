"""Questions to the index: where a record stands, what touched a sheet, what was recorded on a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ledger.core.spans import Span

_COLUMNS = "id, journal, kind, day, ord, ref, client, path, line, start, size"
_INSTANT = "substr(ord, 12, 15)"
"""The instant inside the order key.  Never the sequence in which records came in: a rebuilt index has another one."""


class Found(NamedTuple):
    """A record's place: ``start`` and ``size`` in bytes, ``line`` from 1."""

    id: str
    journal: str
    kind: str
    day: str
    order: str
    ref: str
    client: str
    path: str
    line: int
    start: int
    size: int


def by_id(db: sqlite3.Connection, record_id: str) -> list[Found]:
    """The records of that id (more than one only in a damaged or merged book)."""
    return _all(db, "id = ?", record_id)


def late_by_id(db: sqlite3.Connection, record_id: str) -> list[tuple[str, int, int]]:
    """The records of that id that arrived late in a sealed month: path, line, and first byte."""
    return db.execute("SELECT path, line, start FROM late WHERE id = ? ORDER BY path, start", (record_id,)).fetchall()


def any_late(db: sqlite3.Connection) -> bool:
    """Whether a record arrived late in a sealed month."""
    return db.execute("SELECT 1 FROM late LIMIT 1").fetchone() is not None


def by_key(db: sqlite3.Connection, journal: str, key: str) -> list[Found]:
    """The records of that foreign id or retry token; ``key`` is not empty."""
    return _all(db, "journal = ? AND key = ? AND key <> ''", journal, key)


def by_ref(db: sqlite3.Connection, record_id: str) -> list[Found]:
    """The records that refer to this one."""
    return _all(db, "ref = ? AND ref <> ''", record_id)


def by_short(db: sqlite3.Connection, journal: str, terminal: str, day: str, number: int) -> list[Found]:
    """The records of a journal by day (``2026-10-08``, or ``%-10-08`` of any year) and number, of one terminal or any."""
    found = _all(db, "journal = ? AND day LIKE ? AND number = ?", journal, day, number)
    return [one for one in found if not terminal or f"-{terminal}-" in one.id]


def by_client(db: sqlite3.Connection, client: str) -> list[Found]:
    """The records that name this client."""
    return _all(db, "client = ? AND client <> ''", client)


def between(db: sqlite3.Connection, start: str, end: str, journals: Collection[str] = ()) -> list[Found]:
    """The records of business dates from ``start`` inclusive to ``end`` exclusive, of some journals or of all."""
    only = f" AND journal IN ({', '.join('?' * len(journals))})" if journals else ""
    return _all(db, f"day >= ? AND day < ?{only}", start, end, *journals)


_STANDS = "NOT EXISTS (SELECT 1 FROM thing WHERE space = 'Reversed' AND key = id AND layers <> '[]')"
"""Reversed and not in force again: what is taken back by a record of its own kind may be undone itself."""


def things_between(
    db: sqlite3.Connection, space: str, kinds: Collection[str], start: str, end: str
) -> list[tuple[str, str, str, str]]:
    """Id, business date, order and layers of the things of ``space`` that records of ``kinds`` made, dates as in :func:`between`.

    Records whose thing is gone, as after a reversal, are left out.
    """
    marks = ", ".join("?" * len(kinds))
    where = f"r.day >= ? AND r.day < ? AND r.kind IN ({marks}) AND t.layers <> '[]'"
    made = "record r JOIN thing t ON t.space = ? AND t.key = r.id"
    query = f"SELECT r.id, r.day, t.ord, t.layers FROM {made} WHERE {where} ORDER BY r.ord"
    return db.execute(query, (space, start, end, *kinds)).fetchall()


def first_day(db: sqlite3.Connection, client: str, kinds: Collection[str]) -> str:
    """The first business date of a record of ``kinds`` that names the client and stands; empty when there is none."""
    marks = ", ".join("?" * len(kinds))
    where = f"client = ? AND client <> '' AND kind IN ({marks}) AND {_STANDS}"
    row = db.execute(f"SELECT min(day) FROM record WHERE {where}", (client, *kinds)).fetchone()
    return str(row[0] or "")


def in_force(db: sqlite3.Connection, kinds: Collection[str], start: str, end: str, *, client: str = "") -> list[Found]:
    """The records of ``kinds`` that are not reversed, dates as in :func:`between`; of one client, or all."""
    marks = ", ".join("?" * len(kinds))
    own = "client = ? AND client <> '' AND " if client else ""
    where = f"{own}day >= ? AND day < ? AND kind IN ({marks}) AND {_STANDS}"
    return _all(db, where, *((client,) if client else ()), start, end, *kinds)


def undone(db: sqlite3.Connection, journal: str, kind: str) -> list[Found]:
    """The records of one kind in a journal that are reversed."""
    return _all(db, f"journal = ? AND kind = ? AND NOT ({_STANDS})", journal, kind)


def new_clients(db: sqlite3.Connection, start: str, end: str) -> list[Found]:
    """The clients filed between the dates, those taken over from a file under their own codes left out."""
    where = f"day >= ? AND day < ? AND kind = 'added' AND journal = 'clients' AND key <> client AND {_STANDS}"
    return _all(db, where, start, end)


def any_between(db: sqlite3.Connection, start: str, end: str) -> bool:
    """Whether there is a record of the business dates from ``start`` inclusive to ``end`` exclusive."""
    return db.execute("SELECT 1 FROM record WHERE day >= ? AND day < ? LIMIT 1", (start, end)).fetchone() is not None


def any_before(db: sqlite3.Connection, day: str, without: Collection[str]) -> bool:
    """Whether a record is dated before ``day``, those of the journals of the codes ``without`` left out."""
    query = f"SELECT 1 FROM record WHERE day < ? AND substr(id, 1, 2) NOT IN ({', '.join('?' * len(without))}) LIMIT 1"
    return db.execute(query, (day, *sorted(without))).fetchone() is not None


def count(db: sqlite3.Connection) -> int:
    """How many records the index holds."""
    return int(db.execute("SELECT count(*) FROM record").fetchone()[0])


def files(db: sqlite3.Connection) -> list[str]:
    """The journal files that the index has read, by path."""
    return [path for (path,) in db.execute("SELECT path FROM file ORDER BY path")]


def last_of(db: sqlite3.Connection, terminal: str) -> Found | None:
    """The record that this terminal wrote last, by its own clock."""
    return next(newest_of(db, terminal), None)


def newest_of(db: sqlite3.Connection, terminal: str) -> Iterator[Found]:
    """The records that this terminal wrote, the last one first by its own clock; read only as far as asked."""
    query = f"SELECT {_COLUMNS} FROM record WHERE terminal = ? ORDER BY {_INSTANT} DESC, ord DESC"
    rows = db.execute(query, (terminal,))
    return (Found(*row) for row in rows)


def newest(db: sqlite3.Connection) -> Iterator[Found]:
    """All records, the last business date first; read only as far as asked."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM record ORDER BY day DESC, ord DESC")
    return (Found(*row) for row in rows)


def next_number(db: sqlite3.Connection, journal: str, terminal: str, day: str) -> int:
    """The next running number of a journal, terminal and business date."""
    row = db.execute(
        "SELECT max(number) FROM record WHERE journal = ? AND terminal = ? AND day = ?", (journal, terminal, day)
    ).fetchone()
    return int(row[0] or 0) + 1


def by_time(db: sqlite3.Connection, terminal: str = "", *, by_clock: bool = False) -> Iterator[tuple[str, str]]:
    """Id and instant (RFC 3339) of the records, of one terminal or any, the latest first; read only as far as asked.

    ``by_clock``: only those timed by a machine's own clock.
    """
    asked = [*(["terminal = ?"] if terminal else []), *(["clock = ''"] if by_clock else [])]
    where = f"WHERE {' AND '.join(asked)}" if asked else ""
    query = f"SELECT id, at FROM record {where} ORDER BY {_INSTANT} DESC, ord DESC"
    yield from db.execute(query, (terminal,) if terminal else ())


def of_kind(db: sqlite3.Connection, journal: str, kind: str) -> list[Found]:
    """The records of one kind in a journal, in order."""
    return _all(db, "journal = ? AND kind = ?", journal, kind)


def last_h(db: sqlite3.Connection, path: str) -> str:
    """The ``h`` of a file's last record as the index has read it, or empty."""
    row = db.execute("SELECT h FROM file WHERE path = ?", (path,)).fetchone()
    return str(row[0]) if row else ""


def touching(db: sqlite3.Connection, span: Span) -> list[Found]:
    """The records that touched any sheet of ``span``, in order.

    Spans are kept by the power of two their size fits in, so that each size needs one short range of firsts.
    """
    seqs: set[int] = set()
    levels = db.execute("SELECT DISTINCT level FROM event WHERE prefix = ? AND width = ?", (span.prefix, span.width))
    for (level,) in levels.fetchall():
        rows = db.execute(
            "SELECT seq FROM event WHERE prefix = ? AND width = ? AND level = ? AND first > ? AND first <= ? AND last >= ?",
            (span.prefix, span.width, level, span.first - (1 << level), span.last, span.first),
        )
        seqs.update(seq for (seq,) in rows)
    found = [Found(*db.execute(f"SELECT {_COLUMNS} FROM record WHERE seq = ?", (seq,)).fetchone()) for seq in seqs]
    return sorted(found, key=lambda one: one.order)


def _all(db: sqlite3.Connection, where: str, *values: str | int) -> list[Found]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM record WHERE {where} ORDER BY ord", values)
    return [Found(*row) for row in rows]
