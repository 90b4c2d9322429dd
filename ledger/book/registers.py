"""Finance's register in a file that is compared and stays outside the book (decisions: reconcile writes nothing)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ledger.book.text import read_all
from ledger.book.write import INIT
from ledger.core.errors import Where
from ledger.core.forms import Record
from ledger.core.records import journal
from ledger.core.state import Sourced

if TYPE_CHECKING:
    from ledger.book.draft import Draft
    from ledger.book.foreign import Line
    from ledger.book.imports import Import

TERMINAL = "FILE"
"""In the ids of lines that are in no journal."""


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file as a record that is written nowhere."""

    record: Record
    place: Where

    def where(self) -> Where:
        """The file's own name and line; no id, since it has none in the book."""
        return self.place


def outside(run: Import) -> Sequence[Sourced]:
    """The rows of a file as records; what the book has already, by its key, is left to the book.

    Raises :class:`ledger.book.batch.BatchRefused` naming every row that cannot be read.
    """
    return [_line(run, line, draft, name) for line, draft, name, new in _named(run) if new]


def outside_ids(run: Import) -> Iterator[tuple[Line, str, dt.date]]:
    """Each row with the id under which it is compared, that of its record where the book has it, and its own date."""
    return ((line, name, draft.values["booked"]) for line, draft, name, _ in _named(run))


def _named(run: Import) -> Iterator[tuple[Line, Draft, str, bool]]:
    """The rows with their ids, and whether they are in no journal."""
    had = {one.record.key: one.id for one in read_all(run.book)[0] if one.journal.name == run.journal}
    numbers: dict[dt.date, int] = {}
    for line, draft in run.drafts():
        if draft.key in had:
            yield line, draft, had[draft.key], False
            continue
        day = draft.values["booked"]
        numbers[day] = numbers.get(day, 0) + 1
        yield line, draft, f"{journal(draft.journal).code}{day:%Y%m%d}-{TERMINAL}-{numbers[day]:04d}", True


def _line(run: Import, line: Line, draft: Draft, name: str) -> Outside:
    form, day = journal(draft.journal), draft.values["booked"]
    values: dict[str, Any] = {"by": INIT, "note": draft.note, "key": draft.key, **draft.values}
    made = form.kind(draft.kind)(
        id=name, date=day, **values,
        at=dt.datetime.combine(day, dt.time(), run.book.zone),
    )  # fmt: skip
    return Outside(record=made, place=Where(run.source.name, line.number, text=line.text))
