"""A period added up: its days are the month's R3, whatever is undone or comes back; actual against target; the draft of entries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ledger.core.dates import Month, Period
from ledger.core.postings import kept, title_of
from ledger.core.ratios import percent, permille
from ledger.core.records import JOURNALS, journal
from ledger.core.records.targets import SalesTarget
from ledger.core.targets import parse_aims
from ledger.folds.accounting import PRIOR, entries
from ledger.folds.closing import nothing
from ledger.folds.figures import Sold, figures, months_of
from ledger.folds.reconcile import fold_month
from ledger.folds.targets import Against, against, targets
from tests.builders import Book, ready

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
WEEK = (dt.date(2026, 9, 28), dt.date(2026, 10, 5))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def whole(month: Month) -> Period:
    return month.first, month.after


def trading() -> Book:
    """Received 100 × 100. 09-30 C001 A001-A010 1,000 cash. 10-01 C001 A011-A030 2,000 cash. 10-03 C002 A031-A060 2,940 by
    transfer (“节日优惠”). 10-05 C001 A061-A065 500 cash, reversed on 10-06. 10-20 A011-A012 come back for 200.
    11-02 the sale of 10-03 is reversed, in another month.
    """
    book = ready("2026-09-30")
    book.client("C002", "第二中学", unit_kind="institution")
    book.staff("LU", "clerk")
    book.receive("A001-A100", 100)
    book.sell("A001-A010")
    book.on("2026-10-01").sell("A011-A030")
    late = book.on("2026-10-03").sell(
        "A031-A060", 2940, "C002", (("transfer", "2940"),), reason="节日优惠", salesperson="LU", reference="T1"
    )
    wrong = book.on("2026-10-05").sell("A061-A065")
    book.on("2026-10-06").reverse(wrong.id)
    book.on("2026-10-20").give_back("A011-A012")
    book.on("2026-11-02").reverse(late.id)
    return book


def test_october_by_hand() -> None:
    """Sold 2,000 + 2,940 = 4,940 on 20 + 30 sheets; 10-05 is nothing, since it was undone in October; 200 came back."""
    found = figures(trading(), whole(OCTOBER))
    assert found.total == Sold(2, 50, 494000)
    assert {on: one for on, one in found.days.items() if one.records} == {
        day("10-01"): Sold(1, 20, 200000), day("10-03"): Sold(1, 30, 294000),
    }  # fmt: skip
    assert len(found.days) == 31
    assert list(found.clients.items()) == [("C002", Sold(1, 30, 294000)), ("C001", Sold(1, 20, 200000))]
    assert found.by({"C001": "enterprise", "C002": "institution"}) == {
        "institution": Sold(1, 30, 294000), "enterprise": Sold(1, 20, 200000),
    }  # fmt: skip
    assert found.by({}) == {"": Sold(2, 50, 494000)}
    assert found.people == {"LU": Sold(1, 30, 294000), "WL": Sold(1, 20, 200000)}
    assert found.pays == {"transfer": 294000, "cash": 200000}
    assert found.returned == Sold(1, 2, 20000)


def test_a_week_over_a_month_end_has_the_days_of_both_months() -> None:
    """28 September to 4 October: 1,000 on 09-30, 2,000 on 10-01, 2,940 on 10-03."""
    found = figures(trading(), WEEK)
    assert months_of(WEEK) == [Month(2026, 9), OCTOBER]
    assert [one.amount for one in found.days.values()] == [0, 0, 100000, 200000, 0, 294000, 0]
    assert found.total.amount == 594000


def test_the_days_are_the_months_sales() -> None:
    """R3 of each month is the sum of its days, also where the next month undid one of them."""
    book = trading()
    for month in (Month(2026, 9), OCTOBER, NOVEMBER):
        sheet, _ = fold_month(nothing(), month, book)
        found = figures(book, whole(month))
        assert found.total == (sheet.sales.count, sheet.sales.sheets, sheet.sales.amount)
        assert sum(one.amount for one in found.days.values()) == sheet.sales.amount
        assert found.pays == {method: fen for method, fen in sheet.sales.by_pay.items() if fen}
        assert found.returned == (sheet.sales.returns.records, sheet.sales.returns.sheets, sheet.sales.returns.amount)


# -- targets ---------------------------------------------------------------------------------------------------------------


def aim(book: Book, text: str) -> Any:
    return book.make(SalesTarget, "TG", aims=parse_aims(text))


def test_actual_against_target() -> None:
    """Target 5,000, LU 2,000: reached 4,940 / 5,000 = 98.8 % and 2,940 / 2,000 = 147.0 %; WL has none."""
    book = trading()
    aim(book, "2026-10:5000.00 2026-10/LU:2000.00")
    found = against(targets(book), ["2026-10"], figures(book, whole(OCTOBER)))
    assert found == (Against("", 500000, 494000), Against("LU", 200000, 294000), Against("WL", None, 200000))
    assert [one.permille for one in found] == [988, 1470, None]


def test_the_last_target_stands_and_a_reversed_one_does_not() -> None:
    book = trading()
    aim(book, "2026-10:5000.00 2026-11:1.00")
    second = aim(book, "2026-10:6000.00")
    assert targets(book) == {("2026-10", ""): 600000, ("2026-11", ""): 100}
    book.reverse(second.id)
    assert targets(book)["2026-10", ""] == 500000


def test_a_week_has_a_target_when_each_of_its_pieces_has() -> None:
    """09-w5 alone is not the week's; with 10-w1 it is 1,000 + 4,000 = 5,000."""
    book = trading()
    aim(book, "2026-09-w5:1000.00")
    sold, pieces = figures(book, WEEK), ("2026-09-w5", "2026-10-w1")
    assert against(targets(book), pieces, sold)[0].target is None
    aim(book, "2026-10-w1:4000.00")
    assert against(targets(book), pieces, sold)[0] == Against("", 500000, 594000)


