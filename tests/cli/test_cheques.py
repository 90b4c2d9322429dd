"""Cheques at the counter: the way of each, every refusal with what to do first, in both languages, with nothing written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, Result, english_again, open_counter

TAKE = ("--cheque", "10203040", "--bank", "工商银行", "--drawn", "2026-10-08")
RESERVE = ("sale", "cheque", "C001", "A0010001+100", *TAKE)
SAME_DAY = ("sale", "cheque", "C001", "A0010001+20", *TAKE, "--same-day", "--bank-slip", "YH-9")
NO = "10203040"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """The small book with chen of finance: A0010001-0400 sellable, clients C001 dfc and C002 dfxx."""
    counter = open_counter(tmp_path)
    counter.done("operator", "add", "chen", "--name", "陈会计", "--role", "finance", by="li")
    yield counter
    english_again()


def refused(at: Counter, *argv: str, code: str, by: str = "", exit_code: int = 3) -> Result:
    """The command is refused by that rule and writes nothing."""
    before = at.files()
    ran = at(*argv, by=by)
    assert (ran.code, ran.error) == (exit_code, code), ran
    assert at.files() == before
    return ran


def pasted(at: Counter, command: str, **options: str) -> Result:
    """A command behind ``next:`` as it is typed in; the reason or number left open is filled in."""
    words = shlex.split(command.replace("…", "X-1"))
    for name in ("--book", "--terminal", "--by", "--at", "--lang"):
        if name in words:
            place = words.index(name)
            del words[place : place + 2]
    return at.done(*words[1:], **options)


# -- the way of a cheque -------------------------------------------------------------------------------------------------


def test_reserved_deposited_arrived_handed_over(at: Counter) -> None:
    """Each step by the cheque's number alone; the sale is made at the handover."""
    held = at.done(*RESERVE, "--json").json
    assert (held["kind"], held["payments"], held["drawer"]) == ("reservation", "cheque:10000.00", "东风厂")
    stock = at.done("voucher", "stock", "--json").json
    assert stock["faces"][0]["reserved"] == "A0010001-A0010100"
    assert "CQ1008-1" in at.done("cheque", "deposit", NO, "--slip", "JZ-15").out
    at.done("cheque", "clear", NO, "--advice", "TZ-9", by="chen")
    sold = at.done("sale", "handover", NO, "--vouchers", "A0010001+30", "--json")
    assert (sold.json["ref"], sold.json["amount"]) == (held["id"], "3000.00")
    assert "sheets are usually handed over from 2026-10-12" in sold.err
    rest = at.done("sale", "handover", held["id"], "--json").json
    assert (rest["spans"], rest["amount"]) == ("A0010031-A0010100", "7000.00")
    month = at.done("reconcile", "--month", "2026-10", "--json").json
    assert month["sales"]["by_pay"] == {"cheque": "10000.00"}
    assert (month["tie_out"]["cheques_cleared"], month["tie_out"]["difference"]) == ("10000.00", "0.00")
    assert {name: month["cheques"][name] for name in ("received", "deposited", "cleared", "outstanding")} == {
        "received": "10000.00", "deposited": "10000.00", "cleared": "10000.00", "outstanding": "0.00",
    }  # fmt: skip


def test_three_bank_days_later_nothing_is_said(at: Counter) -> None:
    """Deposited on 8 October 2026: the 9th, the worked Saturday the 10th, Monday the 12th."""
    at.done(*RESERVE)
    at.done("cheque", "deposit", NO, "--slip", "JZ-15")
    at.done("cheque", "clear", NO, by="chen")
    for day, said in (("2026-10-11", True), ("2026-10-12", False)):
        ran = at.done("sale", "handover", NO, "--vouchers", "A0010001", "--dry-run", at=f"{day} 09:00")
        assert ("usually handed over" in ran.err) is said


