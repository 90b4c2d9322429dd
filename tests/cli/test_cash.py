"""The drawer as typed: what is recorded, what it says in both languages, every refusal with nothing written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, Result, english_again, filled, gb, open_counter
from tests.cli.start import START, environment

SECOND = ("--second", "李梅")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """The small book; a float of 500, sold for 5,000 cash, 1,000 by transfer, and 600 cash with 400 by transfer."""
    counter = open_counter(tmp_path)
    counter.done("cash", "float", "500")
    counter.done("sale", "cash", "dfc", "A0010001-050")
    counter.done("sale", "transfer", "dfc", "A0010051-060", "--reference", "T1")
    counter.done("sale", "cash", "dfc", "A0010061-070", "--pay", "cash:600", "--pay", "转账:400")
    yield counter
    english_again()


def refused(at: Counter, *argv: str, code: str, exit_code: int = 3, **options: str) -> Result:
    """Refused with that code, in both languages alike, and nothing written."""
    before = at.files()
    result = at(*argv, **options)
    assert (result.code, result.error) == (exit_code, code), result
    assert at.files() == before
    return result


def pasted(at: Counter, command: str) -> Result:
    """The command behind ``next:`` as it stands, for the same book."""
    words = shlex.split(filled(command))[1:]
    for name in ("--book", "--terminal", "--by", "--at", "--lang"):
        while name in words:
            del words[words.index(name) : words.index(name) + 2]
    return at(*words)


# -- takings to finance ----------------------------------------------------------------------------------------------------


def test_all_takings_of_the_day_are_deposited(at: Counter) -> None:
    """5,000 + 600: what is derived is told, the days are in the record, and it can be undone."""
    done = at.done("cash", "deposit", "--slip", "J1", "--json")
    assert (done.json["amount"], done.json["days"], done.json["slip"]) == ("5600.00", "2026-10-08", "J1")
    assert "2026-10-08" in done.err
    assert "5,600.00" in done.err
    assert at.done("cash", "book", "--json").json["closing"] == "500.00"
    at.done("undo")
    assert at.done("cash", "book", "--json").json["closing"] == "6100.00"


def test_after_the_cut_off_the_day_is_deposited_and_not_the_evening(at: Counter) -> None:
    """17:20: 200 for the 9th stay; on the 9th they go."""
    at.done("sell", "dfc", "200", "A0010101", at="2026-10-08 17:20")
    assert at.done("cash", "deposit", "--slip", "J1", "--json", at="2026-10-08 17:30").json["amount"] == "5600.00"
    late = at.done("cash", "deposit", "--slip", "J2", "--json", at="2026-10-09 09:00").json
    assert (late["amount"], late["days"]) == ("200.00", "2026-10-09")


def test_the_next_cash_day_is_the_next_day_of_trade(at: Counter) -> None:
    """Saturday the 10th, 17:20, Sundays closed: 200 are Monday's, deposited on Monday in time or on Saturday beforehand."""
    settings = at.book / "gb.yaml"
    settings.write_text(settings.read_text("utf-8").replace("closed_days: []", "closed_days: [sunday]"), "utf-8")
    at.done("cash", "deposit", "--slip", "J1")
    at.done("sell", "dfc", "200", "A0010101", at="2026-10-10 17:20")
    told = at("check", "CSH-01", "--json", at="2026-10-12 16:00").json["findings"]
    assert told == []
    early = at.done("cash", "deposit", "--slip", "J2", "--json", "--dry-run", at="2026-10-10 17:30").json
    assert (early["amount"], early["days"]) == ("200.00", "2026-10-12")
    book = at.done("cash", "book", "--date", "2026-10-12", "--json", at="2026-10-12 16:30").json
    assert [line["in"] for line in book["lines"]] == ["200.00"]
    done = at.done("cash", "deposit", "--slip", "J2", "--json", at="2026-10-12 16:40").json
    assert done["days"] == "2026-10-12"
    assert at("check", "CSH-01", "--json", at="2026-10-14 09:00").json["findings"] == []


