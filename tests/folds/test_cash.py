"""The cash journal against a month worked out by hand; by day it is cut at 17:00, by month at midnight."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from ledger.checks.rec import untied
from ledger.core.dates import Month
from ledger.core.forms import Reversal
from ledger.core.order import in_order
from ledger.core.postings import WITH_FINANCE
from ledger.core.records.dispositions import Adoption
from ledger.core.records.drawer import Advance, AdvanceReturn, CashCount, FloatSet, Settle
from ledger.folds.cash import CashBook, cash_book
from ledger.folds.closing import carried_before, from_rows, nothing, to_rows
from ledger.folds.reconcile import fold_month
from ledger.reports.cash import sheet_as_json
from tests.builders import Book, Placed, fen
from tests.checks.test_csh import RULES, deposit, open_book

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def by_hand() -> Book:
    """October 2026, sheets of 100; every figure in yuan.

    =====  =====  ==========================================  ========  ========
    10-08  09:00  float                                         +500       500
           09:01  sold 50 for cash                            +5,000     5,500
           09:02  sold 10, 600 cash and 400 by transfer         +600     6,100
           16:00  counted 6,080: 20 short                        -20     6,080
           16:01  deposit J1, of the 8th                      -5,580       500
           17:20  sold 20 for cash: of the 9th                +2,000     2,500
    10-09  09:01  advance of 100 from the float                 -100     2,400
           09:02  the 20 are paid in                             +20     2,420
           09:03  deposit J2, of the 9th                      -2,020       400
    10-12  09:01  80 by receipts, 20 back                        +20       420
    10-31  18:01  sold 1 for cash: of 1 November                +100       520
    =====  =====  ==========================================  ========  ========

    float 500, received 5,000 + 600 + 2,000 + 100 = 7,700, deposited 7,600, advances 100 - 20 = 80, over or short 0.
    """
    book = open_book()
    book.legal = True
    book.on("2026-10-08").make(FloatSet, "CA", amount=fen(500), total=fen(500))
    book.sell("A0001-A0050")
    book.sell("A0051-A0060", pays=[("cash", "600"), ("transfer", "400")])
    book.on("2026-10-08", "15:59")
    counted = book.make(CashCount, "CA", amount=fen(6080), book=fen(6100), second="LI")
    deposit(book, 5580)
    book.on("2026-10-08", "17:20").sell("A0061-A0080")
    book.on("2026-10-09")
    out = book.make(Advance, "CA", staff="WL", purpose="travel", due=dt.date(2026, 10, 15), amount=fen(100))
    book.make(Settle, "CA", ref=counted.id, how="paid-in", reason="柜员补交")
    deposit(book, 2020, "J2")
    book.on("2026-10-12").make(AdvanceReturn, "CA", ref=out.id, spent=fen(80))
    book.on("2026-10-31", "18:00").sell("A0081")
    return book


@pytest.fixture
def book() -> Book:
    return by_hand()


def test_the_months_block_foots(book: Book) -> None:
    sheet, _ = fold_month(nothing(), OCTOBER, book)
    cash = sheet.parts["cash"]
    assert cash.difference == 0
    assert sheet_as_json(cash) == {
        "opening": "0.00", "float": "500.00", "received": "7700.00", "refunded": "0.00", "deposited": "7600.00",
        "advances": "80.00", "over_short": "0.00", "closing": "520.00",
    }  # fmt: skip
    assert sheet.tie_out.difference == 0
    assert (sheet.tie_out.cash, sheet.tie_out.pending) == (fen(7700), fen(400))


def lines(found: CashBook) -> list[tuple[str, int, int]]:
    return [(line.record.KIND, line.fen // 100, line.balance // 100) for line in found.lines if not line.memo]


def month(book: Book, opening: int = 0) -> CashBook:
    return cash_book(in_order(book), RULES, OCTOBER.first, OCTOBER.after, opening, by_cash_day=False)


def test_every_line_of_the_month(book: Book) -> None:
    """The table above, its movements and its balances."""
    found = month(book)
    assert (found.opening, found.closing) == (0, fen(520))
    assert lines(found) == [
        ("float", 500, 500), ("sale", 5000, 5500), ("sale", 600, 6100), ("count", -20, 6080), ("deposit", -5580, 500),
        ("sale", 2000, 2500), ("advance", -100, 2400), ("settle", 20, 2420), ("deposit", -2020, 400),
        ("advance-return", 20, 420), ("sale", 100, 520),
    ]  # fmt: skip
    assert [line.record.KIND for line in found.lines if line.memo] == ["receipt"]


def day(book: Book, text: str) -> CashBook:
    first = dt.date.fromisoformat(text)
    return cash_book(in_order(book), RULES, first, first + dt.timedelta(days=1), by_cash_day=True)


def test_a_day_runs_from_cut_off_to_cut_off(book: Book) -> None:
    """The sale of 17:21 opens the 9th, that of the last evening is of November."""
    eighth, ninth, first = (day(book, text) for text in ("2026-10-08", "2026-10-09", "2026-11-01"))
    assert (eighth.opening, eighth.closing) == (0, fen(500))
    assert lines(ninth) == [
        ("sale", 2000, 2500),
        ("advance", -100, 2400),
        ("settle", 20, 2420),
        ("deposit", -2020, 400),
    ]
    assert (ninth.opening, lines(first)) == (fen(500), [("sale", 100, 520)])


def test_a_sale_undone_leaves_both_lines_and_no_cash(book: Book) -> None:
    """Undone in its month the block has nothing of it; the journal shows both."""
    wrong = book.on("2026-10-20").sell("A0090")
    book.reverse(wrong.id)
    sheet, _ = fold_month(nothing(), OCTOBER, book)
    assert sheet.parts["cash"].figures["received"] == fen(7700)
    assert sheet.parts["cash"].difference == 0
    assert lines(month(book))[-3:-1] == [("sale", 100, 520), ("reversal", -100, 420)]


def test_cash_of_an_earlier_month_is_finances_to_pay_back(book: Book) -> None:
    """October's sale of 100 undone in November: the drawer keeps its 520, finance has 100 less; carried or folded anew."""
    sale = book.placed[-1].record
    book.on("2026-11-03").reverse(sale.id)
    carried = carried_before(book, NOVEMBER.first)
    later = [one for one in book if one.record.date >= NOVEMBER.first]
    for start in (carried, from_rows(to_rows(carried, OCTOBER.first))):
        sheet, _ = fold_month(start, NOVEMBER, later)
        cash = sheet.parts["cash"]
        assert sheet_as_json(cash) == {
            "opening": "520.00", "float": "0.00", "received": "0.00", "refunded": "0.00", "deposited": "0.00",
            "advances": "0.00", "over_short": "0.00", "closing": "520.00",
        }  # fmt: skip
        assert cash.difference == 0
        assert [(one.ref, one.amount) for one in sheet.prior_period] == [(sale.id, -fen(100))]
        assert sheet.money[WITH_FINANCE].movement == -fen(100)
        assert list(untied(sheet, ())) == []


