"""CSH, TIE and REC-05 planted one by one in small months, with both sides of every threshold; exactly the code is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ledger.checks.run import check
from ledger.core.findings import Finding
from ledger.core.forms import Pay
from ledger.core.records.arrivals import Arrived
from ledger.core.records.drawer import Advance, AdvanceReturn, CashCount, Deposit, FloatSet, Settle
from ledger.core.rules import parse_rules
from ledger.folds.cash import drawer_move
from tests.builders import Book, fen, rules_with

CASH: dict[str, Any] = {
    "cutoff": "17:00", "overnight_cap": "5000.00", "float_least": "300.00", "float_most": "500.00",
    "advance_most": "3000.00", "advance_purposes": ["travel", "purchase"], "advances_from": ["float"],
    "refunds_from": [], "write_off_by_reason": "50.00", "notice_above": "10000.00", "notice_days": "3",
}  # fmt: skip
RULES = rules_with(cash=CASH, arrival={"days": "7"})
END = dt.date(2026, 10, 20)
DAY = dt.date(2026, 10, 8)


def open_book(**changed: Any) -> Book:
    """400 sheets of 100 to sell on 8 October; faults may be planted."""
    book = Book("2026-10-08", legal=False, rules=rules_with(cash={**CASH, **changed}, arrival={"days": "7"}))
    book.staff()
    book.staff("WL", "clerk")
    book.staff("LI", "clerk")
    book.client()
    book.receive("A0001-A0400", 100)
    return book


def deposit(book: Book, amount: str | int, slip: str = "J1", days: str = "") -> Any:
    covered = tuple(dt.date.fromisoformat(day) for day in (days or str(book.date)).split())
    return book.make(Deposit, "CA", amount=fen(amount), slip=slip, days=covered)


def count(book: Book, amount: int, held: int, second: str = "LI") -> Any:
    return book.make(CashCount, "CA", amount=fen(amount), book=fen(held), second=second)


def found(book: Book, until: dt.date = END, **more: Any) -> list[Finding]:
    return check(book, [], book.rules, until=until, **more)


def told(book: Book, **more: Any) -> list[tuple[str, str]]:
    return [(one.code, one.subject) for one in found(book, **more)]


def paid(book: Book, clock: str, sheets: str = "A0001-A0002") -> Any:
    book.on("2026-10-08", clock)
    return book.sell(sheets)


def test_a_sale_of_an_earlier_month_undone_leaves_the_deposit_and_the_drawer_alone() -> None:
    """200 sold and deposited on the 8th; undone in November, finance pays them back: no deposit is too much, nothing is late."""
    book = open_book()
    sale = paid(book, "10:00")
    deposit(book, 200)
    book.on("2026-11-03").reverse(sale.id)
    assert told(book, until=dt.date(2026, 11, 5)) == []
    assert sum(drawer_move(one.record) for one in book) == 0


def test_a_deposit_of_an_earlier_month_undone_is_to_be_deposited_on_its_own_day() -> None:
    """200 of the 8th, undone on 3 November: October stands as it was; the 200 are late from the evening of the 3rd."""
    book = open_book()
    paid(book, "10:00")
    handed = deposit(book, 200)
    book.on("2026-11-03").reverse(handed.id)
    assert told(book, until=dt.date(2026, 11, 5)) == [("CSH-01", "2026-11-03")]


# -- CSH-01: takings not deposited by the cut-off ---------------------------------------------------------------------------


def test_takings_that_nobody_deposits() -> None:
    """Sold for 200 on the 8th: one finding at the sale, with what is missing and the command."""
    book = open_book()
    sale = paid(book, "10:00")
    (one,) = found(book)
    assert (one.code, one.severity, one.subject) == ("CSH-01", "warning", "2026-10-08")
    assert [(where.file, where.id) for where in one.where] == [(book.placed[-1].file, sale.id)]
    assert "200.00" in one.words.zh
    assert one.next == ("gb cash deposit --amount 200.00 --covers 2026-10-08 --slip '…'",)


@pytest.mark.parametrize(("clock", "codes"), [("16:59", []), ("17:00", ["CSH-01"])])
def test_deposited_on_both_sides_of_the_cut_off(clock: str, codes: list[str]) -> None:
    """The builder records a minute after the time it is put at: deposited at 17:00 is in time, at 17:01 late."""
    book = open_book()
    paid(book, "10:00")
    book.on("2026-10-08", clock)
    deposit(book, 200)
    assert [code for code, _ in told(book)] == codes


@pytest.mark.parametrize(("clock", "day"), [("16:59", "2026-10-08"), ("17:00", "2026-10-09")])
def test_cash_after_the_cut_off_is_the_next_days(clock: str, day: str) -> None:
    """A sale at 17:00 belongs to the 8th, one at 17:01 to the 9th: nothing is late before the evening of that day."""
    book = open_book()
    paid(book, clock)
    assert told(book) == [("CSH-01", day)]
    assert told(book, today=dt.date.fromisoformat(day)) == []
    assert told(book, today=dt.date.fromisoformat(day) + dt.timedelta(days=1)) == [("CSH-01", day)]


def test_a_deposit_answers_for_the_days_it_names() -> None:
    """200 on the 8th stay in the drawer, 300 of the 9th are deposited: the 8th is late, the 9th is not."""
    book = open_book()
    paid(book, "10:00")
    book.on("2026-10-09").sell("A0010-A0012")
    deposit(book, 300, days="2026-10-09")
    assert told(book) == [("CSH-01", "2026-10-08")]


def test_a_deposit_of_several_days() -> None:
    """17:20 on the 8th and noon on the 9th go together on the 9th: nothing is late."""
    book = open_book()
    paid(book, "17:20")
    book.on("2026-10-09", "12:00").sell("A0010-A0012")
    deposit(book, 500, days="2026-10-09")
    assert told(book) == []


def test_what_a_count_finds_short_cannot_be_deposited() -> None:
    """5,000 taken, 20 short: 4,980 deposited leave CSH-03 and nothing else."""
    book = open_book()
    paid(book, "10:00", "A0001-A0050")
    counted = count(book, 4980, 5000)
    deposit(book, 4980)
    assert told(book) == [("CSH-03", counted.id)]


def test_a_float_that_is_short_leaves_the_next_days_takings() -> None:
    """Short 20 with nothing but the float in the drawer; the next day's 200 are all deposited."""
    book = open_book()
    book.make(FloatSet, "CA", amount=fen(500), total=fen(500))
    counted = count(book, 480, 500)
    book.on("2026-10-09").sell("A0001-A0002")
    deposit(book, 200)
    assert told(book) == [("CSH-03", counted.id)]


