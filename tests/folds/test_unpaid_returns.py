"""Sheets that come back before their money has come: nothing is refunded that was not paid (S8, R8)."""

from __future__ import annotations

import msgspec
import pytest

from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.errors import Refused
from ledger.core.forms import Pay
from ledger.core.payments import Payment
from ledger.core.postings import balanced
from ledger.core.records.arrivals import Arrived
from ledger.core.records.exchange import Exchange
from ledger.core.records.sales import ClientReturn
from ledger.core.slips import bought
from ledger.folds.audit import of_month, tie_lines
from ledger.folds.closing import nothing
from ledger.folds.reconcile import TieOut, fold_month
from tests.builders import RULES, Book, fen, ready, spans

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def book() -> Book:
    """A0001-A0400 of 100 yuan received and stamped on 8 October."""
    made = ready("2026-10-08")
    made.receive("A0001+400", 100)
    return made


def arrive(made: Book, sale: str, amount: str | int) -> Arrived:
    done: Arrived = made.make(Arrived, "CA", ref=sale, method="wechat", amount=fen(amount))
    return done


def tie(made: Book, month: Month = OCTOBER) -> TieOut:
    """The month's tie-out; it foots, and slip by slip every term is the sum of its lines."""
    found = fold_month(nothing(), month, made)[0].tie_out
    lines = tie_lines(of_month(made, month), {one.record.id: one.record for one in made})
    for name in found.__struct_fields__:
        assert sum(one.amount for one in lines.get(name, ())) == getattr(found, name), name
    assert found.difference == 0
    return found


def pending(made: Book, sale: str) -> int:
    found = made.state.thing(Payment, sale)
    assert found is not None
    return found.open_by("wechat")


def codes(made: Book) -> list[str]:
    return [one.code for one in check(made, (), RULES, until=made.date)]


def test_a_month_of_returns_before_the_money() -> None:
    """Ten sheets for 1,000, pending.  One comes back: 100 off, nothing paid out; 900 pending.  600 arrive.  Six come back:
    300 are still pending and are taken off, 300 of the 600 are refunded.  The three kept are worth the 300 that stay.
    """
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    first = made.give_back("A0001")
    assert (first.amount, first.given_up, first.payment, first.payments) == (
        fen(100), (Pay("wechat", fen(100)),), sold.id, (),
    )  # fmt: skip
    assert pending(made, sold.id) == fen(900)
    arrive(made, sold.id, 600)
    second = made.give_back("A0002+6")
    assert (second.given_up, second.payments) == ((Pay("wechat", fen(300)),), (Pay("wechat", fen(300)),))
    assert balanced(second.postings())
    assert tie(made) == TieOut(sold=fen(1000), arrived=fen(600), set_off=fen(400), refunds=fen(300))
    rows = fold_month(nothing(), OCTOBER, made)[0].parts["open_items"]
    assert rows["pending"] == (0, fen(1000), fen(1000), 0)
    made.on("2026-11-30")
    assert codes(made) == []  # TIE-01 would be an error by now


def test_what_is_kept_still_waits_for_its_money() -> None:
    """Four of ten come back: TIE-01 is of the 600 of the six that are kept, and they make the rebate base once it is here."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    made.give_back("A0001+4")
    assert bought(made.state, sold.id) == 0
    assert ["600.00" in one.words.en for one in check(made, (), RULES, until=made.date) if one.code == "TIE-01"] == [
        True
    ]
    arrive(made, sold.id, 600)
    assert bought(made.state, sold.id) == fen(600)
    assert codes(made) == []


def test_an_arrived_payment_is_refunded_whole() -> None:
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    arrive(made, sold.id, 1000)
    back = made.give_back("A0001+4")
    assert (back.given_up, back.payment, back.payments) == ((), sold.id, (Pay("wechat", fen(400)),))
    assert tie(made) == TieOut(sold=fen(1000), arrived=fen(1000), refunds=fen(400))


def test_cash_beside_it_is_refunded_without_a_word_from_the_clerk() -> None:
    """300 in cash, 700 pending.  Two sheets: 200 off.  The other eight: 500 off, the 300 in cash refunded in cash."""
    made = book()
    sold = made.sell("A0001+10", pays=[("cash", "300"), ("wechat", "700")])
    made.give_back("A0001+2")
    back = made.give_back("A0003+8")
    assert (back.given_up, back.payments) == ((Pay("wechat", fen(500)),), (Pay("cash", fen(300)),))
    assert pending(made, sold.id) == 0
    assert tie(made) == TieOut(sold=fen(1000), cash=fen(300), set_off=fen(700), refunds=fen(300))


def test_a_refund_below_the_share_is_taken_off_too() -> None:
    """One sheet for 60 instead of 100: 60 of 1,000 are off, nothing is paid out."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    assert made.give_back("A0001", 60).payments == ()
    assert pending(made, sold.id) == fen(940)
    assert tie(made).set_off == fen(60)


