"""Finance's workbook: handed out empty, read as it was filled, handed back with a colour and a word for every line (V3, R10)."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.counter import english_again
from tests.cli.worked import Worked, worked

FIELDS = ["key", "kind", "document", "date", "spans", "face", "sheets", "amount", "person", "note"]
GREEN, RED, ORANGE, BLUE = "00C6EFCE", "00FFC7CE", "00FFD9A0", "00BDD7EE"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Worked]:
    counter = worked(tmp_path)
    counter.language = "zh"
    yield counter
    english_again()


def filled(at: Worked, tmp_path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """The empty workbook of the program with these rows typed into it by a person with a spreadsheet."""
    path = tmp_path / "finance.xlsx"
    at.done("import", "finance", "--template", "--format", "xlsx", "--output", str(path))
    book = openpyxl.load_workbook(path)
    for row, texts in enumerate(rows, 2):
        for field, value in texts.items():
            book.worksheets[0].cell(row, FIELDS.index(field) + 1).value = value
    book.save(path)
    return path


RECEIPTS: list[dict[str, Any]] = [
    {"kind": "领券", "document": "LQ-1", "date": "2026-10-08", "spans": "A0010121-A0010620", "face": 100, "sheets": 500, "amount": 50000},
    {"kind": "领券", "document": "LQ-2", "date": "2026-10-08", "spans": "B0020061-B0020260", "face": 50, "sheets": 199},
    {"kind": "领券", "document": "LQ-9", "date": "2026-10-09", "spans": "X0000001-X0000010", "face": 100, "sheets": 10},
]  # fmt: skip
"""The first as we have it, the second a sheet short, the third never ours; our D sheets, returns and money are missing."""


def test_the_empty_workbook_says_what_goes_where(at: Worked, tmp_path: Path) -> None:
    """Our fields as columns, serials typed as text, a list of the entries to choose from, a page of explanation."""
    book = openpyxl.load_workbook(filled(at, tmp_path, []))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == FIELDS
    assert all(cell.comment is not None for cell in sheet[1])
    assert sheet.data_validations.dataValidation[0].formula1 == '"领券,退回财务,返扣,缴款"'
    assert sheet.freeze_panes == "A2"
    assert "登记日期" in [row[1].value for row in book["说明"].iter_rows()]


def test_a_filled_workbook_is_imported_as_a_csv_is(at: Worked, tmp_path: Path) -> None:
    """Typed by type: 500 sheets, 100 as a number, a date as a date; imported twice it adds nothing."""
    import datetime as dt

    rows = [{**RECEIPTS[0], "date": dt.datetime.fromisoformat("2026-10-08")}, {}, RECEIPTS[1]]
    path = filled(at, tmp_path, rows)
    done = at.done("import", "finance", str(path), "--json", by="qian")
    assert (done.json["rows"], done.json["recorded"]) == (2, 2)
    first = at.done("show", done.json["first"], "--json").json
    assert (first["spans"], first["lines"], first["amount"]) == ("A0010121-A0010620", "100.00*500", "50000.00")
    again = at.done("import", "finance", str(path), "--json", by="qian").json
    assert (again["recorded"], again["already"]) == (0, 2)


def test_it_comes_back_coloured_line_by_line(at: Worked, tmp_path: Path) -> None:
    """Green what matches, orange what differs, red what only finance has; below, in blue, what only we have."""
    path, back = filled(at, tmp_path, RECEIPTS), tmp_path / "back.xlsx"
    before = at.files()
    ran = at("reconcile", "--month", "2026-10", "--register", str(path), "--output", str(back))
    assert ran.code == 1, ran
    assert at.files() == before, "comparing writes nothing into the book"
    sheet = openpyxl.load_workbook(back).worksheets[0]
    told = [(sheet.cell(row, 11).value, sheet.cell(row, 1).fill.start_color.rgb) for row in range(2, 5)]
    assert told == [("相符", GREEN), ("不符", ORANGE), ("只有财务", RED)]
    assert "面值×张数 我方 50.00*200，财务 50.00*199" in str(sheet.cell(3, 12).value)
    ours = [row for row in sheet.iter_rows(min_row=5) if row[0].fill.start_color.rgb == BLUE]
    assert [row[4].value for row in ours] == ["D0030001-D0030300", "B0020241-B0020260"]
    assert {row[10].value for row in ours} == {"只有团购部"}
    assert [cell.value for cell in sheet[2]][:8] == [
        None,
        "领券",
        "LQ-1",
        "2026-10-08",
        "A0010121-A0010620",
        100,
        500,
        50000,
    ]
    assert "相符 1，不符 1，只有财务 1，只有团购部 2" in [row[0].value for row in sheet.iter_rows()]


def test_a_csv_with_a_map_comes_back_as_a_workbook(at: Worked, tmp_path: Path) -> None:
    """Its own columns, every cell as text, whatever it begins with."""
    csv, mapping, back = tmp_path / "r.csv", tmp_path / "m.yaml", tmp_path / "back.xlsx"
    csv.write_text("单号,日期,号码,面值,备注\nLQ-1,2026-10-08,A0010121-A0010620,100,=1+1\n", encoding="utf-8")
    mapping.write_text("fields: {document: 单号, date: 日期, spans: 号码, face: 面值, note: 备注}\n", encoding="utf-8")
    at("reconcile", "--month", "2026-10", "--register", str(csv), "--map", str(mapping), "--output", str(back))
    sheet = openpyxl.load_workbook(back).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["LQ-1", "2026-10-08", "A0010121-A0010620", "100", "=1+1", "相符", None]
    assert sheet["E2"].data_type == "s"
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_an_imported_file_is_coloured_too(at: Worked, tmp_path: Path) -> None:
    """What the book has by its key is compared under its record's id."""
    path, back = filled(at, tmp_path, RECEIPTS), tmp_path / "back.xlsx"
    at.done("import", "finance", str(path), by="qian")
    at("reconcile", "--month", "2026-10", "--register", str(path), "--output", str(back))
    sheet = openpyxl.load_workbook(back).worksheets[0]
    assert [sheet.cell(row, 11).value for row in range(2, 5)] == ["相符", "不符", "只有财务"]
    november = at("reconcile", "--month", "2026-09", "--register", str(path), "--output", str(back))
    assert november.code in (0, 1), november
    sheet = openpyxl.load_workbook(back).worksheets[0]
    assert {sheet.cell(row, 11).value for row in range(2, 5)} == {"未对照"}


