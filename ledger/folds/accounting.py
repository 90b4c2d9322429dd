"""记账凭证草稿: a month's money as journal entries, one per kind of record, straight from the postings (P2, R8).

An entry's debits and credits are the sums of the postings of its records, not netted, in fen; so each entry balances because
each record does, and an account moves by what the month's sheet says it moves.  What a reversal of the same month undid
is left out with it; a correction of an earlier month is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.core.dates import Month
from ledger.core.forms import Record, Reversal
from ledger.core.order import in_order
from ledger.core.postings import MONEY
from ledger.core.records.dispositions import Adoption
from ledger.core.state import Sourced
from ledger.core.words import Words
from ledger.folds.audit import of_month

PRIOR = Words("更正以前月份", "corrections of earlier months")


class Line(NamedTuple):
    """An account of an entry; both sums are at least 0, one of them more."""

    account: str
    debit: int
    credit: int


class Entry(NamedTuple):
    """One entry of the draft: what its ``records`` records did, debits first."""

    words: Words
    records: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """The sum of its debits, which is that of its credits."""
        return sum(one.debit for one in self.lines)


def entries(sourced: Iterable[Sourced], month: Month) -> tuple[Entry, ...]:
    """The month's entries in the order in which their kinds first occur; records without money make none."""
    by_kind: dict[Words, list[Record]] = {}
    for record in _records(list(sourced), month):
        if any(commodity == MONEY and fen for _, commodity, fen in record.postings()):
            words = PRIOR if isinstance(record, Reversal | Adoption) else record.WORDS
            by_kind.setdefault(words, []).append(record)
    return tuple(Entry(words, len(records), _lines(records)) for words, records in by_kind.items())


def _records(sourced: list[Sourced], month: Month) -> Iterator[Record]:
    """Those in force, then what of earlier months was undone in this one."""
    yield from of_month(sourced, month)
    for one in in_order(sourced):
        record = one.record
        if isinstance(record, Reversal) and month.contains(record.date) and not record.same_month:
            yield record


def _lines(records: Iterable[Record]) -> tuple[Line, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for record in records:
        for account, commodity, fen in record.postings():
            if commodity == MONEY and fen:
                debit, credit = sums.get(account, (0, 0))
                sums[account] = (debit + max(fen, 0), credit + max(-fen, 0))
    lines = [Line(account, debit, credit) for account, (debit, credit) in sums.items()]
    return tuple(sorted(lines, key=lambda one: (not one.debit, one.account)))
