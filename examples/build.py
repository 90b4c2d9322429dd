"""Type the example store again: ``python examples/build.py FOLDER`` builds its book with the real commands.

The script is ``store.txt`` beside this file.  Each command runs with the clock, terminal and operator of the last "@"
line, so the book comes out with the same bytes every time.
"""

from __future__ import annotations

import datetime as dt
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ZONE = "+08:00"
STEP = dt.timedelta(minutes=1)


class Typed(NamedTuple):
    """One command of the script: its words, what stdin holds, and who types it when and where."""

    line: int
    words: list[str]
    stdin: str
    at: dt.datetime
    terminal: str
    operator: str


def commands(script: str) -> Iterator[Typed]:
    """The commands of a script, a minute apart from each "@" line on."""
    at, terminal, operator = dt.datetime.min, "", ""
    for number, line in enumerate(script.splitlines(), 1):
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "@":
            at, terminal, operator = dt.datetime.fromisoformat(f"{words[1]} {words[2]}"), words[3], words[4].strip("-")
            continue
        stdin = ""
        if "<" in words:
            stdin = (HERE / words.pop()).read_text(encoding="utf-8")
            words.remove("<")
        yield Typed(number, words[1:], stdin, at, terminal, operator)
        at += STEP


def run(typed: Typed, folder: Path) -> tuple[int, str]:
    """Run one command in ``folder``; its exit code and everything it printed."""
    from cli.main import main

    settings = {"GB_TERMINAL": typed.terminal, "GB_OPERATOR": typed.operator, "GB_LANG": "zh"}
    words = [str(HERE / word) if word == "opening.yaml" else word for word in typed.words]
    output, before, stdin = StringIO(), Path.cwd(), sys.stdin
    os.environ.update(settings)
    os.chdir(folder)
    sys.stdin = StringIO(typed.stdin)
    try:
        with redirect_stdout(output), redirect_stderr(output):
            code = main([*words, "--at", f"{typed.at.isoformat()}{ZONE}"])
    finally:
        sys.stdin = stdin
        os.chdir(before)
    return code, output.getvalue()


def build(folder: Path, *, show: bool = False) -> None:
    """Build the whole book in ``folder``; raises ``SystemExit`` naming the line of a command that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as state:  # which terminal this machine is must not be changed by an example
        os.environ["XDG_STATE_HOME"] = state
        _type_all(folder, show=show)


def _type_all(folder: Path, *, show: bool) -> None:
    for typed in commands((HERE / "store.txt").read_text(encoding="utf-8")):
        code, output = run(typed, folder)
        if show:
            print(f"{typed.at:%m-%d %H:%M} {typed.terminal} {typed.operator or '-'}  gb {shlex.join(typed.words)}")
            print("".join(f"    {line}\n" for line in output.splitlines()), end="")
        if code:
            raise SystemExit(f"store.txt:{typed.line}: exit {code}: gb {shlex.join(typed.words)}\n{output}")


if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "book"), show=True)