def test_output_needs_a_register(at: Worked) -> None:
    assert at("reconcile", "--month", "2026-10", "--output", "x.xlsx").code == 2
    assert at("import", "finance", "--template", "--format", "xlsx").code == 2
    assert at("import", "finance", "--template", "--format", "ods").code == 2


# -- what a spreadsheet or somebody hostile makes of it -----------------------------------------------------------------


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(at: Worked, tmp_path: Path, raw: bytes) -> tuple[int, str, float]:
    path = tmp_path / "in.xlsx"
    path.write_bytes(raw)
    start = time.perf_counter()
    ran = at("import", "finance", str(path), by="qian")
    assert "Traceback" not in ran.err
    return ran.code, ran.err, time.perf_counter() - start


@pytest.mark.parametrize(
    ("cell", "said"),
    [(1e16, "超过 15 位"), ("1.23457E+11", "科学计数"), ("=A1", "公式没有算出的值"), (12.5, "")],
    ids=["rounded", "scientific text", "formula", "not a number of sheets"],
)
def test_what_a_spreadsheet_has_spoilt_is_refused_by_its_row(
    at: Worked, tmp_path: Path, cell: object, said: str
) -> None:
    """The row is named, nothing is recorded."""
    before = at.files()
    raw = workbook([["document", "date", "sheets"], ["LQ-1", "2026-10-08", 5], ["LQ-2", "2026-10-08", cell]])
    if said == "科学计数":
        raw = workbook([["document", "date"], ["LQ-1", "2026-10-08"], [cell, "2026-10-08"]])
    code, err, _ = refused(at, tmp_path, raw)
    assert code == 3
    assert ":3:" in err
    assert said in err
    assert at.files() == before


def test_what_is_no_workbook_is_refused(at: Worked, tmp_path: Path) -> None:
    """Cut off anywhere, an empty zip, another file in a zip, columns without names: IMP-03, no traceback."""
    good = workbook([["document", "date"], ["LQ-1", "2026-10-08"]])
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("hello.txt", "x")
    shuffled = bytearray(good)
    for at_byte in range(200, len(good), 97):
        shuffled[at_byte] ^= 0xFF
    for raw in (*(good[:cut] for cut in range(5, len(good), len(good) // 12)), empty.getvalue(), bytes(shuffled)):
        code, err, _ = refused(at, tmp_path, raw)
        assert code == 3, err
        assert "IMP-03" in err
    assert refused(at, tmp_path, workbook([["document", "document"], ["a", "b"]]))[0] == 3
    assert refused(at, tmp_path, workbook([["document", "date"], ["LQ-1", "2026-10-08", "stray"]]))[0] == 3


def test_a_bomb_is_refused_before_it_is_unpacked(at: Worked, tmp_path: Path) -> None:
    """210 MB of blanks in a sheet, and a sheet that claims a row beyond a million: in seconds, not in gigabytes."""
    good = workbook([["document", "date"], ["LQ-1", "2026-10-08"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in archive.namelist():
            data = archive.read(name)
            bomb.writestr(name, data + b" " * 210_000_000 if "sheet1" in name else data)
    code, err, seconds = refused(at, tmp_path, out.getvalue())
    assert (code, "IMP-03" in err) == (3, True)
    assert seconds < 5
    far = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as archive, zipfile.ZipFile(far, "w") as sparse:
        for name in archive.namelist():
            sparse.writestr(
                name, archive.read(name).replace(b'r="2"', b'r="1048576"').replace(b'"A2"', b'"XFD1048576"')
            )
    code, err, seconds = refused(at, tmp_path, far.getvalue())
    assert code == 3, err
    assert seconds < 20
