"""Counts at their own moment, rolled to the month's end."""

from __future__ import annotations

import pytest

from ledger.core.dates import Month
from ledger.folds.closing import nothing
from ledger.folds.counts import Counted, scope_faces
from ledger.folds.reconcile import MonthSheet, fold_month
from tests.builders import Book, ready


def stocked() -> Book:
    """A01-A10 of 100 and B01-B10 of 50 in the safe."""
    book = ready()
    book.receive("A01-A10", 100)
    book.receive("B01-B10", 50)
    return book


def sheet_of(book: Book) -> MonthSheet:
    return fold_month(nothing(), Month(2026, 10), book)[0]


def counts_of(book: Book) -> Counted:
    return sheet_of(book).counts


def counted(book: Book) -> dict[int, int | None]:
    return {face.face // 100: face.counted for face in sheet_of(book).faces}


def test_not_counted_is_not_zero() -> None:
    assert counted(stocked()) == {100: None, 50: None}


def test_a_count_of_one_face_says_nothing_of_the_other() -> None:
    book = stocked()
    book.count("A01-A10", scope="100.00")
    assert counted(book) == {100: 10, 50: None}
    assert sheet_of(book).counted is None


def test_an_empty_safe_is_counted_as_zero() -> None:
    """Ten of 100 expected, nothing there: counted 0, all ten missing."""
    book = stocked()
    book.count("", scope="100")
    assert counted(book) == {100: 0, 50: None}
    assert counts_of(book).missing.text == "A01-A10"


def test_what_was_missing_and_then_left_is_missing_no_more() -> None:
    """Missing A01-A03 on the count; A01 is reported lost, A02 is sold: still missing A03, 8 held, 7 counted."""
    book = stocked()
    book.count("A04-A10", scope="100")
    book.lost("A01")
    book.sell("A02")
    assert counts_of(book).missing.text == "A03"
    assert counted(book)[100] == 7
    assert counts_of(book).counts[0].missing.text == "A01-A03"


def test_what_was_surplus_and_then_came_in_is_surplus_no_more() -> None:
    """A11-A12 counted before their receipt was entered; A11 is received afterwards: surplus A12; 11 held, 12 counted."""
    book = stocked()
    book.count("A01-A12", scope="100")
    book.receive("A11", 100)
    assert counts_of(book).surplus.text == "A12"
    assert counted(book)[100] == 12


def test_a_surplus_sheet_of_no_known_face_is_reported_apart() -> None:
    book = stocked()
    book.count("A01-A10 B01-B10 X1")
    assert counts_of(book).stray.text == "X1"
    assert counted(book) == {100: 10, 50: 10}


def test_a_later_count_of_a_face_replaces_the_earlier_one() -> None:
    """All counted: A01 and B01 missing.  Face 100 counted again, complete: only B01 is left."""
    book = stocked()
    book.count("A02-A10 B02-B10")
    book.count("A01-A10", scope="100")
    assert counts_of(book).missing.text == "B01"
    assert counted(book) == {100: 10, 50: 9}
    book.count("A01-A10 B01-B10")
    assert not counts_of(book).missing


def test_sales_after_the_count_are_not_missing() -> None:
    book = stocked()
    book.count("A01-A10 B01-B10")
    book.sell("A01-A05")
    assert not counts_of(book).missing
    assert counted(book) == {100: 5, 50: 10}


def test_void_sheets_are_counted_apart() -> None:
    """A10 is void: not expected in the stock, expected in a count of void sheets."""
    book = stocked()
    book.void("A10")
    book.count("A01-A09 B01-B10")
    assert not counts_of(book).missing
    book.count("", scope="void")
    assert counts_of(book).void_missing.text == "A10"
    assert counted(book) == {100: 9, 50: 10}


def test_reserved_frozen_and_unstamped_sheets_are_expected() -> None:
    book = ready()
    book.receive("A01-A10", 100, stamped=False)
    book.freeze("A01")
    book.count("A02-A10")
    assert counts_of(book).missing.text == "A01"


@pytest.mark.parametrize(("scope", "faces"), [("all", None), ("void", set()), ("100.00 50", {10000, 5000})])
def test_scopes(scope: str, faces: set[int] | None) -> None:
    assert scope_faces(scope) == faces


def test_a_scope_that_is_no_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="amount"):
        scope_faces("half")


def test_a_count_with_an_unreadable_scope_covers_nothing() -> None:
    book = stocked()
    book.count("A01", scope="half")
    assert counted(book) == {100: None, 50: None}
