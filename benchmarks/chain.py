"""What the chain's month costs: generated stores, with one local process and with two, and what the head office holds.

    python benchmarks/chain.py                  200 stores of 100 sales
    python benchmarks/chain.py 1000 100         1,000 stores of 100 sales

Each run is a process of its own, `gb chain reconcile --json` on a pattern; memory is the peak of that process, the head office.
It is run on a tenth of the stores and on all of them, so that the growth per store can be read off.  All runs must come to
the same figures.
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
from measure import FINDINGS, environment

MONTH = "2026-10"
STORES, SALES = 200, 100
RUN = """\
import resource, sys, threading
import psutil
from cli.main import main

def watch(spent, over):
    while not over.wait(0.2):
        for one in [me, *me.children(recursive=True)]:
            try:
                times = one.cpu_times()
            except psutil.Error:
                continue
            spent[one.pid] = times.user + times.system

if __name__ == "__main__":
    me, spent, over = psutil.Process(), {}, threading.Event()
    watching = threading.Thread(target=watch, args=(spent, over))
    watching.start()
    code = main(sys.argv[1:])
    over.set()
    watching.join()
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(*peaks, sum(spent.values()), file=sys.stderr)
    sys.exit(code)
"""
"""The command; the last line of stderr is its own peak memory and that of its largest child in KB, and the processor seconds of all.

They are watched, since a process of the cluster that is not waited for leaves its seconds to nobody.  Dask brings psutil.
"""


class Run(NamedTuple):
    """Seconds of wall time and of processor time, all processes together; peak megabytes of the head office and of the largest
    folding process; the consolidated figures.
    """

    seconds: float
    cpu: float
    megabytes: float
    largest: float
    figures: dict[str, Any]


def installed() -> bool:
    """Whether Dask is there."""
    return find_spec("distributed") is not None


def build(folder: Path, stores: int, sales: int) -> None:
    """So many books, each of its own seed and id; the last digits of a folder's name are the store's number."""
    for number in range(stores):
        books.build(folder / f"s{number:05d}", sales, seed=number, store=f"第{number}店", book_id=f"{number:032x}")


def consolidate(folder: Path, stores: int, workers: int) -> Run:
    """One run of the real command on the first so many stores; raises ``RuntimeError`` when it fails."""
    places = [str(folder / f"s{number:05d}") for number in range(stores)]
    argv = ["chain", "reconcile", "--month", MONTH, "--workers", str(workers), "--json", "--lang", "en", *places]
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", RUN, *argv], cwd=ROOT, capture_output=True, text=True, check=False, env=environment()
    )
    seconds = time.perf_counter() - started
    if done.returncode not in (0, FINDINGS):
        raise RuntimeError(f"exit {done.returncode}\n{done.stderr}")
    own, largest, cpu = (float(number) for number in done.stderr.split()[-3:])
    found = json.loads(done.stdout)
    named = ("stores", "added", "total", "sales", "tie_out")
    return Run(seconds, cpu, own / 1024, largest / 1024, {name: found[name] for name in named})


def a_tenth(stores: int) -> int:
    """So many stores show what more of them cost; at least one."""
    return max(1, stores // 10)


def measured(folder: Path, stores: int) -> dict[tuple[int, int], Run]:
    """By stores and processes; raises ``RuntimeError`` unless one process and two come to the same."""
    runs = {
        (count, workers): consolidate(folder, count, workers)
        for count in (-(-stores // 10), stores)
        for workers in (1, 2)
    }
    one, two = runs[stores, 1], runs[stores, 2]
    if one.figures != two.figures or two.figures["added"] != stores:
        raise RuntimeError("the runs do not come to the same figures")
    return runs


def main(argv: list[str]) -> None:
    """Print the table; a machine without Dask is named."""
    if not installed():
        print("dask is not installed (pip install 'gb-ledger[chain]'): the chain is not measured")
        return
    stores, sales = [int(text) for text in argv] or (STORES, SALES)
    with tempfile.TemporaryDirectory() as name:
        build(Path(name), stores, sales)
        runs = measured(Path(name), stores)
    print(f"{'':<40}{'s':>8}{'cpu s':>8}{'stores/s':>10}{'MB':>8}{'each MB':>9}")
    for (count, workers), run in runs.items():
        what = f"{count:,} stores, {workers} process{'es' if workers > 1 else ''}"
        print(
            f"{what:<40}{run.seconds:8.1f}{run.cpu:8.1f}{count / run.seconds:10.1f}{run.megabytes:8.0f}{run.largest:9.0f}"
        )
    part = a_tenth(stores)
    few, all_ = runs[part, 2], runs[stores, 2]
    print(f"two processes against one: {runs[stores, 1].seconds / all_.seconds:.2f} times as fast")
    print(f"memory of the head office: {(all_.megabytes - few.megabytes) * 1024 / (stores - part):.0f} KB a store")


if __name__ == "__main__":
    main(sys.argv[1:])
