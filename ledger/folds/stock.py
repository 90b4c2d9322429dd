"""Stock: which sheets are in the safe, per face value, and which of them cannot be sold now (V5).

``spans`` are all sheets in the safe; reserved, unstamped, frozen and issued ones are subsets and may overlap.  Void sheets lie in
the safe too but are no stock: they stand apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from ledger.core.custody import ACTIVITY, NAME_SEAL, Sheet, tied_to
from ledger.core.order import in_order
from ledger.core.spans import EMPTY, Span, SpanSet
from ledger.core.state import Sourced, apply
from ledger.folds.custody import Custody


class OnHand(Protocol):
    """Any state that can list what lies in the safe."""

    def on_hand(self) -> Iterator[tuple[Span, Sheet]]:
        """The sheets in the safe, void ones included, in order of serials."""


class FaceStock(msgspec.Struct, frozen=True, kw_only=True):
    """The sheets of one face value (fen) in the safe; ``issued`` are those that one terminal alone sells, by its code."""

    face: int
    spans: SpanSet
    reserved: SpanSet = EMPTY
    unstamped: SpanSet = EMPTY
    frozen: SpanSet = EMPTY
    issued: Mapping[str, SpanSet] = {}

    @property
    def sheets(self) -> int:
        """Number of sheets in the safe."""
        return self.spans.count


class StockSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The safe at a moment; faces from the highest down, only those with sheets."""

    faces: tuple[FaceStock, ...]
    void_on_hand: SpanSet = EMPTY

    @property
    def in_safe(self) -> SpanSet:
        """All sheets of the stock, without the void ones."""
        return SpanSet.of(span for face in self.faces for span in face.spans)


def stock(state: OnHand) -> StockSheet:
    """The stock of a state, at the counter or in a fold."""
    found = list(state.on_hand())
    safe = [(span, sheet) for span, sheet in found if sheet.place == "safe"]
    faces = sorted({sheet.face for _, sheet in safe}, reverse=True)
    void = SpanSet.of(span for span, sheet in found if sheet.place == "void")
    return StockSheet(faces=tuple(_face(face, safe) for face in faces), void_on_hand=void)


def stock_as_of(sourced: Iterable[Sourced], day: dt.date) -> StockSheet:
    """The stock at the end of ``day``: records dated up to and including it."""
    state = Custody()
    for one in in_order(sourced):
        if one.record.date <= day:
            apply(one.record, state)
    return stock(state)


def safe_spans(state: OnHand, *, place: str = "safe") -> SpanSet:
    """The sheets in the safe that have ``place``: ``safe`` or ``void``."""
    return SpanSet.of(span for span, sheet in state.on_hand() if sheet.place == place)


def safe_faces(state: OnHand) -> dict[int, int]:
    """Sheets in the safe per face value (fen), void ones left out."""
    total: dict[int, int] = {}
    for span, sheet in state.on_hand():
        if sheet.place == "safe":
            total[sheet.face] = total.get(sheet.face, 0) + span.count
    return total


def _face(face: int, safe: list[tuple[Span, Sheet]]) -> FaceStock:
    def those(test: Callable[[Sheet], bool]) -> SpanSet:
        return SpanSet.of(span for span, sheet in safe if sheet.face == face and test(sheet))

    return FaceStock(
        face=face,
        spans=those(lambda _: True),
        reserved=those(lambda sheet: sheet.use == "reserved"),
        unstamped=those(lambda sheet: not (NAME_SEAL in sheet.stamps and ACTIVITY in sheet.stamps)),
        frozen=those(lambda sheet: sheet.hold == "frozen"),
        issued=_issued(face, safe),
    )


def _issued(face: int, safe: list[tuple[Span, Sheet]]) -> dict[str, SpanSet]:
    """The sheets issued to each terminal, in order of its code."""
    spans: dict[str, list[Span]] = {}
    for span, sheet in safe:
        if sheet.face == face and (terminal := tied_to(sheet)):
            spans.setdefault(terminal, []).append(span)
    return {terminal: SpanSet.of(spans[terminal]) for terminal in sorted(spans)}