@pytest.mark.parametrize(("lang", "words"), [("zh", "冻结券号"), ("en", "serials frozen")])
def test_a_cheque_shows_the_serials_that_are_frozen_now(at: Counter, lang: str, words: str) -> None:
    """20 frozen by the bounce, 2 of them taken back since: 18 are, on the card as in CHQ-02."""
    at.language = lang
    at.done(*SAME_DAY)
    at.done("cheque", "bounce", NO, "--reason", "存款不足")
    at.done("sale", "return", "A0010001+2", "--reason", "退票退券", by="li")
    assert at.done("cheque", "show", NO, "--json").json["held"] == "A0010003-A0010020"
    (shown,) = [line for line in at.done("cheque", "show", NO).out.splitlines() if words in line]
    assert shown.split()[-1] == "A0010003-A0010020"
    assert at("check", "CHQ-02", "--json").json["findings"][0]["serials"] == "A0010003-A0010020"


def test_a_bounce_after_the_handover_is_one_command(at: Counter) -> None:
    """The sale stands, the sheets are frozen and listed, what is owed is in every list until it is paid."""
    sold = at.done(*SAME_DAY, "--json").json
    assert (sold["kind"], sold["bank_slip"]) == ("sale", "YH-9")
    before = len(at.files())
    bounced = at.done("cheque", "bounce", NO, "--reason", "存款不足")
    assert "20 sheets  A0010001 … A0010020" in bounced.out
    assert len(at.files()) == before + 1  # the one record began the journal of cheques
    assert at.done("status", "--json").json["open"]["cheques"]["owed"] == [NO]
    assert "gb cheque made-good 10203040" in at.done("status").out
    trace = at.done("voucher", "trace", "A0010007", "--json").json
    assert (trace["place"], trace["state"]) == ("client", "frozen")
    assert at.done("client", "show", "C001", "--json").json["bounced_cheques"] == 1
    month = at("reconcile", "--month", "2026-10", "--json").json
    assert (month["sales"]["amount"], month["tie_out"]["receivable"]) == ("2000.00", "2000.00")
    assert [(one["code"], one["serials"]) for one in month["findings"] if one["code"][:3] == "CHQ"] == [
        ("CHQ-02", "A0010001-A0010020")
    ]
    at.done("cheque", "made-good", NO, "--method", "transfer")
    assert at.done("voucher", "trace", "A0010007", "--json").json["state"] == "sold"
    again = at.done("sale", "cheque", "C001", "A0010021", *TAKE[2:], "--cheque", "77", "--dry-run")
    assert "1 cheque of C001 bounced before" in again.err


def test_a_bounce_before_the_handover_frees_the_sheets(at: Counter) -> None:
    at.done(*RESERVE)
    at.done("cheque", "deposit", NO, "--slip", "JZ-15")
    assert "A0010001 … A0010100" in at.done("cheque", "bounce", NO, "--reason", "印鉴不符").out
    at.done("sell", "dfxx", "500", "A0010001")


def test_a_bounce_before_the_handover_tells_the_tills_nothing(at: Counter) -> None:
    """The sheets never left the safe: to freeze them in the tills would stop whoever buys them next."""
    at.done(*RESERVE)
    at.done("cheque", "deposit", NO, "--slip", "JZ-15")
    at.done("cheque", "bounce", NO, "--reason", "印鉴不符")
    assert at.done("notice", "--json", at="2026-10-08 17:00").json["other"] == []
    trace = at.done("voucher", "trace", "A0010007", "--json").json
    assert (trace["state"], trace["history"][-1]["kind"]) == ("sellable", "bounced")


def test_the_notice_follows_the_hold_of_a_bounced_cheque_to_its_end(at: Counter) -> None:
    """Frozen by the bounce, freed when the cheque that took its place has cleared; the serial's history says the same."""
    at.done(*SAME_DAY)
    at.done("cheque", "bounce", NO, "--reason", "存款不足")
    told = at.done("notice", "--json", at="2026-10-08 17:00").json["other"]
    assert [(one["part"], one["spans"]) for one in told] == [("frozen", "A0010001-A0010020")]
    new = ("--by", "10203041", "--by", "wang", "--bank", "农业银行", "--drawn", "10-08")
    at.done("cheque", "replace", NO, *new, at="2026-10-09 09:00")
    at.done("cheque", "deposit", "10203041", "--slip", "JZ-16", at="2026-10-09 09:10")
    at.done("cheque", "clear", "10203041", by="chen", at="2026-10-09 16:00")
    told = at.done("notice", "--json", at="2026-10-09 17:00").json["other"]
    assert [(one["part"], one["spans"]) for one in told] == [("unfrozen", "A0010001-A0010020")]
    trace = at.done("voucher", "trace", "A0010007", "--json", at="2026-10-09 17:10").json
    assert (trace["state"], trace["history"][-1]["kind"]) == ("sold", "cleared")


