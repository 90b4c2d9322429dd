"""A count just recorded against the book at its moment (V7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ledger.core.forms import Record
from ledger.core.memory import FullState
from ledger.core.records.custody import Count
from ledger.core.state import State, apply
from ledger.folds.counts import CountResult, Tally

if TYPE_CHECKING:
    from ledger.book.open import Book


def compared(book: Book, record: Record) -> CountResult:
    """Missing and surplus serials of a count, by the sheets that were in the safe when it stands in the order."""
    count = cast("Count", record)
    tally = Tally()
    state = _before(book, count)
    tally.take(count, state)
    return tally.close(state).counts[0]


def _before(book: Book, count: Count) -> State:
    """The state just before the count: the present one, unless something in the book sorts after it."""
    from ledger.index import lookup

    later = [one for one in lookup.between(book.index.db, str(count.date), "9999-99") if one.order > count.order]
    if not later:
        return book.state()
    from ledger.book.text import read_all
    from ledger.core.order import in_order

    state = FullState()
    for entry in in_order(read_all(book)[0]):
        if entry.record.order >= count.order:
            break
        apply(entry.record, state)
    return state
