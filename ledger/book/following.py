"""What came after a record: the records that name it, or that act on what it began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.forms import Record
    from ledger.index.lookup import Found


def following(book: Book, record: Record) -> list[Found]:
    """The records that name this one, or that act on the request or sale which it began; in order."""
    db = book.index.db
    ids = {one.id for one in lookup.by_ref(db, record.id)}
    if any(key == record.id for _, key in record.touches().things):
        ids |= _acting_on(record, book.state()) - {record.id}
    found = [one for record_id in ids for one in lookup.by_id(db, record_id)]
    return sorted(found, key=lambda one: one.order)


def _acting_on(record: Record, state: Any) -> set[str]:
    state.top(record.touches())  # asks the index for what the record touches
    return {event for _, key, track in state.thing_tracks() if key == record.id for event, _ in track.layers}
