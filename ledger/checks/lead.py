"""What the checks of a month take over from the months before it, so that those need not be read again.

A closing carries what a month's figures stand on; its checks ask for more: which record took a sheet out, whether a deposit
slip was used before, which takings are still to be deposited.  A :class:`Lead` is that state at a month's end, made by the very
fold of the checks; a fold that begins with it finds what one from the book's first record on finds.  What it cannot answer
it refuses with :class:`~ledger.core.state.Earlier`, and whoever folds begins with an earlier month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from ledger.core.custody import Sheet, parse_sheet
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.memory import ON_HAND, FullState, Resumed, forgets, month_of_id
from ledger.core.records import thing_class
from ledger.core.spans import Span, parse_spans
from ledger.core.state import Layer, Sourced, Thing, ThingTrack, Track
from ledger.folds.closing import is_named, read_layers, show_layers
from ledger.folds.registers import left_behind

T = TypeVar("T", bound=Thing)


class Part(NamedTuple):
    """A sale that counts towards a limit: client, the rule's name, the sale, its date, and what of it counts (fen)."""

    client: str
    rule: str
    sale: str
    date: dt.date
    fen: int


class Drawer(NamedTuple):
    """Records that the drawer's checks still look at, and what was in it before the first of them (fen)."""

    records: tuple[str, ...] = ()
    balance: int = 0


class Standing(NamedTuple):
    """An error that the judge found and nothing has answered in the book: it is shown on every later sheet.

    ``about`` is the record's id, ``day`` its date, ``asked`` the request that it lacked an approval of when it was recorded.
    """

    finding: Finding
    about: str
    day: dt.date
    judged: bool
    asked: str = ""


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the checks at the end of ``month`` (``2026-10``), its sheets and things as texts.

    ``sheets`` are those of which only the state is known, ``tracks`` those on hand with the events in force on them;
    ``things`` in the order in which they came up; ``notices`` the highest number of each series of notices.
    ``named`` are records of which everything is known, since later months are known to name them.
    ``illegal`` and ``wrong`` are the records that broke a rule, by the usual severities and by the store's own.
    """

    month: str
    sheets: tuple[tuple[str, str], ...]
    tracks: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    things: tuple[tuple[str, str, str, str], ...]
    drawer: Drawer
    parts: tuple[Part, ...]
    notices: tuple[str, ...]
    errors: tuple[Standing, ...] = ()
    illegal: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def first(self) -> dt.date:
        """The first day that it does not cover."""
        return Month.parse(self.month).after

    def thing(self, kind: type[T], key: str) -> T | None:
        """One thing as it was at the month's end."""
        for space, own, _, texts in self.things:
            if own == key and space == kind.__name__:
                *_, (_, last) = read_layers(space, texts)
                return last if isinstance(last, kind) else None
        return None

    def state(self) -> Resumed:
        """The state at the month's end; each call gives one that changes independently."""
        state = Resumed(Month.parse(self.month).next().text, self.named)
        for spans, sheet in self.sheets:
            state.load_sheets(parse_spans(spans), parse_sheet(sheet))
        for spans, order, layers in self.tracks:
            track = Track(order, tuple(Layer(event, parse_sheet(sheet)) for event, sheet in layers))
            state.load_track(parse_spans(spans), track)
        for space, key, order, texts in self.things:
            state.load_thing(space, key, ThingTrack(order, tuple(read_layers(space, texts))))
        return state


class History(Protocol):
    """The records of the months that a fold does not read, fetched as somebody asks for one."""

    def find(self, record_id: str) -> Sourced | None:
        """The record of that id."""

    def has(self, record_id: str) -> bool:
        """Whether there is a record of that id; it is not read."""

    def of(self, *kinds: type[Record]) -> Sequence[Sourced]:
        """All records of these kinds and their reversals, in order: only journals that have such kinds are read."""

    def uses(self, keys: Collection[tuple[str, str]]) -> bool:
        """Whether a record has one of these keys, each with the letters of its journal."""


class Past(NamedTuple):
    """The months before those that are folded: what they left, and how to ask for more."""

    lead: Lead
    history: History

    @property
    def first(self) -> dt.date:
        """The first day that is folded."""
        return self.lead.first

    def before(self, *kinds: type[Record]) -> list[Sourced]:
        """The records of these kinds, and their reversals, of the months that the lead covers, in order."""
        return [one for one in self.history.of(*kinds) if one.record.date < self.first]


class Known(dict[str, Sourced]):
    """Records by id; those of the past are fetched as they are asked for."""

    def __init__(self, records: Iterable[tuple[str, Sourced]], past: Past | None) -> None:
        super().__init__(records)
        self._past = past

    def fetch(self, record_id: str) -> Sourced | None:
        """The record of that id, or ``None``."""
        found = self.get(record_id)
        return self._past.history.find(record_id) if found is None and self._past is not None else found

    def has(self, record_id: str) -> bool:
        """Whether there is one of that id, whatever else is known of it."""
        return record_id in self or (self._past is not None and self._past.history.has(record_id))


def rows_of_sheets(
    state: FullState, named: Collection[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]]:
    """The sheets of a state as :class:`Lead` has them: merged ones without their events; with them those on hand, and those that ``named`` records moved."""
    merged: list[tuple[Span, Sheet]] = []
    on_hand = []
    for span, track in state.tracks():
        sheet = track.sheet
        if not track.layers:
            continue
        if sheet.place in ON_HAND or any(layer.event in named for layer in track.layers):
            layers = tuple((layer.event, layer.sheet.text) for layer in track.layers)
            on_hand.append((span.text, track.order, layers))
        elif merged and merged[-1][1] == sheet and _adjoins(merged[-1][0], span):
            merged[-1] = (merged[-1][0]._replace(last=span.last), sheet)
        else:
            merged.append((span, sheet))
    return tuple((span.text, sheet.text) for span, sheet in merged), tuple(on_hand)


def _adjoins(before: Span, span: Span) -> bool:
    return before[:2] == span[:2] and before.last + 1 == span.first


def rows_of_things(state: FullState, since: dt.date, named: Collection[str]) -> tuple[tuple[str, str, str, str], ...]:
    """The things of a state that later checks ask for, in the order in which they came up.

    What goes by the id of a record is let go of as in a closing, when it is settled: such an id leads back to its month.
    Lines of registers are let go of as a closing does that began on ``since``.  What ``named`` records touched is kept.
    """
    agreed = left_behind(state)
    return tuple(
        (space, key, track.order, show_layers(track))
        for space, key, track in state.thing_tracks()
        if not ((space, key) in agreed and track.order < since.isoformat())
        and (is_named(key, track, named) or (track.layers and not _is_gone(space, key, track)))
    )


def _is_gone(space: str, key: str, track: ThingTrack) -> bool:
    kind = thing_class(space)
    return bool(month_of_id(key)) and forgets(kind) and (not kind.CARRY or track.layers[-1][1].settled)


def parse_lead(text: bytes) -> Lead:
    """The inverse of :func:`show_lead`; raises ``ValueError`` (``msgspec.MsgspecError``) for any other text."""
    return msgspec.json.decode(text, type=Lead)


def show_lead(lead: Lead) -> bytes:
    """A lead as the text of a file."""
    return msgspec.json.encode(lead)
