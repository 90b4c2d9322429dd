"""Custody while a month is folded: the events of the month on each sheet, on top of the merged states it began with.

A reversal stores the states that its own terminal saw.  After a merge they need not be what was there: another
terminal may have sold the same sheets first, or touched them since.  So a reversal of this month's record takes away
that record's own layer, as the full state does; only for a record of an earlier month, whose layer is gone, the stored
states are put back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ledger.core.custody import UNKNOWN, Sheet
from ledger.core.forms import Touch
from ledger.core.memory import ON_HAND, FullState
from ledger.core.spans import Span, SpanSet
from ledger.core.state import Layer, Thing, Track

_BEFORE = ""
"""The event of the layer that a month begins with."""


class Custody(FullState):
    """The state of a month's fold.  What a closing does not carry is not kept; merged states are made when asked for."""

    def put(self, key: str, thing: Thing) -> None:
        """See :class:`ledger.core.state.State`; only what a closing carries is kept."""
        if thing.CARRY:
            super().put(key, thing)

    def load_track(self, spans: SpanSet, track: Track) -> None:
        """Take over sheets as another state held them."""
        self._pieces = None
        self._sheets.set(spans, track)

    def load_sheet(self, spans: SpanSet, sheet: Sheet) -> None:
        """Take over sheets from a closing."""
        self.load_track(spans, Track("", (Layer(_BEFORE, sheet),)))

    def held(self) -> Iterator[tuple[Span, Sheet]]:
        """Every sheet ever touched with its present state, merged, in order of serials."""
        run: Span | None = None
        state = UNKNOWN
        for span, track in self._sheets.items():
            sheet = track.sheet
            if run is not None and span[2] == run[3] + 1 and span[:2] == run[:2] and sheet == state:
                run = Span(run[0], run[1], run[2], span[3])
            else:
                if run is not None:
                    yield run, state
                run, state = span, sheet
        if run is not None:
            yield run, state

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """See :class:`ledger.core.state.State`."""
        return ((span, sheet) for span, sheet in self.held() if sheet.place in ON_HAND)

    def change(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> None:
        """See :class:`ledger.core.state.State`."""
        for span, track in self._stepped(spans, step):
            self._sheets.write(span, track)

    def undo(self, event: str, touch: Touch, restores: tuple[tuple[SpanSet, Sheet], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        order = self._order

        def pop(track: Track | None) -> Track | None:
            if track is None or not track.layers or track.layers[-1].event != event:
                return track
            return Track(order, track.layers[:-1])

        self._pieces = None
        earlier = SpanSet(span for span, track in self._sheets.get(touch.spans) if track and _is_earlier(track))
        self._sheets.update(touch.spans, pop)
        for spans, sheet in restores:
            self.load_sheet(spans & earlier, sheet)
        self._undo_things(event, touch)


def _is_earlier(track: Track) -> bool:
    """Whether nothing of this month is in force on the sheet."""
    return len(track.layers) == 1 and track.layers[0].event == _BEFORE
