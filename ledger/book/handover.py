"""What there is to hand over to the next custodian: from the index, as `gb status` and `gb voucher stock` show it (N6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.book.cash import Drawer, drawer
from ledger.book.openmoney import look as open_money
from ledger.core.approvals import Request
from ledger.core.cheques import Cheque, Reserved
from ledger.core.slips import Slip
from ledger.folds.stock import StockSheet, stock

if TYPE_CHECKING:
    from ledger.book.open import Book

IN_HAND = ("received", "bounced")
"""The states in which a cheque's paper lies in the house."""


class Held(NamedTuple):
    """All that a custodian answers for; ``items`` are the ids of records with something open, in order.

    ``unsettled`` are over (negative) and short (positive) by the count they came from, in fen.
    """

    stock: StockSheet
    drawer: Drawer
    cheques: tuple[Cheque, ...]
    items: tuple[str, ...]
    unsettled: Mapping[str, int]


def look(book: Book, today: dt.date) -> Held:
    """What is held now."""
    state, money = book.state(), open_money(book, today)
    open_ids = {key for key, _, _ in (*money.pending, *money.advances)} | {key for key, _ in money.unsettled}
    open_ids |= {key for key, one in state.things(Reserved) if not one.settled}
    open_ids |= {key for key, slip in state.things(Slip) if not slip.settled}
    open_ids |= {key for key, request in state.things(Request) if request.status == "open"}
    short = {key: one.amount for key, one in money.unsettled}
    cheques = sorted((one for _, one in state.things(Cheque) if one.status in IN_HAND), key=lambda one: one.number)
    return Held(stock(state), drawer(book), tuple(cheques), tuple(sorted(open_ids)), short)


def values_of(held: Held, to: str) -> dict[str, Any]:
    """The record's own fields."""
    return {
        "to": to, "spans": held.stock.in_safe, "void": held.stock.void_on_hand,
        "lines": tuple((face.face, face.sheets) for face in held.stock.faces),
        "cash": held.drawer.cash, "petty": held.drawer.petty,
        "cheques": " ".join(one.number for one in held.cheques),
        "cheque_amount": sum(one.amount for one in held.cheques), "items": held.items,
    }  # fmt: skip
