"""Our register beside finance's: what is laid together, what stays open, what a closing carries on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.records.corrections import ReceiptCorrection
from ledger.core.records.finance import TheirReceipt, TheirReturn
from ledger.core.rules import Rules, parse_rules
from ledger.folds.closing import carried_before, from_rows, nothing, to_rows
from ledger.folds.reconcile import fold_month
from ledger.folds.registers import RegisterSheet
from tests.builders import RULES, Book, lines, ready, rules_with, spans

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def theirs(book: Book, text: str = "", number: str = "", *, kind: Any = TheirReceipt, **more: Any) -> Any:
    """A line of finance's register, dated as the book is."""
    more = {"booked": book.date, "document": number, "spans": spans(text), **more}
    if isinstance(more.get("lines"), str):
        more["lines"] = lines(more["lines"])
    return book.make(kind, "FI", **more)


def block(book: Book, month: Month = OCTOBER) -> dict[str, RegisterSheet]:
    sheet, _ = fold_month(nothing(), month, book)
    return {one.register: one for one in sheet.parts.get("registers", ())}


def standings(book: Book, month: Month = OCTOBER) -> list[tuple[str, str, str]]:
    """What is open: the standing, serials only we have, serials only finance has."""
    return [(now, group.only_ours.text, group.only_theirs.text) for now, group in block(book, month)["vouchers"].open]


def found(book: Book, until: dt.date = dt.date(2026, 10, 31), rules: Rules = RULES) -> list[Finding]:
    return check(book, (), rules, until=until)


def told(book: Book, until: dt.date = dt.date(2026, 10, 31), rules: Rules = RULES) -> list[tuple[str, str, str]]:
    return [(one.code, one.subject, one.serials) for one in found(book, until, rules)]


def test_the_same_sheets_match_whatever_their_number_and_day() -> None:
    """A01-A20 received on the 8th; finance: LQ-1 on the 9th, the same serials in two lines."""
    book = ready("2026-10-08")
    book.receive("A01-A20", 100)
    book.on("2026-10-09")
    theirs(book, "A01-A12", "LQ-1", lines="100*12")
    theirs(book, "A13-A20", "LQ-2", lines="100*8", amount=80000)
    assert (block(book)["vouchers"].matched, standings(book)) == (1, [])
    assert told(book) == []


@pytest.mark.parametrize(
    ("number", "matches"),
    [
        ("RC20261008-K1-0001", True),
        ("rc1008-1", True),
        ("ＲＣ1008-1", True),
        ("RQ20261008-K1-0001", True),
        ("LQ-1", False),
    ],
)
def test_without_serials_the_number_joins(number: str, matches: bool) -> None:
    """Finance names no serials, only its number and 100.00*20."""
    book = ready("2026-10-08")
    book.receive("A01-A20", 100)
    theirs(book, "", number, lines="100*20")
    assert (block(book)["vouchers"].matched, len(standings(book))) == ((1, 0) if matches else (0, 2))


def test_serials_join_before_numbers_do() -> None:
    """Two receipts on one request RQ…-0001, of A01-A10 and A11-A20; finance has booked the second, under the request's number.

    The first is what only we have; it is not the second line's difference.
    """
    book = ready("2026-10-08")
    request = book.approved("voucher", "100*20")
    book.receive("A01-A10", 100, request=request)
    book.receive("A11-A20", 100, request=request)
    theirs(book, "A11-A20", request)
    vouchers = block(book)["vouchers"]
    assert vouchers.matched == 1
    assert [[item.key for item in group.ours] for _, group in vouchers.open] == [["RC20261008-K1-0001"]]


@pytest.mark.parametrize(
    ("line", "difference"),
    [
        ({"text": "A01-A19"}, ("REC-01", "A20", "only ours A20")),
        ({"text": "A01-A21"}, ("REC-01", "A21", "only theirs A21")),
        ({"text": "A02-A21"}, ("REC-01", "A01 A21", "only ours A01")),
        ({"text": "B01-B20", "number": "RC1008-1"}, ("REC-01", "A01-A20 B01-B20", "only theirs B01-B20")),
        ({"text": "A01-A20", "lines": "50*20"}, ("REC-01", "A01-A20", "ours 100.00*20, theirs 50.00*20")),
        ({"text": "A01-A20", "lines": "100*19"}, ("REC-01", "A01-A20", "ours 100.00*20, theirs 100.00*19")),
        ({"text": "A01-A20", "amount": 199900}, ("REC-01", "A01-A20", "ours 2000.00, theirs 1999.00")),
        ({"number": "RC1008-1", "lines": "100*19"}, ("REC-01", "A01-A20", "theirs 100.00*19")),
    ],
)  # fmt: skip
def test_a_line_that_differs_is_one_finding_with_both_places(
    line: dict[str, Any], difference: tuple[str, str, str]
) -> None:
    """Ours: RC20261008-K1-0001, A01-A20 of 100; finance's line differs in one way."""
    book = ready("2026-10-08")
    book.receive("A01-A20", 100)
    theirs(book, **line)
    (one,) = found(book)
    assert (one.code, one.serials) == difference[:2]
    assert difference[2] in one.words.en
    assert [where.id for where in one.where] == ["RC20261008-K1-0001", "FI20261008-K1-0001"]
    assert one.words.zh


