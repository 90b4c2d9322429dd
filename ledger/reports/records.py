"""A journal's records as a table for a spreadsheet: one row each, whatever format the journal itself has.

Amounts and numbers of sheets stay numbers; a text that a spreadsheet would run as a formula is quoted (D10); a personal field, which is
sealed in the book, is ``***``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from ledger.core.forms import SHEETS, YUAN, Journal
from ledger.core.money import parse_yuan
from ledger.core.personal import masked
from ledger.reports.report import Cell, Money, as_csv

_AT_ONCE = 1000
"""Records a piece: a million of them are never held together."""


def pieces(journal: Journal, records: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The table as CSV, a piece at a time; ``records`` are the texts of the fields by name.  The header comes first."""
    columns = [name for name in journal.columns() if name != "h"]
    shown = _codecs(journal)
    yield as_csv([columns])
    rest = iter(records)
    while rows := [[_cell(shown, name, one.get(name, "")) for name in columns] for one in islice(rest, _AT_ONCE)]:
        yield as_csv(rows)


def _codecs(journal: Journal) -> Mapping[str, Callable[[str], Cell]]:
    """The fields that are numbers, with what makes a number of their text."""
    numbers: Mapping[str, Callable[[str], Cell]] = {
        YUAN.name: lambda text: Money(parse_yuan(text)), SHEETS.name: int,
    }  # fmt: skip
    fields = (field for kind in journal.kinds for field in kind.fields())
    return {field.name: numbers[field.codec.name] for field in fields if field.codec.name in numbers}


def _cell(numbers: Mapping[str, Callable[[str], Cell]], name: str, text: str) -> Cell:
    if not text:
        return None
    return numbers[name](text) if name in numbers else masked(text)
