"""The real command as a process of its own, and what may be done to it on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from ledger.book.open import Book
from ledger.book.text import read_all
from ledger.journal.entry import Entry
from tests.cli.counter import Result, gb
from tests.cli.start import ROOT, environment

PROGRAM = (sys.executable, "-m", "cli.main")
DYING = """
import os, signal, sys
from ledger.disk import Ops
call, _, part = sys.argv[1].partition(" ")
left = [int(sys.argv[2])]
def dying(name, true):
    def do(self, at, *more):
        path = os.readlink(f"/proc/self/fd/{at}") if isinstance(at, int) else at
        if call in (name, "*") and part in path:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
        return true(self, at, *more)
    return do
for name in ("open close pread write pwrite fsync truncate fstat lstat rename unlink mkdir listdir flock").split():
    setattr(Ops, name, dying(name, getattr(Ops, name)))
from cli.main import main
sys.exit(main(sys.argv[3:]))
"""


class Shop:
    """A book, and real processes that work on it as ``by`` on terminal K1 at the given time."""

    def __init__(self, book: Path, at: str = "2026-10-08 12:00") -> None:
        self.book = book
        self.at = at

    def argv(self, *words: str, by: str = "wang") -> list[str]:
        shared = ("--book", str(self.book), "--terminal", "K1", "--lang", "en", "--at", self.at)
        return [*words, *shared, *(() if words[0] in ("verify", "check") else ("--by", by))]

    def start(self, *words: str, by: str = "wang") -> subprocess.Popen[str]:
        """A running command."""
        return started(PROGRAM, self.argv(*words, by=by))

    def __call__(self, *words: str, by: str = "wang", before: tuple[str, ...] = ()) -> Result:
        """Run to the end; ``before`` is a program that runs the command, such as strace with its options."""
        return ended(started((*before, *PROGRAM), self.argv(*words, by=by)))

    def here(self, *words: str, by: str = "wang") -> Result:
        """Run it in this process, which is quicker where nothing is done to it."""
        return gb(*self.argv(*words, by=by))

    def done(self, *words: str, by: str = "wang") -> Result:
        """Run and insist that it worked."""
        ran = self(*words, by=by)
        assert ran.code == 0, (words, ran)
        return ran

    def dies(self, call: str, number: int, *words: str, by: str = "wang") -> Result:
        """Kill it before a system call of the disk module: of those that ``call`` fits the one of that number, from 1.

        ``fsync clients`` fits the syncs of files whose path has ``clients`` in it, ``*`` every call.
        """
        return ended(started((sys.executable, "-c", DYING, call, str(number)), self.argv(*words, by=by)))

    def killed(self, after: float, *words: str, by: str = "wang") -> Result:
        """Kill it, and every process it started, so many seconds after its start, unless it has ended by then."""
        process = started(PROGRAM, self.argv(*words, by=by))
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=after)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return ended(process)

    def entries(self) -> list[Entry]:
        """Every record; the journals must be sound."""
        found, damage = read_all(Book(self.book))
        assert damage == []
        return found

    def errors(self) -> list[str]:
        """The codes of what a check calls an error."""
        return [one["code"] for one in self.here("check", "--json").json["findings"] if one["severity"] == "error"]


def started(program: tuple[str, ...], argv: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*program, *argv],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> Result:
    out, err = process.communicate(timeout=120)
    return Result(process.returncode, out, err)


def copied(model: Path, folder: Path) -> Path:
    """A copy of a book without what is derived."""
    shutil.copytree(model, folder, ignore=shutil.ignore_patterns(".gb"))
    return folder


@cache
def strace() -> str:
    """Why strace cannot work here; empty when it can."""
    path = shutil.which("strace")
    if path is None:
        return "strace is not installed"
    tried = subprocess.run([path, "-f", "-o", "/dev/null", "true"], check=False, capture_output=True, text=True)
    return "" if tried.returncode == 0 else f"strace cannot trace here: {tried.stderr.strip()[:200]}"


def until(limit: int, act: Callable[[int], bool]) -> int:
    """Call ``act`` with 1, 2, 3, … until it is False; the number of calls before.  Fails at ``limit``."""
    for number in range(1, limit):
        if not act(number):
            return number - 1
    raise AssertionError(f"no end after {limit} calls")
