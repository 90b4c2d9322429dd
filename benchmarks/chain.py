"""What the chain's month costs: so many generated stores, with one local process and with two, and what the head office holds.

    python benchmarks/chain.py                  200 stores of 200 sales
    python benchmarks/chain.py 1000 200         1,000 stores of 200 sales

Each run is a process of its own, `gb chain reconcile --json` on a pattern; memory is the peak of that process, the head office, and of the
largest of those that fold.  It is run on a quarter of the stores and on all of them, so that the growth per store can be read
off.  All runs must come to the same figures.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import books

MONTH = "2026-10"
STORES, SALES = 200, 200
RUN = """\
import resource, sys
from cli.main import main
if __name__ == "__main__":
    code = main(sys.argv[1:])
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(*peaks, file=sys.stderr)
    sys.exit(code)
"""
"""The command, with its own peak memory and that of its largest child in KB as the last line of stderr."""


class Run(NamedTuple):
    """Seconds of wall time, peak megabytes of the head office and of the largest folding process, the consolidated figures."""

    seconds: float
    megabytes: float
    largest: float
    figures: dict[str, Any]


def build(folder: Path, stores: int, sales: int) -> None:
    """So many books, each of its own seed and id; the last digits of a folder's name are the store's number."""
    for number in range(stores):
        books.build(folder / f"s{number:05d}", sales, seed=number, store=f"第{number}店", book_id=f"{number:032x}")


def consolidate(pattern: str, workers: int) -> Run:
    """One run of the real command; raises ``RuntimeError`` when it fails."""
    argv = ["chain", "reconcile", "--month", MONTH, "--workers", str(workers), "--json", "--lang", "en", pattern]
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", RUN, *argv], cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 1):  # 1: the generated months have payments that never arrive
        raise RuntimeError(f"exit {done.returncode}\n{done.stderr}")
    own, largest = (int(kilobytes) / 1024 for kilobytes in done.stderr.split()[-2:])
    found = json.loads(done.stdout)
    named = ("stores", "added", "total", "sales", "tie_out")
    return Run(seconds, own, largest, {name: found[name] for name in named})


def main(argv: list[str]) -> None:
    """Print the table; a machine without Dask is named."""
    if find_spec("distributed") is None:
        print("dask is not installed (pip install 'gb-ledger[chain]'): the chain is not measured")
        return
    stores, sales = [int(text) for text in argv] or (STORES, SALES)
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        build(Path(name), stores, sales)
        print(f"{stores:,} stores of {sales:,} sales made in {time.perf_counter() - started:.0f} s")
        print(f"{'':<40}{'s':>8}{'stores/s':>10}{'MB':>8}{'each MB':>9}")
        quarter = stores // 4
        few = f"{name}/s{'[0-9]' * 5}" if not quarter else _below(name, quarter)
        runs = {
            f"{quarter:,} stores, 2 processes": (consolidate(few, 2), quarter),
            f"{stores:,} stores, 1 process": (consolidate(f"{name}/s*", 1), stores),
            f"{stores:,} stores, 2 processes": (consolidate(f"{name}/s*", 2), stores),
        }
    for what, (run, count) in runs.items():
        print(f"{what:<40}{run.seconds:8.1f}{count / run.seconds:10.1f}{run.megabytes:8.0f}{run.largest:9.0f}")
    (small, _), (one, _), (two, _) = runs.values()
    if one.figures != two.figures or two.figures["added"] != stores:
        raise SystemExit("the runs do not come to the same figures")
    print(f"two processes against one: {one.seconds / two.seconds:.2f} times as fast")
    growth = (two.megabytes - small.megabytes) * 1024 / max(1, stores - quarter)
    print(f"memory of the head office: {growth:.0f} KB a store")


def _below(name: str, count: int) -> str:
    """A folder beside the stores with links to the first so many of them, as a pattern."""
    few = Path(name, "few")
    few.mkdir()
    for number in range(count):
        (few / f"s{number:05d}").symlink_to(Path(name, f"s{number:05d}"))
    return f"{few}/s*"


if __name__ == "__main__":
    main(sys.argv[1:])
