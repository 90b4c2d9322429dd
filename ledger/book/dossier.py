"""Everything about one client on one card: purchases, rebates, bounces, visits, complaints (C1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.book.cheques import bounces
from ledger.core.forms import value_of
from ledger.core.parties import Complaint
from ledger.core.records.selling import SaleThing
from ledger.core.slips import SELLING, Slip
from ledger.core.state import Reversed
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book

CALLS = ("visit", "call-note")


class Dossier(NamedTuple):
    """What the book says of a client.  Amounts are fen, days texts.

    ``sales`` in force with what was paid and refunded; ``slips`` of rebates that were approved, with their amount and what was
    collected of it; ``bounced`` cheques; ``calls`` and the day of the last; ``complaints``, and those without an answer.
    """

    sales: int
    paid: int
    refunded: int
    slips: int
    approved: int
    collected: int
    bounced: int
    calls: int
    last_call: str
    complaints: int
    unanswered: int
    records: list[lookup.Found]


def dossier(book: Book, code: str) -> Dossier:
    """A client's dossier as it stands."""
    state = book.state()
    found = lookup.by_client(book.index.db, code)
    sales = [sale for one in found if one.kind in SELLING and (sale := state.thing(SaleThing, one.id)) is not None]
    slips = [slip for one in found if one.kind == "proposal" and (slip := state.thing(Slip, one.id)) is not None]
    given = [slip for slip in slips if slip.status == "approved"]
    calls = [one.day for one in found if one.kind in CALLS and state.thing(Reversed, one.id) is None]
    told = [one.id for one in found if one.kind == "complaint"]
    complaints = [one for key in told if (one := state.thing(Complaint, key)) is not None]
    return Dossier(
        sales=len(sales), paid=sum(sale.amount for sale in sales), refunded=sum(sale.refunded for sale in sales),
        slips=len(given), approved=sum(slip.amount for slip in given),
        collected=sum(value_of(slip.taken) for slip in slips), bounced=bounces(book, code),
        calls=len(calls), last_call=max(calls, default=""), complaints=len(complaints),
        unanswered=sum(1 for one in complaints if not one.settled), records=found,
    )  # fmt: skip
