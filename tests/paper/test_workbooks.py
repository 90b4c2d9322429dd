"""Reports as workbooks: typed cells, totals that agree, and no text that a spreadsheet would run (R11, D10)."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ledger.book.reports import REPORTS
from ledger.core.words import Lang
from ledger.reports.html import report_html
from ledger.reports.report import Cell, Formula, Money, Table, Workbook, as_csv, column, runs, workbook_of
from ledger.reports.xlsx import as_xlsx
from tests.cli.counter import english_again
from tests.cli.worked import worked

DANGEROUS = [f"{sign}1+1" for sign in "=+-@\t\r＝＋－＠"]
DANGEROUS += [
    '=cmd|"/c calc"!A1',
    " =1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b＝1+1",
    "\n=1+1",
    "-5",
    "+86 10",
    "@SUM(A1)",
]
OURS = re.compile(
    r"=([A-Z]+[0-9]+([-+*][A-Z]+[0-9]+)*|(SUM|SUMPRODUCT)\([A-Z$0-9:,]+\)|SUMIF\('[^']+'![A-Z$:]+,\"[a-z_]+\",'[^']+'![A-Z$:]+\))"
)
DAY = dt.datetime.fromisoformat("2026-10-08")
"""A day as a worksheet has it: at midnight of nowhere."""
HARMLESS = ["A0010001", "0010001", "a=b", "1-2", "东风厂", "", "100.00*5"]


def written(tables: tuple[Table, ...], *, signs: tuple[str, ...] = ("财务",)) -> Any:
    raw = as_xlsx(Workbook(title="审计表", head="东方商厦  2026-10", tables=tables, signs=signs), "zh")
    return openpyxl.load_workbook(io.BytesIO(raw))


def test_cells_have_the_types_of_what_they_hold() -> None:
    """Money and counts are numbers, a serial with leading zeros, an id and a number typed as text are texts, a day is a day."""
    rows = ((Money(123456), 1000, "0010001", "SA20261008-K1-0001", dt.date(2026, 10, 8), None, Money(-5)),)
    book = written(
        (Table(name="销售", heads=("金额", "张数", "券号", "单号", "日期", "空", "负"), rows=rows, sums=(0, 1)),)
    )
    sheet = book["销售"]
    cells = list(sheet[4])
    assert [cell.value for cell in cells] == [
        1234.56,
        1000,
        "0010001",
        "SA20261008-K1-0001",
        DAY,
        None,
        -0.05,
    ]
    assert [cell.data_type for cell in cells] == ["n", "n", "s", "s", "d", "n", "n"]
    assert [cell.number_format for cell in cells[:3]] == ["#,##0.00", "#,##0", "@"]
    assert (sheet["A5"].value, sheet["B5"].value) == ("=SUM(A4:A4)", "=SUM(B4:B4)")
    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area.startswith("'销售'!$A$1:$G$")
    assert sheet.page_setup.paperSize == 9
    assert "财务" in str([row[0].value for row in sheet.iter_rows()])


def test_columns_are_as_wide_as_their_chinese() -> None:
    """A Chinese character takes two columns: 12 of them need 24, and what is long is wrapped instead."""
    book = written((Table(name="表", heads=("单位", "长"), rows=(("东" * 12, "x" * 500),)),))
    widths = {name: one.width for name, one in book["表"].column_dimensions.items()}
    assert 24 <= widths["A"] <= 30
    assert widths["B"] <= 62


def test_a_text_longer_than_a_cell_goes_on_below() -> None:
    """70,000 characters of serials: a cell holds 32,767; nothing is cut off, and the sum is over all rows."""
    long = "A0010001-A0010002 " * 4000
    sheet = written((Table(name="表", heads=("券号", "张数"), rows=((long, 8000), ("x", 1)), sums=(1,)),))["表"]
    parts = [sheet.cell(row, 1).value for row in range(4, 7)]
    assert "".join(parts) == long
    assert [sheet.cell(row, 2).value for row in range(4, 9)] == [8000, None, None, 1, "=SUM(B4:B7)"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_runs_as_a_formula(text: str) -> None:
    """In a workbook it is a text that also stays one when the cell is edited; in CSV an apostrophe leads it."""
    assert runs(text)
    sheet = written((Table(name="表", heads=(text, "b"), rows=((text, Money(-100)),)),))["表"]
    assert [cell.data_type for cell in (sheet["A3"], sheet["A4"])] == ["s", "s"]
    assert sheet["A4"].quotePrefix
    assert as_csv([(text, Money(-100), -3)]).removesuffix(",-1.00,-3\n").strip('"').startswith("'")


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_text_is_as_it_is(text: str) -> None:
    assert not runs(text)
    assert as_csv([(text,)]) == text + "\n"


def test_a_cell_does_not_end_where_another_separator_stands() -> None:
    """A spreadsheet set to semicolons takes no notice of our quotes: no part behind a semicolon or a line end runs either."""
    made = as_csv([("a;=1+1", "b\t =1+1", "c\n＝1", 'd"e', "f,g;h")])
    assert made == '"a;\'=1+1","b\t \'=1+1","c\n\'＝1","d""e","f,g;h"\n'


def test_the_same_report_is_the_same_bytes() -> None:
    table = Table(name="表", heads=("a",), rows=((Formula("=1+1", 2),),))
    book = Workbook(title="t", head="h", tables=(table,), signs=())
    assert as_xlsx(book, "zh") == as_xlsx(book, "zh")


class _Rows:
    """A report with nothing but its rows."""

    def as_json(self, lang: Lang) -> dict[str, Any]:
        return {}

    def as_text(self, lang: Lang) -> str:
        return ""

    def as_rows(self, lang: Lang) -> list[Sequence[Cell]]:
        return [["日期", "金额"], [DAY.date(), Money(100)]]


def test_a_report_of_rows_is_a_workbook_too() -> None:
    """Whoever adds a report need not think of spreadsheets: its rows are a sheet, with heads and places to sign."""
    book = workbook_of(_Rows(), "回访登记本", "东方商厦  2026-10", "zh")
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(book, "zh")))["回访登记本"]
    assert [cell.value for cell in sheet[3]] == ["日期", "金额"]
    assert [cell.value for cell in sheet[4]] == [DAY, 1]
    assert "回访登记本" in report_html(book, "zh")


def test_letters_of_columns() -> None:
    assert [column(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


# -- every report ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The worked month's reports in every format."""
    folder = tmp_path_factory.mktemp("reports")
    at = worked(folder, closed=True)
    at.language = "zh"
    for name in REPORTS:
        for form in ("xlsx", "html", "csv", "json"):
            at.done("report", name, "--month", "2026-10", "--format", form, "--output", str(folder / f"{name}.{form}"))
    yield folder
    english_again()


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_is_a_workbook(name: str, month: Path) -> None:
    """Sheets with heads, frozen; no formula but our own; every formula has its value with it."""
    path = month / f"{name}.xlsx"
    shown, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    assert len(formulas.sheetnames) >= 1
    for sheet in formulas:
        assert sheet.freeze_panes == "A4"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert OURS.fullmatch(str(cell.value)), cell.value
                    assert shown[sheet.title][cell.coordinate].value is not None


