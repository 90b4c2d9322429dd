"""银行存款余额调节表: an imported statement beside what the book has at the bank (N5).  Pure; everything up to a day, inclusive.

What the book has at the bank are the postings to the accounts of transfers that arrived, cheques that cleared and, where
the store's rule says so, cash that was deposited: any record with such a posting, by the numbers it carries.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import msgspec

from ledger.core.forms import Record
from ledger.core.order import in_order
from ledger.core.postings import ARRIVED, CLEARED, MONEY, WITH_FINANCE
from ledger.core.records.bank import StatementLine
from ledger.core.records.cheques import Bounced, ChequeStep, Cleared, Deposited
from ledger.core.records.dispositions import effective
from ledger.core.state import Sourced
from ledger.core.text import fold

NUMBERS = ("reference", "slip", "advice", "bank_slip", "cheque")
"""Fields of any record whose text a bank may print beside the money."""

_TOKEN = re.compile(r"[0-9A-Z][0-9A-Z-]{3,}")  # in a statement's text; shorter ones are amounts, days, words


class BookEntry(NamedTuple):
    """What one record of ours has at the bank: ``amount`` in fen, signed; ``numbers`` folded."""

    id: str
    day: dt.date
    amount: int
    numbers: frozenset[str]


class BankLine(NamedTuple):
    """A line of the statement: ``amount`` in fen, signed; ``balance`` after it, None where the statement has none."""

    id: str
    day: dt.date
    amount: int
    balance: int | None
    reference: str
    text: str

    @property
    def numbers(self) -> frozenset[str]:
        """The reference and every number in the text, folded."""
        return frozenset({*_folded(self.reference), *_TOKEN.findall(fold(self.text).upper())})


class Passed(NamedTuple):
    """A cheque that bounced: its ``amount`` (fen) is never ours, but the bank may have put it in on ``came`` and taken it out on ``went``."""

    amount: int
    came: dt.date
    went: dt.date
    numbers: frozenset[str]


Numbered = TypeVar("Numbered", BookEntry, BankLine)


class BankSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Both balances at the end of ``until`` (fen) and what explains the difference.

    ``before`` is what the account held before the statement's first line, None where the statement has no balances;
    ``only_book`` and ``only_bank`` are what the other side has not; ``imported`` whether there is any statement line.
    """

    until: dt.date
    imported: bool
    book: int
    bank: int
    before: int | None
    matched: int
    only_book: tuple[BookEntry, ...]
    only_bank: tuple[BankLine, ...]

    @property
    def adjusted_book(self) -> int:
        """Our balance with what only the bank has, and with what was there before the book."""
        return self.book + (self.before or 0) + sum(line.amount for line in self.only_bank)

    @property
    def adjusted_bank(self) -> int:
        """The bank's balance with what only we have."""
        return self.bank + sum(entry.amount for entry in self.only_book)

    @property
    def difference(self) -> int:
        """What is left: 0, unless the statement's own balances do not follow from its lines (a line is missing)."""
        return self.adjusted_book - self.adjusted_bank


def bank_sheet(sourced: Iterable[Sourced], until: dt.date, *, cash_deposits: bool, match_days: int) -> BankSheet:
    """Lay the statement beside the book; ``match_days`` (inclusive) apart is near enough without a common number."""
    records = [one.record for one in in_order(one for one in sourced if one.record.date <= until)]
    undone = {record.ref for record in records if record.KIND == "reversal"}
    standing = [record for record in records if record.id not in undone and record.KIND != "reversal"]
    entries = list(_entries(standing, cash_deposits=cash_deposits))
    lines = _chronological(
        [_line(record) for record in standing if isinstance(record, StatementLine) and record.booked <= until]
    )
    only_book, only_bank = _unmatched(entries, _bounced(standing), lines, match_days)
    balances = [line for line in lines if line.balance is not None]
    before = balances[0].balance - balances[0].amount if balances and balances[0].balance is not None else None
    last = balances[-1].balance if balances else None
    return BankSheet(
        until=until,
        imported=bool(lines),
        book=sum(entry.amount for entry in entries),
        bank=sum(line.amount for line in lines) if last is None else last,
        before=before,
        matched=len(lines) - len(only_bank),
        only_book=tuple(only_book),
        only_bank=tuple(only_bank),
    )


