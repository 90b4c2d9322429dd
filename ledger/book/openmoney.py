"""Money that is open in a book: takings to deposit, payments to arrive, over and short, advances (N3, N4, S9)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.cash import drawer
from ledger.core.drawer import Advanced, OverShort
from ledger.core.payments import Payment
from ledger.core.records.arrivals import CHEQUE
from ledger.core.records.ious import Owed
from ledger.folds.cash import Takings

if TYPE_CHECKING:
    from ledger.book.open import Book


class OpenMoney(NamedTuple):
    """Each with its record's id: a pending payment with what is open of it (fen), an advance and an IOU with whether it is overdue."""

    takings: list[Takings]
    pending: list[tuple[str, Payment, int]]
    unsettled: list[tuple[str, OverShort]]
    advances: list[tuple[str, Advanced, bool]]
    owed: list[tuple[str, Owed, bool]]


def look(book: Book, today: dt.date) -> OpenMoney:
    """What is open on ``today``; takings of every cash day, also of one that has just begun."""
    state = book.state()
    return OpenMoney(
        takings=[one for one in drawer(book).takings.days if one.open > 0],
        pending=[
            (key, one, fen)
            for key, one in state.things(Payment)
            if (fen := sum(pay.amount for pay in one.open if pay.method != CHEQUE))
        ],
        unsettled=[(key, one) for key, one in state.things(OverShort) if one.amount],
        advances=[(key, one, one.due < str(today)) for key, one in state.things(Advanced) if one.amount],
        owed=[(key, one, one.due < str(today)) for key, one in state.things(Owed) if one.open > 0],
    )
