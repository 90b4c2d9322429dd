"""A month folded from a real closing is the month folded from the beginning, whatever was recorded before and after it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from ledger.book.closing import close, preclose
from ledger.book.dayend import files_of
from ledger.book.draft import Draft
from ledger.book.month import check, folded, index_findings, reconcile
from ledger.book.open import Book
from ledger.book.text import whole_text
from ledger.book.write import record
from ledger.core.dates import Month
from ledger.core.errors import MonthClosed
from ledger.core.spans import SpanSet
from ledger.folds.reconcile import MonthSheet
from tests.property.histories import TERMINALS, Later, World

HISTORIES = 200 if os.environ.get("GB_STRESS") else 24
CHUNKS = 4
STEPS = 40
MONTHS = (Month(2026, 9), Month(2026, 10), Month(2026, 11))


def at(month: Month, day: int) -> dt.datetime:
    return dt.datetime(month.year, month.month, day, 1, 0, 0, tzinfo=dt.UTC)


def shut(world: World, month: Month) -> None:
    """Count, mark and answer whatever is asked for, then close ``month``."""
    last = month.after - dt.timedelta(days=1)
    world.time = max(at(month.next(), 2), world.time + dt.timedelta(minutes=10))
    book = world.books["K1"]
    _, carried = folded(book, whole_text(book), month)
    safe = SpanSet.of(span for span, sheet in carried.state.on_hand() if sheet.place == "safe")
    shared = {"by": "sun", "reason": "补记"}
    world.must("custody", "count", {"spans": safe, "second": "钱"}, date=last, **shared)
    for block in preclose(book, month, book.today()):
        if block.finding.code == "DAY-01":
            day, terminal = block.finding.subject.split()
            marks = {"files": files_of(book, terminal, dt.date.fromisoformat(day))}
            world.must("cash", "day-end", marks, terminal=terminal, date=dt.date.fromisoformat(day), **shared)
        else:
            answer = {"code": block.finding.code, "subject": block.finding.subject}
            world.must("dispositions", "disposition", answer, by="sun", reason="已查明")
    close(book, month, Draft(journal="", kind="", values={}, by="li", terminal="K1"))


def played(root: Path, seed: int, kind: type[World] = World) -> World:
    """Three months of doings, the first two closed; reversals and returns reach back into closed months."""
    world = kind(root, seed).run(STEPS)
    for month in MONTHS[:2]:
        shut(world, month)
        world.time += dt.timedelta(days=1)
        world.run(STEPS)
    world.close()
    return world


def sheets(root: Path) -> dict[Month, MonthSheet]:
    book = Book(root, Later())
    try:
        return {month: reconcile(book, month).sheet for month in MONTHS}
    finally:
        book.close()


def prove(world: World, seen: Counter[str]) -> None:
    from_closings = sheets(world.root)
    without = world.root.parent / f"{world.root.name}-open"
    shutil.copytree(world.root, without, ignore=shutil.ignore_patterns(".gb", "closings"))
    assert from_closings == sheets(without)
    for month in MONTHS[:2]:
        total = from_closings[month.next()].total("opening")
        assert total == from_closings[month].total("closing")
        seen["prior"] += len(from_closings[month.next()].prior_period)
        seen["stock"] += total[0]
    book = Book(world.root, Later())
    unsigned = {f"{MONTHS[0].text}/{side}" for side in ("department", "finance")}  # a closing that nobody signs is late
    found = check(book, ["REC-02", "CLS", "JRN"])
    assert [one for one in found if one.code != "CLS-02" or one.subject not in unsigned] == []
    assert index_findings(book) == []
    book.close()
    seen["refused"] += sum(isinstance(error, MonthClosed) for error in world.refused)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_month_from_a_closing_is_the_month_from_the_beginning(chunk: int, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for seed in range(chunk, HISTORIES, CHUNKS):
        world = played(tmp_path / str(seed), seed)
        try:
            prove(world, seen)
        except AssertionError as error:
            raise AssertionError(f"history {seed} in {world.root}") from error
    assert seen["prior"] >= 1, "no history undid anything of a closed month"
    assert seen["stock"] > 0


def test_records_into_closed_months_are_refused_whoever_asks(tmp_path: Path) -> None:
    """Each closed day, each terminal: CLS-04, and no byte changed."""
    world = played(tmp_path / "book", 5)
    before = world.text()
    for terminal in TERMINALS:
        book = world.open(terminal)
        for day in (dt.date(2026, 9, 28), dt.date(2026, 9, 30), dt.date(2026, 10, 1), dt.date(2026, 10, 31)):
            draft = Draft(
                journal="clients", kind="added", values={"code": f"X{day:%m%d}", "unit": "迟来的"}, by="li",
                terminal=terminal, date=day, reason="补记",
            )  # fmt: skip
            with pytest.raises(MonthClosed):
                record(book, draft)
        book.close()
    assert world.text() == before


def test_a_closing_that_forgot_something_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary: a closing that drops one kind of sheet state gives other months, in most histories."""
    from ledger.folds import closing

    real = closing.to_rows

    def forgetful(carried: closing.Carried, since: dt.date) -> closing.Rows:
        rows = real(carried, since)
        return rows._replace(safe=rows.safe[:-1], stock=rows.stock[:-1])

    monkeypatch.setattr("ledger.book.closing.to_rows", forgetful)
    broken = 0
    for seed in range(3):
        world = played(tmp_path / str(seed), seed)
        try:
            prove(world, Counter())
        except AssertionError:
            broken += 1
    assert broken == 3
