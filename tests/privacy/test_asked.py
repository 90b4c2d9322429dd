"""Personal data on a real terminal: each item is asked for, what was typed is in no command to type next, a passphrase is hidden."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.counter import Counter
from tests.cli.start import START, environment
from tests.privacy.shop import UNIT, filled, personal, with_keys

pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")


def spawn(at: Counter, *argv: str, by: str = "wang", clock: str = "15:01") -> Any:
    shared = ("--book", str(at.book), "--terminal", "K1", "--by", by, "--lang", "zh", "--at", f"{at.day} {clock}")
    state = {"XDG_STATE_HOME": os.environ["XDG_STATE_HOME"]}
    return pexpect.spawn(
        sys.executable, ["-c", START, *argv, *shared], env=environment(LANG="zh_CN.UTF-8", TERM="xterm", COLUMNS="200", **state),
        dimensions=(24, 200), encoding="utf-8", timeout=10,
    )  # fmt: skip


def answer(child: Any, *pairs: tuple[str, str]) -> tuple[int, str]:
    """The exit code, and what was shown after the last answer."""
    for label, text in pairs:
        child.expect_exact(label)
        child.sendline(text)
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus), str(child.before)


def test_each_item_is_asked_for(tmp_path: Path) -> None:
    """Enter leaves one out; a number that is none is asked for again, and not repeated by the program."""
    at = with_keys(tmp_path)
    child = spawn(at, "client", "add", "--unit", "东风厂", "--kind", "enterprise")
    asked = (
        ("联系人，直接回车：不登记 (contact): ", "张三丰"), ("(phone): ", "139x"), ("电话的写法不对：应是5 到 20 位数字", ""),
        ("(address): ", ""), ("(email): ", "a@b.cn"),
    )  # fmt: skip
    assert answer(child, *asked)[0] == 0
    assert personal(at, "C001", reveal=True) == {"contact": "张三丰", "email": "a@b.cn"}


def test_what_was_typed_is_in_no_next_command(tmp_path: Path) -> None:
    """Refused after all was typed, since nobody of that name works here: the command to type next has no name in it."""
    at = with_keys(tmp_path)
    child = spawn(at, "client", "add", "--unit", "东风厂", "--kind", "enterprise", by="nobody")
    asked = (("(contact): ", "张三丰"), ("(phone): ", "13911110002"), ("(address): ", ""), ("(email): ", ""))
    code, shown = answer(child, *asked)
    assert (code, "next: " in shown) == (3, True)
    assert "张三丰" not in shown
    assert "1391111" not in shown


def test_a_reveal_asks_why(tmp_path: Path) -> None:
    at = filled(tmp_path)
    code, shown = answer(spawn(at, "client", "show", "C001", "--reveal", by="li"), ("(--reason): ", "回访"))
    assert (code, all(text in shown for text in UNIT.values())) == (0, True)


def test_erasing_asks_once_more(tmp_path: Path) -> None:
    """No is what Enter means."""
    at = filled(tmp_path)
    erase = ("client", "erase", "C001", "--reason", "本人要求")
    assert answer(spawn(at, *erase, by="li"), ("[y/N] ", ""))[0] == 130
    assert len(personal(at, "C001")) == len(UNIT)
    assert answer(spawn(at, *erase, by="li"), ("[y/N] ", "y"))[0] == 0
    assert personal(at, "C001") == {}


def test_a_passphrase_is_hidden_and_typed_twice(tmp_path: Path) -> None:
    at = filled(tmp_path)
    file = tmp_path / "keys.age"
    backup = ("keys", "backup", str(file))
    code, shown = answer(
        spawn(at, *backup, by="li"), ("口令: ", "correct horse battery"), ("再输一次: ", "correct house battery")
    )
    assert (code, file.exists()) == (2, False)
    child = spawn(at, *backup, by="li")
    code, shown = answer(child, ("口令: ", "correct horse battery"), ("再输一次: ", "correct horse battery"))
    assert (code, file.exists(), "correct" in shown) == (0, True, False)
