"""Reading the journals themselves: what reports and checks stand on, never the index."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.journal.entry import Entry
from ledger.journal.paths import parse_path
from ledger.journal.reader import scan_all

if TYPE_CHECKING:
    from ledger.book.open import Book


def read_all(book: Book) -> tuple[list[Entry], list[Finding]]:
    """Every record that reads, in file order, and every damage."""
    entries: list[Entry] = []
    damage: list[Finding] = []
    for item in scan_all(book.disk, book.settings.book, typed=True):
        if isinstance(item, Entry):
            entries.append(item)
        else:
            damage.append(item)
    return entries, damage


def digest(book: Book, month: Month) -> str:
    """sha256, in hex, over the sorted lines that ``sha256sum`` prints for the month's journal files."""
    lines = sorted(
        f"{sha256(book.disk.read(path)).hexdigest()}  {path}\n".encode()
        for path in book.disk.walk(f"journals/{month.text}")
        if parse_path(path) is not None
    )
    return sha256(b"".join(lines)).hexdigest()
