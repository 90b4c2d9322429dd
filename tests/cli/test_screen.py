"""The full-screen form of ``gb counter``, driven by its own pilot, and once on a real terminal."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli import lang
from cli.entry import Desk
from cli.shared import Call
from tests.cli.counter import Counter, english_again, open_counter
from tests.cli.start import START, environment
from tests.cli.test_counter import sales

pytest.importorskip("textual", reason="the extra `counter` is not installed")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


def drive(at: Counter, language: str, act: Callable[[Any, Any], Awaitable[None]]) -> Any:
    """Run the form of 80 columns on the book and hand it to ``act`` with its pilot; returns the till."""
    lang.choose("zh" if language == "zh" else "en")
    for name in ("cli.till", "cli.screen", "cli.counter"):
        sys.modules.pop(name, None)
    screen, till = importlib.import_module("cli.screen"), importlib.import_module("cli.till")
    call = Call(
        book=str(at.book),
        terminal="K1",
        by="wang",
        at=f"{at.day} 15:00",
        lang="zh" if language == "zh" else "en",
        prompts=False,
    )
    used = till.Till(Desk(call), "cash")

    async def run() -> None:
        form = screen.CounterForm(used)
        async with form.run_test(size=(80, 24)) as pilot:
            await act(form, pilot)

    asyncio.run(run())
    return used


async def enter(pilot: Any, *texts: str) -> None:
    for text in texts:
        await pilot.press(*text, "enter")


def fields(form: Any) -> dict[str, str]:
    return {name: form.query_one(f"#{name}").value for name in ("client", "amount", "serial", "answer")}


def told(form: Any) -> str:
    return "\n".join(line.text for line in form.query_one("#told").lines)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sale_is_the_same_keys_as_in_lines(at: Counter, language: str) -> None:
    async def act(form: Any, pilot: Any) -> None:
        await enter(pilot, "dfc", "500", "A0010001")
        assert "A0010001 … A0010005" in str(form.query_one("#back").content)
        assert form.focused.id == "answer"
        await pilot.press("enter")
        assert set(fields(form).values()) == {""}
        assert form.focused.id == "client"
        assert ("售券" if language == "zh" else "sale") in told(form)

    drive(at, language, act)
    assert [(one["spans"], one["client"]) for one in sales(at)] == [("A0010001-A0010005", "C001")]


def test_an_earlier_field_is_gone_back_to(at: Counter) -> None:
    """500 was typed for 300: back in the field of the amount, client and packet stay; three sheets are read back."""

    async def act(form: Any, pilot: Any) -> None:
        await enter(pilot, "dfc", "500", "A0010001")
        form.query_one("#amount").focus()
        form.query_one("#amount").value = "300"
        await pilot.press("enter")
        assert form.focused.id == "answer"
        assert fields(form) == {"client": "dfc", "amount": "300", "serial": "A0010001", "answer": ""}
        assert "A0010001 … A0010003" in str(form.query_one("#back").content)
        await pilot.press("enter")

    drive(at, "en", act)
    assert [one["amount"] for one in sales(at)] == ["300.00"]


def test_what_is_wrong_is_said_and_the_field_asks_again(at: Counter) -> None:
    async def act(form: Any, pilot: Any) -> None:
        await enter(pilot, "dong", "东风")
        assert form.focused.id == "client"
        assert "C002" in told(form), "the candidates are named"
        await enter(pilot, "dfc", "400", "阿0010001", "A0010501")
        assert "Chinese character" in told(form)
        assert form.focused.id == "serial"
        await pilot.press("escape")
        assert form.focused.id == "client"
        assert set(fields(form).values()) == {""}

    till = drive(at, "en", act)
    assert not till.begun
    assert sales(at) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_amount_that_the_sheets_do_not_make_is_asked_for_again(at: Counter, language: str) -> None:
    """¥450.00 in sheets of ¥100.00: back in the amount with the packet kept; n begins anew, q leaves."""

    async def act(form: Any, pilot: Any) -> None:
        await enter(pilot, "dfc", "450", "A0010001")
        assert "REC-03" in told(form)
        assert "next:" not in told(form)
        assert form.focused.id == "amount"
        assert fields(form) == {"client": "dfc", "amount": "", "serial": "A0010001", "answer": ""}
        await enter(pilot, "400")
        assert "A0010001 … A0010004" in str(form.query_one("#back").content)
        await enter(pilot, "", "dfc", "n")
        assert form.focused.id == "client"
        assert set(fields(form).values()) == {""}
        await enter(pilot, "dfc", "q")
        assert not form.is_running

    drive(at, language, act)
    assert [one["amount"] for one in sales(at)] == ["400.00"]


def test_a_scan_that_fires_twice_and_undo(at: Counter) -> None:
    async def act(form: Any, pilot: Any) -> None:
        await enter(pilot, "dfc", "500", "A0010001", "A0010001")
        assert "scanned twice" in told(form)
        assert sales(at) == []
        await enter(pilot, "A0010005")
        await pilot.press("f2")
        assert form.focused.id == "answer"
        await enter(pilot, "y")
        assert "reversal" in told(form)

    assert drive(at, "en", act).sold == {}
    assert at.done("voucher", "stock", "--json").json["faces"][0]["sheets"] == 500


def test_a_cheque_has_four_fields_more(at: Counter) -> None:
    """They are there as soon as a cheque pays, within 24 lines; the bank is gone back to and the rest stays; Esc takes them away."""

    def shown(form: Any) -> list[str]:
        return [one.id for one in form.query("#form Input") if one.display and one.region.height]

    async def act(form: Any, pilot: Any) -> None:
        assert shown(form) == ["client", "amount", "serial", "answer"]
        await enter(pilot, "dfc", "1000 支票")
        assert shown(form) == ["client", "amount", "cheque", "bank", "drawn", "bank_slip", "serial", "answer"]
        assert form.query_one("#told").region.bottom <= 24
        assert form.query_one("#told").region.height >= 3
        await enter(pilot, "10203040", "工商", "", "", "A0010001")
        assert "工商  2026-10-08" in str(form.query_one("#back").content)
        form.query_one("#bank").focus()
        form.query_one("#bank").value = "工商银行"
        await pilot.press("enter")
        assert form.focused.id == "answer"
        assert form.query_one("#serial").value == "A0010001"
        assert "工商银行  2026-10-08" in str(form.query_one("#back").content)
        await pilot.press("enter")
        assert shown(form) == ["client", "amount", "serial", "answer"]
        await enter(pilot, "dfc", "500 支票")
        await pilot.press("escape")
        assert shown(form) == ["client", "amount", "serial", "answer"]

    till = drive(at, "zh", act)
    assert [*till.reserved.values()] == [100000]
    assert till.sold == {}
    (one,) = at.done("cheque", "list", "--json").json["cheques"]
    assert (one["number"], one["bank"], one["amount"]) == ("10203040", "工商银行", "1000.00")


def test_another_amount_in_cash_needs_no_cheque(at: Counter) -> None:
    """Begun as a cheque, then paid in cash after all: gone back to the amount, the four fields go."""

    async def act(form: Any, pilot: Any) -> None:
        await enter(pilot, "dfc", "1000 支票", "10203040")
        form.query_one("#amount").focus()
        form.query_one("#amount").value = "1000"
        await pilot.press("enter")
        assert form.focused.id == "serial"
        await enter(pilot, "A0010001", "")

    drive(at, "zh", act)
    assert [one["payments"] for one in sales(at)] == ["cash:1000.00"]


def test_the_form_on_a_real_terminal(at: Counter) -> None:
    pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
    shared = ("--book", str(at.book), "--terminal", "K1", "--by", "wang", "--at", f"{at.day} 15:00", "--lang", "zh")
    child = pexpect.spawn(
        sys.executable, ["-c", START, "counter", "--screen", *shared], dimensions=(24, 80), encoding="utf-8", timeout=30,
        env=environment(LANG="zh_CN.UTF-8", TERM="xterm-256color"),
    )  # fmt: skip
    child.expect_exact("客户（? 帮助")
    for text, shown in (("dfc", "C001"), ("500", "扫或输入首号"), ("A0010001", "A0010005"), ("", "SA1008-1")):
        child.send(f"{text}\r")
        child.expect_exact(shown)
    child.send("\x1b[21~")  # F10
    child.expect_exact("本次售券 1 笔，¥500.00")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert [one["spans"] for one in sales(at)] == ["A0010001-A0010005"]


@pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")
def test_without_the_extra_the_error_names_it(at: Counter) -> None:
    pexpect = pytest.importorskip("pexpect")
    shared = ("--book", str(at.book), "--terminal", "K1", "--by", "wang", "--at", f"{at.day} 15:00", "--lang", "en")
    child = pexpect.spawn(
        sys.executable, ["-c", "import sys; sys.modules['textual'] = None\n" + START, "counter", "--screen", *shared],
        dimensions=(24, 80), encoding="utf-8", timeout=30, env=environment(TERM="xterm"),
    )  # fmt: skip
    child.expect_exact("error[USE-01]: the full-screen form needs the extra gb-ledger[counter]")
    child.expect_exact("next: pip install 'gb-ledger[counter]'")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2


def test_a_sale_from_the_command_line_imports_no_screen(at: Counter) -> None:
    script = f"from cli.main import main; main({['sell', 'C001', '100', 'A0010001', '--book', str(at.book), '--terminal', 'K1', '--by', 'wang', '--at', '2026-10-08 15:00']!r})"
    script += "; import sys; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], check=True, env=environment(), capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert sorted(loaded & {"textual", "rich", "cli.till", "cli.counter", "cli.screen", "cli.completion"}) == []
