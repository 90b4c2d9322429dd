"""A month against finance and the check of the whole book: from the text alone, never from the index.

A month is half-open: its first day belongs to it, the first day of the next does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ledger.book.text import digest, read_all
from ledger.checks.idx import differences
from ledger.checks.rec import unequal
from ledger.checks.run import check as check_records
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.state import apply
from ledger.folds.closing import nothing
from ledger.folds.reconcile import fold_month
from ledger.journal.reader import foreign
from ledger.reports.reconcile import ReconcileReport

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.journal.entry import Entry

INDEX = "IDX"
LAST_DUE = 10
"""Day of the month until which the month before is still worked on."""
_ONE_DAY = dt.timedelta(days=1)


def reconcile(book: Book, month: Month) -> ReconcileReport:
    """Fold the month on all earlier text; nothing is written (R1–R7).

    Beside its own findings the sheet shows the errors of earlier months, since they make its opening, and all damage.
    """
    entries, damage = read_all(book)
    damage += closings(book)
    sheet, _ = fold_month(nothing(), month, entries)
    found = check_records(
        entries,
        damage,
        book.rules,
        until=_end(entries, month, book.today()),
        months=(month,),
        month=month,
        earlier=True,
    )
    return ReconcileReport(
        store=book.settings.store,
        sheet=sheet,
        findings=[*found, *unequal(sheet, found)],
        digest=digest(book, month),
    )


def closings(book: Book) -> list[Finding]:
    """JRN-06 for what lies in ``closings/``: this version seals no month, so nothing there may be believed."""
    return [foreign(path) for path in book.disk.walk("closings")]


def usual_month(today: dt.date) -> Month:
    """The month that is reconciled when none is named: until the 10th the one before, since its sheet is due then."""
    month = Month.of(today)
    return month.previous() if today.day <= LAST_DUE else month


def check(book: Book, codes: Collection[str] = (), month: Month | None = None) -> list[Finding]:
    """Every finding in the book, or those of the codes or families (``STK``) and the month asked for."""
    entries, damage = read_all(book)
    damage += closings(book)
    today = book.today()
    until = _end(entries, month, today) if month else max([today, *(one.record.date for one in entries)])
    found = check_records(
        entries, damage, book.rules, until=until, months=_over(entries, today, month), codes=codes, month=month
    )
    if month is None and _asks(codes, INDEX):
        found = [*found, *index_findings(book, entries)]
    return found


def index_findings(book: Book, entries: Sequence[Entry] | None = None) -> list[Finding]:
    """IDX-01: where the index, caught up with the text, holds something else than the text folds to."""
    ours = FullState()
    for one in in_order(read_all(book)[0] if entries is None else entries):
        apply(one.record, ours)
    theirs = book.state()
    theirs.load_all()
    return list(differences(ours, theirs))


def _end(entries: Sequence[Entry], month: Month, today: dt.date) -> dt.date:
    """The day as at whose end a month is seen: its last one, or how far a month that is not over has come."""
    last = month.after - _ONE_DAY
    latest = max((one.record.date for one in entries), default=today)
    return min(last, max(today, latest))


def _over(entries: Sequence[Entry], today: dt.date, month: Month | None) -> list[Month]:
    """The months whose stock must have been counted: those with records that are over, or the one asked for."""
    if month is not None:
        return [month]
    return sorted({Month.of(one.record.date) for one in entries} - {Month.of(today)})


def _asks(codes: Collection[str], family: str) -> bool:
    return not codes or any(code.upper().partition("-")[0] == family for code in codes)
