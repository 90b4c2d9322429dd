"""A book for tests with a clock that stands where it is put, and a short way to record."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ledger.book.create import create
from ledger.book.draft import Draft, Recorded
from ledger.book.open import Book
from ledger.book.write import record
from ledger.core.forms import Record, lines_of
from ledger.core.spans import parse_spans

START = dt.datetime(2026, 10, 8, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


class StandingClock:
    """A clock that moves only when told."""

    def __init__(self, at: dt.datetime = START) -> None:
        self.at = at

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        return self.at.astimezone(zone)

    def forward(self, **step: int) -> None:
        self.at += dt.timedelta(**step)


class Counter:
    """A book with clerk ``wang``, supervisor ``sun``, manager ``li``, client C001 and A0010001-A0010500 ready to sell."""

    def __init__(self, root: Path, *, stocked: bool = True) -> None:
        self.clock = StandingClock()
        self.book, _ = create(root, store="测试店", terminal="K1", git=False, clock=self.clock)
        for code, role in (("wang", "clerk"), ("sun", "supervisor"), ("li", "manager")):
            self.add("staff", "operator-added", by="init", code=code, name=code, roles=role)
        self.add("clients", "added", code="C001", unit="东风厂", unit_kind="enterprise")
        if stocked:
            self.request = self.approved("voucher", (10000, 500))
            self.add("receipts", "receipt", request=self.request, spans=parse_spans("A0010001-A0010500"), face=10000,
                     finance="赵", stamps="activity")  # fmt: skip

    def draft(self, journal: str, kind: str, *, by: str = "wang", terminal: str = "K1", **given: Any) -> Draft:
        shared = {name: given.pop(name) for name in ("ref", "reason", "note", "key", "date", "at") if name in given}
        return Draft(journal=journal, kind=kind, values=given, by=by, terminal=terminal, **shared)

    def record(self, journal: str, kind: str, *, dry_run: bool = False, **given: Any) -> Recorded:
        return record(self.book, self.draft(journal, kind, **given), dry_run=dry_run)

    def add(self, journal: str, kind: str, **given: Any) -> Any:
        """The record, of the class of its kind."""
        return self.record(journal, kind, **given).record

    def approved(self, purpose: str, *lines: tuple[int, int], **given: Any) -> str:
        """The id of a request for ``lines`` of (face in fen, sheets), approved by the manager."""
        asked: Record = self.add("requests", "request", purpose=purpose, lines=lines_of(lines), reason="试", **given)
        self.add("requests", "approval", by="li", ref=asked.id)
        return asked.id

    def sell(self, spans: str, **given: Any) -> Any:
        """The sale."""
        return self.add("sales", "sale", client="C001", spans=parse_spans(spans), **given)

    def text(self) -> dict[str, bytes]:
        """All journal files, to see that nothing was written."""
        return {path: self.book.disk.read(path) for path in self.book.disk.walk("journals")}

    def reopened(self) -> Book:
        self.book.close()
        self.book = Book(self.book.root, self.clock)
        return self.book