def refused(made: Book, record: ClientReturn) -> list[str]:
    """The texts of REC-03 about a record that is placed as it is."""
    made.legal = False
    known = len(made.found)
    made.place(record)
    return [one.words.en for one in made.found[known:] if one.code == "REC-03"]


def test_a_record_that_refunds_what_never_came_is_found() -> None:
    """300 in cash, 700 pending; a file that pays the 100 of one sheet by WeChat, of which nothing came, is wrong twice."""
    made = book()
    made.sell("A0001+10", pays=[("cash", "300"), ("wechat", "700")])
    right = ClientReturn(
        **ClientReturn.resolve(
            {**made.head("SA", "WL"), "spans": spans("A0001"), "reason": "客户退券"}, made.state, RULES
        )
    )  # fmt: skip
    wrong = msgspec.structs.replace(right, given_up=(), payment="", payments=(Pay("wechat", fen(100)),))
    assert refused(made, wrong) == [
        "the sale was paid by cash: no refund by wechat",
        "0.00 is taken off what is pending, not wechat:100.00: what has not arrived is not refunded",
    ]


def test_money_that_came_is_not_taken_off_what_is_pending() -> None:
    """The other way round: arrived, so finance owes the refund, and a record that pays nothing back is REC-03."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    arrive(made, sold.id, 1000)
    right = ClientReturn(
        **ClientReturn.resolve(
            {**made.head("SA", "WL"), "spans": spans("A0001"), "reason": "客户退券"}, made.state, RULES
        )
    )  # fmt: skip
    wrong = msgspec.structs.replace(right, given_up=(Pay("wechat", fen(100)),), payment=sold.id, payments=())
    assert refused(made, wrong) == [
        "wechat:100.00 is taken off what is pending, not 0.00: what has not arrived is not refunded"
    ]


def test_a_reversal_in_the_month_leaves_no_trace() -> None:
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    back = made.give_back("A0001+4")
    made.reverse(back.id)
    assert pending(made, sold.id) == fen(1000)
    assert tie(made) == TieOut(sold=fen(1000), pending=fen(1000))


def test_a_reversal_of_an_earlier_month_opens_it_again() -> None:
    """October hands 600 on; November takes the return back: 1,000 are pending, 400 of them by a line of prior periods."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    back = made.give_back("A0001+4")
    made.on("2026-11-03")
    made.reverse(back.id)
    assert pending(made, sold.id) == fen(1000)
    sheet, after = fold_month(nothing(), NOVEMBER, made)
    assert (sheet.tie_out, sheet.parts["open_items"]["pending"]) == (TieOut(), (fen(600), 0, 0, fen(1000)))
    assert after.money["assets:pending:wechat"] == fen(1000)


