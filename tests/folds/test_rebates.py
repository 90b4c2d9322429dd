"""The month's rebates: both figures, the roll-forward, ages, and what a correction of an earlier month leaves alone (R4, R9, B5)."""

from __future__ import annotations

from typing import Any

from ledger.core.dates import Month
from ledger.core.money import yuan
from ledger.folds.closing import Carried, from_rows, nothing, to_rows
from ledger.folds.reconcile import MonthSheet, fold_month
from ledger.reports import rebates as report
from tests.builders import Book, ready

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)


def two_clients(day: str = "2026-10-05") -> Book:
    """C001 and C002 with 200 × 100 bought each; 600 sheets left."""
    book = ready(day)
    book.staff("SU", "supervisor")
    book.client("C002", "第二中学")
    book.receive("A0001-A1000", 100)
    return book


def months(book: Book, *wanted: Month) -> list[MonthSheet]:
    """The sheets of months that follow each other, each on the rows of the closing before it."""
    carried: Carried = nothing()
    sheets = []
    for month in wanted:
        own = [
            one
            for one in book
            if one.record.date < month.after and (month is wanted[0] or one.record.date >= month.first)
        ]
        sheet, carried = fold_month(carried, month, own)
        carried = from_rows(to_rows(carried, month.first))
        sheets.append(sheet)
    return sheets


def block(sheet: MonthSheet) -> dict[str, Any]:
    return report.as_json(sheet.parts["rebates"])


def slip(book: Book, spans: str, client: str = "C001") -> Any:
    """Bought, proposed and approved on one day."""
    made = book.propose([book.sell(spans, client=client)], client=client)
    book.approve_slip(made)
    return made


def story() -> Book:
    """October: slips of 200 (C001), 200 (C002) and 100 (C001) are approved; one sheet of the first is collected.

    November: the other sheet of the first is collected and one of the second; the third is cancelled; a slip of 300 is
    approved.  So October: slips 3, 500.00; collected 1, 100.00; 400.00 open.  November: slips 1, 300.00; collected 2,
    200.00; cancelled 100.00; 400.00 + 300.00 − 200.00 − 100.00 = 400.00 open.
    """
    book = two_clients()
    first = slip(book, "A0001-A0200")
    second = slip(book, "A0201-A0400", "C002")
    book.on("2026-10-20")
    third = slip(book, "A0401-A0500")
    book.collect(first, "A0901")
    book.on("2026-11-03").collect(first, "A0902")
    book.collect(second, "A0903")
    book.cancel_slip(third)
    book.on("2026-11-10")
    slip(book, "A0501-A0800")
    return book


def test_both_figures_and_the_roll_forward() -> None:
    october, november = months(story(), OCTOBER, NOVEMBER)
    assert {name: block(october)[name] for name in ("count", "amount", "sheets", "control_nos", "slips")} == {
        "count": 1, "amount": "100.00", "sheets": 1, "control_nos": ["DZ-2026-0001"], "slips": {"count": 3, "amount": "500.00"},
    }  # fmt: skip
    assert {name: block(november)[name] for name in ("count", "amount", "sheets", "control_nos", "slips")} == {
        "count": 2, "amount": "200.00", "sheets": 2, "control_nos": ["DZ-2026-0001", "DZ-2026-0002"],
        "slips": {"count": 1, "amount": "300.00"},
    }  # fmt: skip
    names = ("opening", "approved", "collected", "cancelled", "prior_period", "closing")
    assert [[block(one)["uncollected"][name] for name in names] for one in (october, november)] == [
        ["0.00", "500.00", "100.00", "0.00", "0.00", "400.00"],
        ["400.00", "300.00", "200.00", "100.00", "0.00", "400.00"],
    ]


def test_the_line_of_r7_is_what_was_collected() -> None:
    october, november = months(story(), OCTOBER, NOVEMBER)
    assert [one.total("rebated") for one in (october, november)] == [(1, 10000), (2, 20000)]
    assert [one.tie_out.difference for one in (october, november)] == [0, 0]


