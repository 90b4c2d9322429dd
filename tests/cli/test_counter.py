"""``gb counter`` on a real terminal: a day's sales counted in keys, scans that fire twice, Ctrl-C at every question."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.counter import Counter, english_again, open_counter
from tests.cli.start import START, environment, press_ctrl_c

pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")

CLIENT = {"zh": "客户（? 帮助", "en": "client (? help"}
AMOUNT = {"zh": "金额（现金", "en": "amount (cash"}
SERIAL = {"zh": "回车取最小号）: ", "en": "lowest on hand): "}
ANSWER = {"zh": "n 放弃: ", "en": "n drops it: "}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


class Clerk:
    """Somebody at a real terminal of 80 columns, whose keys and scans are counted; a scanner sends Enter itself."""

    def __init__(self, at: Counter, *argv: str, lang: str = "zh", terminal: str = "K1") -> None:
        shared = ("--book", str(at.book), "--terminal", terminal, "--by", "wang", "--at", f"{at.day} 15:00")
        self.child: Any = pexpect.spawn(
            sys.executable, ["-c", START, *(argv or ("counter",)), *shared, "--lang", lang],
            env=environment(LANG="zh_CN.UTF-8", TERM="xterm"), dimensions=(24, 80), encoding="utf-8", timeout=30,
        )  # fmt: skip
        self.child.delaybeforesend = None  # it answers prompts that it has seen
        self.lang = lang
        self.keys = self.scans = 0

    def sees(self, text: str | dict[str, str]) -> None:
        self.child.expect_exact(text if isinstance(text, str) else text[self.lang])

    def types(self, text: str) -> None:
        self.keys += len(text) + 1
        self.child.sendline(text)

    def scans_sheet(self, serial: str) -> None:
        self.scans += 1
        self.child.sendline(serial)

    def leaves(self) -> int:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus)


def sales(at: Counter) -> list[dict[str, Any]]:
    return [json.loads(line) for line in at.done("sale", "list", "--limit", "0", "--json").out.splitlines()]


def test_forty_sales_in_nine_keys_and_one_scan_each(at: Counter) -> None:
    """40 sales of 5 sheets of ¥100.00, to C001 and C002 in turn: 200 sheets, ¥20,000.00.

    The odd ones cost ``dfc⏎ 500⏎`` scan ``⏎`` = 4 + 4 + 1 = 9 keys, the even ones ``dfxx⏎ 500⏎`` scan ``⏎`` = 10:
    20 × 9 + 20 × 10 = 380 keys and 40 scans, and ``q⏎`` to leave.
    """
    clerk = Clerk(at)
    for number in range(40):
        clerk.sees(CLIENT)
        clerk.types(("dfc", "dfxx")[number % 2])
        clerk.sees(AMOUNT)
        clerk.types("500")
        clerk.sees(SERIAL)
        clerk.scans_sheet(f"A{10001 + 5 * number:07d}")
        clerk.sees(ANSWER)
        clerk.types("")
        clerk.sees(f"SA1008-{number + 1}  售券")
    clerk.sees(CLIENT)
    assert (clerk.keys, clerk.scans) == (380, 40)
    clerk.types("q")
    clerk.sees("本次售券 40 笔，¥20,000.00")
    assert clerk.leaves() == 0
    found = sales(at)
    assert len(found) == 40
    assert found[0]["client"] != found[1]["client"]
    assert max(one["spans"] for one in found) == "A0010196-A0010200"
    assert at("check", "NUM", "STA", "JRN", "IDX", "REC").code == 0


def test_the_same_client_and_the_lowest_sheets_cost_six_keys(at: Counter) -> None:
    """``500⏎`` alone is typed for a second sale to the client before: ⏎ 500⏎ ⏎ ⏎ = 1 + 4 + 1 + 1 keys."""
    clerk = Clerk(at, lang="en")
    for spent in ("dfc", ""):
        clerk.sees(CLIENT)
        clerk.keys = 0
        clerk.types(spent)
        clerk.sees(AMOUNT)
        clerk.types("500")
        clerk.sees(SERIAL)
        clerk.types("")
        clerk.sees(ANSWER)
        clerk.types("")
        clerk.sees("sale  C001")
    assert clerk.keys == 7
    clerk.sees(CLIENT)
    clerk.types("q")
    assert clerk.leaves() == 0
    assert {one["spans"] for one in sales(at)} == {"A0010001-A0010005", "A0010006-A0010010"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_scanner_that_fires_twice_sells_once(at: Counter, lang: str) -> None:
    """The first serial twice, then the last one as the answer; the packet just sold again is no new sale."""
    clerk = Clerk(at, lang=lang)
    clerk.types("dfc 500 A0010001")
    clerk.sees(ANSWER)
    clerk.scans_sheet("A0010001")
    clerk.sees({"zh": "只算一次", "en": "counted once"})
    clerk.sees(ANSWER)
    clerk.scans_sheet("A0010006")
    clerk.sees({"zh": "末号应是 A0010005", "en": "its last serial is A0010005"})
    clerk.sees(ANSWER)
    clerk.scans_sheet("A0010005")
    clerk.sees("SA1008-1")
    clerk.sees(CLIENT)
    clerk.scans_sheet("A0010005")
    clerk.sees("error[NUM-02]")
    clerk.sees(CLIENT)
    clerk.types("q")
    assert clerk.leaves() == 0
    assert [one["spans"] for one in sales(at)] == ["A0010001-A0010005"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_input_method_that_swallows_the_scanner_is_told(at: Counter, lang: str) -> None:
    clerk = Clerk(at, lang=lang)
    clerk.types("dfc")
    clerk.sees(AMOUNT)
    clerk.types("５００")
    clerk.sees({"zh": "金额 ¥500.00", "en": "amount ¥500.00"})
    clerk.sees(SERIAL)
    clerk.scans_sheet("阿0010001")
    clerk.sees({"zh": "请把输入法切换到英文再扫", "en": "a Chinese character 阿 in a serial: switch"})
    clerk.sees(SERIAL)
    clerk.scans_sheet("Ａ００１０００１")
    clerk.sees({"zh": "券号 A0010001，共 1 张", "en": "serials A0010001, 1 sheet"})
    clerk.sees(ANSWER)
    clerk.types("n")
    clerk.sees({"zh": "已放弃", "en": "dropped"})
    clerk.sees(CLIENT)
    clerk.child.sendeof()
    assert clerk.leaves() == 0
    assert sales(at) == []


def test_of_several_faces_the_scan_says_which(at: Counter) -> None:
    """Ten sheets of ¥50.00 beside those of ¥100.00: Enter is no serial, and is not offered; ¥100.00 from B0020001 on are two sheets."""
    request = at.done("request", "voucher", "10x50", "--reason", "小面额", "--json").json["id"]
    at.done("request", "approve", request, by="li")
    at.done("voucher", "receive", "B0020001+10", "--face", "50", "--request", request, "--finance", "赵敏", "--stamped")
    clerk = Clerk(at)
    clerk.types("dfc")
    clerk.sees(AMOUNT)
    clerk.types("100微信")
    clerk.sees("\n扫或输入首号: ")
    clerk.types("")
    clerk.sees("有几种面值（100.00 50.00），请扫或输入首号")
    clerk.sees("首号: ")
    clerk.scans_sheet("B0020001")
    clerk.sees(ANSWER)
    clerk.types("")
    clerk.sees("SA1008-1")
    clerk.types("q")
    assert clerk.leaves() == 0
    assert [(one["spans"], one["payments"]) for one in sales(at)] == [("B0020001-B0020002", "wechat:100.00")]


def test_scanning_first_asks_whose_and_how_much(at: Counter) -> None:
    clerk = Clerk(at)
    for text, shown in (("A0010001", "已扫 A0010001"), ("dfc", "C001"), ("300 微信", "微信")):
        clerk.sees("客户" if text != "300 微信" else AMOUNT)
        clerk.types(text)
        clerk.sees(shown)
    clerk.sees(ANSWER)
    clerk.types("")
    clerk.sees("SA1008-1")
    clerk.sees(CLIENT)
    clerk.types("undo")
    clerk.sees("撤销吗？")
    clerk.types("y")
    clerk.sees("冲销")
    clerk.sees(CLIENT)
    clerk.types("q")
    clerk.sees("本次售券 0 笔，¥0.00")
    assert clerk.leaves() == 0
    assert {(one["spans"], one["payments"]) for one in sales(at)} == {("A0010001-A0010003", "wechat:300.00")}
    assert at.done("voucher", "stock", "--json").json["faces"][0]["sheets"] == 500


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("answered", [1, 2, 3])
def test_ctrl_c_drops_the_sale_in_hand_whole(at: Counter, lang: str, answered: int) -> None:
    before = at.files()
    clerk = Clerk(at, lang=lang)
    for label, text in ((CLIENT, "dfc"), (AMOUNT, "500"), (SERIAL, "A0010001"))[:answered]:
        clerk.sees(label)
        clerk.types(text)
    clerk.sees((AMOUNT, SERIAL, ANSWER)[answered - 1])
    press_ctrl_c(clerk.child)
    clerk.sees({"zh": "已放弃这一笔，没有登记", "en": "this sale is dropped, nothing was recorded"})
    clerk.sees(CLIENT)
    press_ctrl_c(clerk.child)
    assert clerk.leaves() == 0
    assert at.files() == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_amount_that_the_sheets_do_not_make_is_asked_for_again(at: Counter, lang: str) -> None:
    """¥123.00 in sheets of ¥100.00: the amount is asked again, paid as before, the packet is kept; ¥200.00 are two sheets.

    Then ¥60,000.00, where 498 sheets are left: the amount again; no command is named that this prompt would not take.
    """
    clerk = Clerk(at, lang=lang)
    for text, label in (("dfc", AMOUNT), ("123微信", SERIAL)):
        clerk.types(text)
        clerk.sees(label)
    clerk.scans_sheet("A0010231")
    clerk.sees("error[REC-03]")
    clerk.sees({"zh": "100.00 或 200.00", "en": "100.00 or 200.00"})
    clerk.sees({"zh": "金额（微信", "en": "amount (WeChat"})
    assert "next:" not in clerk.child.before
    clerk.types("200")
    clerk.sees("A0010231 … A0010232")
    clerk.sees(ANSWER)
    clerk.types("")
    clerk.sees("SA1008-1")
    clerk.types("dfc 60000")
    clerk.sees(SERIAL)
    clerk.types("")
    clerk.sees("error[STA-01]")
    clerk.sees(AMOUNT)
    clerk.types("q")
    assert clerk.leaves() == 0
    assert [(one["spans"], one["payments"]) for one in sales(at)] == [("A0010231-A0010232", "wechat:200.00")]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("answered", [1, 2, 3, 4])
def test_n_begins_anew_and_q_leaves_at_every_question(at: Counter, lang: str, answered: int) -> None:
    """Amount, cheque number, bank, and with the three others and the slip the serial; whatever was typed before is dropped."""
    before = at.files()
    clerk = Clerk(at, lang=lang)
    asked = [AMOUNT, {"zh": "支票号: ", "en": "cheque number: "}, {"zh": "付款银行", "en": "its bank"}, SERIAL]
    typed = (["dfc"], ["dfc", "500 支票"], ["dfc", "500 支票", "10203040"], ["dfc", "500"])[answered - 1]
    for word in ("n", "q"):
        clerk.sees(CLIENT)
        for text in typed:
            clerk.types(text)
        clerk.sees(asked[answered - 1])
        clerk.types(word)
        clerk.sees({"zh": "已放弃，没有登记", "en": "dropped, nothing was recorded"})
    clerk.sees({"zh": "本次售券 0 笔", "en": "0 sales here"})
    assert clerk.leaves() == 0
    assert at.files() == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_large_amount_is_not_recorded_by_enter(at: Counter, lang: str) -> None:
    """200 sheets of ¥100.00 reach the rule's ¥20,000.00."""
    clerk = Clerk(at, lang=lang)
    clerk.types("dfc 20000 A0010001")
    clerk.sees({"zh": "扫末号或输入 y 登记", "en": "scan the last serial or type y"})
    clerk.types("")
    clerk.sees({"zh": "请扫末号，或输入 y", "en": "scan the last serial, or type y"})
    clerk.scans_sheet("A0010200")
    clerk.sees("SA1008-1")
    clerk.types("q")
    assert clerk.leaves() == 0
    assert [one["amount"] for one in sales(at)] == ["20000.00"]


