"""A workbook of typed cells: money and counts are numbers, serials and ids are texts, no text is ever a formula (D10)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ledger.core.words import Lang, Words
from ledger.reports.report import (
    FIRST_ROW,
    Cell,
    Formula,
    Money,
    Percent,
    Table,
    Workbook,
    column,
    runs,
    sum_of,
    value_of_cell,
)
from ledger.reports.table import width

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_HEAD = FIRST_ROW - 2  # rows from 0
_LONGEST = 32_000  # characters of a cell, a little below what a workbook may hold
_MOST, _LEAST = 60, 6  # widths in columns
_WIDE_PAGE = 90  # columns in all from which a page lies
_A4 = 9
_SUM = Words("合计", "total")
_SIGN = Words("{who}：__________________  日期：____________", "{who}: __________________  date: ____________")
_PAGE = Words("第 &P 页，共 &N 页", "page &P of &N")
_BASE = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "plain": {},
    "head": {"bold": True, "border": 1, "bg_color": "#EDEDED", "text_wrap": True, "align": "center"},
    "text": {"border": 1, "num_format": "@", "text_wrap": True},
    "guarded": {"border": 1, "num_format": "@", "text_wrap": True, "quote_prefix": True},
    "money": {"border": 1, "num_format": "#,##0.00"},
    "count": {"border": 1, "num_format": "#,##0"},
    "percent": {"border": 1, "num_format": "0.0"},
    "date": {"border": 1, "num_format": "yyyy-mm-dd", "align": "left"},
    "money-sum": {"border": 1, "bold": True, "num_format": "#,##0.00"},
    "count-sum": {"border": 1, "bold": True, "num_format": "#,##0"},
    "sum": {"border": 1, "bold": True},
}


def as_xlsx(book: Workbook, lang: Lang) -> bytes:
    """The bytes of the workbook: a sheet a table, its head frozen and repeated on each printed page, places to sign below."""
    import xlsxwriter

    out = io.BytesIO()
    made = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )  # fmt: skip
    made.set_properties({"title": book.title, "comments": "gb-ledger", "created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 - the same bytes every time; the file format knows no zone
    formats = {name: made.add_format({**_BASE, **more}) for name, more in _FORMATS.items()}
    for table in book.tables:
        _Sheet(made.add_worksheet(_sheet_name(table.name)), book, table, formats, lang).fill()
    made.close()
    return out.getvalue()


def _sheet_name(name: str) -> str:
    """At most 31 characters, none of those a name must not have."""
    return "".join(letter for letter in name if letter not in "[]:*?/\\'")[:31]


class _Sheet:
    def __init__(
        self, sheet: Worksheet, book: Workbook, table: Table, formats: dict[str, Any], lang: Lang
    ) -> None:  # fmt: skip
        self._sheet, self._book, self._table, self._formats, self._lang = sheet, book, table, formats, lang
        self._next = FIRST_ROW - 1

    def fill(self) -> None:
        """Title, heads, cells, sums, what is said below, places to sign, and how it is printed."""
        self._sheet.write_string(0, 0, f"{self._book.title}  {self._table.name}", self._formats["title"])
        self._sheet.write_string(1, 0, self._book.head, self._formats["plain"])
        for at, head in enumerate(self._table.heads):
            self._sheet.write_string(_HEAD, at, head, self._formats["head"])
        for row in self._table.rows:
            self._row(row)
        self._sums()
        self._end()
        self._paper()

    def _row(self, row: Sequence[Cell]) -> None:
        """A row; a text too long for one cell goes on in the row below, so that nothing is cut off."""
        for part in _parts(row):
            for at, cell in enumerate(part):
                self._cell(self._next, at, cell)
            self._next += 1

    def _cell(self, row: int, at: int, cell: Cell, bold: str = "") -> None:
        value = value_of_cell(cell)
        number = value.fen / 100 if isinstance(value, Money) else value
        style = self._formats[("money" if isinstance(value, Money) else "count") + bold]
        if isinstance(value, Percent):
            self._sheet.write_number(row, at, value.permille / 10, self._formats["percent"])
        elif isinstance(cell, Formula):
            self._sheet.write_formula(row, at, cell.text, style, number)
        elif value is None or value == "":
            self._sheet.write_blank(row, at, None, self._formats["text"])
        elif isinstance(value, str):
            self._sheet.write_string(row, at, value, self._formats["guarded" if runs(value) else "text"])
        elif isinstance(value, dt.date):
            self._sheet.write_datetime(row, at, dt.datetime.combine(value, dt.time()), self._formats["date"])
        else:
            self._sheet.write_number(row, at, number, style)

    def _sums(self) -> None:
        if not self._table.sums or not self._table.rows:
            return
        for at in range(len(self._table.heads)):
            self._sheet.write_blank(self._next, at, None, self._formats["sum"])
        if 0 not in self._table.sums:
            self._sheet.write_string(self._next, 0, _SUM.say(self._lang), self._formats["sum"])
        for at in self._table.sums:
            total = sum_of(self._table, at)
            letters = column(at)
            text = f"=SUM({letters}{FIRST_ROW}:{letters}{self._next})"  # long texts may have taken rows of their own
            self._cell(self._next, at, total._replace(text=text), "-sum")
        self._next += 1

    def _end(self) -> None:
        for line in self._table.foot:
            self._next += 1
            self._sheet.write_string(self._next, 0, line, self._formats["plain"])
        self._next += 2
        for who in self._book.signs:
            self._sheet.write_string(self._next, 0, _SIGN.say(self._lang).format(who=who), self._formats["plain"])
            self._next += 2

    def _paper(self) -> None:
        widths = self._widths()
        for at, columns in enumerate(widths):
            self._sheet.set_column(at, at, columns)
        last = len(widths) - 1
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:{column(last)}{self._next + 1}"})
        self._sheet.freeze_panes(FIRST_ROW - 1, 0)
        self._sheet.repeat_rows(_HEAD)
        self._sheet.set_paper(_A4)
        if sum(widths) > _WIDE_PAGE:
            self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.print_area(0, 0, self._next, last)
        self._sheet.set_footer(f"&L{self._book.title.replace('&', '&&')}&R{_PAGE.say(self._lang)}")

    def _widths(self) -> list[int]:
        """Columns as wide as their widest cell, Chinese characters counted twice, within what a page can bear."""
        rows = [self._table.heads, *self._table.rows]
        sums = [
            _shown(sum_of(self._table, at)) if at in self._table.sums else "" for at in range(len(self._table.heads))
        ]
        return [
            max(_LEAST, min(_MOST, max(map(_columns, (*cells, total))) + 2))
            for total, cells in zip(sums, zip(*rows, strict=True), strict=True)
        ]


def _parts(row: Sequence[Cell]) -> Iterator[list[Cell]]:
    longest = max((len(cell) for cell in row if isinstance(cell, str)), default=0)
    yield [cell[:_LONGEST] if isinstance(cell, str) else cell for cell in row]
    for start in range(_LONGEST, longest, _LONGEST):
        yield [cell[start : start + _LONGEST] or None if isinstance(cell, str) else None for cell in row]


def _columns(cell: Cell) -> int:
    return max(map(width, _shown(cell).splitlines()), default=0)


def _shown(cell: Cell) -> str:
    value = value_of_cell(cell)
    if isinstance(value, Money):
        return f"{value.fen / 100:,.2f}"
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)
