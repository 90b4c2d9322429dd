"""Cheques at the counter: the one that a number means, what is due for them today, what else to know before a handover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.book.draft import Ambiguous
from ledger.core.cheques import Cheque, Reserved, arrives_on, cheque_key
from ledger.core.errors import Unknown
from ledger.core.money import grouped
from ledger.core.rules import Rules
from ledger.core.state import Reversed, State
from ledger.core.text import shown
from ledger.core.words import Words
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book

_SHORTEST = 4
"""Digits from a number's end that are enough to name it."""


def find(state: State, typed: str) -> str:
    """The key of the cheque of a number, its last four digits or more, or ``number/bank/drawer`` as far as needed.

    Raises :class:`Unknown`, or :class:`Ambiguous` with the candidates.
    """
    found = _fitting(state, typed)
    if not found:
        words = Words(f"没有支票“{shown(typed)}”", f"there is no cheque “{shown(typed)}”")
        raise Unknown(words, next=("gb cheque list --all",))
    if len(found) > 1:
        words = Words(f"“{shown(typed)}”对应几张支票", f"“{shown(typed)}” fits several cheques")
        candidates = [(key, f"{one.drawer}  ¥{grouped(one.amount)}  {one.received}") for key, one in found]
        raise Ambiguous(words, candidates, "gb cheque show")
    return found[0][0]


def is_cheque(state: State, typed: str) -> bool:
    """Whether the whole number of a cheque was typed."""
    wanted = _parts(typed)[0]
    return any(key.split("/")[0] == wanted for key, _ in state.things(Cheque))


def origins(state: State, number: str) -> list[str]:
    """The sales and reservations that took the cheques of that whole number, whatever their banks."""
    wanted = _parts(number)[0]
    return [one.origin for key, one in state.things(Cheque) if key.split("/")[0] == wanted]


def _fitting(state: State, typed: str) -> list[tuple[str, Cheque]]:
    wanted = _parts(typed)
    everything = [(key, key.split("/"), one) for key, one in state.things(Cheque)]
    exact = [(key, one) for key, parts, one in everything if parts[0] == wanted[0] and _within(wanted, parts)]
    if exact or len(wanted[0]) < _SHORTEST:
        return exact
    return [(key, one) for key, parts, one in everything if parts[0].endswith(wanted[0]) and _within(wanted, parts)]


def _parts(typed: str) -> list[str]:
    """What was typed in the normal form of keys; bank and drawer may be left out."""
    number, bank, drawer = (*typed.split("/", 2), "", "")[:3]
    return cheque_key(number, bank, drawer).split("/")


def _within(wanted: Sequence[str], parts: Sequence[str]) -> bool:
    return all(piece in part for piece, part in zip(wanted[1:], parts[1:], strict=True))


def early(state: State, reservation: str, day: dt.date, rules: Rules) -> Words | None:
    """What to say before sheets are handed over on ``day``: earlier than the usual bank days, or nobody can tell (S4)."""
    reserved = state.thing(Reserved, reservation)
    one = state.thing(Cheque, reserved.cheque) if reserved and reserved.cheque else None
    if one is None or one.status != "cleared" or not one.deposited:
        return None
    usual = arrives_on(dt.date.fromisoformat(one.deposited), rules)
    if usual is None:
        return Words(
            f"{day.year} 年的银行工作日尚未公布（或未写入 gb.yaml 的 bank_days），不知是否满天数",
            f"the bank days of {day.year} are unknown: not published, nor in bank_days of gb.yaml",
        )
    if day >= usual:
        return None
    return Words(
        f"支票 {one.number} {one.deposited} 送存，通常 {usual} 才能交券，请核对到帐通知",
        f"cheque {one.number} was deposited on {one.deposited}; sheets are usually handed over from {usual}: look at the advice",
    )


def usual_bank(state: State, client: str) -> str:
    """The bank of the client's latest cheque that the state still has; empty for none."""
    own = [one for _, one in state.things(Cheque) if one.client == client]
    return max(own, key=lambda one: one.received).bank if own else ""


def bounces(book: Book, client: str) -> int:
    """How many cheques of a client bounced, reversed ones apart (S6)."""
    state = book.state()
    found = [
        one for one in lookup.by_client(book.index.db, client) if one.kind == "bounced" and one.journal == "cheques"
    ]
    return sum(1 for one in found if state.thing(Reversed, one.id) is None)


def steps_of(state: Any, key: str) -> list[str]:
    """The ids of the records in force on a cheque, in order."""
    from ledger.core.forms import Touch
    from ledger.core.spans import EMPTY

    state.top(Touch(EMPTY, ((Cheque.__name__, key),)))  # asks the index for it
    tracks = state.thing_tracks()
    return [
        event for space, name, track in tracks if (space, name) == (Cheque.__name__, key) for event, _ in track.layers
    ]


class ChequesDue(NamedTuple):
    """What waits: cheques to deposit, arrivals to enter, sheets to hand over, money owed, reservations to call off.

    ``arriving`` has the day from which the arrival is usual, ``None`` where it is unknown; ``ready`` and ``left`` are
    reservations by id, the latter with money but no sheets.
    """

    deposit: list[tuple[str, Cheque]]
    arriving: list[tuple[str, Cheque, dt.date | None]]
    ready: list[tuple[str, Reserved]]
    left: list[tuple[str, Reserved]]
    owed: list[tuple[str, Cheque]]

    @property
    def any(self) -> bool:
        """Whether anything waits."""
        return any(self)


def due(state: State, day: dt.date, rules: Rules) -> ChequesDue:
    """What is due on ``day``; an arrival from the day on which it is usual, or where that is unknown."""
    cheques = sorted(state.things(Cheque), key=lambda pair: (pair[1].received, pair[0]))
    reserved = sorted((key, one) for key, one in state.things(Reserved) if not one.settled)
    arriving = [
        (key, one, arrives_on(dt.date.fromisoformat(one.deposited), rules))
        for key, one in cheques
        if one.status == "deposited" and one.deposited
    ]
    return ChequesDue(
        deposit=[(key, one) for key, one in cheques if one.status == "received" and one.received <= str(day)],
        arriving=[item for item in arriving if item[2] is None or item[2] <= day],
        ready=[(key, one) for key, one in reserved if one.spans and _arrived(state, one)],
        left=[(key, one) for key, one in reserved if not one.spans],
        owed=[(key, one) for key, one in cheques if one.due],
    )


def _arrived(state: State, reserved: Reserved) -> bool:
    one = state.thing(Cheque, reserved.cheque) if reserved.cheque else None
    return one is not None and one.status == "cleared"
