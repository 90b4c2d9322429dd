"""The counter sells on an index in any state, with the same answer; what a sealed month used up is still used up.

A generated book of three closed months and an October that has begun, as the benchmarks have it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import books
from ledger.book.open import Book
from ledger.disk import Disk
from ledger.journal.reader import FileScan, scan
from tests.cli.counter import Counter, Result

SALES, CLOSED = 120, 3
OLD = "A0000000001"
"""Sold in July, the first of the closed months."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return books.build(tmp_path_factory.mktemp("made") / "book", SALES, CLOSED)


@pytest.fixture
def at(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The book as a new machine gets it: no index."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copytree(made, tmp_path / "book", ignore=shutil.ignore_patterns(".gb"))
    return Counter(tmp_path / "book", by=books.CLERK, day="2026-10-20")


def history(at: Counter) -> str:
    """The first day from which the index on disk is complete; empty where it holds everything."""
    index = Book(at.book).index
    try:
        return index.since
    finally:
        index.close()


def _warm(at: Counter) -> None:
    at.done("index", "rebuild")


def _cold(at: Counter) -> None:
    shutil.rmtree(at.book / ".gb", ignore_errors=True)


def _stale(at: Counter) -> None:
    """Somebody filed a client elsewhere, and somebody's git wrote a sealed file anew."""
    _warm(at)
    kept = (at.book / ".gb" / "index.sqlite").read_bytes()
    at.done("client", "add", "--code", "N1", "--unit", "新来的单位", "--kind", "enterprise")
    (at.book / ".gb" / "index.sqlite").write_bytes(kept)
    for path in (at.book / "journals" / "2026-07").iterdir():
        os.utime(path)


def _touched(at: Counter) -> None:
    """A checkout gave every file another time, and one of them more records."""
    _warm(at)
    at.done("client", "add", "--code", "N2", "--unit", "又来的单位", "--kind", "enterprise")
    for path in (at.book / "journals").rglob("*.*"):
        os.utime(path)


def _corrupt(at: Counter) -> None:
    _warm(at)
    file = at.book / ".gb" / "index.sqlite"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _read_only(at: Counter) -> None:
    """No file can be made where the index would be, as on a medium that is written once."""
    _cold(at)
    (at.book / ".gb" / "index.sqlite" / "in the way").mkdir(parents=True)


SELL = ("sale", "cash", "--client", "C001", "--sheets", "3", "--face", "100", "--json")


def sold(at: Counter, *more: str) -> Result:
    return at(*SELL, *more, at="2026-10-20 20:00")


def said(sale: Result) -> dict[str, str]:
    """The record, without where it stands, which a trial does not say."""
    assert sale.code == 0, sale
    return {name: text for name, text in sale.json.items() if name not in {"dry_run", "file", "line", "h"}}


@pytest.mark.parametrize("state", [_warm, _cold, _stale, _touched, _corrupt], ids=lambda one: one.__name__.strip("_"))
def test_a_sale_is_the_same_in_every_state_of_the_index(state: Callable[[Counter], None], at: Counter) -> None:
    """The lowest three sheets on hand, the next number, the same bytes; then the next sale follows on it."""
    first = said(sold(at, "--dry-run"))
    state(at)
    real = sold(at)
    assert said(real) == first
    again = at.done(*SELL, at="2026-10-20 20:01").json
    assert int(again["id"][-4:]) == int(real.json["id"][-4:]) + 1
    assert at.done("check", "IDX", at="2026-10-20 20:02").out == ""


def test_a_checkout_has_no_sealed_month_read_again(at: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file has another time; those of closed months are as they were sealed, and only October's are followed."""
    _touched(at)
    read = []

    def told(disk: Disk, path: str, book_id: str, **more: Any) -> FileScan:
        read.append(path)
        return scan(disk, path, book_id, **more)

    monkeypatch.setattr("ledger.index.projection.scan", told)
    at.done("voucher", "stock")
    assert read
    assert {path.split("/")[1] for path in read} == {"2026-10"}


def test_a_folder_that_cannot_be_written_has_its_index_in_memory(at: Counter) -> None:
    first = said(sold(at, "--dry-run"))
    _read_only(at)
    assert said(sold(at)) == first
    assert (at.book / ".gb" / "index.sqlite").is_dir()
    assert at.done("index", "rebuild", "--json").json["kept"] is False


def test_the_counter_sells_before_history_is_read(at: Counter) -> None:
    """July is not read for a sale; who asks for something of July has it read."""
    at.done(*SELL, at="2026-10-20 20:00")
    assert history(at) == "2026-09-01"
    at.done("undo", "--reason", "错", at="2026-10-20 20:02")
    assert history(at) == "2026-09-01", "neither a sale nor its undoing asks for history"
    assert "SA20260701-K1-0001" in at.done("show", "SA20260701-K1-0001").out
    assert history(at) == ""


def test_a_sheet_of_a_sealed_month_is_not_sold_twice(at: Counter) -> None:
    """NUM-02 names the sale of July that the cold index had to look for."""
    refused = at("sale", "cash", "--client", "C001", "--vouchers", OLD)
    assert (refused.code, refused.error) == (3, "NUM-02")
    assert "SA20260701-K1-0001" in refused.err


def history_of(at: Counter, journal: str, month: str) -> list[str]:
    """The lines of a CSV journal of a sealed month."""
    return (at.book / "journals" / month / f"{journal}.K1.csv").read_text(encoding="utf-8").splitlines()


def test_a_number_of_a_sealed_month_is_used_up(at: Counter) -> None:
    """The deposit slip of 1 July, a request drawn on in July, a retry token: each is known to a cold index."""
    at.done(*SELL)
    used = at("cash", "deposit", "--amount", "100", "--slip", "JZ20260702")
    assert (used.code, used.error) == (3, "NUM-01"), used
    paid = next(one for one in history_of(at, "cash", "2026-07") if "JZ20260702" in one).split(",")[0]
    assert paid in used.err
    _cold(at)
    drawn = at(
        "voucher", "receive", "A0000900001-A0000900010", "--face", "100", "--request", "RQ20260701-K1-0001",
        "--finance", "钱宁", "--stamped",
    )  # fmt: skip
    assert (drawn.code, drawn.error) == (3, "APR-03"), drawn


def test_a_retry_token_of_a_sealed_month_is_known(at: Counter) -> None:
    """The first sale of July was made under a token; with other content it is refused, naming that sale."""
    again = at(*SELL, "--once", books.TOKEN)
    assert "KEY-01" in again.out + again.err
    assert "SA20260701-K1-0001" in again.out + again.err