def test_two_counters_on_one_folder_sell_no_sheet_twice(at: Counter) -> None:
    """Both are offered the lowest sheets; K2 records first, K1 is refused, takes the next ones, and both go on."""
    at.done("terminal", "add", "K2", by="li")
    one, two = Clerk(at), Clerk(at, terminal="K2")
    for clerk in (one, two):
        clerk.types("dfc")
        clerk.types("500")
        clerk.sees(SERIAL)
        clerk.types("")
        clerk.sees("A0010001 … A0010005")
        clerk.sees(ANSWER)
    two.types("")
    two.sees("SA1008-1")
    one.types("")
    one.sees("error[NUM-02]")
    one.sees(SERIAL)
    one.types("")
    one.sees("A0010006 … A0010010")
    one.sees(ANSWER)
    one.types("")
    one.sees("SA1008-1")
    for number in range(5):
        for clerk in (one, two):
            clerk.types("dfxx 100 " + f"A{10101 + 2 * number + (clerk is two):07d}")
        for clerk in (one, two):
            clerk.sees(ANSWER)
            clerk.types("")
        for clerk in (one, two):
            clerk.sees(f"SA1008-{number + 2}")
    for clerk in (one, two):
        clerk.types("q")
        assert clerk.leaves() == 0
    found = sales(at)
    assert len(found) == 12
    assert len({name["spans"] for name in found}) == 12
    assert at("check", "NUM", "STA", "JRN", "IDX").code == 0


