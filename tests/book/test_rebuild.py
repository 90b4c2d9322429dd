"""The index built anew, month by month: the same as the text, whatever lies where."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from ledger.book.draft import RefusedBy
from ledger.book.members import one_standing
from ledger.book.month import index_findings
from ledger.core.points import PointsSlip
from tests.book.test_points import Centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """Purchases of 100 on X8, X9, X10, one a month; in December 40 of October's are returned."""
    centre = Centre(tmp_path / "book")
    for month in (10, 11, 12):
        centre.go(f"2026-{month}-08")
        centre.earn(100, f"X{month}")
    centre.add("points", "returned", member="M0001", points=40, original="X10", slip="R1")
    return centre


def indexes(centre: Centre) -> list[tuple[str, str]]:
    return sorted(
        centre.book.index.db.execute("SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'index'")
    )


def test_what_was_put_away_is_there_again(centre: Centre) -> None:
    """The slip of October is put away behind its month and read again in December: 40 of its 100 are back, 260 are left.

    It is still used (PTS-01), 61 more cannot be returned (PTS-04), and the tables have all their indexes.
    """
    made = indexes(centre)
    assert centre.book.index.rebuild() == len(centre.book.index.db.execute("SELECT id FROM record").fetchall())
    assert index_findings(centre.book) == []
    assert indexes(centre) == made
    slip = centre.book.state().thing(PointsSlip, "x10")
    assert slip is not None
    assert (slip.points, slip.back) == (100, 40)
    assert one_standing(centre.book, "M0001", dt.date(2026, 12, 8)).account.balance == 260
    with pytest.raises(RefusedBy) as used:
        centre.record("points", "topped-up", member="M0001", points=1, slip="x10")
    with pytest.raises(RefusedBy) as back:
        centre.record("points", "returned", member="M0001", points=61, original="X10")
    assert [one.value.findings[0].code for one in (used, back)] == ["PTS-01", "PTS-04"]


def test_a_file_in_another_months_folder_is_folded_in_time(centre: Centre) -> None:
    """November's file lies in September's folder, where the records do not fit (JRN-09): the index is the text's all the same."""
    made = indexes(centre)
    root = centre.book.root / "journals"
    (root / "2026-09").mkdir()
    shutil.move(root / "2026-11/points.K1.csv", root / "2026-09/points.K1.csv")
    book = centre.reopened()
    ids = [name for (name,) in book.index.db.execute("SELECT id FROM record ORDER BY seq")]
    orders = [book.find(name).record.order for name in ids]
    assert orders == sorted(orders)
    assert index_findings(book) == []
    assert (
        sorted(book.index.db.execute("SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'index'")) == made
    )
    assert one_standing(book, "M0001", dt.date(2026, 12, 8)).account.balance == 260
