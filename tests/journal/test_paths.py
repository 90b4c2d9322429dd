from __future__ import annotations

import pytest

from ledger.journal.paths import JournalPath, is_record_id, parse_path

GOOD = {
    "journals/2026-10/sales.K1.csv": JournalPath("2026-10", "sales", "K1", 1, "csv"),
    "journals/2026-10/sales.K1-2.csv": JournalPath("2026-10", "sales", "K1", 2, "csv"),
    "journals/2027-01/receipts.ABCDEFG8-13.yaml": JournalPath("2027-01", "receipts", "ABCDEFG8", 13, "yaml"),
}
FOREIGN = """journals/2026-10/sales.K1.yaml
journals/2026-10/sales.K1-1.csv
journals/2026-10/sales.K1-02.csv
journals/2026-10/sales.K1-.csv
journals/2026-10/sales.k1.csv
journals/2026-10/sales.1K.csv
journals/2026-10/sales.ABCDEFGH9.csv
journals/2026-10/sales.Ｋ1.csv
journals/2026-10/sales.K1.csv~
journals/2026-10/sales.K1 (conflicted copy).csv
journals/2026-10/.sales.K1.csv.swp
journals/2026-10/nonsense.K1.csv
journals/2026-10/sales.csv
journals/2026-13/sales.K1.csv
journals/2026-1/sales.K1.csv
journals/２０２６-10/sales.K1.csv
journals/2026-10/more/sales.K1.csv
journals/sales.K1.csv
closings/2026-10/sales.K1.csv
../journals/2026-10/sales.K1.csv
journals/../2026-10/sales.K1.csv
journals""".splitlines()


@pytest.mark.parametrize("path", GOOD)
def test_names_read_and_written(path: str) -> None:
    assert parse_path(path) == GOOD[path]
    assert GOOD[path].path == path


@pytest.mark.parametrize("path", FOREIGN)
def test_foreign_names(path: str) -> None:
    assert parse_path(path) is None


@pytest.mark.parametrize("text", ["SA20261008-K1-0001", "SA20261008-ABCDEFG8-12345"])
def test_record_id(text: str) -> None:
    assert is_record_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "SA20261008-K1-001", "SA20261008-K1-00001", "sa20261008-K1-0001", "SA2026108-K1-0001", "SA20261008-k1-0001",
     "SA20261008-K1-0001 ", "SA20261008--0001", "SA20261008-K1-٠٠٠١", "20261008-K1-0001", "SA20261008K1-0001"],
)  # fmt: skip
def test_no_record_id(text: str) -> None:
    assert not is_record_id(text)
