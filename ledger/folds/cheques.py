"""The month's cheques: what was there, came in, arrived, bounced or went back, and what is outstanding with its age (S6).

Amounts are in fen, ages in days up to the month's last day.  The block foots: opening + taken over + received - cleared - bounced -
given back + corrections of earlier months = outstanding; so does the receivable from bounced cheques beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from ledger.core.cheques import CHEQUE, Cheque
from ledger.core.dates import Month
from ledger.core.forms import Record
from ledger.core.postings import CHEQUES, RECEIVABLE
from ledger.core.records.cheques import Bounced, Cleared, Deposited, GivenBack, MadeGood, Replaced
from ledger.core.records.reservations import Release, Reservation
from ledger.core.records.sales import ClientReturn, Sale
from ledger.core.records.taken_over import OpeningCheque
from ledger.core.state import State
from ledger.folds.parts import Balance, Entry


class OpenCheque(msgspec.Struct, frozen=True, kw_only=True):
    """A cheque that is outstanding, or bounced and not made good.  ``amount`` is what is to come; ``since`` a date as text."""

    number: str
    bank: str
    drawer: str
    client: str
    origin: str
    status: str
    amount: int
    since: str
    age: int


class Receivable(msgspec.Struct, frozen=True, kw_only=True):
    """What clients owe for cheques that bounced after the handover (S6)."""

    opening: int = 0
    bounced: int = 0
    made_good: int = 0
    replaced: int = 0
    returned: int = 0
    prior_period: int = 0
    closing: int = 0


class ChequeSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The block.  ``deposited`` and ``made_good`` are what was done in the month; they change nothing in what is outstanding.

    ``prior_period`` is what corrections of earlier months did to it (R9).
    """

    opening: int = 0
    taken_over: int = 0
    received: int = 0
    deposited: int = 0
    cleared: int = 0
    bounced: int = 0
    made_good: int = 0
    given_back: int = 0
    prior_period: int = 0
    outstanding: int = 0
    receivable: Receivable = Receivable()
    open: tuple[OpenCheque, ...] = ()

    def seen(self, until: dt.date) -> ChequeSheet:
        """See :class:`ledger.folds.parts.Ageing`."""
        ages = ((one, (until - dt.date.fromisoformat(one.since)).days) for one in self.open)
        return msgspec.structs.replace(
            self, open=tuple(msgspec.structs.replace(one, age=min(one.age, age)) for one, age in ages)
        )


class ChequePart:
    """Adds up one month; see :class:`ledger.folds.parts.Part`."""

    KINDS: ClassVar[tuple[type[Record], ...]] = (
        Sale, Reservation, OpeningCheque, Release, ClientReturn, Deposited, Cleared, Bounced, MadeGood, Replaced, GivenBack,
    )  # fmt: skip

    def __init__(self, month: Month, state: State, money: Mapping[str, int]) -> None:  # noqa: ARG002 - as every part
        self._month = month
        self._sums: dict[str, int] = {}

    def take(self, entry: Entry) -> None:
        """Add a record of the month, or take it out again; a correction of an earlier month is one line of its own."""
        record, sign, prior, _ = entry
        if isinstance(record, Sale):
            if record.cheque:  # a month has many sales and few cheques
                self._add("received", record.by_cheque, sign, prior=prior)
                if not prior:  # at the counter only a same-day cheque is a sale, and its bank slip is its deposit
                    self._add("deposited", record.by_cheque, sign)
        elif prior:
            self._add_prior(record, sign)
        elif isinstance(record, Bounced):
            self._add("bounced", record.amount, sign)
            self._add("owed", record.owed, sign)
        elif isinstance(record, Replaced):
            self._replace(record, sign)
        elif isinstance(record, ClientReturn):
            self._add("set_off", record.set_off, sign)
        else:
            name, amount = _line(record)
            self._add(name, amount, sign)

    def _add(self, name: str, amount: int, sign: int, *, prior: bool = False) -> None:
        name = "prior_cheques" if prior else name
        self._sums[name] = self._sums.get(name, 0) + sign * amount

    def _add_prior(self, record: Record, sign: int) -> None:
        for account, _, fen in record.postings():
            if account == CHEQUES:
                self._add("prior_cheques", fen, sign)
            elif account == RECEIVABLE:
                self._add("prior_receivable", fen, sign)

    def _replace(self, record: Replaced, sign: int) -> None:
        """The new cheque comes in; the old one went back, or had left the house by its bounce."""
        self._add("received", record.amount, sign)
        self._add("replaced" if record.owed else "given_back", record.amount, sign)

    def close(self, state: State, money: Mapping[str, Balance]) -> ChequeSheet | None:
        """The block at the month's end; None where no cheque was in the house or in the month."""
        cheques, owed = money.get(CHEQUES, Balance()), money.get(RECEIVABLE, Balance())
        if not any(self._sums.values()) and not any((*cheques, *owed)):
            return None
        sums = self._sums.get
        return ChequeSheet(
            opening=cheques.opening,
            taken_over=sums("taken_over", 0),
            received=sums("received", 0),
            deposited=sums("deposited", 0),
            cleared=sums("cleared", 0),
            bounced=sums("bounced", 0),
            made_good=sums("made_good", 0),
            given_back=sums("given_back", 0),
            prior_period=sums("prior_cheques", 0),
            outstanding=cheques.closing,
            receivable=Receivable(
                opening=owed.opening, bounced=sums("owed", 0), made_good=sums("made_good", 0),
                replaced=sums("replaced", 0), returned=sums("set_off", 0),
                prior_period=sums("prior_receivable", 0), closing=owed.closing,
            ),
            open=open_cheques(state, self._month.after - dt.timedelta(days=1)),
        )  # fmt: skip


def _line(record: Record) -> tuple[str, int]:
    """The line that a record stands in, and its amount."""
    if isinstance(record, OpeningCheque):
        return "taken_over", record.by_cheque
    if isinstance(record, Reservation):
        return "received", record.by_cheque
    if isinstance(record, Release):
        return "given_back", dict(record.given_up).get(CHEQUE, 0)
    names = {Deposited: "deposited", Cleared: "cleared", MadeGood: "made_good", GivenBack: "given_back"}
    return names[type(record)], record.amount  # type: ignore[attr-defined]  # the kinds left are cheque steps


def open_cheques(state: State, day: dt.date, *, everything: bool = False) -> tuple[OpenCheque, ...]:
    """The cheques outstanding or owed for, or every one, the oldest first; ``age`` up to ``day``."""
    found = [
        OpenCheque(
            number=one.number, bank=one.bank, drawer=one.drawer, client=one.client, origin=one.origin,
            status=one.status, amount=one.due or one.amount, since=one.received,
            age=(day - dt.date.fromisoformat(one.received)).days,
        )
        for _, one in state.things(Cheque)
        if everything or one.outstanding or one.due
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.since, one.origin, one.number)))
