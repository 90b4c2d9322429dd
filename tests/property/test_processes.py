"""Real processes on one folder: nothing lost, nothing twice, whoever is killed when."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ledger.book.draft import Draft
from ledger.book.open import Book
from ledger.book.text import read_all
from ledger.book.write import record
from ledger.checks.run import check
from ledger.core.spans import parse_spans
from tests.property.histories import Later, World
from tests.property.test_histories import numbered
from tests.property.test_index_is_text import answers, rebuilt

STRESS = bool(os.environ.get("GB_STRESS"))
ROOT = Path(__file__).parents[2]

PROGRAM = """
import json, sys
from pathlib import Path
from ledger.book.draft import Draft
from ledger.book.open import Book
from ledger.book.write import record
from ledger.core.forms import lines_of
from tests.property.histories import Later

root, name, terminal, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
book = Book(Path(root), Later())
for number in range(count):
    key = f"{name}-{number}"
    if number % 3:
        draft = Draft(journal="requests", kind="request", values={"purpose": "void", "lines": lines_of([(10000, 1)])},
                      by="wang", terminal=terminal, reason="x", key=key)
    else:
        draft = Draft(journal="clients", kind="added", values={"code": f"{name}N{number}", "unit": key}, by="wang",
                      terminal=terminal, key=key)
    made = record(book, draft)
    print(json.dumps([key, made.record.id, made.again]), flush=True)
"""
READER = """
import sys
from pathlib import Path
from ledger.book.open import Book
from ledger.core.parties import Client
from ledger.index import lookup

book = Book(Path(sys.argv[1]))
while sys.stdin.readline():
    book.refresh()
    list(book.state().on_hand())
    print(len(list(book.state().things(Client))), flush=True)
"""


def start(code: str, *args: str, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *args], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def printed(out: str) -> list[tuple[str, str, bool]]:
    """The whole lines of a process's output: key, id, whether it was there already."""
    return [tuple(json.loads(line)) for line in out.splitlines(keepends=True) if line.endswith("\n")]


def prove(root: Path, acknowledged: dict[str, str], tmp_path: Path) -> None:
    """Every acknowledged id is in the text once with its key; ids have no holes; the index is the text."""
    book = Book(root)
    entries, damage = read_all(book)
    assert damage == []
    ids = Counter(entry.id for entry in entries)
    assert max(ids.values()) == 1
    keys = Counter(entry.record.key for entry in entries if entry.record.key)
    assert max(keys.values()) == 1
    by_key = {entry.record.key: entry.id for entry in entries}
    assert {key: by_key.get(key) for key in acknowledged} == acknowledged
    numbered([entry.record for entry in entries])
    assert answers(book) == rebuilt(root, tmp_path)
    book.close()


def world_now(tmp_path: Path) -> World:
    """A book with staff and clients; the processes go on months later."""
    world = World(tmp_path / "book", 1)
    world.close()
    return world


def test_processes_record_at_once(tmp_path: Path) -> None:
    """All write, two on each terminal at the same time, while others only read and keep the same index up."""
    root = world_now(tmp_path).root
    writers, each = (16, 20) if STRESS else (4, 10)
    running = [start(PROGRAM, str(root), f"P{n}", f"K{n % 2 + 1}", str(each)) for n in range(writers)]
    readers = [start(READER, str(root)) for _ in range(2)]
    for reader in readers:
        assert reader.stdin
        reader.stdin.write("x\n" * 60)
        reader.stdin.close()
    acknowledged: dict[str, str] = {}
    for process in running:
        out = process.communicate(timeout=120)[0]
        assert process.returncode == 0
        acknowledged.update({key: name for key, name, _ in printed(out)})
    for reader in readers:
        assert reader.stdout
        counts = [int(line) for line in reader.stdout]
        assert reader.wait(timeout=60) == 0
        assert counts == sorted(counts)
        assert len(counts) == 60
    assert len(acknowledged) == writers * each
    prove(root, acknowledged, tmp_path)


def test_a_killed_process_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """Killed at any moment: what was printed is there, the same command run again records each key once."""
    root = world_now(tmp_path).root
    rng = random.Random(1)
    acknowledged: dict[str, str] = {}
    killed = repeated = 0
    for _ in range(300 if STRESS else 20):
        name = f"R{killed // 4}"
        process = start(PROGRAM, str(root), name, "K1", "400")
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(rng.randrange(1, 8))]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
        process.wait(timeout=60)
        killed += 1
        for key, record_id, again in printed("".join(lines)):
            assert acknowledged.setdefault(key, record_id) == record_id, "a key was given two ids"
            repeated += again
        world = Book(root, Later())
        values = {"code": f"AFTER{killed}", "unit": "杀后"}
        record(world, Draft(journal="clients", kind="added", values=values, by="wang", terminal="K1"))
        world.close()
    assert repeated > killed // 2
    prove(root, acknowledged, tmp_path)


@pytest.mark.parametrize("sheets", [1, 10])
def test_the_same_sheets_are_sold_once(sheets: int, tmp_path: Path) -> None:
    """Several processes sell the same sheets at the same moment: one sale, the others are refused."""
    world = World(tmp_path / "book", 3)
    request = world.must("requests", "request", {"purpose": "voucher", "lines": ((10000, 50),)}, by="wang", reason="x")
    world.must("requests", "approval", {}, by="li", ref=request.id)
    spans = parse_spans("A0000001-A0000050")
    receipt = {"request": request.id, "spans": spans, "finance": "陈会计", "stamps": "activity"}
    world.must("receipts", "receipt", receipt, by="wang")
    world.close()
    code = f"""
import sys
from pathlib import Path
from ledger.book.draft import Draft
from ledger.book.open import Book
from ledger.book.write import record
from ledger.core.errors import GbError
from ledger.core.spans import parse_spans
from tests.property.histories import Later
book = Book(Path(sys.argv[1]), Later())
sys.stdin.readline()
values = {{"client": "C001", "spans": parse_spans("A0000001") if {sheets} == 1 else parse_spans("A0000001-A0000010")}}
try:
    print(record(book, Draft(journal="sales", kind="sale", values=values, by="wang", terminal=sys.argv[2])).record.id)
except GbError as error:
    print(error.code)
"""
    running = [start(code, str(world.root), f"K{n % 2 + 1}") for n in range(4)]
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = sorted(process.communicate(timeout=60)[0].strip() for process in running)
    assert said[:3] == ["NUM-02"] * 3
    assert said[3].startswith("SA")
    book = Book(world.root)
    entries, damage = read_all(book)
    found = check(entries, damage, book.rules, until=Later().now(book.zone).date())
    assert [one.code for one in found] == ["CSH-01"]  # the one sale's cash, which nobody deposits here