def test_the_sheets_of_a_bounced_cheque_come_back(at: Counter) -> None:
    at.done(*SAME_DAY)
    at.done("cheque", "bounce", NO, "--reason", "存款不足")
    back = at.done("sale", "return", "A0010001+5", "--reason", "退票退券", "--json").json
    assert (back["amount"], back["set_off"], back.get("payments", "")) == ("500.00", "500.00", "")
    assert at.done("cheque", "list", "--json").json["cheques"][0]["amount"] == "1500.00"


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "还没有到帐，不能退款"), ("en", "has not arrived and is not refunded")]
)
def test_what_a_cheque_has_not_paid_yet_is_not_refunded(at: Counter, lang: str, words: str) -> None:
    """Twenty sheets of a same-day cheque: two come back before the bank's word, and again when another cheque has taken its
    place after a bounce.  Once that one has arrived, 200.00 are finance's to refund.
    """
    back = ("sale", "return", "A0010001+2", "--reason", "退券")
    at.done(*SAME_DAY)
    at.language = lang
    told = refused(at, *back, code="REC-03")
    assert words in told.err
    assert "2000.00" in told.err
    at.done("cheque", "bounce", NO, "--reason", "存款不足")
    new = ("--by", "55", "--by", "wang", "--bank", "建设银行", "--drawn", "2026-10-08")
    at.done("cheque", "replace", NO, *new)
    refused(at, *back, code="STA-01")
    at.done("voucher", "unfreeze", "A0010001+20", "--reason", "已换票")
    refused(at, *back, code="REC-03")
    at.done("cheque", "deposit", "55", "--slip", "JZ-16")
    arrival = at.done("cheque", "clear", "55", "--advice", "TZ-10", "--json", by="chen").json["id"]
    refused(at, *back, "--date", "2026-10-07", code="ORD-01")
    refund = at.done(*back, "--json").json
    assert (refund["payments"], refund["payment"]) == ("cheque:200.00", "SA20261008-K1-0001")
    told = refused(at, "reverse", arrival, "--reason", "登错", by="li", code="STA-01")
    assert refund["id"] in told.err


def test_no_cheque_is_older_than_today_on_the_sheet_of_a_month_that_runs(at: Counter) -> None:
    """Taken on 8 October: on the 12th 4 days; in November 23, up to the 31st."""
    at.done(*RESERVE)
    for day, age in (("2026-10-12", 4), ("2026-11-05", 23)):
        at.day = day
        (one,) = at("reconcile", "--month", "2026-10", "--json").json["cheques"]["open"]
        assert one["age"] == age
        text = at("reconcile", "--month", "2026-10").out
        assert [line.split()[-1] for line in text.splitlines() if NO in line and "工商银行" in line] == [str(age)]


def test_replaced_by_another_cheque_with_the_operators_own_by(at: Counter) -> None:
    """``--by`` is the new cheque; a code of the staff behind it is still the operator."""
    at.done(*SAME_DAY)
    at.done("cheque", "bounce", NO, "--reason", "存款不足")
    made = at.done(
        "cheque", "replace", NO, "--by", "10203041", "--by", "wang", "--bank", "农业银行", "--drawn", "10-08", "--json"
    ).json
    assert (made["new_cheque"], made["by"], made["owed"]) == ("10203041", "wang", "2000.00")
    assert "10203041/农业银行/东风厂" in at.done("cheque", "show", NO).out


