"""What a client has paid by a method whose money takes its time: transfers, cheques, WeChat … (S4, S6, S9).

The record that took the payment, a sale or a reservation, is the key; ``open`` falls as the money arrives.  Cash needs no
such thing: it is in the drawer.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.core.forms import Pay, Pays
from ledger.core.state import State, Thing

AT_ONCE = "cash"
"""The one method whose money is there when it is paid."""


class Payment(Thing, frozen=True, kw_only=True):
    """Payments of one sale or reservation.  ``open`` (fen by method) is what has not arrived; ``date`` the business date as text.

    ``back`` is the client return that last took sheets back against what had not arrived (S8).
    """

    client: str
    date: str
    open: Pays
    back: str = ""

    @property
    def settled(self) -> bool:
        """Whether all of it has arrived."""
        return not self.open

    def open_by(self, method: str) -> int:
        """What has not arrived by a method, in fen."""
        return dict(self.open).get(method, 0)

    def less(self, method: str, amount: int) -> Payment:
        """After ``amount`` (fen) by ``method`` has arrived or is given up; never below zero: what is too much is REC-05."""
        rest = tuple(
            Pay(name, fen - amount if name == method else fen)
            for name, fen in self.open
            if name != method or fen > amount
        )
        return msgspec.structs.replace(self, open=rest)


class Standing(NamedTuple):
    """What has become of a record's payments (fen by method): here, not arrived yet, and never to come (S9).

    ``back`` (fen) of what came was refunded.
    """

    came: Pays
    open: Pays
    never: Pays
    back: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of it is here, and stayed."""
        return not (self.open or self.never or self.back)


def standing(record_id: str, pays: Pays, wanted: Pays, state: State, *, back: int = 0) -> Standing:
    """How the payments ``pays`` of a record stand: ``wanted`` of them are owed or paid, ``back`` (fen) was refunded since."""
    payment = state.thing(Payment, record_id)
    waiting, due = dict(payment.open) if payment else {}, dict(wanted)
    parts = [
        (name, due.get(name, 0) - waiting.get(name, 0), waiting.get(name, 0), fen - due.get(name, 0))
        for name, fen in pays
    ]
    return Standing(
        tuple(Pay(name, came) for name, came, _, _ in parts if came > 0),
        tuple(Pay(name, still) for name, _, still, _ in parts if still > 0),
        tuple(Pay(name, never) for name, _, _, never in parts if never > 0),
        back,
    )


def touched(record_id: str, pays: Pays) -> tuple[tuple[str, str], ...]:
    """The payment as a thing that the taking record touches; nothing when all of it is cash."""
    return ((Payment.__name__, record_id),) if any(pay.method != AT_ONCE for pay in pays) else ()


def take_payment(record_id: str, client: str, date: str, pays: Pays, state: State) -> None:
    """Remember what has not arrived."""
    waiting = tuple([pay for pay in pays if pay.method != AT_ONCE])
    if waiting:
        state.put(record_id, Payment(client=client, date=date, open=waiting))


def give_up(record_id: str, pays: Pays, state: State, *, back: str = "") -> None:
    """What of a payment has arrived or will not any more is no open item; ``back`` is the return whose sheets it was for."""
    payment = state.thing(Payment, record_id) if any(pay.method != AT_ONCE for pay in pays) else None
    if payment is not None:
        for method, fen in pays:
            payment = payment.less(method, fen)
        state.put(record_id, msgspec.structs.replace(payment, back=back or payment.back))
