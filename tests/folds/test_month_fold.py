"""The month's sheet against months worked out by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ledger.core.dates import Month
from ledger.core.postings import SAFE
from ledger.core.records import JOURNALS, journal
from ledger.folds.closing import carried_before, from_rows, nothing, to_rows
from ledger.folds.reconcile import NAMES, ROWS, MonthSheet, fold_month
from ledger.folds.stock import stock
from tests.builders import Book, ready

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def month_by_hand() -> Book:
    """October 2026, faces 200, 100 and 50.

    ======  =====================================================  =========================================
    09-30   opening: A0001-A0100 of 100, A0901-A0910 sold before   100: opening 100
    10-01   receive B0001-B0050 of 50, A0101-A0150 of 100          50: received 50    100: received 50
    10-02   sell A0001-A0020 for 1,980 cash, "trade discount"      100: sold 20       amount 1,980  (-20)
            sell B0001-B0010 for 500 by transfer                   50: sold 10        amount 500
            sell A0021-A0030 for 1,000 cash, undone the same day   nothing
    10-03   reface A0101-A0110 from 100 to 200                     100: out 10        200: in 10  (+1,000)
    10-04   A0001-A0002 come back, refund 198.00                   100: returned 2
    10-05   void B0050; lost A0149-A0150; found A0149              50: void 1         100: lost 2, found 1
    10-06   B0040-B0041 back to finance                            50: to finance 2
    10-07   give A0030                                             100: given 1
    10-08   sell A0101-A0103 for 600 cash                          200: sold 3        amount 600
    10-31   count: all but A0100, and A0901 lies there             missing A0100, surplus A0901
    ======  =====================================================  =========================================

    Closing 100: 100+50+2+1-20-1-2-10 = 120; 50: 50-10-2-1 = 37; 200: 10-3 = 7.
    In total 164 sheets, 12,000 + 1,850 + 1,400 = 15,250.00.
    Sales: 3, amount 1,980+500+600 = 3,080.00 for 33 sheets of 2,000+500+600 = 3,100.00, difference -20.00;
    cash 2,580.00, transfer 500.00.  Refund: the share of 200.00 in 2,000.00 paid with 1,980.00 is 198.00.
    Counted 100: 120-1+1 = 120; 50: 37; 200: 7.
    """
    book = ready("2026-09-30")
    header = book.opening("100*100").id
    book.opening_sheets(header, "A0001-A0100", 100)
    book.opening_sheets(header, "A0901-A0910", 100, place="sold")
    book.on("2026-10-01").receive("B0001-B0050", 50)
    book.receive("A0101-A0150", 100)
    book.on("2026-10-02").sell("A0001-A0020", 1980, reason="trade discount")
    book.sell("B0001-B0010", method="transfer")
    book.reverse(book.sell("A0021-A0030").id)
    book.on("2026-10-03").reface("A0101-A0110", 200)
    book.on("2026-10-04").give_back("A0001-A0002")
    book.on("2026-10-05").void("B0050")
    book.lost("A0149-A0150")
    book.found_again("A0149")
    book.on("2026-10-06").to_finance("B0040-B0041")
    book.on("2026-10-07").given("A0030")
    book.on("2026-10-08").sell("A0101-A0103")
    book.on("2026-10-31")
    in_safe = "A0001-A0002 A0021-A0029 A0031-A0099 A0104-A0149 A0901 B0011-B0039 B0042-B0049"
    book.count(in_safe)
    return book


def fold(book: Book, month: Month = OCTOBER) -> MonthSheet:
    return fold_month(nothing(), month, book)[0]


def figures(sheet: MonthSheet, face: int) -> dict[str, int]:
    found = next(one for one in sheet.faces if one.face == face * 100)
    return {name: value for name, value in found.figures.items() if value}


def test_every_face_is_as_worked_out() -> None:
    sheet = fold(month_by_hand())
    assert [face.face for face in sheet.faces] == [20000, 10000, 5000]
    assert figures(sheet, 100) == {
        "opening": 100, "received": 50, "client_returned": 2, "found": 1, "sold": 20, "given": 1, "lost": 2,
        "refaced_out": 10, "closing": 120,
    }  # fmt: skip
    assert figures(sheet, 50) == {"received": 50, "sold": 10, "returned_to_finance": 2, "void": 1, "closing": 37}
    assert figures(sheet, 200) == {"refaced_in": 10, "sold": 3, "closing": 7}
    assert [face.held for face in sheet.faces] == [7, 120, 37]
    assert sheet.total("closing") == (164, 1525000)
    assert sheet.total("sold") == (33, 310000)


def test_sales_reasons_and_tie_out() -> None:
    sales = (sheet := fold(month_by_hand())).sales
    assert (sales.count, sales.amount, sales.sheets, sales.face_value, sales.difference) == (
        3,
        308000,
        33,
        310000,
        -2000,
    )
    assert [(one.id, one.difference, one.reason, one.approval) for one in sales.reasons] == [
        ("SA20261002-K1-0001", -2000, "trade discount", "")
    ]
    change = sales.face_changes[0]
    assert (change.spans.text, change.old, change.new, change.sheets, change.difference) == (
        "A0101-A0110", 10000, 20000, 10, 100000
    )  # fmt: skip
    assert change.approval.startswith("RQ20261003")
    assert dict(sales.by_pay) == {"cash": 258000, "transfer": 50000}
    assert sales.returns == (1, 19800, 2)
    tie = sheet.tie_out
    assert (tie.sold, tie.cash, tie.pending, tie.refunds, tie.difference) == (308000, 258000, 50000, 19800, 0)


def test_the_count_names_the_sheets() -> None:
    sheet = fold(month_by_hand())
    assert {face.face: face.counted for face in sheet.faces} == {20000: 7, 10000: 120, 5000: 37}
    assert sheet.counted == (164, 1525000)
    assert (sheet.counts.missing.text, sheet.counts.surplus.text, sheet.counts.stray.text) == ("A0100", "A0901", "")


def test_reversal_in_a_later_month_stays_out_of_its_sales() -> None:
    """10-02: 10 sheets of 50 sold for 500 by transfer.  11-03: undone.

    November: opening 37 of face 50, prior period +10, closing 47; no sale; money -500.00.
    """
    book = month_by_hand()
    undone = book.on("2026-11-03").reverse("SA20261002-K1-0002", reason="wrong unit")
    sheet = fold(book, NOVEMBER)
    assert figures(sheet, 50) == {"opening": 37, "prior_period": 10, "closing": 47}
    assert sheet.sales.count == sheet.sales.amount == sheet.tie_out.pending == 0
    assert [(one.id, one.ref, one.sheets, one.amount, one.reason) for one in sheet.prior_period] == [
        (undone.id, "SA20261002-K1-0002", 10, -50000, "wrong unit")
    ]
    assert fold(book).sales.count == 3, "October does not move"


@pytest.mark.parametrize(
    ("day", "opening", "taken"), [("2026-09-30", 7, 0), ("2026-10-01", 0, 7), ("2026-10-09", 0, 7)]
)
def test_an_opening_is_taken_over_only_inside_the_month(day: str, opening: int, taken: int) -> None:
    """Seven sheets taken over the day before, on the first day, or inside the month."""
    book = Book(day)
    book.opening_sheets(book.opening("100*7").id, "A01-A07", 100)
    found = figures(fold(book), 100)
    assert (found.get("opening", 0), found.get("taken_over", 0), found["closing"]) == (opening, taken, 7)


def test_a_double_sale_keeps_opening_and_previous_closing_equal() -> None:
    """Two terminals sell A01-A05 (face 10): sold 10 of 10 received, so closing 0 while 5 lie in the safe.

    November opens with 0, not with 5; undoing the second sale there brings 5: prior period +5, closing 5 = held 5.
    """
    book = ready(legal=False)
    book.receive("A01-A10", 10)
    book.sell("A01-A05")
    second = book.sell("A01-A05").id
    october = fold(book)
    assert (figures(october, 10)["sold"], october.faces[0].figures["closing"], october.faces[0].held) == (10, 0, 5)
    book.on("2026-11-01").reverse(second)
    november = fold(book, NOVEMBER)
    assert figures(november, 10) == {"prior_period": 5, "closing": 5}
    assert november.faces[0].held == 5


def test_undone_reface_and_return_leave_no_trace() -> None:
    """Received 10 of 100; 4 refaced and undone; 2 sold, returned, the return undone; a count undone."""
    book = ready()
    book.receive("A01-A10", 100)
    book.reverse(book.reface("A01-A04", 50).id)
    book.sell("A01-A02")
    book.reverse(book.give_back("A01").id)
    book.reverse(book.count("A09").id)
    sheet = fold(book)
    assert figures(sheet, 100) == {"received": 10, "sold": 2, "closing": 8}
    assert sheet.sales.face_changes == ()
    assert sheet.sales.returns == (0, 0, 0)
    assert sheet.counts.counts == ()
    assert sheet.faces[0].counted is None


def test_a_month_continues_from_its_closing_rows() -> None:
    """October by hand, then a return, a sale and an undone receipt in November: from rows or from the start, equal."""
    book = month_by_hand()
    book.on("2026-11-01").receive("B0101-B0110", 50)
    book.sell("A0021-A0025")
    book.give_back("B0001")
    book.reverse(book.void("A0026").id)
    october, carried = fold_month(nothing(), OCTOBER, book)
    rows = to_rows(carried, OCTOBER.first)
    only_november = [one for one in book if one.record.date >= NOVEMBER.first]
    sheet, after = fold_month(from_rows(rows), NOVEMBER, only_november)
    whole, at_once = fold_month(nothing(), NOVEMBER, book)
    assert sheet == whole
    assert stock(after.state) == stock(at_once.state)
    assert to_rows(after, NOVEMBER.first).stock == to_rows(at_once, NOVEMBER.first).stock
    assert to_rows(from_rows(rows), OCTOBER.first) == rows
    opening = {face.face: face.figures["opening"] for face in sheet.faces}
    assert opening == {face.face: face.figures["closing"] for face in october.faces}


def test_the_start_is_left_as_it_was() -> None:
    book = month_by_hand()
    start = carried_before(book, OCTOBER.first)
    before = to_rows(start, OCTOBER.first)
    fold_month(start, OCTOBER, [one for one in book if one.record.date >= OCTOBER.first])
    assert to_rows(start, OCTOBER.first) == before


def test_settled_requests_are_left_behind_after_a_month() -> None:
    """A used-up, a rejected and a half-used request of September: at October's closing only the last goes along."""
    book = ready("2026-09-01")
    book.receive("A01-A10", 100)
    book.reject(book.request("void", "100*1").id)
    half = book.approved("voucher", "100*10")
    book.receive("A11-A15", 100, request=half)
    keys = [
        [key for space, key, *_ in to_rows(carried_before(book, month.after), month.first).things if space == "Request"]
        for month in (Month(2026, 9), OCTOBER)
    ]
    assert (len(keys[0]), keys[1]) == (3, [half])


@pytest.mark.parametrize(
    "rows",
    [
        {"stock": [("A01-A0", "safe/1.00")]},
        {"stock": [("A01", "safe")]},
        {"things": [("Spell", "x", "", "[]")]},
        {"things": [("Client", "x", "", "[[1]]")]},
        {"safe": [("1", "2")]},
    ],
)
def test_rows_that_were_never_written_are_refused(rows: dict[str, Any]) -> None:
    empty = to_rows(nothing(), OCTOBER.first)
    with pytest.raises(ValueError, match=r".+"):
        from_rows(empty._replace(**rows))


def test_every_account_of_the_records_has_its_line() -> None:
    """A new kind of record that moves sheets must appear in R7."""
    sources = {name for listed in JOURNALS for name in _accounts(listed.name)}
    assert sources <= {row.account for row in ROWS} | {SAFE}
    assert len(set(NAMES)) == len(NAMES) == len(ROWS) + 2


def _accounts(name: str) -> set[str]:
    module = __import__(journal(name).kinds[0].__module__, fromlist=["x"])
    with open(str(module.__file__), encoding="utf-8") as file:
        return set(re.findall(r'"(vouchers:[a-z-]+)"', file.read()))