def test_what_only_finance_has() -> None:
    """Finance gave out B01-B10; nothing of ours."""
    book = ready("2026-10-08")
    theirs(book, "B01-B10", "LQ-1")
    assert told(book) == [("REC-01", "FI20261008-K1-0001", "B01-B10")]
    assert standings(book) == [("theirs", "", "B01-B10")]


def test_a_return_is_not_a_receipt() -> None:
    """A01-A05 go back; finance booked that as a receipt: the return only we have, the receipt differs."""
    book = ready("2026-10-01")
    book.receive("A01-A20", 100)
    theirs(book, "A01-A20")
    book.to_finance("A01-A05")
    assert [code for code, _, _ in told(book)] == ["REC-01"]
    theirs(book, "A01-A05", kind=TheirReturn)
    assert told(book) == []


# -- timing ------------------------------------------------------------------------------------------------------------


def received_on(day: str) -> Book:
    """A01-A10 received and booked on 1 October, B01-B10 received on ``day`` and not booked."""
    book = ready("2026-10-01")
    book.receive("A01-A10", 100)
    theirs(book, "A01-A10")
    book.on(day).receive("B01-B10", 100)
    return book


@pytest.mark.parametrize(
    ("day", "code"), [("2026-10-25", "REC-01"), ("2026-10-26", "REC-04"), ("2026-10-31", "REC-04")]
)
def test_finance_may_book_for_five_days(day: str, code: str) -> None:
    """timing_days 5: seen at the end of the 31st, the 26th is five days old and timing, the 25th six and an error."""
    book = received_on(day)
    assert told(book) == [(code, book.placed[-1].record.id, "B01-B10")]
    severity = {"REC-01": "error", "REC-04": "info"}[code]
    assert [one.severity for one in found(book)] == [severity]


def test_the_rule_of_our_own_date_holds() -> None:
    """5 days up to the 14th, 20 from the 15th on.  At the end of the 31st the 14th is late, the 15th (16 days) is not."""
    dated = {name: list(entries) for name, entries in rules_with()}
    (first,) = dated["registers"]
    later = {"from": "2026-10-15", "timing_days": "20"}
    changed = parse_rules({"registers": [{"from": "2000-01-01", "timing_days": "5"}, later]})
    rules = Rules({**dated, "registers": dict(changed)["registers"]})
    assert first.since == dt.date(2000, 1, 1)
    assert [code for code, _, _ in told(received_on("2026-10-14"), rules=rules)] == ["REC-01"]
    assert [code for code, _, _ in told(received_on("2026-10-15"), rules=rules)] == ["REC-04"]


def test_a_file_of_mid_month_says_nothing_of_the_days_behind_it() -> None:
    """Finance's last line is of 9 October; on the 20th our receipt of the 10th is not missing yet, that of the 8th is."""
    book = ready("2026-10-08")
    book.receive("A01-A10", 100)
    book.on("2026-10-09").receive("B01-B10", 100)
    theirs(book, "B01-B10")
    book.on("2026-10-10").receive("C01-C10", 100)
    assert [(code, serials) for code, _, serials in told(book, dt.date(2026, 10, 20))] == [
        ("REC-01", "A01-A10"), ("REC-04", "C01-C10"),
    ]  # fmt: skip


def test_booked_in_the_next_month_is_timing_in_this_one_and_matched_in_that() -> None:
    """B01-B10 received on the 28th, booked by finance on 2 November."""
    book = received_on("2026-10-28")
    book.on("2026-11-02")
    theirs(book, "B01-B10")
    assert told(book) == [("REC-04", "RC20261028-K1-0001", "B01-B10")]
    assert told(book, dt.date(2026, 11, 30)) == []
    assert standings(book) == [("ours", "", "")]
    november = block(book, NOVEMBER)["vouchers"]
    assert (november.matched, november.open) == (1, ())


