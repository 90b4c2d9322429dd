"""What is signed in a book, as its sheets and checks show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.core.dates import Month
from ledger.reports.reconcile import Signed

if TYPE_CHECKING:
    from ledger.audit.signature import SignedBy
    from ledger.book.open import Book


def signatures(book: Book, month: Month) -> list[Signed]:
    """The signatures beside a closed month's seal, each judged; empty for an open month (R6)."""
    return [
        Signed(side=one.side, by=one.by, name=one.name, at=one.at, grade=one.grade, key=one.key, valid=one.valid)
        for one in sides(book, month)
        if one.there
    ]


def sides(book: Book, month: Month) -> list[SignedBy]:
    """Both sides of a closed month, signed or not; empty for an open month."""
    from ledger.audit.people import read_people
    from ledger.audit.seal import seal_path
    from ledger.audit.signature import judged

    seal = book.seals.of(month.text)
    if seal is None:
        return []
    data = book.disk.read(seal_path(month.text))
    people = read_people(book.disk, book.settings.book)
    return [one for one, _ in judged(book.disk, seal, data, people, strict=False)]
