"""No sheet appears or disappears: for any legal history stock + out = received, and closing = held."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.spans import SpanSet, parse_serial
from ledger.folds.closing import Carried, from_rows, nothing, to_rows
from ledger.folds.reconcile import MonthSheet, fold_month
from ledger.folds.stock import safe_spans, stock_as_of
from tests.builders import RULES, Book, ready

MONTHS = (Month(2026, 9), Month(2026, 10), Month(2026, 11))
FACES = (50, 100, 200)


class History:
    """Random legal acts on a book, and beside it what a clerk with one slip of paper per sheet would know."""

    def __init__(self) -> None:
        self.book: Book = ready("2026-09-01")
        self.paper: dict[str, tuple[str, int]] = {}
        self.sale: dict[str, str] = {}
        self.received: dict[int, int] = {}
        self.undo: tuple[str, dict[str, tuple[str, int]]] | None = None
        self.day = 0

    def act(self, name: str, pick: int, size: int, days: int) -> None:
        """One act on up to ``size`` sheets, after ``days``; nothing happens where it would be illegal."""
        self.day += days
        month, day = divmod(self.day, 28)
        target = f"2026-{9 + min(month, 2):02d}-{day + 1:02d}" if month < 3 else "2026-11-28"
        self.book.on(target, f"{self.book.at:%H:%M}" if str(self.book.date) == target else "09:00")
        if name == "receive":
            self._receive(pick, size)
        elif name == "undo":
            self._undo()
        else:
            source, target, make = self.acts()[name]
            chosen = self._choose(source, pick, size)
            if name == "reface":
                chosen = [serial for serial in chosen if self.paper[serial][1] != 500]
            if chosen:
                self._do(chosen, target, make)

    def acts(self) -> dict[str, tuple[str, str, Callable[[str], object]]]:
        """Each act: where its sheets are, where they go, how it is recorded."""
        book = self.book
        return {
            "sell": ("safe", "client", book.sell),
            "return": ("client", "due", book.give_back),
            "stamp": ("due", "safe", lambda text: book.stamp(text, "date")),
            "void": ("safe", "void", book.void),
            "lose": ("safe", "lost", book.lost),
            "find": ("lost", "safe", book.found_again),
            "give": ("safe", "given", book.given),
            "hand back": ("safe", "finance", book.to_finance),
            "hand back void": ("void", "finance", book.to_finance),
            "freeze": ("safe", "frozen", book.freeze),
            "unfreeze": ("frozen", "safe", book.unfreeze),
            "reface": ("safe", "safe", lambda text: book.reface(text, 500)),
        }

    def _choose(self, source: str, pick: int, size: int) -> list[str]:
        there = sorted(serial for serial, (place, _) in self.paper.items() if place == source)
        if not there:
            return []
        start = pick % len(there)
        chosen = there[start : start + size]
        one_sale = self.sale.get(chosen[0])
        return [serial for serial in chosen if source != "client" or self.sale.get(serial) == one_sale]

    def _do(self, chosen: list[str], target: str, make: Callable[[str], object]) -> None:
        before = dict(self.paper)
        record = make(" ".join(chosen))
        for serial in chosen:
            face = 500 if record.KIND == "reface" else self.paper[serial][1]  # type: ignore[attr-defined]
            self.paper[serial] = (target, face)
            if target == "client":
                self.sale[serial] = record.id  # type: ignore[attr-defined]
        self.undo = (record.id, before)  # type: ignore[attr-defined]

    def _receive(self, pick: int, size: int) -> None:
        face = FACES[pick % len(FACES)]
        first = len(self.paper) + 1
        self.book.receive(f"A{first:04d}+{size}", face)
        self.paper.update({f"A{number:04d}": ("safe", face) for number in range(first, first + size)})
        self.received[face] = self.received.get(face, 0) + size
        self.undo = None

    def _undo(self) -> None:
        if self.undo is not None:
            record, self.paper = self.undo
            self.book.reverse(record)
            self.undo = None

    def held(self) -> dict[int, int]:
        """Sheets in the safe per face, counted on paper."""
        total: dict[int, int] = {}
        for place, face in self.paper.values():
            if place in ("safe", "due", "frozen"):
                total[face * 100] = total.get(face * 100, 0) + 1
        return total


ACTS = st.sampled_from(["receive", "receive", "sell", "sell", "sell", "undo", *History().acts()])
STEPS = st.lists(
    st.tuples(ACTS, st.integers(0, 60), st.integers(1, 9), st.sampled_from([0, 0, 1, 3, 9])), min_size=1, max_size=25
)
RELAXED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def play(steps: list[tuple[str, int, int, int]]) -> History:
    history = History()
    history.act("receive", 1, 9, 0)
    for step in steps:
        history.act(*step)
    return history


def fold_through_rows(book: Book) -> list[tuple[MonthSheet, Carried]]:
    """Each month from the closing rows of the one before and its own records only."""
    found, start = [], nothing()
    for month in MONTHS:
        records = [one for one in book if month.contains(one.record.date)]
        sheet, after = fold_month(start, month, records)
        found.append((sheet, after))
        start = from_rows(to_rows(after, month.first))
    return found


@RELAXED
@given(STEPS)
def test_closing_is_what_is_held_and_nothing_is_lost(steps: list[tuple[str, int, int, int]]) -> None:
    history = play(steps)
    sheets = fold_through_rows(history.book)
    for sheet, _ in sheets:
        assert [face.figures["closing"] for face in sheet.faces] == [face.held for face in sheet.faces]
    last, carried = sheets[-1]
    assert {face.face: face.held for face in last.faces if face.held} == history.held()
    paper = SpanSet.of(parse_serial(s) for s, (place, _) in history.paper.items() if place in ("safe", "due", "frozen"))
    assert safe_spans(carried.state) == paper
    received: dict[int, int] = {}
    for sheet, _ in sheets:
        for face in sheet.faces:
            received[face.face // 100] = received.get(face.face // 100, 0) + face.figures["received"]
    assert {face: number for face, number in received.items() if number} == history.received
    everywhere = SpanSet.of(span for span, _ in carried.state.held())
    assert everywhere.count == sum(history.received.values())


@RELAXED
@given(STEPS)
def test_what_was_legal_at_entry_has_no_finding(steps: list[tuple[str, int, int, int]]) -> None:
    history = play(steps)
    assert check(history.book, (), RULES, until=MONTHS[-1].after) == []


@RELAXED
@given(STEPS)
def test_months_chain_and_rows_change_nothing(steps: list[tuple[str, int, int, int]]) -> None:
    history = play(steps)
    chained = fold_through_rows(history.book)
    for (sheet, _), (following, _) in itertools.pairwise(chained):
        closing = {face.face: face.figures["closing"] for face in sheet.faces}
        opening = {face.face: face.figures["opening"] for face in following.faces}
        assert {f: n for f, n in closing.items() if n} == {f: n for f, n in opening.items() if n}
    for month, (sheet, after) in zip(MONTHS, chained, strict=True):
        whole, at_once = fold_month(nothing(), month, history.book)
        assert sheet == whole
        assert to_rows(after, month.first) == to_rows(at_once, month.first)
    assert stock_as_of(history.book, MONTHS[-1].after).in_safe == safe_spans(history.book.state)
