"""Every question of every command: a real terminal on which one command after another is started, answered and left.

One process has the program loaded and starts each command as a fork of itself, so that hundreds are a matter of seconds.  Where
a question is asked in the source is noted, so that a question which no dialogue reaches is found.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.start import ROOT, environment, press_ctrl_c

ASKED, ENDED = "\x02", "\x03"
HIDDEN = r"(?:口令|再输一次|passphrase|once more|passphrase\)|again): $"
"""What is typed without an echo is not asked for by the program's own reading."""
SERVER = f"""
import json, os, signal, sys
from importlib import import_module
import cli.shared as shared
from cli.commands import COMMANDS
from cli.main import main, _plain_streams
for entry in COMMANDS.values():
    import_module(entry.module)
plain, sites = shared._read, open(sys.argv[2], "a")
def read(label):
    frame = sys._getframe(1)
    while frame is not None:
        sites.write(f"{{frame.f_code.co_filename}}:{{frame.f_lineno}}\\n")
        frame = frame.f_back
    sites.flush()
    return plain(label + "{ASKED}")
shared._read = read
_plain_streams()
signal.signal(signal.SIGINT, signal.SIG_IGN)
for line in open(sys.argv[1]):
    if (pid := os.fork()) == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main(json.loads(line))
        sys.stdout.flush()
        os._exit(code)
    print("{ENDED}" + str(pid) + "{ENDED}", end="", flush=True)
    print("{ENDED}" + str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])) + "{ENDED}", end="", flush=True)
"""


class Terminal:
    """A terminal of 80 columns; ``sites`` is a file that gets the function behind each question."""

    def __init__(self, folder: Path, sites: Path) -> None:
        pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
        requests = folder / "requests"
        os.mkfifo(requests)
        self._child: Any = pexpect.spawn(
            sys.executable, ["-c", SERVER, str(requests), str(sites)],
            env=environment(LANG="zh_CN.UTF-8", TERM="xterm"), dimensions=(24, 80), encoding="utf-8", timeout=60,
        )  # fmt: skip
        self._child.delaybeforesend = None
        self._requests = requests.open("w", encoding="utf-8")
        self._pid = self.code = 0

    def start(self, argv: Sequence[str]) -> None:
        """Start a command."""
        self._requests.write(json.dumps(argv) + "\n")
        self._requests.flush()
        self._child.expect(f"{ENDED}([0-9]+){ENDED}")
        self._pid = int(self._child.match[1])

    def question(self) -> str | None:
        """What is shown up to the next question; ``None`` where the command ended, with its exit code in ``code``."""
        if self._child.expect([f"{ENDED}(-?[0-9]+){ENDED}", ASKED, HIDDEN]) == 0:
            self.code = int(self._child.match[1])
            return None
        return str(self._child.before)

    def answer(self, text: str) -> None:
        self._child.sendline(text)

    def left(self) -> tuple[int, str]:
        """Press Ctrl-C; the exit code and what is said."""
        press_ctrl_c(self._child, self._pid)
        self._child.expect(f"{ENDED}(-?[0-9]+){ENDED}")
        return int(self._child.match[1]), str(self._child.before)

    def close(self) -> None:
        self._requests.close()
        self._child.close()


class Site(NamedTuple):
    """A call that asks, by its file and lines, and the function that it is in."""

    file: str
    first: int
    last: int
    function: str


QUESTIONS = frozenset({"ask", "confirm", "choose", "need_reason", "line"})


def sites() -> Iterator[Site]:
    """Every call in the program's commands that asks a question."""
    for path in sorted((ROOT / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield from (
                    Site(str(path), call.lineno, call.end_lineno or call.lineno, f"{path.stem}.{node.name}")
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call) and _asks(call.func)
                )


def _asks(function: ast.expr) -> bool:
    """``at.call.ask`` and its like; ``lang.choose`` asks nobody."""
    return isinstance(function, ast.Attribute) and function.attr in QUESTIONS and ast.unparse(function) != "lang.choose"


def unasked(log: Path) -> list[str]:
    """The functions with a call that asks and was in no stack of a question."""
    seen: dict[str, set[int]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        file, _, number = line.rpartition(":")
        seen.setdefault(file, set()).add(int(number))
    return sorted(
        f"{site.function}:{site.first}"
        for site in sites()
        if not seen.get(site.file, set()) & {*range(site.first, site.last + 1)}
    )
