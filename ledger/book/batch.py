"""Many records at once: all are judged against one state first, then written in order, or none is.

An interrupted batch is taken up by running it again: what is there is known by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ledger.book.draft import Draft, Recorded
from ledger.book.guard import refuse_wrong_machine, remember
from ledger.book.text import read_all
from ledger.book.write import (
    Numbers,
    heal_ends,
    journal_name,
    judged,
    prepare,
    refuse_damage,
    refuse_other_content,
    save_keys,
    sound_tail,
    torn,
)
from ledger.core.errors import GbError, Refused
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.records import journal as journal_named
from ledger.core.state import State, apply
from ledger.core.words import Words
from ledger.index import lookup
from ledger.journal.entry import Entry
from ledger.journal.writer import frame, next_path, opening_bytes

if TYPE_CHECKING:
    from ledger.book.open import Book

CHUNK = 500
"""Records per write and fsync."""


class Row(NamedTuple):
    """One row of an import: what it becomes given the state before it, and where it came from.

    ``draft`` gives what the row itself says, ``complete`` adds what depends on the rows before it, such as the lowest
    sheets they left, or tells by ``None`` that the book has what the row says.  A row whose key is in the book is compared by what it says alone, and never completed: that is
    why an interrupted import goes on where it stopped.  ``then`` is what the same row says besides, after this.
    """

    label: str
    draft: Callable[[State], Draft]
    complete: Callable[[Draft, State], Draft | None] | None = None
    then: Row | None = None


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
            f"{rows} 行中有 {len(bad)} 行有误，一行也没有登记",
            f"{len(bad)} of {rows} rows are wrong; nothing was recorded",
        )
        super().__init__(words, next=first.error.next)
        self.bad = tuple(bad)


class Outcome(NamedTuple):
    """What a batch did: new records, how many rows brought nothing new, the warnings about the new ones.

    ``torn`` names where the rest of an interrupted write was moved to, or is empty.
    """

    recorded: list[Recorded]
    again: int
    warnings: list[Finding]
    torn: str = ""


def record_all(
    book: Book,
    rows: Iterable[Row],
    *,
    terminal: str,
    dry_run: bool = False,
    tick: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Judge all rows, then write them; raises :class:`BatchRefused` naming every bad row.

    ``tick`` counts each row twice, when it is judged and when it is kept: a new key takes longer than its row's judgement.
    """
    return _recorded(book, rows, _of_text, terminal=terminal, dry_run=dry_run, tick=tick)


def _recorded(
    book: Book, rows: Iterable[Row], start: Callable[[Book], _Batch], *, terminal: str, dry_run: bool,
    tick: Callable[[int], None] = lambda _: None,
) -> Outcome:  # fmt: skip
    with book.disk.lock(who="batch"):
        book.refresh()
        if heal_ends(book, terminal):
            book.refresh()
        refuse_damage(book)
        batch = start(book)
        count, bad = 0, []
        for row in rows:
            count += 1
            tick(1)
            try:
                batch.take(row)
            except GbError as error:
                bad.append(Bad(row.label, error))
        if bad:
            raise BatchRefused(bad, count)
        if dry_run:
            tick(count)
        else:
            left = count - _write_all(book, [one.record for one in batch.made], tick)
            book.index.catch_up()
            tick(left)
    return Outcome(batch.made, batch.again, [warning for one in batch.made for warning in one.warnings], torn(book))


def record_drafts(book: Book, drafts: Mapping[str, Draft], *, terminal: str, dry_run: bool = False) -> list[Recorded]:
    """Drafts that do not depend on each other, all or none, by whom each is about; raises what refuses the first refused.

    They are judged from the index, as single ones are: a thousand of them touch little of a long book.  Under one token each
    is known by whom it is about besides.
    """
    if not drafts:
        return []
    rows = [Row(about, partial(_as_it_is, _keyed(draft, about))) for about, draft in drafts.items()]
    try:
        return _recorded(book, rows, partial(_of_index, rows=rows), terminal=terminal, dry_run=dry_run).recorded
    except BatchRefused as refused:
        raise refused.bad[0].error from None


