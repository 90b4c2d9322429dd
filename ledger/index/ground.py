"""What an index may stand on instead of all text: the state that a closed month handed on.

A store of ten years must not wait for ten years to be folded before it can sell.  Where the files of all months up to a
closing are, byte for byte, what was sealed, the state is taken from the closing's tables, and only the records behind it are
read.  What the tables do not say (the events on a sheet, what was settled, numbers used up) is history: whoever
asks for it has all text folded first.  Nothing is ever answered from the lack of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from ledger.core.custody import Sheet
from ledger.core.forms import Touch
from ledger.core.memory import FullState
from ledger.core.records import thing_class
from ledger.core.spans import EMPTY, Span, SpanSet
from ledger.core.state import Layer, Piece, Thing, ThingTrack, Track
from ledger.journal.paths import is_record_id

T = TypeVar("T", bound=Thing)
BEFORE = ""
"""The event of the layer that stands for all history of a sheet."""


class Reached(NamedTuple):
    """How far a file is read: offset behind the last whole record, lines up to there, its ``h``."""

    stop: int = 0
    line: int = 0
    h: str = ""


class Ground(NamedTuple):
    """A closing whose months are all as they were sealed.

    ``since`` is the first day behind it, as text; ``sealed`` the instant by which everything before was recorded; ``files``
    are the journal files of those months.
    """

    since: str
    sealed: str
    sheets: tuple[tuple[Span, Sheet], ...]
    things: tuple[tuple[str, str, ThingTrack], ...]
    files: Mapping[str, Reached]


def may_be_history(space: str, key: str, since: str) -> bool:
    """Whether a thing that is not known may have been before the day ``since``.

    Not one of a kind that closings carry for good, nor one that has the number of a record of a later date.
    """
    if is_record_id(key) and key[2:10] >= since.replace("-", ""):
        return False
    return not thing_class(space).all_carried()


def is_bare(track: Track) -> bool:
    """Whether history has the last event on a sheet."""
    return bool(track.layers) and track.layers[-1].event == BEFORE


class Later(FullState):
    """The state while the records behind a closing are folded on it; what only history could tell is marked.

    ``holes`` are the things that history may have more of, ``doubtful`` the sheets whose state may be another.  A record
    that asks for such a thing taints what it does from then on: it may have done something else, had it known.
    """

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self._since = ground.since
        for span, sheet in ground.sheets:
            self.load_track(SpanSet.of((span,)), Track("", (Layer(BEFORE, sheet),)))
        for space, key, track in ground.things:
            self.load_thing(space, key, track)
        self.holes: set[tuple[str, str]] = set()
        self.doubtful: SpanSet = EMPTY
        self._tainted = False

    def begin(self, event: str, order: str) -> None:
        """See :class:`ledger.core.state.State`."""
        self._tainted = False
        super().begin(event, order)

    def _is_hole(self, space: str, key: str) -> bool:
        """Whether history may have more of a thing; it is remembered as one."""
        if key not in self._things.get(space, {}) and may_be_history(space, key, self._since):
            self.holes.add((space, key))
        return (space, key) in self.holes

    def pieces(self, spans: SpanSet) -> list[Piece]:
        """See :class:`ledger.core.state.State`."""
        found = super().pieces(spans)
        self._tainted |= bool(self.doubtful & spans) or any(map(lacks_sale, found))
        return found

    def thing(self, kind: type[T], key: str) -> T | None:
        """See :class:`ledger.core.state.State`."""
        self._tainted |= self._is_hole(kind.__name__, key)
        return super().thing(kind, key)

    def things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`."""
        self._tainted |= not kind.all_carried() or self._has_holes(kind)
        return super().things(kind)

    def open_things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`."""
        self._tainted |= not kind.all_carried(open_ones=True) or self._has_holes(kind)
        return super().open_things(kind)

    def _has_holes(self, kind: type[Thing]) -> bool:
        return any(space == kind.__name__ for space, _ in self.holes)

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """See :class:`ledger.core.state.State`."""
        self._tainted |= bool(self.doubtful)
        return super().on_hand()

    def put(self, key: str, thing: Thing) -> None:
        """See :class:`ledger.core.state.State`."""
        space = type(thing).__name__
        if not self._is_hole(space, key) and self._tainted:
            self.holes.add((space, key))
        super().put(key, thing)

    def mark(self, things: tuple[tuple[str, str], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        for space, key in things:
            self._is_hole(space, key)
        super().mark(things)

    def change(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> None:
        """See :class:`ledger.core.state.State`."""
        if self._tainted:
            self.doubtful |= spans
        super().change(spans, step)

    def undo(self, event: str, touch: Touch, restores: tuple[tuple[SpanSet, Sheet], ...]) -> None:
        """See :class:`ledger.core.state.State`; what a record of history took the place of, only history knows."""
        bare = [span for span, track in self._sheets.get(touch.spans) if track is not None and is_bare(track)]
        self.doubtful |= SpanSet.of(bare)
        for space, key in touch.things:
            self._is_hole(space, key)
        super().undo(event, touch, restores)


def lacks_sale(piece: Piece) -> bool:
    """Whether a sheet is with a client and only history knows by which record."""
    return piece.sheet.place == "client" and not piece.out
