"""Clones of 2 to 5 terminals, merged through real git in different orders: one book comes out, and nothing is hidden (D6)."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

from ledger.book import sync
from ledger.book.draft import Draft
from ledger.book.gitrepo import Repo
from ledger.book.open import Book
from ledger.book.write import record
from ledger.core.errors import GbError
from ledger.core.forms import Record
from ledger.core.spans import parse_spans
from tests.sync.clones import Clones, Planted, Seen, git, seen

HISTORIES = 200 if os.environ.get("GB_STRESS") else 20
CHUNKS = 4


def reported(held: Seen, planted: Planted) -> bool:
    """Whether a finding names both sales of the planted sheets, each with its line."""
    spans = parse_spans(planted.spans)
    return any(
        {where.id for where in one.where} >= planted.ids
        and all(where.file and where.line and where.id in where.text for where in one.where)
        for one in held.findings
        if one.code == "NUM-02" and one.serials and spans <= parse_spans(one.serials)
    )


def one_book(clones: Clones) -> Seen:
    """What all clones hold, which must be the same bytes, sheets and findings in each."""
    first, *rest = [seen(book) for book in clones.books.values()]
    for other in rest:
        assert other.text == first.text
        assert other.sheets == first.sheets
        assert other.findings == first.findings
    for name in clones.terminals:
        assert git(clones.root / name, "status", "--porcelain") == ""
    return first


def prove(tmp_path: Path, seed: int, kind: type[Clones] = Clones) -> int:
    """Run a history, settle it in two orders, compare; returns the number of double sales."""
    clones = kind(tmp_path / "a", seed, 2 + seed % 4).run(2 + seed % 2)
    again = clones.copied(tmp_path / "b")
    order = clones.rng.sample(clones.terminals, len(clones.terminals))
    clones.settle(order)
    again.settle(order[::-1])
    held, other = one_book(clones), one_book(again)
    clones.close()
    again.close()
    assert held == other, "the order of merging does not matter"
    missed = [planted for planted in clones.planted if not reported(held, planted)]
    assert missed == []
    return len(clones.planted)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_any_order_of_merging_gives_one_book(chunk: int, tmp_path: Path) -> None:
    planted = 0
    for seed in range(chunk, HISTORIES, CHUNKS):
        try:
            planted += prove(tmp_path / str(seed), seed)
        except AssertionError as error:
            raise AssertionError(f"history {seed}") from error
    assert planted >= 2 * (HISTORIES // CHUNKS)


# -- canaries: broken ways to merge, which the histories must catch ------------------------------------------------------


def ours(repo: Repo, mine: str, theirs: str) -> str:
    """Keeps this side and drops the other's work, as ``git merge -s ours`` does: every clone ends with the same bytes."""
    return repo.must("rev-parse", f"{mine}^{{tree}}").text


class OneTerminal(Clones):
    """All clones write the files of K1, and git puts the lines of both sides one behind the other."""

    def must(
        self, journal: str, kind: str, values: dict[str, Any], *, by: str = "wang", terminal: str = "K1", **more: Any
    ) -> Record:
        self.time += dt.timedelta(seconds=30)
        draft = Draft(journal=journal, kind=kind, values=values, by=by, terminal="K1", **more)
        return record(self.books[terminal], draft).record

    def open(self, terminal: str) -> Book:
        attributes = self.root / terminal / ".git/info/attributes"
        attributes.parent.mkdir(exist_ok=True)
        attributes.write_text("journals/** merge=union\n")
        return super().open(terminal)


def caught(tmp_path: Path, kind: type[Clones] = Clones) -> bool:
    """Whether one of four histories fails."""
    for seed in range(4):
        try:
            prove(tmp_path / str(seed), seed, kind)
        except (AssertionError, GbError):
            return True
    return False


def test_a_merge_that_drops_the_other_side_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "_merged_tree", ours)
    assert caught(tmp_path)


def test_one_file_for_all_terminals_is_caught(tmp_path: Path) -> None:
    """The union of both sides' lines repeats numbers and breaks the chain."""
    assert caught(tmp_path, OneTerminal)
