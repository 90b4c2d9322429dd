"""现金日记账: the drawer from the postings, line by line and for the month, and the takings that are still to be deposited.

The drawer is takings and float together; nothing of it is typed twice (N3).  A month of the book is that of its business
dates, so that it ends where the month's sheet does; a day of the book is a cash day, from cut-off to cut-off (N1).  Amounts
are fen, signed as seen from the drawer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple

import msgspec

from ledger.core.dates import Month
from ledger.core.drawer import cash_day
from ledger.core.forms import Record, Reversal, value_of
from ledger.core.payments import AT_ONCE
from ledger.core.postings import CASH, FLOAT, MONEY, Posting
from ledger.core.records import BY_NAME, journal
from ledger.core.records.cash import DayEnd
from ledger.core.records.custodians import CustodyHandover
from ledger.core.records.dispositions import Adoption
from ledger.core.records.drawer import Advance, AdvanceReturn, CashCount, Deposit, FloatSet, Settle
from ledger.core.records.openings import Opening
from ledger.core.records.receipts import Receipt
from ledger.core.records.sales import ClientReturn, Sale
from ledger.core.rules import Rules
from ledger.core.state import Sourced, State
from ledger.core.words import Words
from ledger.folds.parts import Balance, Entry

DRAWER = (CASH, FLOAT)
_JOURNALS = ("openings", "sales", "cheques", "cash")
"""The journals whose records may move cash; those that this book's program does not have are passed over."""


class Row(NamedTuple):
    """A line of the month's cash block: what it is called, and whether it is shown as an outflow (-1)."""

    name: str
    sign: int
    words: Words


ROWS: tuple[Row, ...] = (
    Row("taken_over", 1, Words("期初接收", "taken over")),
    Row("float", 1, Words("备用金变动", "float")),
    Row("received", 1, Words("收款", "received")),
    Row("refunded", -1, Words("退款", "refunded")),
    Row("deposited", -1, Words("交财务", "deposited")),
    Row("advances", -1, Words("借支", "advances")),
    Row("over_short", 1, Words("长短款", "over or short")),
    Row("prior_period", 1, Words("更正以前月份", "prior period")),
)
"""Every line between opening and closing of the drawer; the one place that names them."""

_LINES: Mapping[type[Record], str] = {
    Opening: "taken_over",
    FloatSet: "float",
    ClientReturn: "refunded",
    Deposit: "deposited",
    Advance: "advances",
    AdvanceReturn: "advances",
    CashCount: "over_short",
    Settle: "over_short",
}


_NOT_DUE = frozenset({"over_short", "taken_over"})
"""Money in the drawer that no client has paid today: it may be deposited, and no cut-off asks for it."""


def _moving() -> tuple[type[Record], ...]:
    return tuple(
        kind for name in _JOURNALS if name in BY_NAME for kind in journal(name).kinds if kind not in (DayEnd, CustodyHandover)
    )  # fmt: skip


KINDS = _moving()


def drawer_move(record: Record, accounts: Sequence[str] = DRAWER) -> int:
    """By how much a record changes the drawer, or one pot of it, in fen."""
    if type(record) is Sale:
        return _paid_in_cash(record) if CASH in accounts else 0
    return _in_drawer(record.postings(), accounts)


def _in_drawer(postings: Iterable[Posting], accounts: Sequence[str] = DRAWER) -> int:
    return sum(fen for account, commodity, fen in postings if commodity == MONEY and account in accounts)


def _paid_in_cash(sale: Sale) -> int:
    """What a sale's postings put into the drawer: most records are sales, and their payments say it all."""
    fen = 0
    for pay in sale.payments:
        if pay.method == AT_ONCE:
            fen += pay.amount
    return fen


def line_of(record: Record) -> str:
    """The line of :data:`ROWS` that a record's cash stands on."""
    if isinstance(record, Reversal):
        return line_of(record.original) if record.same_month else "prior_period"
    return "prior_period" if isinstance(record, Adoption) else _LINES.get(type(record), "received")


# -- the month's block ---------------------------------------------------------------------------------------------------


class CashSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The drawer over a month (fen): ``figures`` has every name of :data:`ROWS`, as movements of the drawer (signed)."""

    opening: int = 0
    figures: Mapping[str, int] = msgspec.field(default_factory=lambda: {row.name: 0 for row in ROWS})
    closing: int = 0

    @property
    def difference(self) -> int:
        """What does not foot; 0 is right."""
        return self.closing - self.opening - sum(self.figures.values())


class CashPart:
    """The block ``cash`` of the month's sheet (contract, section 4)."""

    KINDS: ClassVar[tuple[type[Record], ...]] = KINDS

    def __init__(self, month: Month, state: State, money: Mapping[str, int]) -> None:  # noqa: ARG002 - the protocol's
        self._figures = {row.name: 0 for row in ROWS}

    def take(self, entry: Entry) -> None:
        """See :class:`ledger.folds.parts.Part`."""
        if entry.prior:
            self._figures["prior_period"] += _in_drawer(entry.postings)
        else:
            self._figures[_LINES.get(type(entry.record), "received")] += entry.sign * drawer_move(entry.record)

    def close(self, state: State, money: Mapping[str, Balance]) -> CashSheet | None:  # noqa: ARG002 - the protocol's
        """See :class:`ledger.folds.parts.Part`."""
        pots = [money.get(account, Balance()) for account in DRAWER]
        opening, closing = sum(pot.opening for pot in pots), sum(pot.closing for pot in pots)
        if not (opening or closing or any(self._figures.values())):
            return None
        return CashSheet(opening=opening, figures=self._figures, closing=closing)


# -- the book, line by line ------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One line: its cash day, what it brought into the drawer (fen, negative: out), and the balance behind it.

    A receipt of vouchers moves no cash and stands there as a memo (V3).
    """

    record: Record
    day: dt.date
    fen: int
    balance: int

    @property
    def memo(self) -> bool:
        """Whether it moves no cash."""
        return not self.fen


class CashBook(NamedTuple):
    """Lines of a period in order, with the drawer before the first and after the last of them (fen)."""

    opening: int
    lines: list[Line]
    closing: int


def cash_book(
    sourced: Iterable[Sourced], rules: Rules, first: dt.date, after: dt.date, opening: int = 0, *, by_cash_day: bool
) -> CashBook:
    """The lines from ``first`` (inclusive) to ``after`` (exclusive), by cash day or by business date.

    ``sourced`` in order, from the moment on at which the drawer held ``opening``.
    """
    days = [(cash_day(one.record, rules), one.record) for one in sourced]
    if by_cash_day:
        days.sort(key=lambda pair: pair[0])  # stable: within a cash day the order of the book
    balance, lines = opening, []
    for day, record in days:
        on = day if by_cash_day else record.date
        fen = drawer_move(record)
        if on < first:
            opening, balance = opening + fen, balance + fen
        elif on < after and (fen or isinstance(record, Receipt)):
            balance += fen
            lines.append(Line(record, day, fen, balance))
    return CashBook(opening, lines, balance)


# -- what is to be deposited -----------------------------------------------------------------------------------------------


class Paid(NamedTuple):
    """A part of a deposit that answers for a cash day."""

    id: str
    at: dt.datetime
    fen: int


class Takings(msgspec.Struct, kw_only=True):
    """One cash day: what its takings came to (fen), who brought them, and what was deposited of them."""

    day: dt.date
    due: int = 0
    records: list[Sourced] = []
    paid: list[Paid] = []

    @property
    def open(self) -> int:
        """What is still in the drawer of it."""
        return self.due - sum(one.fen for one in self.paid)

    def open_at(self, moment: dt.datetime) -> int:
        """What was still in the drawer at a moment, inclusive, of all that belongs to the day."""
        return self.due - sum(one.fen for one in self.paid if one.at <= moment)

    def open_after(self, day: dt.date) -> int:
        """What was still in the drawer when the business date ``day`` was over."""
        return self.due - sum(one.fen for one in self.paid if one.at.date() <= day)


class Undeposited(NamedTuple):
    """Cash days in order, and what deposits hold beyond all takings (record id to fen)."""

    days: list[Takings]
    beyond: dict[str, int]

    @property
    def open(self) -> int:
        """What lies in the drawer of all days' takings."""
        return sum(one.open for one in self.days)


