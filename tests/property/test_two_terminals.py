"""Two terminals that act on the same sheets without knowing of each other, then are merged (D6, order and state)."""

from __future__ import annotations

import copy
import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.state import apply
from ledger.folds.closing import nothing
from ledger.folds.reconcile import fold_month
from ledger.folds.stock import stock
from tests.builders import RULES, Book, Placed, ready, spans

ACTS = st.lists(
    st.tuples(st.sampled_from(["sell", "void", "freeze", "return", "undo"]), st.integers(1, 6), st.integers(1, 4)),
    max_size=6,
)
END = dt.date(2026, 10, 31)


def shared() -> Book:
    book = ready()
    book.receive("A1-A9", 100)
    book.on("2026-10-02")
    return book


def branch(base: Book, terminal: str, seconds: int) -> Book:
    """A clone of the book on another terminal, its clock off by some seconds."""
    clone = copy.deepcopy(base)
    clone.terminal = terminal
    clone.at += dt.timedelta(seconds=seconds)
    return clone


def act(book: Book, acts: list[tuple[str, int, int]]) -> None:
    """What is legal as this terminal sees it; the rest is refused and leaves no record."""
    done: list[str] = []
    for name, first, size in acts:
        text = f"A{first}-A{min(first + size, 9)}"
        states = {piece.sheet.state for piece in book.state.pieces(spans(text))}
        if name == "undo" and done:
            book.reverse(done.pop())
        elif name == "return" and states == {"sold"} and len({p.out for p in book.state.pieces(spans(text))}) == 1:
            done.append(book.give_back(text).id)
        elif name in ("sell", "void", "freeze") and states == {"sellable"} and not due(book, text):
            done.append(getattr(book, name)(text).id)


def due(book: Book, text: str) -> bool:
    return any("r" in piece.sheet.stamps for piece in book.state.pieces(spans(text)))


def merged(one: Book, other: Book) -> list[Placed]:
    return list({placed.record.id: placed for placed in [*one, *other]}.values())


@settings(deadline=None, max_examples=150)
@given(ACTS, ACTS, st.integers(-180, 180))
def test_a_months_custody_is_that_of_the_full_state(
    left: list[tuple[str, int, int]], right: list[tuple[str, int, int]], skew: int
) -> None:
    base = shared()
    one, other = branch(base, "K1", 0), branch(base, "K2", skew)
    act(one, left)
    act(other, right)
    book = merged(one, other)
    full = FullState()
    for placed in in_order(book):
        apply(placed.record, full)
    sheet, carried = fold_month(nothing(), Month(2026, 10), reversed(book))
    assert stock(carried.state) == stock(full)
    found = check(book, (), RULES, until=END)
    assert found == check(list(reversed(book)), (), RULES, until=END), "the order of merging does not matter"
    apart = any(face.held != face.figures["closing"] for face in sheet.faces)
    assert found or not apart, "whatever sets figures and custody apart is a finding"


def test_a_sale_undone_before_the_merge_leaves_the_other_terminals_sale() -> None:
    """K1 sells A1-A3 at 09:01; K2 sells them at 09:02 and undoes it at 09:03, seeing them in the safe."""
    base = shared()
    one, other = branch(base, "K1", 0), branch(base, "K2", 60)
    one.sell("A1-A3")
    other.reverse(other.sell("A1-A3").id)
    book = merged(one, other)
    sheet, carried = fold_month(nothing(), Month(2026, 10), book)
    assert stock(carried.state).in_safe.text == "A4-A9"
    assert (sheet.faces[0].figures["closing"], sheet.faces[0].held) == (6, 6)
    assert check(book, (), RULES, until=END) == []