def _entries(records: Sequence[Record], *, cash_deposits: bool) -> Iterator[BookEntry]:
    """What each record has at the bank, with the numbers of the papers that the money went through.

    The payment's own reference stands on the record that it refers to, a cheque's deposit slip on its deposit (S4).
    """
    accounts = {ARRIVED, CLEARED, *((WITH_FINANCE,) if cash_deposits else ())}
    by_id = {record.id: effective(record) for record in records}
    slips = _deposit_slips(by_id.values())
    for record in records:
        fen = sum(q for account, commodity, q in record.postings() if commodity == MONEY and account in accounts)
        if fen:
            said = effective(record)
            numbers = _numbers(said) | (_numbers(by_id[said.ref]) if said.ref in by_id else set())
            numbers |= slips.get(_paper(said), set()) if isinstance(said, Cleared) else set()
            yield BookEntry(record.id, record.date, fen, frozenset(numbers))


def _bounced(records: Sequence[Record]) -> list[Passed]:
    """Every cheque that came back, with the numbers of its papers; same-day ones went to the bank with their sale."""
    by_id = {record.id: effective(record) for record in records}
    slips = _deposit_slips(by_id.values())
    came = {_paper(record): record.date for record in by_id.values() if isinstance(record, Deposited)}
    found = []
    for record in by_id.values():
        if isinstance(record, Bounced):
            first = by_id.get(record.ref)
            numbers = _numbers(record) | slips.get(_paper(record), set()) | (_numbers(first) if first else set())
            day = came.get(_paper(record), first.date if first else record.date)
            found.append(Passed(record.amount, day, record.date, frozenset(numbers)))
    return found


def _deposit_slips(records: Iterable[Record]) -> dict[tuple[str, str], set[str]]:
    """By cheque the slips that it was deposited with."""
    found: dict[tuple[str, str], set[str]] = {}
    for record in records:
        if isinstance(record, Deposited):
            found.setdefault(_paper(record), set()).update(_numbers(record))
    return found


def _paper(step: ChequeStep) -> tuple[str, str]:
    """The cheque with the sale or reservation that took it: one that was given back may come again."""
    return step.cheque_key, step.ref


def _numbers(record: Record) -> set[str]:
    return {number for name in NUMBERS for number in _folded(getattr(record, name, ""))}


def _folded(text: Any) -> tuple[str, ...]:
    return (fold(text).upper(),) if isinstance(text, str) and text else ()


def _line(record: StatementLine) -> BankLine:
    return BankLine(record.id, record.booked, record.amount, record.balance, record.reference, record.text)


def _chronological(lines: list[BankLine]) -> list[BankLine]:
    """By date; within a day as the bank lists them, which may be the newest first: the order whose balances follow."""
    newest_first = lines[::-1]
    return min((sorted(way, key=lambda line: line.day) for way in (lines, newest_first)), key=_breaks)


def _breaks(lines: Sequence[BankLine]) -> int:
    """How many balances do not follow from the one before."""
    known = [line for line in lines if line.balance is not None]
    return sum(1 for old, new in pairwise(known) if new.balance != (old.balance or 0) + new.amount)


# -- matching ----------------------------------------------------------------------------------------------------------


