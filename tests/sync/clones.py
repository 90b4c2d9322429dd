"""Clones of one book on several terminals, with a real git remote between them."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from ledger.book.create import create
from ledger.book.draft import Draft
from ledger.book.open import Book
from ledger.book.sync import Synced, sync
from ledger.book.text import read_all
from ledger.book.undo import reversal_draft
from ledger.book.write import record
from ledger.checks.run import check
from ledger.core.errors import GbError
from ledger.core.findings import Finding
from ledger.core.forms import Record, lines_of
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.spans import parse_spans
from ledger.core.state import apply
from tests.property.histories import Unsynced

BOOK_ID = "000102030405060708090a0b0c0d0e0f"
START = dt.datetime(2026, 10, 8, 1, 0, tzinfo=dt.UTC)
UNTIL = dt.date(2026, 12, 31)
SHEETS = 120
POOL = 60
"""Sheets from 1 to here are sold at random; those behind are planted, each pair by two clones that know nothing of it."""


class Ticking:
    """The world's clock as one machine sees it."""

    def __init__(self, world: Clones, skew: int) -> None:
        self._world, self._skew = world, dt.timedelta(seconds=skew)

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        return (self._world.time + self._skew).astimezone(zone)


class Planted(NamedTuple):
    """Two sales of the same sheets."""

    spans: str
    ids: frozenset[str]


