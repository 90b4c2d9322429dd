"""Erasing a person: the record first, then the key, here and where the keys are exchanged; the ledger still folds (C8).

What the other terminals and the backups have is dealt with by their own ``sync`` and ``keys doctor``, which find the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.book.exchange import exchanged
from ledger.book.keys import erased_subjects, gone_with
from ledger.book.write import record
from ledger.core.errors import GbError
from ledger.core.forgotten import split_keys
from ledger.core.records import thing_class

if TYPE_CHECKING:
    from ledger.book.draft import Draft, Recorded
    from ledger.book.open import Book
    from ledger.core.personal import Subject
    from ledger.core.words import Words
    from ledger.privacy.keystore import Gone


class Forgotten(NamedTuple):
    """How many key files were deleted, and why the place of exchange could not be reached, where it could not."""

    deleted: int = 0
    away: Words | None = None


def erase(book: Book, draft: Draft, subject: Subject, *, dry_run: bool = False) -> tuple[Recorded, Forgotten]:
    """Record the ``erased`` draft, then destroy the subject's keys, or those that the draft names.

    Killed in between, the next ``sync`` or ``keys doctor`` deletes them: they go by the record.
    """
    done = record(book, draft, dry_run=dry_run)
    if dry_run:
        return done, Forgotten()
    if keys := draft.values.get("keys"):
        from ledger.privacy.keystore import Gone

        return done, forget(book, [Gone(*one) for one in split_keys(subject.space, str(keys).split())])
    return done, forget(book, gone_with(subject, book.state().thing(thing_class(subject.space), subject.code)))


def forget_erased(book: Book) -> Forgotten:
    """Delete the keys of everybody whose record says erased."""
    return forget(book, erased_subjects(book.state()))


def forget(book: Book, gone: list[Gone]) -> Forgotten:
    """Delete these keys here, then in the place of exchange; what is away is told, and done by the next ``keys sync``."""
    from ledger.privacy.keystore import Keystore, stamp

    store, away = book.keyring.store, None
    deleted = sum(store.forget(one) for one in gone)
    try:
        place = exchanged(book)
        if place is not None:
            deleted += sum(Keystore(place).forget(one) for one in gone)
    except GbError as error:
        away = error.words
    if deleted:
        store.mark(stamp(book.now()))  # a backup made before has them still
    return Forgotten(deleted, away)
