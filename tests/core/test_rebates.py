"""Rebates against the ladder: thresholds, whole vouchers, what is carried, what a second proposal gives (B1, B4)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from ledger.core.errors import Refused, Unreadable
from ledger.core.records.arrivals import Arrived
from ledger.core.records.exchange import Exchange, Iou
from ledger.core.records.ious import IouPayment
from ledger.core.records.rebates import parse_bases, parse_percent
from ledger.core.records.slipsteps import parse_control
from ledger.core.rules import Rebates, parse_rules
from ledger.core.slips import SELLING, RebateAccount, Share, Slip, account_of, bought, overdrawn, reckon
from tests.builders import RULES, Book, fen, ready, rules_with, spans

LADDER = {"5000.00": "0.5", "10000.00": "1", "50000.00": "2", "100000.00": "3"}


def rule(**changed: Any) -> Rebates:
    usual = {"ladder": LADDER, "faces": ["100.00"], "uncollected_days": "30"}
    return parse_rules({"rebates": [{"from": "2000-01-01", **usual, **changed}]}).on(Rebates, dt.date(2026, 10, 1))


# -- the rule ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "percent", "due"),
    [
        ("0.00", "0", "0.00"),
        ("4999.99", "0", "0.00"),
        ("5000.00", "0.5", "25.00"),
        ("9999.99", "0.5", "49.99"),  # 49.99995: a part of a fen is dropped
        ("10000.00", "1", "100.00"),
        ("49999.99", "1", "499.99"),
        ("50000.00", "2", "1000.00"),
        ("99999.99", "2", "1999.99"),
        ("100000.00", "3", "3000.00"),
        ("1000000.00", "3", "30000.00"),
    ],
)
def test_a_slab_on_the_whole_base(base: str, percent: str, due: str) -> None:
    """The step reached holds for the whole base, on both sides of every threshold."""
    assert rule().percent(fen(base)) == Decimal(percent)
    assert rule().due(fen(base)) == fen(due)


@pytest.mark.parametrize(
    ("faces", "amount", "lines"),
    [
        (["100.00"], "99.99", []),
        (["100.00"], "100.00", [(10000, 1)]),
        (["100.00"], "350.00", [(10000, 3)]),
        (["50.00", "200.00", "100.00"], "399.00", [(20000, 1), (10000, 1), (5000, 1)]),
        (["100.00"], "0.00", []),
    ],
)
def test_whole_vouchers_of_the_rules_faces(faces: list[str], amount: str, lines: list[tuple[int, int]]) -> None:
    assert rule(faces=faces).vouchers(fen(amount)) == lines


def test_nothing_is_given_on_a_debt() -> None:
    assert rule().vouchers(-5000) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"ladder": {}}, {"ladder": {"5000": "1"}}, {"ladder": {"5000.00": "101"}}, {"ladder": {"5000.00": "-1"}},
        {"faces": []}, {"faces": ["0.00"]}, {"faces": ["100.00", "100.00"]}, {"sale_sheets": "maybe"},
        {"uncollected_days": "-1"},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        rule(**wrong)


@pytest.mark.parametrize("text", ["SA20261008-K1-0001:0.00", "SA20261008-K1-0001:5000", "SA20261008-K1-0001", ""])
def test_a_base_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_bases(text)


@pytest.mark.parametrize("text", ["DZ-2026-001", "DZ-26-0001", "2026-0001", "DZ-2026-00001", "dz-2026-0001"])
def test_a_control_number_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_control(text)


@pytest.mark.parametrize("text", ["-1", "101", "1e1", "½", "", "1,5"])
def test_a_percentage_has_plain_digits(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_percent(text)


# -- the account ---------------------------------------------------------------------------------------------------------


def shares(*rows: tuple[str, str, str]) -> RebateAccount:
    """(month, base, given) a slip, each proposed on the 2nd of the month after October 2026."""
    made = (Share(f"S{n}", month, "2027-01-02", fen(base), fen(given)) for n, (month, base, given) in enumerate(rows))
    return RebateAccount(shares=tuple(made))


DAY = dt.date(2027, 1, 2)


def test_what_later_months_have_used_is_not_given_again() -> None:
    """October 12,000 × 1 % = 120 gave 100, left 20.  November 19,000 × 1 % = 190 + 20 gave 200, left 10.

    A late October purchase of 1,000: the month's base is 13,000, 130.00; given 100.  Alone that would leave 30, but 20 of
    it went into November's 200.  So 10 is left of other months less 20 used: 130 − 100 − (200 − 190) = 20.
    """
    account = shares(("2026-10", "12000", "100"), ("2026-11", "19000", "200"))
    found = reckon(account, "2026-10", fen("1000"), RULES, DAY)
    assert (found.base, found.ladder, found.given, found.carried, found.due) == (
        fen(13000), fen(130), fen(100), -fen(10), fen(20),
    )  # fmt: skip


def test_an_account_is_overdrawn_by_what_was_given_too_much() -> None:
    assert overdrawn(shares(("2026-10", "12000", "100")), RULES) == 0
    assert overdrawn(shares(("2026-10", "0", "100")), RULES) == fen(100)
    assert overdrawn(shares(("2026-10", "0", "100"), ("2026-11", "10000", "0")), RULES) == fen(100)
    assert overdrawn(RebateAccount(), RULES) == 0


# -- three months, by hand -----------------------------------------------------------------------------------------------


def stocked(day: str = "2026-08-03", **rules: Any) -> Book:
    """A book with the supervisor SU, and 3,000 sheets of 100."""
    book = ready(day)
    if rules:
        book.rules = rules_with(**rules)
    book.staff("SU", "supervisor")
    book.receive("A0001-A3000", 100)
    return book


def figures(made: Any) -> tuple[str, ...]:
    names = ("base", "percent", "carried", "given", "amount", "remainder")
    return tuple(getattr(made, n) if n == "percent" else f"{getattr(made, n) / 100:.2f}" for n in names)


def test_three_months_worked_out_by_hand() -> None:
    """August: 73 sheets, 7,300.00: 0.5 % = 36.50, no voucher; carried on by a proposal that gives nothing.

    September: 234 sheets, 23,400.00: 1 % = 234.00, + 36.50 = 270.50: two vouchers, 70.50 is carried on.

    October: first 480 sheets, 48,000.00: 1 % = 480.00, + 70.50 = 550.50: five vouchers, 50.50 left.
    Then 30 sheets more, 3,000.00: the base is 51,000.00, which is the next step: 2 % = 1,020.00, + 70.50, less the 500.00
    given = 590.50: five vouchers more, 90.50 is carried on.

    Altogether the ladder gives 36.50 + 234.00 + 1,020.00 = 1,290.50; given are 200 + 500 + 500 = 1,200; 90.50 are left.
    """
    book = stocked()
    august = book.sell("A0001-A0073")
    book.on("2026-09-01")
    first = book.propose([august], carry=True)
    assert figures(first) == ("7300.00", "0.5", "0.00", "0.00", "0.00", "36.50")
    september = book.on("2026-09-10").sell("A0101-A0334")
    second = book.on("2026-10-02").propose([september])
    assert figures(second) == ("23400.00", "1", "36.50", "0.00", "200.00", "70.50")
    early = book.on("2026-10-08").sell("A1001-A1480")
    third = book.propose([early])
    assert figures(third) == ("48000.00", "1", "70.50", "0.00", "500.00", "50.50")
    late = book.on("2026-10-30").sell("A1501-A1530")
    fourth = book.on("2026-11-02").propose([late])
    assert figures(fourth) == ("51000.00", "2", "70.50", "500.00", "500.00", "90.50")
    assert (third.after, fourth.after) == (second.id, third.id)
    slip = book.state.thing(Slip, first.id)
    assert slip is not None
    assert (slip.status, slip.settled) == ("carried", True)


def test_less_than_a_voucher_is_refused_and_says_what_to_do() -> None:
    """9,999.00 × 0.5 % = 49.995: 49.99.  The first proposal can be carried over; a second one too."""
    book = stocked()
    sale = book.sell("A0001-A0100", 9999, reason="优惠")
    with pytest.raises(Refused) as refused:
        book.propose([sale])
    assert (refused.value.code, refused.value.next[0]) == ("REB-03", "--carry")
    assert "49.99 due, less than one voucher" in refused.value.words.en


def test_below_the_ladder_there_is_nothing_to_carry() -> None:
    book = stocked()
    sale = book.sell("A0001-A0049")
    with pytest.raises(Refused) as refused:
        book.propose([sale], carry=True)
    assert "--carry" not in refused.value.next


# -- what is in the base -------------------------------------------------------------------------------------------------


def test_only_what_has_arrived_and_was_kept_is_in_the_base() -> None:
    """Cash 12,000.00 of 14,000.00, the rest by transfer.  Five sheets come back: 500.00 off the transfer, 12,000.00 is paid still.

    The 1,500.00 arrive: 13,500.00.  Five more, refunded in cash: 13,000.00.
    """
    book = stocked()
    sale = book.sell("A0001-A0140", pays=(("cash", "12000"), ("transfer", "2000")))
    book.give_back("A0001-A0005")
    assert bought(book.state, sale.id) == fen(12000)
    book.make(Arrived, "CA", ref=sale.id)
    assert bought(book.state, sale.id) == fen(13500)
    book.give_back("A0006-A0010", method="cash")
    assert figures(book.propose([sale]))[0] == "13000.00"


def test_a_purchase_that_arrives_later_is_proposed_with_what_is_new() -> None:
    """10,000.00 in cash counts, then the 5,000.00 by transfer: base 15,000.00, 150.00 less 100.00 given is not a voucher."""
    book = stocked()
    sale = book.sell("A0001-A0150", pays=(("cash", "10000"), ("transfer", "5000")))
    book.propose([sale])
    book.make(Arrived, "CA", ref=sale.id)
    more = book.propose([sale], carry=True)
    assert (more.sales, figures(more)) == (
        ((sale.id, fen(5000)),), ("15000.00", "1", "0.00", "100.00", "0.00", "50.00"),
    )  # fmt: skip


def test_reserved_sheets_are_bought_when_they_are_handed_over() -> None:
    """A cheque of 20,000.00 of August; 120 of its 200 sheets are handed over in August, the rest in September."""
    book = stocked()
    held = book.by_cheque("A0001-A0200", "1001")
    book.cheque("deposited", "1001", slip="JZ-1")
    book.on("2026-08-10").cheque("cleared", "1001", by="CW")
    first = book.hand_over(held.id, "A0001-A0120")
    rest = book.on("2026-09-01").hand_over(held.id)
    august, september = (
        book.propose([one]) if one is first else book.propose([one], carry=True) for one in (first, rest)
    )
    assert (august.month, figures(august)[0], september.month, figures(september)[0]) == (
        "2026-08", "12000.00", "2026-09", "8000.00",
    )  # fmt: skip


def test_a_cheque_that_bounced_is_no_purchase_until_it_is_made_good() -> None:
    """Same day against the bank slip: nothing counts before the cheque has cleared, nor after it bounced."""
    book = stocked()
    sale = book.by_cheque("A0001-A0120", "2001", bank_slip="YH-1")
    assert bought(book.state, sale.id) == 0
    book.on("2026-08-06").cheque("bounced", "2001", reason="存款不足")
    assert bought(book.state, sale.id) == 0
    book.on("2026-08-07").cheque("made-good", "2001", method="transfer")
    assert bought(book.state, sale.id) == fen(12000)


def test_an_exchange_gives_nothing_back() -> None:
    """Of 12,000.00 ten sheets are exchanged, then half of what came for them is returned: 11,500.00 are kept."""
    book = stocked()
    sale = book.sell("A0001-A0120")
    swapped = book.make(Exchange, "CU", spans=spans("A0001-A0010"), out=spans("A0201-A0210"), reason="换券")
    assert bought(book.state, sale.id) == fen(12000)
    book.give_back("A0201-A0205")
    assert bought(book.state, sale.id) == fen(11500)
    book.give_back("A0011-A0012")
    assert bought(book.state, sale.id) == fen(11300)
    assert swapped.id not in {base.sale for base in book.propose([sale]).sales}


def test_what_an_iou_handed_out_is_bought_when_it_is_paid() -> None:
    book = stocked()
    approval = book.approved("iou", "100*120", client="C001")
    owed = book.make(Iou, "CU", spans=spans("A0001-A0120"), client="C001", due=dt.date(2026, 9, 30), approval=approval,
                     reason="赊券")  # fmt: skip
    paid = book.on("2026-09-10").make(
        IouPayment, "SA", spans=spans("A0001-A0120"), client="C001", ref=owed.id, expires=dt.date(2029, 9, 10)
    )
    assert "iou-payment" in SELLING
    assert figures(book.propose([paid]))[0] == "12000.00"


# -- the rule of which day -----------------------------------------------------------------------------------------------

CHANGED = [
    {"from": "2000-01-01", "ladder": {"10000.00": "1"}, "faces": ["100.00"], "uncollected_days": "30"},
    {"from": "2026-10-15", "ladder": {"10000.00": "3"}, "faces": ["100.00"], "uncollected_days": "30"},
    {"from": "2026-11-01", "ladder": {"10000.00": "5"}, "faces": ["100.00"], "uncollected_days": "30"},
]


@pytest.mark.parametrize(
    ("day", "percent"),
    [("2026-10-14", "1"), ("2026-10-15", "3"), ("2026-10-31", "3"), ("2026-11-01", "3"), ("2026-12-24", "3")],
)
def test_the_ladder_of_the_months_last_day_or_of_an_earlier_proposal(day: str, percent: str) -> None:
    """It changes in mid-month, and again on the first of the next, which is no October ladder any more."""
    rules = parse_rules({
        **{name: [{"from": "2000-01-01", **rule}] for name, rule in _other_rules().items()}, "rebates": CHANGED,
    })  # fmt: skip
    book = ready("2026-10-01")
    book.rules = rules
    book.staff("SU", "supervisor")
    book.receive("A0001-A0200", 100)
    sale = book.sell("A0001-A0200")
    assert book.on(day).propose([sale]).percent == percent


def _other_rules() -> dict[str, dict[str, Any]]:
    usual: dict[str, dict[str, Any]] = {
        "roles": {}, "discount": {"by_reason_percent": "2"}, "expiry": {"months": "36"}, "approvals": {},
        "clock": {"bump_seconds": "600"}, "severities": {"codes": {}},
    }  # fmt: skip
    return usual


# -- withdrawn -----------------------------------------------------------------------------------------------------------


def test_a_rejected_proposal_gives_its_purchases_back() -> None:
    book = stocked()
    sale = book.sell("A0001-A0120")
    book.reject_slip(book.propose([sale]))
    assert account_of(book.state, "C001").shares == ()
    assert figures(book.propose([sale])) == ("12000.00", "1", "0.00", "0.00", "100.00", "20.00")


def test_what_was_collected_before_a_cancellation_stays_given() -> None:
    """20,000.00: two vouchers, one collected, the slip cancelled.  Proposed again: 200.00 less the 100.00 given."""
    book = stocked()
    sale = book.sell("A0001-A0200")
    slip = book.propose([sale])
    book.approve_slip(slip)
    book.collect(slip, "A0201")
    assert book.cancel_slip(slip).amount == fen(100)
    assert figures(book.propose([sale])) == ("20000.00", "1", "0.00", "100.00", "100.00", "0.00")


def test_a_slip_proposed_after_a_cancelled_one_is_cancelled_too() -> None:
    """20,000.00: 200.00, of it 100.00 collected, cancelled; proposed again 100.00: given up as well, no other slip is in the way."""
    book = stocked()
    sale = book.sell("A0001-A0200")
    slip = book.propose([sale])
    book.approve_slip(slip)
    book.collect(slip, "A0201")
    book.cancel_slip(slip)
    again = book.propose([sale])
    book.approve_slip(again)
    assert book.cancel_slip(again).amount == fen(100)


def test_a_slip_is_not_cancelled_before_one_that_relies_on_it() -> None:
    """40,000.00 gave 400; then 10,000.00 made it 50,000.00 × 2 % = 1,000 less 400: 600.  Without the first the second is 100."""
    book = stocked()
    first = book.propose([book.sell("A0001-A0400")])
    second = book.propose([book.sell("A0401-A0500")])
    assert second.amount == fen(600)
    book.approve_slip(first)
    book.legal = False
    book.cancel_slip(first)
    (found,) = book.found
    assert (found.code, found.next) == ("REB-03", (f"gb rebate reject {second.id} --reason '…'",))
