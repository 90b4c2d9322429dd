"""Workbooks and CSV files opened by real LibreOffice and read again: types kept, totals reckoned equal, nothing run.

The program is no part of a bare machine: these tests are of ``make test-all`` (marker ``debian``), where they fail without it.
"""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import openpyxl
import pytest

from ledger.book.reports import REPORTS
from ledger.reports.report import Money, Table, Workbook, as_csv
from ledger.reports.xlsx import as_xlsx
from tests.cli.counter import english_again
from tests.cli.worked import worked
from tests.paper.office import converted, without_values
from tests.paper.test_workbooks import DANGEROUS, DAY

pytestmark = pytest.mark.debian
ROWS_ONLY = {"points", "members", "visits", "clients"}
"""Reports whose workbook is their rows, without totals."""
EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "book"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The reports of the worked month, and those of the example store, which has a bank's statement."""
    folder = tmp_path_factory.mktemp("office")
    at = worked(folder, closed=True)
    at.language = "zh"
    copytree(EXAMPLE, folder / "example", ignore=ignore_patterns(".gb"))
    for book, prefix in ((at.book, ""), (folder / "example", "example-")):
        at.book = book
        for name in REPORTS:
            path = folder / f"{prefix}{name}.xlsx"
            at.done("report", name, "--month", "2026-10", "--format", "xlsx", "--output", str(path))
    yield folder
    english_again()


@pytest.mark.parametrize("name", [*sorted(REPORTS), "example-audit-sheet", "example-bank"])
def test_totals_reckoned_anew_are_those_of_the_book(name: str, month: Path) -> None:
    """Every formula, its stored value taken away, comes to that value again; every other cell is as it was."""
    path = month / f"{name}.xlsx"
    ours, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    again = openpyxl.load_workbook(
        converted(without_values(path, month / "bare"), month / "again", "xlsx"), data_only=True
    )
    assert again.sheetnames == ours.sheetnames
    reckoned = 0
    for sheet in ours:
        for row in sheet.iter_rows():
            for cell in row:
                other = again[sheet.title][cell.coordinate]
                if isinstance(cell.value, int | float):
                    assert isinstance(other.value, int | float), (sheet.title, cell.coordinate, other.value)
                    assert other.value == pytest.approx(cell.value, abs=0.001), (sheet.title, cell.coordinate)
                else:
                    assert other.value == cell.value, (sheet.title, cell.coordinate)
                reckoned += formulas[sheet.title][cell.coordinate].data_type == "f"
    assert reckoned >= (80 if name.endswith("audit-sheet") else name not in ROWS_ONLY)


def test_serials_keep_their_zeros_and_nothing_runs(tmp_path: Path) -> None:
    """What a clerk may have typed, in a workbook that LibreOffice has saved again: the same text, of type text."""
    texts = [
        *DANGEROUS,
        "0010001",
        "000000000000000001",
        "1E5",
        "2026-10-08",
        "123456789012345678",
        "100.00",
        "TRUE",
        "1/2",
    ]
    rows = tuple((text, Money(-123), DAY.date()) for text in texts)
    path = tmp_path / "texts.xlsx"
    book = Workbook(
        title="表", head="店", tables=(Table(name="表", heads=("文字", "金额", "日期"), rows=rows),), signs=()
    )
    path.write_bytes(as_xlsx(book, "zh"))
    sheet = openpyxl.load_workbook(converted(path, tmp_path / "again", "xlsx"))["表"]
    for row, text in enumerate(texts, 4):
        cell = sheet.cell(row, 1)
        assert cell.data_type == "s", (text, cell.value)
        assert str(cell.value).strip() == text.strip("\r\n\t ") or str(cell.value) == text.replace("\r", "_x000D_")
        assert sheet.cell(row, 2).value == -1.23
        assert sheet.cell(row, 3).value == DAY


def test_finance_s_sheet_handed_back_is_one_page_wide(tmp_path: Path) -> None:
    """Filled in LibreOffice, coloured by us, printed by LibreOffice: the twelve columns side by side, the result behind the last."""
    at = worked(tmp_path)
    at.language = "zh"
    empty, back = tmp_path / "finance.xlsx", tmp_path / "back.xlsx"
    at.done("import", "finance", "--template", "--format", "xlsx", "--output", str(empty))
    book = openpyxl.load_workbook(empty)
    first: tuple[str | int, ...] = ("", "领券", "LQ-1", "2026-10-08", "A0010121-A0010620", 100, 500, 50000)
    for column, value in enumerate(first, 1):
        book.worksheets[0].cell(2, column).value = value or None
    book.save(empty)
    at(
        "reconcile",
        "--month",
        "2026-10",
        "--register",
        str(converted(empty, tmp_path / "theirs", "xlsx")),
        "--output",
        str(back),
    )
    sheet = openpyxl.load_workbook(converted(back, tmp_path / "again", "xlsx")).worksheets[0]
    assert (sheet["E2"].value, sheet["F2"].value, sheet["K2"].value) == ("A0010121-A0010620", 100, "相符")
    assert sheet["A2"].fill.start_color.rgb == "FFC6EFCE"
    pdf = converted(back, tmp_path / "paper", "pdf")
    first_page = subprocess.run(
        ["pdftotext", "-layout", "-l", "1", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    (line,) = [one for one in first_page.splitlines() if "LQ-1" in one]
    assert [word in line for word in ("领券", "A0010121-A0010620", "相符")] == [True] * 3
    english_again()


@pytest.mark.parametrize(
    "separators", ["44", "44/59/9", "59"], ids=["commas", "commas, semicolons, tabs", "semicolons"]
)
def test_no_cell_of_a_csv_runs(separators: str, tmp_path: Path) -> None:
    """However the columns are separated when it is opened, with formulas evaluated: no cell is a formula, numbers are numbers."""
    path = tmp_path / "texts.csv"
    texts = [*DANGEROUS, "a;=1+1", "b\t=1+1", "c\n=1+1", 'd";=1+1']
    path.write_text(
        as_csv([(text, Money(-123), -5, dt.date(2026, 10, 8)) for text in texts]), encoding="utf-8", newline=""
    )
    made = converted(
        path, tmp_path / "again", "xlsx", f"--infilter=CSV:{separators},34,76,1,,0,false,true,false,false,false,0,true"
    )
    sheet = openpyxl.load_workbook(made).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) >= len(texts)
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    if separators == "44":
        assert [sheet.cell(row, 2).value for row in range(1, len(texts) + 1)] == [-1.23] * len(texts)


def test_the_measuring_sees_a_cell_that_runs(tmp_path: Path) -> None:
    """The same file without our quoting: LibreOffice makes a formula of it."""
    path = tmp_path / "naked.csv"
    path.write_text("=1+1,a\n", encoding="utf-8")
    made = converted(
        path, tmp_path / "again", "xlsx", "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true"
    )
    assert openpyxl.load_workbook(made).worksheets[0]["A1"].data_type == "f"
