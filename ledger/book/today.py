"""What was done today and what is open, read from the index alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.cheques import ChequesDue, due
from ledger.book.counting import missing_now
from ledger.book.keybackup import backup_due
from ledger.book.members import OpenAward, Waiting, open_awards, told_of_awards
from ledger.book.openmoney import OpenMoney
from ledger.book.openmoney import look as open_money
from ledger.book.visits import Due
from ledger.book.visits import due as calls_due
from ledger.core.approvals import Request
from ledger.core.custody import RESTAMP
from ledger.core.dates import Month
from ledger.core.forms import sheets_of
from ledger.core.records.selling import Offer
from ledger.core.rules import Reconciled
from ledger.core.slips import Slip
from ledger.core.spans import SpanSet
from ledger.core.state import Reversed
from ledger.folds.stock import StockSheet, stock
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.words import Words
    from ledger.index.hydrated import Hydrated


CHAIN = "JRN-01"
SOLD = ("sale", "handover")
"""The kinds by which sheets go out as sold."""


class Open(NamedTuple):
    """What waits for somebody.

    ``missing`` are sheets in the safe that the last count did not find, ``void`` those not handed back to finance yet;
    ``broken`` places where the chain does not hold (JRN-01), ``damage`` other trouble with the journals.  ``slips`` are the
    rebate slips that wait for a decision, for the client to be told, or to be collected.  ``closing`` are the months of which
    it is time to ask what keeps them open: the last one, and from a day of the rules on this one (R12).  ``calls`` are those that
    are due towards clients (C3–C7).  ``awards`` are the slips whose goods are not out, ``told`` the members who were told and have not come (M3).
    ``keys`` is what to say of the backup of the keys of personal data, where one is due (C8).
    """

    waiting: list[tuple[str, Request]]
    undrawn: list[tuple[str, Request]]
    unstamped: SpanSet
    restamp: SpanSet
    missing: SpanSet
    void: SpanSet
    uncounted: bool
    broken: int
    damage: int
    money: OpenMoney
    cheques: ChequesDue
    slips: list[tuple[str, Slip]]
    closing: tuple[Month, ...]
    calls: Due
    awards: list[OpenAward]
    told: list[Waiting]
    keys: Words | None


class Today(NamedTuple):
    """One business date: records, sales in force with their sheets and takings per method (fen), the stock, what is open."""

    records: int
    sales: int
    sheets: int
    takings: Mapping[str, int]
    stock: StockSheet
    open: Open


def look(book: Book, day: dt.date) -> Today:
    """The state of affairs on ``day``."""
    state = book.state()
    found = lookup.between(book.index.from_day(str(day)), str(day), str(day + dt.timedelta(days=1)))
    sold = [
        entry.record
        for entry in book.entries([one for one in found if one.kind in SOLD])
        if state.thing(Reversed, entry.id) is None
    ]
    takings: dict[str, int] = {}
    sheets = 0
    for sale in sold:
        if isinstance(sale, Offer):
            sheets += sheets_of(sale.lines)
            for method, fen in sale.payments:
                takings[method] = takings.get(method, 0) + fen
    have = stock(state)
    return Today(len(found), len(sold), sheets, takings, have, _open(book, state, have, day))


def _open(book: Book, state: Hydrated, have: StockSheet, day: dt.date) -> Open:
    requests = list(state.things(Request))
    return Open(
        waiting=[(key, one) for key, one in requests if one.status == "open"],
        undrawn=[
            (key, one)
            for key, one in requests
            if one.status == "approved" and one.purpose == "voucher" and any(sheets > 0 for _, sheets in one.left)
        ],
        unstamped=SpanSet.of(span for face in have.faces for span in face.unstamped),
        restamp=SpanSet.of(
            span for span, sheet in state.on_hand() if RESTAMP in sheet.stamps and sheet.place == "safe"
        ),
        missing=missing_now(book),
        void=have.void_on_hand,
        uncounted=bool(have.faces) and not _counted(book, state, Month.of(day)),
        broken=sum(1 for finding in book.damage() if finding.code == CHAIN),
        damage=sum(1 for finding in book.damage() if finding.code != CHAIN),
        money=open_money(book, day),
        cheques=due(state, day, book.rules),
        slips=sorted(((key, slip) for key, slip in state.things(Slip) if not slip.settled), key=lambda one: one[0]),
        closing=tuple(_closing(book, day)),
        calls=calls_due(book, day),
        awards=open_awards(state, day),
        told=told_of_awards(book, day),
        keys=backup_due(book),
    )


def _closing(book: Book, day: dt.date) -> Iterator[Month]:
    """The months with records that are to be closed now, by the calendar; whether anything blocks them takes the text."""
    this, rule = Month.of(day), book.rules.find(Reconciled, day)
    sealed = book.seals.months()
    for month in (this.previous(), this):
        begun = month != this or (rule is not None and day.day >= rule.preclose_day)
        if begun and month.text not in sealed and _any_in(book, month):
            yield month


def _any_in(book: Book, month: Month) -> bool:
    first = str(month.first)
    return lookup.any_between(book.index.from_day(first), first, str(month.after))


def _counted(book: Book, state: Hydrated, month: Month) -> bool:
    """Whether a count of the month is in force."""
    found = lookup.between(book.index.from_day(str(month.first)), str(month.first), str(month.after))
    return any(
        (one.journal, one.kind) == ("custody", "count") and state.thing(Reversed, one.id) is None for one in found
    )
