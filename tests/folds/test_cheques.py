"""Cheques from receipt to arrival or bounce: what each step does to sheets, money and the month's sheet."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ledger.checks.run import check
from ledger.core.cheques import Cheque, Reserved
from ledger.core.dates import Month
from ledger.core.forms import Pay
from ledger.core.payments import Payment
from ledger.core.postings import balanced
from ledger.folds.cheques import ChequeSheet
from ledger.folds.closing import from_rows, nothing, to_rows
from ledger.folds.reconcile import MonthSheet, TieOut, fold_month
from ledger.folds.stock import stock
from tests.builders import RULES, Book, fen, ready, spans

OCTOBER = Month(2026, 10)


def book() -> Book:
    """A0001-A0400 of 100 yuan received and stamped on 8 October."""
    made = ready("2026-10-08")
    made.receive("A0001+400", 100)
    return made


def sheet_of(made: Book, month: Month = OCTOBER) -> MonthSheet:
    return fold_month(nothing(), month, made)[0]


def block(made: Book, month: Month = OCTOBER) -> ChequeSheet:
    found: ChequeSheet = sheet_of(made, month).parts["cheques"]
    return found


def states(made: Book, text: str) -> list[str]:
    return [piece.sheet.state for piece in made.state.pieces(spans(text))]


def cheque(made: Book, number: str) -> Cheque:
    return next(one for _, one in made.state.things(Cheque) if one.number == number)


def yuan_of(sheet: Any, *names: str) -> tuple[int, ...]:
    """Figures of a block in whole yuan."""
    return tuple(getattr(sheet, name) // 100 for name in names)


FLOW = ("opening", "received", "cleared", "bounced", "given_back", "outstanding")


# -- the way of a cheque that arrives ------------------------------------------------------------------------------------


def test_reserved_sheets_stay_in_the_safe_and_are_no_sale() -> None:
    """100 sheets against a cheque of 10,000: still in stock (R5), owed to the client, in no figure of R3."""
    made = book()
    reservation = made.by_cheque("A0001+100", "1001")
    assert set(states(made, "A0001+100")) == {"reserved"}
    assert [(face.sheets, face.reserved.count) for face in stock(made.state).faces] == [(400, 100)]
    sheet = sheet_of(made)
    assert (sheet.total("closing"), sheet.sales.count) == ((400, fen(40000)), 0)
    assert sheet.tie_out == TieOut(cheques_outstanding=fen(10000), paid_not_handed_over=fen(10000))
    assert made.state.thing(Payment, reservation.id).open == (Pay("cheque", fen(10000)),)  # type: ignore[union-attr]


def test_handed_over_after_arrival_in_two_parts() -> None:
    """100 sheets for 9,990.00: 30 of them are 2,997.00, the other 70 the rest; both are sales of the day they go out."""
    made = book()
    reservation = made.by_cheque("A0001+100", "1001", 9990, reason="节日优惠")
    made.cheque("deposited", "1001")
    made.cheque("cleared", "1001")
    made.on("2026-10-12")
    first = made.hand_over(reservation.id, "A0021+30")
    second = made.hand_over(reservation.id)
    assert (first.amount, second.amount) == (fen("2997.00"), fen("6993.00"))
    assert second.spans == spans("A0001-A0020,A0051-A0100")
    assert set(states(made, "A0001+100")) == {"sold"}
    assert made.state.thing(Reserved, reservation.id).settled  # type: ignore[union-attr]
    sales = sheet_of(made).sales
    assert (sales.count, sales.amount, sales.sheets, sales.by_pay) == (2, fen(9990), 100, {"cheque": fen(9990)})
    assert [(one.id, one.difference, one.reason) for one in sales.reasons] == [
        (first.id, -300, "节日优惠"),
        (second.id, -700, "节日优惠"),
    ]
    assert sheet_of(made).tie_out == TieOut(sold=fen(9990), cheques_cleared=fen(9990))


def test_a_return_refers_to_the_handover() -> None:
    made = book()
    reservation = made.by_cheque("A0001+10", "1001")
    made.cheque("deposited", "1001")
    made.cheque("cleared", "1001")
    sold = made.hand_over(reservation.id, "A0001+4")
    back = made.give_back("A0002")
    assert (back.ref, back.amount, back.payments) == (sold.id, fen(100), (Pay("cheque", fen(100)),))


def test_other_money_beside_the_cheque_is_used_up_first() -> None:
    """1,000 in cash and 9,000 by cheque; the first 40 sheets take the cash and 3,000 of the cheque."""
    made = book()
    pays = (Pay("cash", fen(1000)), Pay("cheque", fen(9000)))
    reservation = made.by_cheque("A0001+100", "1001", payments=pays)
    made.cheque("deposited", "1001")
    made.cheque("cleared", "1001")
    first, second = made.hand_over(reservation.id, "A0001+40"), made.hand_over(reservation.id)
    assert first.payments == (Pay("cash", fen(1000)), Pay("cheque", fen(3000)))
    assert second.payments == (Pay("cheque", fen(6000)),)
    assert sheet_of(made).tie_out == TieOut(sold=fen(10000), cash=fen(1000), cheques_cleared=fen(9000))


@pytest.mark.parametrize("steps", [(), ("deposited",)])
def test_no_sheet_leaves_before_the_arrival(steps: tuple[str, ...]) -> None:
    """CHQ-01 for the handover: the gate is the recorded bank advice."""
    made = book()
    reservation = made.by_cheque("A0001+10", "1001")
    for step in steps:
        made.cheque(step, "1001")
    with pytest.raises(AssertionError, match="CHQ-01"):
        made.hand_over(reservation.id)


# -- the same day ----------------------------------------------------------------------------------------------------------


def test_a_same_day_cheque_is_a_sale_and_not_cleared_yet() -> None:
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    assert cheque(made, "2001").status == "deposited"
    assert sheet_of(made).tie_out == TieOut(sold=fen(2000), cheques_outstanding=fen(2000))
    made.cheque("cleared", "2001")
    assert sheet_of(made).tie_out == TieOut(sold=fen(2000), cheques_cleared=fen(2000))
    assert made.state.thing(Payment, cheque(made, "2001").origin).settled  # type: ignore[union-attr]


def test_a_bounce_after_the_handover_is_about_money_only() -> None:
    """20 sheets; 3 came back before, for nothing. The bounce freezes the 17 that are out, the sale stands, 2,000 is owed."""
    made = book()
    sold = made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    made.give_back("A0018+3", 0)
    made.on("2026-10-12")
    bounce = made.cheque("bounced", "2001")
    assert (bounce.spans, bounce.owed, bounce.ref) == (spans("A0001+17"), fen(2000), sold.id)
    assert set(states(made, "A0001+17")) == {"frozen"}
    assert set(states(made, "A0018+3")) == {"sellable"}
    assert sheet_of(made).tie_out == TieOut(sold=fen(2000), receivable=fen(2000))
    assert yuan_of(block(made), *FLOW) == (0, 2000, 0, 2000, 0, 0)
    assert [one.code for one in check(made, (), RULES, until=made.date)] == ["CHQ-02"]


def test_made_good_in_parts_ends_the_hold_with_the_debt() -> None:
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    made.cheque("bounced", "2001")
    made.cheque("made-good", "2001", amount=fen(500))
    assert set(states(made, "A0001+20")) == {"frozen"}
    last = made.cheque("made-good", "2001", method="transfer")
    assert (last.amount, last.spans) == (fen(1500), spans("A0001+20"))
    assert set(states(made, "A0001+20")) == {"sold"}
    assert sheet_of(made).tie_out == TieOut(sold=fen(2000), cash=fen(500), arrived=fen(1500))
    assert check(made, (), RULES, until=made.date) == []
    made.cheque("given-back", "2001")
    assert cheque(made, "2001").settled


@pytest.mark.parametrize("first", [True, False], ids=["the first is reversed", "the second"])
def test_made_good_at_two_terminals_one_of_them_is_reversed(first: bool) -> None:
    """2,000 are owed; two terminals that have not met record that they were paid in cash: after a merge either can go.

    The second steps in where nothing is owed, and holds no sheet; reversed, the month is as with one.  Without the second the
    first can be reversed too, and 2,000 are owed again.
    """
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    made.cheque("bounced", "2001")
    one = made.cheque("made-good", "2001")
    once = sheet_of(made).tie_out
    made.legal = False
    head = made.head("CQ", "WL")
    again = made.place(msgspec.structs.replace(one, id=head["id"], at=head["at"]))
    assert [found.code for found in made.found] == ["STA-01"]
    made.found.clear()
    made.reverse(again.id)
    assert (made.found, sheet_of(made).tie_out) == ([], once)
    assert check(made, (), RULES, until=made.date) == []
    if first:
        made.reverse(one.id)
        assert made.found == []
        assert sheet_of(made).tie_out == TieOut(sold=fen(2000), receivable=fen(2000))


def test_bounced_at_two_terminals_one_of_them_is_reversed() -> None:
    """Both record the same bounce: the second steps in where the first has been, and goes without it."""
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    one = made.cheque("bounced", "2001")
    once = sheet_of(made).tie_out
    made.legal = False
    head = made.head("CQ", "WL")
    again = made.place(msgspec.structs.replace(one, id=head["id"], at=head["at"]))
    made.found.clear()
    made.reverse(again.id)
    assert (made.found, sheet_of(made).tie_out) == ([], once)
    made.reverse(one.id)
    assert (made.found, sheet_of(made).tie_out) == ([], TieOut(sold=fen(2000), cheques_outstanding=fen(2000)))


def test_the_sheets_come_back_instead() -> None:
    """Five of twenty come back: 500 of the 2,000 owed is set off, nothing is refunded; then the other fifteen."""
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    made.cheque("bounced", "2001")
    back = made.give_back("A0001+5")
    assert (back.amount, back.set_off, back.payments) == (fen(500), fen(500), ())
    assert set(states(made, "A0001+5")) == {"sellable"}
    assert cheque(made, "2001").due == fen(1500)
    made.give_back("A0006+15")
    assert (cheque(made, "2001").due, cheque(made, "2001").status) == (0, "bounced")
    tie = sheet_of(made).tie_out
    assert tie == TieOut(sold=fen(2000), set_off=fen(2000), refunds=0)
    assert tie.difference == 0
    owed = block(made).receivable
    assert (owed.bounced, owed.returned, owed.closing) == (fen(2000), fen(2000), 0)
    assert check(made, (), RULES, until=made.date) == []


def test_a_mixed_sale_sets_off_what_is_owed_and_refunds_the_rest() -> None:
    """500 in cash and a cheque of 1,500 that bounces; all twenty sheets back: 1,500 set off, 500 refunded in cash."""
    made = book()
    pays = (Pay("cash", fen(500)), Pay("cheque", fen(1500)))
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1", payments=pays)
    made.cheque("bounced", "2001")
    back = made.give_back("A0001+20")
    assert (back.amount, back.set_off, back.payments) == (fen(2000), fen(1500), (Pay("cash", fen(500)),))
    assert sheet_of(made).tie_out.difference == 0


def test_replaced_after_a_bounce_by_a_cheque_that_arrives() -> None:
    """The sheets stay frozen until the new cheque is cleared."""
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    made.cheque("bounced", "2001")
    made.cheque("replaced", "2001", new_cheque="2002")
    assert (cheque(made, "2001").status, cheque(made, "2002").status) == ("replaced", "received")
    assert set(states(made, "A0001+20")) == {"frozen"}
    made.cheque("deposited", "2002")
    cleared = made.cheque("cleared", "2002")
    assert cleared.spans == spans("A0001+20")
    assert set(states(made, "A0001+20")) == {"sold"}
    assert sheet_of(made).tie_out == TieOut(sold=fen(2000), cheques_cleared=fen(2000))
    assert yuan_of(block(made), *FLOW) == (0, 4000, 2000, 2000, 0, 0)


def test_the_cheque_that_replaced_one_bounces_too() -> None:
    """Owed again, the same sheets still frozen, and made good at last they are all free."""
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    made.cheque("bounced", "2001")
    made.cheque("replaced", "2001", new_cheque="2002")
    made.cheque("deposited", "2002")
    again = made.cheque("bounced", "2002")
    assert (again.owed, not again.spans) == (fen(2000), True)
    assert [one.subject for one in check(made, (), RULES, until=made.date)] == [again.id]
    made.cheque("made-good", "2002")
    assert set(states(made, "A0001+20")) == {"sold"}


# -- before the handover -------------------------------------------------------------------------------------------------


def test_a_bounce_before_the_handover_frees_the_reservation() -> None:
    made = book()
    reservation = made.by_cheque("A0001+100", "1001")
    made.cheque("deposited", "1001")
    bounce = made.cheque("bounced", "1001")
    assert (bounce.freed, bounce.owed, not bounce.spans) == (spans("A0001+100"), 0, True)
    assert set(states(made, "A0001+100")) == {"sellable"}
    assert made.state.thing(Reserved, reservation.id).settled  # type: ignore[union-attr]
    assert sheet_of(made).tie_out == TieOut()
    assert check(made, (), RULES, until=made.date) == []


def test_a_hold_outlasts_the_reservation() -> None:
    made = book()
    made.by_cheque("A0001+100", "1001")
    made.cheque("deposited", "1001")
    made.freeze("A0007")
    made.cheque("bounced", "1001")
    assert states(made, "A0007") == ["frozen"]
    made.unfreeze("A0007")
    assert states(made, "A0007") == ["sellable"]


def test_cash_beside_a_bounced_cheque_is_refunded_by_a_release() -> None:
    """1,000 in cash stays owed to the client after the bounce; the release refunds it through finance."""
    made = book()
    pays = (Pay("cash", fen(1000)), Pay("cheque", fen(9000)))
    reservation = made.by_cheque("A0001+100", "1001", payments=pays)
    made.cheque("deposited", "1001")
    made.cheque("bounced", "1001")
    assert sheet_of(made).tie_out == TieOut(cash=fen(1000), paid_not_handed_over=fen(1000))
    back = made.release(reservation.id)
    assert (back.amount, back.payments, not back.spans) == (fen(1000), (Pay("cash", fen(1000)),), True)
    tie = sheet_of(made).tie_out
    assert (tie, tie.difference) == (TieOut(cash=fen(1000), released=fen(1000)), 0)


def test_a_release_hands_back_what_was_not_deposited() -> None:
    made = book()
    reservation = made.by_cheque("A0001+100", "1001")
    back = made.release(reservation.id)
    assert (back.given_up, back.payments, back.cheque) == ((Pay("cheque", fen(10000)),), (), "1001")
    assert (cheque(made, "1001").status, set(states(made, "A0001+100"))) == ("given-back", {"sellable"})
    assert yuan_of(block(made), *FLOW) == (0, 10000, 0, 0, 10000, 0)


def test_a_release_after_arrival_is_a_refund() -> None:
    """30 sheets are handed over; the other 70 are not wanted any more: 7,000 is refunded, the cheque stays cleared."""
    made = book()
    reservation = made.by_cheque("A0001+100", "1001")
    made.cheque("deposited", "1001")
    made.cheque("cleared", "1001")
    made.hand_over(reservation.id, "A0001+30")
    back = made.release(reservation.id)
    assert (back.payments, back.given_up) == ((Pay("cheque", fen(7000)),), ())
    tie = sheet_of(made).tie_out
    assert (tie, tie.difference) == (TieOut(sold=fen(3000), cheques_cleared=fen(10000), released=fen(7000)), 0)


def test_no_release_while_the_cheque_is_at_the_bank() -> None:
    made = book()
    reservation = made.by_cheque("A0001+100", "1001")
    made.cheque("deposited", "1001")
    with pytest.raises(AssertionError, match="record its arrival or bounce first"):
        made.release(reservation.id)


def test_given_back_before_its_deposit_ends_the_reservation() -> None:
    made = book()
    made.by_cheque("A0001+100", "1001")
    made.cheque("given-back", "1001")
    assert set(states(made, "A0001+100")) == {"sellable"}
    assert sheet_of(made).tie_out == TieOut()
    made.by_cheque("A0001+100", "1001")  # the client brings the very same paper again
    assert cheque(made, "1001").status == "received"


def test_a_replaced_cheque_keeps_the_reservation() -> None:
    """A seal was missing: the client brings another one; only that one opens the gate."""
    made = book()
    reservation = made.by_cheque("A0001+100", "1001")
    made.cheque("replaced", "1001", new_cheque="1002")
    made.cheque("deposited", "1002")
    with pytest.raises(AssertionError, match="CHQ-01"):
        made.hand_over(reservation.id)
    made.cheque("cleared", "1002")
    made.hand_over(reservation.id)
    assert yuan_of(block(made), *FLOW) == (0, 20000, 10000, 0, 10000, 0)


def test_sheets_of_another_reservation_are_not_handed_over() -> None:
    made = book()
    first = made.by_cheque("A0001+10", "1001")
    made.by_cheque("A0011+10", "1002")
    made.cheque("deposited", "1001")
    made.cheque("cleared", "1001")
    with pytest.raises(AssertionError, match="reserved for SA20261008-K1-0002"):
        made.hand_over(first.id, "A0011")


def test_a_reserved_sheet_is_not_sold_to_another() -> None:
    made = book()
    made.by_cheque("A0001+10", "1001")
    with pytest.raises(AssertionError, match=r"STA-01 cannot sell A0005: reserved \(SA20261008-K1-0001\)"):
        made.sell("A0005")


def test_sheets_issued_to_a_terminal_are_its_again_after_a_release() -> None:
    made = book()
    made.terminal_added("K1")
    from ledger.core.records.custody import IssueToTerminal

    made.make(IssueToTerminal, "CU", spans=spans("A0001+10"), to="K1", reason="分柜")
    reservation = made.by_cheque("A0001+10", "1001")
    assert {piece.sheet.tied for piece in made.state.pieces(spans("A0001+10"))} == {f"K1+{reservation.id}"}
    made.release(reservation.id)
    assert {piece.sheet.tied for piece in made.state.pieces(spans("A0001+10"))} == {"K1"}


# -- undone ------------------------------------------------------------------------------------------------------------------

STEPS: dict[str, tuple[str, ...]] = {
    "reservation": ("reserve",),
    "deposited": ("reserve", "deposited"),
    "cleared": ("reserve", "deposited", "cleared"),
    "handover": ("reserve", "deposited", "cleared", "hand over"),
    "part": ("reserve", "deposited", "cleared", "part"),
    "release": ("reserve", "release"),
    "release after a part": ("reserve", "deposited", "cleared", "part", "release"),
    "bounced": ("reserve", "deposited", "bounced"),
    "given back": ("reserve", "given-back"),
    "replaced": ("reserve", "replaced"),
    "same day": ("sell",),
    "bounced after": ("sell", "bounced"),
    "made good": ("sell", "bounced", "made-good"),
    "replaced after": ("sell", "bounced", "replaced"),
    "set off": ("sell", "bounced", "return"),
}


def do(made: Book, step: str) -> Any:
    """One step of cheque 1001 for A0001-A0020."""
    origin = next((one.record.id for one in made if one.record.KIND in ("reservation", "sale")), "")
    acts: dict[str, Any] = {
        "reserve": lambda: made.by_cheque("A0001+20", "1001"),
        "sell": lambda: made.by_cheque("A0001+20", "1001", bank_slip="YH-1"),
        "hand over": lambda: made.hand_over(origin),
        "part": lambda: made.hand_over(origin, "A0001+7"),
        "release": lambda: made.release(origin),
        "return": lambda: made.give_back("A0001+7"),
        "replaced": lambda: made.cheque("replaced", "1001", new_cheque="1002"),
    }
    return acts.get(step, lambda: made.cheque(step, "1001"))()


def held(made: Book) -> tuple[Any, ...]:
    """All that the state says of sheets and things."""
    sheets = [(piece.span, piece.sheet) for piece in made.state.pieces(spans("A0001+400"))]
    merged = [(sheet, sum(span.count for span, one in sheets if one == sheet)) for _, sheet in sheets]
    things = [
        (space, key, track.layers[-1][1])
        for space, key, track in made.state.thing_tracks()
        if track.layers and space != "Reversed"
    ]
    return sorted(set(map(str, merged))), sorted(map(str, things))


@pytest.mark.parametrize("name", STEPS)
def test_each_step_undone_leaves_no_trace(name: str) -> None:
    """State and month are what they were before the step; and its postings balance."""
    made = book()
    for step in STEPS[name][:-1]:
        do(made, step)
    before, month = held(made), sheet_of(made)
    record = do(made, STEPS[name][-1])
    assert balanced(record.postings())
    assert held(made) != before
    made.reverse(record.id)
    assert held(made) == before
    assert sheet_of(made).tie_out == month.tie_out
    assert sheet_of(made).parts == month.parts
    assert check(made, (), RULES, until=made.date, codes=("STA", "REC", "NUM", "CHQ-01", "CHQ-03")) == []


@pytest.mark.parametrize("name", [name for name, steps in STEPS.items() if len(steps) > 1])
def test_the_step_before_is_not_undone_first(name: str) -> None:
    """Last in, first out: what a later step relies on stands."""
    made = book()
    records = [do(made, step) for step in STEPS[name]]
    with pytest.raises((AssertionError, LookupError)):
        made.reverse(records[-2].id)


# -- months ------------------------------------------------------------------------------------------------------------------


def test_the_next_month_begins_with_what_is_open() -> None:
    """October: 1001 received on Saturday the 31st, 2001 bounced and owed. November: 1001 clears and is handed over, 2001 is paid.

    November's tie-out: sold 10,000 = cheques cleared 10,000 + cash 2,000 + outstanding -10,000 + receivable -2,000
    - paid-not-handed-over -10,000.
    """
    made = book()
    made.by_cheque("A0101+20", "2001", bank_slip="YH-1")
    made.cheque("bounced", "2001")
    made.on("2026-10-31")
    reservation = made.by_cheque("A0001+100", "1001")
    october, after = fold_month(nothing(), OCTOBER, made)
    first = october.parts["cheques"]
    assert yuan_of(first, *FLOW) == (0, 12000, 0, 2000, 0, 10000)
    assert [(one.number, one.amount, one.age, one.status) for one in first.open] == [
        ("2001", fen(2000), 23, "bounced"),
        ("1001", fen(10000), 0, "received"),
    ]
    start = from_rows(to_rows(after, OCTOBER.first))
    made.on("2026-11-02")
    made.cheque("deposited", "1001")
    made.cheque("cleared", "1001")
    made.hand_over(reservation.id)
    made.cheque("made-good", "2001")
    november = Month(2026, 11)
    sheet, _ = fold_month(start, november, [one for one in made if november.contains(one.record.date)])
    assert sheet.tie_out == TieOut(
        sold=fen(10000), cash=fen(2000), cheques_cleared=fen(10000), cheques_outstanding=-fen(10000),
        receivable=-fen(2000), paid_not_handed_over=-fen(10000),
    )  # fmt: skip
    assert sheet.tie_out.difference == 0
    second = sheet.parts["cheques"]
    assert yuan_of(second, *FLOW) == (10000, 0, 10000, 0, 0, 0)
    assert yuan_of(second.receivable, "opening", "made_good", "closing") == (2000, 2000, 0)
    assert second.open == ()


def test_a_clearing_undone_in_the_next_month_is_a_line_of_its_own() -> None:
    """R9: October stands; November shows 10,000 outstanding again through its prior-period line."""
    made = book()
    made.by_cheque("A0001+100", "1001")
    made.cheque("deposited", "1001")
    cleared = made.cheque("cleared", "1001")
    made.on("2026-11-02")
    made.reverse(cleared.id)
    sheet = sheet_of(made, Month(2026, 11))
    found = sheet.parts["cheques"]
    assert yuan_of(found, *FLOW, "prior_period") == (0, 0, 0, 0, 0, 10000, 10000)
    assert sheet.tie_out == TieOut()
    assert [(one.number, one.status) for one in found.open] == [("1001", "deposited")]


def test_a_month_without_cheques_has_no_block() -> None:
    made = book()
    made.sell("A0001+2")
    assert "cheques" not in sheet_of(made).parts