def test_a_store_without_the_rule_is_not_judged_by_it() -> None:
    book = open_book()
    paid(book, "10:00", "A0001-A0300")
    assert check(book, [], rules_with(), until=END) == []


def test_a_cut_off_that_changes_in_mid_month() -> None:
    """16:00 from the 9th on: a deposit at 16:31 is in time on the 8th and late on the 9th."""
    early = {**CASH, "cutoff": "16:00", "from": "2026-10-09"}
    usual = {**CASH, "from": "2000-01-01"}
    dated = {name: [{"from": str(rule.since), **_plain(rule)} for rule in rules] for name, rules in rules_with()}
    book = open_book()
    book.rules = parse_rules({**dated, "cash": [usual, early]})
    for day, sheets in (("2026-10-08", "A0001"), ("2026-10-09", "A0002")):
        book.on(day, "10:00").sell(sheets)
        book.on(day, "16:30")
        deposit(book, 100, slip=day)
    assert told(book) == [("CSH-01", "2026-10-09")]


def _plain(rule: Any) -> dict[str, Any]:
    import msgspec

    plain = msgspec.to_builtins(rule, str_keys=True)
    return {name: _text(value) for name, value in plain.items() if name != "from"}


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


# -- CSH-02: overnight cash above the cap -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("sheets", "codes"), [("A0001-A0050", []), ("A0001-A0051", ["CSH-02"])])
def test_overnight_on_both_sides_of_the_cap(sheets: str, codes: list[str]) -> None:
    """5,000.00 taken at 17:20 may stay overnight, 5,100.00 may not; both are deposited in time on the 9th."""
    book = open_book()
    sale = paid(book, "17:20", sheets)
    book.on("2026-10-09", "10:00")
    deposit(book, sale.amount // 100)
    assert [code for code, _ in told(book)] == codes


def test_the_float_lies_in_the_drawer_too() -> None:
    """4,600 and a float of 500 are 5,100.00 overnight: one finding for its night."""
    book = open_book()
    book.make(FloatSet, "CA", amount=fen(500), total=fen(500))
    paid(book, "17:20", "A0001-A0046")
    book.on("2026-10-09", "10:00")
    deposit(book, 4600)
    (one,) = found(book)
    assert (one.code, one.subject) == ("CSH-02", "2026-10-08")
    assert "5100.00" in one.words.en


def test_one_trouble_one_code() -> None:
    """6,000 that nobody deposits are CSH-01 alone, however many nights they lie there."""
    book = open_book()
    paid(book, "10:00", "A0001-A0060")
    assert told(book) == [("CSH-01", "2026-10-08")]


# -- CSH-03 and how it is settled -------------------------------------------------------------------------------------------


def settle(book: Book, counted: Any, how: str, **more: Any) -> Any:
    return book.make(Settle, "CA", ref=counted.id, how=how, reason="查明", **more)


@pytest.mark.parametrize(
    ("counted", "how", "codes"),
    [
        (480, "paid-in", []), (520, "paid-out", []), (450, "written-off", []), (550, "written-off", []),
        (449, "written-off", ["APR-01"]), (551, "written-off", ["APR-01"]),
        (480, "paid-out", ["REC-05"]), (520, "paid-in", ["REC-05"]),
    ],
)  # fmt: skip
def test_over_and_short_are_settled(counted: int, how: str, codes: list[str]) -> None:
    """A float of 500 counted short or over: paid the right way, or written off up to 50.00 by a reason alone."""
    book = open_book()
    book.make(FloatSet, "CA", amount=fen(500), total=fen(500))
    made = count(book, counted, 500)
    assert [code for code, _ in told(book)] == ["CSH-03"]
    settle(book, made, how)
    assert [code for code, _ in told(book)] == codes


def test_a_write_off_with_its_approval_and_a_settlement_in_parts() -> None:
    """100 short: 40 paid in, 60 written off with an approval for 60."""
    book = open_book()
    book.make(FloatSet, "CA", amount=fen(500), total=fen(500))
    made = count(book, 400, 500)
    settle(book, made, "paid-in", part=fen(40))
    asked = book.make(_request(), "RQ", purpose="over-short", amount=fen(60), reason="查不到")
    book.approve(asked.id)
    settle(book, made, "written-off", approval=asked.id)
    assert told(book) == []


def _request() -> Any:
    from ledger.core.records.requests import Request

    return Request


# -- CSH-04, CSH-05 -----------------------------------------------------------------------------------------------------------


def advance(book: Book, amount: str, **more: Any) -> Any:
    given = {"staff": "WL", "purpose": "travel", "due": dt.date(2026, 10, 15), "amount": fen(amount), **more}
    return book.make(Advance, "CA", **given)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"amount": "3000"}, []), ({"amount": "3000.01"}, ["CSH-04"]), ({"amount": "10", "source": "cash"}, ["CSH-04"]),
        ({"amount": "10", "due": DAY}, []), ({"amount": "10", "due": dt.date(2026, 10, 7)}, ["CSH-04"]),
    ],
)  # fmt: skip
def test_advances_by_the_rule(given: dict[str, Any], codes: list[str]) -> None:
    book = open_book()
    advance(book, **given)
    assert [code for code, _ in told(book) if code.startswith("CSH")] == codes


