"""``gb guide``: every step is a real command on a throw-away book; nothing of the person's is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.guide import STEPS
from tests.cli.start import START, environment, press_ctrl_c


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_steps_run_and_only_the_one_that_should_is_refused(tmp_path: Path, lang: str) -> None:
    """Ten steps; 100 sheets received, 5 sold and 1 of them back: 96 in the safe, and the sheet says so."""
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    env = environment(
        HOME=str(tmp_path / "home"),
        XDG_STATE_HOME=str(tmp_path / "home"),
        TMPDIR=str(tmp_path / "temporary"),
        GB_LANG=lang,
    )
    done = subprocess.run(
        [sys.executable, "-c", START, "guide"], check=True, capture_output=True, text=True, env=env, cwd=tmp_path
    )
    commands = [line.removeprefix("$ ") for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert commands == [step.command.say("zh" if lang == "zh" else "en") for step in STEPS]
    assert done.stderr.count("error[") == 1
    assert "error[NUM-02]" in done.stderr
    assert [line.split()[-2] for line in done.stdout.splitlines() if line.startswith(("本月结存", "closing"))][:1] == [
        "96"
    ]
    assert files(tmp_path) == ["home", "temporary"]


@pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_a_terminal_every_step_waits(tmp_path: Path, lang: str) -> None:
    """Enter runs a step, a command of one's own is run as typed, Ctrl-C in a command leaves that command, q the guide."""
    pexpect = pytest.importorskip("pexpect")
    env = environment(XDG_STATE_HOME=str(tmp_path), GB_LANG=lang, TERM="xterm")
    child: Any = pexpect.spawn(
        sys.executable,
        ["-c", START, "guide"],
        env=env,
        cwd=str(tmp_path),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
    ask = {"zh": "q 结束: ", "en": "q ends: "}[lang]
    for number in range(1, 5):
        child.expect_exact(f"{number}/10  ")
        child.expect_exact(ask)
        child.sendline("")
    child.expect_exact("error[NUM-02]")
    child.expect_exact("5/10  ")
    child.expect_exact(ask)
    child.sendline("gb sell C001 100 A0010050")
    child.expect_exact("A0010050")
    child.expect_exact("-3  ")
    child.expect_exact(ask)
    child.sendline("")
    child.expect_exact("[Y/n] ")
    press_ctrl_c(child)
    child.expect_exact("error[USE-02]")
    child.expect_exact("6/10  ")
    child.sendline("q")
    child.expect_exact("gb setup")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert files(tmp_path) == []
