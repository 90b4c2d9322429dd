"""What a period sold: per day, client unit, salesperson and payment, as the month's sheet counts it (P2, R3).

A period is half-open.  What a reversal of the same month undid is left out on the day of the original, and corrections of
earlier months are no sales, so the days of a month sum to the month's R3 whenever one looks.  Amounts are fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from ledger.core.dates import Month, Period
from ledger.core.forms import Record, Reversal, sheets_of
from ledger.core.order import in_order
from ledger.core.records.clients import Classified
from ledger.core.records.collecting import Collection
from ledger.core.records.sales import ClientReturn
from ledger.core.records.selling import Offer
from ledger.core.records.visits import CONTACTS, Contacted, OutreachDone
from ledger.core.state import Sourced
from ledger.folds.audit import of_month

_ONE_DAY = dt.timedelta(days=1)
K = TypeVar("K")


class Sold(NamedTuple):
    """So many records, with their sheets and their amount in fen."""

    records: int = 0
    sheets: int = 0
    amount: int = 0

    def more(self, sheets: int, amount: int) -> Sold:
        """One record more."""
        return Sold(self.records + 1, self.sheets + sheets, self.amount + amount)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a period: ``days`` has each of its days, sold or not; the others only what is there, largest first.

    ``contacts`` counts by person and kind of record (:data:`ledger.core.records.visits.CONTACTS`) whom somebody spoke with (C5, C6).
    """

    period: Period
    total: Sold
    days: Mapping[dt.date, Sold]
    clients: Mapping[str, Sold]
    people: Mapping[str, Sold]
    pays: Mapping[str, int]
    returned: Sold
    rebated: Sold
    contacts: Mapping[str, Mapping[str, int]]

    def by(self, of: Mapping[str, str]) -> dict[str, Sold]:
        """The clients' sums together by what ``of`` says of each code; a code it does not know is under ``""``."""
        found: dict[str, Sold] = {}
        for code, one in self.clients.items():
            name = of.get(code, "")
            found[name] = Sold(*map(sum, zip(found.get(name, Sold()), one, strict=True)))
        return _largest_first(found)


def figures(sourced: Iterable[Sourced], period: Period) -> Figures:
    """Add up the period out of all records of the book."""
    records = in_force(sourced, period)
    sales = [one for one in records if isinstance(one, Offer) and one.SELLS]
    pays: dict[str, int] = {}
    for sale in sales:
        for method, amount in sale.payments:
            pays[method] = pays.get(method, 0) + amount
    days = dict.fromkeys(days_of(period), Sold())
    return Figures(
        period=period,
        total=_sum(sales),
        days={**days, **_sums((one.date, one) for one in sales)},
        clients=_largest_first(_sums((one.client, one) for one in sales)),
        people=_largest_first(_sums((one.salesperson, one) for one in sales)),
        pays=dict(sorted(pays.items(), key=lambda pair: -pair[1])),
        returned=_sum([one for one in records if isinstance(one, ClientReturn)]),
        rebated=_sum([one for one in records if isinstance(one, Collection)]),
        contacts=_contacts(records),
    )


def classes(sourced: Iterable[Sourced], end: dt.date) -> dict[str, str]:
    """The class of each client that has one, as it was recorded before ``end`` (C2): a month keeps the classes that it had."""
    records = [one.record for one in in_order(sourced) if one.record.date < end]
    undone = {one.ref for one in records if isinstance(one, Reversal)}
    return {one.code: one.client_class for one in records if isinstance(one, Classified) and one.id not in undone}


def _contacts(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in records:
        if isinstance(one, Contacted | OutreachDone):
            of = found.setdefault(one.visitor or one.by, dict.fromkeys(CONTACTS, 0))
            of[one.KIND] += 1
    return dict(sorted(found.items()))


def in_force(sourced: Iterable[Sourced], period: Period) -> list[Record]:
    """The records of the period in order, without reversals and what those of the same month undid."""
    sourced = list(sourced)
    start, end = period
    return [
        one for month in months_of(period) for one in of_month(sourced, month) if start <= one.date < end
    ]  # fmt: skip


def months_of(period: Period) -> list[Month]:
    """The months that a period touches, in order."""
    start, end = period
    found = [Month.of(start)]
    while found[-1].after < end:
        found.append(found[-1].next())
    return found


def days_of(period: Period) -> Iterator[dt.date]:
    """Each day of a period."""
    day, end = period
    while day < end:
        yield day
        day += _ONE_DAY


def _sum(records: Sequence[Offer | ClientReturn | Collection]) -> Sold:
    return _sums(("", one) for one in records).get("", Sold())


def _sums(pairs: Iterable[tuple[K, Offer | ClientReturn | Collection]]) -> dict[K, Sold]:
    found: dict[K, Sold] = {}
    for key, one in pairs:
        lines = one.handed_out if isinstance(one, Offer) else one.lines
        amount = (
            one.amount - one.set_off if isinstance(one, ClientReturn) else one.amount
        )  # set off, nothing is refunded
        found[key] = found.get(key, Sold()).more(sheets_of(lines), amount)
    return found


def _largest_first(sums: Mapping[str, Sold]) -> dict[str, Sold]:
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1].amount, pair[0])))
