"""Open items at their full amounts: what clients owe and what they have paid ahead are never set against each other (R8)."""

from __future__ import annotations

from ledger.core.dates import Month
from ledger.core.records.arrivals import Arrived
from ledger.core.records.ious import IouPayment
from ledger.folds.closing import carried_before, from_rows, nothing, to_rows
from ledger.folds.open_items import OpenItem
from ledger.folds.reconcile import MonthSheet, fold_month
from tests.builders import Book, fen, ready, spans

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)


def two_months() -> Book:
    """Sheets of 100; every figure in yuan.

    September: cheque 1001 over 1,000 takes its sheets the same day and bounces: 1,000 are owed.  Cheque 1002 over 1,000
    for sheets that are reserved: 1,000 are paid ahead.  500 by transfer, not arrived.  300 lent on an IOU.
    October: 400 of the receivable are made good.  1002 clears; 600 of its sheets are handed over.  The 500 arrive, 700 more
    by transfer do not.  The IOU is paid, 200 more are lent.  A sale by transfer of 900 is undone.
    """
    book = ready("2026-09-07")
    book.legal = False
    book.receive("A001-A100", 100)
    book.by_cheque("A001-A010", "1001", bank_slip="YH-1")
    book.cheque("bounced", "1001")
    book.by_cheque("A011-A020", "1002")
    book.cheque("deposited", "1002")
    sale = book.sell("A021-A025", pays=[("transfer", "500")])
    lent = book.lend("A026-A028")
    book.on("2026-10-09").cheque("made-good", "1001", amount=fen(400))
    book.cheque("cleared", "1002")
    book.hand_over(next(one.record.id for one in book if one.record.KIND == "reservation"), "A011-A016")
    book.make(Arrived, "CA", ref=sale.id)
    book.sell("A031-A037", pays=[("transfer", "700")])
    book.make(IouPayment, "SA", client="C001", ref=lent.id, spans=spans("A026-A028"))
    book.lend("A041-A042")
    book.reverse(book.sell("A051-A059", pays=[("transfer", "900")]).id)
    return book


def items(sheet: MonthSheet) -> dict[str, tuple[int, ...]]:
    """Each row in yuan."""
    found: dict[str, OpenItem] = sheet.parts["open_items"]
    return {name: (*(fen // 100 for fen in one), one.other // 100) for name, one in found.items()}


def test_each_item_at_its_full_amount() -> None:
    """1,000 owed and 1,000 paid ahead are 1,000 and 1,000, not nothing; October settles and adds on both sides."""
    book = two_months()
    september, _ = fold_month(nothing(), SEPTEMBER, book)
    assert items(september) == {
        "pending": (0, 500, 0, 500, 0), "cheques_outstanding": (0, 2000, 1000, 1000, 0), "receivable": (0, 1000, 0, 1000, 0),
        "iou": (0, 300, 0, 300, 0), "paid_not_handed_over": (0, 1000, 0, 1000, 0),
    }  # fmt: skip
    start = from_rows(to_rows(carried_before(book, OCTOBER.first), SEPTEMBER.first))
    for carried in (nothing(), start):
        rest = [one for one in book if carried is not start or one.record.date >= OCTOBER.first]
        october, _ = fold_month(carried, OCTOBER, rest)
        assert items(october) == {
            "pending": (500, 700, 500, 700, 0), "cheques_outstanding": (1000, 0, 1000, 0, 0),
            "receivable": (1000, 0, 400, 600, 0), "iou": (300, 200, 300, 200, 0),
            "paid_not_handed_over": (1000, 0, 600, 400, 0),
        }  # fmt: skip
        tie = october.tie_out
        assert (tie.pending, tie.receivable, tie.paid_not_handed_over, tie.iou) == (
            fen(200),
            -fen(400),
            -fen(600),
            -fen(100),
        )
        assert tie.difference == 0


def test_what_an_earlier_month_is_corrected_by_stands_apart() -> None:
    """September's transfer of 500 undone in October: nothing was settled, 500 fell away."""
    book = ready("2026-09-07")
    book.receive("A001-A100", 100)
    sale = book.sell("A021-A025", pays=[("transfer", "500")])
    book.on("2026-10-09").reverse(sale.id)
    october, _ = fold_month(nothing(), OCTOBER, book)
    assert items(october) == {"pending": (500, 0, 0, 0, -500)}
