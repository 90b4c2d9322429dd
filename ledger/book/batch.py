"""Many records at once: all are judged against one state first, then written in order, or none is.

An interrupted batch is taken up by running it again: what is there is known by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.draft import Draft, Recorded
from ledger.book.write import Numbers, heal_ends, journal_name, judged, prepare, refuse_damage, refuse_other_content
from ledger.core.errors import GbError, Refused
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.records import journal as journal_named
from ledger.core.state import State, apply
from ledger.core.words import Words
from ledger.index import lookup
from ledger.journal.writer import file_tail, frame, next_path, opening_bytes

if TYPE_CHECKING:
    from ledger.book.open import Book

CHUNK = 500
"""Records per write and fsync."""


class Row(NamedTuple):
    """One row of an import: what it becomes given the state before it, and where it came from.

    ``draft`` is called in order, so that a row can ask for what the rows before it have left.
    """

    label: str
    draft: Callable[[State], Draft]


class Bad(NamedTuple):
    """A row that was refused, and why."""

    label: str
    error: GbError


class BatchRefused(Refused):
    """One or more rows were refused; nothing was written."""

    default_code = "IMP-01"

    def __init__(self, bad: Sequence[Bad], rows: int) -> None:
        first = bad[0]
        words = Words(
            f"{rows} 行中有 {len(bad)} 行有误，一行也没有登记", f"{len(bad)} of {rows} rows are wrong; nothing was recorded"
        )
        super().__init__(words, next=first.error.next)
        self.bad = tuple(bad)


class Outcome(NamedTuple):
    """What a batch did: new records, those that were there already, the warnings about the new ones."""

    recorded: list[Recorded]
    again: int
    warnings: list[Finding]


def record_all(
    book: Book, rows: Iterable[Row], *, terminal: str, dry_run: bool = False, tick: Callable[[int], None] = lambda _: None
) -> Outcome:
    """Judge all rows, then write them; raises :class:`BatchRefused` naming every bad row."""
    with book.disk.lock(who="batch"):
        book.refresh()
        if heal_ends(book, terminal):
            book.refresh()
        refuse_damage(book)
        state, numbers = book.full_state(), Numbers(book)
        made: list[Recorded] = []
        again, count, bad = 0, 0, []
        for row in rows:
            count += 1
            tick(1)
            try:
                one = _judge(book, row.draft(state), state, numbers)
            except GbError as error:
                bad.append(Bad(row.label, error))
                continue
            again += one.again
            made += [] if one.again else [one]
        if bad:
            raise BatchRefused(bad, count)
        if not dry_run:
            _write_all(book, [one.record for one in made])
            book.index.catch_up()
    return Outcome(made, again, [warning for one in made for warning in one.warnings])


def _judge(book: Book, draft: Draft, state: State, numbers: Numbers) -> Recorded:
    if draft.key and (found := lookup.by_key(book.index.db, draft.journal, draft.key)):
        entry = book.entry(found[0])
        refuse_other_content(draft, entry.record, entry)
        return Recorded(record=entry.record, again=True)
    record, bumped = prepare(book, draft, state, numbers)
    warnings = judged(record, state, book)
    apply(record, state)
    return Recorded(record=record, warnings=warnings, bumped=bumped)


def _write_all(book: Book, records: list[Record]) -> None:
    """Append in order; consecutive records of one file go in one write."""
    start = 0
    while start < len(records):
        path = _path(book, records[start])
        stop = start + 1
        while stop < len(records) and stop - start < CHUNK and _path(book, records[stop]) == path:
            stop += 1
        _append(book, path, records[start:stop])
        start = stop


def _path(book: Book, record: Record) -> str:
    return next_path(book.disk, f"{record.date:%Y-%m}", journal_named(journal_name(record)), record.terminal)


def _append(book: Book, path: str, records: list[Record]) -> None:
    journal = journal_named(journal_name(records[0]))
    book.disk.repair_tail(path)
    tail = file_tail(book.disk, path, book.settings.book)
    if tail.torn:
        book.disk.repair_tail(path, keep=tail.end)
    h, parts = tail.h, []
    for record in records:
        data, h = frame(record, journal, h)
        parts.append(data)
    book.disk.append(path, b"".join(parts), create_with=opening_bytes(journal))