def test_a_part_covers_the_oldest_day(at: Counter) -> None:
    part = at.done("cash", "deposit", "--amount", "5000元", "--slip", "J1", "--json").json
    assert (part["amount"], part["days"]) == ("5000.00", "2026-10-08")
    rest = at.done("cash", "deposit", "--covers", "10-08", "--slip", "J2", "--json").json
    assert rest["amount"] == "600.00"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_more_than_the_takings_is_refused(at: Counter, language: str) -> None:
    at.language = language
    result = refused(at, "cash", "deposit", "--amount", "5600.01", "--slip", "J1", code="REC-05")
    assert "5600.00" in result.err
    assert pasted(at, result.next[0]).code == 0
    empty = refused(at, "cash", "deposit", "--slip", "J2", code="REC-05")
    assert pasted(at, empty.next[0]).code == 0


def test_a_surplus_waits_for_its_settlement(at: Counter) -> None:
    """5,600 of takings and 20 over: 5,600 is handed over, 20 stay in suspense; written off they are the house's and go too."""
    at.done("cash", "count", "--amount", "6120", *SECOND)
    assert at.done("cash", "deposit", "--slip", "J1", "--json").json["amount"] == "5600.00"
    refused(at, "cash", "deposit", "--slip", "J2", code="REC-05")
    at.done("cash", "settle", "CA-2", "--how", "written-off", "--reason", "查不到主人")
    assert at.done("cash", "deposit", "--slip", "J2", "--json").json["amount"] == "20.00"
    assert at.done("cash", "book", "--json").json["closing"] == "500.00"


def test_a_surplus_goes_to_finance_where_the_amount_says_so(at: Counter) -> None:
    """Finance keeps the 20 too: 5,620 and not a fen more; nothing is left to hand over."""
    at.done("cash", "count", "--amount", "6120", *SECOND)
    refused(at, "cash", "deposit", "--amount", "5620.01", "--slip", "J1", code="REC-05")
    at.done("cash", "deposit", "--amount", "5620", "--slip", "J1")
    refused(at, "cash", "deposit", "--slip", "J2", code="REC-05")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_surplus_paid_out_leaves_the_takings(at: Counter, language: str) -> None:
    """20 over on the 8th, 5,600 deposited; on the 9th the 20 go back to their owner and 800 are taken: 800 is to be deposited."""
    at.language = language
    at.done("cash", "count", "--amount", "6120", *SECOND)
    at.done("cash", "deposit", "--slip", "J1")
    at.done("sale", "cash", "dfc", "A0010071-078", at="2026-10-09 09:30")
    at.done("cash", "settle", "CA1008-2", "--how", "paid-out", "--reason", "退还失主", at="2026-10-09 10:00")
    (left,) = at.done("cash", "list", "--open", "--json", at="2026-10-09 11:00").json["undeposited"]
    assert left == {"cash_day": "2026-10-09", "amount": "800.00"}
    assert "800.00" in at("day", at="2026-10-09 11:00").out
    handed = at.done("cash", "deposit", "--covers", "2026-10-09", "--slip", "J2", "--json", at="2026-10-09 11:30")
    assert handed.json["amount"] == "800.00"
    assert at.done("cash", "book", "--json", at="2026-10-09 12:00").json["closing"] == "500.00"


def test_a_surplus_that_finance_has_is_paid_out_of_the_takings(at: Counter) -> None:
    """5,620 handed over, the 20 over among them; paid out of 800 all the same, 780 are left to deposit."""
    at.done("cash", "count", "--amount", "6120", *SECOND)
    at.done("cash", "deposit", "--amount", "5620", "--slip", "J1")
    at.done("sale", "cash", "dfc", "A0010071-078")
    at.done("cash", "settle", "CA1008-2", "--how", "paid-out", "--reason", "退还失主")
    assert at.done("cash", "deposit", "--covers", "2026-10-08", "--slip", "J2", "--json").json["amount"] == "780.00"


