"""A month against finance and the check of the whole book: from the text alone, never from the index.

A month is half-open: its first day belongs to it, the first day of the next does not.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ledger.book.text import digest, read_all
from ledger.checks.idx import differences
from ledger.checks.run import check as check_records
from ledger.core.dates import Month
from ledger.core.errors import Unreadable, Where
from ledger.core.findings import Finding
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.state import apply
from ledger.core.words import Words
from ledger.folds.closing import SAFE_COLUMNS, STOCK_COLUMNS, THING_COLUMNS, Carried, Rows, from_rows, nothing
from ledger.folds.reconcile import fold_month
from ledger.reports.reconcile import ReconcileReport

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.journal.entry import Entry

CLOSINGS = "closings"
INDEX = "IDX"
LAST_DUE = 10
"""Day of the month until which the month before is still worked on."""
_ONE_DAY = dt.timedelta(days=1)


def reconcile(book: Book, month: Month) -> ReconcileReport:
    """Fold the month on what the last closing before it carries, or on all earlier text; nothing is written (R1–R7)."""
    entries, damage = read_all(book)
    since, opening = carried_into(book, month)
    sheet, _ = fold_month(opening, month, [one for one in entries if since is None or one.record.date >= since])
    found = check_records(
        entries, damage, book.rules, until=_end(entries, month, book.today()), months=(month,), month=month
    )
    return ReconcileReport(
        store=book.settings.store,
        sheet=sheet,
        findings=found,
        digest=digest(book, month),
        closed=is_closed(book, month),
    )


def usual_month(today: dt.date) -> Month:
    """The month that is reconciled when none is named: until the 10th the one before, since its sheet is due then."""
    month = Month.of(today)
    return month.previous() if today.day <= LAST_DUE else month


def check(book: Book, codes: Collection[str] = (), month: Month | None = None) -> list[Finding]:
    """Every finding in the book, or those of the codes or families (``STK``) and the month asked for."""
    entries, damage = read_all(book)
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


def is_closed(book: Book, month: Month) -> bool:
    """Whether the month is sealed."""
    return book.disk.stat(f"{CLOSINGS}/{month.text}/closing.yaml") is not None


def carried_into(book: Book, month: Month) -> tuple[dt.date | None, Carried]:
    """What the last closing before ``month`` carries and the first day after it; nothing when no month is closed."""
    folders = {path.split("/")[1] for path in book.disk.walk(CLOSINGS) if path.endswith("/closing.yaml")}
    closed = [name for name in folders if name < month.text]
    if not closed:
        return None, nothing()
    last = max(closed)
    return Month.parse(last).after, _read_closing(book, last)


def _read_closing(book: Book, month: str) -> Carried:
    try:
        stock = [(span, sheet) for span, sheet in _table(book, month, "stock", STOCK_COLUMNS)]
        things = [(space, key, order, text) for space, key, order, text in _table(book, month, "things", THING_COLUMNS)]
        safe = [(face, sheets) for face, sheets in _table(book, month, "safe", SAFE_COLUMNS)]
        return from_rows(Rows(stock, things, safe))
    except ValueError as error:
        words = Words(f"{month} 的封账状态读不出来：{error}", f"the closing of {month} cannot be read: {error}")
        where = (Where(f"{CLOSINGS}/{month}/closing.yaml"),)
        raise Unreadable(words, code="CLS-01", where=where, next=("gb check",)) from None


def _table(book: Book, month: str, name: str, columns: Sequence[str]) -> list[list[str]]:
    path = f"{CLOSINGS}/{month}/{name}.csv"
    rows = list(csv.reader(io.StringIO(book.disk.read(path).decode(), newline=""), strict=True))
    if not rows or rows[0] != list(columns) or any(len(row) != len(columns) for row in rows):
        raise ValueError(path)
    return rows[1:]


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