def test_a_transfer_that_comes_after_all_is_refused_with_what_to_do() -> None:
    """Everything is back and set off; then 1,000 come: the return is reversed, the arrival entered, and finance refunds."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    back = made.give_back("A0001+10")
    with pytest.raises(Refused) as told:
        made.make(Arrived, "CA", ref=sold.id)
    assert (told.value.code, told.value.next[0]) == ("REC-05", f"gb reverse {back.id} --reason '…'")
    assert f"退券 {back.id} 已冲减待到账" in told.value.words.zh
    made.reverse(back.id)
    arrive(made, sold.id, 1000)
    assert made.give_back("A0001+10").payments == (Pay("wechat", fen(1000)),)
    assert tie(made) == TieOut(sold=fen(1000), arrived=fen(1000), refunds=fen(1000))


def test_more_than_is_left_names_the_amount_and_the_return() -> None:
    """1,000 come where 600 are pending after a return of 400."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    back = made.give_back("A0001+4")
    made.legal = False
    arrive(made, sold.id, 1000)
    (found,) = made.found
    assert (found.code, found.next[:2]) == ("REC-05", ("--amount 600.00", f"gb reverse {back.id} --reason '…'"))


def test_money_that_was_entered_twice_is_not_the_returns_fault() -> None:
    """900 are pending after a return of one of ten; two terminals enter their arrival: the finding names the other entry."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    back = made.give_back("A0001")
    one = arrive(made, sold.id, 900)
    with pytest.raises(Refused) as told:
        arrive(made, sold.id, 900)
    assert told.value.next[0] == f"gb show {one.id}"
    made.legal = False
    head = made.head("CA", "WL")
    again = made.place(msgspec.structs.replace(one, id=head["id"], at=head["at"]))
    (found,) = made.found
    assert (found.code, found.next[0]) == ("REC-05", f"gb show {one.id}")
    assert back.id not in found.words.zh
    assert f"{one.id} 已登记到账" in found.words.zh
    made.found.clear()
    made.reverse(again.id)
    assert (made.found, pending(made, sold.id)) == ([], 0)


def test_sheets_of_a_handover_are_taken_off_the_reservation_that_was_paid() -> None:
    """Cheque 500 cleared and 500 by WeChat pending for ten sheets; the five that the WeChat pays come back first."""
    made = book()
    pays = (Pay("wechat", fen(500)), Pay("cheque", fen(500)))
    reservation = made.by_cheque("A0001+10", "1001", payments=pays)
    made.cheque("deposited", "1001")
    made.cheque("cleared", "1001")
    made.hand_over(reservation.id, "A0001+5")
    made.hand_over(reservation.id)
    back = made.give_back("A0001+5")
    assert (back.payment, back.given_up, back.payments) == (reservation.id, (Pay("wechat", fen(500)),), ())
    assert made.give_back("A0006+5").payments == (Pay("cheque", fen(500)),)
    assert tie(made) == TieOut(sold=fen(1000), cheques_cleared=fen(500), set_off=fen(500), refunds=fen(500))


def test_sheets_of_an_exchange_are_no_way_round_it() -> None:
    """One of ten unpaid sheets is exchanged, the new one comes back: 100 are off what is pending of the sale."""
    made = book()
    sold = made.sell("A0001+10", method="wechat")
    made.make(Exchange, "CU", spans=spans("A0001"), out=spans("A0101"), reason="客户换券")
    back = made.give_back("A0101")
    assert (back.payment, back.given_up, back.payments) == (sold.id, (Pay("wechat", fen(100)),), ())
    assert bought(made.state, sold.id) == 0
    arrive(made, sold.id, 900)
    assert bought(made.state, sold.id) == fen(900)
    assert tie(made) == TieOut(sold=fen(1000), arrived=fen(900), set_off=fen(100))
    assert codes(made) == []


def test_a_cheque_on_its_way_is_not_refunded() -> None:
    """20 sheets against a cheque of the same day.  3 come back before the bank has said yes: refused; cleared, 300 are refunded."""
    made = book()
    made.by_cheque("A0001+20", "2001", bank_slip="YH-1")
    with pytest.raises(AssertionError, match=r"2000\.00 paid by cheque has not arrived"):
        made.give_back("A0018+3")
    made.cheque("cleared", "2001")
    assert made.give_back("A0018+3").payments == (Pay("cheque", fen(300)),)
    assert tie(made) == TieOut(sold=fen(2000), cheques_cleared=fen(2000), refunds=fen(300))
