"""State in memory, with the events in force on every sheet and thing: for checks, imports and histories.

The fold of a month builds on it (:class:`ledger.folds.custody.Custody`), the index hydrates it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

from ledger.core.custody import UNKNOWN, Sheet
from ledger.core.forms import Touch
from ledger.core.records import thing_class
from ledger.core.spanmap import SpanMap
from ledger.core.spans import Span, SpanSet
from ledger.core.state import NO_TRACK, SEALED, Earlier, Layer, Piece, Thing, ThingTrack, Track

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
        found = track.layers[-1][1] if track and track.layers else None
        return found if isinstance(found, kind) else None

    def put(self, key: str, thing: Thing) -> None:
        """See :class:`ledger.core.state.State`."""
        space = self._things.setdefault(type(thing).__name__, {})
        track = space.get(key)
        if track is None:
            space[key] = ThingTrack(self._order, ((self._event, thing),))
        else:
            space[key] = track.plus(self._order, self._event, thing)

    def mark(self, things: tuple[tuple[str, str], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        for space, key in things:
            track = self._things.get(space, {}).get(key)
            if track and track.layers and track.layers[-1][0] != self._event:
                self._things[space][key] = track.plus(self._order, self._event, track.layers[-1][1])

    def things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`."""
        for key, track in self._things.get(kind.__name__, {}).items():
            if track.layers and isinstance(found := track.layers[-1][1], kind):
                yield key, found

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


def _on_hand(sheet: Sheet) -> Sheet | None:
    return sheet if sheet.place in ON_HAND else None


class FullState(ThingStore):
    """Every sheet with the events in force on it, and beside it those on hand, merged, for searches along the serials."""

    def __init__(self) -> None:
        super().__init__()
        self._sheets: SpanMap[Track] = SpanMap()
        self._hand: SpanMap[Sheet] = SpanMap()
        self._pieces: tuple[SpanSet, list[Piece]] | None = None

    def pieces(self, spans: SpanSet) -> list[Piece]:
        """See :class:`ledger.core.state.State`."""
        asked = self._pieces
        if asked is None or asked[0] is not spans:  # one record asks for its sheets again and again
            found = self._sheets.get(spans)
            asked = spans, [Piece(span, t.sheet, t) if t else Piece(span, UNKNOWN) for span, t in found]
            self._pieces = asked
        return asked[1]

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """See :class:`ledger.core.state.State`."""
        return self._hand.items()

    def tracks(self) -> Iterator[tuple[Span, Track]]:
        """Every sheet ever touched, in order, with its events in force."""
        return self._sheets.items()

    def load_track(self, spans: SpanSet, track: Track) -> None:
        """Take over sheets as another state held them."""
        self._pieces = None
        self._sheets.set(spans, track)
        self._hand.set(spans, _on_hand(track.sheet))

    def change(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> None:
        """See :class:`ledger.core.state.State`."""
        for span, track in self._stepped(spans, step):
            self._sheets.write(span, track)
            self._hand.write(span, _on_hand(track.sheet))

    def _stepped(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> list[tuple[Span, Track]]:
        """The sheets of ``spans`` with what the present event makes of them, which is then to be written."""
        order, event = self._order, self._event
        self._pieces = None
        return [
            (span, Track(order, (*old.layers, Layer(event, step(old.sheet)))))
            for span, track in self._sheets.get(spans)
            for old in (track or NO_TRACK,)
        ]

    def undo(self, event: str, touch: Touch, restores: tuple[tuple[SpanSet, Sheet], ...]) -> None:
        """See :class:`ledger.core.state.State`.  Where ``event`` is not the last event, nothing changes."""

        def pop(track: Track | None) -> Track | None:
            if track is None or not track.layers or track.layers[-1].event != event:
                return track
            return Track(self._order, track.layers[:-1])

        self._pieces = None
        self._sheets.update(touch.spans, pop)
        for span, track in self._sheets.get(touch.spans):
            self._hand.write(span, _on_hand(track.sheet) if track else None)
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


class Resumed(FullState):
    """The full state of a fold that begins with a month instead of with the book's first record.

    What the months before it left is loaded into it.  It answers as a state that saw them all, or raises
    :class:`~ledger.core.state.Earlier`: it never takes what it does not know for what is not there.
    """

    def __init__(self, first: str, named: Collection[str] = frozenset()) -> None:
        """``first`` is the month (``2026-10``) of which on all records are seen; of those ``named`` everything is known besides."""
        super().__init__()
        self._first = first.replace("-", "")
        self._named = frozenset(named)

    def load_sheets(self, spans: SpanSet, sheet: Sheet) -> None:
        """Take over sheets of which only the state is known, not the records that led to it."""
        self.load_track(spans, Track("", (Layer(SEALED, sheet),)))

    def thing(self, kind: type[T], key: str) -> T | None:
        """See :class:`ledger.core.state.State`."""
        found = super().thing(kind, key)
        if found is None:
            self._need(kind.__name__, key, forgets(kind))
        return found

    def put(self, key: str, thing: Thing) -> None:
        """See :class:`ledger.core.state.State`."""
        self._need(type(thing).__name__, key, forgets(type(thing)))
        super().put(key, thing)

    def mark(self, things: tuple[tuple[str, str], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        self._need_all(things)
        super().mark(things)

    def undo(self, event: str, touch: Touch, restores: tuple[tuple[SpanSet, Sheet], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        self.top(touch)
        super().undo(event, touch, restores)

    def last(self, touch: Touch) -> str:
        """See :class:`ledger.core.state.State`."""
        self.top(touch)
        return super().last(touch)

    def top(self, touch: Touch) -> set[str]:
        """See :class:`ledger.core.state.State`."""
        self._need_all(touch.things)
        found = super().top(touch)
        if SEALED in found:
            raise Earlier
        return found

    def before(self, event: str, spans: SpanSet) -> tuple[tuple[SpanSet, Sheet], ...]:
        """See :class:`ledger.core.state.State`."""
        self.top(Touch(spans))
        return super().before(event, spans)

    def _need_all(self, things: tuple[tuple[str, str], ...]) -> None:
        for space, key in things:
            self._need(space, key, forgotten=True)

    def _need(self, space: str, key: str, forgotten: bool) -> None:
        """Raise :class:`Earlier` for a thing that a month before may have had and not handed on."""
        known = not forgotten or key in self._things.get(space, ())
        if not known and "" < (month := month_of_id(key)) < self._first and not self._has_been_named(space, key):
            raise Earlier(f"{month[:4]}-{month[4:]}")

    def _has_been_named(self, space: str, key: str) -> bool:
        return key in self._named and not thing_class(space).LEFT


def forgets(kind: type[Thing]) -> bool:
    """Whether things of a kind that go by the id of a record are let go of once they are of no use to a month's fold."""
    return not kind.FOR_EVER and (not kind.CARRY or kind.settled is not Thing.settled)


def month_of_id(key: str) -> str:
    """``202610`` of a record id, and the empty text for a key that is none."""
    is_id = key[10:11] == "-" and key[2:10].isdigit() and key[:2].isalpha() and key[:2].isupper()
    return key[2:8] if is_id else ""