def test_an_advance_for_what_the_rule_does_not_name() -> None:
    book = open_book(advance_purposes=["travel"])
    made = advance(book, "10", purpose="purchase")
    assert told(book) == [("CSH-04", made.id)]


def test_an_advance_comes_back() -> None:
    """200 advanced: 150 by receipts and 50 in cash end it; a second return is REC-05."""
    book = open_book()
    book.make(FloatSet, "CA", amount=fen(500), total=fen(500))
    made = advance(book, "200")
    back = book.make(AdvanceReturn, "CA", ref=made.id, spent=fen(150))
    assert (back.amount, back.source) == (fen(50), "float")
    assert told(book) == []
    again = book.place(AdvanceReturn(**book.head("CA", "WL"), ref=made.id, amount=fen(1)))
    assert told(book) == [("REC-05", again.id)]


@pytest.mark.parametrize(
    ("total", "codes"), [("300", []), ("299.99", ["CSH-05"]), ("500", []), ("500.01", ["CSH-05"]), ("0", [])]
)
def test_the_float_on_both_sides_of_its_limits(total: str, codes: list[str]) -> None:
    book = open_book()
    change = fen(total) or -1
    book.make(FloatSet, "CA", amount=change, total=fen(total))
    assert [code for code, _ in told(book)] == codes


