"""The classes of clients, reckoned anew from what they bought (C2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.purchases import Bought, bought
from ledger.core.parties import Client
from ledger.core.rules import Classes, months_after

if TYPE_CHECKING:
    from ledger.book.open import Book

POTENTIAL = "potential"
_ONE_DAY = dt.timedelta(days=1)


class Reckoned(NamedTuple):
    """A client's class by the rule, the class that is recorded, and the purchases of the rule's months."""

    client: str
    now: str
    was: str
    by_hand: bool
    bought: Bought


def reckoned(book: Book, day: dt.date) -> list[Reckoned]:
    """Every client's class at the end of ``day`` by the rule of that day, by code."""
    rule = book.rules.on(Classes, day)
    found = bought(book, months_after(day, -rule.months) + _ONE_DAY, day + _ONE_DAY)
    out = []
    for code, client in sorted(book.state().things(Client)):
        one = found.get(code, Bought())
        out.append(
            Reckoned(code, rule.of(one.amount, one.times), client.client_class or POTENTIAL, client.by_hand, one)
        )
    return out


def changed(found: list[Reckoned]) -> list[Reckoned]:
    """Those whose class is another one now; what a person chose stays."""
    return [one for one in found if one.now != one.was and not one.by_hand]
