"""Spans of serials: the file's text, what is typed at the counter, and sets of sheets (domain V8)."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable

import pytest

from ledger.core.errors import Usage
from ledger.core.spanmap import SpanMap
from ledger.core.spans import EMPTY, Span, SpanSet, parse_packets, parse_serial, parse_spans, parse_typed


def test_span_has_inclusive_ends_and_keeps_leading_zeros() -> None:
    """A0010001-A0010050 is 50 sheets."""
    span = Span("A", 7, 10001, 10050)
    assert (span.count, span.text) == (50, "A0010001-A0010050")
    assert (span.first_serial, span.last_serial) == ("A0010001", "A0010050")
    assert [span.contains(n) for n in (10000, 10001, 10050, 10051)] == [False, True, True, False]


def test_series_stands_once_in_the_text() -> None:
    """100/A0010001-A0010050, and a single sheet 100/A0010001."""
    assert Span("100/A", 7, 10001, 10050).text == "100/A0010001-A0010050"
    assert Span("100/A", 7, 10001, 10001).text == "100/A0010001"
    assert Span("100/A", 7, 10001, 10050).last_serial == "100/A0010050"


@pytest.mark.parametrize(
    "text",
    [
        "A0010001-A0010050",
        "A0010001",
        "0010001-0010050",
        "0",
        "100/A0010001-A0010050",
        "2026-B/0001-0050",
        "A01-100/A05",  # one sheet of the series A01-100
        "ABCDEFGH000000000000000001-ABCDEFGH999999999999999999",
        "A01-A05 A07 A09-A10 B01",
        "A1-A5 A01-A05",
        "100/A01-A05 200/A01-A05",
    ],
)
def test_file_form_reads_back_as_written(text: str) -> None:
    """Each text is canonical: read and written again it is the same."""
    assert parse_spans(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "A",
        "A0010001-0010050",
        "A0010001-050",
        "A0010001+50",
        "A01-A01",
        "A05-A01",
        "A01-B05",
        "A01-A005",
        "100/A01-100/A05",
        "a01-a05",
        "Ａ01-Ａ05",
        "A０1-A０5",
        "A٠١-A٠٥",
        "É01-É05",
        "ABCDEFGHI01-ABCDEFGHI05",
        "A" + "1" * 19,
        "1" * 19 + "-" + "2" * 19,
        "A01-A03-A05",
        "A01-",
        "-A01",
        "A01\n",
        " A01",
        "A01 ",
        "A01  A03",
        "A01,A03",
        "A03 A01",
        "A01 A02",
        "A01-A03 A04-A05",
        "/A01",
        "-/A01",
    ],
)
def test_file_form_takes_nothing_else(text: str) -> None:
    """Whatever would be written differently is refused, not corrected."""
    with pytest.raises(ValueError, match=r"serials|spans"):
        parse_spans(text)


def test_file_form_names_repeated_serials() -> None:
    """A01-A10 A08-A12 repeats A08-A10."""
    with pytest.raises(ValueError, match=r"twice: A08-A10$"):
        parse_spans("A01-A10 A08-A12")


def test_one_serial() -> None:
    """A0010001 is one; a span is not."""
    assert parse_serial("100/A0010001") == Span("100/A", 7, 10001, 10001)
    with pytest.raises(ValueError, match="one serial"):
        parse_serial("A01-A02")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("A0010001-A0010050", "A0010001-A0010050"),
        ("A0010001-050", "A0010001-A0010050"),
        ("A0010001-0010050", "A0010001-A0010050"),
        ("A0010001+50", "A0010001-A0010050"),
        ("A0010001+1", "A0010001"),
        ("A0010001-1", "A0010001"),
        ("0010001-50", "0010001-0010050"),
        ("a0010001-a0010050", "A0010001-A0010050"),
        ("Ａ００１０００１－Ａ００１００５０", "A0010001-A0010050"),
        ("A0010001＋５０", "A0010001-A0010050"),
        ("A0010001～050", "A0010001-A0010050"),
        ("A0010001—050", "A0010001-A0010050"),
        ("A0010001至A0010050", "A0010001-A0010050"),
        ("A01 - A05", "A01-A05"),
        ("A01\u3000-\u300005", "A01-A05"),
        ("A01 + 5", "A01-A05"),
        ("A01,A03，A05、A07 A09\nB01", "A01 A03 A05 A07 A09 B01"),
        ("B01 A02 A01", "A01-A02 B01"),
        ("A01-05, A06+5", "A01-A10"),
        ("100/a01-05", "100/A01-A05"),
        ("100/A01-100/A05", "100/A01-A05"),
        ("2026-b/01+2", "2026-B/01-02"),
        ("A9999998+2", "A9999998-A9999999"),
    ],
)
def test_typed_forms(typed: str, meant: str) -> None:
    """What the counter types, and the canonical text it is echoed as."""
    assert parse_typed(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "shown", "why"),
    [
        ("A0010050-A0010001", "A0010050-A0010001", "below the first"),
        ("A0010050-001", "A0010050-001", "below the first"),
        ("A01-B05", "A01-B05", "different letters"),
        ("100/A01-200/A05", "100/A01-200/A05", "different letters"),
        ("A01-A005", "A01-A005", "differ in length"),
        ("A01-005", "A01-005", "differ in length"),
        ("A9999999+2", "A9999999+2", "7 digits"),
        ("A01+0", "A01+0", "0 sheets"),
        ("A#1", "A#1", "U+0023"),
        ("ok A01 张三", "ok", "not a serial"),
        ("张三", "张三", "switch the input method"),
        ("ı01", "ı01", "U+0131"),
        ("A5²", "A5²", "U+00B2"),
        ("A01-", "A01-", "not a serial"),
        ("A" + "1" * 19, "A" + "1" * 19, "not a serial"),
        ("", "''", "no serial"),
        (" ，\n", "，", "no serial"),
    ],
)
def test_typed_mistakes_show_the_typed_text_and_what_to_type(typed: str, shown: str, why: str) -> None:
    """Every refusal is a usage error with the user's own text, the reason and the forms, in both languages."""
    with pytest.raises(Usage) as caught:
        parse_typed(typed)
    words = caught.value.words
    assert shown in words.en
    assert why in words.en
    assert shown.strip("'") in words.zh
    assert all("A0010001-050" in text for text in words)