@pytest.mark.parametrize(("pots", "codes"), [([], ["CSH-04"]), (["float"], [])])
def test_a_refund_from_the_drawer_by_the_rule(pots: list[str], codes: list[str]) -> None:
    """One sheet sold and brought back; finance pays unless the rule names the float."""
    book = open_book(refunds_from=pots)
    paid(book, "10:00", "A0001")
    deposit(book, 100)
    book.give_back("A0001", source="float")
    assert [code for code, _ in told(book)] == codes


# -- TIE-01 and REC-05 --------------------------------------------------------------------------------------------------------


def by_transfer(book: Book) -> Any:
    book.on("2026-10-08", "10:00")
    return book.sell("A0001-A0002", payments=(Pay("transfer", fen(200)),))


@pytest.mark.parametrize(("until", "severity"), [(15, "warning"), (16, "error")])
def test_a_transfer_that_does_not_arrive(until: int, severity: str) -> None:
    """Seven days after the 8th it is a warning, on the eighth day an error; at the sale's line."""
    book = open_book()
    sale = by_transfer(book)
    (one,) = found(book, until=dt.date(2026, 10, until))
    assert (one.code, one.severity, one.subject, one.where[0].id) == ("TIE-01", severity, sale.id, sale.id)
    assert one.next == (f"gb cash arrived {sale.id}",)


def test_it_arrives_in_parts() -> None:
    book = open_book()
    sale = by_transfer(book)
    book.make(Arrived, "CA", ref=sale.id, amount=fen(150))
    assert [(one.code, "50.00" in one.words.en) for one in found(book)] == [("TIE-01", True)]
    book.make(Arrived, "CA", ref=sale.id)
    assert told(book) == []


def _arrived(book: Book, ref: str, amount: int, method: str = "transfer") -> Any:
    values = {**book.head("CA", "WL"), "ref": ref, "method": method, "amount": fen(amount)}
    return book.place(Arrived(**values))


@pytest.mark.parametrize(
    "plant",
    [
        lambda b, sale: _arrived(b, sale.id, 201),
        lambda b, sale: (b.make(Arrived, "CA", ref=sale.id), _arrived(b, sale.id, 200))[1],
        lambda b, sale: (b.make(Arrived, "CA", ref=sale.id), _arrived(b, sale.id, 200, "wechat"))[1],
    ],
    ids=["more", "twice", "other method"],
)
def test_an_arrival_that_is_not_what_is_pending(plant: Callable[[Book, Any], Any]) -> None:
    """REC-05 at the arrival, with its place."""
    book = open_book()
    sale = by_transfer(book)
    wrong = plant(book, sale)
    codes = [one for one in found(book) if one.code == "REC-05"]
    assert [(one.subject, one.where[0].id) for one in codes] == [(wrong.id, wrong.id)]


def test_an_arrival_of_a_sale_that_is_not_there() -> None:
    """The missing sale is told, with the arrival that names it; that nothing of it is pending is the same trouble."""
    book = open_book()
    made = _arrived(book, "SA20261008-K1-0099", 200)
    (one,) = found(book)
    assert (one.code, one.subject, one.where[0].id) == ("NUM-01", "SA20261008-K1-0099", made.id)


def test_a_deposit_before_the_takings() -> None:
    """250 deposited on the 8th of 200 taken that day; the 200 of the 9th, all deposited, do not make up for it."""
    book = open_book()
    paid(book, "10:00")
    made = deposit(book, 250)
    book.on("2026-10-09").sell("A0010-A0011")
    deposit(book, 200, "J2")
    assert told(book) == [("REC-05", made.id)]


def test_a_deposit_of_more_than_the_takings() -> None:
    """200 taken, 250 deposited: REC-05 at the deposit, and nothing else."""
    book = open_book()
    paid(book, "10:00")
    made = deposit(book, 250)
    assert told(book) == [("REC-05", made.id)]


def test_the_same_slip_twice() -> None:
    book = open_book()
    paid(book, "10:00")
    deposit(book, 100)
    again = deposit(book, 100)
    assert told(book) == [("NUM-01", again.id)]


def test_an_illegal_sale_is_told_once() -> None:
    """A sheet nobody received, sold for cash: STA-01 alone, no deposit is asked for it."""
    book = open_book()
    sale = book.sell("B0001", amount=100, lines=())
    assert {subject for _, subject in told(book)} == {sale.id}


