"""Counts against the book: one just recorded, at its own moment, and what the newest ones still miss (V7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ledger.core.forms import Record
from ledger.core.memory import FullState
from ledger.core.money import yuan
from ledger.core.records.custody import Count
from ledger.core.spans import EMPTY, Span, SpanSet
from ledger.core.state import Reversed, State, apply
from ledger.folds.counts import CountResult, Tally

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.custody import Sheet
    from ledger.core.state import Track


def compared(book: Book, record: Record) -> CountResult:
    """Missing and surplus serials of a count, by the sheets that were in the safe when it stands in the order."""
    count = cast("Count", record)
    tally = Tally()
    state = _before(book, count)
    tally.take(count, state)
    return tally.close(state).counts[0]


def missing_now(book: Book) -> SpanSet:
    """The sheets in the safe that the newest count in force of their face did not find; from the index alone (V7).

    A sheet that came into the safe after the count is not missing by it; of one that was touched since, the last state
    before the count says whether it lay there.
    """
    counts = _newest_counts(book)
    return SpanSet.of(
        span
        for spans, track in _on_hand(book)
        if (count := next((one for one in counts if _covers(one, track.sheet)), None)) is not None
        for span in (spans - count.spans if _was_there(book, track, count.order, track.sheet.place) else EMPTY)
    )


def _newest_counts(book: Book) -> list[Count]:
    """The newest counts in force, the last one first, back to one of the whole safe."""
    query = "SELECT id FROM record WHERE kind = 'count' AND journal = 'custody' ORDER BY ord DESC LIMIT 20"
    rows = book.index.db.execute(query).fetchall()
    state = book.state()
    found: list[Count] = []
    for (record_id,) in rows:
        if state.thing(Reversed, record_id) is None:
            found.append(cast("Count", book.find(record_id).record))
            if found[-1].scope == "all":
                break
    return found


def _on_hand(book: Book) -> list[tuple[SpanSet, Track]]:
    """The sheets in the safe, void ones included, with the events on them."""
    from ledger.index.codec import parse_track

    rows = book.index.db.execute(
        "SELECT prefix, width, first, last, ord, layers FROM sheet WHERE place IN ('safe', 'void')"
    )
    return [(SpanSet.of((Span(*row[:4]),)), parse_track(*row[4:])) for row in rows.fetchall()]


def _covers(count: Count, sheet: Sheet) -> bool:
    if count.scope in ("all", "void"):
        return (sheet.place == "void") == (count.scope == "void")
    return sheet.place == "safe" and yuan(sheet.face) in count.scope.split(" ")


def _was_there(book: Book, track: Track, order: str, place: str) -> bool:
    """Whether the sheet was at ``place`` just before the count at ``order``."""
    if track.order < order:
        return True
    before = ""
    for layer in track.layers:
        row = book.index.db.execute("SELECT ord FROM record WHERE id = ?", (layer.event,)).fetchone()
        if row is not None and row[0] < order:
            before = layer.sheet.place
    return before == place


def _before(book: Book, count: Count) -> State:
    """The state just before the count: the present one, unless something in the book sorts after it."""
    from ledger.index import lookup

    later = [
        one
        for one in lookup.between(book.index.from_day(str(count.date)), str(count.date), "9999-99")
        if one.order > count.order
    ]
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
