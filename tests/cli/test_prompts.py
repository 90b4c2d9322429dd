"""What is asked at a terminal: Ctrl-C at every question of every dialogue, full-width digits, large amounts, near matches."""

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


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


def spawn(at: Counter, *argv: str, lang: str) -> Any:
    shared = ("--book", str(at.book), "--terminal", "K1", "--by", "wang", "--at", f"{at.day} 15:01", "--lang", lang)
    child = pexpect.spawn(
        sys.executable, ["-c", START, *argv, *shared], env=environment(LANG="zh_CN.UTF-8", TERM="xterm"),
        dimensions=(24, 80), encoding="utf-8", timeout=30,
    )  # fmt: skip
    child.delaybeforesend = None
    return child


def ended(child: Any) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


DIALOGUES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "sell": (("sell",), (("(CLIENT): ", "ｄｆｃ"), ("(AMOUNT): ", "５００"), ("(SERIAL): ", ""), ("[Y/n] ", ""))),
    "sell a large amount": (("sell", "dfc", "20000", "A0010001"), (("[y/N] ", "y"),)),
    "sale cash": (("sale", "cash"), (("(--client): ", "C００１"), ("(--vouchers): ", "Ａ００１０００１＋５"))),
    "sale return": (("sale", "return"), (("(SPANS): ", "A0010390"), ("(--reason): ", "多买"))),
    "undo": (("undo",), (("[Y/n] ", "y"),)),
    "reverse": (("reverse",), (("(ID): ", "last"), ("(--reason): ", "打错"), ("[Y/n] ", "y"))),
    "request": (("request", "void", "1x100"), (("(--reason): ", "破损"),)),
}
"""The command, and every question with an answer; what was sold before is A0010390."""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", DIALOGUES)
def test_ctrl_c_at_every_question_records_nothing(at: Counter, name: str, lang: str) -> None:
    """Each dialogue is left at each of its questions in turn, then answered to the end: one record more, not before."""
    argv, questions = DIALOGUES[name]
    at.done("sell", "C001", "100", "A0010390", at=f"{at.day} 15:00")
    before = at.files()
    for last in range(len(questions)):
        child = spawn(at, *argv, lang=lang)
        for label, text in questions[:last]:
            child.expect_exact(label)
            child.sendline(text)
        child.expect_exact(questions[last][0])
        press_ctrl_c(child)
        assert ended(child) == 130
        assert at.files() == before
    child = spawn(at, *argv, lang=lang)
    for label, text in questions:
        child.expect_exact(label)
        child.sendline(text)
    assert ended(child) == 0
    changed = [path for path, data in at.files().items() if before.get(path) != data]
    assert len(changed) == 1
    assert at("check", "NUM", "STA", "JRN", "IDX").code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_full_width_digits_are_folded_and_echoed(at: Counter, lang: str) -> None:
    child = spawn(at, "sell", lang=lang)
    for label, text in (("(CLIENT): ", "东风厂"), ("(AMOUNT): ", "５００"), ("(SERIAL): ", "Ａ００１０００１")):
        child.expect_exact(label)
        child.sendline(text)
        child.expect_exact({"东风厂": "C001 东风厂", "５００": "¥500.00", "Ａ００１０００１": "A0010001"}[text])
    assert ended(child) == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_large_sale_is_read_back_and_enter_is_no(at: Counter, lang: str) -> None:
    """¥20,000.00 is the amount of the rule; a sheet less is not asked; a script has said what it wants."""
    child = spawn(at, "sell", "dfc", "20000", "A0010001", lang=lang)
    child.expect_exact({"zh": "将登记：", "en": "to be recorded: "}[lang])
    child.expect_exact("A0010001 … A0010200")
    child.expect_exact("[y/N] ")
    child.sendline("")
    assert ended(child) == 130
    assert ended(spawn(at, "sell", "dfc", "19900", "A0010001", lang=lang)) == 0
    assert at.done("sell", "dfc", "20000", "A0010200", at=f"{at.day} 15:02").code == 0
    sold = [json.loads(line)["amount"] for line in at.done("sale", "list", "--json").out.splitlines()]
    assert sorted(sold) == ["19900.00", "20000.00"]


def test_the_rule_may_be_switched_off(at: Counter) -> None:
    rules = at.book / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace('amount: "20000.00"', 'amount: ""'), "utf-8")
    assert ended(spawn(at, "sell", "dfc", "20000", "A0010001", lang="en")) == 0


def test_an_older_book_asks_from_the_usual_amount(at: Counter) -> None:
    """A rules.yaml without the rule: as in a new book, from ¥20,000.00 on."""
    rules = at.book / "rules.yaml"
    head, found, tail = rules.read_text("utf-8").partition("confirm:\n")
    assert found
    rules.write_text(head + tail.partition("\n\n")[2], "utf-8")
    child = spawn(at, "sell", "dfc", "20000", "A0010001", lang="en")
    child.expect_exact("[y/N] ")
    child.sendline("n")
    assert ended(child) == 130


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (("seel",), "sell"),
        (("sell", "dfcc", "100"), "C001 东风厂"),
        (("sell", "C001", "100", "-t", "wechaat"), "wechat"),
        (("sell", "C001", "100", "A0010001", "--by", "wangg"), "wang"),
        (("check", "STKK"), "STK"),
        (("terminal", "use", "KK1"), "K1"),
        (("login", "wangg"), "wang"),
        (("sale", "cash", "--vuchers", "x"), "--vouchers"),
        (("log", "--kind", "saale"), "sale"),
    ],
)
def test_a_word_that_is_nearly_right_is_named(at: Counter, argv: tuple[str, ...], meant: str) -> None:
    for lang, words in (("zh", "是不是："), ("en", "did you mean: ")):
        at.language = lang
        ran = at(*argv)
        assert ran.code in (2, 3)
        assert f"{words}{meant}" in ran.err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_of_two_plans_of_outreach_is_chosen(at: Counter, lang: str) -> None:
    """One unit in two scripts, planned for the 14th and the 18th; the second is chosen, so that the first stays open."""
    first = at.done("outreach", "plan", "第一中學", "--day", "10-14", "--json").json["id"]
    at.done("outreach", "plan", "第一中学", "--day", "10-18")
    child = spawn(at, "outreach", "log", "第一中学", "--depth", "met", lang=lang)
    child.expect_exact(": ")
    child.sendline("2")
    assert ended(child) == 0
    left = at.done("outreach", "list", "--json", at=f"{at.day} 15:02").json["outreach"]
    assert [one["id"] for one in left] == [first]