# -- unknown is said as unknown ----------------------------------------------------------------------------------------


def test_a_month_without_finances_file_has_no_difference() -> None:
    """Finance sent September's register only: nothing of October is missing from it."""
    book = ready("2026-09-01")
    book.receive("A01-A10", 100)
    theirs(book, "A01-A10")
    book.on("2026-10-01").receive("B01-B10", 100)
    assert told(book) == []
    vouchers = block(book)["vouchers"]
    assert (vouchers.imported, vouchers.matched, [now for now, _ in vouchers.open]) == (False, 0, ["unknown"])


def test_undone_lines_are_no_lines() -> None:
    """Our receipt is reversed: finance's line stands alone; finance's line is reversed too: nothing is left to compare."""
    book = ready("2026-10-08")
    receipt = book.receive("A01-A10", 100).id
    line = theirs(book, "A01-A10").id
    book.reverse(receipt)
    assert [(code, subject) for code, subject, _ in told(book)] == [("REC-01", line)]
    book.reverse(line)
    assert told(book) == []


# -- carried on --------------------------------------------------------------------------------------------------------


def closed_at(book: Book, month: Month) -> Any:
    """What a closing of the month before hands on, through its rows."""
    return from_rows(to_rows(carried_before(book, month.first), month.previous().first))


def test_a_closing_carries_what_is_open_and_the_sheet_is_the_same() -> None:
    """September: A matched, B open and never booked. October: C matched, D open. Folded from closings or from all text alike."""
    book = ready("2026-09-01")
    for day, text in (
        ("2026-09-03", "A01-A10"),
        ("2026-09-04", "B01-B10"),
        ("2026-10-05", "C01-C10"),
        ("2026-10-06", "D01-D10"),
    ):
        book.on(day).receive(text, 100)
        if text[0] in "AC":
            theirs(book, text)
    for month in (OCTOBER, NOVEMBER, Month(2026, 12)):
        rest = [one for one in book if one.record.date >= month.first]
        whole, _ = fold_month(nothing(), month, book)
        carried, _ = fold_month(closed_at(book, month), month, rest)
        assert carried.parts == whole.parts
    december, _ = fold_month(closed_at(book, Month(2026, 12)), Month(2026, 12), ())
    (vouchers,) = december.parts["registers"]
    assert [group.ours[0].line.spans for _, group in vouchers.open] == ["B01-B10", "D01-D10"]


def test_what_agrees_is_left_behind_a_month_later() -> None:
    """Forty matched receipts of August are not carried into October; nor are those of a store whose finance sends nothing."""
    book = ready("2026-08-03")
    quiet = ready("2026-08-03")
    for number in range(40):
        for one in (book, quiet):
            one.receive(f"A{number:02d}01-A{number:02d}10", 100)
        theirs(book, f"A{number:02d}01-A{number:02d}10")
    for one in (book, quiet):
        carried = carried_before(one, dt.date(2026, 10, 1))
        assert [row for row in to_rows(carried, dt.date(2026, 8, 1)).things if row[0] == "RegisterLine"]
        assert [row for row in to_rows(carried, dt.date(2026, 9, 1)).things if row[0] == "RegisterLine"] == []


@pytest.mark.parametrize(
    ("approved", "left_at_close", "code"),
    [("100*52", True, ""), ("100*51", True, "APR-03"), ("100*52", False, "REC-03")],
)
def test_a_receipt_left_behind_still_knows_its_request(approved: str, left_at_close: bool, code: str) -> None:
    """50 drawn in September on a request for 51 or 52; in November 3 come for 1.  Where the line is gone the record's own
    request counts; where it is there another request is refused."""
    book = ready("2026-09-08")
    request = book.approved("voucher", approved)
    receipt = book.receive("A01-A50", 100, request=request)
    fixing = book.approved("correction", "100*1")
    other = book.approved("voucher", "100*9")
    if left_at_close:
        kept = to_rows(carried_before(book, NOVEMBER.first), OCTOBER.first)
        assert not [row for row in kept.things if row[0] == "RegisterLine"]
        book.state = from_rows(kept).state
    book.legal = False
    book.on("2026-11-03").make(
        ReceiptCorrection, "RC", ref=receipt.id, out=spans("A01"), spans=spans("A51-A53"), approval=fixing, reason="打错",
        finance="陈会计", request=request if left_at_close else other,
    )  # fmt: skip
    assert [one.code for one in book.found] == ([code] if code else [])
