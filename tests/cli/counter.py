"""A counter for tests: the real commands in this process, on a small book that is made once and copied."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import pytest

from cli import frame, lang
from cli.main import main
from ledger.disk import SystemClock

DAY = "2026-10-08"
BOOK_ID = "0123456789abcdef0123456789abcdef"


class Result(NamedTuple):
    """What a command did; ``code`` is negative for the signal that ended its process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as JSON."""
        return json.loads(self.out)

    @property
    def killed(self) -> bool:
        """Whether it was ended by ``kill -9``."""
        return self.code == -signal.SIGKILL

    @property
    def error(self) -> str:
        """The code in ``error[CODE]``, or empty."""
        return self.err.partition("error[")[2].partition("]")[0]

    @property
    def next(self) -> list[str]:
        """The commands named behind ``next:``."""
        return [line.removeprefix("next: ") for line in self.err.splitlines() if line.startswith("next: ")]


def filled(command: str) -> str:
    """A command behind ``next:`` as a person types it: what is left to them, ``'…'``, is put in."""
    return command.replace("'…'", "'as the paper says'")


@contextmanager
def _typed(stdin: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        yield
    finally:
        sys.stdin = before


def gb(*argv: str, stdin: str = "") -> Result:
    """Run a command in this process; nobody can be asked."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), _typed(stdin):
        code = main(list(argv))
    return Result(code, out.getvalue(), err.getvalue())


class Counter:
    """A book with an operator at a terminal; the clock is given, a minute later with every command."""

    def __init__(self, book: Path, by: str = "wang", day: str = DAY, language: str = "en") -> None:
        self.book = book
        self.by = by
        self.day = day
        self.language = language
        self.minute = 0

    def __call__(self, *argv: str, by: str = "", at: str = "", stdin: str = "") -> Result:
        """Run ``argv`` here."""
        self.minute += 1
        clock = at or f"{self.day} {9 + self.minute // 60:02d}:{self.minute % 60:02d}"
        who = () if "--by" in argv or argv[0] == "log" else ("--by", by or self.by)
        shared = ("--book", str(self.book), "--terminal", "K1", *who, "--at", clock)
        return gb(*argv, *shared, "--lang", self.language, stdin=stdin)

    def done(self, *argv: str, **options: str) -> Result:
        """Run and insist that it worked."""
        result = self(*argv, **options)
        assert result.code == 0, (argv, result)
        return result

    def files(self) -> dict[str, bytes]:
        """Every file of the book outside the derived folder and git."""
        paths = (path for path in self.book.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.book)): path.read_bytes()
            for path in paths
            if path.relative_to(self.book).parts[0] not in {".gb", ".git"}
        }


def begin(book: Path, day: str) -> Counter:
    """A new book of K1 with clerk wang and manager li."""
    at = f"{day} 07:00"
    shared = ("--lang", "en", "--at", at)
    made = gb("init", str(book), "--store", "东方商厦", "--terminal", "K1", "--no-git", "--book-id", BOOK_ID, *shared)
    assert made.code == 0, made
    here = ("--book", str(book), "--terminal", "K1", *shared)
    assert gb("operator", "add", "wang", "--name", "王兰", "--role", "clerk", *here).code == 0
    assert gb("operator", "add", "li", "--name", "李梅", "--role", "manager", *here).code == 0
    return Counter(book, day=day)


@cache
def _model() -> Path:
    """Received and stamped A0010001-0400, received only A0010401-0500; clients C001 东风厂 (dfc), C002 东风学校 (dfxx)."""
    book = Path(mkdtemp(prefix="gb-model-")) / "book"
    at = begin(book, DAY)
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--code", "C001", "--initials", "dfc")
    at.done("client", "add", "--unit", "东风学校", "--kind", "institution", "--code", "C002", "--initials", "dfxx")
    request = at.done("request", "voucher", "500x100", "--reason", "国庆", "--json").json["id"]
    at.done("request", "approve", request, by="li")
    shared = ("--face", "100", "--request", request, "--finance", "赵敏")
    at.done("voucher", "receive", "A0010001-A0010400", *shared, "--stamped")
    at.done("voucher", "receive", "A0010401-A0010500", *shared)
    return book


def open_counter(tmp_path: Path) -> Counter:
    """A copy of the small book, at 10:00 of the same day."""
    book = tmp_path / "book"
    shutil.copytree(_model(), book, ignore=shutil.ignore_patterns(".gb"))
    at = Counter(book)
    at.minute = 60
    return at


def clock_at(patch: pytest.MonkeyPatch, day: str) -> None:
    """The machine's clock, at noon of that day: what is entered with ``--at`` may not be ahead of it."""
    noon = dt.datetime.fromisoformat(f"{day}T12:00+08:00")
    patch.setattr(SystemClock, "now", lambda _, zone: noon.astimezone(zone))


def english_again() -> None:
    """Leave the process as other tests expect it."""
    lang.choose("en")
    frame.forget()