def test_a_packet_typed_twice_is_refused_by_its_serials() -> None:
    """A01-A10 and A08+5: the sheets A08-A10 are there twice."""
    with pytest.raises(Usage) as caught:
        parse_typed("A01-A10 A08+5")
    assert all("A08-A10" in text for text in caught.value.words)


def test_control_characters_are_never_echoed() -> None:
    """A terminal would obey ESC."""
    with pytest.raises(Usage) as caught:
        parse_typed("A01\x1b[2J")
    assert "\x1b" not in "".join(caught.value.words)
    assert "U+001B" in caught.value.words.en


def test_blanks_without_end_cost_no_time() -> None:
    """200,000 blanks between two serials: a pattern that backtracks would take minutes."""
    assert parse_typed("A01" + " " * 200_000 + "A03").count == 2


def test_lines_of_spans() -> None:
    """A pipe: one packet a line."""
    assert parse_packets("A01-A05\nA06+5\r\n\nB01\n").text == "A01-A10 B01"


def test_scanned_pairs() -> None:
    """A scanner: first and last serial of each packet; a packet of one sheet is scanned twice."""
    assert (
        parse_packets("A0001\nA0050\nA0101\nA0150\nB0007\nB0007\n", pairs=True).text == "A0001-A0050 A0101-A0150 B0007"
    )


@pytest.mark.parametrize(
    ("scanned", "why"),
    [
        ("A0001\nA0050\nA0101\n", "3 serials"),
        ("A0001-A0050\nA0101\n", "one serial"),
        ("A0050\nA0001\n", "below the first"),
        ("A0001\nB0050\n", "different letters"),
        ("A0001\nA0050\nA0050\nA0060\n", "A0050"),
        ("", "no serial"),
    ],
)
def test_scanned_pairs_that_do_not_fit(scanned: str, why: str) -> None:
    """An end is missing, a span among serials, ends that make no span, a packet twice, nothing."""
    with pytest.raises(Usage) as caught:
        parse_packets(scanned, pairs=True)
    assert why in caught.value.words.en


def test_set_is_canonical_whatever_the_order() -> None:
    """A06-A10, A01-A05, A03-A07 are one span; A and B, 2 and 3 digits stay apart."""
    mixed = [Span("A", 2, 6, 10), Span("B", 2, 11, 12), Span("A", 2, 1, 5), Span("A", 3, 11, 12), Span("A", 2, 3, 7)]
    spans = SpanSet.of(mixed)
    assert spans.text == "A01-A10 A011-A012 B11-B12"
    assert spans == SpanSet(reversed(mixed))
    assert hash(spans) == hash(SpanSet(reversed(mixed)))
    assert (spans.count, len(spans), bool(spans)) == (14, 3, True)
    assert repr(spans) == "SpanSet('A01-A10 A011-A012 B11-B12')"


def test_empty_set() -> None:
    """Nothing: no text, no sheets, below every set."""
    some = parse_spans("A01-A05")
    assert (EMPTY.text, EMPTY.count, bool(EMPTY), list(EMPTY)) == ("", 0, False, [])
    assert EMPTY is SpanSet.EMPTY
    assert SpanSet.of([]) == EMPTY
    assert some >= EMPTY
    assert not some <= EMPTY
    assert (some | EMPTY, some & EMPTY, some - EMPTY, EMPTY - some, EMPTY | some) == (some, EMPTY, some, EMPTY, some)


