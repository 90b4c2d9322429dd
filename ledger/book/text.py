"""Reading the journals themselves: what reports and checks stand on, never the index."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ledger.audit.seal import sealed_months
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.spans import Span, SpanSet
from ledger.index import lookup
from ledger.journal.entry import Entry
from ledger.journal.paths import parse_path
from ledger.journal.reader import scan, scan_all

if TYPE_CHECKING:
    from ledger.book.open import Book


class Text(NamedTuple):
    """All that the journals hold: records that count, in file order; those that came late into a sealed month; damage."""

    entries: list[Entry]
    late: list[Entry]
    damage: list[Finding]


def whole_text(book: Book) -> Text:
    """Every record that reads, and every damage; behind the sealed bytes of a closed month a record is late (CLS-03)."""
    found = Text([], [], [])
    bounds: dict[str, int | None] = {}
    for item in scan_all(book.disk, book.settings.book, typed=True):
        if not isinstance(item, Entry):
            found.damage.append(item)
            continue
        path = item.file
        if path not in bounds:
            bounds[path] = book.seals.bound(path)
        bound = bounds[path]
        (found.entries if bound is None or item.offset < bound else found.late).append(item)
    return found._replace(damage=_as_sealed(book, found.damage))


def _as_sealed(book: Book, damage: list[Finding]) -> list[Finding]:
    """In a closed month whatever was done to its files is CLS-01 and nothing else."""
    if not sealed_months(book.disk):
        return damage
    from ledger.audit.sealed import sealed_damage

    return sealed_damage(book.disk, book.settings.book, damage)


def text_of(book: Book, since: dt.date | None, month: Month) -> list[Entry]:
    """The records that count of the months from ``since`` (inclusive; None: from the first) to ``month``: no other file is opened."""
    found = []
    for path in book.disk.walk("journals"):
        name = parse_path(path)
        if name is None or name.month > month.text or (since is not None and name.month < since.strftime("%Y-%m")):
            continue
        bound = book.seals.bound(path)
        entries = (one for one in scan(book.disk, path, book.settings.book, typed=True) if isinstance(one, Entry))
        found += [one for one in entries if bound is None or one.offset < bound]
    return found


def read_all(book: Book) -> tuple[list[Entry], list[Finding]]:
    """Every record that counts, in file order, and every damage."""
    found = whole_text(book)
    return found.entries, found.damage


def late_on(book: Book, span: Span) -> list[Entry]:
    """The late records (CLS-03) that are about these sheets, in file order."""
    if not lookup.any_late(book.index.here):
        return []
    return [one for one in whole_text(book).late if one.record.touches().spans & SpanSet.of((span,))]


def digest(book: Book, month: Month) -> str:
    """sha256, in hex, over the sorted lines that ``sha256sum`` prints for the month's journal files.

    Of a closed month the sealed files as far as they were sealed: what came later changes no printed digest.
    """
    lines = []
    for path in book.disk.walk(f"journals/{month.text}"):
        bound = book.seals.bound(path)
        if parse_path(path) is None or bound == 0:
            continue
        lines.append(f"{sha256(book.disk.read(path)[:bound]).hexdigest()}  {path}\n".encode())
    return sha256(b"".join(sorted(lines))).hexdigest()
