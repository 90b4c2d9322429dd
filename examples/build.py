"""Type the example store again: ``python examples/build.py FOLDER`` builds its book with the real commands.

The script is ``store.txt`` beside this file.  Each command runs with the clock, terminal and operator of the last "@"
line, so the book comes out with the same bytes every time.  What belongs together stands together there, and what comes
round every day stands there once.
"""

from __future__ import annotations

import datetime as dt
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ZONE = "+08:00"
STEP = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


class Typed(NamedTuple):
    """One command of the script: its words, what stdin holds, and who types it when and where."""

    line: int
    words: list[str]
    stdin: str
    at: dt.datetime
    terminal: str
    operator: str


class Round(NamedTuple):
    """A command that comes round every day from its time on; ``worked``: only when its terminal typed something before."""

    first: Typed
    worked: bool

    def until(self, last: dt.date, typed: Sequence[Typed]) -> Iterator[Typed]:
        """The command on each of its days up to ``last`` (inclusive)."""
        for step in range((last - self.first.at.date()).days + 1):
            at = self.first.at + step * DAY
            before = (one.terminal for one in typed if one.at.date() == at.date() and one.at < at)
            if not self.worked or self.first.terminal in before:
                yield self.first._replace(at=at)


def commands(script: str) -> list[Typed]:
    """All that is typed, in order of time; the script itself stands in order of what belongs together."""
    typed, rounds = read(script)
    last = max(one.at for one in typed).date()
    return sorted([*typed, *(one for round_ in rounds for one in round_.until(last, typed))], key=lambda one: one.at)


def read(script: str) -> tuple[list[Typed], list[Round]]:
    """The commands, a minute apart from each "@" line on, and what comes round."""
    typed: list[Typed] = []
    rounds: list[Round] = []
    at, terminal, operator, kind = dt.datetime.min, "", "", ""
    for number, line in enumerate(script.splitlines(), 1):
        words = shlex.split(line, comments=True)
        if words[:1] == ["@"]:
            kind = words[1] if words[1] in ("every", "worked") else ""
            day = str(at.date()) if kind else words[1]
            at, terminal, operator = dt.datetime.fromisoformat(f"{day} {words[2]}"), words[3], words[4].strip("-")
        elif words:
            one = Typed(number, *_stdin(words[1:]), at, terminal, operator)
            if kind:
                rounds.append(Round(one, kind == "worked"))
            else:
                typed.append(one)
            at += STEP
    return typed, rounds


def _stdin(words: list[str]) -> tuple[list[str], str]:
    """The words of a command, and what stdin holds."""
    if "<" not in words:
        return words, ""
    return words[:-2], (HERE / words[-1]).read_text(encoding="utf-8")


def run(typed: Typed, folder: Path) -> tuple[int, str]:
    """Run one command in ``folder``; its exit code and everything it printed."""
    from cli.main import main

    settings = {"GB_TERMINAL": typed.terminal, "GB_OPERATOR": typed.operator, "GB_LANG": "zh"}
    words = [str(HERE / word) if (HERE / word).is_file() else word for word in typed.words]
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
    if len(sys.argv) > 1:
        build(Path(sys.argv[1]), show=True)
    else:  # made beside and put in place: git knows the seals of the book that is here, and gb seals no month twice
        with TemporaryDirectory() as folder:
            build(Path(folder) / "book", show=True)
            shutil.rmtree(HERE / "book", ignore_errors=True)
            shutil.copytree(Path(folder) / "book", HERE / "book", ignore=shutil.ignore_patterns(".gb"))
