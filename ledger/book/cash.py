"""The drawer of a book: what is in it, what is to be deposited, and its journal (N3).  Read from the text of the open months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.sealed import SealedRules, money_into
from ledger.core.dates import Month
from ledger.core.drawer import FROM_FLOAT, POTS, Advanced, OverShort
from ledger.core.errors import Refused
from ledger.core.money import yuan
from ledger.core.postings import CASH, FLOAT
from ledger.core.words import Words
from ledger.folds.cash import (
    DRAWER,
    CashBook,
    Takings,
    Undeposited,
    cash_book,
    drawer_move,
    in_force,
    undeposited,
)
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.journal.entry import Entry

_JOURNALS = frozenset({"openings", "sales", "cheques", "cash"})
_OTHERS = frozenset({("dispositions", "adoption"), ("receipts", "receipt"), ("receipts", "reversal")})
_READ = _JOURNALS | {journal for journal, _ in _OTHERS}
_STILL = frozenset({"day-end", "opening-sheets"})
"""Kinds of those journals that never move cash; they need not be read."""


class Drawer(NamedTuple):
    """The drawer now, in fen: takings, float, and the takings day by day.

    ``entrusted`` is the float with what staff have been advanced of it; ``surplus`` is, by count, what was found over and
    nobody has settled: it lies with the takings and is none.
    """

    cash: int
    petty: int
    entrusted: int
    surplus: dict[str, int]
    takings: Undeposited

    @property
    def total(self) -> int:
        """What a count should find."""
        return self.cash + self.petty

    @property
    def over(self) -> int:
        """All that was found over and is not settled."""
        return sum(self.surplus.values())

    @property
    def due(self) -> int:
        """What a deposit hands over where no amount is said: all but a surplus in suspense, which waits to be settled (N3)."""
        return max(self.takings.open, self.cash - self.over, 0)

    @property
    def most(self) -> int:
        """The most that a deposit may hand over: finance may keep a surplus too."""
        return max(self.takings.open, self.cash, 0)

    def open_days(self, until: dt.date) -> list[Takings]:
        """The cash days up to ``until`` (inclusive) with takings in the drawer."""
        return [one for one in self.takings.days if one.open > 0 and one.day <= until]


def drawer(book: Book) -> Drawer:
    """The drawer as all records up to now leave it."""
    since, money, entries = _entries(book, Month.of(book.today()))
    kept = in_force(entries)
    petty = money.get(FLOAT, 0) + sum(drawer_move(one.record, (FLOAT,)) for one in kept)
    state = book.state()
    out = sum(one.amount for _, one in state.open_things(Advanced) if one.source == FROM_FLOAT)
    return Drawer(
        cash=money.get(CASH, 0) + sum(drawer_move(one.record, (CASH,)) for one in kept),
        petty=petty,
        entrusted=petty + out,
        surplus={count: -one.amount for count, one in state.open_things(OverShort) if one.amount < 0},
        takings=undeposited(entries, SealedRules(book), money.get(CASH, 0), since),
    )


def month_book(book: Book, month: Month) -> CashBook:
    """The cash journal of a month by business dates: it ends where the month's sheet does."""
    _, money, entries = _entries(book, month)
    held = sum(money.get(account, 0) for account in DRAWER)
    return cash_book(entries, SealedRules(book), month.first, month.after, held, by_cash_day=False)


def day_book(book: Book, day: dt.date) -> CashBook:
    """The cash journal of one cash day, from the cut-off before it to its own."""
    _, money, entries = _entries(book, Month.of(day))
    held = sum(money.get(account, 0) for account in DRAWER)
    after = day + dt.timedelta(days=1)
    return cash_book(entries, SealedRules(book), day, after, held, by_cash_day=True)


def _entries(book: Book, month: Month) -> tuple[dt.date | None, dict[str, int], list[Entry]]:
    """What the closing two months back carries in money, and every later record that may move cash, in order.

    One closing further back than needed, because money taken after the cut-off of a month's last day is the next day's.
    """
    since, money = money_into(book, month.previous())
    first = str(since or "0000")
    found = lookup.between(book.index.from_day(first), first, "9999-99", sorted(_READ))
    return since, money, list(book.entries([one for one in found if _may_move(one)]))


def _may_move(one: lookup.Found) -> bool:
    """Whether a record may be a line of the cash journal; a receipt of vouchers is one as a memo (V3)."""
    return (one.journal in _JOURNALS and one.kind not in _STILL) or (one.journal, one.kind) in _OTHERS


# -- what entry works out, and refuses --------------------------------------------------------------------------------------


class Handed(NamedTuple):
    """What a deposit is to say: its amount in fen and the cash days it covers."""

    amount: int
    days: tuple[dt.date, ...]


def to_deposit(held: Drawer, amount: int | None, days: tuple[dt.date, ...], today: dt.date) -> Handed:
    """The deposit as far as it was typed: all takings of the days, of today and before when none is named.

    Raises :class:`Refused` (REC-05) when there is nothing to deposit, or less than the amount (fen).  A surplus goes only
    where the amount says so.
    """
    open_ = [one for one in held.takings.days if one.open > 0 and (not days or one.day in days)]
    until = [one for one in open_ if one.day <= today] or open_
    if amount is None:
        whole = not days and len(until) == len(open_)
        amount = held.due if whole else sum(one.open for one in until)
    if not 0 < amount <= held.most:
        raise _too_much(amount, held)
    if not days:
        days = _covered(amount, [*until, *(one for one in open_ if one not in until)]) or (today,)
    return Handed(amount, days)


def _covered(amount: int, open_: list[Takings]) -> tuple[dt.date, ...]:
    """The oldest days whose takings make up the amount."""
    days = []
    for one in open_:
        if amount > 0:
            days.append(one.day)
            amount -= one.open
    return tuple(sorted(days))


def _too_much(amount: int, held: Drawer) -> Refused:
    due, over = held.due, held.over
    if not due and over:
        words = Words(
            f"抽屉里没有要交的货款；长款 {yuan(over)} 先处理",
            f"there are no takings to deposit; the {yuan(over)} over are settled first",
        )
        return Refused(
            words,
            code="REC-05",
            next=tuple(f"gb cash settle {count} --how paid-out --reason '…'" for count in held.surplus),
        )
    if not due:
        words = Words(
            "抽屉里没有要交的货款；点出来的多余现金先做现金盘点",
            "there are no takings to deposit; cash found besides is counted first",
        )
        return Refused(words, code="REC-05", next=("gb cash book", "gb cash count --help"))
    words = Words(
        f"账上未交的货款是 {yuan(due)}，不能交 {yuan(amount)}",
        f"the takings to deposit are {yuan(due)}, not {yuan(amount)}",
    )
    return Refused(words, code="REC-05", next=(f"--amount {yuan(due)}", "gb cash book"))


def refuse_empty_pot(held: Drawer, source: str, amount: int) -> None:
    """Refuse to pay more (fen) out of a pot than it holds (REC-05)."""
    have = held.petty if source == FROM_FLOAT else held.cash
    if amount > have:
        pot = POTS[source]
        words = Words(f"{pot.zh}只有 {yuan(have)}", f"{pot.en} holds {yuan(have)}")
        raise Refused(words, code="REC-05", next=("gb cash book",))
