"""Finance's own sheet handed back with a colour and a word for every line, and below it what only we have."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.core.words import Lang, Words
from ledger.folds.registers import Standing
from ledger.reports.report import runs
from ledger.reports.table import width

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_COLOURS: Mapping[Standing | None, str] = {
    "matched": "C6EFCE", "differs": "FFD9A0", "theirs": "FFC7CE", "ours": "BDD7EE", "timing": "DDEBF7", "unknown": "EEEEEE",
    None: "EEEEEE",
}  # fmt: skip
_NAMES: Mapping[Standing | None, Words] = {
    "matched": Words("相符", "matched"), "differs": Words("不符", "different"), "theirs": Words("只有财务", "theirs only"),
    "ours": Words("只有团购部", "ours only"), "timing": Words("时间差", "timing"), "unknown": Words("未对照", "not compared"),
    None: Words("未对照", "not compared"),
}  # fmt: skip
_RESULT, _WHAT = Words("核对结果", "result"), Words("说明", "what differs")
_BELOW = Words("以下只有团购部有，财务没有：", "Below: what only the department has, finance has not:")
_SUMMED = Words("相符 {matched}，不符 {differs}，只有财务 {theirs}，只有团购部 {ours}",
                "matched {matched}, different {differs}, theirs only {theirs}, ours only {ours}")  # fmt: skip
_WIDE = (14, 60)


class Ours(NamedTuple):
    """A line that finance has not: its texts by the name of our field."""

    standing: Standing
    texts: Mapping[str, str]
    what: Words


class Checked(NamedTuple):
    """By the number of a line of the file what it is, and why; None for a line that the month does not compare."""

    lines: Mapping[int, tuple[Standing | None, Words]]
    ours: tuple[Ours, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines of each sort."""
        found = [now for now, _ in self.lines.values()]
        ours = len(self.ours)
        return {**{name: found.count(name) for name in ("matched", "differs", "theirs")}, "ours": ours}


class Rows(NamedTuple):
    """A file that is no workbook: its columns and, by the number of the line, its cells."""

    header: Sequence[str]
    lines: Sequence[tuple[int, Mapping[str, str]]]


def coloured(raw: bytes | Rows, checked: Checked, columns: Mapping[str, str], lang: Lang) -> bytes:
    """The workbook with its lines coloured; of rows a new workbook.  ``columns`` says in which column a field of ours stands."""
    import openpyxl

    if isinstance(raw, Rows):
        book = openpyxl.Workbook()
        sheet: Worksheet = book.worksheets[0]
        places = _laid_out(sheet, raw)
    else:
        book = openpyxl.load_workbook(io.BytesIO(raw))
        sheet = book.worksheets[0]
        places = {number: number for number in checked.lines}
    heads = {str(cell.value).strip(): cell.column for cell in sheet[1] if cell.value is not None}
    last = max([*heads.values(), 1])
    _mark(sheet, 1, last, (_RESULT.say(lang), _WHAT.say(lang)), None)
    for number, (now, what) in checked.lines.items():
        _mark(sheet, places[number], last, (_NAMES[now].say(lang), what.say(lang)), now)
    _below(sheet, checked, {field: heads[name] for field, name in columns.items() if name in heads}, last, lang)
    _paper(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _paper(sheet: Any) -> None:
    """On paper all columns, ours behind theirs, stand side by side on A4 across, under the heads."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = sheet.ORIENTATION_LANDSCAPE
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes
    sheet.print_title_rows = "1:1"
    sheet.print_area = sheet.dimensions


def _laid_out(sheet: Any, rows: Rows) -> dict[int, int]:
    """The file's cells as texts; where each line stands."""
    from openpyxl.utils import get_column_letter

    for at, name in enumerate(rows.header, 1):
        _put(sheet, 1, at, name)
    for row, (_, cells) in enumerate(rows.lines, 2):
        for at, name in enumerate(rows.header, 1):
            _put(sheet, row, at, cells.get(name, ""))
    for at, name in enumerate(rows.header, 1):
        widest = max(width(text) for text in (name, *(cells.get(name, "") for _, cells in rows.lines)))
        sheet.column_dimensions[get_column_letter(at)].width = min(widest, _WIDE[1]) + 2
    return {number: row for row, (number, _) in enumerate(rows.lines, 2)}


def _mark(sheet: Any, row: int, last: int, said: tuple[str, str], now: Standing | None) -> None:
    """The result and what differs behind the last column, the whole row in the colour of the result."""
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    for at, text in enumerate(said, last + 1):
        _put(sheet, row, at, text)
    if row == 1:
        for at, columns in enumerate(_WIDE, 1):
            sheet.column_dimensions[get_column_letter(last + at)].width = columns
        return
    for at in range(1, last + 3):
        sheet.cell(row, at).fill = PatternFill("solid", start_color=_COLOURS[now], end_color=_COLOURS[now])


def _below(sheet: Any, checked: Checked, places: Mapping[str, int], last: int, lang: Lang) -> None:
    """What only we have, in their columns, and the counts."""
    row = sheet.max_row + 2
    if checked.ours:
        _put(sheet, row, 1, _BELOW.say(lang))
        for one in checked.ours:
            row += 1
            left = " ".join(text for field, text in one.texts.items() if field not in places and text)
            for field, at in places.items():
                _put(sheet, row, at, one.texts.get(field, ""))
            what = "  ".join(text for text in (left, one.what.say(lang)) if text)
            _mark(sheet, row, last, (_NAMES[one.standing].say(lang), what), one.standing)
        row += 2
    _put(sheet, row, 1, _SUMMED.say(lang).format(**checked.counts))


def _put(sheet: Any, row: int, at: int, text: str) -> None:
    """A text as text, whatever it begins with (D10)."""
    cell = sheet.cell(row, at)
    cell.value = text or None
    if text:
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = runs(text)
