"""What every report can be shown as, and its cells for a table of another program."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from ledger.core.money import yuan
from ledger.core.ratios import percent
from ledger.core.words import Lang, Words


class Money(NamedTuple):
    """An amount in a cell, in fen."""

    fen: int


class Percent(NamedTuple):
    """A share in a cell, in tenths of a percent; the head of its column says that it is one."""

    permille: int

    def __str__(self) -> str:
        """With one decimal: ``74.0``."""
        return percent(self.permille)


class Formula(NamedTuple):
    """A cell that a spreadsheet works out; ``value`` is what it comes to, shown where nothing works anything out."""

    text: str
    value: int | Money


Cell = str | int | Money | Percent | dt.date | Formula | None
"""A text, a number of sheets or days, an amount, a share, a date, a formula of ours, or nothing."""

FIRST_ROW = 4
"""The first row of a table's cells in a worksheet, counted from 1: title, store and month, heads stand above it."""


class Chart(NamedTuple):
    """How a table's rows are drawn beside it: a bar for each of ``values`` (columns from 0), named by column ``label``.

    ``lying`` bars have room for a name; standing ones are for days in a row.
    """

    values: tuple[int, ...]
    label: int = 0
    lying: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One worksheet, or one table of a page.

    ``sums`` are the columns (from 0) that are added up in a last row.  ``foot`` is said below the table.  ``chart`` is for
    where pictures are seen; the table says the same.  ``only_told``: rows of nothing but zeros stand in the chart and in files;
    where a person reads they are left out, and their number is said.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: tuple[int, ...] = ()
    foot: tuple[str, ...] = ()
    chart: Chart | None = None
    only_told: bool = False


class Workbook(msgspec.Struct, frozen=True, kw_only=True):
    """Several tables with what stands above and below them; ``signs`` are who signs.

    ``lead`` are the few figures that are read first, each with its label.
    """

    title: str
    head: str
    tables: tuple[Table, ...]
    signs: tuple[str, ...]
    lead: tuple[tuple[str, str], ...] = ()


def column(index: int) -> str:
    """The letters of a column of a worksheet, from 0: ``A``, ``Z``, ``AA``."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def value_of_cell(cell: Cell) -> str | int | Money | Percent | dt.date | None:
    """What a cell comes to."""
    return cell.value if isinstance(cell, Formula) else cell


def sum_of(table: Table, index: int) -> Formula:
    """The sum of a column, as a formula that agrees with its value."""
    cells = [value_of_cell(row[index]) for row in table.rows]
    letters = column(index)
    text = f"=SUM({letters}{FIRST_ROW}:{letters}{FIRST_ROW + len(table.rows) - 1})"
    if any(isinstance(cell, Money) for cell in cells):
        return Formula(text, Money(sum(cell.fen for cell in cells if isinstance(cell, Money))))
    return Formula(text, sum(cell for cell in cells if isinstance(cell, int)))


def size_of(cell: Cell) -> int:
    """What a cell counts as: fen, sheets; nothing for a text or an empty cell."""
    value = value_of_cell(cell)
    return value.fen if isinstance(value, Money) else value if isinstance(value, int) else 0


def told_rows(table: Table) -> tuple[tuple[Cell, ...], ...]:
    """The rows that a person reads."""
    return tuple(row for row in table.rows if not table.only_told or any(map(size_of, row)))


_LEFT_OUT = Words("其余 {n} 行都是零，未列", "{n} more rows, all zero, are not listed")


def foot_of(table: Table, lang: Lang) -> tuple[str, ...]:
    """What is said below a table, with how many rows were left out of it."""
    rest = len(table.rows) - len(told_rows(table))
    return (*((_LEFT_OUT.say(lang).format(n=rest),) if rest else ()), *table.foot)


class Report(Protocol):
    """One report, ready to be shown."""

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For programs: amounts are strings with two decimals, sheets integers, dates ISO."""

    def as_text(self, lang: Lang) -> str:
        """For people: at most 80 columns."""

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """For CSV: the header first, then one line each."""


@runtime_checkable
class Tabled(Protocol):
    """A report with tables of its own for a workbook: several, or one with totals."""

    def as_workbook(self, lang: Lang) -> Workbook:
        """For spreadsheets and for a page: typed tables."""


_SIGNS = (Words("制表人", "made by"), Words("复核人", "checked by"))
_STARTS = "=+\\-@\\t\\r＝＋－＠"
_BLANKS = " \\n\\v\\f\u00a0\u2000-\u200b\u2028\u2029\u202f\u2060\u3000\ufeff"
_RUNS = re.compile(f"[{_BLANKS}]*[{_STARTS}]")
_QUOTED = re.compile('[,;"\\t\\r\\n]')
"""What a spreadsheet may take for the end of a cell, whatever it was told the columns are separated by."""
_INNER = re.compile(f"([;\\t\\r\\n][{_BLANKS}]*)(?=[{_STARTS}])")
"""Where a cell would begin for a program that takes semicolons or line ends for its end, quotes or not."""


def workbook_of(made: Report, title: str, head: str, lang: Lang) -> Workbook:
    """The report's own tables, or its rows as the only one, for a report that has no more to say than they do."""
    if isinstance(made, Tabled):
        return made.as_workbook(lang)
    heads, *rows = (tuple(row) for row in made.as_rows(lang))
    table = Table(name=title, heads=tuple(str(cell) for cell in heads), rows=tuple(rows))
    return Workbook(title=title, head=head, tables=(table,), signs=tuple(who.say(lang) for who in _SIGNS))


def runs(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula: some fold full-width signs and skip blanks first (D10)."""
    return _RUNS.match(text) is not None


def as_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows as CSV.  A text that a spreadsheet would run as a formula is led by an apostrophe; numbers stay numbers."""
    return "".join(",".join(map(_quoted, map(_text, row))) + "\n" for row in rows)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _text(cell: Cell) -> str:
    cell = value_of_cell(cell)
    if isinstance(cell, Money):
        return yuan(cell.fen)
    if isinstance(cell, str):
        inner = _INNER.sub(r"\1'", cell) if _QUOTED.search(cell) else cell
        return f"'{inner}" if runs(cell) else inner
    return "" if cell is None else str(cell)