def _keyed(draft: Draft, about: str) -> Draft:
    return msgspec.structs.replace(draft, key=f"{draft.key} {about}") if draft.key else draft


def _as_it_is(draft: Draft, _: State) -> Draft:
    return draft


Known = dict[tuple[str, str], tuple[Record, Entry | None]]
"""Records by journal and key."""


def _of_text(book: Book) -> _Batch:
    """A batch on the whole text: an import asks for the sheets on hand and for every key."""
    state, known = FullState(), Known()
    for entry in in_order(read_all(book)[0]):
        apply(entry.record, state)
        if entry.record.key:
            known[entry.journal.name, entry.record.key] = (entry.record, entry)
    return _Batch(book, state, known)


def _of_index(book: Book, rows: Sequence[Row]) -> _Batch:
    """A batch on what the index has; for drafts that do not ask for the sheets on hand."""
    state = book.state()
    known = Known()
    for draft in (row.draft(state) for row in rows):
        for found in lookup.by_key(book.index.db, draft.journal, draft.key) if draft.key else ():
            entry = book.entry(found)
            known[draft.journal, draft.key] = (entry.record, entry)
    return _Batch(book, state, known)


class _Batch:
    """The state as the rows so far leave it, and what they became."""

    def __init__(self, book: Book, state: State, known: Known) -> None:
        self._book = book
        self._numbers = Numbers(book)
        self._state = state
        self._known = known
        self.made: list[Recorded] = []
        self.again = 0

    def take(self, row: Row) -> None:
        """Take one row with all that it says; raises what refuses it."""
        made = len(self.made)
        one: Row | None = row
        while one is not None:
            self._judge(one)
            one = one.then
        self.again += len(self.made) == made

    def _judge(self, row: Row) -> None:
        """Make the record of what a row says, unless the book has it."""
        draft = row.draft(self._state)
        known = self._known.get((draft.journal, draft.key)) if draft.key else None
        if (
            known is not None
            and known[0].ALONE
            and row.complete is not None
            and row.complete(draft, self._state) is None
        ):
            return  # a party's key is its code: what the book says of it by now is what counts
        if known is not None:
            refuse_other_content(self._book, draft, *known)
            return
        whole = row.complete(draft, self._state) if row.complete is not None else draft
        if whole is None:
            return
        draft = whole
        if not self.made:  # once: the rows of a batch are of one machine and one moment
            refuse_wrong_machine(self._book, draft, self._state)
        record, bumped = prepare(self._book, draft, self._state, self._numbers)
        warnings = judged(record, self._state, self._book)
        apply(record, self._state)
        if draft.key:
            self._known[draft.journal, draft.key] = (record, None)
        self.made.append(Recorded(record=record, warnings=warnings, bumped=bumped))


def _write_all(book: Book, records: list[Record], tick: Callable[[int], None] = lambda _: None) -> int:
    """Append in order; consecutive records of one file go in one write.  How many keys were kept before, each with a tick."""
    paths: dict[tuple[str, str, str], str] = {}
    keys = book.keyring.unsaved if book.has_keyring else 0
    save_keys(book, tick)
    start = 0
    while start < len(records):
        file = _file(records[start])
        stop = start + 1
        while stop < len(records) and stop - start < CHUNK and _file(records[stop]) == file:
            stop += 1
        if file not in paths:
            month, name, terminal = file
            paths[file] = next_path(book.disk, month, journal_named(name), terminal)
        _append(book, paths[file], records[start:stop])
        start = stop
    return keys


def _file(record: Record) -> tuple[str, str, str]:
    """Month, journal and terminal, which decide the file."""
    return record.id[2:6] + "-" + record.id[6:8], journal_name(record), record.terminal


def _append(book: Book, path: str, records: list[Record]) -> None:
    journal = journal_named(journal_name(records[0]))
    h, parts = sound_tail(book, path).h, []
    for record in records:
        data, h = frame(record, journal, h)
        parts.append(data)
    book.disk.append(path, b"".join(parts), create_with=opening_bytes(journal), many=len(records) > 1)
    remember(book, records[-1].terminal, records[-1].id, path, h)
