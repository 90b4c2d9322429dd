"""Whatever was recorded, the days of a month are its R3, and the draft of its journal entries moves each account as its sheet does."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from pathlib import Path

import pytest

from ledger.book.month import reconcile
from ledger.book.open import Book
from ledger.book.text import read_all
from ledger.core.dates import Month
from ledger.core.postings import kept
from ledger.folds.accounting import entries as drafted
from ledger.folds.figures import figures
from tests.property.histories import Later, World

HISTORIES = 120 if os.environ.get("GB_STRESS") else 16
CHUNKS = 4
STEPS = 50


def played(root: Path, seed: int) -> None:
    """Three months of doings: reversals, returns, bounces reach back into earlier months."""
    world = World(root, seed)
    for _ in range(3):
        world.run(STEPS)
        world.time += dt.timedelta(days=24)
    world.close()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_days_and_entries_are_the_months_own(chunk: int, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for seed in range(chunk, HISTORIES, CHUNKS):
        played(tmp_path / f"{seed}", 7000 + seed)
        book = Book(tmp_path / f"{seed}", Later())
        records, _ = read_all(book)
        for month in sorted({Month.of(one.record.date) for one in records}):
            sheet = reconcile(book, month).sheet
            found = figures(records, (month.first, month.after))
            assert found.total == (sheet.sales.count, sheet.sales.sheets, sheet.sales.amount), (seed, month)
            assert sum(one.amount for one in found.days.values()) == sheet.sales.amount
            assert found.pays == {method: fen for method, fen in sheet.sales.by_pay.items() if fen}
            moved: Counter[str] = Counter()
            for entry in drafted(records, month):
                assert sum(one.debit for one in entry.lines) == sum(one.credit for one in entry.lines), (seed, entry)
                for one in entry.lines:
                    moved[one.account] += one.debit - one.credit
            ours = {account: fen for account, fen in moved.items() if kept(account) and fen}
            assert ours == {name: one.movement for name, one in sheet.money.items() if one.movement}, (seed, month)
            seen.update(months=1, sales=found.total.records, entries=len(ours))
        book.close()
    assert min(seen["sales"], seen["entries"]) > 20, seen