# -- REC-05 beside other trouble ----------------------------------------------------------------------------------------------


def deposited_twice() -> tuple[Book, Any]:
    """200 taken on the 8th; two machines that know nothing of each other deposit them, J1 and J2: 200 too much."""
    book = open_book()
    paid(book, "10:00")
    deposit(book, 200)
    return book, deposit(book, 200, "J2")


def too_much(book: Book) -> list[tuple[str, str]]:
    """Every REC-05: the deposit and what its words say."""
    return [(one.subject, one.words.en.split(" ")[3]) for one in found(book) if one.code == "REC-05"]


def test_a_second_deposit_is_told_beside_a_sale_of_a_sheet_that_is_out() -> None:
    """A0001 sold again for 100: 300 may have been taken, so that of 400 deposited 100 are too much, whatever became of it."""
    book, second = deposited_twice()
    again = book.sell("A0001")
    assert ("NUM-02", again.id) in told(book)
    assert too_much(book) == [(second.id, "100.00")]


def test_a_second_deposit_is_told_when_the_wrong_sale_is_undone() -> None:
    """The second sale of A0001 is reversed: 200 were taken and 400 deposited."""
    book, second = deposited_twice()
    again = book.sell("A0001")
    book.reverse(again.id)
    assert told(book) == [("REC-05", second.id)]
    assert too_much(book) == [(second.id, "200.00")]


def test_what_an_illegal_sale_brought_may_be_deposited() -> None:
    """A sheet nobody received, sold for 100 and deposited with the 200: the sale alone is told."""
    book = open_book()
    paid(book, "10:00")
    wrong = book.sell("B0001", amount=100, lines=())
    deposit(book, 300)
    assert {subject for _, subject in told(book)} == {wrong.id}


@pytest.mark.parametrize("amounts", [(200, 200), (200, 50)])
def test_a_slip_used_twice_does_not_hide_that_the_money_does_not_foot(amounts: tuple[int, int]) -> None:
    """200 taken, J1 hands over 200 and J1 once more 200, or 50: the number is used twice and the money is too much."""
    book = open_book()
    paid(book, "10:00")
    deposit(book, amounts[0])
    again = deposit(book, amounts[1])
    assert sorted(told(book)) == [("NUM-01", again.id), ("REC-05", again.id)]
    assert too_much(book) == [(again.id, f"{amounts[1]}.00")]


def test_a_deposit_undone_twice_is_undone_once() -> None:
    """J1 reversed here and reversed there: the second reversal is told, and J2 with the 200 is right."""
    book = open_book()
    paid(book, "10:00")
    first = deposit(book, 200)
    book.reverse(first.id)
    again = book.reverse(first.id)
    deposit(book, 200, "J2")
    assert {subject for _, subject in told(book)} == {again.id}


@pytest.mark.parametrize(("day", "codes"), [("2026-10-08", []), ("2026-10-09", []), ("2026-10-12", ["REC-05"])])
def test_a_missing_sale_explains_a_deposit_of_its_own_days_alone(day: str, codes: list[str]) -> None:
    """A sale of the 8th is not there: its money is the 8th's or, after the cut-off, the 9th's, and never the 12th's."""
    book = open_book()
    book.skip("SA")
    book.on("2026-10-08", "10:00").sell("A0003")
    deposit(book, 100)
    if day != "2026-10-08":
        book.on(day, "10:00").sell("A0001-A0002")
        deposit(book, 200, "J2")
    second = deposit(book, 200, "J3")
    assert sorted(told(book)) == [("NUM-01", _hole(book)), *((code, second.id) for code in codes)]


def _hole(book: Book) -> str:
    return next(one.subject for one in found(book) if one.code == "NUM-01")


def test_a_missing_cash_record_hides_the_late_takings_of_its_own_days_alone() -> None:
    """A record of the drawer of the 8th is not there, perhaps a deposit: what is late on the 12th is told all the same."""
    book = open_book()
    paid(book, "10:00")
    book.skip("CA")
    book.make(FloatSet, "CA", amount=fen(500), total=fen(500))
    book.on("2026-10-12", "10:00").sell("A0010")
    assert [one for one in told(book) if one[0] == "CSH-01"] == [("CSH-01", "2026-10-12")]