def _unmatched(
    entries: Sequence[BookEntry], passed: Sequence[Passed], lines: Sequence[BankLine], match_days: int
) -> tuple[list[BookEntry], list[BankLine]]:
    """What is left on either side: first by reference, then by a number in the text, then by amount and a near date.

    By number one to one or as a whole.  What a number of ours names is never paired by its amount with anything else: a
    line with the slip of one deposit is not another's, whatever the amounts are.  What came and went with a bounced cheque is
    taken out first where a number says so, and last where only the amounts do.
    """
    ours, theirs = {entry.id: entry for entry in entries}, {line.id: line for line in lines}
    mine, named = _by_number(entries), _by_reference(lines)
    unseen = [one for one in passed if not _take_out(one, theirs, mine.keys(), match_days, by_number=True)]
    for have in (named, _by_number(lines)):
        for number in mine:
            _pair_number([one for one in mine[number] if one.id in ours], have.get(number, []), ours, theirs)
    awaited = {number for number, found in named.items() if any(line.id in theirs for line in found)}
    free = [entry for entry in ours.values() if not entry.numbers & awaited]
    others = [line for line in theirs.values() if not mine.keys() & set(_folded(line.reference))]
    for _, entry_id, line_id in sorted(_near(free, others, match_days)):
        if entry_id in ours and line_id in theirs:
            del ours[entry_id], theirs[line_id]
    for one in unseen:
        _take_out(one, theirs, mine.keys(), match_days, by_number=False)
    return list(ours.values()), list(theirs.values())


def _take_out(
    one: Passed, theirs: dict[str, BankLine], numbered: Collection[str], match_days: int, *, by_number: bool
) -> bool:
    """Whether the bank has both lines of a cheque that came back; they are taken out together or not at all.

    The first has one of its numbers, or else no number of ours and a near date; the second has either.
    """

    def is_one(line: BankLine, fen: int, day: dt.date, *, named: bool) -> bool:
        if line.amount != fen:
            return False
        free = abs((line.day - day).days) <= match_days and not set(_folded(line.reference)) & set(numbered)
        return bool(line.numbers & one.numbers) or (free and not named)

    came = [line for line in theirs.values() if is_one(line, one.amount, one.came, named=by_number)]
    went = [line for line in theirs.values() if is_one(line, -one.amount, one.went, named=False)]
    if not (came and went):
        return False
    first = min(came, key=lambda line: (not line.numbers & one.numbers, abs((line.day - one.came).days)))
    last = min(went, key=lambda line: (not line.numbers & one.numbers, abs((line.day - one.went).days)))
    del theirs[first.id], theirs[last.id]
    return True


def _pair_number(
    mine: Sequence[BookEntry], have: Sequence[BankLine], ours: dict[str, BookEntry], theirs: dict[str, BankLine]
) -> None:
    """Entries and lines of one number: all together when their sums agree, else each with one of its amount."""
    have = [line for line in have if line.id in theirs]
    if mine and have and sum(entry.amount for entry in mine) == sum(line.amount for line in have):
        for entry in mine:
            del ours[entry.id]
        for line in have:
            del theirs[line.id]
        return
    for entry in mine:
        same = next((line for line in have if line.id in theirs and line.amount == entry.amount), None)
        if same is not None:
            del ours[entry.id], theirs[same.id]


def _by_number(side: Sequence[Numbered]) -> dict[str, list[Numbered]]:
    found: dict[str, list[Numbered]] = {}
    for one in side:
        for number in sorted(one.numbers):
            found.setdefault(number, []).append(one)
    return found


def _by_reference(lines: Sequence[BankLine]) -> dict[str, list[BankLine]]:
    found: dict[str, list[BankLine]] = {}
    for line in lines:
        for number in _folded(line.reference):
            found.setdefault(number, []).append(line)
    return found


def _near(ours: Iterable[BookEntry], theirs: Iterable[BankLine], match_days: int) -> Iterator[tuple[int, str, str]]:
    """Pairs of one amount with dates near enough, by id, and how many days they are apart."""
    by_amount: dict[int, list[BankLine]] = {}
    for line in theirs:
        by_amount.setdefault(line.amount, []).append(line)
    for entry in ours:
        for line in by_amount.get(entry.amount, ()):
            apart = abs((line.day - entry.day).days)
            if apart <= match_days:
                yield apart, entry.id, line.id