def test_what_is_open_is_listed_with_its_age_at_the_month_s_end() -> None:
    """The second slip of 10-05 is 26 days old at the end of October and 56 at that of November; the fourth 20."""
    october, november = months(story(), OCTOBER, NOVEMBER)
    aged = [
        [(one["control_no"], one["days"], one["amount"]) for one in block(m)["uncollected"]["slips"]]
        for m in (october, november)
    ]
    assert aged == [
        [("DZ-2026-0001", 26, "100.00"), ("DZ-2026-0002", 26, "200.00"), ("DZ-2026-0003", 11, "100.00")],
        [("DZ-2026-0002", 56, "100.00"), ("DZ-2026-0004", 20, "300.00")],
    ]
    for one in (october, november):
        listed = sum(slip.amount for slip in one.parts["rebates"].open)
        assert yuan(listed) == block(one)["uncollected"]["closing"]


def test_a_collection_undone_in_its_month_was_none() -> None:
    book = two_clients()
    made = slip(book, "A0001-A0200")
    taken = book.collect(made, "A0901-A0902")
    book.reverse(taken.id)
    book.collect(made, "A0903")
    (october,) = months(book, OCTOBER)
    told = block(october)
    assert (told["count"], told["amount"], told["uncollected"]["closing"]) == (1, "100.00", "100.00")


def test_a_correction_of_an_earlier_month_stands_apart() -> None:
    """Two sheets collected in October, undone in November: November collected nothing, yet 200.00 are open again."""
    book = two_clients()
    made = slip(book, "A0001-A0200")
    taken = book.collect(made, "A0901-A0902")
    book.on("2026-11-03").reverse(taken.id)
    october, november, december = months(book, OCTOBER, NOVEMBER, DECEMBER)
    assert (block(october)["amount"], block(october)["uncollected"]["closing"]) == ("200.00", "0.00")
    told = block(november)
    assert (told["count"], told["amount"], november.total("rebated"), november.total("prior_period")) == (
        0, "0.00", (0, 0), (2, 20000),
    )  # fmt: skip
    assert (told["uncollected"]["prior_period"], told["uncollected"]["closing"]) == ("200.00", "200.00")
    assert block(december)["uncollected"]["opening"] == "200.00"


def test_a_purchase_undone_later_leaves_the_month_s_rebates_alone() -> None:
    """A sale of October reversed in November: neither month's rebates move (R9)."""
    book = two_clients()
    sale = book.sell("A0001-A0200")
    made = book.propose([sale])
    book.approve_slip(made)
    book.on("2026-11-03").reverse(sale.id)
    new = book.sell("A0301-A0500")
    proposal = book.propose([new])
    october, november = months(book, OCTOBER, NOVEMBER)
    assert block(october)["slips"] == {"count": 1, "amount": "200.00"}
    assert block(november)["uncollected"]["prior_period"] == "0.00"
    assert (proposal.base, proposal.amount) == (2000000, 20000)


def test_the_printed_block() -> None:
    _, november = months(story(), OCTOBER, NOVEMBER)
    assert "\n".join(report.as_text(november.parts["rebates"], "zh")) == (
        "返扣\n"
        "    本月返扣单 1 张，金额 300.00\n"
        "    本月领取 2 次 2 张，金额 200.00\n"
        "    对帐编号：DZ-2026-0001 DZ-2026-0002\n"
        "    未领：期初 400.00 + 批准 300.00 - 领取 200.00 - 作废 100.00 = 期末 400.00\n"
        "    已批准未领：\n"
        "    对帐编号      客户  批准日期    天数  未领金额\n"
        "    ------------  ----  ----------  ----  --------\n"
        "    DZ-2026-0002  C002  2026-10-05    56    100.00\n"
        "    DZ-2026-0004  C001  2026-11-10    20    300.00"
    )


def test_a_month_without_rebates_says_so() -> None:
    (october,) = months(two_clients(), OCTOBER)
    assert list(report.as_text(october.parts["rebates"], "en")) == ["Rebates", "    none this month"]
    assert block(october)["uncollected"]["closing"] == "0.00"