def test_a_release_hands_the_cheque_back(at: Counter) -> None:
    at.done(*RESERVE)
    gone = at.done("sale", "release", NO, "--reason", "客户改期", "--json").json
    assert (gone["given_up"], gone["cheque"]) == ("cheque:10000.00", NO)
    assert at.done("cheque", "list").out.strip() == "no cheque is outstanding or owed for"
    assert at.done("cheque", "list", "--all", "--json").json["cheques"][0]["status"] == "given-back"


def test_given_back_before_its_deposit(at: Counter) -> None:
    at.done(*RESERVE)
    at.done("cheque", "give-back", NO)
    at.done("sell", "dfxx", "500", "A0010001")


def test_the_counters_short_form(at: Counter) -> None:
    held = at.done("sell", "dfc", "5000", "-q", NO, "--bank", "工商银行", "--drawn", "10-08", "--json").json
    assert (held["kind"], held["spans"]) == ("reservation", "A0010001-A0010050")
    sold = at.done(
        "sell", "dfc", "300", "A0010101", "-q", "77", "--bank", "工商银行", "--drawn", "10-08", "--same-day", "--bank-slip", "Y",
        "--json",
    ).json  # fmt: skip
    assert (sold["kind"], sold["cheque"], sold["spans"]) == ("sale", "77", "A0010101-A0010103")


def test_cash_beside_the_cheque(at: Counter) -> None:
    held = at.done(*RESERVE, "--pay", "cash:1000", "--pay", "支票:9000", "--json").json
    assert held["payments"] == "cash:1000.00 cheque:9000.00"
    refused(at, *RESERVE, "--pay", "cash:10000", code="USE-01", exit_code=2)


# -- which cheque ----------------------------------------------------------------------------------------------------------


def test_a_number_that_two_banks_printed_names_the_candidates(at: Counter) -> None:
    at.done(*RESERVE)
    at.done("sale", "cheque", "C002", "A0010101+5", "--cheque", NO, "--bank", "农业银行", "--drawn", "10-08")
    ran = refused(at, "cheque", "deposit", NO, "--slip", "J", code="REF-02")
    assert "10203040/工商银行/东风厂" in ran.err
    assert "10203040/农业银行/东风学校" in ran.err
    pasted(at, ran.next[0])
    at.done("cheque", "deposit", "10203040/农业", "--slip", "J")


def test_the_last_digits_are_enough_and_told(at: Counter) -> None:
    at.done(*RESERVE)
    assert "cheque 10203040 工商银行" in at.done("cheque", "show", "3040").err
    assert refused(at, "cheque", "show", "040", code="REF-01").next[0].startswith("gb cheque list --all")


def test_show_finds_a_cheque(at: Counter) -> None:
    at.done(*RESERVE)
    card = at.done("show", NO)
    assert card.out.startswith("cheque  10203040")
    assert "SA20261008-K1-0001" in card.out
    found = at.done("show", NO, "--json").json
    assert (found["status"], found["amount"], [one["kind"] for one in found["history"]]) == (
        "received", "10000.00", ["reservation"],
    )  # fmt: skip


# -- refused ---------------------------------------------------------------------------------------------------------------


def test_handed_over_before_the_arrival(at: Counter) -> None:
    """CHQ-01 says what to do first, step by step, until the sheets may go."""
    at.done(*RESERVE)
    ran = refused(at, "sale", "handover", NO, code="CHQ-01")
    assert "received, not deposited" in ran.err
    pasted(at, ran.next[0])
    ran = refused(at, "sale", "handover", NO, code="CHQ-01")
    pasted(at, ran.next[0], by="chen")
    at.done("sale", "handover", NO)
    assert refused(at, "sale", "handover", NO, code="STA-01").next[0].startswith("gb show SA20261008-K1-0001")


def test_a_sale_by_cheque_without_a_bank_slip(at: Counter) -> None:
    ran = refused(at, *RESERVE, "--same-day", code="USE-01", exit_code=2)
    assert "--bank-slip" in ran.err
    ran = refused(at, *RESERVE, "--bank-slip", "YH-9", code="USE-01", exit_code=2)
    pasted(at, ran.next[0])
    ran = refused(at, "sale", "cash", "C001", "A0010201+2", "--pay", "cheque:200", code="USE-01", exit_code=2)
    assert "a payment by cheque needs the cheque's number, its bank, the date drawn" in ran.err