def test_rules_changed_at_noon_hold_in_the_afternoon(at: Counter) -> None:
    clerk = Clerk(at)
    clerk.types("dfc 100 A0010001")
    clerk.sees("回车登记")
    clerk.types("")
    clerk.sees("SA1008-1")
    clerk.sees(CLIENT)
    rules = at.book / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace('"20000.00"', '"100.00"'), "utf-8")
    clerk.types("dfc")
    clerk.sees(AMOUNT)
    press_ctrl_c(clerk.child)
    clerk.sees(CLIENT)
    clerk.types("dfc 100 A0010002")
    clerk.sees("金额较大")
    press_ctrl_c(clerk.child)
    clerk.sees(CLIENT)
    clerk.types("q")
    assert clerk.leaves() == 0


@pytest.mark.parametrize(("folder", "shown"), [("papers", "已打印到"), ("gb.yaml", "已登记，但表单没有打出")])
def test_forms_are_printed_as_at_any_sale(at: Counter, folder: str, shown: str) -> None:
    """``print: auto``, into a folder and into what is none: the sale is recorded, and the counter goes on."""
    settings = at.book / "gb.yaml"
    settings.write_text(settings.read_text("utf-8") + f"print: auto\nprint_folder: {folder}\n", "utf-8")
    clerk = Clerk(at)
    for number in (1, 2):
        clerk.sees(CLIENT)
        clerk.types(f"dfc 100 A001000{number}")
        clerk.sees(ANSWER)
        clerk.types("")
        clerk.sees(f"SA1008-{number}")
        clerk.sees(shown)
    clerk.sees(CLIENT)
    clerk.types("q")
    clerk.sees("本次售券 2 笔")
    assert clerk.leaves() == 0
    assert len(sales(at)) == 2


def test_a_script_is_sent_to_gb_sell(at: Counter) -> None:
    ran = at("counter", stdin="dfc\n500\n")
    assert (ran.code, ran.error, ran.next) == (2, "USE-01", ["gb sell --help"])
