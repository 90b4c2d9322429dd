"""A mutable map from serials to values, held as intervals: the state of every sheet of a store.

A sheet without an entry has the value ``None``; adjacent sheets with equal values share one entry.  Costs depend on the
number of entries touched, never on the number of sheets.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ledger.core.spans import Span, SpanSet, parse_serial

V = TypeVar("V")


class _Lane(Generic[V]):
    """The intervals of one prefix and width: disjoint, ascending, equal neighbours merged; ends inclusive."""

    __slots__ = ("firsts", "lasts", "values")

    def __init__(self) -> None:
        self.firsts: list[int] = []
        self.lasts: list[int] = []
        self.values: list[V] = []

    def copy(self) -> _Lane[V]:
        other: _Lane[V] = _Lane()
        other.firsts, other.lasts, other.values = self.firsts[:], self.lasts[:], self.values[:]
        return other

    def at(self, number: int) -> V | None:
        found = bisect_right(self.firsts, number) - 1
        return self.values[found] if found >= 0 and self.lasts[found] >= number else None

    def read(self, first: int, last: int) -> Iterator[tuple[int, int, V | None]]:
        """Cover first..last completely and in order, gaps with None."""
        at = bisect_left(self.lasts, first)
        while at < len(self.firsts) and self.firsts[at] <= last:
            if self.firsts[at] > first:
                yield first, self.firsts[at] - 1, None
                first = self.firsts[at]
            end = min(last, self.lasts[at])
            yield first, end, self.values[at]
            first = end + 1
            at += 1
        if first <= last:
            yield first, last, None

    def write(self, first: int, last: int, value: V | None) -> None:
        """Give first..last one value; None clears it."""
        firsts, lasts, values = self.firsts, self.lasts, self.values
        lo = bisect_left(lasts, first)
        hi = bisect_right(firsts, last, lo)
        before = lo < hi and firsts[lo] < first
        after = lo < hi and lasts[hi - 1] > last
        head = (firsts[lo], values[lo]) if before else None
        tail = (lasts[hi - 1], values[hi - 1]) if after else None
        if value is not None:
            # Widen over equal neighbours, so that a run sold packet by packet stays one entry.
            if head is not None and head[1] == value:
                first, head = head[0], None
            elif head is None and lo and lasts[lo - 1] == first - 1 and values[lo - 1] == value:
                lo -= 1
                first = firsts[lo]
            if tail is not None and tail[1] == value:
                last, tail = tail[0], None
            elif tail is None and hi < len(firsts) and firsts[hi] == last + 1 and values[hi] == value:
                last = lasts[hi]
                hi += 1
        self._splice(lo, hi, _pieces(first, last, value, head, tail))

    def _splice(self, lo: int, hi: int, pieces: list[tuple[int, int, V]]) -> None:
        self.firsts[lo:hi] = [piece[0] for piece in pieces]
        self.lasts[lo:hi] = [piece[1] for piece in pieces]
        self.values[lo:hi] = [piece[2] for piece in pieces]


def _pieces(
    first: int, last: int, value: V | None, head: tuple[int, V] | None, tail: tuple[int, V] | None
) -> list[tuple[int, int, V]]:
    """What stands in place of the entries that were met: the rest before, the new run, the rest behind."""
    pieces: list[tuple[int, int, V]] = []
    if head is not None:
        pieces.append((head[0], first - 1, head[1]))
    if value is not None:
        pieces.append((first, last, value))
    if tail is not None:
        pieces.append((last + 1, tail[0], tail[1]))
    return pieces


class SpanMap(Generic[V]):
    """Values by serial.  ``None`` is "unknown" when read and "forget" when written."""

    __slots__ = ("_lanes",)

    def __init__(self) -> None:
        self._lanes: dict[tuple[str, int], _Lane[V]] = {}

    def copy(self) -> SpanMap[V]:
        """Return a map that changes independently; the values are shared."""
        other: SpanMap[V] = SpanMap()
        other._lanes = {key: lane.copy() for key, lane in self._lanes.items()}
        return other

    def get(self, spans: SpanSet) -> list[tuple[Span, V | None]]:
        """Return the values of all asked sheets, in order, covering them completely."""
        out: list[tuple[Span, V | None]] = []
        for span in spans:
            prefix, width, first, last = span
            lane = self._lanes.get((prefix, width))
            if lane is None:
                out.append((span, None))
                continue
            at = bisect_right(lane.firsts, first) - 1
            if at >= 0 and lane.lasts[at] >= last:  # nearly every packet lies in one run
                out.append((span, lane.values[at]))
            else:
                out.extend([(Span(prefix, width, a, b), value) for a, b, value in lane.read(first, last)])
        return out

    def set(self, spans: SpanSet, value: V | None) -> None:
        """Give every sheet of ``spans`` the value; None forgets them."""
        for span in spans:
            self.write(span, value)

    def update(self, spans: SpanSet, fn: Callable[[V | None], V | None]) -> None:
        """Replace each value by ``fn`` of it, called once per run of equal values.

        All new values are computed before the first is written: an exception from ``fn`` leaves the map as it was.
        """
        for span, value in [(span, fn(value)) for span, value in self.get(spans)]:
            self.write(span, value)

    def write(self, span: Span, value: V | None) -> None:
        """Give every sheet of one span the value; None forgets them."""
        prefix, width, first, last = span
        lane = self._lanes.get((prefix, width))
        if lane is None:
            if value is None:
                return
            lane = self._lanes[prefix, width] = _Lane()
        lane.write(first, last, value)
        if not lane.firsts:
            del self._lanes[prefix, width]

    def value_at(self, serial: str) -> V | None:
        """Return the value of one serial in its file form; ValueError if it is none."""
        prefix, width, number, _ = parse_serial(serial)
        lane = self._lanes.get((prefix, width))
        return None if lane is None else lane.at(number)

    def items(self) -> Iterator[tuple[Span, V]]:
        """Every entry in the order of its span."""
        for prefix, width in sorted(self._lanes):
            lane = self._lanes[prefix, width]
            for first, last, value in zip(lane.firsts, lane.lasts, lane.values, strict=True):
                yield Span(prefix, width, first, last), value

    def where(self, test: Callable[[V], bool]) -> SpanSet:
        """Return the sheets whose value passes ``test``."""
        return SpanSet([span for span, value in self.items() if test(value)])

    def __len__(self) -> int:
        """Number of entries."""
        return sum(len(lane.firsts) for lane in self._lanes.values())

    def __eq__(self, other: object) -> bool:
        return list(self.items()) == list(other.items()) if isinstance(other, SpanMap) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it changes
