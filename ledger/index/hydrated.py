"""The state at the counter: only the sheets and things that a draft touches, read from the index as they are asked for.

It is a :class:`~ledger.core.memory.FullState` that fills itself; what was read and changed can be written back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import TypeVar

from ledger.core.custody import Sheet
from ledger.core.forms import Touch
from ledger.core.memory import FullState
from ledger.core.records import thing_class
from ledger.core.spans import Span, SpanSet
from ledger.core.state import Piece, Thing, ThingTrack
from ledger.index.codec import parse_thing, parse_track, show_thing, show_track

T = TypeVar("T", bound=Thing)

_OVERLAP = """
SELECT prefix, width, first, last, ord, layers FROM sheet WHERE prefix = ? AND width = ? AND first <= ?
  AND first >= coalesce((SELECT max(first) FROM sheet WHERE prefix = ? AND width = ? AND first <= ?), ?) AND last >= ?
"""


class Hydrated(FullState):
    """State backed by the index of one book; changes stay in memory until :meth:`write_back`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__()
        self._db = db
        self._rows: set[tuple[str, int, int]] = set()
        self._asked: set[tuple[str, str]] = set()
        self._spaces: set[str] = set()
        self._changed: set[tuple[str, str]] = set()

    def _need(self, spans: SpanSet) -> None:
        for span in spans:
            key = (span.prefix, span.width)
            found = self._db.execute(_OVERLAP, (*key, span.last, *key, span.first, span.first, span.first))
            for prefix, width, first, last, order, layers in found.fetchall():
                if (prefix, width, first) not in self._rows:
                    self._rows.add((prefix, width, first))
                    self.load_track(SpanSet.of((Span(prefix, width, first, last),)), parse_track(order, layers))

    def _need_things(self, things: tuple[tuple[str, str], ...]) -> None:
        for space, key in things:
            if (space, key) not in self._asked and space not in self._spaces:
                self._asked.add((space, key))
                row = self._db.execute(
                    "SELECT ord, layers FROM thing WHERE space = ? AND key = ?", (space, key)
                ).fetchone()
                if row:
                    self.load_thing(space, key, parse_thing(space, *row))

    def pieces(self, spans: SpanSet) -> list[Piece]:
        """See :class:`ledger.core.state.State`."""
        self._need(spans)
        return super().pieces(spans)

    def change(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> None:
        """See :class:`ledger.core.state.State`."""
        self._need(spans)
        super().change(spans, step)

    def thing(self, kind: type[T], key: str) -> T | None:
        """See :class:`ledger.core.state.State`."""
        self._need_things(((kind.__name__, key),))
        return super().thing(kind, key)

    def put(self, key: str, thing: Thing) -> None:
        """See :class:`ledger.core.state.State`."""
        space = type(thing).__name__
        self._need_things(((space, key),))
        self._changed.add((space, key))
        super().put(key, thing)

    def mark(self, things: tuple[tuple[str, str], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        self._need_things(things)
        self._changed.update(things)
        super().mark(things)

    def things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`."""
        space = kind.__name__
        if space not in self._spaces:
            rows = self._db.execute(
                "SELECT key, ord, layers FROM thing WHERE space = ? ORDER BY key", (space,)
            ).fetchall()
            for key, order, layers in rows:
                if (space, key) not in self._asked:
                    self.load_thing(space, key, parse_thing(space, order, layers))
            self._spaces.add(space)
        return super().things(kind)

    def open_things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`; what is settled is not even read."""
        space = kind.__name__
        if space not in self._spaces:
            query = "SELECT key, ord, layers FROM thing WHERE space = ? AND open ORDER BY key"
            for key, order, layers in self._db.execute(query, (space,)).fetchall():
                if (space, key) not in self._asked:
                    self._asked.add((space, key))
                    self.load_thing(space, key, parse_thing(space, order, layers))
        return super().open_things(kind)

    def undo(self, event: str, touch: Touch, restores: tuple[tuple[SpanSet, Sheet], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        self._need(touch.spans)
        self._need_things(touch.things)
        self._changed.update(touch.things)
        super().undo(event, touch, restores)

    def last(self, touch: Touch) -> str:
        """See :class:`ledger.core.state.State`."""
        self._need(touch.spans)
        self._need_things(touch.things)
        return super().last(touch)

    def top(self, touch: Touch) -> set[str]:
        """See :class:`ledger.core.state.State`."""
        self._need(touch.spans)
        self._need_things(touch.things)
        return super().top(touch)

    def before(self, event: str, spans: SpanSet) -> tuple[tuple[SpanSet, Sheet], ...]:
        """See :class:`ledger.core.state.State`."""
        self._need(spans)
        return super().before(event, spans)

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """See :class:`ledger.core.state.State`; asked before anything is changed."""
        rows = self._db.execute(
            "SELECT prefix, width, first, last, ord, layers FROM sheet WHERE place IN ('safe', 'void')"
            " ORDER BY prefix, width, first"
        )
        for prefix, width, first, last, order, layers in rows:
            yield Span(prefix, width, first, last), parse_track(order, layers).sheet

    def load_all(self) -> None:
        """Read everything: to compare the index with the text."""
        rows = self._db.execute(
            "SELECT prefix, width, first, last, ord, layers FROM sheet ORDER BY prefix, width, first"
        )
        for prefix, width, first, last, order, layers in rows.fetchall():
            self._rows.add((prefix, width, first))
            self.load_track(SpanSet.of((Span(prefix, width, first, last),)), parse_track(order, layers))
        for space, key, order, layers in self._db.execute("SELECT space, key, ord, layers FROM thing").fetchall():
            self._asked.add((space, key))
            self.load_thing(space, key, parse_thing(space, order, layers))

    def write_back(self) -> None:
        """Put what was read and changed into the index; the caller commits."""
        self._db.executemany("DELETE FROM sheet WHERE prefix = ? AND width = ? AND first = ?", sorted(self._rows))
        save_sheets(self._db, self)
        tracks = {(space, key): track for space, key, track in self.thing_tracks() if (space, key) in self._changed}
        rows = [_thing_row(space, key, track) for (space, key), track in tracks.items()]
        self._db.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?, ?)", rows)


class Building(Hydrated):
    """The state of a rebuild, in which no sheet is in the tables yet.

    What only histories need (no ``CARRY``), such as a million slips, is put into the tables from time to time and read again
    where a record asks for it; so it does not fill the memory.
    """

    def _need(self, spans: SpanSet) -> None:
        """Every sheet is here."""

    def put_away(self) -> None:
        """Write what only histories need, and let go of it."""
        away = {space for space in self._things if not thing_class(space).CARRY}
        changed = sorted(one for one in self._changed if one[0] in away)
        rows = (
            _thing_row(space, key, self._things[space][key]) for space, key in changed if key in self._things[space]
        )
        self._db.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?, ?)", rows)
        for space in away:
            self._things[space].clear()
        self._spaces -= away
        self._changed = {one for one in self._changed if one[0] not in away}
        self._asked = {one for one in self._asked if one[0] not in away}

    def finish(self) -> None:
        """Write all that is left; the caller commits."""
        self.put_away()
        save_sheets(self._db, self)
        save_things(self._db, self)


def save_sheets(db: sqlite3.Connection, state: FullState) -> None:
    """Write all sheets that ``state`` holds as new rows."""
    rows = (
        (*span, track.order, show_track(track), track.sheet.place, track.sheet.face) for span, track in state.tracks()
    )
    db.executemany("INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def save_things(db: sqlite3.Connection, state: FullState) -> None:
    """Write all things that ``state`` holds as new rows."""
    rows = (_thing_row(space, key, track) for space, key, track in state.thing_tracks())
    db.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", rows)


def _thing_row(space: str, key: str, track: ThingTrack) -> tuple[str, str, str, str, int]:
    open_ = bool(track.layers) and not track.layers[-1][1].settled
    return space, key, track.order, show_thing(track), int(open_)