def test_a_shortage_paid_in_is_takings_of_its_day_again(at: Counter) -> None:
    """20 short of 5,600, paid in before the deposit: 5,600 is to be deposited, whether the day is named or not."""
    at.done("cash", "count", "--amount", "6080", *SECOND)
    at.done("cash", "settle", "CA-2", "--how", "paid-in", "--reason", "柜员补交")
    (left,) = at.done("cash", "list", "--open", "--json").json["undeposited"]
    assert left == {"cash_day": "2026-10-08", "amount": "5600.00"}
    assert at.done("cash", "deposit", "--covers", "2026-10-08", "--slip", "J1", "--json").json["amount"] == "5600.00"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "长款 20.00 先处理"), ("en", "the 20.00 over are settled first")]
)
def test_a_surplus_alone_is_no_takings(at: Counter, language: str, words: str) -> None:
    at.language = language
    at.done("cash", "deposit", "--slip", "J1")
    at.done("cash", "count", "--amount", "520", *SECOND)
    result = refused(at, "cash", "deposit", "--slip", "J2", code="REC-05")
    assert words in result.err
    assert pasted(at, result.next[0]).code == 0


def test_a_slip_is_used_once(at: Counter) -> None:
    at.done("cash", "deposit", "--amount", "100", "--slip", "J1")
    result = refused(at, "cash", "deposit", "--slip", "J1", code="NUM-01")
    result = refused(at, "cash", "deposit", "--slip", "ｊ１", code="NUM-01")
    assert pasted(at, result.next[0]).code == 0


def test_a_retry_deposits_once(at: Counter) -> None:
    first = at.done("cash", "deposit", "--slip", "J1", "--once", "t1", "--json").json
    again = at.done("cash", "deposit", "--slip", "J1", "--once", "t1", "--json").json
    assert (again["id"], again["again"]) == (first["id"], True)
    counted = [at.done("cash", "count", "--amount", "480", *SECOND, "--once", "t2", "--json").json for _ in range(2)]
    assert counted[0]["id"] == counted[1]["id"]


def test_a_missing_slip_is_a_usage_error(at: Counter) -> None:
    refused(at, "cash", "deposit", code="USE-01", exit_code=2)


# -- the count -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("zh", "短款 ¥20.00"), ("en", "short by ¥20.00")])
def test_a_count_says_what_is_short(at: Counter, language: str, words: str) -> None:
    """500 + 5,600 in the book, 60 × 100 and 80 × 1 in the drawer."""
    at.language = language
    result = at.done("cash", "count", "100x60", "1x80", *SECOND)
    assert words in result.out
    assert "gb cash settle CA1008-2" in result.out
    record = at.done("show", "last", "--json").json
    assert (record["amount"], record["book"], record["notes"]) == ("6080.00", "6100.00", "100.00*60 1.00*80")
    assert at.done("cash", "book", "--json").json["closing"] == "6080.00"


def test_a_count_that_agrees(at: Counter) -> None:
    assert "agree" in at.done("cash", "count", "--amount", "6100", *SECOND).out


def test_one_person_counts_with_a_warning(at: Counter) -> None:
    result = at.done("cash", "count", "--amount", "6100")
    assert "warning[CNT-01]" in result.err


@pytest.mark.parametrize("notes", ["60x100", "100x", "30x2", "100x60 x1"])
def test_notes_that_are_none(at: Counter, notes: str) -> None:
    refused(at, "cash", "count", *notes.split(), *SECOND, code="USE-01", exit_code=2)


def test_notes_and_amount_must_agree(at: Counter) -> None:
    result = refused(at, "cash", "count", "100x60", "--amount", "6100", *SECOND, code="USE-01", exit_code=2)
    assert pasted(at, result.next[0]).code == 0


def test_a_shortage_is_settled(at: Counter) -> None:
    at.done("cash", "count", "--amount", "6080", *SECOND)
    refused(at, "cash", "settle", "CA-2", "--how", "退还", "--reason", "x", code="REC-05")
    at.done("cash", "settle", "CA-2", "--how", "补交", "--reason", "柜员补交")
    refused(at, "cash", "settle", "CA-2", "--how", "paid-in", "--reason", "x", code="REC-05")
    assert at.done("cash", "book", "--json").json["closing"] == "6100.00"


def test_a_large_write_off_needs_an_approval(at: Counter) -> None:
    """60 short: refused naming the request, which works when pasted; approved, it is written off."""
    at.done("cash", "count", "--amount", "6040", *SECOND)
    result = refused(at, "cash", "settle", "CA-2", "--how", "written-off", "--reason", "查不到", code="APR-01")
    assert result.next[0].startswith("gb request over-short --amount 60.00 --reason")
    asked = pasted(at, result.next[0] + " --json").json["id"]
    at.done("request", "approve", asked, by="li")
    at.done("cash", "settle", "CA-2", "--how", "written-off", "--reason", "查不到", "--approval", asked)
    assert at.done("cash", "list", "--open", "--json").json["unsettled"] == []


