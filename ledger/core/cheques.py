"""Cheques 支票 from receipt to arrival or bounce, and the reservations that wait for them (S4–S6).

A cheque is named by bank, number and drawer together: two banks may print the same number.  Its life is
``received → deposited → cleared``, or ``bounced`` and then made good, replaced or given back.  ``handed`` is whether the
sheets it pays for are with the client: only then does a bounce leave a receivable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from ledger.core.custody import Sheet, legal, moved, reserved_for
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Pay, Pays, Record
from ledger.core.judge import judge_sheets, short
from ledger.core.rules import Cheques, Rules
from ledger.core.spans import EMPTY, SpanSet, parse_spans
from ledger.core.state import State, Thing
from ledger.core.text import paper_number
from ledger.core.words import Words

CHEQUE = "cheque"
"""The payment method."""
STATUS: dict[str, Words] = {
    "received": Words("已收，未送存", "received, not deposited"),
    "deposited": Words("已送存，未到帐", "deposited, not arrived"),
    "cleared": Words("已到帐", "cleared"),
    "bounced": Words("已退票", "bounced"),
    "replaced": Words("已换票", "replaced"),
    "given-back": Words("已退还", "given back"),
}


class Cheque(Thing, frozen=True, kw_only=True):
    """One cheque.  ``drawn``, ``received`` and ``deposited`` are dates as text; amounts are in fen.

    ``origin`` is the sale or reservation that took it, ``sheets`` the serials that it pays for; ``held`` those that its
    bounce froze; ``due`` what the client still owes after a bounce; ``successor`` the key of the cheque that replaced it.
    """

    number: str
    bank: str
    drawer: str
    client: str
    amount: int
    drawn: str
    received: str
    origin: str
    handed: bool
    sheets: str
    status: str = "received"
    slip: str = ""
    deposited: str = ""
    due: int = 0
    held: str = ""
    successor: str = ""

    @property
    def settled(self) -> bool:
        """Whether the paper has left the house for good; a bounced one lies there until it is given back."""
        return self.status in ("cleared", "replaced", "given-back")

    @property
    def outstanding(self) -> bool:
        """Whether its money is still to come from the bank."""
        return self.status in ("received", "deposited")

    @property
    def held_spans(self) -> SpanSet:
        """The serials that its bounce froze."""
        return parse_spans(self.held) if self.held else EMPTY


class BankSlip(Thing, frozen=True, kw_only=True):
    """A bank's deposit slip 进帐单 by bank and number: it is used on one day, for one cheque or several together (S4, S5)."""

    CARRY = False

    date: str
    by: str


