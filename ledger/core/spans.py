"""Runs of voucher serials, and sets of them (domain V8).

A serial is ``[series/][letters]digits``: ``A0010001``, or ``100/A0010001`` where a store keeps its faces apart.  The
digits have a fixed width, so ``A01`` and ``A001`` are two serials.  A :class:`Span` has inclusive ends; what stands
before the digits, series included, is its ``prefix``.  A :class:`SpanSet` is sorted, disjoint and merged, so equal sets
have equal text.  Every cost depends on the number of spans, never on the number of sheets.

Two grammars are kept apart: the file's, where only the canonical text is read (:func:`parse_spans`, ``ValueError``),
and the counter's, where short forms are resolved and mistakes are explained (:func:`parse_typed`, ``Usage``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, ClassVar, Final, NamedTuple, NoReturn

from ledger.core.errors import Usage
from ledger.core.text import fold, shown
from ledger.core.words import Words

_DIGITS: Final = "0123456789"
_MAX_LETTERS: Final = 8
_MAX_WIDTH: Final = 18
_BEYOND: Final = 10 ** (_MAX_WIDTH + 1)  # sorts after the last number of any width

# [0-9] throughout: \d also takes the digits of other scripts, which int() would read and the file must not hold.
_SERIES: Final = r"[A-Z0-9][A-Z0-9-]{0,15}/"
_TYPED: Final = rf"({_SERIES})?([A-Z]{{0,8}})([0-9]{{1,18}})"
_SPAN: Final = re.compile(rf"((?:{_SERIES})?([A-Z]{{0,8}}))([0-9]{{1,18}})(?:-\2([0-9]{{1,18}}))?")


class Span(NamedTuple):
    """Consecutive serials from ``first`` to ``last``, both included.  Sorts by prefix, width, first."""

    prefix: str
    width: int
    first: int
    last: int

    @property
    def count(self) -> int:  # type: ignore[override]  # a run counts its sheets; tuple.count has no use here
        """Number of sheets."""
        return self.last - self.first + 1

    @property
    def first_serial(self) -> str:
        """The lowest serial, in full."""
        return f"{self.prefix}{self.first:0{self.width}d}"

    @property
    def last_serial(self) -> str:
        """The highest serial, in full."""
        return f"{self.prefix}{self.last:0{self.width}d}"

    @property
    def text(self) -> str:
        """Canonical text: ``A0010001``, or ``100/A0010001-A0010050`` with the series once."""
        prefix, width, first, last = self
        if first == last:
            return f"{prefix}{first:0{width}d}"
        letters = prefix[prefix.rfind("/") + 1 :]
        return f"{prefix}{first:0{width}d}-{letters}{last:0{width}d}"

    def contains(self, serial_number: int) -> bool:
        """Whether the number lies in the run; prefix and width are the caller's to compare."""
        return self.first <= serial_number <= self.last

    def serials(self) -> Iterator[str]:
        """Every serial in order, made one at a time."""
        return (f"{self.prefix}{number:0{self.width}d}" for number in range(self.first, self.last + 1))