# -- advances and the float --------------------------------------------------------------------------------------------------


def test_an_advance_and_its_return(at: Counter) -> None:
    """200 out of the float; 180 by receipts and 20 in cash end it."""
    at.done("cash", "advance", "wang", "--amount", "200", "--purpose", "采购", "--due", "10-15")
    open_ = at.done("cash", "list", "--open", "--json").json["advances"]
    assert [(one["amount"], one["due"], one["overdue"]) for one in open_] == [("200.00", "2026-10-15", False)]
    later = at.done("status", "--json", at="2026-10-16 09:00").json["open"]["advances"]
    assert later[0]["overdue"] is True
    at.done("cash", "advance-return", "CA-2", "--spent", "180")
    assert at.done("cash", "list", "--open", "--json").json["advances"] == []
    assert at.done("cash", "book", "--json").json["closing"] == "5920.00"
    at.done("cash", "float", "500")
    assert at.done("cash", "book", "--json").json["closing"] == "6100.00"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--amount", "3000.01"), "CSH-04"), (("--amount", "10", "--from", "cash"), "CSH-04"),
        (("--amount", "500.01"), "REC-05"), (("--amount", "10", "--staff", "nobody"), "REF-01"),
    ],
)  # fmt: skip
def test_advances_that_are_refused(at: Counter, more: tuple[str, ...], code: str) -> None:
    who = () if "--staff" in more else ("wang",)
    refused(at, "cash", "advance", *who, *more, "--purpose", "travel", "--due", "10-15", code=code)


def test_takings_are_never_offered_to_pay(at: Counter) -> None:
    """坐支: the hint pays from the float."""
    typed = ("cash", "advance", "wang", "--amount", "10", "--from", "cash", "--purpose", "travel", "--due", "10-15")
    result = refused(at, *typed, code="CSH-04")
    assert pasted(at, result.next[0]).code == 0


def test_a_float_outside_its_limits_is_a_warning(at: Counter) -> None:
    assert "warning[CSH-05]" in at.done("cash", "float", "600").err
    assert at.done("show", "last", "--json").json["amount"] == "100.00"
    refused(at, "cash", "float", "600", code="REC-03")


# -- what arrives ------------------------------------------------------------------------------------------------------------


def test_transfers_arrive_whole_and_in_parts(at: Counter) -> None:
    at.done("cash", "arrived", "SA-2", "--reference", "B1")
    at.done("cash", "arrived", "SA-3", "--amount", "150")
    assert [one["amount"] for one in at.done("cash", "list", "--open", "--json").json["pending"]] == ["250.00"]
    at.done("cash", "arrived", "SA-3")
    tie = at.done("reconcile", "--month", "2026-10", "--json").json["tie_out"]
    assert (tie["cash"], tie["arrived"], tie["pending"], tie["difference"]) == ("5600.00", "1400.00", "0.00", "0.00")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_arrival_that_cannot_be(at: Counter, language: str) -> None:
    """Too much, twice, of a sale for cash, of nothing."""
    at.language = language
    over = refused(at, "cash", "arrived", "SA-2", "--amount", "1000.01", code="REC-05")
    assert pasted(at, over.next[0]).code == 0
    refused(at, "cash", "arrived", "SA-2", code="REC-05")
    refused(at, "cash", "arrived", "SA-1", code="REC-05")
    refused(at, "cash", "arrived", "SA-9", code="REF-01")