class Reserved(Thing, frozen=True, kw_only=True):
    """What is left of a reservation: sheets not handed over, with the part of amount and payments (fen) they stand for."""

    client: str
    salesperson: str
    value: int
    amount: int
    pays: Pays
    cheque: str
    spans: str
    expires: str = ""
    approval: str = ""
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether all of it is handed over, released or given back."""
        return not self.spans and not self.pays

    @property
    def sheets(self) -> SpanSet:
        """The serials still reserved."""
        return parse_spans(self.spans) if self.spans else EMPTY

    def share(self, value: int) -> tuple[int, Pays]:
        """Amount and payments (fen) of sheets of face ``value``: rounded down, the last part takes what is left.

        The payments are used up in the order in which they were taken.
        """
        amount = self.amount if value >= self.value else self.amount * value // self.value
        left, pays = amount, []
        for method, fen in self.pays:
            if part := min(left, fen):
                pays.append(Pay(method, part))
            left -= part
        return amount, tuple(pays)

    def without(self, spans: SpanSet, value: int, pays: Pays) -> Reserved:
        """After sheets of face ``value`` and payments are handed over or given back."""
        taken = dict(pays)
        left = tuple(Pay(name, fen - taken.get(name, 0)) for name, fen in self.pays if fen > taken.get(name, 0))
        amount = self.amount - sum(taken.values())
        return msgspec.structs.replace(
            self, spans=(self.sheets - spans).text, value=self.value - value, amount=amount, pays=left
        )


def cheque_key(number: str, bank: str, drawer: str) -> str:
    """The one name of a cheque however it is typed: ``number/bank/drawer`` in a normal form."""
    return "/".join(_normal(part) for part in (number, bank, drawer))


def _normal(text: str) -> str:
    return paper_number(text).replace("/", "|")


def slip_key(number: str, bank: str = "") -> str:
    """The one name of a bank's slip; ``bank`` is the drawer's where the cheque went there the same day, empty for our own."""
    return "/".join((_normal(bank), _normal(number)))


def judge_slip(key: str, number: str, record: Record, state: State) -> Iterator[Finding]:
    """NUM-01 for a slip that was used on another day: several cheques go on one slip only when they are deposited together."""
    used = state.thing(BankSlip, key)
    if used is not None and used.date != str(record.date):
        words = Words(
            f"进帐单号 {number} 已于 {used.date} 用于 {used.by}",
            f"slip {number} was used on {used.date}, for {used.by}",
        )
        yield trouble("NUM-01", words, subject=record.id, next=(f"gb show {used.by}",))


def use_slip(key: str, record: Record, state: State) -> None:
    """Remember the day of a slip; the first stays where a second day names it, which is the finding."""
    if state.thing(BankSlip, key) is None:
        state.put(key, BankSlip(date=str(record.date), by=record.id))


def following(key: str, state: State) -> tuple[str, Cheque | None]:
    """The cheque, or the one that took its place in the end."""
    cheque = state.thing(Cheque, key) if key else None
    while cheque is not None and cheque.successor:
        key = cheque.successor
        cheque = state.thing(Cheque, key)
    return key, cheque


# -- the days that a rule gives ------------------------------------------------------------------------------------------


def present_by(drawn: dt.date, received: dt.date, rules: Rules) -> dt.date:
    """The last day, inclusive, to present a cheque: days after it was drawn, moved on to the next bank day (S6).

    In a year whose holidays are not published the day is not moved.
    """
    last = drawn + dt.timedelta(days=rules.on(Cheques, received).present_days)
    return rules.calendar.add_bank_days(last, 0) or last


def deposit_by(received: dt.date, rules: Rules) -> dt.date:
    """The last day, inclusive, to deposit a cheque: the day it came, or the first bank day from then on (S4)."""
    days = rules.on(Cheques, received).deposit_bank_days
    first = rules.calendar.add_bank_days(received, 0) or received
    return (rules.calendar.add_bank_days(first, days) or first + dt.timedelta(days=days)) if days else first


def arrives_on(deposited: dt.date, rules: Rules) -> dt.date | None:
    """The day from which sheets are usually handed over; ``None`` when holidays on the way are not published (S4)."""
    return rules.calendar.add_bank_days(deposited, rules.on(Cheques, deposited).hold_bank_days)


def stale(cheque: Cheque, rules: Rules, subject: str) -> Iterator[Finding]:
    """CHQ-04 for a cheque whose last day to present it was over when it came."""
    received = dt.date.fromisoformat(cheque.received)
    yield from _stale(cheque, received, received, rules, subject)


def late(cheque: Cheque, presented: dt.date, rules: Rules, subject: str) -> Iterator[Finding]:
    """CHQ-04 for a cheque that went stale in the house until it was ``presented``; else CHQ-05 for one deposited late.

    One that was stale when it came has its CHQ-04 there.
    """
    received = dt.date.fromisoformat(cheque.received)
    found = () if any(stale(cheque, rules, subject)) else tuple(_stale(cheque, received, presented, rules, subject))
    yield from found
    due = deposit_by(received, rules)
    if not found and presented > due:
        words = Words(
            f"支票 {cheque.number} {received} 收到，应于 {due} 送存，{presented} 才送存或仍未送存",
            f"cheque {cheque.number}, received on {received}, was to be deposited on {due}; not before {presented}",
        )
        yield trouble("CHQ-05", words, subject=subject, next=(f"gb cheque show {cheque.number}",))


def _stale(cheque: Cheque, received: dt.date, day: dt.date, rules: Rules, subject: str) -> Iterator[Finding]:
    drawn = dt.date.fromisoformat(cheque.drawn)
    last = present_by(drawn, received, rules)
    if day > last:
        words = Words(
            f"支票 {cheque.number} 出票日 {drawn}，提示付款到 {last} 为止，{day} 已过期",
            f"cheque {cheque.number}, drawn on {drawn}, was to be presented by {last}: stale on {day}",
        )
        yield trouble("CHQ-04", words, subject=subject, next=(f"gb cheque show {cheque.number}",))


def known(key: str, state: State) -> Cheque | None:
    """The cheque of that name that is in the book; one that was given back may come again."""
    found = state.thing(Cheque, key)
    return found if found is not None and found.status != "given-back" else None


def take(key: str, cheque: Cheque, state: State) -> None:
    """Remember a cheque that came.  One that is there stays as it is: the second is the finding (format: order)."""
    if known(key, state) is None:
        state.put(key, cheque)


def twice(key: str, state: State, subject: str) -> Iterator[Finding]:
    """CHQ-03: a cheque that is in the book already."""
    first = known(key, state)
    if first is not None:
        words = Words(
            f"支票 {first.bank} {first.number}（{first.drawer}）已由 {first.origin} 收过，{STATUS[first.status].zh}",
            f"cheque {first.bank} {first.number} ({first.drawer}) came with {first.origin} already: "
            f"{STATUS[first.status].en}",
        )
        yield trouble(
            "CHQ-03", words, subject=subject, next=(f"gb cheque show {first.number}", f"gb show {first.origin}")
        )


def still_held(cheque: Cheque, state: State) -> SpanSet:
    """The sheets that its bounce froze and that are still frozen with the client."""
    return SpanSet.of(
        piece.span
        for piece in (state.pieces(cheque.held_spans) if cheque.held else ())
        if piece.sheet.hold and piece.sheet.place == "client" and piece.out == cheque.origin
    )


# -- the sheets of a reservation -----------------------------------------------------------------------------------------


def judge_reserved(step: str, spans: SpanSet, reservation: str, state: State, subject: str) -> Iterator[Finding]:
    """STA-01 for sheets that ``step`` cannot take, or that are reserved for another (V5)."""
    yield from judge_sheets(step, spans, state, subject)
    others: dict[str, list[SpanSet]] = {}
    for piece in state.pieces(spans):
        owner = reserved_for(piece.sheet)
        if owner and owner != reservation:
            others.setdefault(owner, []).append(piece.spans)
    for owner, found in others.items():
        sheets = SpanSet.of(span for part in found for span in part)
        words = Words(
            f"{short(sheets)} 是为 {owner} 预留的，不是为 {reservation}",
            f"{short(sheets)} are reserved for {owner}, not for {reservation}",
        )
        yield trouble("STA-01", words, subject=subject, serials=sheets.text, next=(f"gb show {owner}",))


def reserve_sheets(spans: SpanSet, reservation: str, state: State) -> None:
    """Tie sheets to a reservation; a terminal that they were issued to is kept for their release."""

    def tie(sheet: Sheet) -> Sheet:
        if not legal("reservation", sheet):
            return sheet
        tied = f"{sheet.tied}+{reservation}" if sheet.tied else reservation
        return msgspec.structs.replace(moved("reservation", sheet), tied=tied)

    state.change(spans, tie)


def free_sheets(spans: SpanSet, reservation: str, state: State) -> None:
    """End the reservation of its own sheets; a hold on them stays."""

    def free(sheet: Sheet) -> Sheet:
        if reserved_for(sheet) != reservation:
            return sheet
        return msgspec.structs.replace(sheet, use="", tied=sheet.tied.rpartition("+")[0])

    state.change(spans, free)


def hand_over_sheets(spans: SpanSet, reservation: str, state: State, expires: dt.date | None) -> None:
    """Sheets of the reservation go to the client."""

    def hand(sheet: Sheet) -> Sheet:
        if not legal("handover", sheet) or reserved_for(sheet) != reservation:
            return sheet
        return msgspec.structs.replace(moved("handover", sheet), expires=expires)

    state.change(spans, hand)
