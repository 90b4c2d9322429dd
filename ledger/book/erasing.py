"""Erasing a person: the record first, then the key, here and where the keys are exchanged; the ledger still folds (C8).

What the other terminals and the backups have is dealt with by their own ``sync`` and ``keys doctor``, which find the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.book.keys import erased_subjects
from ledger.book.write import record

if TYPE_CHECKING:
    from ledger.book.draft import Draft, Recorded
    from ledger.book.open import Book
    from ledger.core.personal import Subject


def erase(book: Book, draft: Draft, subject: Subject, *, dry_run: bool = False) -> tuple[Recorded, int]:
    """Record the ``erased`` draft, then destroy the subject's keys; how many key files were deleted.

    Killed in between, the next ``sync``, ``keys doctor`` or ``erase`` deletes them: they go by the record.
    """
    done = record(book, draft, dry_run=dry_run)
    return done, 0 if dry_run else forget(book, [subject])


def forget_erased(book: Book) -> int:
    """Delete the keys of everybody whose record says erased; how many files there were."""
    return forget(book, erased_subjects(book.state()))


def forget(book: Book, subjects: list[Subject]) -> int:
    """Delete these keys here and in the place of exchange."""
    from ledger.book.exchange import exchanged
    from ledger.privacy.keystore import Keystore

    stores = [book.keyring.store]
    if (place := exchanged(book)) is not None:
        stores.append(Keystore(place))
    return sum(store.forget(subject) for store in stores for subject in subjects)
