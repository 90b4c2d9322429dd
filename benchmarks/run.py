"""What it costs: start-up against typer's own import, and a month's reconciliation against ledger and hledger.

    python benchmarks/run.py            books of 10,000 and 100,000 sales
    python benchmarks/run.py 1000       a quick look

Everything is measured in one run on one machine, so the ratios mean something and the seconds little.  Times are wall
time of whole processes, the best of several; memory is the peak of the process.  The books are generated from a seed
with the program's own records and bytes; the peers get the book's own export.  Nothing is installed: a peer that is missing
is named.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

BOOKS = Path(__file__).with_name("books.py")
GB = str(Path(sys.executable).with_name("gb"))
MONTH = "2026-10"
DOSSIERS = Path(__file__).with_name("dossiers.py")
DOSSIER_COMMANDS = (
    ("client", "list", "机械"), ("client", "show", "团结第499食品"), ("visit", "due"), ("visit", "festival", "国庆"), ("status",),
    ("client", "classify", "--dry-run"),
)  # fmt: skip
REGISTER = (10_000, 50_000)
"""Clients, and records of visits."""
SIZES = (10_000, 100_000)
RUNS = 10
PEERS = ("ledger", "hledger")


class Cost(NamedTuple):
    """Seconds of wall time and megabytes of peak memory."""

    seconds: float
    megabytes: float


def cost(argv: Sequence[str], runs: int = 1) -> Cost:
    """The best of several runs of a whole process; raises ``RuntimeError`` when it fails."""
    return min(_once(argv) for _ in range(runs))


def _once(argv: Sequence[str]) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: the generated month has payments that never arrive
        raise RuntimeError(f"{' '.join(argv)}: exit {process.returncode}\n{said.decode()}")
    return Cost(seconds, usage.ru_maxrss / 1024)


# -- the table ---------------------------------------------------------------------------------------------------------


def row(what: str, measured: Cost, against: Cost | None = None) -> None:
    """One line of the table."""
    ratio = f"{measured.seconds / against.seconds:8.2f}" if against else " " * 8
    print(f"{what:<58}{measured.seconds:8.2f}{measured.megabytes:8.0f}{ratio}", flush=True)


def start_up() -> Cost:
    """What typer costs by itself, and the program that does nothing."""
    typer = cost([sys.executable, "-c", "import typer"], RUNS)
    row('python -c "import typer"', typer)
    row("gb --version", cost([GB, "--version"], RUNS), typer)
    return typer


def month(folder: Path, sales: int, typer: Cost) -> None:
    """A book of one month: the counter against typer, the month against the peers."""
    subprocess.run([sys.executable, str(BOOKS), str(folder), str(sales)], check=True)
    book = str(folder / f"book{sales}")
    row(f"gb index rebuild, {sales:,} sales", cost([GB, "--book", book, "index", "rebuild"]))
    row(f"gb sale cash, {sales:,} sales in the book", min(_sale(book, minute) for minute in range(RUNS)), typer)
    ours = cost([GB, "--book", book, "reconcile", "--month", MONTH], 3)
    row(f"gb reconcile --month, {sales:,} sales", ours)
    row(f"gb check, {sales:,} sales", cost([GB, "--book", book, "check"]))
    file = folder / f"{sales}.journal"
    with file.open("wb") as out:
        subprocess.run([GB, "--book", book, "export", "hledger"], stdout=out, check=True)
    for peer in PEERS:
        if shutil.which(peer):
            theirs = cost([peer, "-f", str(file), "bal"], 3)
            row(f"{peer} bal, {sales:,} sales; ratio to gb reconcile", theirs, ours)


def dossiers(folder: Path, clients: int, visits: int, typer: Cost) -> None:
    """A register of clients with a year of calls: what a person waits for."""
    subprocess.run([sys.executable, str(DOSSIERS), str(folder), str(clients), str(visits)], check=True)
    shared = ["--book", str(folder / "dossiers"), "--terminal", "K1", "--by", "ZM", "--at", "2026-10-05 10:00"]
    cost([GB, "index", "rebuild", *shared])
    for words in DOSSIER_COMMANDS:
        row(f"gb {' '.join(words)}, {clients:,} clients, {visits:,} visits", cost([GB, *words, *shared], RUNS), typer)


def _sale(book: str, minute: int) -> Cost:
    """A sale that is really recorded, of the lowest sheet on hand."""
    shared = ["--book", book, "--terminal", "K1", "--by", "WL", "--at", f"{MONTH}-31 22:{minute:02d}"]
    return _once([GB, "sale", "cash", "--client", "C001", "--sheets", "1", "--face", "100", *shared])


def main(argv: list[str]) -> None:
    """Print the table."""
    sizes = [int(text) for text in argv] or list(SIZES)
    print(f"{'':<58}{'s':>8}{'MB':>8}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as name:
        typer = start_up()
        for size in sizes:
            month(Path(name), size, typer)
        dossiers(Path(name), *(REGISTER if not argv else (sizes[0], 5 * sizes[0])), typer)
    for peer in PEERS:
        if not shutil.which(peer):
            print(f"{peer} is not installed: not compared")


if __name__ == "__main__":
    main(sys.argv[1:])
