"""A workbook as text and as rows: for a terminal, a pipe and a program that reads CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.core.money import grouped
from ledger.core.words import Lang, Words
from ledger.reports.report import (
    Cell,
    Money,
    Percent,
    Table,
    Workbook,
    foot_of,
    size_of,
    sum_of,
    told_rows,
    value_of_cell,
)
from ledger.reports.table import table as plain_table
from ledger.reports.table import width, wrap

BAR = 16
"""Columns of the longest bar."""
_SUM, _NONE = Words("合计", "total"), Words("没有", "none")
_HEADS = (
    Words("表", "table"),
    Words("行", "row"),
    Words("栏", "column"),
    Words("值", "value"),
)


def workbook_text(book: Workbook, lang: Lang) -> str:
    """Head, leading figures, tables below each other; at most 80 columns.

    Where a page has a chart the last column is a bar of ``#``, the same on a terminal and in a pipe.
    """
    lines = [*wrap(f"{book.title}    {book.head}"), ""]
    if book.lead:
        wide = max(width(label) for label, _ in book.lead) + 2
        lines += [f"{label}{' ' * (wide - width(label))}{value}" for label, value in book.lead]
    for one in book.tables:
        lines += ["", one.name, *_table(one, lang)]
        lines += [part for foot in foot_of(one, lang) for part in wrap(foot)]
    return "\n".join(lines)


def _table(table: Table, lang: Lang) -> list[str]:
    told = told_rows(table)
    if not told:
        return [f"  {_NONE.say(lang)}"]
    rows = [[_text(cell) for cell in row] for row in told]
    align = "".join("r" if any(_number(row[at]) for row in told) else "l" for at in range(len(table.heads)))
    heads = list(table.heads)
    if table.sums:
        sums = [_text(sum_of(table, at)) if at in table.sums else "" for at in range(len(heads))]
        rows.append([_SUM.say(lang), *sums[1:]])
    if table.chart is not None:
        heads.append("")
        drawn = [*bars(table), *([""] if table.sums else [])]
        rows = [[*row, bar] for row, bar in zip(rows, drawn, strict=True)]
    return plain_table(heads, rows, align.ljust(len(heads), "l"))


def bars(table: Table) -> list[str]:
    """A bar for each row of a table with a chart, of its last series; what is there at all has at least one mark."""
    at = table.chart.values[-1] if table.chart else 0
    sizes = [size_of(row[at]) for row in told_rows(table)]
    most = max(*sizes, 1)
    return ["#" * max(1, size * BAR // most) if size > 0 else "" for size in sizes]


def _number(cell: Cell) -> bool:
    return isinstance(value_of_cell(cell), int | Money | Percent)


def _text(cell: Cell) -> str:
    value = value_of_cell(cell)
    if isinstance(value, Money):
        return grouped(value.fen)
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)


def workbook_rows(book: Workbook, lang: Lang) -> Iterator[Sequence[Cell]]:
    """Every figure on a row of its own, with its table, the first cell of its row and the head of its column."""
    yield [one.say(lang) for one in _HEADS]
    for one in book.tables:
        for row in one.rows:
            for head, cell in zip(one.heads[1:], row[1:], strict=True):
                if cell is not None:
                    yield [one.name, value_of_cell(row[0]), head, cell]