def test_a_bank_slip_takes_the_cheques_of_one_day(at: Counter) -> None:
    """JZ-15 takes two cheques on the 8th; on the 9th it is used, however it is typed, and the first deposit is named."""
    at.done(*RESERVE)
    for first, number in ((201, "77"), (301, "88")):
        at.done("sale", "cheque", "C002", f"A0010{first}+10", "--cheque", number, *TAKE[2:])
    at.done("cheque", "deposit", NO, "--slip", "JZ-15")
    at.done("cheque", "deposit", "77", "--slip", "JZ-15")
    at.day = "2026-10-09"
    result = refused(at, "cheque", "deposit", "88", "--slip", "ｊz-15", code="NUM-01")
    assert "2026-10-08" in result.err
    assert "CQ20261008-K1-0001" in pasted(at, result.next[0]).out
    at.done("cheque", "deposit", "88", "--slip", "JZ-16")


def test_a_same_day_slip_is_of_the_drawers_bank_and_of_one_day(at: Counter) -> None:
    """YH-9 of 工商银行 on the 8th: not again on the 9th; 农业银行 and our own bank have slips YH-9 of their own."""
    at.done(*SAME_DAY)
    at.day = "2026-10-09"
    again = ("--drawn", "2026-10-09", "--same-day", "--bank-slip", "YH-9")
    refused(at, "sale", "cheque", "C001", "A0010101", "--cheque", "77", "--bank", "工商银行", *again, code="NUM-01")
    at.done("sale", "cheque", "C001", "A0010101", "--cheque", "77", "--bank", "农业银行", *again)
    at.done("sale", "cheque", "C001", "A0010102", "--cheque", "88", "--bank", "工商银行", "--drawn", "2026-10-09")
    at.done("cheque", "deposit", "88", "--slip", "YH-9")


def test_the_same_cheque_twice(at: Counter) -> None:
    """CHQ-03, however it is typed: full-width digits, blanks in the bank's name."""
    at.done(*RESERVE)
    again = ("--cheque", "１０２０３０４０", "--bank", "工商 银行", "--drawn", "10-08")
    ran = refused(at, "sale", "cheque", "C001", "A0010201+2", *again, code="CHQ-03")
    assert "SA20261008-K1-0001" in ran.err
    pasted(at, ran.next[0])
    at.done("sale", "cheque", "C001", "A0010201+2", *again, "--drawer", "东风贸易公司")  # another account


@pytest.mark.parametrize(
    ("argv", "steps"),
    [
        (("cheque", "clear", NO), ()),
        (("cheque", "bounce", NO, "--reason", "x"), ()),
        (("cheque", "deposit", NO, "--slip", "J"), ("deposit",)),
        (("cheque", "give-back", NO), ("deposit",)),
        (("sale", "release", NO, "--reason", "x"), ("deposit",)),
        (("cheque", "bounce", NO, "--reason", "x"), ("deposit", "clear")),
        (("cheque", "made-good", NO), ("deposit",)),
        (("cheque", "made-good", NO), ("deposit", "bounce")),  # before the handover: nothing is owed
        (
            ("cheque", "replace", NO, "--by", "11", "--by", "wang", "--bank", "x", "--drawn", "10-08"),
            ("deposit", "bounce"),
        ),
    ],
)
def test_a_step_out_of_turn(argv: tuple[str, ...], steps: tuple[str, ...], at: Counter) -> None:
    at.done(*RESERVE)
    for step in steps:
        more = {"deposit": ("--slip", "J"), "bounce": ("--reason", "x")}.get(step, ())
        at.done("cheque", step, NO, *more, by="chen")
    ran = refused(at, *argv, code="STA-01", by="chen" if argv[1] == "clear" else "")
    assert ran.next