@pytest.mark.parametrize(
    ("language", "told", "what"),
    [
        ("zh", "其中 ¥850.00 客户未付到，冲减待到账，不退款；实际退款 ¥50.00", "先冲销该退券，登记到账，再退券"),
        ("en", "¥850.00 of it had not been paid: taken off what is pending; ¥50.00 is refunded", "reverse that return"),
    ],
)
def test_a_return_before_the_transfer_has_come(at: Counter, language: str, told: str, what: str) -> None:
    """1,000 by transfer.  One sheet back: 100 are taken off.  50 arrive; nine back: 850 taken off, 50 refunded.

    Nothing is pending then.  The transfer comes after all: what the refusal names is pasted, and the money is entered.
    """
    at.language = language
    why = ("--reason", "客户退券")
    first = at.done("sale", "return", "A0010051", *why, "--json").json
    assert (first["amount"], first["given_up"], first.get("payments", "")) == ("100.00", "transfer:100.00", "")
    at.done("cash", "arrived", "SA-2", "--amount", "50")
    assert told in at.done("sale", "return", "A0010052+9", *why).err
    sheet = at.done("reconcile", "--month", "2026-10", "--json").json
    tie = {name: sheet["tie_out"][name] for name in ("arrived", "pending", "set_off", "refunds", "difference")}
    assert tie == {
        "arrived": "50.00",
        "pending": "400.00",
        "set_off": "950.00",
        "refunds": "50.00",
        "difference": "0.00",
    }
    assert [one["id"][-4:] for one in at.done("cash", "list", "--open", "--json").json["pending"]] == ["0003"]
    late = refused(at, "cash", "arrived", "SA-2", "--amount", "950", code="REC-05")
    assert what in late.err
    assert pasted(at, late.next[0]).code == 0
    at.done("cash", "arrived", "SA-2", "--amount", "850")


def test_an_arrival_and_a_return_of_one_minute_stand_in_their_order(at: Counter) -> None:
    """A return is sorted before an arrival of the same moment unless it leans on it."""
    at.done("cash", "arrived", "SA-2")
    at.minute -= 1
    back = at.done("sale", "return", "A0010051", "--reason", "客户退券", "--json").json
    assert (back.get("given_up", ""), back["payments"]) == ("", "transfer:100.00")
    assert [one["code"] for one in at("check", "--json").json["findings"] if one["severity"] == "error"] == []


def test_a_sale_whose_money_has_arrived_is_not_undone(at: Counter) -> None:
    """Last in, first out: the arrival is named, and undone first."""
    at.done("cash", "arrived", "SA-3")
    result = refused(at, "reverse", "SA-3", "--reason", "录错", code="STA-01")
    assert "CA20261008-K1-0002" in result.err
    at.done("undo")
    at.done("undo")


def test_the_sheets_of_a_sale_whose_cash_is_with_finance_are_taken_back(at: Counter) -> None:
    """As the refusal says; finance refunds the 5,000."""
    at.done("cash", "deposit", "--slip", "J1")
    result = refused(at, "reverse", "SA-1", "--reason", "录错", code="REC-05")
    assert pasted(at, result.next[0]).code == 0
    assert at.done("cash", "book", "--json").json["closing"] == "500.00"


def test_cash_that_is_with_finance_is_not_undone_at_the_counter(at: Counter) -> None:
    """5,600 deposited: the sale of 5,000 is not reversed; once the deposit is undone, as said, it is."""
    at.done("cash", "deposit", "--slip", "J1")
    result = refused(at, "reverse", "SA-1", "--reason", "录错", code="REC-05")
    assert [one.split(" --")[0] for one in result.next] == [
        "gb sale return A0010001-A0010050", "gb reverse CA20261008-K1-0002", "gb cash book",
    ]  # fmt: skip
    assert pasted(at, result.next[1]).code == 0
    at.done("reverse", "SA-1", "--reason", "录错")
    assert at.done("cash", "book", "--json").json["closing"] == "1100.00"


@pytest.mark.parametrize(("language", "words"), [("zh", "现金 5,000.00 由财务退"), ("en", "5,000.00 of cash")])
def test_cash_of_an_earlier_month_is_paid_back_by_finance(at: Counter, language: str, words: str) -> None:
    """Sold and deposited in October, undone in November: the drawer's book stays at the float, the check finds no fault of it."""
    at.language = language
    at.done("cash", "deposit", "--slip", "J1")
    done = at.done("reverse", "SA20261008-K1-0001", "--reason", "录错", by="li", at="2026-11-03 10:00")
    assert words in done.err
    book = at.done("cash", "book", "--month", "2026-11", "--json", at="2026-11-03 10:01").json
    assert (book["opening"], book["closing"]) == ("500.00", "500.00")
    sheet = at("reconcile", "--month", "2026-11", "--json", at="2026-11-03 10:02").json
    assert [(one["sheets"], one["amount"]) for one in sheet["prior_period"]] == [(50, "-5000.00")]
    assert sheet["cash"]["closing"] == "500.00"
    assert "REC-05" not in at("check", at="2026-11-03 10:03").out


