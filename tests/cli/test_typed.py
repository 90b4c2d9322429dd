"""What a clerk types in her own words, and what she is told when it does not fit: refused plainly, never led astray."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, english_again, gb, open_counter
from tests.cli.start import START, environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


# -- choices ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "paid"),
    [
        (("sell", "C001", "500", "A0010001", "-t", "转账"), "transfer:500.00"),
        (("sell", "C001", "500", "A0010001", "-t", "微信"), "wechat:500.00"),
        (("sell", "C001", "500", "A0010001", "-t", "支付宝"), "alipay:500.00"),
        (("sell", "C001", "500", "A0010001", "-t", "刷卡"), "pos:500.00"),
        (
            ("sale", "cash", "C001", "A0010001+5", "--pay", "现金:200", "--pay", "转账：300"),
            "cash:200.00 transfer:300.00",
        ),
    ],
)
def test_payment_methods_have_chinese_names(at: Counter, argv: tuple[str, ...], paid: str) -> None:
    assert at.done(*argv, "--json").json["payments"] == paid


def test_a_refund_takes_the_chinese_name(at: Counter) -> None:
    at.done("sell", "C001", "500", "A0010001", "-t", "转账")
    at.done("cash", "arrived", "SA-1")
    back = at.done("sale", "return", "A0010001", "--method", "转账", "--reason", "x", "--json").json
    assert back["payments"] == "transfer:100.00"


@pytest.mark.parametrize(("language", "named"), [("zh", "transfer 转账"), ("en", "cash cheque transfer wechat")])
def test_a_wrong_method_is_never_turned_into_a_cash_sale(at: Counter, language: str, named: str) -> None:
    at.language = language
    for argv in (
        ("sell", "C001", "500", "A0010001", "-t", "转张"),
        ("sell", "C001", "500", "A0010001", "--pay", "zz:500"),
        ("sell", "C001", "500", "A0010001", "--pay", "cash"),
    ):
        ran = at(*argv)
        assert (ran.code, ran.error, ran.next) == (2, "USE-01", ["gb sell --help"]), ran.err
    assert named in at("sell", "C001", "500", "A0010001", "-t", "转张").err


def test_another_amount_keeps_how_it_is_paid(at: Counter) -> None:
    ran = at("sell", "C001", "450", "A0010001", "-t", "微信", "--reason", "it's {so}")
    assert ran.next[0].startswith("gb sell C001 400 --method '微信' --reason 'it'\"'\"'s {so}' A0010001")


@pytest.mark.parametrize(
    "argv",
    [
        ("operator", "add", "sun", "--name", "孙", "--role", "柜员 主管", "--by", "li"),
        ("voucher", "stamp", "A0010401", "--stamp", "活动"),
        ("voucher", "stamp", "A0010401", "--stamp", "日期章"),
        ("request", "list", "--purpose", "领券", "--status", "已批准"),
        ("client", "add", "--unit", "甲", "--kind", "集体"),
        ("log", "--kind", "领券登记"),
    ],
)
def test_choices_may_be_typed_as_they_are_shown(at: Counter, argv: tuple[str, ...]) -> None:
    assert at.done(*argv).out


@pytest.mark.parametrize(
    ("language", "named"),
    [("zh", "单位性质：企业 事业 行政 集体 个人"), ("en", "the kind of unit: enterprise institution")],
)
def test_what_is_missing_names_the_choices(at: Counter, language: str, named: str) -> None:
    at.language = language
    assert named in at("client", "add", "--unit", "甲").err


@pytest.mark.parametrize(("language", "role"), [("zh", "经理"), ("en", "manager")])
def test_operators_are_listed_under_plain_headings(at: Counter, language: str, role: str) -> None:
    at.language = language
    head, _, *rows = at.done("operator", "list").out.splitlines()
    assert head.split()[1:3] == (["姓名", "岗位"] if language == "zh" else ["name", "roles"])
    assert any(role in row for row in rows)


# -- requests and approvals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["last", "RQ-3", "RQ-4"])
def test_a_sale_finds_its_approval_by_any_short_id(at: Counter, typed: str) -> None:
    asked = at.done("request", "discount", "5x100", "--reason", "x", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    for argv in (("sale", "cash", "C001", "A0010001+5", "--amount", "300"), ("sell", "C001", "500", "A0010006+5")):
        if typed == "last" and argv[0] == "sell":
            continue
        if argv[0] == "sell":  # used up by the first
            assert at(*argv, "--approval", typed).error == "APR-03"
        else:
            assert at.done(*argv, "--approval", typed, "--reason", "x", "--json").json["approval"] == asked


@pytest.mark.parametrize(("language", "said"), [("zh", "待批的：没有"), ("en", "what waits: nothing")])
def test_an_approval_is_nothing_to_decide_on(at: Counter, language: str, said: str) -> None:
    at.language = language
    for argv in (("request", "approve", "RQ-2"), ("request", "reject", "RQ-2", "--reason", "x"), ("approve", "RQ-2")):
        ran = at(*argv, by="li")
        assert (ran.code, ran.error) == (3, "REF-01"), ran.err
        assert "RQ20261008-K1-0001" in ran.err.splitlines()[0]
        assert said in ran.err
        assert [hint.split(" --by")[0] for hint in ran.next] == [
            f"gb request show RQ20261008-K1-0001 --book {at.book} --terminal K1",
            f"gb request list --status open --book {at.book} --terminal K1",
        ]


def test_a_discount_beyond_the_rule_asks_for_its_approval(at: Counter) -> None:
    ran = at("sale", "cash", "C001", "A0010001+5", "--amount", "300")
    assert [hint.split(" --book")[0] for hint in ran.next] == ["gb request discount 5x100.00 --reason '…'"]
    asked = at.done("request", "discount", "5x100", "--reason", "x", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    assert f"--approval {asked} --reason" in at("sale", "cash", "C001", "A0010001+5", "--amount", "300").next[0]


# -- one clear complaint ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "zh", "en"),
    [
        (("sell", "C001", "-500"), "金额和张数要大于零", "must be positive"),
        (("sell", "C001", "0"), "金额要大于零", "must be positive"),
        (
            ("sell", "C001", "5000000", "A0010001"),
            "券不够：可售的共 400 张，要 50000 张",
            "too few in stock: have 400,",
        ),
        (("sale", "cash", "C001", "A0010001+5000"), "券不够：可售的共 400 张", "too few in stock: have 400,"),
        (("sell", "C001", "50000"), "可售的只有 400 张，要 500 张", "too few in stock: have 400"),
        (("log", "--kind", "recipt"), "是不是：receipt", "did you mean: receipt"),
        (("reconcile", "2026-12"), "还没有开始", "has not begun"),
    ],
)
def test_one_clear_complaint(at: Counter, argv: tuple[str, ...], zh: str, en: str) -> None:
    for at.language, said in (("zh", zh), ("en", en)):
        ran = at(*argv)
        assert ran.code in (2, 3)
        assert ran.next
        assert said in ran.err.splitlines()[-1 - len(ran.next)], ran.err
        assert "；" not in ran.err
        assert "; " not in ran.err.replace("; did", "")


def test_an_option_that_is_like_no_other_suggests_nothing(at: Counter) -> None:
    assert at("sell", "C001", "500", "--foo").err.startswith("error[USE-01]: no such option: --foo\n")
    assert "did you mean: --method" in at("sell", "C001", "500", "--metod", "cash").err


def test_payments_that_are_not_the_amount_name_the_amount(at: Counter) -> None:
    ran = at("sale", "cash", "C001", "A0010001+5", "--amount", "500", "--pay", "cash:400")
    assert ran.error == "REC-03"
    assert ran.next[0].endswith("--amount 400")
    assert (
        at("sell", "C001", "500", "A0010001", "--pay", "cash:400")
        .next[0]
        .startswith("gb sell C001 400 --pay cash:400 A0010001")
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.skipif(os.name == "nt", reason="arguments are bytes on a Unix only")
@pytest.mark.parametrize(
    "argv", [("sell", "{}", "500"), ("client", "show", "{}"), ("show", "{}"), ("log", "--by", "{}")]
)
def test_an_argument_that_is_not_utf8_is_refused_in_the_frame(argv: tuple[str, ...], language: str) -> None:
    words = [word.replace("{}", "东风").encode("gbk") for word in ("--lang", language, *argv)]
    done = subprocess.run(
        [sys.executable, "-c", START, *words], env=environment(), capture_output=True, check=False, cwd=ROOT
    )
    text = done.stderr.decode("utf-8")
    assert (done.returncode, done.stdout) == (2, b"")
    assert text.startswith(
        r"error[USE-01]: “\xb6\xab\xb7\xe7”" + ("不是 UTF-8" if language == "zh" else " is not UTF-8")
    )
    assert f"next: gb {argv[0]}" in text


# -- hints that work -------------------------------------------------------------------------------------------------------


def test_no_hint_carries_the_operator_or_terminal_that_failed(at: Counter) -> None:
    ran = at("operator", "add", "nobody", "--name", "x", "--role", "clerk", "--by", "nobody")
    assert ran.next[1].startswith("gb operator add nobody --name '…' --role clerk --by li --book")
    assert "--by nobody" not in ran.err
    ran = gb("terminal", "add", "K9", "--terminal", "K9", "--by", "li", "--book", str(at.book), "--lang", "en")
    assert ran.next[1].startswith("gb terminal add K9 --terminal K1 --by li --book")
    assert "--terminal K9" not in ran.err


def test_one_who_left_is_brought_back_by_a_change(at: Counter) -> None:
    at.done("operator", "leave", "wang", by="li")
    assert all("operator add" not in hint for hint in at("sell", "C001", "500").next)
    ran = at("operator", "add", "wang", "--name", "x", "--role", "clerk", by="li")
    assert ran.next[0].startswith("gb operator change wang --role clerk")
    at.done("operator", "change", "wang", "--role", "clerk", by="li")
    at.done("sell", "C001", "500", "A0010001")


def test_what_only_a_supervisor_may_names_the_operators(at: Counter) -> None:
    ran = at("sell", "C001", "500", "A0010001", "--date", "2026-08-01", "--reason", "late")
    assert ran.error == "ROL-01"
    again, listed = ran.next
    assert again.endswith(" --by li")
    assert listed.startswith("gb operator list")
    assert gb(*shlex.split(again)[1:]).error != "ROL-01"


def test_a_folder_without_a_book_says_how_to_make_one(at: Counter, tmp_path: Path) -> None:
    at.book = tmp_path / "none"
    for argv in (("status",), ("log",)):
        ran = at(*argv)
        assert (ran.code, ran.error) == (4, "REF-01")
        assert ran.next[0] == f"gb init {at.book} --store '…' --terminal K1"
        assert ran.next[1].startswith("gb --book DIR status")


# -- looking up ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "mark"), [("zh", "（已冲销）"), ("en", "(reversed)")])
def test_lists_mark_what_was_reversed_and_fit_the_page(
    at: Counter, language: str, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cli.render import width

    monkeypatch.setenv("COLUMNS", "80")
    at.done("sell", "C001", "500", "A0010001")
    at.done("undo")
    at.done("sell", "C001", "500", "A0010011")
    at.language = language
    for argv in (("log",), ("show", "C001"), ("sale", "list"), ("status",)):
        out = at.done(*argv).out
        assert max(map(width, out.splitlines())) <= 80
        assert argv == ("status",) or out.count(mark) == 1


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "待盖日期章 1 张: A0010001"), ("en", "due on 1 sheet: A0010001")]
)
def test_stock_tells_the_date_stamps_due(at: Counter, language: str, said: str) -> None:
    at.done("sell", "C001", "500", "A0010001")
    at.done("sale", "return", "A0010001", "--reason", "x")
    at.language = language
    assert said in at.done("voucher", "stock").out
    assert said in at.done("voucher", "stock", "--as-of", at.day).out
    assert said not in at.done("voucher", "stock", "--face", "50").out


def test_status_tells_what_the_last_count_missed(at: Counter) -> None:
    request = at.done("request", "void", "1x100", "--reason", "x", "--json").json["id"]
    at.done("request", "approve", request, by="li")
    at.done("voucher", "void", "A0010100", "--reason", "x", "--approval", request)
    at.done("voucher", "count", "A0010002-A0010099", "A0010101-A0010498", "--second", "li")
    assert at.done("status", "--json").json["open"]["missing"] == "A0010001 A0010499-A0010500"
    at.done("sell", "C001", "100", "A0010001")
    at.done("voucher", "freeze", "A0010499", "--reason", "x")
    found = at.done("status", "--json").json["open"]
    assert (found["missing"], found["void_on_hand"]) == ("A0010499-A0010500", "A0010100")
    out = at.done("status").out
    assert "missing by the last count: 2 sheets A0010499-A0010500" in out
    assert "gb voucher return A0010100 --reason" in out
    at.done("voucher", "count", "A0010002-A0010099", "A0010101-A0010500", "--second", "li")
    assert at.done("status", "--json").json["open"]["missing"] == ""


@pytest.mark.parametrize(("language", "said"), [("zh", "校验链断开 1 处"), ("en", "broken in 1 place (JRN-01)")])
def test_status_tells_a_broken_chain(at: Counter, language: str, said: str) -> None:
    file = at.book / "journals/2026-10/clients.K1.yaml"
    file.write_bytes(file.read_bytes().replace("东风厂".encode(), "东风场".encode()))
    at.language = language
    assert said in at.done("status").out


def test_one_sheet_is_one_sheet(at: Counter) -> None:
    assert "  1 sheet  " in at.done("sell", "C001", "100", "A0010001").out
    assert "1 sale, 1 sheet:" in at.done("status").out


# -- what a script sends -------------------------------------------------------------------------------------------------


def test_a_retry_may_work_out_other_sheets_and_still_records_once(at: Counter) -> None:
    """The first try was recorded and its answer lost; the second one would take the next lowest sheets."""
    first = at.done("sell", "C001", "500", "--once", "till-9", "--json").json
    again = at.done("sell", "C001", "500", "--once", "till-9", "--json").json
    assert (again["id"], again["spans"], again["again"]) == (first["id"], first["spans"], True)
    added = at.done("client", "add", "--unit", "新华书店", "--kind", "enterprise", "--once", "c-1", "--json").json
    assert (
        at.done("client", "add", "--unit", "新华书店", "--kind", "enterprise", "--once", "c-1", "--json").json["id"]
        == added["id"]
    )


@pytest.mark.parametrize("argv", [("sell", "C001", "500", ""), ("sell", "C001", "500", "--once", "")])
def test_an_empty_argument_is_a_variable_that_was_never_set(at: Counter, argv: tuple[str, ...]) -> None:
    before, done = at.files(), at(*argv)
    assert done.code == 2
    assert done.err.startswith("error[USE-01]: an argument is empty")
    assert at.files() == before


def test_an_operators_code_is_found_in_any_case(at: Counter) -> None:
    assert at.done("sell", "C001", "500", "A0010001", "--by", "ＷＡＮＧ", "--json").json["by"] == "wang"