def test_a_deposit_of_an_earlier_month_undone_is_a_line_of_prior_periods(book: Book) -> None:
    """J2's 2,020 were not handed over after all: the drawer has 520 + 2,020, as a correction and not as a receipt."""
    handed = next(one.record for one in book if getattr(one.record, "slip", "") == "J2")
    book.on("2026-11-03").reverse(handed.id)
    sheet, _ = fold_month(carried_before(book, NOVEMBER.first), NOVEMBER, [book.placed[-1]])
    cash = sheet_as_json(sheet.parts["cash"])
    assert (cash["prior_period"], cash["closing"], sheet.parts["cash"].difference) == ("2020.00", "2540.00", 0)


def test_a_late_record_taken_in_and_thrown_out_again_leaves_nothing(book: Book) -> None:
    """A cash sale of October, adopted in November: +100 of prior periods; the adoption undone: nothing."""
    late = book.on("2026-10-30").sell("A0095")
    book.placed.pop()
    book.on("2026-11-03")
    taken = msgspec.structs.replace(late, key="")
    adoption = Adoption(
        **{**book.head("DI", "ZM"), "ref": late.id, "reason": "迟到", "file": "x", "line": 2, "taken": taken}
    )
    start = carried_before(book, NOVEMBER.first)
    undone = Reversal(
        original=msgspec.structs.replace(adoption, reason=""),
        **{**book.head("DI", "ZM"), "ref": adoption.id, "reason": "误收", "restores": ""},
    )
    for records, figures in (((adoption,), ("100.00", "620.00")), ((adoption, undone), (None, "520.00"))):
        sheet, _ = fold_month(
            start, NOVEMBER, [Placed(one, "journals/2026-11/x.yaml", n) for n, one in enumerate(records)]
        )
        cash = sheet_as_json(sheet.parts["cash"])
        assert (cash.get("prior_period"), cash["closing"]) == figures
        assert sheet.parts["cash"].difference == 0


@pytest.mark.parametrize(
    ("day", "opening", "taken_over"), [("2026-09-30", "1500.00", None), ("2026-10-01", "0.00", "1500.00")]
)
def test_cash_that_an_opening_takes_over(day: str, opening: str, taken_over: str | None) -> None:
    """1,000 in the drawer and a float of 500: the day before the month they are its opening, inside it a line of its own."""
    book = Book(day, rules=RULES)
    book.staff()
    book.opening(cash=fen(1000), petty=fen(500))
    start = carried_before(book, OCTOBER.first)
    sheet, _ = fold_month(start, OCTOBER, [one for one in book if one.record.date >= OCTOBER.first])
    shown = sheet_as_json(sheet.parts["cash"])
    assert (shown["opening"], shown.get("taken_over"), shown["closing"]) == (opening, taken_over, "1500.00")
    assert sheet.parts["cash"].difference == 0


def test_what_does_not_foot_is_told_once_and_only_where_nothing_says_why(book: Book) -> None:
    """A sale's money short of its amount by 1.00: REC-05 names the month; beside another error it is silent."""
    sheet, _ = fold_month(nothing(), OCTOBER, book)
    assert list(untied(sheet, ())) == []
    wrong = msgspec.structs.replace(
        sheet, tie_out=msgspec.structs.replace(sheet.tie_out, cash=sheet.tie_out.cash - 100)
    )
    (one,) = untied(wrong, ())
    assert (one.code, one.subject, "1.00" in one.words.zh) == ("REC-05", "2026-10", True)
    assert list(untied(wrong, [one])) == []
    apart = msgspec.structs.replace(sheet.parts["cash"], closing=0)
    (two,) = untied(msgspec.structs.replace(sheet, parts={"cash": apart}), ())
    assert (two.code, "520.00" in two.words.en) == ("REC-05", True)
