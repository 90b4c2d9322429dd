"""Generated books for the benchmarks: a store's months, day by day, as its counter would have written them.

    python benchmarks/books.py FOLDER 10000             FOLDER/book10000: one open month, October 2026
    python benchmarks/books.py FOLDER 10000 34          FOLDER/book10000x34: 34 closed months and an October that has begun

Seeded: the same arguments make the same bytes.  The records are the program's own, framed by its own writer; every
month but the last is sealed by its own close.  The store does what a month asks for: it draws sheets on an approved
request, sells, takes in transfers, hands the cash to finance, issues the notice at 17:00, marks the day's end, and
counts the safe on the last day.  So `gb check` finds nothing but that nobody signed, and `gb close` would have sealed the same; what is left out
is only that `gb close` asks of all earlier months again.  A process of its own, so that what it needs does not count as
the memory of what is measured.
"""

from __future__ import annotations

import datetime as dt
import gc
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger.book import closing, guard
from ledger.book.create import create
from ledger.book.draft import Draft
from ledger.book.open import Book
from ledger.book.text import Text
from ledger.core.dates import Month
from ledger.core.forms import Journal, Line, Pay, Record
from ledger.core.records import BY_CODE
from ledger.core.records import journal as journal_named
from ledger.core.records.arrivals import Arrived
from ledger.core.records.cash import DayEnd, FileMark
from ledger.core.records.clients import Added
from ledger.core.records.custody import Count
from ledger.core.records.drawer import Deposit
from ledger.core.records.notices import COPIES, Issued, Series
from ledger.core.records.receipts import Receipt
from ledger.core.records.requests import Approval, Request
from ledger.core.records.sales import Sale
from ledger.core.records.staff import OperatorAdded
from ledger.core.spans import EMPTY, Span, SpanSet
from ledger.disk import Ops
from ledger.folds.notice import Contents, contents, path_of, told
from ledger.journal.entry import Entry
from ledger.journal.reader import scan
from ledger.journal.writer import file_tail, frame, next_path, opening_bytes
from ledger.reports.notice import NoticeReport, as_text

ZONE = dt.timezone(dt.timedelta(hours=8))
STORE, TERMINAL = "东湖百货", "K1"
OPEN = Month(2026, 10)
"""The month that is open; the closed ones lie before it."""
BEGUN = 10
"""Days of business in the open month behind closed ones."""
FACE = 10000
PACKETS = (1, 2, 5, 10, 20)
CLIENTS = 100
"""At least so many clients; a store that sells more has more, see :func:`clients_of`."""
APART = 4
"""Days at least from one purchase of a client to the next, or what small sales in cash come to would be found (LAW-06)."""
SPARE = 1000
"""Sheets on hand at a month's end: the benchmark sells some."""
SEED = 20261008
TOKEN = "first"
"""The retry token of the book's first sale."""
_TRANSFERS = 0.1
CLERK, MANAGER, SECOND = "WL", "ZM", "LM"
STAFF = {MANAGER: ("赵明", "manager"), CLERK: ("王玲", "clerk"), SECOND: ("李梅", "clerk")}
SHOP = 7 * 3600
"""Seconds from 9:00 over which a day's sales are spread."""
_STEP = dt.timedelta(seconds=1)


class Unsynced(Ops):
    """The disk without waiting for it: a generated book that is lost is made again."""

    def fsync(self, fd: int) -> None:
        """Wait for nothing."""


class File(NamedTuple):
    """A journal file as far as it has come: its last ``h``, its records, and the bytes to be written with the month."""

    path: str
    h: str
    records: int
    parts: list[bytes]


class Pen:
    """Numbers and frames the records of one book; a month's files are written as wholes."""

    def __init__(self, book: Book, since: dt.date) -> None:
        self._book = book
        self._numbers: dict[tuple[str, dt.date], int] = {("ST", since): 1}  # making the book took it
        self._files: dict[str, File] = {}
        self._last = ("", "", "")

    def head(self, code: str, by: str, at: dt.datetime) -> dict[str, Any]:
        """The fields that every record has."""
        key = (code, at.date())
        self._numbers[key] = self._numbers.get(key, 0) + 1
        number = f"{code}{at:%Y%m%d}-{TERMINAL}-{self._numbers[key]:04d}"
        return {"id": number, "at": at, "date": at.date(), "by": by}

    def write(self, record: Record) -> None:
        """Take a record into its month's file."""
        journal = journal_named(BY_CODE[record.id[:2]].name)
        file = self._files.get(journal.name) or self._begun(journal, f"{record.date:%Y-%m}")
        data, h = frame(record, journal, file.h)
        file.parts.append(data)
        self._files[journal.name] = file._replace(h=h, records=file.records + 1)
        self._last = (record.id, file.path, h)

    def _begun(self, journal: Journal, month: str) -> File:
        """The file that a month's records go to; only the one that making the book wrote to is there already."""
        path = next_path(self._book.disk, month, journal, TERMINAL)
        tail = file_tail(self._book.disk, path, self._book.settings.book)
        return File(path, tail.h, int(tail.end > 0), [] if tail.end else [opening_bytes(journal)])

    def marks(self) -> tuple[FileMark, ...]:
        """The month's files as they stand."""
        return tuple(sorted(FileMark(file.path, file.records, file.h) for file in self._files.values()))

    def flush(self) -> None:
        """Put the month's files on disk; the next record begins new ones."""
        for file in self._files.values():
            self._book.disk.append(file.path, b"".join(file.parts), many=True)
        self._files.clear()
        guard.remember(self._book, TERMINAL, *self._last)


