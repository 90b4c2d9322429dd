"""Redemptions: what a till took in against what the book says of the sheet, each trouble with exactly its code; what is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ledger.checks.run import check
from ledger.core.custody import Sheet
from ledger.core.errors import Refused
from ledger.core.postings import balanced
from ledger.core.records.redemptions import Redeemed
from ledger.folds.liability import LiabilitySheet, liability
from tests.builders import RULES, Book, ready, spans

END = dt.date(2026, 10, 31)
AGES, LEFT = (90, 180), (30, 365)


def redeem(book: Book, text: str, booked: str = "2026-10-20", **more: Any) -> Any:
    return book.make(Redeemed, "RD", spans=spans(text), booked=dt.date.fromisoformat(booked), **more)


def store() -> Book:
    """A01-A20 of 100 received on 1 October, A01-A10 sold on the 5th; today is 25 October."""
    book = ready("2026-10-01")
    book.receive("A01-A20", 100)
    book.on("2026-10-05").sell("A01-A10")
    book.on("2026-10-25")
    book.legal = False
    return book


def at(book: Book, text: str) -> Sheet:
    """The one state of the sheets."""
    (state,) = {piece.sheet for piece in book.state.pieces(spans(text))}
    return state


def test_sheets_with_a_client_are_redeemed_and_nothing_is_found() -> None:
    """A01-A04 in one row; the liability of 400.00 is met."""
    book = store()
    record = redeem(book, "A01-A04", till="3", receipt="R1")
    assert (at(book, "A01-A04").place, at(book, "A01-A04").state) == ("redeemed", "redeemed")
    assert check(book, (), RULES, until=END) == []
    assert balanced(record.postings())
    assert [quantity for _, _, quantity in record.postings()] == [40000, -40000]


def frozen(day: str) -> Callable[[Book], object]:
    return lambda book: (book.on(day), book.freeze("A01"), book.on("2026-10-25"))


PLANTED: dict[str, tuple[Callable[[Book], object], str, str, list[tuple[str, str]]]] = {
    "in the safe": (lambda b: None, "A11", "2026-10-20", [("RED-01", "A11")]),
    "never received": (lambda b: None, "Z01-Z02", "2026-10-20", [("RED-01", "Z01-Z02")]),
    "sold the same day": (lambda b: None, "A01", "2026-10-05", []),
    "before it was sold": (lambda b: None, "A01", "2026-10-04", [("RED-01", "A01")]),
    "brought back by the client": (lambda b: b.give_back("A01"), "A01", "2026-10-20", [("RED-01", "A01")]),
    "back with finance": (lambda b: b.to_finance("A11"), "A11", "2026-10-20", [("RED-01", "A11")]),
    "void": (lambda b: b.void("A11"), "A11", "2026-10-20", [("RED-03", "A11")]),
    "lost": (lambda b: b.lost("A11"), "A11", "2026-10-20", [("RED-03", "A11")]),
    "frozen before": (frozen("2026-10-19"), "A01", "2026-10-20", [("RED-03", "A01")]),
    "frozen that day": (frozen("2026-10-20"), "A01", "2026-10-20", [("RED-03", "A01")]),
    "frozen after": (frozen("2026-10-21"), "A01", "2026-10-20", []),
    "some of a row": (lambda b: None, "A09-A12", "2026-10-20", [("RED-01", "A11-A12")]),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_each_trouble_has_its_code_serials_and_line(case: str) -> None:
    """The store above, one till's row on it."""
    plant, text, day, expected = PLANTED[case]
    book = store()
    plant(book)
    record = redeem(book, text, day)
    found = check(book, (), RULES, until=END)
    assert [(one.code, one.serials) for one in found] == expected
    for one in found:
        assert (one.subject, one.where[0].id) == (record.id, record.id)
        assert (one.where[0].file, one.where[0].line) == ("journals/2026-10/redemptions.K1.csv", 2)
        assert one.words.zh


def test_redeemed_twice_names_the_first() -> None:
    """A01 at till 3 on the 20th and at till 4 on the 21st."""
    book = store()
    first, second = redeem(book, "A01", "2026-10-20", till="3"), redeem(book, "A01-A02", "2026-10-21", till="4")
    (found,) = check(book, (), RULES, until=END)
    assert (found.code, found.subject, found.serials) == ("RED-02", second.id, "A01")
    assert first.id in found.words.en
    assert at(book, "A01-A02").place == "redeemed"


