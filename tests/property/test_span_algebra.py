"""Sets of spans behave as sets of sheets, and the interval map as a dict of serials."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.errors import Usage
from ledger.core.spanmap import SpanMap
from ledger.core.spans import Span, SpanSet, parse_packets, parse_serial, parse_spans, parse_typed

Sheet = tuple[str, int, int]

# Few numbers and few prefixes, so that spans touch, overlap and adjoin all the time.
LANES = st.sampled_from([("A", 2), ("A", 3), ("100/A", 2), ("", 2)])
NUMBERS = st.integers(0, 40)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """A span of a few sheets in one of four lanes."""
    (prefix, width), first = draw(LANES), draw(NUMBERS)
    return Span(prefix, width, first, first + draw(st.integers(0, 12)))


LISTS = st.lists(spans(), max_size=8)
SETS = LISTS.map(SpanSet.of)
MANY = settings(deadline=None, max_examples=200)


def sheets(of: SpanSet | list[Span]) -> set[Sheet]:
    """The model: every sheet by itself."""
    return {(span.prefix, span.width, number) for span in of for number in range(span.first, span.last + 1)}


def canonical(found: SpanSet) -> bool:
    """Sorted, disjoint, and nothing left to merge."""
    return SpanSet.of(found).spans == found.spans


@MANY
@given(LISTS)
def test_a_set_holds_the_sheets_of_its_spans(some: list[Span]) -> None:
    """Building, counting and the order of display."""
    made = SpanSet.of(some)
    model = sheets(some)
    assert sheets(made) == model
    assert made.count == len(model)
    assert bool(made) == bool(model)
    assert len(list(made.serials(10_000))) == len(model)
    ordered = sorted(model)
    assert list(made.serials(5)) == [f"{prefix}{number:0{width}d}" for prefix, width, number in ordered[:5]]


@MANY
@given(SETS, SETS)
def test_algebra(a: SpanSet, b: SpanSet) -> None:
    """Union, difference, intersection and comparison against Python's sets."""
    for made, model in ((a | b, sheets(a) | sheets(b)), (a - b, sheets(a) - sheets(b)), (a & b, sheets(a) & sheets(b))):
        assert sheets(made) == model
        assert canonical(made)
    assert a.isdisjoint(b) == sheets(a).isdisjoint(sheets(b))
    assert a.issubset(b) == (a <= b) == (sheets(a) <= sheets(b))
    assert (a == b) == (sheets(a) == sheets(b))
    assert (a - b) | (a & b) == a
    assert hash((a - b) | (a & b)) == hash(a)


@MANY
@given(SETS, spans())
def test_one_span_against_many(stock: SpanSet, packet: Span) -> None:
    """The counter's case, which has its own short way."""
    one = SpanSet.of([packet])
    assert sheets(stock - one) == sheets(stock) - sheets(one)
    assert canonical(stock - one)
    assert sheets(one - stock) == sheets(one) - sheets(stock)
    assert sheets(stock | one) == sheets(one | stock) == sheets(stock) | sheets(one)
    assert canonical(stock | one)
    assert stock & one == one & stock
    assert sheets(stock & one) == sheets(stock) & sheets(one)
    assert (packet in stock) == (sheets(one) <= sheets(stock))
    assert (packet.first_serial in stock) == ((packet.prefix, packet.width, packet.first) in sheets(stock))


@MANY
@given(SETS, st.integers(0, 120))
def test_split(stock: SpanSet, n: int) -> None:
    """The lowest n sheets, or a refusal."""
    ordered = sorted(sheets(stock))
    if n > len(ordered):
        with pytest.raises(ValueError, match="sheets"):
            stock.split(n)
        return
    low, high = stock.split(n)
    assert (sorted(sheets(low)), sorted(sheets(high))) == (ordered[:n], ordered[n:])
    assert canonical(low)
    assert canonical(high)
    assert stock.take(n) == low


@MANY
@given(SETS.filter(bool))
def test_canonical_text_reads_back(some: SpanSet) -> None:
    """In the file's form, at the counter, and through a pipe."""
    assert parse_spans(some.text) == some
    assert parse_typed(some.text.lower()) == some
    assert parse_packets("\n".join(span.text for span in reversed(some.spans))) == some
    ends = [end for span in some for end in (span.first_serial, span.last_serial)]
    assert parse_packets("\n".join(ends), pairs=True) == some


