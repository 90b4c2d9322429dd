"""The state of a sheet over its steps: what its marks are when it comes back, and as text."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger.core.custody import parse_sheet
from ledger.core.records.corrections import SaleCorrection
from ledger.core.records.exchange import Exchange
from tests.builders import ready, spans


@pytest.mark.parametrize(
    ("received", "first", "again"),
    [
        ("", "2029-10-08", "2029-12-01"),
        ("2029-11-30", "2029-10-08", "2029-11-30"),
        ("2028-01-31", "2028-01-31", "2028-01-31"),
    ],
)
def test_a_sheet_that_came_back_is_sold_with_an_expiry_of_its_own(received: str, first: str, again: str) -> None:
    """36 months by rule, never later than the receipt's: sold on 8 October, back, sold on 1 December (S2).

    An exchange, a set-off and a correction bring sheets back too.
    """
    book = ready("2026-10-08")
    until = dt.date.fromisoformat(received) if received else None
    book.receive("A01-A20", 100, expires=until)
    assert str(book.sell("A01-A05").expires) == first
    book.give_back("A01-A02")
    book.make(Exchange, "CU", spans=spans("A03"), out=spans("A11"), reason="换")
    book.by_cheque("A12", "1001", bank_slip="YH-1")
    book.cheque("bounced", "1001")
    book.give_back("A12")
    book.stamp("A01-A03,A12", "date")
    back = {piece.sheet.expires for piece in book.state.pieces(spans("A01-A03,A12"))}
    assert back == {until}
    book.on("2026-12-01")
    assert str(book.sell("A01-A03,A12").expires) == again
    out = {(piece.sheet.expires, piece.sheet.latest) for piece in book.state.pieces(spans("A01-A03,A12"))}
    assert out == {(dt.date.fromisoformat(again), until)}


def test_a_corrected_sale_gives_the_sheet_that_goes_back_its_own_expiry() -> None:
    """A01 was sold and A11 was handed over: A11 is valid as the sale says, A01 as the receipt does, also when A11 comes back."""
    book = ready("2026-10-08")
    until = dt.date(2029, 12, 31)
    book.receive("A01-A20", 100, expires=until)
    sale = book.sell("A01")
    book.make(
        SaleCorrection, "SA", ref=sale.id, out=spans("A01"), spans=spans("A11"), reason="打错",
        approval=book.approved("correction", "100*1"),
    )  # fmt: skip
    assert [piece.sheet.expires for piece in book.state.pieces(spans("A01,A11"))] == [until, dt.date(2029, 10, 8)]
    book.give_back("A11")
    assert [piece.sheet.expires for piece in book.state.pieces(spans("A11"))] == [until]


@pytest.mark.parametrize(
    "text", ["client/100.00/sold//adn/2029-10-08///2029-12-31", "client/100.00/sold//adn/2029-10-08"]
)
def test_the_text_of_a_state_comes_back(text: str) -> None:
    assert parse_sheet(text).text == text