def test_only_finance_enters_the_arrival(at: Counter) -> None:
    at.done(*RESERVE)
    at.done("cheque", "deposit", NO, "--slip", "J")
    assert "chen" in refused(at, "cheque", "clear", NO, code="ROL-01").err


def test_more_than_is_owed(at: Counter) -> None:
    at.done(*SAME_DAY)
    at.done("cheque", "bounce", NO, "--reason", "x")
    refused(at, "cheque", "made-good", NO, "--amount", "2000.01", code="REC-03")
    refused(at, "cheque", "made-good", NO, "--method", "cheque", code="STA-01")
    refused(at, "cheque", "give-back", NO, code="STA-01")
    assert at.done("cheque", "made-good", NO, "--amount", "2000", "--json").json["method"] == "cash"
    at.done("cheque", "give-back", NO)


def test_warned_of_a_late_deposit_and_an_old_cheque(at: Counter) -> None:
    """CHQ-05 for the deposit of the next day; CHQ-04 for a cheque of 20 September, which was good until the 30th."""
    at.done(*RESERVE)
    ran = at.done("cheque", "deposit", NO, "--slip", "J", at="2026-10-09 09:00")
    assert "warning[CHQ-05]" in ran.err
    old = at.done(
        "sell", "dfc", "500", "A0010201", "-q", "9", "--bank", "x", "--drawn", "2026-09-20", at="2026-10-09 09:30"
    )
    assert "warning[CHQ-04]" in old.err
    good = at.done(
        "sell", "dfc", "500", "A0010301", "-q", "8", "--bank", "x", "--drawn", "2026-09-29", at="2026-10-09 09:40"
    )
    assert "CHQ" not in good.err


def test_a_reserved_sheet_is_not_sold(at: Counter) -> None:
    at.done(*RESERVE)
    ran = refused(at, "sale", "cash", "C002", "A0010050+2", code="STA-01")
    assert "reserved (SA20261008-K1-0001)" in ran.err
    pasted(at, ran.next[0])


def test_undo_is_last_in_first_out(at: Counter) -> None:
    held = at.done(*RESERVE, "--json").json["id"]
    at.done("cheque", "deposit", NO, "--slip", "J")
    assert "CQ20261008-K1-0001" in refused(at, "reverse", held, "--reason", "x", code="STA-01").err
    at.done("undo", "--reason", "x")
    at.done("reverse", held, "--reason", "x")
    at.done("sell", "dfxx", "500", "A0010001")
    at.done(*RESERVE[:3], "A0010201+2", *TAKE)  # the cheque is as if it had never come


# -- what one reads --------------------------------------------------------------------------------------------------------


def test_in_chinese_and_within_80_columns(at: Counter) -> None:
    at.language = "zh"
    at.done(*RESERVE)
    at.done("sale", "cheque", "C002", "A0010101+20", *TAKE[2:], "--cheque", "77", "--same-day", "--bank-slip", "YH-9")
    at.done("cheque", "bounce", "77", "--reason", "存款不足")
    shown = [
        at.done(*argv).out
        for argv in (("status",), ("cheque", "list"), ("cheque", "show", "77"), ("client", "show", "C002"))
    ]
    shown.append(at("reconcile", "--month", "2026-10").out)
    for text in shown:
        for line in text.splitlines():
            assert sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in line) <= 80, line
    assert "退票欠款 77 C002 东风学校 ¥2,000.00" in shown[0]
    assert "已收，未送存" in shown[1]
    assert "退票应收：期初 0.00 + 退票 2,000.00 = 期末 2,000.00" in shown[-1]
    ran = refused(at, "sale", "handover", NO, code="CHQ-01")
    assert "支票 10203040 已收，未送存，到帐前不能交券" in ran.err


@pytest.mark.parametrize("verb", ["deposit", "clear", "bounce", "made-good", "replace", "give-back"])
def test_help_has_an_example_that_names_the_verb(verb: str, at: Counter) -> None:
    assert f"gb cheque {verb} 10203040" in at.done("cheque", verb, "--help").out
    at.language = "zh"
    assert f"例：gb cheque {verb} 10203040" in at.done("cheque", verb, "--help").out