# -- several payments, credit, refunds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "lines"),
    [
        (("sale", "credit", "dfc", "A0010101"), "1x100"), (("sale", "credit", "dfc", "A0010101-103", "A0010110"), "4x100"),
        (("sell", "dfc", "300", "A0010101", "-t", "赊账"), "3x100"),
        (("sale", "cash", "dfc", "A0010101+2", "--pay", "iou:200"), "2x100"),
        (("sale", "cash", "--client", "dfc", "--vouchers", "A0010101+3", "--pay", "iou:300"), "3x100"),
        (("sale", "cash", "dfc", "--sheets", "5", "--face", "100", "--pay", "iou:500"), "5x100"),
    ],
)  # fmt: skip
def test_nothing_is_sold_on_credit(at: Counter, argv: tuple[str, ...], lines: str) -> None:
    """The request that is named is for the sheets that were typed."""
    result = refused(at, *argv, code="APR-01")
    assert result.next[0].startswith(f"gb request iou {lines} --reason")
    assert pasted(at, result.next[0]).code == 0


@pytest.mark.parametrize("argv", [("sale", "credit"), ("sale", "credit", "dfc"), ("sale", "credit", "dfc", "X?")])
def test_on_credit_without_sheets_names_no_lines(at: Counter, argv: tuple[str, ...]) -> None:
    assert [one.split(" --book")[0] for one in refused(at, *argv, code="APR-01").next] == ["gb request iou --help"]


def test_a_refund_is_paid_by_finance_unless_the_rule_says(at: Counter) -> None:
    refused(at, "sale", "return", "A0010001", "--reason", "多买", "--from", "备用金", code="CSH-04")
    at.done("sale", "return", "A0010001", "--reason", "多买")
    assert at.done("cash", "book", "--json").json["closing"] == "6100.00"
    rules = at.book / "rules.yaml"
    rules.write_text(rules.read_text().replace("refunds_from: []", "refunds_from: [float]"))
    at.done("sale", "return", "A0010002", "--reason", "多买", "--from", "float")
    assert at.done("cash", "book", "--json").json["closing"] == "6000.00"


def test_a_large_cash_refund_is_announced(at: Counter) -> None:
    """10,000.00 is not, 10,100.00 is: paid three days later."""
    at.done("sell", "dfc", "20100", "A0010101")
    assert "announced" not in at.done("sale", "return", "A0010101+100", "--reason", "多买").err
    assert "2026-10-11" in at.done("sale", "return", "A0010201+101", "--reason", "多买").err


# -- looking -------------------------------------------------------------------------------------------------------------------


def test_the_book_as_the_contract_has_it(at: Counter) -> None:
    """Opening, lines with in, out and balance, closing: they foot; the receipts of vouchers are memo lines."""
    at.done("cash", "deposit", "--slip", "J1")
    found = at.done("cash", "book", "--month", "2026-10", "--json").json
    assert list(found) == ["opening", "lines", "closing"]
    moved = [one for one in found["lines"] if not one["memo"]]
    assert {*("date", "id", "what", "in", "out", "balance")} <= moved[0].keys()
    assert [(one["in"], one["out"], one["balance"]) for one in moved] == [
        ("500.00", "0.00", "500.00"), ("5000.00", "0.00", "5500.00"), ("600.00", "0.00", "6100.00"),
        ("0.00", "5600.00", "500.00"),
    ]  # fmt: skip
    assert moved[-1]["covers"] == ["2026-10-08"]
    assert len(found["lines"]) - len(moved) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_fit_eighty_columns(at: Counter, language: str) -> None:
    at.language = language
    at.done("cash", "count", "--amount", "6080", *SECOND)
    at.done("sell", "dfc", "200", "A0010101", at="2026-10-08 17:20")
    for argv in (
        ("cash", "book", "--month", "2026-10"),
        ("status",),
        ("day",),
        ("cash", "list"),
        ("cash", "list", "--open"),
    ):
        for line in at.done(*argv, at="2026-10-08 17:30").out.splitlines():
            assert sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in line) <= 80, line


