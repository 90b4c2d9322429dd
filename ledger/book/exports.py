"""What leaves the book for other programs: its records in order, month by month, so that memory is that of one month.

What counts here is what counts in every figure: records that arrived late in a closed month (CLS-03) are left out, and what does
not read is damage.  Both are kept in :class:`Export`, so that whoever prints can say that something is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ledger.book.text import whole_text
from ledger.checks.cls import arrived_late
from ledger.core.order import in_order
from ledger.journal.entry import Entry
from ledger.journal.paths import FOLDER, is_month, parse_path
from ledger.journal.reader import scan

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.dates import Month
    from ledger.core.findings import Finding
    from ledger.core.forms import Record


class Export:
    """One reading of the book, or with ``month`` of that month alone; ``journal`` limits it to one journal.

    ``damage`` and ``late`` are complete when the reading has come to its end.
    """

    def __init__(self, book: Book, month: Month | None = None, journal: str = "") -> None:
        self.damage: list[Finding] = []
        self.late: list[Entry] = []
        self._book = book
        self._months = [month.text] if month else [one for one in book.disk.folders(FOLDER) if is_month(one)]
        self._journal = journal

    @property
    def whole(self) -> bool:
        """Whether everything that was read is in it."""
        return not self.damage and not self.left_out

    @cached_property
    def left_out(self) -> list[Finding]:
        """What came late and nobody has adopted (CLS-03); an adoption has postings of its own, perhaps in another month."""
        return list(arrived_late(self.late, whole_text(self._book).entries)) if self.late else []

    def paths(self) -> Iterator[str]:
        """The journal files that are read, month by month."""
        for month in self._months:
            for path in self._book.disk.walk(f"{FOLDER}/{month}"):
                name = parse_path(path)
                if name is not None and (not self._journal or name.journal == self._journal):
                    yield path

    def entries(self) -> Iterator[Entry]:
        """The records that count: months one after the other, in each the order of records.

        Raises :class:`~ledger.core.errors.Unreadable` for a file that cannot be read at all.
        """
        month: list[Entry] = []
        for path in self.paths():
            if month and not path.startswith(month[0].file[: len(FOLDER) + 8]):
                yield from in_order(month)
                month = []
            month += self._counted(path)
        yield from in_order(month)

    def records(self) -> Iterator[Record]:
        """As :meth:`entries`, the records alone."""
        return (one.record for one in self.entries())

    def _counted(self, path: str) -> Iterator[Entry]:
        bound = self._book.seals.bound(path)
        for item in scan(self._book.disk, path, self._book.settings.book, typed=True):
            if not isinstance(item, Entry):
                self.damage.append(item)
            elif bound is not None and item.offset >= bound:
                self.late.append(item)
            else:
                yield item
