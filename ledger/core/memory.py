"""State in memory, with the events in force on every sheet and thing: for checks, imports and histories.

The fold of a month builds on it (:class:`ledger.folds.custody.Custody`), the index hydrates it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ledger.core.custody import UNKNOWN, Sheet
from ledger.core.forms import Touch
from ledger.core.spanmap import SpanMap
from ledger.core.spans import Span, SpanSet
from ledger.core.state import NO_TRACK, Layer, Piece, Thing, ThingTrack, Track

T = TypeVar("T", bound=Thing)
ON_HAND = ("safe", "void")
NO_THING = ThingTrack("", ())


class ThingStore:
    """Named things with the events in force on them."""

    def __init__(self) -> None:
        self._things: dict[str, dict[str, ThingTrack]] = {}
        self._event = ""
        self._order = ""

    def begin(self, event: str, order: str) -> None:
        """See :class:`ledger.core.state.State`."""
        self._event, self._order = event, order

    def thing(self, kind: type[T], key: str) -> T | None:
        """See :class:`ledger.core.state.State`."""
        track = self._things.get(kind.__name__, {}).get(key)
        return track.layers[-1][1] if track and track.layers else None  # type: ignore[return-value]  # keyed by class

    def put(self, key: str, thing: Thing) -> None:
        """See :class:`ledger.core.state.State`."""
        space = self._things.setdefault(type(thing).__name__, {})
        space[key] = space.get(key, NO_THING).plus(self._order, self._event, thing)

    def mark(self, things: tuple[tuple[str, str], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        for space, key in things:
            track = self._things.get(space, {}).get(key)
            if track and track.layers and track.layers[-1][0] != self._event:
                self._things[space][key] = track.plus(self._order, self._event, track.layers[-1][1])

    def things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`."""
        for key, track in self._things.get(kind.__name__, {}).items():
            if track.layers:
                yield key, track.layers[-1][1]  # type: ignore[misc]  # keyed by class

    def open_things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`."""
        return ((key, one) for key, one in ThingStore.things(self, kind) if not one.settled)

    def thing_tracks(self) -> Iterator[tuple[str, str, ThingTrack]]:
        """Every thing ever touched: space, key, events in force."""
        for space, keyed in self._things.items():
            for key, track in keyed.items():
                yield space, key, track

    def load_thing(self, space: str, key: str, track: ThingTrack) -> None:
        """Take over a thing as another state held it."""
        self._things.setdefault(space, {})[key] = track

    def _undo_things(self, event: str, touch: Touch) -> None:
        for space, key in touch.things:
            track = self._things.get(space, {}).get(key)
            if track and track.layers and track.layers[-1][0] == event:
                self._things[space][key] = ThingTrack(self._order, track.layers[:-1])

    def _thing_touched(self, touch: Touch) -> list[ThingTrack]:
        found = (self._things.get(space, {}).get(key) for space, key in touch.things)
        return [track or NO_THING for track in found]


class FullState(ThingStore):
    """Every sheet with the events in force on it, and beside it the merged states for searches along the serials."""

    def __init__(self) -> None:
        super().__init__()
        self._sheets: SpanMap[Track] = SpanMap()
        self._light: SpanMap[Sheet] = SpanMap()

    def pieces(self, spans: SpanSet) -> list[Piece]:
        """See :class:`ledger.core.state.State`."""
        return [Piece(span, *((t.sheet, t.out) if t else (UNKNOWN, ""))) for span, t in self._sheets.get(spans)]

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """See :class:`ledger.core.state.State`."""
        return ((span, sheet) for span, sheet in self._light.items() if sheet.place in ON_HAND)

    def tracks(self) -> Iterator[tuple[Span, Track]]:
        """Every sheet ever touched, in order, with its events in force."""
        return self._sheets.items()

    def load_track(self, spans: SpanSet, track: Track) -> None:
        """Take over sheets as another state held them."""
        self._sheets.set(spans, track)
        self._light.set(spans, track.sheet)

    def change(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> None:
        """See :class:`ledger.core.state.State`."""

        def push(track: Track | None) -> Track:
            old = track or NO_TRACK
            return Track(self._order, (*old.layers, Layer(self._event, step(old.sheet))))

        self._sheets.update(spans, push)
        self._light.update(spans, lambda sheet: step(sheet or UNKNOWN))

    def undo(self, event: str, touch: Touch, restores: tuple[tuple[SpanSet, Sheet], ...]) -> None:
        """See :class:`ledger.core.state.State`.  Where ``event`` is not the last event, nothing changes."""

        def pop(track: Track | None) -> Track | None:
            if track is None or not track.layers or track.layers[-1].event != event:
                return track
            return Track(self._order, track.layers[:-1])

        self._sheets.update(touch.spans, pop)
        for span, track in self._sheets.get(touch.spans):
            self._light.set(SpanSet.of((span,)), track.sheet if track else UNKNOWN)
        self._undo_things(event, touch)

    def last(self, touch: Touch) -> str:
        """See :class:`ledger.core.state.State`."""
        orders = [track.order for _, track in self._sheets.get(touch.spans) if track]
        return max([*orders, *(track.order for track in self._thing_touched(touch))], default="")

    def top(self, touch: Touch) -> set[str]:
        """See :class:`ledger.core.state.State`."""
        tops = {t.layers[-1].event if t and t.layers else "" for _, t in self._sheets.get(touch.spans)}
        return tops | {track.layers[-1][0] for track in self._thing_touched(touch) if track.layers}

    def before(self, event: str, spans: SpanSet) -> tuple[tuple[SpanSet, Sheet], ...]:
        """See :class:`ledger.core.state.State`; raises ``LookupError`` when ``event`` is not the last in force."""
        grouped: dict[Sheet, list[Span]] = {}
        for span, track in self._sheets.get(spans):
            if track is None or not track.layers or track.layers[-1].event != event:
                raise LookupError(event)
            sheet = track.layers[-2].sheet if len(track.layers) > 1 else UNKNOWN
            grouped.setdefault(sheet, []).append(span)
        return tuple((SpanSet.of(parts), sheet) for sheet, parts in grouped.items())
