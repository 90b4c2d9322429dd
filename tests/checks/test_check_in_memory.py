"""Each planted fault gives exactly its one finding, with file and line; a clean book gives none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import msgspec
import pytest

from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.words import plain
from tests.builders import RULES, Book, Placed, lines, ready, rules_with

END = dt.date(2026, 10, 31)


def clean() -> Book:
    """A01-A20 of 100 and B01-B10 of 50 received on 10-01, A01-A05 sold on 10-02; all legal.

    The files: receipts RC20261001-K1-0001 and -0002, sales SA20261002-K1-0001.
    """
    book = ready()
    book.receive("A01-A20", 100)
    book.receive("B01-B10", 50)
    book.on("2026-10-02").sell("A01-A05")
    book.on("2026-10-03")
    book.legal = False
    return book


def run(book: Sequence[Placed] | Book, damage: Sequence[Finding] = (), **more: object) -> list[Finding]:
    return check(book, damage, RULES, **{"until": END, **more})  # type: ignore[arg-type]


def told(found: Sequence[Finding]) -> list[tuple[str, str, str]]:
    return [(one.code, one.subject, one.serials) for one in found]


def change(book: Book, record_id: str, **values: object) -> list[Placed]:
    """The book as somebody edited it, with the chain made to fit again."""
    return [
        Placed(msgspec.structs.replace(one.record, **values), one.file, one.line) if one.record.id == record_id else one
        for one in book
    ]


def without(book: Book, record_id: str) -> list[Placed]:
    return [one for one in book if one.record.id != record_id]


def test_the_clean_book_has_no_finding() -> None:
    assert run(clean()) == []


def second_terminal(book: Book, text: str) -> None:
    book.terminal = "K2"
    book.sell(text)


PLANTED: dict[str, tuple[Callable[[Book], object], list[tuple[str, str, str]]]] = {
    "sold twice": (lambda b: b.sell("A04-A06", amount=300), [("NUM-02", "SA20261003-K1-0001", "A04-A05")]),
    "sold by two terminals": (
        lambda b: second_terminal(b, "A05"), [("NUM-02", "SA20261003-K2-0001", "A05")]
    ),
    "never received": (lambda b: b.void("Z01", approval=b.approved("void", "100*1"), lines=lines("100*1")),
                       [("STA-01", "CU20261003-K1-0001", "Z01")]),
    "sold from void": (lambda b: (b.void("A10"), b.sell("A10", amount=100)), [("STA-01", "SA20261003-K1-0001", "A10")]),
    "sold frozen": (lambda b: (b.freeze("A10"), b.sell("A10", amount=100)), [("STA-01", "SA20261003-K1-0001", "A10")]),
    "received twice": (lambda b: b.receive("A10", 100), [("STA-01", "RC20261003-K1-0001", "A10")]),
    "unstamped": (lambda b: (b.receive("C01", 100, stamped=False), b.sell("C01")),
                  [("STA-02", "SA20261003-K1-0001", "C01")]),
    "returned and resold": (lambda b: (b.give_back("A01"), b.sell("A01")), [("STA-04", "SA20261003-K1-0002", "A01")]),
    "sold expired": (
        lambda b: (b.receive("C01", 100, expires=dt.date(2026, 10, 1)), b.sell("C01")),
        [("STA-03", "SA20261003-K1-0001", "C01")],
    ),
    "expired in the safe": (
        lambda b: b.receive("C01-C02", 100, expires=dt.date(2026, 10, 9)), [("STA-03", "C01-C02", "C01-C02")]
    ),
    "discount without reason": (lambda b: b.sell("A10", amount=99), [("REC-03", "SA20261003-K1-0001", "A10")]),
    "discount beyond the policy": (
        lambda b: b.sell("A10", amount=90, reason="old friend"), [("REC-03", "SA20261003-K1-0001", "A10")]
    ),
    "discount approved": (
        lambda b: b.sell("A10", amount=90, reason="old friend", approval=b.approved("discount", "100*1")), []
    ),
    "payments differ": (
        lambda b: b.sell("A10", amount=100, pays=[("cash", "60"), ("cash", "30")]),
        [("REC-03", "SA20261003-K1-0001", "A10")],
    ),
    "faces differ": (
        lambda b: b.sell("A10", amount=50, lines=lines("50*1")), [("REC-03", "SA20261003-K1-0001", "A10")]
    ),
    "refund above the share": (lambda b: b.give_back("A01", refund=101), [("REC-03", "SA20261003-K1-0001", "A01")]),
    "no approval": (lambda b: b.void("A10", approval=None), [("APR-01", "CU20261003-K1-0001", "A10")]),
    "wrong purpose": (
        lambda b: b.void("A10", approval=b.approved("lost", "100*1")), [("APR-01", "CU20261003-K1-0001", "A10")]
    ),
    "approved by the requester": (
        lambda b: b.approve(b.request("void", "100*1", by="ZM").id, by="ZM"), [("APR-02", "RQ20261003-K1-0001", "")]
    ),
    "one counter": (
        lambda b: b.count("A06-A20 B01-B10", second=""), [("CNT-01", "CU20261003-K1-0001", "")]
    ),
    "counted by one twice": (
        lambda b: b.count("A06-A20 B01-B10", second="WL"), [("CNT-01", "CU20261003-K1-0001", "")]
    ),
    "one sheet missing, one too many": (
        lambda b: b.count("A01 A06-A19 B01-B10"), [("STK-01", "CU20261003-K1-0001", "A01 A20")]
    ),
    "void sheet missing": (
        lambda b: (b.void("A10"), b.count("", scope="void")), [("STK-01", "CU20261003-K1-0002", "A10")]
    ),
    "scope that cannot be read": (lambda b: b.count("A06", scope="half"), [("JRN-03", "CU20261003-K1-0001", "")]),
    "hole": (lambda b: (b.skip("SA"), b.skip("SA"), b.sell("A10")), [("NUM-01", "SA20261003-K1-0001", "")]),
    "key twice": (
        lambda b: (b.sell("A10", key="T-7"), b.sell("A11", key="T-7")), [("NUM-01", "SA20261003-K1-0002", "A11")]
    ),
    "same unit again": (lambda b: b.client("C002", "第一中学 有限公司"), [("REG-02", "C002", "")]),
    "opening line too many": (
        lambda b: b.opening_sheets(b.opening("100*2").id, "O01-O03", 100), [("REC-02", "OP20261003-K1-0001", "")]
    ),
    "opening of known sheets": (
        lambda b: b.opening_sheets(b.opening("100*1").id, "A10", 100), [("STA-01", "OP20261003-K1-0002", "A10")]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_one_fault_one_finding(name: str) -> None:
    plant, expected = PLANTED[name]
    book = clean()
    plant(book)
    found = run(book)
    assert told(found) == expected
    assert all(one.where[0].file.startswith("journals/2026-10/") and one.where[0].line > 1 for one in found)
    assert all(one.words.zh and one.words.en for one in found)


def test_all_faults_at_once_are_all_reported() -> None:
    """Thirteen faults in one book, each on sheets of its own: each is named once."""
    book = clean()
    book.sell("A05", amount=100)
    book.sell("A06", amount=99)
    book.void("A07", approval=None)
    book.void("A08")
    book.sell("A08", amount=100)
    book.receive("C01", 100, stamped=False)
    book.sell("C01")
    book.give_back("A01")
    book.sell("A01")
    book.receive("C02", 100, expires=dt.date(2026, 10, 9))
    book.skip("SA")
    book.sell("A09", key="T-1")
    book.sell("A10", key="T-1")
    book.client("C002", "第一中学（有限公司）")
    book.count("A12-A20 B01-B10 C02", second="")
    book.approve(book.request("void", "100*1", by="ZM").id, by="ZM")
    codes = [one.code for one in run(book)]
    assert sorted(codes) == [
        "APR-01", "APR-02", "CNT-01", "NUM-01", "NUM-01", "NUM-02", "REC-03", "REG-02", "STA-01", "STA-02", "STA-03",
        "STA-04", "STK-01",
    ]  # fmt: skip


def test_a_double_sale_names_both_lines() -> None:
    book = clean()
    second_terminal(book, "A05")
    (found,) = run(book)
    assert [(where.file, where.line, where.id) for where in found.where] == [
        ("journals/2026-10/sales.K2.csv", 2, "SA20261003-K2-0001"),
        ("journals/2026-10/sales.K1.csv", 2, "SA20261002-K1-0001"),
    ]


def test_a_double_sale_that_was_undone_is_answered() -> None:
    book = clean()
    second = book.sell("A05")
    assert told(run(book)) == [("NUM-02", second.id, "A05")]
    book.reverse(second.id)
    assert run(book) == []


def test_used_twice() -> None:
    """One sheet approved as void, two drawn on it."""
    book = clean()
    request = book.approved("void", "100*1")
    book.void("A10", approval=request)
    book.void("A11", approval=request)
    assert told(run(book)) == [("APR-03", "CU20261003-K1-0002", "A11")]


def test_approved_after_the_act() -> None:
    """Void at 09:02 on a request that is approved at 09:03; another void whose request is never approved."""
    book = clean()
    request = book.request("void", "100*1").id
    book.void("A10", approval=request)
    approval = book.approve(request)
    book.void("A11", approval=book.request("void", "100*1").id)
    late, never = run(book)
    assert (late.code, late.subject, late.where[1].id) == ("APR-03", "CU20261003-K1-0001", approval.id)
    assert (never.code, never.subject) == ("APR-01", "CU20261003-K1-0002")


def test_register_without_expiry() -> None:
    book = clean()
    sale = book.sell("A10")
    assert told(run(change(book, sale.id, expires=None))) == [("REG-01", sale.id, "A10")]


def test_client_and_salesperson_filed_nowhere() -> None:
    """Filed after the sale is filed; filed nowhere is a warning at the sale."""
    book = clean()
    edited = change(book, "SA20261002-K1-0001", client="C009", salesperson="XX")
    (found,) = run(edited)
    assert (found.code, found.severity, found.subject) == ("REG-01", "warning", "SA20261002-K1-0001")
    assert "C009" in found.words.en
    assert "XX" in found.words.zh


def test_a_missing_record_is_a_hole_and_nothing_else() -> None:
    """The first receipt of the day is gone: its sheets were sold, which is not a second finding."""
    book = clean()
    second = without(book, "RC20261001-K1-0001")
    found = run(second)
    assert [one.code for one in found] == ["NUM-01", "STA-01"]
    assert found[0].subject == "RC20261001-K1-0001"


def test_a_record_that_others_name_is_missed_even_at_the_end_of_a_file() -> None:
    """The last request and approval are gone, cut from the end: no hole, but the receipt names the request."""
    book = clean()
    gone = [one for one in book if not (one.record.id[:2] == "RQ" and one.record.number > 2)]
    (found,) = run(gone)
    assert (found.code, found.subject, found.where[0].id) == ("NUM-01", "RQ20261001-K1-0003", "RC20261001-K1-0002")


@pytest.mark.parametrize("kind", ["sale", "return"])
def test_a_return_or_reversal_of_no_sale(kind: str) -> None:
    book = clean()
    if kind == "sale":
        book.reverse("SA20261002-K1-0001")
    else:
        book.give_back("A01")
    found = run(without(book, "SA20261002-K1-0001"))
    assert [(one.code, one.subject, one.where[0].id) for one in found] == [
        ("NUM-01", "SA20261002-K1-0001", "SA20261003-K1-0001")
    ]


def test_a_copied_line_is_a_repeat_not_a_second_sale() -> None:
    book = clean()
    sale = next(one for one in book if one.record.id == "SA20261002-K1-0001")
    (found,) = run([*book, Placed(sale.record, sale.file, 9)])
    assert (found.code, found.subject, [where.line for where in found.where]) == ("NUM-01", sale.record.id, [9, 2])


# -- reversals --------------------------------------------------------------------------------------------------------


def undone_return() -> tuple[Book, str]:
    book = clean()
    return book, book.reverse(book.give_back("A01-A02").id).id


def test_a_proper_reversal_has_no_finding() -> None:
    assert run(undone_return()[0]) == []


@pytest.mark.parametrize(
    "restores", ["", "A01-A02=safe/100.00", "A01=client/100.00/sold//adn", "nonsense", "A01-A02=client"]
)
def test_a_reversal_that_restores_something_else(restores: str) -> None:
    book, reversal = undone_return()
    assert told(run(change(book, reversal, restores=restores))) == [("REC-03", reversal, "A01-A02")]


def test_a_reversal_that_repeats_other_figures() -> None:
    book, reversal = undone_return()
    record = next(one.record for one in book if one.record.id == reversal)
    other = msgspec.structs.replace(record.original, amount=1)  # type: ignore[attr-defined]
    assert told(run(change(book, reversal, original=other))) == [("REC-03", reversal, "A01-A02")]


def test_a_reversal_out_of_turn() -> None:
    """A sale reversed after its sheets came back, and a sale reversed twice."""
    book = clean()
    sale = next(one.record for one in book if one.record.id == "SA20261002-K1-0001")
    undone = book.reverse(sale.id)
    again = msgspec.structs.replace(undone, id="SA20261003-K1-0002", at=undone.at + dt.timedelta(minutes=9))
    book.place(again)
    (found,) = run(book)
    assert (found.code, found.subject) == ("STA-01", "SA20261003-K1-0002")


# -- damage -----------------------------------------------------------------------------------------------------------


def damaged(placed: Placed, code: str = "JRN-03", *, readable: bool = True, text: str = "") -> Finding:
    where = placed.where()
    name = where.id if readable else ""
    where = Where(where.file, where.line, name, text or where.text)
    return trouble(code, plain("damaged"), subject=name or f"{where.file}:{where.line}", where=(where,))


@pytest.mark.parametrize("readable", [True, False])
def test_a_damaged_record_leaves_no_hole(readable: bool) -> None:
    """The first of two receipts cannot be read; its sheets A01-A20 stand in its bytes."""
    book = clean()
    receipt = next(one for one in book if one.record.id == "RC20261001-K1-0001")
    damage = damaged(receipt, readable=readable, text='- id: "RC"\n  spans: "A01-A20"')
    assert run(without(book, receipt.record.id), [damage]) == [damage]


def test_a_damaged_sale_does_not_hurt_its_return() -> None:
    book = clean()
    sale = next(one for one in book if one.record.id == "SA20261002-K1-0001")
    book.give_back("A01")
    damage = damaged(sale, text="SA20261002-K1-0001,A01-A05,x")
    assert run(without(book, sale.record.id), [damage]) == [damage]


def test_a_damaged_opening_line_is_not_a_wrong_total_too() -> None:
    book = ready()
    header = book.opening("100*2").id
    line = book.opening_sheets(header, "O01-O02", 100)
    placed = book.placed[-1]
    damage = damaged(placed)
    assert run(without(book, line.id), [damage]) == [damage]


def test_a_damaged_line_does_not_hide_another_hole() -> None:
    """Of two missing records one is a damaged line without a readable id, the other is gone: that is a hole."""
    book = clean()
    book.sell("A10")
    book.skip("SA")
    book.sell("A11")
    sale = next(one for one in book if one.record.id == "SA20261003-K1-0001")
    damage = damaged(sale, readable=False)
    found = run(without(book, sale.record.id), [damage])
    assert [(one.code, one.subject) for one in found] == [
        ("JRN-03", "journals/2026-10/sales.K1.csv:3"),
        ("NUM-01", "SA20261003-K1-0001"),
    ]


def test_a_broken_chain_behind_a_hole_hides_nothing() -> None:
    """A removed sale breaks the chain at the next one, which sells a void sheet: all three are told."""
    book = clean()
    book.void("A10")
    book.skip("SA")
    bad = book.sell("A10", amount=100)
    damage = damaged(book.placed[-1], "JRN-01", text=f"{bad.id},A10")
    assert [one.code for one in run(book, [damage])] == ["JRN-01", "NUM-01", "STA-01"]


# -- filters and counting ---------------------------------------------------------------------------------------------


def test_filters() -> None:
    book = clean()
    book.sell("A05", amount=99)
    book.on("2026-11-02").sell("A10", amount=99)
    november = Month(2026, 11)
    damage = [damaged(book.placed[0], "JRN-01")]
    everything = run(book, damage, until=november.after)
    assert [one.code for one in everything] == ["JRN-01", "NUM-02", "REC-03", "REC-03"]
    assert [one.code for one in run(book, damage, until=november.after, codes=["REC-03"])] == ["REC-03", "REC-03"]
    assert [one.code for one in run(book, damage, until=november.after, codes=["num"])] == ["NUM-02"]
    assert [one.code for one in run(book, damage, until=november.after, month=november)] == ["REC-03"]
    assert [one.code for one in run(book, until=END)] == ["NUM-02", "REC-03"], "what is dated later is left out"


def test_faces_with_stock_must_be_counted() -> None:
    book = clean()
    book.count("A06-A20", scope="100")
    found = run(book, months=[Month(2026, 10)])
    assert told(found) == [("STK-02", "2026-10 50.00", "")]
    assert found[0].severity == "warning"
    book.count("A06-A20 B01-B10")
    assert run(book, months=[Month(2026, 10)]) == []


def test_a_count_of_another_month_does_not_do() -> None:
    book = clean()
    book.count("A06-A20 B01-B10")
    book.on("2026-11-05").sell("A06-A20")
    november = Month(2026, 11)
    found = run(book, until=november.after, months=[Month(2026, 10), november])
    assert told(found) == [("STK-02", "2026-11 50.00", "")]


def test_the_store_sets_the_severity() -> None:
    book = clean()
    book.client("C002", "第一中学")
    strict = rules_with(severities={"codes": {"REG-02": "error"}})
    (found,) = check(book, (), strict, until=END)
    assert (found.code, found.severity) == ("REG-02", "error")


def test_what_is_judged_at_entry_is_judged_here() -> None:
    """Any book of legal entries has no finding, whatever it holds."""
    book = clean()
    book.legal = True
    book.reface("A06-A07", 200)
    book.to_finance("B01")
    book.lost("B02")
    book.found_again("B02")
    book.given("B03")
    book.give_back("A01-A02")
    book.stamp("A01", "date")
    book.sell("A01")
    book.reverse(book.sell("A08-A09").id)
    book.count("A02 A06-A20 B02 B04-B10")
    assert run(book, months=[Month(2026, 10)]) == []
