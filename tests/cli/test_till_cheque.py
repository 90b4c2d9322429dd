"""A cheque at ``gb counter``, in lines and on the form: reserved until it has arrived, or handed over against the bank slip (S4, S5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.counter import Counter, english_again, open_counter
from tests.cli.start import press_ctrl_c
from tests.cli.test_counter import AMOUNT, ANSWER, CLIENT, SERIAL, Clerk, sales

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")

NUMBER = {"zh": "支票号: ", "en": "cheque number: "}
BANK = {"zh": "付款银行", "en": "its bank"}
DRAWN = {"zh": "出票日期（回车：今天）: ", "en": "date drawn (Enter: today): "}
SLIP = {"zh": "到帐后交券）: ", "en": "has arrived): "}
ICBC = "工商银行"
WHOLE = ((CLIENT, "dfc"), (AMOUNT, "1000 支票"), (NUMBER, "10203040"), (BANK, ICBC), (DRAWN, ""), (SLIP, ""), (SERIAL, "A0010001"))  # fmt: skip
"""Ten sheets of ¥100.00 against a cheque of ¥1,000.00, drawn today, which the bank has not seen yet."""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


def answer(clerk: Clerk, *asked: tuple[dict[str, str], str]) -> None:
    for label, text in asked:
        clerk.sees(label)
        clerk.types(text)


def stock(at: Counter) -> tuple[int, str]:
    """Sheets in the safe, and which of them are reserved."""
    face = at.done("voucher", "stock", "--json").json["faces"][0]
    return face["sheets"], face["reserved"]


def cheques(at: Counter) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = at.done("cheque", "list", "--json").json["cheques"]
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_cheque_reserves_the_packet_until_it_has_arrived(at: Counter, lang: str) -> None:
    """Ten sheets stay in the safe, reserved: 500 − 0; then deposited, cleared and handed over by the usual commands: 490."""
    clerk = Clerk(at, lang=lang)
    answer(clerk, *WHOLE)
    clerk.sees({"zh": "支票预留", "en": "reservation"})
    clerk.sees("支票 10203040" if lang == "zh" else "cheque 10203040")
    clerk.sees(f"{ICBC}  2026-10-08")
    answer(clerk, (ANSWER, ""))
    clerk.sees("SA1008-1")
    answer(clerk, (CLIENT, "q"))
    clerk.sees(
        {
            "zh": "本次售券 0 笔，¥0.00；支票预留 1 笔，¥1,000.00",
            "en": "0 sales here, ¥0.00; 1 reserved against cheques, ¥1,000.00",
        }
    )
    assert clerk.leaves() == 0
    assert stock(at) == (500, "A0010001-A0010010")
    assert [(one["number"], one["bank"], one["amount"]) for one in cheques(at)] == [("10203040", ICBC, "1000.00")]
    at.done("cheque", "deposit", "10203040", "--slip", "JZ-1", at=f"{at.day} 15:30")
    at.done("operator", "add", "qian", "--name", "钱宁", "--role", "finance", by="li", at=f"{at.day} 15:40")
    at.done("cheque", "clear", "10203040", by="qian", at=f"{at.day} 16:00")
    at.done("sale", "handover", "10203040", at=f"{at.day} 16:10")
    assert stock(at) == (490, "")
    assert at("check", "NUM", "STA", "JRN", "IDX", "REC").code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_with_the_bank_slip_it_is_a_sale_at_once(at: Counter, lang: str) -> None:
    """The bank's slip YH-9 in hand: ten sheets go out, the last serial scanned is the answer."""
    clerk = Clerk(at, lang=lang)
    answer(clerk, *WHOLE[:5], (SLIP, "YH-9"), WHOLE[6], (ANSWER, "A0010010"))
    clerk.sees("SA1008-1")
    answer(clerk, (CLIENT, "q"))
    clerk.sees({"zh": "本次售券 1 笔，¥1,000.00", "en": "1 sale here, ¥1,000.00"})
    assert clerk.leaves() == 0
    (sale,) = sales(at)
    assert (sale["kind"], sale["bank_slip"], sale["payments"]) == ("sale", "YH-9", "cheque:1000.00")
    assert stock(at) == (490, "")