@pytest.mark.parametrize(("sold", "shown"), [(1, "33.3"), (2, "66.7"), (5, "166.7"), (-1, "-33.3")])
def test_a_ratio_is_rounded_half_up(sold: int, shown: str) -> None:
    """1/3 = 33.33 %, 2/3 = 66.67 %, 5/3 = 166.67 %, −1/3 = −33.33 %; 1/8 = 12.5 % is exact, 1/80 = 1.25 % goes up."""
    reached = Against("", 3, sold).permille
    assert reached is not None
    assert percent(reached) == shown
    assert [permille(1, whole) for whole in (8, 80)] == [125, 13]


def test_a_target_of_nothing_is_no_division() -> None:
    assert Against("", 0, 5).permille is None


# -- the draft of journal entries ------------------------------------------------------------------------------------------


def test_octobers_entries_by_hand() -> None:
    """Sales: debit cash 2,000.00, pending 2,940.00; credit contract liability 4,940.00.  The return: debit the liability
    200.00, credit refunds due 200.00.  The sale undone in October is in no entry.
    """
    found = entries(trading(), OCTOBER)
    assert [(one.words.en, one.records, one.total) for one in found] == [
        ("sale", 2, 494000),
        ("client return", 1, 20000),
    ]
    assert found[0].lines == (
        ("assets:cash", 200000, 0), ("assets:pending:transfer", 294000, 0), ("liabilities:vouchers", 0, 494000),
    )  # fmt: skip
    assert found[1].lines == (("liabilities:vouchers", 20000, 0), ("liabilities:refunds:cash", 0, 20000))


def test_what_november_undoes_of_october_is_an_entry_of_its_own() -> None:
    """The transfer of 2,940.00 is no longer awaited: credit pending, debit corrections of earlier months."""
    [found] = entries(trading(), NOVEMBER)
    assert found.words == PRIOR
    assert found.lines == (("equity:prior-period", 294000, 0), ("assets:pending:transfer", 0, 294000))


def test_every_entry_balances_and_accounts_move_as_on_the_months_sheet() -> None:
    """Debits = credits in each entry; for each account that the sheet carries, their difference is its movement."""
    book = trading()
    for month in (Month(2026, 9), OCTOBER, NOVEMBER):
        sheet, _ = fold_month(nothing(), month, book)
        moved: dict[str, int] = {}
        for entry in entries(book, month):
            assert sum(one.debit for one in entry.lines) == sum(one.credit for one in entry.lines) == entry.total
            for one in entry.lines:
                moved[one.account] = moved.get(one.account, 0) + one.debit - one.credit
        kept_ones = {account: fen for account, fen in moved.items() if kept(account) and fen}
        assert kept_ones == {account: one.movement for account, one in sheet.money.items() if one.movement}


def test_every_account_has_a_name_for_finance() -> None:
    """An account that stands for itself would be a code on finance's sheet; the accounts are those that the source names."""
    import re
    from pathlib import Path

    core = Path(__file__).parents[2] / "ledger" / "core"
    named = re.compile(r'"((?:assets|liabilities|equity|expenses|revenues):[a-z:-]+)"')
    found = {one for path in core.rglob("*.py") for one in named.findall(path.read_text(encoding="utf-8"))}
    assert {"assets:cash", "liabilities:refunds:", "expenses:exchange"} <= found
    assert [one for one in found if title_of(one).en == one] == []
    assert title_of("assets:pending:wechat").zh == "应收账款（待到账）微信"
    assert {listed.name for listed in JOURNALS} >= {"targets"}
    assert journal("targets").kind("target") is SalesTarget
