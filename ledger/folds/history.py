"""The history of one serial: every record that touched it, in order, with where it was afterwards (``voucher trace``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from ledger.core.custody import UNKNOWN, Sheet
from ledger.core.errors import Where
from ledger.core.forms import Record, Reversal
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.spans import SpanSet, parse_serial
from ledger.core.state import Sourced, apply


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One record on the serial.  ``place`` and ``state`` are those after it; ``client`` is empty where it names none."""

    date: dt.date
    kind: str
    id: str
    client: str
    by: str
    place: str
    state: str
    where: Where


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A serial with its events, oldest first; ``face`` in fen, 0 for a sheet never seen."""

    serial: str
    sheet: Sheet
    events: tuple[Event, ...]

    @property
    def face(self) -> int:
        """The present face value in fen."""
        return self.sheet.face


def history(sourced: Iterable[Sourced], serial: str) -> History:
    """Fold the records that touch ``serial`` (its file form; ``ValueError`` otherwise), and those that refer to one of them.

    The latter do nothing to the sheet themselves, but a later step may follow from them: a cheque's deposit before its
    bounce.  The others are passed over.
    """
    span = parse_serial(serial)
    one = SpanSet.of((span,))
    everything = list(sourced)
    own = {s.record.id for s in everything if span in s.record.touches().spans}
    state = FullState()
    events: list[Event] = []
    for found in in_order(s for s in everything if s.record.id in own or s.record.ref in own):
        apply(found.record, state)
        if found.record.id in own:
            events.append(_event(found, _sheet(state, one)))
    return History(serial=serial, sheet=_sheet(state, one), events=tuple(events))


def client_of(record: Record) -> str:
    """The client that a record, or the record it undoes, names."""
    return str(getattr(record.original if isinstance(record, Reversal) else record, "client", ""))


def _sheet(state: FullState, one: SpanSet) -> Sheet:
    return next((piece.sheet for piece in state.pieces(one)), UNKNOWN)


def _event(found: Sourced, sheet: Sheet) -> Event:
    record = found.record
    return Event(
        date=record.date, kind=record.KIND, id=record.id, client=client_of(record), by=record.by,
        place=sheet.place, state=sheet.state, where=found.where(),
    )  # fmt: skip