def test_the_audit_sheet_has_a_sheet_for_each_part(month: Path) -> None:
    """R11, with the figures of the worked month: 16,500.00 … as ``gb reconcile --json`` has them."""
    import json

    told = json.loads((month / "audit-sheet.json").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(month / "audit-sheet.xlsx", data_only=True)
    assert book.sheetnames[:5] == ["六项", "款项核对", "逐单", "销售", "差额原因"]
    assert {
        "领券登记",
        "支票登记",
        "返扣登记",
        "券号通知",
        "未了款项",
        "现金",
        "支票",
        "返扣未领",
        "检查结果",
        "摘要与签名",
    } <= {*book.sheetnames}
    points = {row[0].value: row for row in book["六项"].iter_rows()}
    closing = told["total"]["closing"]
    assert points["本月结存"][-2].value == closing["sheets"]
    assert points["本月结存"][-1].value == float(closing["value"])
    assert points["减：本月销售"][-2].value == told["total"]["sold"]["sheets"]
    tie = {row[0].value: row for row in book["款项核对"].iter_rows()}
    assert tie["sold"][2].value == float(told["tie_out"]["sold"])
    seal = [cell.value for row in book["摘要与签名"].iter_rows() for cell in row]
    assert told["digest"] in seal
    assert any("李梅" in str(value) for value in seal)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_is_a_page(name: str, month: Path) -> None:
    """Self-contained, with the same figures as the workbook and a place to sign."""
    html = (month / f"{name}.html").read_text(encoding="utf-8")
    assert "东方商厦" in html
    assert 'class="sign"' in html
    assert "http" not in html
    assert "None" not in html


def test_a_workbook_needs_a_file(tmp_path: Path) -> None:
    at = worked(tmp_path)
    refused = at("report", "sales", "--month", "2026-10", "--format", "xlsx")
    assert (refused.code, refused.out) == (2, "")
    assert "--output sales.xlsx" in refused.next[0]


def test_a_workbook_is_a_zip_without_anything_that_runs(month: Path) -> None:
    """No macro, no link to elsewhere."""
    for name in REPORTS:
        with zipfile.ZipFile(month / f"{name}.xlsx") as archive:
            names = archive.namelist()
            assert not [one for one in names if "vba" in one.lower() or "externalLink" in one]
