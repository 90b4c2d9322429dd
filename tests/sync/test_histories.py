"""Clones of 2 to 5 terminals, merged through real git in different orders: one book comes out, and nothing is hidden (D6)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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


def prove(tmp_path: Path, seed: int) -> int:
    """Run a history, settle it in two orders, compare; returns the number of double sales."""
    clones = Clones(tmp_path / "a", seed, 2 + seed % 4).run(2 + seed % 2)
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
