"""The state at the counter: only the sheets and things that a draft touches, read from the index as they are asked for.

It is a :class:`~ledger.core.memory.FullState` that fills itself; what was read and changed can be written back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from ledger.core.custody import Sheet
from ledger.core.forms import Touch
from ledger.core.memory import FullState
from ledger.core.records import thing_class
from ledger.core.spanmap import SpanMap
from ledger.core.spans import Span, SpanSet
from ledger.core.state import Piece, Thing, ThingTrack
from ledger.index.codec import parse_thing, parse_track, show_thing, show_track
from ledger.index.ground import Ground, Later, is_bare, lacks_sale, may_be_history

T = TypeVar("T", bound=Thing)

_OVERLAP = """
SELECT prefix, width, first, last, ord, layers FROM sheet WHERE prefix = ? AND width = ? AND first <= ?
  AND first >= coalesce((SELECT max(first) FROM sheet WHERE prefix = ? AND width = ? AND first <= ?), ?) AND last >= ?
"""


class Short(Exception):
    """History is needed in the middle of a change: what was changed is thrown away, and the text read again."""


def _nothing_before() -> sqlite3.Connection:
    raise Short


class Hydrated(FullState):
    """State backed by the index of one book; changes stay in memory until :meth:`write_back`.

    Of an index that stands on a closing (``since`` is the first day behind it) whatever only history could answer has
    ``fill`` bring it in first.
    """

    def __init__(
        self, db: sqlite3.Connection, since: str = "", fill: Callable[[], sqlite3.Connection] = _nothing_before
    ) -> None:
        super().__init__()
        self._db = db
        self._since = since
        self._fill = fill
        self._forget()

    def _forget(self) -> None:
        """Know nothing yet."""
        self._sheets = SpanMap()
        self._things = {}
        self._rows: set[tuple[str, int, int]] = set()
        self._asked: set[tuple[str, str]] = set()
        self._spaces: set[str] = set()
        self._changed: set[tuple[str, str]] = set()

    # -- history -----------------------------------------------------------------------------------------------------

    def _whole(self) -> None:
        """Have all history brought in, and begin anew; raises :class:`Short` when something was changed already."""
        if self._event:
            raise Short
        self._db = self._fill()
        self._since = ""
        self._forget()

    def _whole_unless(self, known: Callable[[], bool]) -> None:
        if self._since and not known():
            self._whole()

    def _sure_of(self, spans: SpanSet) -> bool:
        """Whether the present state of these sheets does not hang on history."""
        rows = self._db.execute("SELECT prefix, width, first, last FROM doubt").fetchall()
        return not SpanSet.of(Span(*row) for row in rows) & spans

    def _sure_of_things(self, things: Iterable[tuple[str, str]]) -> bool:
        """Whether history has nothing more of these things."""
        hole = "SELECT 1 FROM hole WHERE space = ? AND key = ?"
        return not any(
            self._db.execute(hole, one).fetchone()
            or (one[1] not in self._things.get(one[0], {}) and may_be_history(*one, self._since))
            for one in things
        )

    def _sure_of_all(self, kind: type[Thing], *, open_ones: bool = False) -> bool:
        hole = "SELECT 1 FROM hole WHERE space = ?"
        return kind.all_carried(open_ones=open_ones) and not self._db.execute(hole, (kind.__name__,)).fetchone()

    def _sure_of_last(self, touch: Touch) -> bool:
        """Whether the last events on all of this are known by their ids."""
        tracks = (track for _, track in self._sheets.get(touch.spans) if track is not None)
        return self._sure_of(touch.spans) and self._sure_of_things(touch.things) and not any(map(is_bare, tracks))

    def _load(self, touch: Touch) -> None:
        self._need(touch.spans)
        self._need_things(touch.things)

    def _load_whole(self, touch: Touch) -> None:
        """As :meth:`_load`, with the last events known by their ids."""
        self._load(touch)
        if self._since and not self._sure_of_last(touch):
            self._whole()
            self._load(touch)

    # -- what is asked -----------------------------------------------------------------------------------------------

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
        found = super().pieces(spans)
        if self._since and (any(map(lacks_sale, found)) or not self._sure_of(spans)):
            self._whole()
            return self.pieces(spans)
        return found

    def change(self, spans: SpanSet, step: Callable[[Sheet], Sheet]) -> None:
        """See :class:`ledger.core.state.State`."""
        self._need(spans)
        self._whole_unless(partial(self._sure_of, spans))
        super().change(spans, step)

    def thing(self, kind: type[T], key: str) -> T | None:
        """See :class:`ledger.core.state.State`."""
        self._load_things(((kind.__name__, key),))
        return super().thing(kind, key)

    def _load_things(self, things: tuple[tuple[str, str], ...]) -> None:
        """As :meth:`_need_things`, with all that history has of them."""
        self._need_things(things)
        if self._since and not self._sure_of_things(things):
            self._whole()
            self._need_things(things)

    def put(self, key: str, thing: Thing) -> None:
        """See :class:`ledger.core.state.State`."""
        space = type(thing).__name__
        self._load_things(((space, key),))
        self._changed.add((space, key))
        super().put(key, thing)

    def mark(self, things: tuple[tuple[str, str], ...]) -> None:
        """See :class:`ledger.core.state.State`."""
        self._load_things(things)
        self._changed.update(things)
        super().mark(things)

    def things(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See :class:`ledger.core.state.State`."""
        self._whole_unless(partial(self._sure_of_all, kind))
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
        self._whole_unless(partial(self._sure_of_all, kind, open_ones=True))
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
        self._load_whole(touch)
        self._changed.update(touch.things)
        super().undo(event, touch, restores)

    def last(self, touch: Touch) -> str:
        """See :class:`ledger.core.state.State`; all that is of history lies before whatever can still be recorded."""
        self._load(touch)
        return super().last(touch)

    def top(self, touch: Touch) -> set[str]:
        """See :class:`ledger.core.state.State`."""
        self._load_whole(touch)
        return super().top(touch)

    def before(self, event: str, spans: SpanSet) -> tuple[tuple[SpanSet, Sheet], ...]:
        """See :class:`ledger.core.state.State`."""
        self._load_whole(Touch(spans))
        return super().before(event, spans)

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """See :class:`ledger.core.state.State`; asked before anything is changed."""
        self._whole_unless(self._no_doubt)
        rows = self._db.execute(
            "SELECT prefix, width, first, last, ord, layers FROM sheet WHERE place IN ('safe', 'void')"
            " ORDER BY prefix, width, first"
        )
        for prefix, width, first, last, order, layers in rows:
            yield Span(prefix, width, first, last), parse_track(order, layers).sheet

    def _no_doubt(self) -> bool:
        return self._db.execute("SELECT 1 FROM doubt LIMIT 1").fetchone() is None

    def load_all(self) -> None:
        """Read everything: to compare the index with the text."""
        if self._since:
            self._whole()
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


class Standing(Later):
    """The state of an index that is built on a closing: the few months behind it are held whole."""

    def __init__(self, db: sqlite3.Connection, ground: Ground) -> None:
        super().__init__(ground)
        self._db = db

    def put_away(self) -> None:
        """Hold on to everything."""

    def finish(self) -> None:
        """Write it, with what of it only history could tell; the caller commits."""
        save_sheets(self._db, self)
        save_things(self._db, self)
        self._db.executemany("INSERT INTO hole VALUES (?, ?)", sorted(self.holes))
        self._db.executemany("INSERT INTO doubt VALUES (?, ?, ?, ?)", self.doubtful)


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