@settings(deadline=None, max_examples=500)
@given(st.text("A1/- 0", max_size=14))
def test_whatever_the_file_form_reads_is_canonical(text: str) -> None:
    """Read and written again, it is the same text."""
    try:
        found = parse_spans(text)
    except ValueError:
        return
    assert found.text == text


@MANY
@given(spans(), st.sampled_from(["-", " - ", "－", "～", "至"]))
def test_typed_short_forms(packet: Span, dash: str) -> None:
    """The last digits, or the number of sheets, mean the same packet."""
    whole = SpanSet.of([packet])
    digits = f"{packet.last:0{packet.width}d}"
    assert parse_typed(f"{packet.first_serial}{dash}{digits}") == whole
    assert parse_typed(f"{packet.first_serial}+{packet.count}") == whole
    if packet.first // 10 == packet.last // 10:
        assert parse_typed(f"{packet.first_serial}{dash}{digits[-1]}") == whole


@MANY
@given(st.lists(spans(), min_size=1, max_size=4))
def test_typed_twice_is_refused_and_nothing_else(packets: list[Span]) -> None:
    """Refused exactly when the packets hold fewer sheets than their counts add up to."""
    text = ",".join(packet.text for packet in packets)
    if sum(packet.count for packet in packets) == len(sheets(packets)):
        assert parse_typed(text) == SpanSet.of(packets)
    else:
        with pytest.raises(Usage):
            parse_typed(text)


@settings(deadline=None, max_examples=500)
@given(st.text("aA01－-+/,、~至 张\x1b", max_size=16))
def test_typed_text_is_resolved_or_explained(text: str) -> None:
    """Never another exception."""
    refusal: Usage | None = None
    try:
        found = parse_typed(text)
    except Usage as caught:
        refusal = caught
    if refusal is None:
        assert parse_spans(found.text) == found
    else:
        assert refusal.words.zh
        assert "\x1b" not in "".join(refusal.words)


VALUES = st.sampled_from(["safe", "sold", "void", None])
STEPS = st.lists(st.tuples(LISTS, VALUES, st.booleans()), max_size=12)


def _turn(value: str | None) -> str | None:
    return {"safe": "sold", "sold": "void", "void": None, None: None}[value]


def _step(state: SpanMap[str], model: dict[Sheet, str], where: SpanSet, value: str | None, *, turn: bool) -> None:
    if turn:
        state.update(where, _turn)
    else:
        state.set(where, value)
    for sheet in sheets(where):
        new = _turn(model.get(sheet)) if turn else value
        if new is None:
            model.pop(sheet, None)
        else:
            model[sheet] = new


@MANY
@given(STEPS, SETS)
def test_map_against_a_dict(steps: list[tuple[list[Span], str | None, bool]], asked: SpanSet) -> None:
    """Writes and updates, then every way to read."""
    state: SpanMap[str] = SpanMap()
    model: dict[Sheet, str] = {}
    for some, value, turn in steps:
        _step(state, model, SpanSet.of(some), value, turn=turn)
    entries = list(state.items())
    assert {sheet: value for span, value in entries for sheet in sheets([span])} == model
    assert [span for span, _ in entries] == sorted(span for span, _ in entries)
    assert len(state) == len(entries)
    for (a, one), (b, two) in pairwise(entries):
        assert a[:2] != b[:2] or a.last < b.first
        assert one != two or not (a[:2] == b[:2] and a.last + 1 == b.first), "equal neighbours are one entry"
    got = state.get(asked)
    assert [sheet for span, _ in got for sheet in sorted(sheets([span]))] == sorted(sheets(asked))
    assert all(model.get(sheet) == value for span, value in got for sheet in sheets([span]))
    assert all(state.value_at(serial) == model.get(parse_serial(serial)[:3]) for serial in asked.serials(50))
    for value in ("safe", "sold"):
        held = state.where(lambda found, value=value: found == value)  # type: ignore[misc]
        assert sheets(held) == {sheet for sheet, is_now in model.items() if is_now == value}