class SpanSet:
    """An immutable set of sheets, held as sorted, disjoint, merged spans."""

    __slots__ = ("_spans",)
    _spans: tuple[Span, ...]
    EMPTY: ClassVar[SpanSet]

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        """Take spans in any order; overlapping and adjacent ones merge.  ValueError for ends that make no run."""
        _set_spans(self, _merged(sorted(spans)))

    @classmethod
    def of(cls, spans: Iterable[Span]) -> SpanSet:
        """Return the set of all sheets in ``spans``."""
        return cls(spans)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans in canonical order."""
        return self._spans

    @property
    def count(self) -> int:
        """Number of sheets."""
        return sum([last - first for _, _, first, last in self._spans]) + len(self._spans)

    @property
    def text(self) -> str:
        """Canonical text, spans separated by one space; empty for the empty set."""
        return " ".join([span.text for span in self._spans])

    def serials(self, limit: int) -> Iterator[str]:
        """The lowest serials in order, ``limit`` at most, for display."""
        for span in self._spans:
            for serial in span.serials():
                if limit <= 0:
                    return
                limit -= 1
                yield serial

    def take(self, n: int) -> SpanSet:
        """Return the lowest ``n`` sheets; ValueError if there are fewer, or ``n`` is negative."""
        return self.split(n)[0]

    def split(self, n: int) -> tuple[SpanSet, SpanSet]:
        """Return the lowest ``n`` sheets and the others; ValueError if there are fewer, or ``n`` is negative."""
        if n < 0:
            raise ValueError(f"cannot take {n} sheets")
        left = n
        for at, (prefix, width, first, last) in enumerate(self._spans):
            size = last - first + 1
            if left < size:
                low, high = self._spans[:at], self._spans[at + 1 :]
                cut = first + left
                if left:
                    low += (Span(prefix, width, first, cut - 1),)
                return _trusted(low), _trusted((Span(prefix, width, cut, last), *high))
            left -= size
        if left:
            raise ValueError(f"{n} sheets asked for, {n - left} there")
        return self, SpanSet.EMPTY

    def isdisjoint(self, other: SpanSet) -> bool:
        """Whether no sheet is in both."""
        few, many = _by_size(self._spans, other._spans)
        return not any(_overlaps(many, span) for span in few)

    def issubset(self, other: SpanSet) -> bool:
        """Whether every sheet is also in ``other``."""
        return all(_covers(other._spans, span) for span in self._spans)

    def __le__(self, other: SpanSet) -> bool:
        return self.issubset(other)

    def __or__(self, other: SpanSet) -> SpanSet:
        if not other._spans:
            return self
        if not self._spans:
            return other
        if len(other._spans) == 1:
            return self._with(other._spans[0])
        # Two sorted runs: the sort merges them in linear time.
        return _trusted(_merged(sorted(self._spans + other._spans)))

    def __and__(self, other: SpanSet) -> SpanSet:
        few, many = _by_size(self._spans, other._spans)
        return _trusted(tuple([piece for span in few for piece in _clipped(many, span)]))

    def __sub__(self, other: SpanSet) -> SpanSet:
        if len(other._spans) == 1:
            return self._without(other._spans[0])
        return _trusted(tuple([piece for span in self._spans for piece in _cut(span, other._spans)]))

    def _with(self, new: Span) -> SpanSet:
        """One packet into a stock: only the spans it meets or adjoins are looked at."""
        prefix, width, first, last = new
        lo, _ = _window(self._spans, Span(prefix, width, max(first - 1, 0), last))
        hi = bisect_right(self._spans, (prefix, width, last + 1, _BEYOND), lo)
        return _trusted((*self._spans[:lo], *_merged(sorted((*self._spans[lo:hi], new))), *self._spans[hi:]))

    def _without(self, gone: Span) -> SpanSet:
        """The usual case, one packet out of a stock: only the spans it meets are looked at."""
        lo, hi = _window(self._spans, gone)
        if lo == hi:
            return self
        kept = [piece for span in self._spans[lo:hi] for piece in _cut(span, (gone,))]
        return _trusted((*self._spans[:lo], *kept, *self._spans[hi:]))

    def __contains__(self, item: Span | str) -> bool:
        """Whether every sheet of a span, or the sheet of a serial, is in the set; text that is no serial is not."""
        if isinstance(item, Span):
            return _covers(self._spans, item)
        try:
            return _covers(self._spans, parse_serial(item))
        except ValueError:
            return False

    def __iter__(self) -> Iterator[Span]:
        return iter(self._spans)

    def __len__(self) -> int:
        """Number of spans (sheets are ``count``)."""
        return len(self._spans)

    def __bool__(self) -> bool:
        return bool(self._spans)

    def __eq__(self, other: object) -> bool:
        return self._spans == other._spans if isinstance(other, SpanSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._spans)

    def __repr__(self) -> str:
        return f"SpanSet({self.text!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return SpanSet, (self._spans,)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a SpanSet does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a SpanSet does not change")


# The slot's own setter passes by __setattr__, which refuses everybody else.
_set_spans: Final = SpanSet.__dict__["_spans"].__set__
_new: Final = object.__new__
_tuple: Final = tuple.__new__  # makes a Span in half the time of its own __new__


def _trusted(spans: tuple[Span, ...]) -> SpanSet:
    """A set of spans that are known to be canonical."""
    made = _new(SpanSet)
    _set_spans(made, spans)
    return made


EMPTY: Final = _trusted(())
SpanSet.EMPTY = EMPTY


def _merged(ordered: Sequence[Span]) -> tuple[Span, ...]:
    """Join what overlaps or adjoins in a sorted sequence."""
    out: list[Span] = []
    for span in ordered:
        prefix, width, first, last = span
        if not 0 <= first <= last < 10**width:
            raise ValueError(f"no run of serials: {tuple(span)}")
        if out:
            before = out[-1]
            if before[3] + 1 >= first and before[0] == prefix and before[1] == width:
                if last > before[3]:
                    out[-1] = Span(prefix, width, before[2], last)
                continue
        out.append(span)
    return tuple(out)


def _by_size(a: tuple[Span, ...], b: tuple[Span, ...]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    return (a, b) if len(a) <= len(b) else (b, a)


def _window(spans: tuple[Span, ...], span: Span) -> tuple[int, int]:
    """Half-open range of indexes of the spans that share a sheet with ``span``."""
    prefix, width, first, last = span
    lo = bisect_right(spans, (prefix, width, first, _BEYOND))
    hi = bisect_right(spans, (prefix, width, last, _BEYOND), lo)
    if lo:
        before = spans[lo - 1]
        if before[3] >= first and before[0] == prefix and before[1] == width:
            lo -= 1
    return lo, hi


def _overlaps(spans: tuple[Span, ...], span: Span) -> bool:
    lo, hi = _window(spans, span)
    return lo < hi


def _covers(spans: tuple[Span, ...], span: Span) -> bool:
    """Whether one of the spans holds all of ``span``; merged spans can only do so alone."""
    prefix, width, first, last = span
    at = bisect_right(spans, (prefix, width, first, _BEYOND)) - 1
    if at < 0:
        return False
    found = spans[at]
    return found[3] >= last and found[0] == prefix and found[1] == width


def _clipped(spans: tuple[Span, ...], span: Span) -> Iterator[Span]:
    """The parts of ``spans`` inside ``span``."""
    prefix, width, first, last = span
    lo, hi = _window(spans, span)
    for found in spans[lo:hi]:
        if found[2] >= first and found[3] <= last:
            yield found
        else:
            yield Span(prefix, width, max(first, found[2]), min(last, found[3]))


def _cut(span: Span, spans: tuple[Span, ...]) -> Iterator[Span]:
    """The parts of ``span`` outside ``spans``."""
    lo, hi = _window(spans, span)
    if lo == hi:
        yield span
        return
    prefix, width, first, last = span
    for gone in spans[lo:hi]:
        if gone[2] > first:
            yield Span(prefix, width, first, gone[2] - 1)
        first = gone[3] + 1
    if first <= last:
        yield Span(prefix, width, first, last)


# --- the file's form -------------------------------------------------------------------------------------------------


def parse_serial(text: str) -> Span:
    """Read one serial in its file form as a span of one sheet; ValueError otherwise."""
    span = _parse_span(text)
    if span.first != span.last:
        raise ValueError(f"one serial expected: {text!r}")
    return span


def parse_spans(text: str) -> SpanSet:
    """Read spans in their canonical text: sorted, merged, one space between.

    ValueError for anything that would be written differently, for a repeated serial (named), and for no span at all.
    """
    # One span without a series is nearly every record of a book: string methods read it in half the pattern's time.
    left, _, right = text.partition("-")
    prefix = left.rstrip(_DIGITS)
    low, high = left.removeprefix(prefix), right.removeprefix(prefix)
    if (
        low < high
        and len(low) == len(high) <= _MAX_WIDTH
        and len(left) == len(right)
        and high.isdigit()
        and text.isascii()
        and (not prefix or (prefix.isupper() and prefix.isalpha() and len(prefix) <= _MAX_LETTERS))
    ):
        return _trusted((_tuple(Span, (prefix, len(low), int(low), int(high))),))
    if " " not in text:
        return _trusted((_parse_span(text),))
    return _parse_several(text)


def _parse_several(text: str) -> SpanSet:
    spans = [_parse_span(part) for part in text.split(" ")]
    repeated = _repeated(spans)
    if repeated:
        raise ValueError(f"serials twice: {repeated.text}")
    found = _merged(spans) if all(a < b for a, b in pairwise(spans)) else ()
    if len(found) != len(spans):
        raise ValueError(f"spans not sorted and merged: {text!r}")
    return _trusted(found)


def _parse_span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"no span of serials: {text!r}")
    prefix, _, first, last = match.groups()
    if last is None:
        last = first
    elif len(first) != len(last) or first >= last:
        raise ValueError(f"no span of serials: {text!r}")
    return _tuple(Span, (prefix, len(first), int(first), int(last)))


def _repeated(spans: Sequence[Span]) -> SpanSet:
    """The sheets that are in more than one of ``spans``."""
    twice: list[Span] = []
    reach: Span | None = None
    for span in sorted(spans):
        if reach is not None and span[:2] == reach[:2] and span.first <= reach.last:
            twice.append(Span(*span[:3], min(span.last, reach.last)))
            if span.last <= reach.last:
                continue
        reach = span
    return SpanSet(twice)


# --- the counter's form ----------------------------------------------------------------------------------------------

_HOW: Final = Words(
    "请输入如 A0010001-A0010050、A0010001-050 或 A0010001+50（从此号起 50 张），多段用空格或逗号分开",
    "type A0010001-A0010050, A0010001-050 or A0010001+50 (50 sheets from there); several with spaces or commas",
)


def parse_typed(text: str) -> SpanSet:
    """Resolve spans as typed at the counter; full-width forms and case are folded first.

    Takes ``A0010001-A0010050``, ``A0010001-050`` (the right side replaces the last digits), ``A0010001+50`` (sheets
    from there), single serials; several with commas, spaces or line ends.  ``Usage`` shows the typed text and what to
    type instead; a serial named twice is refused, since that is a packet typed twice.
    """
    return _gathered([_typed_span(part) for part in _parts(text)])


def parse_packets(text: str, *, pairs: bool = False) -> SpanSet:
    """Resolve a pipe's or scanner's lines: spans as typed, or with ``pairs`` first and last serial of each packet."""
    if not pairs:
        return parse_typed(text)
    scanned = [(part, _typed_span(part)) for part in _parts(text)]
    for part, span in scanned:
        if span.first != span.last:
            _refuse(part, Words("这里应是一个号码，不是一段", "one serial is expected here, not a span"))
    if len(scanned) % 2:
        n = len(scanned)
        _refuse(scanned[-1][0], Words(f"共 {n} 个号码，末包缺止号", f"{n} serials read, the last packet has no end"))
    packets = zip(scanned[::2], scanned[1::2], strict=True)
    return _gathered([_between(f"{a}-{b}", one, two) for (a, one), (b, two) in packets])


def _parts(text: str) -> list[str]:
    """The typed spans, each still as typed but for blanks around its dash or plus."""
    # Blanks are reduced first: a pattern that looks for a dash behind any number of them would take quadratic time.
    plain = re.sub(r"\s+", " ", text)
    joined = re.sub(r" ?([-+＋－‐‑‒–—―−~～〜至到]) ?", r"\1", plain)
    parts = [part for part in re.split(r"[ ,，、;；]+", joined) if part]
    if not parts:
        _refuse(text.strip(), Words("没有号码", "no serial"))
    return parts


def _typed_span(typed: str) -> Span:
    folded = re.sub("[至到]", "-", fold(typed))
    # ASCII before upper(): some letters of other scripts have an ASCII capital.
    match = re.fullmatch(rf"{_TYPED}(?:-{_TYPED}|\+([0-9]{{1,18}}))?", folded.upper()) if folded.isascii() else None
    if match is None:
        _refuse(typed, _why_unreadable(folded))
    series, letters, first, series2, letters2, last, sheets = match.groups(default="")
    start = Span(series + letters, len(first), int(first), int(first))
    if sheets:
        return _counted(typed, start, int(sheets))
    if not last:
        return start
    if not letters2 and not series2 and len(last) < len(first):
        last = first[: -len(last)] + last
    return _between(typed, start, Span((series2 or series) + (letters2 or letters), len(last), int(last), int(last)))


def _why_unreadable(folded: str) -> Words:
    odd = re.search(r"[^A-Za-z0-9/+-]", folded)
    if odd is None:
        return Words("不是号码", "not a serial")
    code = f"U+{ord(odd[0]):04X}"
    if "\u2e80" <= odd[0] <= "\u9fff":  # what was scanned went through an input method, which made words of it
        return Words(
            f"号码里有汉字 {shown(odd[0])}，请把输入法切换到英文再扫",
            f"a Chinese character {shown(odd[0])} in a serial: switch the input method to English and scan again",
        )
    return Words(f"号码里不能有 {shown(odd[0])} ({code})", f"a serial can't hold {shown(odd[0])} ({code})")


def _counted(typed: str, start: Span, sheets: int) -> Span:
    last = start.first + sheets - 1
    if not sheets:
        _refuse(typed, Words("张数是 0", "0 sheets"))
    if last >= 10**start.width:
        _refuse(typed, Words(f"超出 {start.width} 位号码", f"runs over the {start.width} digits of the serial"))
    return start._replace(last=last)


def _between(typed: str, start: Span, end: Span) -> Span:
    one, two = start.first_serial, end.first_serial
    if start.prefix != end.prefix:
        _refuse(typed, Words(f"两端字头不同：{one} 与 {two}", f"the two ends have different letters: {one} and {two}"))
    if start.width != end.width:
        _refuse(typed, Words(f"两端位数不同：{one} 与 {two}", f"the two ends differ in length: {one} and {two}"))
    if start.first > end.first:
        _refuse(typed, Words(f"止号 {two} 小于起号 {one}", f"the last serial, {two}, is below the first, {one}"))
    return start._replace(last=end.first)


def _gathered(spans: Sequence[Span]) -> SpanSet:
    """One set of all spans; a sheet named twice is a packet typed twice, and refused."""
    repeated = _repeated(spans)
    if repeated:
        twice = shown(repeated.text)
        raise Usage(Words(f"号码重复：{twice}，每张只写一次", f"serials given twice: {twice}; name each sheet once"))
    return SpanSet(spans)


def _refuse(typed: str, why: Words) -> NoReturn:
    raise Usage(Words(f"“{shown(typed)}”：{why.zh}。{_HOW.zh}", f"'{shown(typed)}': {why.en}; {_HOW.en}"))
