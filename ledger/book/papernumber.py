"""The record behind a number that stands on a paper: a slip's control number, a notice, an award, a cheque, a deposit slip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.book.cheques import origins
from ledger.book.draft import Ambiguous
from ledger.core.cheques import BankSlip, slip_key
from ledger.core.drawer import CashSlip
from ledger.core.points import AwardThing, PointsSlip
from ledger.core.records.notices import NoticeThing
from ledger.core.records.reservations import Reservation
from ledger.core.slips import Slip
from ledger.core.text import fold, paper_number, shown
from ledger.core.words import Words
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book


def by_number(book: Book, typed: str) -> str:
    """The id of the record whose paper carries that number, or empty; :class:`Ambiguous` where several do.

    ``DZ-2026-0001`` 返扣单, ``TZ2026-K1-0001`` 通知, ``LJ2026-K1-0001`` 领奖单, a cheque's whole number (the sale or reservation that
    took it), the numbers of 内部进帐单 and 支票押金凭证.  A number has a digit: a name costs no search.
    """
    number = fold(typed).upper()
    found = dict.fromkeys(_numbered(book, number)) if any(letter.isdigit() for letter in number) else {}
    if len(found) > 1:
        words = Words(f"“{shown(typed)}”对应几张单据", f"“{shown(typed)}” fits several records")
        raise Ambiguous(words, [(one, book.find(one).record.WORDS.zh) for one in found], "gb show")
    return next(iter(found), "")


def _numbered(book: Book, number: str) -> Iterator[str]:
    state = book.state()
    if notice := state.thing(NoticeThing, number):
        yield notice.id
    yield from (key for key, one in state.things(Slip) if one.control_no == number)
    yield from (key for key, one in state.things(AwardThing) if one.number == number)
    yield from origins(state, number)
    if slip := state.thing(CashSlip, paper_number(number)):
        yield slip.deposit
    if given := state.thing(PointsSlip, paper_number(number)):
        yield given.id
    yield from (one.by for key, one in state.things(BankSlip) if key.endswith(slip_key(number)))
    for one in lookup.of_kind(book.index.db, "sales", Reservation.KIND):
        record = book.entry(one).record
        if isinstance(record, Reservation) and record.receipt and paper_number(record.receipt) == paper_number(number):
            yield record.id
