"""What clients bought in a span of days, from the index alone: for classes, festival lists and cards (C1–C3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ledger.core.records.selling import SaleThing
from ledger.core.slips import SELLING
from ledger.index import lookup
from ledger.index.codec import parse_thing

if TYPE_CHECKING:
    from ledger.book.open import Book


class Bought(NamedTuple):
    """A client's purchases: fen net of what was refunded, how many records, the last day of one as text."""

    amount: int = 0
    times: int = 0
    last: str = ""


def bought(book: Book, start: dt.date, end: dt.date) -> Mapping[str, Bought]:
    """What each client bought by business dates from ``start`` inclusive to ``end`` exclusive; refunds of any day taken off.

    A purchase that came back as a whole is none.
    """
    found: dict[str, Bought] = {}
    for _, day, order, layers in lookup.things_between(
        book.index.db, SaleThing.__name__, SELLING, str(start), str(end)
    ):
        sale = parse_thing(SaleThing.__name__, order, layers).layers[-1][1]
        assert isinstance(sale, SaleThing)  # chosen by its space
        net = sale.amount - sale.refunded
        if net > 0:
            old = found.get(sale.client, Bought())
            found[sale.client] = Bought(old.amount + net, old.times + 1, max(old.last, day))
    return found


def first_purchase(book: Book, client: str) -> str:
    """The business date of a client's first purchase as text, or empty."""
    return lookup.first_day(book.index.db, client, SELLING)