def test_a_date_or_a_month(at: Counter) -> None:
    refused(at, "cash", "book", "--month", "2026-10", "--date", "10-08", code="USE-01", exit_code=2)


# -- the end of the day ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "no", "yes"), [("zh", "平账：否", "平账：是"), ("en", "squared: no", "squared: yes")]
)
def test_the_evening_as_a_list(at: Counter, language: str, no: str, yes: str) -> None:
    """Undeposited and uncounted, then both done; what is pending is told and keeps nothing open."""
    at.language = language
    assert no in at.done("day").out
    at.done("cash", "count", "--amount", "6100", *SECOND)
    at.done("cash", "deposit", "--slip", "J1")
    assert yes in at.done("day").out
    assert no in at.done("day", at="2026-10-08 17:00").out
    at.done("notice", at="2026-10-08 17:01")
    told = at.done("day", "--json", at="2026-10-08 17:02").json
    done = {one["name"]: one["done"] for one in told["items"]}
    assert (told["squared"], done["takings"], done["count"], done["notice"], done["pending"]) == (
        True, True, True, True, None,
    )  # fmt: skip


def test_the_evening_led_through(at: Counter) -> None:
    """On a terminal: the slip, the notes, the second person, the mark."""
    pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
    import sys

    shared = ("--book", str(at.book), "--terminal", "K1", "--by", "wang", "--at", "2026-10-08 16:50", "--lang", "zh")
    child = pexpect.spawn(
        sys.executable, ["-c", START, "day", *shared], env=environment(TERM="xterm", COLUMNS="200"),
        dimensions=(40, 200), encoding="utf-8", timeout=20,
    )  # fmt: skip
    for label, text in (("(--slip): ", "J1"), ("(--amount): ", "100x5"), ("(--second): ", "李梅"), ("[Y/n] ", "y")):
        child.expect_exact(label)
        child.sendline(text)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    told = at.done("day", "--json", at="2026-10-08 16:55").json
    assert (told["squared"], told["complete"]) == (True, True)


def test_enter_alone_marks_no_day_that_is_not_squared(at: Counter) -> None:
    """Nothing handed in, nothing counted: every question is answered with Enter, and the day stays open; a `y` marks it."""
    pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
    import sys

    shared = ("--book", str(at.book), "--terminal", "K1", "--by", "wang", "--at", "2026-10-08 16:50", "--lang", "zh")
    for typed, code, complete in (("", 130, False), ("y", 0, True)):
        child = pexpect.spawn(
            sys.executable, ["-c", START, "day", *shared], env=environment(TERM="xterm", COLUMNS="200"),
            dimensions=(40, 200), encoding="utf-8", timeout=20,
        )  # fmt: skip
        for label, text in (("(--slip): ", ""), ("(--amount): ", ""), ("平账：否", None), ("[y/N] ", typed)):
            child.expect_exact(label)
            if text is not None:
                child.sendline(text)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == code
        assert at.done("day", "--json", at="2026-10-08 16:55").json["complete"] is complete


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_command_too_long_for_its_line_stands_whole_below_it(at: Counter, language: str) -> None:
    """A cheque to be deposited whose number is long, takings of three days, and a day of K2 that nobody has marked."""
    at.language = language
    number = "2020304055667788"
    drawn = ("--cheque", number, "--bank", "中国工商银行上海市分行", "--drawn", "2026-10-08")
    at.done("sale", "cheque", "dfc", "A0010101+5", *drawn)
    at.done("terminal", "add", "K2", by="li")
    shared = ("--book", str(at.book), "--terminal", "K2", "--by", "wang", "--lang", language)
    assert gb("sale", "cash", "dfc", "A0010111", "--at", "2026-10-08 17:40", *shared).code == 0
    for day in ("09", "10"):
        at.done("sale", "cash", "dfc", f"A00102{day}", at=f"2026-10-{day} 10:00")
    told = at.done("day", at="2026-10-10 17:30").out
    for line in told.splitlines():
        assert sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in line) <= 80, line
    for command in (
        f"gb cheque deposit {number} --slip '…'",
        "gb day --mark --date 2026-10-08 --terminal K2 --reason '…'",
    ):
        assert any(line.endswith(command) for line in told.splitlines()), told
