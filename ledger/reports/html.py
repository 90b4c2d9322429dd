"""Pages as one self-contained HTML file: style inside, nothing fetched, every text escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.core.money import grouped
from ledger.core.words import Lang, Words
from ledger.reports.pages import PAGE, Drawn, Form, copy_name, pages
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

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_NUMBER = Words("编号：", "number: ")
_COLON = Words("：", ": ")
_DATE = Words("日期：", "date:")
_SUM, _NONE = Words("合计", "total"), Words("没有", "none")
_NARROW = 7  # columns that a standing page holds
_WHOLE = 28  # characters of an id or a serial that are not broken


class _Side(NamedTuple):
    drawn: tuple[Drawn, ...]
    last: bool
    of: str


class _Copy(NamedTuple):
    number: int
    name: str
    pages: Sequence[_Side]


def form_html(form: Form, lang: Lang) -> str:
    """All copies of a form, one below the other, each page with its own head and foot."""
    sides = pages(form)
    shown = [
        _Side(one.drawn, one.last, PAGE.say(lang).format(n=one.number, of=len(sides))) for one in sides
    ]  # fmt: skip
    copies = [
        _Copy(number, copy_name(number, who, lang) if len(form.copies) > 1 else who, shown)
        for number, who in enumerate(form.copies, 1)
    ]
    words = {"number": _NUMBER.say(lang), "colon": _COLON.say(lang), "date": _DATE.say(lang)}
    title = f"{form.title} {form.number}"
    return _render("form.html", title=title, size=form.size, form=form, copies=copies, words=words, lang=lang)


# -- reports -------------------------------------------------------------------------------------------------------------


class _Cell(NamedTuple):
    text: str
    style: str = ""


class _Shown(NamedTuple):
    name: str
    heads: Sequence[_Cell]
    rows: Sequence[Sequence[_Cell]]
    sums: Sequence[_Cell]
    foot: Sequence[str]
    svg: Markup | None


def report_html(book: Workbook, lang: Lang) -> str:
    """The tables of a report below each other, their heads repeated on each printed page, with places to sign."""
    tables = [_table(one, f"c{at}", lang) for at, one in enumerate(book.tables)]
    words = {"none": _NONE.say(lang), "colon": _COLON.say(lang)}
    wide = max(len(one.heads) for one in tables) > _NARROW
    return _render("report.html", book=book, tables=tables, words=words, wide=wide, lang=lang)


def _table(table: Table, key: str, lang: Lang) -> _Shown:
    sums: list[_Cell] = []
    if table.sums and table.rows:
        sums = [_cell(sum_of(table, at)) if at in table.sums else _Cell("") for at in range(len(table.heads))]
        sums[0] = sums[0] if 0 in table.sums else _Cell(_SUM.say(lang))
    rows = [[_cell(cell) for cell in row] for row in told_rows(table)]
    numbers = [any(row[at].style == "n" for row in rows) for at in range(len(table.heads))]
    heads = [_Cell(head, "n" if number else "") for head, number in zip(table.heads, numbers, strict=True)]
    return _Shown(table.name, heads, rows, sums, foot_of(table, lang), _svg(table, key, lang))


def _svg(table: Table, key: str, lang: Lang) -> Markup | None:
    """The chart, if the table has one with something in it; its texts are escaped by what wrote it."""
    from markupsafe import Markup

    from ledger.reports.charts import svg

    chart = table.chart
    if chart is None or not any(size_of(row[at]) > 0 for row in table.rows for at in chart.values):
        return None
    return Markup(svg(table, key, lang))  # noqa: S704 - see above


def _cell(cell: Cell) -> _Cell:
    value = value_of_cell(cell)
    if isinstance(value, Money):
        return _Cell(grouped(value.fen), "n")
    if isinstance(value, int):
        return _Cell(f"{value:,}", "n")
    if isinstance(value, Percent):
        return _Cell(str(value), "n")
    if isinstance(value, dt.date):
        return _Cell(str(value), "w")
    text = value or ""
    return _Cell(text, "w" if len(text) <= _WHOLE and text.isascii() and " " not in text else "")


def _render(name: str, **values: Any) -> str:
    text: str = _environment().get_template(name).render(**values)
    return text


@cache
def _environment() -> Environment:
    """The templates are package data; whatever stands in a record is text, never markup."""
    from importlib.resources import files

    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str:
        return files("ledger.reports").joinpath("templates", name).read_text(encoding="utf-8")

    return Environment(
        loader=FunctionLoader(load), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
