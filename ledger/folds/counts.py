"""Physical counts against the book, each at its own moment, rolled to the end of the period (V7).

A count is compared with the sheets that custody places in the safe just when the count stands in the order of records:
reserved, unstamped and frozen ones are expected, void ones only in a count of scope ``void``.  What was missing then
and is still in the safe at the end is still missing; what was surplus then and is not in the safe at the end is still
surplus.  A later count of a face replaces the earlier one.  Not counted is not zero: it is ``None``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import msgspec

from ledger.core.custody import Sheet
from ledger.core.errors import Usage
from ledger.core.forms import Record, Reversal
from ledger.core.money import parse_amount
from ledger.core.records.custody import Count
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.folds.stock import safe_faces, safe_spans


class CountResult(msgspec.Struct, frozen=True, kw_only=True):
    """One count at its own moment.  ``faces`` (fen) is None for a count of everything, empty for one of void sheets."""

    id: str
    date: dt.date
    scope: str
    faces: frozenset[int] | None
    counted: int
    missing: SpanSet
    surplus: SpanSet


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a period rolled to its end.

    ``sheets`` is per face in fen, only for the faces that some count covers.  ``stray`` are surplus sheets that belong to
    no counted face: never received and not counted as one face, or of a face that no count covers.  ``void_missing`` and ``void_surplus`` stand apart.
    """

    counts: tuple[CountResult, ...] = ()
    sheets: dict[int, int] = {}
    missing: SpanSet = EMPTY
    surplus: SpanSet = EMPTY
    stray: SpanSet = EMPTY
    void_missing: SpanSet = EMPTY
    void_surplus: SpanSet = EMPTY
    everything: bool = False
    by_count: tuple[tuple[str, SpanSet, SpanSet], ...] = ()

    def covers(self, face: int) -> bool:
        """Whether a count covered the face (fen)."""
        return self.everything or face in self.sheets


def scope_faces(scope: str) -> frozenset[int] | None:
    """The faces (fen) of a scope: None for ``all``, none for ``void``; raises ``ValueError`` for a word that is no amount."""
    if scope == "all":
        return None
    if scope == "void":
        return frozenset()
    try:
        return frozenset(parse_amount(word) for word in scope.split())
    except Usage as error:
        raise ValueError(error.words.en) from None


def undone_counts(records: Iterable[Record]) -> frozenset[str]:
    """The ids of counts that were reversed: they say nothing."""
    return frozenset(one.ref for one in records if isinstance(one, Reversal) and isinstance(one.original, Count))


class _Open(msgspec.Struct):
    """A count whose differences still stand; ``face`` is that of a one-face scope."""

    id: str
    face: int
    missing: SpanSet
    surplus: SpanSet


class Tally:
    """Collects counts while a fold runs; ask :meth:`close` at the period's end."""

    def __init__(self) -> None:
        self._results: list[CountResult] = []
        self._open: list[_Open] = []
        self._void = _Open("", 0, EMPTY, EMPTY)
        self._everything = False
        self._faces: set[int] = set()

    @property
    def results(self) -> tuple[CountResult, ...]:
        """The counts so far, each at its own moment."""
        return tuple(self._results)

    @property
    def may_differ(self) -> bool:
        """Whether a later step may bring a difference of some count back: sheets that were missing, or surplus, then."""
        return any(one.missing or one.surplus for one in (*self._open, self._void))

    def take(self, count: Count, state: State) -> bool:
        """Compare one count with the state just before it; False, and nothing taken, when its scope cannot be read."""
        try:
            faces = scope_faces(count.scope)
        except ValueError:
            return False
        self._compare(count, faces, state)
        return True

    def _compare(self, count: Count, faces: frozenset[int] | None, state: State) -> None:
        expected = safe_spans(state, place="void") if count.scope == "void" else _in_scope(state, faces)
        missing, surplus = expected - count.spans, count.spans - expected
        self._results.append(
            CountResult(
                id=count.id,
                date=count.date,
                scope=count.scope,
                faces=faces,
                counted=count.spans.count,
                missing=missing,
                surplus=surplus,
            )
        )
        if count.scope == "void":
            self._void = _Open(count.id, 0, missing, surplus)
            return
        self._replace(faces, state)
        one_face = next(iter(faces)) if faces is not None and len(faces) == 1 else 0
        self._open.append(_Open(count.id, one_face, missing, surplus))
        self._everything = self._everything or faces is None
        self._faces |= faces or set()

    def _replace(self, faces: frozenset[int] | None, state: State) -> None:
        """Forget what earlier counts said of these faces."""
        if faces is None:
            self._open = []
            return
        for old in self._open:
            old.missing = _those(old.missing, state, lambda sheet: sheet.face not in faces)
            if old.face in faces:
                old.surplus = EMPTY
            else:
                old.surplus = _those(old.surplus, state, lambda sheet: sheet.face not in faces)

    def close(self, state: State) -> Counted:
        """The counts rolled to ``state``, the end of the period."""
        safe = safe_spans(state)
        for one in self._open:
            one.missing, one.surplus = one.missing & safe, one.surplus - safe
        sheets, stray = self._sheets(state)
        void = safe_spans(state, place="void")
        return Counted(
            counts=self.results,
            sheets=sheets,
            missing=_union(one.missing for one in self._open),
            surplus=_union(one.surplus for one in self._open),
            stray=stray,
            void_missing=self._void.missing & void,
            void_surplus=self._void.surplus - void,
            everything=self._everything,
            by_count=tuple((one.id, one.missing, one.surplus) for one in self._open if one.missing or one.surplus),
        )

    def _sheets(self, state: State) -> tuple[dict[int, int], SpanSet]:
        """Per covered face: held, less still missing, plus still surplus; and the surplus without a face."""
        held = safe_faces(state)
        total = {face: held.get(face, 0) for face in (held if self._everything else ())}
        total.update({face: held.get(face, 0) for face in self._faces})
        strays = EMPTY
        surplus: dict[int, SpanSet] = {}
        for one in self._open:
            for piece in state.pieces(one.missing):
                if piece.sheet.face in total:
                    total[piece.sheet.face] -= piece.span.count
            for piece in state.pieces(one.surplus):
                face = piece.sheet.face or one.face
                surplus[face] = surplus.get(face, EMPTY) | piece.spans
        for face, spans in surplus.items():
            if face and (self._everything or face in total):
                total[face] = total.get(face, 0) + spans.count
            else:
                strays = strays | spans
        return total, strays


def _in_scope(state: State, faces: frozenset[int] | None) -> SpanSet:
    return SpanSet.of(
        span for span, sheet in state.on_hand() if sheet.place == "safe" and (faces is None or sheet.face in faces)
    )


def _those(spans: SpanSet, state: State, test: Callable[[Sheet], bool]) -> SpanSet:
    return SpanSet.of(piece.span for piece in state.pieces(spans) if test(piece.sheet))


def _union(sets: Iterable[SpanSet]) -> SpanSet:
    return SpanSet.of(span for spans in sets for span in spans)
