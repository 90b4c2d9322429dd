"""Generated books for the benchmark: ``python benchmarks/books.py FOLDER SALES`` writes a book of one month.

The records come from a seed and are written by the program's own writer, so they are what the counter would have
written.  A process of its own, so that what it needs does not count as the memory of what is measured.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger.book.create import create
from ledger.core.forms import Line, Pay, Record
from ledger.core.records.clients import Added
from ledger.core.records.receipts import Receipt
from ledger.core.records.requests import Approval, Request
from ledger.core.records.sales import Sale
from ledger.core.records.staff import OperatorAdded
from ledger.core.spans import Span, SpanSet

ZONE = dt.timezone(dt.timedelta(hours=8))
PACKETS = (1, 2, 5, 10, 20)
SPARE = 100
"""Sheets on hand at the end: the benchmark sells some."""


class Writer:
    """Numbers records and spreads them over October, as the counter would have written them."""

    def __init__(self, sales: int) -> None:
        self._step = dt.timedelta(days=30) / (sales + 10)
        self._at = dt.datetime(2026, 10, 1, 8, tzinfo=ZONE)
        self._numbers: dict[tuple[str, dt.date], int] = {}

    def head(self, code: str, by: str) -> dict[str, object]:
        """The fields that every record has."""
        self._at += self._step
        at = self._at.replace(microsecond=0)
        key = (code, at.date())
        self._numbers[key] = self._numbers.get(key, 1 if code == "ST" else 0) + 1
        number = f"{code}{at:%Y%m%d}-K1-{self._numbers[key]:04d}"
        return {"id": number, "at": at, "date": at.date(), "by": by}


def records(sales: int, seed: int = 20261008) -> Iterator[Record]:
    """A month: people, clients, one receipt, then sales of small packets, one in ten paid by transfer."""
    chance, writer = random.Random(seed), Writer(sales)
    packets = [chance.choice(PACKETS) for _ in range(sales)]
    lines = (Line(10000, sum(packets) + SPARE),)
    yield OperatorAdded(**writer.head("ST", "init"), code="ZM", name="赵明", roles="manager")
    yield OperatorAdded(**writer.head("ST", "ZM"), code="WL", name="王玲", roles="clerk")
    for number in range(1, 101):
        yield Added(**writer.head("CL", "ZM"), code=f"C{number:03d}", unit=f"第{number}单位", owner="WL")
    asked = Request(**writer.head("RQ", "WL"), purpose="voucher", lines=lines, reason="备券")
    yield asked
    yield Approval(**writer.head("RQ", "ZM"), ref=asked.id)
    stock = SpanSet.of([Span("A", 10, 1, lines[0].sheets)])
    yield Receipt(
        **writer.head("RC", "WL"), request=asked.id, spans=stock, face=10000, sheets=lines[0].sheets, finance="钱宁",
        seal="yes", stamps="activity",
    )  # fmt: skip
    first = 1
    for sheets in packets:
        pay = "transfer" if chance.random() < 0.1 else "cash"
        yield Sale(
            **writer.head("SA", "WL"), client=f"C{chance.randrange(1, 101):03d}", amount=sheets * 10000,
            spans=SpanSet.of([Span("A", 10, first, first + sheets - 1)]), lines=(Line(10000, sheets),),
            payments=(Pay(pay, sheets * 10000),), salesperson="WL", expires=dt.date(2029, 10, 31),
        )  # fmt: skip
        first += sheets


def build(folder: Path, sales: int) -> Path:
    """The book of so many sales, written with the batch writer's own bytes."""
    from ledger.book import batch

    started = dt.datetime(2026, 10, 1, 8, tzinfo=ZONE)
    book, _ = create(folder / f"book{sales}", store="东湖百货", terminal="K1", book_id="0" * 32, git=False, at=started)
    with book.disk.lock(who="benchmark"):
        batch._write_all(book, list(records(sales)))
    book.close()
    return book.root


if __name__ == "__main__":
    target, count = Path(sys.argv[1]), int(sys.argv[2])
    build(target, count)
