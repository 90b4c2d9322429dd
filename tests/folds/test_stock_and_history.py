"""Stock at a date, the history of a serial, the order of records."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from ledger.core.order import in_order
from ledger.folds.history import history
from ledger.folds.stock import stock, stock_as_of
from tests.builders import Book, ready


def three_days() -> Book:
    """10-01 receive A01-A10; 10-02 sell A01-A04; 10-03 A01 comes back, A10 is void, A09 frozen."""
    book = ready()
    book.receive("A01-A10", 100, stamped=False)
    book.stamp("A01-A08")
    book.on("2026-10-02").sell("A01-A04")
    book.on("2026-10-03").give_back("A01")
    book.void("A10")
    book.freeze("A09")
    return book


@pytest.mark.parametrize(
    ("day", "spans"),
    [(30, ""), (1, "A01-A10"), (2, "A05-A10"), (3, "A01 A05-A09"), (31, "A01 A05-A09")],
)
def test_as_of_is_the_end_of_the_day(day: int, spans: str) -> None:
    found = stock_as_of(three_days(), dt.date(2026, 9 if day == 30 else 10, day))
    assert " ".join(face.spans.text for face in found.faces) == spans
    assert found.in_safe.text == spans


def test_subsets_and_void_sheets() -> None:
    book = three_days()
    for found in (stock(book.state), stock_as_of(book, dt.date(2026, 10, 31))):
        (face,) = found.faces
        assert (face.face, face.sheets, face.unstamped.text, face.frozen.text) == (10000, 6, "A09", "A09")
        assert (face.reserved.text, found.void_on_hand.text) == ("", "A10")


def test_the_history_of_one_sheet() -> None:
    book = three_days()
    found = history(book, "A01")
    assert [(str(e.date), e.kind, e.client, e.place, e.state) for e in found.events] == [
        ("2026-10-01", "receipt", "", "safe", "unstamped"),
        ("2026-10-01", "stamp", "", "safe", "sellable"),
        ("2026-10-02", "sale", "C001", "client", "sold"),
        ("2026-10-03", "client-return", "C001", "safe", "sellable"),
    ]
    assert (found.face, found.sheet.place) == (10000, "safe")
    assert found.events[2].where.file == "journals/2026-10/sales.K1.csv"


def test_an_undone_sale_shows_both_records() -> None:
    book = ready()
    book.receive("A01-A10", 100)
    book.reverse(book.sell("A01").id)
    assert [(e.kind, e.client, e.state) for e in history(book, "A01").events] == [
        ("receipt", "", "sellable"),
        ("sale", "C001", "sold"),
        ("reversal", "C001", "sellable"),
    ]


def test_a_sheet_never_seen_has_no_history() -> None:
    found = history(three_days(), "Z99")
    assert (found.events, found.face, found.sheet.place) == ((), 0, "finance")


def test_text_that_is_no_serial_is_refused() -> None:
    with pytest.raises(ValueError, match="no span"):
        history([], "not one")


def test_order_does_not_depend_on_the_order_of_reading() -> None:
    book = three_days()
    shuffled = list(book)
    random.Random(7).shuffle(shuffled)
    assert [one.record.id for one in in_order(shuffled)] == [one.record.id for one in in_order(book)]
    assert stock_as_of(shuffled, dt.date(2026, 10, 31)) == stock_as_of(book, dt.date(2026, 10, 31))
