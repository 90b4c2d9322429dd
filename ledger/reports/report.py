"""What every report can be shown as, and its cells for a table of another program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from ledger.core.money import yuan
from ledger.core.words import Lang


class Money(NamedTuple):
    """An amount in a cell, in fen."""

    fen: int


Cell = str | int | Money | dt.date | None
"""A text, a number of sheets or days, an amount, a date, or nothing."""


class Report(Protocol):
    """One report, ready to be shown."""

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For programs: amounts are strings with two decimals, sheets integers, dates ISO."""

    def as_text(self, lang: Lang) -> str:
        """For people: at most 80 columns."""

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """For spreadsheets: the header first, then one line each."""


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows as CSV.  A text that a spreadsheet would run as a formula is quoted with an apostrophe; numbers stay numbers."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return out.getvalue()


def _text(cell: Cell) -> str:
    if isinstance(cell, Money):
        return yuan(cell.fen)
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    return "" if cell is None else str(cell)
