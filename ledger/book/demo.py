"""The demonstration: the example store's month as it is, with a sheet missing, and with one byte changed.

Each part works on a fresh copy of the example book in a temporary folder, through the same calls as the commands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from ledger.book.dayend import files_of
from ledger.book.draft import Draft
from ledger.book.month import reconcile
from ledger.book.open import Book
from ledger.book.verified import verified
from ledger.book.write import record
from ledger.core.dates import Month
from ledger.core.errors import Unreadable
from ledger.core.findings import Finding
from ledger.core.spans import SpanSet, parse_spans
from ledger.core.words import Words
from ledger.disk import Disk, scratch
from ledger.reports.reconcile import ReconcileReport

MONTH = Month(2026, 10)
MISSING = "A0010600"
CHANGED = "journals/2026-09/sales.K1.csv"
EVENING = dt.datetime(2026, 10, 31, 18, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def example_book() -> Path:
    """The example book: in the installed package, or beside it in a checkout; raises :class:`Unreadable`."""
    package = Path(str(files("cli")))
    for folder in (package / "example_book" / "book", package.parent / "examples" / "book"):
        if (folder / "gb.yaml").is_file():
            return folder
    words = Words("安装里没有示例账本", "the example book is not part of this installation")
    raise Unreadable(words, code="REF-01", next=("gb init mybook --store '…' --terminal K1",))


@contextmanager
def copied() -> Iterator[Path]:
    """A throw-away copy of the example book."""
    with scratch() as folder:
        source, target = Disk(example_book()), Disk(Path(folder) / "book")
        target.found()
        for path in source.walk(""):
            target.create(path, source.read(path))
        yield target.root


def clean(root: Path) -> ReconcileReport:
    """The month as finance gets it."""
    return reconcile(Book(root), MONTH)


def with_a_sheet_missing(root: Path) -> list[Finding]:
    """Count the safe again without one sheet: who looks, finds which."""
    book = Book(root)
    book.throw_away = True
    counted = SpanSet.of(span for span, sheet in book.state().on_hand() if sheet.place == "safe")
    values = {"scope": "all", "spans": counted - parse_spans(MISSING), "second": "孙芳"}
    record(book, Draft(journal="custody", kind="count", values=values, by="zhou", terminal="K1", at=EVENING))
    marked = {"files": files_of(book, "K1", EVENING.date()), "host": ""}
    record(book, Draft(journal="cash", kind="day-end", values=marked, by="zhou", terminal="K1", at=EVENING))
    return list(reconcile(book, MONTH).findings)


def with_a_byte_changed(root: Path) -> list[Finding]:
    """A payment of 2,000.00 becomes 3,000.00 in a month that is closed and signed, as an editor would leave it."""
    disk = Disk(root)
    text = disk.read(CHANGED)
    disk.replace(CHANGED, text.replace(b"cash:2000.00", b"cash:3000.00", 1))
    return list(verified(Book(root)).integrity)