def test_set_does_not_change() -> None:
    """It stands in frozen records and as a key."""
    spans = parse_spans("A01-A05")
    for name in ("_spans", "x"):
        with pytest.raises(AttributeError):
            setattr(spans, name, ())
    with pytest.raises(AttributeError):
        del spans._spans
    assert copy.deepcopy(spans) == spans
    assert pickle.loads(pickle.dumps(spans)) == spans


@pytest.mark.parametrize("span", [Span("A", 2, 5, 4), Span("A", 2, -1, 4), Span("A", 2, 1, 100)])
def test_ends_that_make_no_run_are_refused(span: Span) -> None:
    """Backwards, below zero, beyond the width."""
    with pytest.raises(ValueError, match="no run"):
        SpanSet.of([span])


def test_membership() -> None:
    """By serial and by span; other text is in no set."""
    spans = parse_spans("A01-A05 A07-A09")
    assert all(serial in spans for serial in ("A01", "A05", "A07"))
    assert not any(serial in spans for serial in ("A06", "A00", "A10", "A007", "B05", "nonsense"))
    assert Span("A", 2, 2, 5) in spans
    assert Span("A", 2, 5, 7) not in spans


def test_take_and_split() -> None:
    """The lowest sheets on hand: 7 of A01-A05 A07-A10."""
    spans = parse_spans("A01-A05 A07-A10")
    assert [part.text for part in spans.split(7)] == ["A01-A05 A07-A08", "A09-A10"]
    assert [part.text for part in spans.split(5)] == ["A01-A05", "A07-A10"]
    assert spans.split(9) == (spans, EMPTY)
    assert spans.split(0) == (EMPTY, spans)
    assert spans.take(1).text == "A01"


@pytest.mark.parametrize("n", [10, -1])
def test_take_of_what_is_not_there(n: int) -> None:
    """9 sheets are on hand."""
    with pytest.raises(ValueError, match="sheets"):
        parse_spans("A01-A05 A07-A10").take(n)


def test_serials_for_display_stop_at_the_limit() -> None:
    """A million sheets, three shown."""
    assert list(parse_spans("A0000001-A1000000").serials(3)) == ["A0000001", "A0000002", "A0000003"]
    assert list(parse_spans("A09-A10 B01").serials(9)) == ["A09", "A10", "B01"]
    assert list(parse_spans("A01").serials(0)) == []


def _size(spans: SpanSet) -> int:
    inner = [sys.getsizeof(span) + sum(map(sys.getsizeof, span)) for span in spans]
    return sys.getsizeof(spans) + sys.getsizeof(spans.spans) + sum(inner)


@pytest.mark.parametrize("make", [SpanSet.of, lambda spans: parse_spans(spans[0].text)])
def test_a_million_sheets_take_the_room_of_one(make: Callable[[list[Span]], SpanSet]) -> None:
    """A0000001 and A0000001-A1000000 are one span each."""
    assert _size(make([Span("A", 7, 1, 1_000_000)])) == _size(make([Span("A", 7, 1, 1)]))


def test_operations_on_a_quintillion_sheets_return() -> None:
    """A cost by the sheet would never end."""
    whole = parse_spans("0" * 18 + "-" + "9" * 18)
    low, high = whole.split(whole.count // 2)
    assert (low | high, low & high, whole - low) == (whole, EMPTY, high)


def test_map_of_one_packet_after_another_stays_short() -> None:
    """1,000 packets of 50 are sold off the front of one stock: two entries at the end, not 1,001."""
    state: SpanMap[str] = SpanMap()
    state.set(parse_spans("A0000000-A0999999"), "safe")
    for start in range(0, 50_000, 50):
        state.set(SpanSet.of([Span("A", 7, start, start + 49)]), "sold")
    assert [(span.text, value) for span, value in state.items()] == [
        ("A0000000-A0049999", "sold"),
        ("A0050000-A0999999", "safe"),
    ]
    assert (state.value_at("A0049999"), state.value_at("A0050000"), state.value_at("B0000001")) == (
        "sold",
        "safe",
        None,
    )


def test_map_update_that_fails_changes_nothing() -> None:
    """The second of two runs is refused: the first keeps its value."""
    state: SpanMap[str] = SpanMap()
    state.set(parse_spans("A01-A05"), "safe")
    state.set(parse_spans("A06-A10"), "sold")
    before = state.copy()

    def sell(value: str | None) -> str:
        if value != "safe":
            raise LookupError(value)
        return "sold"

    with pytest.raises(LookupError):
        state.update(parse_spans("A01-A10"), sell)
    assert state == before
    state.update(parse_spans("A02-A03"), sell)
    assert state != before
    assert before.where(lambda value: value == "safe").text == "A01-A05"
    assert state.where(lambda value: value == "safe").text == "A01 A04-A05"
