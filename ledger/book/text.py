"""Reading the journals themselves: what reports and checks stand on, never the index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ledger.audit.seal import sealed_months
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.spans import Span, SpanSet
from ledger.index import lookup
from ledger.journal.entry import Entry
from ledger.journal.paths import FOLDER, parse_path
from ledger.journal.reader import Resume, scan, scan_all

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.book.runs import Unclosed
    from ledger.checks.lead import Past
    from ledger.core.forms import Record
    from ledger.core.state import Sourced
    from ledger.folds.reconcile import MonthSheet


class Settled(NamedTuple):
    """What the sealed text of a closed month comes to whenever it is asked: its sheet, and all that is found in that text alone.

    ``found`` is what its checks found, ``beside`` what was found about its days, notices and the closings before it; ``texts``
    are the texts of its notices that were looked at, as :func:`ledger.book.notice.texts_of` has them.
    """

    sheet: MonthSheet
    found: list[Finding]
    beside: list[Finding]
    texts: dict[str, str]


class Text(NamedTuple):
    """What the journals hold: records that count, in file order; those that came late into a sealed month; damage.

    ``past`` stands for the months that were not read; ``unclosed`` is what those of them that are not closed carry on; ``settled``
    is what the sealed text of the month asked for comes to, where that is known.
    """

    entries: list[Entry]
    late: list[Entry]
    damage: list[Finding]
    past: Past | None = None
    unclosed: Unclosed | None = None
    settled: Settled | None = None

    def also(self, *kinds: type[Record]) -> list[Sourced]:
        """The records that count; of the months that were not read those of these kinds alone, and their reversals."""
        return [*(self.past.history.of(*kinds) if self.past else ()), *self.entries]


def whole_text(book: Book) -> Text:
    """Every record that reads, and every damage; behind the sealed bytes of a closed month a record is late (CLS-03)."""
    found = _read(book, ())
    return found._replace(damage=_as_sealed(book, found.damage))


def text_without(book: Book, months: Collection[str]) -> Text:
    """As :func:`whole_text`, without the records that count of some months, in a book whose sealed months are all as they were sealed."""
    found = _read(book, months)
    sealed = set(book.seals.months())
    return found._replace(damage=[one for one in found.damage if not _of_month(one, sealed)])


def _of_month(damage: Finding, months: Collection[str]) -> bool:
    """Whether a damage is in the folder of one of these months."""
    parts = damage.where[0].file.split("/") if damage.where else []
    return len(parts) > 1 and parts[0] == FOLDER and parts[1] in months


def _read(book: Book, unread: Collection[str]) -> Text:
    found = Text([], [], [])
    bounds: dict[str, int | None] = {}
    resume = {} if not unread else _behind(book, unread)
    for item in scan_all(book.disk, book.settings.book, typed=True, resume=resume):
        if not isinstance(item, Entry):
            found.damage.append(item)
            continue
        path = item.file
        if path not in bounds:
            bounds[path] = book.seals.bound(path)
        bound = bounds[path]
        (found.entries if bound is None or item.offset < bound else found.late).append(item)
    return found


def _behind(book: Book, months: Collection[str]) -> dict[str, Resume | None]:
    """Where the files of these months are read on behind what was sealed; None where nothing stands there, and for open ones."""
    sealed = book.seals.months()
    unsealed = {f"{FOLDER}/{month}" for month in months if month not in sealed}
    found: dict[str, Resume | None] = (
        {path: None for path in book.disk.walk(FOLDER) if path.rpartition("/")[0] in unsealed} if unsealed else {}
    )
    for month in months:
        seal = book.seals.of(month)
        for one in seal.files if seal else ():
            stamp = book.disk.stat(one.path)
            found[one.path] = None
            if stamp is not None and stamp.size > one.bytes:
                lines = book.disk.read(one.path)[: one.bytes].count(b"\n")
                found[one.path] = Resume(one.bytes, one.last_h, lines)
    return found


def _as_sealed(book: Book, damage: list[Finding]) -> list[Finding]:
    """In a closed month whatever was done to its files is CLS-01 and nothing else."""
    if not sealed_months(book.disk):
        return damage
    from ledger.audit.sealed import sealed_damage

    return sealed_damage(book.disk, book.settings.book, damage)


def text_of(book: Book, since: dt.date | None, month: Month) -> Text:
    """The records that count of the months from ``since`` (inclusive; None: from the first) to ``month``, and the damage of open ones.

    No other file is opened.
    """
    found = Text([], [], [])
    named = [name for path in book.disk.walk(FOLDER) if (name := parse_path(path)) is not None]
    for name in sorted(named):
        if name.month > month.text or (since is not None and name.month < since.strftime("%Y-%m")):
            continue
        bound = book.seals.bound(name.path)
        for item in scan(book.disk, name.path, book.settings.book, typed=True):
            if not isinstance(item, Entry):
                found.damage.extend([item] if bound is None else ())
            elif bound is None or item.offset < bound:
                found.entries.append(item)
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
