"""Filings with personal values that were undone: their keys are destroyed by the record, their codes are not given again (C8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.core.forgotten import named
from ledger.core.members import Member, party_of
from ledger.core.personal import Subject, key_ids, personal_of, subject_of
from ledger.core.records import thing_class
from ledger.core.state import Reversed
from ledger.core.text import fold
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.forms import Record


def undone_filing(book: Book, space: str, record_id: str) -> Record | None:
    """The record of that full id, where it filed somebody of the space with personal values and was undone."""
    if not lookup.by_id(book.index.db, record_id):
        return None
    record = book.find(record_id).record
    filing = record.ALONE and record.WHOSE is not None and record.WHOSE.space == space and personal_of(record)
    return record if filing and book.state().thing(Reversed, record_id) is not None else None


def undone_keys(book: Book, space: str, typed: str) -> tuple[str, str] | None:
    """Code and keys, as a record names them, of a filing that was undone; ``None`` where nothing personal is left of one.

    ``typed`` is the record's full id; or the code, where nobody has it now: then of every filing under it.
    """
    text, state = fold(typed).upper(), book.state()
    record = undone_filing(book, space, text)
    code = str(getattr(record, "code", text))
    card = state.thing(thing_class(space), code)
    if record is None and card is not None:
        return None
    held = key_ids(getattr(card, "personal", {}).values())  # of whoever has the code now
    found = [record] if record is not None else _under(book, space, code)
    keys = key_ids(value for one in found for value in personal_of(one).values())
    names = named(code, (key for key in keys if key not in held))
    return (code, names) if names else None


def _under(book: Book, space: str, code: str) -> list[Record]:
    """What was recorded about a code, where a filing under it was undone."""
    party = party_of(code) if space == Member.__name__ else code
    ids = [one.id for one in lookup.by_client(book.index.db, party)]
    if not any(undone_filing(book, space, one) for one in ids):
        return []
    records = (book.find(one).record for one in ids)
    return [one for one in records if subject_of(one.WHOSE, one.encode()) == Subject(space, code)]


def undone_codes(book: Book, journal: str, kind: str) -> Iterator[str]:
    """The codes under which somebody was filed with personal values by a record that was undone."""
    for one in lookup.undone(book.index.db, journal, kind):
        record = book.entry(one).record
        if personal_of(record):
            yield str(getattr(record, "code", ""))
