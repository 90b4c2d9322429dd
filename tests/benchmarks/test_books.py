"""The generated books of the benchmarks are books that a store could have written and closed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks import books
from tests.cli.counter import gb

SALES, CLOSED = 90, 3


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return books.build(tmp_path / "book", SALES, CLOSED)


def held(root: Path) -> dict[str, bytes]:
    """Every file but the derived ones."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files if ".gb" not in path.parts}


def test_the_same_arguments_make_the_same_bytes(book: Path, tmp_path: Path) -> None:
    assert held(books.build(tmp_path / "again", SALES, CLOSED)) == held(book)
    assert held(books.build(tmp_path / "other", SALES, CLOSED, seed=1)) != held(book)


def test_nothing_is_found_but_that_nobody_signed(book: Path) -> None:
    """October has begun and is not counted yet; the closed months lack their signatures; all else is sound."""
    found = gb("--book", str(book), "check", "--json", "--at", "2026-10-20 10:00").json
    rows = found["findings"] if isinstance(found, dict) else found
    assert {one["code"] for one in rows} <= {"CLS-02", "STK-02", "DAY-01", "NOT-01"}
    assert all(one["subject"].startswith("2026-10") for one in rows if one["code"] != "CLS-02")


def test_the_stores_own_close_writes_the_same_seal(book: Path) -> None:
    """Ninety sales in three closed months: `gb close` finds nothing that blocks, and seals September byte for byte as it was."""
    closing = book / "closings" / "2026-09"
    before = held(closing)
    shutil.rmtree(closing)
    shutil.rmtree(book / ".gb")
    for path in sorted((book / "journals" / "2026-10").iterdir()):
        path.unlink()  # as it was on the first of October
    (book / "journals" / "2026-10").rmdir()
    shutil.rmtree(book / "notices" / "2026-10")
    shared = ("--book", str(book), "--terminal", books.TERMINAL, "--by", books.MANAGER, "--lang", "en")
    closed = gb("close", "--month", "2026-09", "--at", "2026-10-01 09:00", *shared)
    assert closed.code == 0, closed
    assert held(closing) == before


def test_a_book_of_one_month_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    book = books.build(tmp_path / "month", SALES)
    sheet = gb("--book", str(book), "reconcile", "--month", books.OPEN.text, "--json").json
    assert sheet["sales"]["count"] == SALES
    assert sheet["total"]["closing"]["sheets"] == books.SPARE
    assert not (book / "closings").exists()