def test_a_cheque_taken_twice_is_asked_for_again_and_the_packet_stays(at: Counter) -> None:
    """CHQ-03 at the second sale; another number is all that is typed again.  The bank of the client's last cheque is offered."""
    clerk = Clerk(at)
    answer(clerk, *WHOLE, (ANSWER, ""), (CLIENT, "dfc"), (AMOUNT, "500 支票"), (NUMBER, "10203040"))
    clerk.sees(f"付款银行（回车：{ICBC}）")
    clerk.types("")
    answer(clerk, (DRAWN, ""), (SLIP, ""), (SERIAL, "A0010011"))
    clerk.sees("error[CHQ-03]")
    answer(clerk, (NUMBER, "10203041"))
    clerk.sees("A0010011 … A0010015")
    answer(clerk, (ANSWER, ""), (CLIENT, "q"))
    assert clerk.leaves() == 0
    assert [(one["number"], one["bank"]) for one in cheques(at)] == [("10203040", ICBC), ("10203041", ICBC)]


def test_a_scan_is_no_cheque_number(at: Counter) -> None:
    """The clerk scans while the number is asked for: the serial is kept, and the number asked for again; undone at the end."""
    clerk = Clerk(at, "counter", "-t", "支票")
    clerk.sees(CLIENT)
    clerk.types("dfc 1000 A0010001")
    clerk.sees("已扫 A0010001")
    answer(clerk, (NUMBER, "票号"))
    clerk.sees("不是支票号")
    answer(clerk, (NUMBER, "１０２０３０４０"), (BANK, ICBC), (DRAWN, "昨天"), (SLIP, ""), (ANSWER, ""))
    clerk.sees("SA1008-1")
    assert stock(at)[1] == "A0010001-A0010010"
    answer(clerk, (CLIENT, "undo"))
    clerk.sees("撤销吗？")
    clerk.types("y")
    answer(clerk, (CLIENT, "q"))
    clerk.sees("本次售券 0 笔，¥0.00\r\n")
    assert clerk.leaves() == 0
    assert stock(at) == (500, "")


def test_all_of_it_on_one_line(at: Counter) -> None:
    """How it is paid stands behind the amount; a word too many is named, and the sale stays in hand."""
    clerk = Clerk(at, lang="en")
    answer(clerk, (CLIENT, "dfc 500 wechat A0010001"), (ANSWER, ""))
    clerk.sees("SA1008-1")
    answer(clerk, (CLIENT, f"dfc 500 cheque 10203040 {ICBC} 10-08"), (SLIP, ""), (SERIAL, "A0010006"), (ANSWER, ""))
    clerk.sees("SA1008-2")
    clerk.sees(CLIENT)
    clerk.types("dfc 100 A0010011 A0010012")
    clerk.sees("“A0010012” is too much")
    answer(clerk, (ANSWER, "n"), (CLIENT, "q"))
    assert clerk.leaves() == 0
    assert sorted((one["kind"], one["payments"], one["spans"]) for one in sales(at)) == [
        ("reservation", "cheque:500.00", "A0010006-A0010010"), ("sale", "wechat:500.00", "A0010001-A0010005"),
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("answered", range(2, 8))
def test_ctrl_c_at_every_question_of_a_cheque(at: Counter, lang: str, answered: int) -> None:
    before = at.files()
    clerk = Clerk(at, lang=lang)
    answer(clerk, *WHOLE[:answered])
    clerk.sees((*(label for label, _ in WHOLE), ANSWER)[answered])
    press_ctrl_c(clerk.child)
    clerk.sees({"zh": "已放弃这一笔，没有登记", "en": "this sale is dropped, nothing was recorded"})
    clerk.sees(CLIENT)
    press_ctrl_c(clerk.child)
    assert clerk.leaves() == 0
    assert at.files() == before
