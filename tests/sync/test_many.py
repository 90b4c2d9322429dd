"""Many commands at once on one shared folder, each a process of its own: nothing lost, no number twice (D5)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ledger.book.open import Book
from ledger.book.text import read_all
from tests.sync.machines import Store

WRITERS, EACH = (16, 20) if os.environ.get("GB_STRESS") else (4, 5)
RUN = "from cli.main import run; run()"
REPEAT = f"""
import subprocess, sys
for number in range({EACH}):
    done = subprocess.run([sys.executable, "-c", {RUN!r}, *sys.argv[1:]], capture_output=True, text=True)
    print(done.returncode, (done.stdout.split() or ["-"])[0], done.stderr.strip().replace(chr(10), " "))
"""


def test_commands_at_once_lose_nothing_and_number_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of them on K1, half on K2, all with the machine's clock; every one that was acknowledged is there once."""
    one = Store(tmp_path, monkeypatch).first(git_there=False)
    monkeypatch.undo()
    root = str(Path(__file__).parent.parent.parent)
    env = {**os.environ, "PYTHONPATH": root, "XDG_STATE_HOME": str(tmp_path / "state1")}
    shared = ["--book", str(one.book), "--by", "wang", "--lang", "en", "--at", "2026-10-09 09:00"]
    line = ["voucher", "count", "--empty", "--second", "li"]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", REPEAT, *line, *shared, "--terminal", f"K{1 + number % 2}"],
            env=env, stdout=subprocess.PIPE, text=True,
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    answers = [answer for writer in writers for answer in writer.communicate()[0].splitlines()]
    assert len(answers) == WRITERS * EACH
    assert [answer for answer in answers if not answer.startswith("0 CU1009-")] == []
    entries, damage = read_all(Book(one.book))
    assert damage == []
    ids = Counter(entry.id for entry in entries if entry.kind == "count")
    expected = {f"CU20261009-K{k}-{n:04d}" for k in (1, 2) for n in range(1, WRITERS * EACH // 2 + 1)}
    assert set(ids) == expected
    assert max(ids.values()) == 1