def git(folder: Path, *args: str) -> str:
    """Run git; it must succeed."""
    shared = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main")
    ran = subprocess.run(["git", "-C", str(folder), *shared, *args], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (args, ran.stdout, ran.stderr)
    return ran.stdout


def serial(number: int) -> str:
    return f"A{number:07d}"


class Clones:
    """A remote and ``count`` clones; terminal K1 in the first, K2 in the second, and so on."""

    def __init__(self, root: Path, seed: int, count: int) -> None:
        self.root, self.rng, self.time = root, random.Random(seed), START
        self.terminals = [f"K{number}" for number in range(1, count + 1)]
        self.skews = {name: self.rng.randint(-120, 120) for name in self.terminals}
        self.sales: dict[str, list[str]] = {name: [] for name in self.terminals}
        self.planted: list[Planted] = []
        self._next = POOL + 1
        root.mkdir(parents=True)
        git(root, "init", "--quiet", "--bare", "remote.git")
        self._found()
        self.books = {name: self.open(name) for name in self.terminals}

    def _found(self) -> None:
        first = self.root / "K1"
        first.mkdir()
        git(first, "init", "--quiet")
        git(first, "remote", "add", "origin", str(self.root / "remote.git"))
        book, _ = create(first, store="店", terminal="K1", book_id=BOOK_ID, clock=Ticking(self, 0))
        book.disk.ops = Unsynced()
        self.books = {"K1": book}
        for code, role in (("wang", "clerk"), ("sun", "supervisor"), ("li", "manager")):
            self.must("staff", "operator-added", {"code": code, "name": code, "roles": role}, by="init")
        for name in self.terminals[1:]:
            self.must("staff", "terminal-added", {"code": name}, by="li")
        self.must("clients", "added", {"code": "C001", "unit": "第一中学", "unit_kind": "institution"})
        lines = lines_of([(10000, SHEETS)])
        asked = self.must("requests", "request", {"purpose": "voucher", "lines": lines}, reason="x")
        self.must("requests", "approval", {}, by="li", ref=asked.id)
        spans = parse_spans(f"{serial(1)}-{serial(SHEETS)}")
        receipt = {"request": asked.id, "spans": spans, "face": 10000, "finance": "陈", "stamps": "activity"}
        self.must("receipts", "receipt", receipt)
        sync(book, "K1")
        book.close()
        for name in self.terminals[1:]:
            git(self.root, "clone", "--quiet", "remote.git", name)

    def open(self, terminal: str) -> Book:
        book = Book(self.root / terminal, Ticking(self, self.skews[terminal]))
        book.disk.ops = Unsynced()
        return book

    def close(self) -> None:
        for book in self.books.values():
            book.close()

    # -- recording ---------------------------------------------------------------------------------------------------

    def must(
        self, journal: str, kind: str, values: dict[str, Any], *, by: str = "wang", terminal: str = "K1", **more: Any
    ) -> Record:
        self.time += dt.timedelta(seconds=self.rng.choice((5, 30, 60)))
        draft = Draft(journal=journal, kind=kind, values=values, by=by, terminal=terminal, **more)
        return record(self.books[terminal], draft).record

    def sell(self, terminal: str, spans: str) -> Record:
        made = self.must("sales", "sale", {"client": "C001", "spans": parse_spans(spans)}, terminal=terminal)
        self.sales[terminal].append(made.id)
        return made

    def act(self, terminal: str) -> None:
        """Something at random on the common pool; what this clone knows to be illegal is refused."""
        values: dict[str, Any]
        first = self.rng.randint(1, POOL - 3)
        spans = f"{serial(first)}-{serial(first + self.rng.randint(1, 3))}"
        book = self.books[terminal]
        try:
            match self.rng.choice(("sell", "sell", "sell", "return", "undo", "freeze", "count")):
                case "sell":
                    self.sell(terminal, spans)
                case "return":
                    values = {"spans": parse_spans(spans.split("-", maxsplit=1)[0])}
                    self.must("sales", "client-return", values, terminal=terminal, reason="退")
                case "undo" if self.sales[terminal]:
                    undone = self.rng.choice(self.sales[terminal])
                    record(book, reversal_draft(book, undone, by="wang", terminal=terminal, reason="错"))
                case "freeze":
                    values = {"spans": parse_spans(spans)}
                    self.must("custody", "freeze", values, terminal=terminal, reason="查")
                case _:
                    values = {"spans": parse_spans(spans), "scope": "all", "second": "li"}
                    self.must("custody", "count", values, terminal=terminal)
        except GbError as refused:
            if refused.exit_code not in (2, 3):
                raise

    def plant(self) -> None:
        """Two clones sell the same two sheets, neither knowing of the other's sale."""
        one, other = self.rng.sample(self.terminals, 2)
        spans = f"{serial(self._next)}-{serial(self._next + 1)}"
        self._next += 2
        sold = {
            self.must("sales", "sale", {"client": "C001", "spans": parse_spans(spans)}, terminal=name).id
            for name in (one, other)
        }
        self.planted.append(Planted(spans, frozenset(sold)))

    def run(self, rounds: int) -> Clones:
        """Work apart; in each round some synchronise, in any order."""
        for _ in range(rounds):
            for name in self.rng.sample(self.terminals, len(self.terminals)):
                for _ in range(self.rng.randint(0, 3)):
                    self.act(name)
            self.plant()
            for name in self.rng.sample(self.terminals, self.rng.randint(0, len(self.terminals))):
                self.sync(name)
        return self

    def sync(self, terminal: str) -> Synced:
        self.time += dt.timedelta(seconds=1)
        return sync(self.books[terminal], terminal)

    def settle(self, order: list[str]) -> None:
        """Everybody synchronises until everybody has everything."""
        for name in (*order, *order):
            self.sync(name)

    def copied(self, root: Path) -> Clones:
        """The same clones and remote once more, elsewhere."""
        self.close()
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns(".gb"), symlinks=True)
        again = object.__new__(Clones)
        again.__dict__.update(self.__dict__, root=root)
        for name in self.terminals:
            git(root / name, "remote", "set-url", "origin", str(root / "remote.git"))
        self.books = {name: self.open(name) for name in self.terminals}
        again.books = {name: again.open(name) for name in self.terminals}
        return again


class Seen(NamedTuple):
    """What a clone holds and says."""

    text: dict[str, bytes]
    sheets: list[tuple[str, str]]
    findings: list[Finding]


def seen(book: Book) -> Seen:
    """The bytes, the state of every sheet, the findings."""
    entries, damage = read_all(book)
    assert damage == []
    state = FullState()
    for entry in in_order(entries):
        apply(entry.record, state)
    text = {path: book.disk.read(path) for path in book.disk.walk("journals")}
    sheets = [(span.text, track.sheet.text) for span, track in state.tracks()]
    return Seen(text, sheets, check(entries, damage, book.rules, until=UNTIL))
