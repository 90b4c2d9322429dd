"""What one month hands to the next, and its rows: the state of every sheet, what is still open, the safe's balance.

Four tables (format: Closing), every value a text:

* ``stock.csv``: ``span`` and ``sheet``, all sheets ever touched, states merged;
* ``things.csv``: ``space``, ``key``, ``order``, ``layers`` (JSON: events in force, each with the value it left);
* ``safe.csv``: ``face`` and ``sheets``, the balance of the safe by postings;
* ``money.csv``: ``account`` and ``amount``, the balances of money at hand and of what is owed, by postings.

The balance is carried beside the custody states because a sale booked twice leaves the two apart until it is undone:
this month's opening is last month's closing figure, and the later correction brings figure and sheets together again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple

import msgspec

from ledger.core.custody import parse_sheet
from ledger.core.forms import Record
from ledger.core.money import parse_yuan, yuan
from ledger.core.order import in_order
from ledger.core.postings import MONEY, SAFE, kept
from ledger.core.records import thing_class
from ledger.core.spans import SpanSet, parse_spans
from ledger.core.state import Sourced, Thing, ThingTrack, apply
from ledger.folds.custody import Custody
from ledger.folds.registers import left_behind

STOCK_COLUMNS = ("span", "sheet")
THING_COLUMNS = ("space", "key", "order", "layers")
SAFE_COLUMNS = ("face", "sheets")
MONEY_COLUMNS = ("account", "amount")


class Carried(NamedTuple):
    """The state at a month's start, and the balances by postings: the safe in sheets per face, money in fen per account."""

    state: Custody
    safe: dict[int, int]
    money: dict[str, int]


class Rows(NamedTuple):
    """A carried state as the rows of its tables."""

    stock: list[tuple[str, str]]
    things: list[tuple[str, str, str, str]]
    safe: list[tuple[str, str]]
    money: list[tuple[str, str]]


def nothing() -> Carried:
    """The state before a book's first record."""
    return Carried(Custody(), {}, {})


def carried_before(sourced: Iterable[Sourced], day: dt.date, start: Carried | None = None) -> Carried:
    """Fold the records dated before ``day`` (exclusive) on top of ``start``, which is left as it was."""
    carried = again(start) if start else nothing()
    for one in in_order(sourced):
        if one.record.date < day:
            take(carried, one.record)
    return carried


def take(carried: Carried, record: Record) -> None:
    """Let one record change state and balance.  The only thing here that changes its argument."""
    apply(record, carried.state)
    for account, commodity, quantity in record.postings():
        if account == SAFE:
            face = face_of(commodity)
            carried.safe[face] = carried.safe.get(face, 0) + quantity
        elif commodity == MONEY and kept(account):
            carried.money[account] = carried.money.get(account, 0) + quantity


def again(carried: Carried) -> Carried:
    """An equal state that changes independently."""
    state = Custody()
    for span, sheet in carried.state.held():
        state.load_sheet(SpanSet.of((span,)), sheet)
    for span, events in carried.state.tracks():
        if any(layer.event for layer in events.layers):
            state.load_track(SpanSet.of((span,)), events)
    for space, key, track in carried.state.thing_tracks():
        state.load_thing(space, key, track)
    return Carried(state, dict(carried.safe), dict(carried.money))


@cache
def face_of(commodity: str) -> int:
    """The face value in fen of a voucher commodity, ``V100`` or ``V0.50``."""
    text = commodity.removeprefix("V")
    return parse_yuan(text if "." in text else f"{text}.00")


def to_rows(carried: Carried, since: dt.date, named: Collection[str] = frozenset()) -> Rows:
    """The rows to write when the month that began on ``since`` closes.

    A request that is rejected or used up, or a payment that has arrived, and was last touched before ``since``, is left
    behind: nothing more can happen to it; so are lines of finance's registers that agree.  One settled in the month itself
    goes along, since a reversal may reopen it.  So does, beyond what a closing writes, what ``named`` records touched.
    """
    agreed = left_behind(carried.state)
    stock = [(span.text, sheet.text) for span, sheet in carried.state.held()]
    things = [
        (space, key, track.order, show_layers(track))
        for space, key, track in carried.state.thing_tracks()
        if track.layers
        and not (track.order < since.isoformat() and (space, key) in agreed)
        and (track.order >= since.isoformat() or not track.layers[-1][1].settled or is_named(key, track, named))
    ]
    safe = [(yuan(face), str(sheets)) for face, sheets in sorted(carried.safe.items()) if sheets]
    money = [(account, yuan(fen)) for account, fen in sorted(carried.money.items()) if fen]
    return Rows(stock, sorted(things), safe, money)


def is_named(key: str, track: ThingTrack, named: Collection[str]) -> bool:
    """Whether a thing goes by one of the ids ``named``, or one of those records is in force on it."""
    return bool(named) and (key in named or any(event in named for event, _ in track.layers))


def from_rows(rows: Rows) -> Carried:
    """The state of :func:`to_rows`; raises ``ValueError`` for a row that it would not have written."""
    state = Custody()
    for span, sheet in rows.stock:
        state.load_sheet(parse_spans(span), parse_sheet(sheet))
    for space, key, order, layers in rows.things:
        state.load_thing(space, key, ThingTrack(order, tuple(read_layers(space, layers))))
    safe = {parse_yuan(face): int(sheets) for face, sheets in rows.safe}
    return Carried(state, safe, {account: parse_yuan(amount) for account, amount in rows.money})


def show_layers(track: ThingTrack) -> str:
    """The events in force on a thing as one text."""
    return msgspec.json.encode(track.layers).decode()


def read_layers(space: str, text: str) -> Iterator[tuple[str, Thing]]:
    """The inverse of :func:`show_layers`; raises ``ValueError``."""
    try:
        yield from _layers(space).decode(text)
    except (KeyError, msgspec.MsgspecError) as error:
        raise ValueError(f"{space}: {error}") from None


@cache
def _layers(space: str) -> msgspec.json.Decoder[list[tuple[str, Thing]]]:
    return msgspec.json.Decoder(list[tuple[str, thing_class(space)]])  # type: ignore[misc]  # chosen by name
