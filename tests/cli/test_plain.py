"""A plain form of any journal has its command for one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.commands import COMMANDS, Entry
from ledger.core.words import Words
from tests.cli.counter import Counter, english_again, open_counter


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """The counter with `gb retire terminal`, whose form touches a terminal and no sheets."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setitem(COMMANDS, "retire", Entry("retiring", Words("停用", "retire"), noun=True))
    english_again()
    yield open_counter(tmp_path)
    monkeypatch.undo()
    sys.modules.pop("retiring", None)
    english_again()


def test_a_form_that_moves_no_sheets_is_a_plain_one_too(at: Counter) -> None:
    """K2 is added and retired; a code that is not given is asked for, which nobody can answer here."""
    at.done("terminal", "add", "K2", by="li")
    missing = at("retire", "terminal", by="li")
    assert (missing.code, missing.error) == (2, "USE-01")
    done = at.done("retire", "terminal", "--code", "K2", "--json", by="li").json
    assert (done["kind"], done["code"]) == ("terminal-retired", "K2")
    assert done["file"] == "journals/2026-10/staff.K1.yaml"
