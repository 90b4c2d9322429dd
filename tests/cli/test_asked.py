"""A sale and a count begun with Enter alone, on a real terminal: what is asked, what is shown, what is kept."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.counter import Counter, english_again, open_counter
from tests.cli.start import START, environment

pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    found = open_counter(tmp_path)
    request = found.done("request", "voucher", "10x50", "--reason", "x", "--json").json["id"]
    found.done("request", "approve", request, by="li")
    found.done("voucher", "receive", "B0020001+10", "--request", request, "--finance", "x", "--stamped")
    yield found
    english_again()


def spawn(at: Counter, *argv: str, clock: str = "15:01") -> Any:
    shared: tuple[str, ...] = ("--book", str(at.book), "--terminal", "K1", "--by", "wang", "--at", f"{at.day} {clock}")
    shared += () if "--lang" in argv else ("--lang", "zh")
    return pexpect.spawn(
        sys.executable, ["-c", START, *argv, *shared], env=environment(LANG="zh_CN.UTF-8", TERM="xterm", COLUMNS="200"),
        dimensions=(24, 200), encoding="utf-8", timeout=10,
    )  # fmt: skip


def sales(at: Counter) -> list[str]:
    lines = at.done("sale", "list", "--json").out.splitlines()
    return [json.loads(line)["spans"] for line in lines]


def answer(child: Any, *pairs: tuple[str, str]) -> int:
    for label, text in pairs:
        child.expect_exact(label)
        child.sendline(text)
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


def test_enter_asks_for_face_and_first_serial_and_before_recording(at: Counter) -> None:
    begun = [("(CLIENT): ", "dfc"), ("(AMOUNT): ", "-5"), ("(AMOUNT): ", "100"), ("序号 1-2: ", "2")]
    lowest = ("直接回车取最小号 B0020001 … B0020002 (SERIAL): ", "")
    assert answer(spawn(at, "sell"), *begun, lowest, ("登记吗？ [Y/n] ", "n")) == 130
    assert sales(at) == []
    assert answer(spawn(at, "sell"), *begun, lowest, ("登记吗？ [Y/n] ", "y")) == 0
    assert answer(spawn(at, "sell"), *begun, ("(SERIAL): ", "B0020005")) == 0
    assert sales(at) == ["B0020001-B0020002", "B0020005-B0020006"]


def test_the_lowest_are_confirmed_for_a_command_typed_whole(at: Counter) -> None:
    assert answer(spawn(at, "sell", "C001", "100", "--face", "100", "--lang", "en"), ("record them? [Y/n] ", "y")) == 0
    assert sales(at) == ["A0010001"]


def test_what_was_typed_at_prompts_stays_in_the_next_command(at: Counter) -> None:
    child = spawn(at, "request", "void")
    child.expect_exact("几张、什么面值？如 500x100（500 张 100 元） (LINES): ")
    child.sendline("10")
    child.expect_exact("不是“张数x面值”")
    child.sendline("10x100")
    child.expect_exact("原因 (--reason): ")
    child.sendline("x")
    child.expect(pexpect.EOF)
    child = spawn(at, "voucher", "void")
    for label, text in (("(SPANS): ", "A0010001"), ("(--reason): ", "torn sheet")):
        child.expect_exact(label)
        child.sendline(text)
    child.expect_exact("gb request void 1x100 --reason")
    child.expect(pexpect.EOF)
    again = at("request", "approve", "RQ-5", by="li", at=f"{at.day} 15:02")
    assert again.code == 0, again.err
    child = spawn(at, "voucher", "void", clock="15:03")
    for label, text in (("(SPANS): ", "A0010001"), ("(--reason): ", "torn sheet")):
        child.expect_exact(label)
        child.sendline(text)
    child.expect(r"next: gb voucher void .* A0010001 --reason 'torn sheet' --approval RQ20261008-K1-0005")


def test_a_count_asks_for_the_second_person(at: Counter) -> None:
    child = spawn(at, "voucher", "count", "A0010001-A0010500,B0020001-B0020010")
    assert answer(child, ("监盘人，直接回车：没有 (--second): ", "孙芳")) == 0
    listed = at.done("voucher", "list", "--kind", "count", "--json").json
    assert listed["second"] == "孙芳"
