"""The same commands on a real terminal: prompts, Ctrl-C, the end of input, the width of the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.start import START, environment

pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")


def spawn(tmp_path: Path, *argv: str, columns: int = 80) -> Any:
    return pexpect.spawn(
        sys.executable,
        ["-c", START, *argv],
        env=environment(LANG="zh_CN.UTF-8", TERM="xterm"),
        cwd=str(tmp_path),
        dimensions=(24, columns),
        encoding="utf-8",
        timeout=30,
    )


def ended(child: Any) -> tuple[int, list[str]]:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, [line for line in child.before.replace("\r\n", "\n").split("\n") if line]


def test_a_prompt_asks_again_in_the_language_of_the_locale(tmp_path: Path) -> None:
    child = spawn(tmp_path, "noop", "need")
    child.expect_exact("客户 (--client): ")
    child.sendline("东")
    child.expect_exact("“东”不是编号")
    child.expect_exact("客户 (--client): ")
    child.sendline("12")
    code, lines = ended(child)
    assert (code, lines[-1]) == (0, "12")


@pytest.mark.parametrize("leave", ["sendintr", "sendeof"])
def test_leaving_a_prompt_writes_nothing(tmp_path: Path, leave: str) -> None:
    child = spawn(tmp_path, "noop", "need")
    child.expect_exact("客户 (--client): ")
    getattr(child, leave)()
    code, lines = ended(child)
    assert (code, lines[-1]) == (130, "error[USE-02]: 已中断，没有写入任何内容")


def test_a_table_fits_a_narrow_window(tmp_path: Path) -> None:
    assert ended(spawn(tmp_path, "noop", "list", columns=60)) == (
        0,
        [
            "id                  客户          券号                  金额",
            "------------------  ------------  -----------------  -------",
            "SA20261008-K1-0001  东风机械厂工  A0010001-A0010050  7000.00",
            "                    会委员会      A0010101-A0010120",
            "SA20261008-K1-0002  Li            A0010051            100.00",
        ],
    )


def test_help_on_a_terminal_is_the_help_of_a_pipe(tmp_path: Path) -> None:
    code, lines = ended(spawn(tmp_path, "noop", "show", "--help", columns=200))
    assert (code, lines[0]) == (0, "用法：gb noop show [选项] [THING]")
    assert "\x1b" not in "".join(lines)