def test_a_wrong_redemption_moves_nothing() -> None:
    """A11 in the safe, A12 lost, Z01 unknown stay where the book has them; frozen A01 is redeemed and keeps its hold."""
    book = store()
    book.lost("A12")
    book.freeze("A01")
    redeem(book, "A01 A11-A12 Z01")
    places = [at(book, text).place for text in ("A01", "A11", "A12", "Z01")]
    assert places == ["redeemed", "safe", "lost", "finance"]
    assert at(book, "A01").hold == "frozen"


def test_a_redemption_imported_late_accuses_no_earlier_entry() -> None:
    """A01 frozen and freed on the 22nd; the till's file of the 20th comes on the 25th: everything was right."""
    book = store()
    book.on("2026-10-22").freeze("A01")
    book.unfreeze("A01")
    book.on("2026-10-25")
    redeem(book, "A01", "2026-10-20")
    assert check(book, (), RULES, until=END) == []


def test_a_redeemed_sheet_neither_comes_back_nor_is_sold() -> None:
    book = store()
    redeem(book, "A01-A02")
    sale = book.sell("A01", 100)
    assert [(one.code, one.subject) for one in check(book, (), RULES, until=END)] == [("STA-01", sale.id)]
    with pytest.raises(Refused, match="redeemed") as refused:
        book.give_back("A02")
    assert refused.value.code == "STA-01"


def test_a_reversed_redemption_leaves_the_sheet_with_the_client() -> None:
    book = store()
    book.reverse(redeem(book, "A01").id)
    assert at(book, "A01").state == "sold"
    assert check(book, (), RULES, until=END) == []


# -- the liability -----------------------------------------------------------------------------------------------------


def kinds(sheet: LiabilitySheet) -> list[tuple[str, int, int, int | None, int]]:
    return [(one.use, one.face // 100, one.age, one.left, one.sheets) for one in sheet.lines]


def test_outstanding_by_use_face_age_and_expiry() -> None:
    """At the end of 31 October 2026; ages up to 90, up to 180, above; expiry within 30 days, within 365, later.

    A01-A10 of 100 sold on 5 October until 30 November 2026 (30 days left), two of them redeemed: 8, young, within 30.
    A11-A12 given: 2, young, no expiry.  B01-B05 of 50 sold on 4 May (180 days) until 30 October (yesterday): 5, middle, expired.
    C01 of 50 sold on 3 May (181 days) until 1 December 2026 (31 days): 1, old, within 365.
    """
    book = ready("2026-05-01")
    book.receive("B01-B05 C01", 50)
    book.on("2026-05-03").sell("C01", expires=dt.date(2026, 12, 1))
    book.on("2026-05-04").sell("B01-B05", expires=dt.date(2026, 10, 30))
    book.on("2026-10-01").receive("A01-A20", 100)
    book.on("2026-10-05").sell("A01-A10", expires=dt.date(2026, 11, 30))
    book.on("2026-10-06").given("A11-A12")
    book.on("2026-10-25")
    redeem(book, "A01-A02")
    sheet = liability(book, END, AGES, LEFT)
    assert kinds(sheet) == [
        ("sold", 100, 0, 0, 8), ("sold", 50, 1, -1, 5), ("sold", 50, 2, 1, 1), ("given", 100, 0, None, 2),
    ]  # fmt: skip
    assert sheet.total() == (16, 80000 + 25000 + 5000 + 20000)
    assert sheet.total(use="sold", face=5000) == (6, 30000)


@pytest.mark.parametrize(
    ("day", "sheets"), [("2026-10-19", 10), ("2026-10-20", 9), ("2026-10-24", 9), ("2026-10-25", 9)]
)
def test_the_tills_own_date_counts(day: str, sheets: int) -> None:
    """A01 redeemed on the 20th by a file imported on the 25th: from the end of the 20th on it is not owed any more."""
    book = store()
    redeem(book, "A01", "2026-10-20")
    assert liability(book, dt.date.fromisoformat(day), AGES, LEFT).total()[0] == sheets


@pytest.mark.parametrize(
    ("expires", "left"), [("2026-10-30", -1), ("2026-10-31", 0), ("2026-11-30", 0), ("2026-12-01", 1)]
)
def test_both_sides_of_an_expiry(expires: str, left: int) -> None:
    """On its expiry date a sheet is still good; 30 days left is the first bucket, 31 the next."""
    book = ready("2026-10-01")
    book.receive("A01", 100)
    book.sell("A01", expires=dt.date.fromisoformat(expires))
    assert [one.left for one in liability(book, END, AGES, LEFT).lines] == [left]
