"""State at a moment: what is known of every sheet and of every named thing, as a protocol and in memory.

*Sheets* are an interval map from spans to :class:`~ledger.core.custody.Sheet`.  *Things* are small structs keyed by
``(space, key)``: a request, a client, an operator, a terminal, a sale.  Both remember the event that last touched them,
which is all that the order rule and a last-in-first-out reversal need (format: order and state).

The same record classes act on the partial state that the index hydrates at the counter and on the full state of a
fold; that is why there is one judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, NamedTuple, Protocol, TypeVar

import msgspec

from ledger.core.custody import UNKNOWN, Sheet, parse_restores
from ledger.core.errors import Where
from ledger.core.forms import Record, Reversal, Touch
from ledger.core.spans import Span, SpanSet


class Thing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the named things; the class's name is their space.

    ``CARRY`` is whether a month's fold keeps them and a closing carries them forward; the others only histories need.
    ``KEEP`` is how many of the states that events left are remembered, 0 for all: of what changes for years, only the last few
    events can be undone, or a closing would carry every one of them for ever.
    ``FOR_EVER`` is whether the checks of every later month ask for it, however long ago it was settled.
    ``LEFT`` is whether closings leave some behind that are not settled.
    """

    CARRY: ClassVar[bool] = True
    KEEP: ClassVar[int] = 0
    FOR_EVER: ClassVar[bool] = False
    LEFT: ClassVar[bool] = False

    @property
    def settled(self) -> bool:
        """Whether nothing more can happen to it, so that a closing need not carry it on."""
        return False

    @classmethod
    def all_carried(cls, *, open_ones: bool = False) -> bool:
        """Whether a closing has every one there ever was, or every one that is not settled: what it lacks never was."""
        return cls.CARRY and not cls.LEFT and (open_ones or cls.settled is Thing.settled)


class Reversed(Thing, frozen=True, kw_only=True):
    """Marks a record as undone; the key is its id."""

    CARRY = False
    FOR_EVER = True

    by: str


T = TypeVar("T", bound=Thing)


class Earlier(Exception):
    """A fold that began with a later month is asked what only an earlier one tells.

    ``month`` (``2026-10``) is the one to begin with, empty where it is not known.  Whoever folds begins earlier, so nobody else
    ever sees it.
    """

    def __init__(self, month: str = "") -> None:
        super().__init__(month)
        self.month = month


class State(Protocol):
    """What records read and change.  ``out`` of a piece is the record that took it to a client, where that is known."""

    def pieces(self, spans: SpanSet) -> list[Piece]:
        """The sheets of ``spans``, covered completely and in order."""

    def change(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> None:
        """Apply ``step`` to each sheet state in ``spans``; sheets it returns unchanged still count as touched."""

    def thing(self, kind: type[T], key: str) -> T | None:
        """The named thing, or ``None``."""

    def put(self, key: str, thing: Thing) -> None:
        """Set the named thing (its space is its class's)."""

    def mark(self, things: tuple[tuple[str, str], ...]) -> None:
        """Mark each existing thing as touched by the present event where nothing was put: it can then be undone."""

    def things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """All things of a space by key; for searches by name."""

    def open_things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """The things of a space that are not settled, by key: what is open, however much is done with."""

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """The sheets in the safe, void ones included, in order of serials; a long run of one state is one item."""

    def begin(self, event: str, order: str) -> None:
        """Say which record the next changes belong to."""

    def undo(self, event: str, touch: Touch, restores: tuple[tuple[SpanSet, Sheet], ...]) -> None:
        """Put back what ``event`` changed."""

    def last(self, touch: Touch) -> str:
        """The greatest order key among everything in ``touch``, or empty."""

    def top(self, touch: Touch) -> set[str]:
        """The ids of the last events still in force of everything in ``touch``."""

    def before(self, event: str, spans: SpanSet) -> tuple[tuple[SpanSet, Sheet], ...]:
        """The states of ``spans`` just before ``event``, which must be their last event in force."""


def apply(record: Record, state: State) -> None:
    """Let ``record`` change ``state``; the one way in which any state changes."""
    state.begin(record.id, record.order)
    if isinstance(record, Reversal):
        state.undo(record.ref, record.touched, parse_restores(record.restores))
        state.put(record.ref, Reversed(by=record.id))
    else:
        record.apply(state)
        state.mark(record.touched.things)


SEALED = "sealed"
"""The event of a layer that months before the fold left: that it was there is known, which record it was is not."""


class Layer(NamedTuple):
    """One event on a sheet and the state it left."""

    event: str
    sheet: Sheet


class Track(NamedTuple):
    """All events in force on a sheet, oldest first, and the order key of the last event of any kind."""

    order: str
    layers: tuple[Layer, ...]

    @property
    def sheet(self) -> Sheet:
        """The present state."""
        return self.layers[-1].sheet if self.layers else UNKNOWN

    @property
    def out(self) -> str:
        """The record that took the sheet to a client as what it is there now: sold, given, on an IOU.

        Raises :class:`Earlier` where that was before the months that are folded.
        """
        now = self.sheet
        if now.place != "client":
            return ""
        out = ""
        for layer in reversed(self.layers):
            if layer.sheet.place != "client" or layer.sheet.use != now.use:
                break
            out = layer.event
        if out == SEALED:
            raise Earlier
        return out


NO_TRACK = Track("", ())


class Piece(NamedTuple):
    """A part of the spans asked for, all of one state; ``sheet`` is UNKNOWN for sheets never seen."""

    span: Span
    sheet: Sheet
    track: Track = NO_TRACK

    @property
    def out(self) -> str:
        """The record that took it to a client, where that is known; see :attr:`Track.out`."""
        return self.track.out

    @property
    def spans(self) -> SpanSet:
        """The part as a set."""
        return SpanSet.of((self.span,))


class ThingTrack(NamedTuple):
    """The events in force on a thing with the value each left, and the last order key."""

    order: str
    layers: tuple[tuple[str, Thing], ...]

    def plus(self, order: str, event: str, thing: Thing) -> ThingTrack:
        """With one event more; where no more than ``KEEP`` are remembered, the oldest state stands without its event."""
        layers = (*self.layers, (event, thing))
        if 0 < thing.KEEP < len(layers):
            layers = (("", layers[-thing.KEEP][1]), *layers[1 - thing.KEEP :])
        return ThingTrack(order, layers)


class Sourced(Protocol):
    """A record with where it stands: what folds and checks are given (a journal entry is one)."""

    @property
    def record(self) -> Record:
        """The typed record."""

    def where(self) -> Where:
        """File, line, id and the record's own bytes."""