def in_force(sourced: Sequence[Sourced]) -> list[Sourced]:
    """The records but for those undone in their own month, and but for the reversals that undo one of them.

    A month that is over stands as it was deposited and counted: what undoes a part of it later is an event of its own day (R9).
    """
    ids = {one.record.id for one in sourced}
    undoing = {
        one.record.id: one.record.ref
        for one in sourced
        if isinstance(one.record, Reversal) and one.record.same_month and one.record.ref in ids
    }
    if not undoing:
        return list(sourced)
    undone = set(undoing.values())
    return [one for one in sourced if one.record.id not in undone and one.record.id not in undoing]


def undeposited(
    sourced: Sequence[Sourced], rules: Rules, opening: int = 0, since: dt.date | None = None,
    doubted: Collection[str] = (),
) -> Undeposited:  # fmt: skip
    """Takings by cash day, with what left the drawer laid against them in the order of the book.

    A deposit answers for the days it names, then for the oldest that are open; a shortage or whatever else takes from the
    takings for its own day, then for those before it.  A surplus, or what an opening took over, may be deposited and need
    not be; paid out, it is no longer there and no takings are less.  A shortage paid in is takings again, of the day that
    was short.  ``opening`` (fen) are takings that lay in the drawer before ``since``; ``doubted`` are ids of records of which
    nothing is asked: what they brought may be deposited and need not be, and what they took out answers for what no other
    record did.
    """
    days: dict[dt.date, Takings] = {}
    if opening > 0 and since is not None:
        before = since - dt.timedelta(days=1)
        days[before] = Takings(day=before, due=opening)
    out: list[tuple[Record, dt.date, int]] = []
    surplus = 0
    for one in in_force(sourced):
        fen, day = drawer_move(one.record, (CASH,)), cash_day(one.record, rules)
        if fen < 0 or (isinstance(one.record, Settle) and one.record.id not in doubted):
            out.append((one.record, day, -fen))
        elif line_of(one.record) in _NOT_DUE or one.record.id in doubted:
            surplus += _at_most(one.record, fen) if one.record.id in doubted else fen
        elif fen:
            takings = days.setdefault(day, Takings(day=day))
            takings.due += fen
            takings.records.append(one)
    ordered = sorted(days.values(), key=lambda one: one.day)
    out.sort(key=lambda one: one[0].id in doubted)
    return Undeposited(ordered, _laid(out, ordered, surplus))


def _at_most(record: Record, fen: int) -> int:
    """What a record that is wrong may have brought, when its sheets and its money disagree: a sale all that its sheets are."""
    return max(fen, value_of(record.lines)) if isinstance(record, Sale) else fen


def _laid(out: Sequence[tuple[Record, dt.date, int]], days: Sequence[Takings], surplus: int) -> dict[str, int]:
    """Lay what left the drawer against the days; returns the deposits that no takings and no surplus explain."""
    beyond: dict[str, int] = {}
    for record, day, fen in out:
        left = fen
        if fen < 0:
            surplus += _given_back(record, -fen, days)
            continue
        if _of_surplus(record):
            left, surplus = max(0, left - surplus), max(0, surplus - left)
        for takings in _answered(record, day, days):
            part = min(left, takings.open)
            if part:
                takings.paid.append(Paid(record.id, record.at, part))
                left -= part
        if isinstance(record, Deposit):
            left, surplus = max(0, left - surplus), max(0, surplus - left)
            if left:
                beyond[record.id] = left
    return beyond


def _given_back(record: Record, fen: int, days: Sequence[Takings]) -> int:
    """Lay a shortage that is paid in (fen) on the takings that its count took it from; returns what they were not short of."""
    for takings in days:
        part = min(fen, sum(one.fen for one in takings.paid if one.id == record.ref))
        if part:
            takings.paid.append(Paid(record.ref, record.at, -part))
            fen -= part
    return fen


def _of_surplus(record: Record) -> bool:
    """Whether a record takes back what was found over: the surplus itself is paid out, as far as it is still there (N3)."""
    done = record.original if isinstance(record, Reversal) else record
    return isinstance(done, Settle) or (isinstance(done, CashCount) and done is not record)


def _answered(record: Record, day: dt.date, days: Sequence[Takings]) -> list[Takings]:
    """The days that a record may answer for, first those it names; nobody hands over the takings of a day to come."""
    named = record.days if isinstance(record, Deposit) else (day,)
    others = (
        [one for one in days if one.day <= day]
        if isinstance(record, Deposit)
        else [one for one in days if one.day < day]
    )
    return [one for one in days if one.day in named] + [one for one in others if one.day not in named]