class Store:
    """The business of one store, day by day, each act written as it happens."""

    def __init__(self, book: Book, since: dt.date, seed: int, clients: int) -> None:
        self._book = book
        self._pen = Pen(book, since)
        self._chance = random.Random(seed)
        self._clients = [f"C{number:03d}" for number in range(1, clients + 1)]
        self._turns = cycle(self._chance.sample(self._clients, clients))
        self._sold, self._drawn = 0, 0
        self._pending: list[Sale] = []
        self._notices: dict[int, int] = {}

    def found(self, day: dt.date) -> None:
        """The people and the clients."""
        at = moment(day, 8)
        for code, (name, role) in STAFF.items():
            by = "init" if code == MANAGER else MANAGER
            self._pen.write(OperatorAdded(**self._pen.head("ST", by, at), code=code, name=name, roles=role))
        for number, code in enumerate(self._clients, 1):
            head = self._pen.head("CL", MANAGER, at)
            self._pen.write(Added(**head, code=code, unit=f"第{number}单位", owner=CLERK))

    def month(self, month: Month, sales: int, days: int = 31) -> None:
        """A month of business, or its first ``days``; on disk at its end."""
        last = month.after - dt.timedelta(days=1)
        count = min(days, last.day)
        packets = [self._chance.choice(PACKETS) for _ in range(sales)]
        self._draw(month.first, sum(packets) + SPARE - (self._drawn - self._sold))
        for number in range(count):
            day = month.first + dt.timedelta(days=number)
            self._arrivals(day)
            self._sales(day, packets[sales * number // count : sales * (number + 1) // count])
            if day == last:
                spans = _run(self._sold + 1, self._drawn)
                self._pen.write(Count(**self._pen.head("CU", CLERK, moment(day, 16, 50)), spans=spans, second=SECOND))
            self._pen.write(DayEnd(**self._pen.head("CA", CLERK, moment(day, 17, 30)), files=self._pen.marks()))
        self._pen.flush()

    def _draw(self, day: dt.date, sheets: int) -> None:
        """Sheets of finance, on a request (V1, V3)."""
        pen, at, lines = self._pen, moment(day, 8, 30), (Line(FACE, sheets),)
        asked = Request(**pen.head("RQ", CLERK, at), purpose="voucher", lines=lines, reason="备券")
        pen.write(asked)
        pen.write(Approval(**pen.head("RQ", MANAGER, at + _STEP), ref=asked.id))
        spans = _run(self._drawn + 1, self._drawn + sheets)
        head = pen.head("RC", CLERK, at + 2 * _STEP)
        pen.write(
            Receipt(**head, request=asked.id, spans=spans, face=FACE, sheets=sheets, finance="钱宁", seal="yes", stamps="activity")
        )  # fmt: skip
        self._drawn += sheets

    def _arrivals(self, day: dt.date) -> None:
        """The transfers of the day before are in the bank (N4)."""
        for sale in self._pending:
            head = self._pen.head("CA", CLERK, moment(day, 8, 45))
            self._pen.write(Arrived(**head, ref=sale.id, method="transfer", amount=sale.amount))
        self._pending = []

    def _sales(self, day: dt.date, packets: list[int]) -> None:
        """A day's sales of small packets, one in ten paid by transfer; their cash to finance, their notice at 17:00."""
        opened, sales = moment(day, 9), []
        expires = Month(day.year + 3, day.month).after - dt.timedelta(days=1)
        for place, sheets in enumerate(packets):
            method = "transfer" if self._chance.random() < _TRANSFERS else "cash"
            sales.append(Sale(
                **self._pen.head("SA", CLERK, opened + dt.timedelta(seconds=SHOP * place // len(packets))),
                client=next(self._turns), amount=sheets * FACE,
                spans=_run(self._sold + 1, self._sold + sheets), lines=(Line(FACE, sheets),),
                payments=(Pay(method, sheets * FACE),), key="" if self._sold else TOKEN, salesperson=CLERK, expires=expires,
            ))  # fmt: skip
            self._sold += sheets
            self._pen.write(sales[-1])
        self._pending = [one for one in sales if one.payments[0].method == "transfer"]
        if cash := sum(one.amount for one in sales if one.payments[0].method == "cash"):
            head = self._pen.head("CA", CLERK, moment(day, 16, 45))
            self._pen.write(Deposit(**head, amount=cash, slip=f"JZ{day:%Y%m%d}", days=(day,)))
        self._notice(contents(day, [item for one in sales for item in told(one)], supplement=False))

    def _notice(self, inside: Contents) -> None:
        """The day's notice, and its text (N1)."""
        year = inside.day.year
        self._notices[year] = self._notices.get(year, 0) + 1
        number = Series(year, TERMINAL).number(self._notices[year])
        head = self._pen.head("NT", CLERK, moment(inside.day, 17))
        text = as_text(
            NoticeReport(
                store=self._book.settings.store, number=number, id=head["id"], at=head["at"], terminal=TERMINAL,
                by=f"{CLERK} {STAFF[CLERK][0]}", contents=inside, copies=tuple(COPIES), face_of=_one_face,
                digest=inside.digest,
            ), "zh",
        ).encode()  # fmt: skip
        issued = Issued(
            **head, notice=number, ids=tuple(sorted(one.id for one in inside.items)), sheets=inside.sheets,
            amount=inside.amount, digest=inside.digest, copy=sha256(text).hexdigest(),
        )  # fmt: skip
        self._pen.write(issued)
        self._book.disk.replace(path_of(issued), text)


def _one_face(spans: SpanSet) -> Iterator[tuple[int, SpanSet]]:
    yield FACE, spans


def clients_of(sales: int) -> int:
    """How many clients a store has that makes ``sales`` in a month: in the shortest one none buys twice within :data:`APART` days."""
    return max(CLIENTS, -(-sales * APART // 28))


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """A time of day in the store."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def _run(first: int, last: int) -> SpanSet:
    """The sheets from ``first`` to ``last``, both inclusive."""
    return SpanSet.of((Span("A", 10, first, last),)) if last >= first else EMPTY


# -- the book ----------------------------------------------------------------------------------------------------------


def build(
    folder: Path, sales: int, closed: int = 0, *, seed: int = SEED, store: str = STORE, book_id: str = "0" * 32
) -> Path:
    """The book in ``folder``: ``sales`` over ``closed`` sealed months and the begin of an open one, or in one open month."""
    months = [OPEN]
    for _ in range(closed):
        months.insert(0, months[0].previous())
    since = months[0].first
    book, _ = create(folder, store=store, terminal=TERMINAL, book_id=book_id, git=False, at=moment(since, 8))
    book.disk.ops = Unsynced()
    shop = Store(book, since, seed, clients_of(-(-sales // max(closed, 1))))
    with book.disk.lock(who="benchmark"):
        shop.found(since)
        for number, month in enumerate(months[:closed]):
            shop.month(month, sales * (number + 1) // closed - sales * number // closed)
            _seal(book, month)
        shop.month(OPEN, sales // closed * BEGUN // 31 if closed else sales, BEGUN if closed else 31)
    book.close()
    return book.root


def _seal(book: Book, month: Month) -> None:
    """Seal as the program's close does, once it has found that nothing blocks; on the month's own text."""
    draft = Draft(journal="", kind="", values={}, by=MANAGER, terminal=TERMINAL)
    text = Text([*_entries(book, month)], [], [])
    closing._seal(book, month, draft, moment(month.after, 9), text, dry_run=False)


def _entries(book: Book, month: Month) -> Iterator[Entry]:
    """The records of one month, in which nothing is damaged."""
    for path in book.disk.walk(f"journals/{month.text}"):
        for one in scan(book.disk, path, book.settings.book, typed=True):
            assert isinstance(one, Entry), one
            yield one


def name_of(sales: int, closed: int) -> str:
    """The folder of a book."""
    return f"book{sales}x{closed}" if closed else f"book{sales}"


if __name__ == "__main__":
    gc.disable()  # a million records are made, none of them in a circle
    target, counts = Path(sys.argv[1]), [int(text) for text in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as state:  # else this machine would take a book made anew for a restored one
        os.environ["XDG_STATE_HOME"] = state
        build(target / name_of(counts[0], counts[1] if len(counts) > 1 else 0), *counts)
