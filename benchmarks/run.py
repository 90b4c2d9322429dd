"""What it costs: one run, one table, all of it in ``benchmarks/results/<version>.json``, from which the pages are made.

    python benchmarks/run.py                         books of 10,000, 100,000 and 1,000,000 sales over 34 closed months
    python benchmarks/run.py 1000                    a quick look; nothing is kept
    GB_BENCH_BOOKS=DIR python benchmarks/run.py      the generated books are kept in DIR

Whole processes, taking turns, medians.  The books are generated from a seed with the program's own records and bytes and
kept outside the checkout; the peers get the book's own export, and must come to the same sums first.  Nothing is installed:
a peer that is missing is named.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import books
import chain
from measure import GB, Cost, Job, in_turn, run, said
from peers import PEERS, Peer, Sums, agree, export
from store import kept_book, kept_stores, scratch

from ledger import __version__

SIZES = (10_000, 100_000, 1_000_000)
CLOSED = 34
SLOW = 100_000
"""So many sales at most for the peers that take minutes, or more memory than a desk's machine has, for more."""
STORES = 1000
LAST = books.OPEN.previous().text
NOW = books.OPEN.text
RESULTS = Path(__file__).with_name("results")
IMPORT = [sys.executable, "-c", "import typer"]


class Row(NamedTuple):
    """One line of the table: what was measured with how many sales in the book, and against what."""

    group: str
    what: str
    sales: int
    cost: Cost
    against: str = ""


def rows(sizes: tuple[int, ...], folder: Path) -> Iterator[Row]:
    """All of it, group by group."""
    empty = scratch(kept_book(0), folder / "empty")
    yield from start_up(empty)
    for size in sizes:
        sold = scratch(
            kept_book(size, CLOSED), folder / f"sold{size}"
        )  # this machine remembers what it wrote, and where
        yield from counter(sold, empty, size)
        shutil.rmtree(sold)
    if chain.installed() and max(sizes) >= STORES:
        yield from stores()
    for size in sizes:
        yield from months(kept_book(size, CLOSED), size, folder)


def stores() -> Iterator[Row]:
    """One month of many stores, with one folding process and with two; memory is the head office's."""
    for (count, workers), run_ in chain.measured(kept_stores(STORES, chain.SALES), STORES).items():
        what = f"gb chain reconcile, {workers} process{'es' if workers > 1 else ''}"
        yield Row(
            "chain",
            what,
            count,
            Cost(run_.seconds, run_.cpu, run_.megabytes),
            "" if workers == 1 else "gb chain reconcile, 1 process",
        )


# -- the counter -------------------------------------------------------------------------------------------------------


def sale(book: Path, *more: str, day: int = 31) -> list[str]:
    """The command for a sale of the lowest sheet on hand."""
    shared = ["--terminal", books.TERMINAL, "--by", books.CLERK, "--at", f"{NOW}-{day} 20:00", "--lang", "en", *more]
    return [*GB, "--book", str(book), "sale", "cash", "--client", "C001", "--sheets", "1", "--face", "100", *shared]


def start_up(empty: Path) -> Iterator[Row]:
    """What typer costs by itself, the program that does nothing, a sale on an empty book."""
    jobs: dict[str, Job] = {
        'python -c "import typer"': lambda: run(IMPORT),
        "gb --version": lambda: run([*GB, "--version"]),
        "gb sale cash, empty book": lambda: run(sale(empty)),
    }
    run(sale(empty))  # the index is there
    for what, cost in in_turn(jobs, 15).items():
        yield Row("start", what, 0, cost, next(iter(jobs)))


def counter(book: Path, empty: Path, size: int) -> Iterator[Row]:
    """A sale, with the index in every state that it can be in; the answer must be the same in all."""
    states: dict[str, Callable[[Path], None]] = {
        "warm": _as_it_is,
        "cold": _without,
        "stale": _behind,
        "corrupt": _hurt,
    }
    answers = {}
    for state, prepare in states.items():
        prepare(book)
        answers[state] = said(sale(book, "--dry-run", "--json"))
    if len(set(answers.values())) > 1:
        raise RuntimeError(f"the answers differ: {answers}")
    base = "gb sale cash, empty book, in turn"
    run(sale(book))
    warm: dict[str, Job] = {base: lambda: run(sale(empty)), "gb sale cash": lambda: run(sale(book))}
    for what, cost in in_turn(warm, 15).items():
        yield Row("counter", what, size, cost, base)
    others: dict[str, Job] = {
        f"gb sale cash, index {state}": partial(_sold_after, prepare, book)
        for state, prepare in states.items()
        if state != "warm"
    }
    for what, cost in in_turn(others, 3).items():
        yield Row("counter", what, size, cost, base)
    yield from _filled(book, size)
    yield from _on_disk(book, size)
    yield from _appends(book, size)


def _sold_after(prepare: Callable[[Path], None], book: Path) -> Cost:
    prepare(book)
    return run(sale(book))


def _filled(book: Path, size: int) -> Iterator[Row]:
    """The index with all history in it, from nothing."""
    _without(book)
    yield Row("counter", "gb index rebuild", size, run([*GB, "--book", str(book), "index", "rebuild"]))


def _on_disk(book: Path, size: int) -> Iterator[Row]:
    """Megabytes of the journals, of the closings, and of the whole index."""
    for what in ("journals", "closings", ".gb"):
        files = (path.stat().st_size for path in (book / what).rglob("*") if path.is_file())
        yield Row("disk", what, size, Cost(0.0, 0.0, sum(files) / 1e6))


def _appends(book: Path, size: int) -> Iterator[Row]:
    """Milliseconds that one more record takes inside a running program: judged, chained, on disk, in the index."""
    told = json.loads(said([sys.executable, str(Path(__file__).with_name("store.py")), "append", str(book)]))
    for what, seconds in told.items():
        yield Row("append", what, size, Cost(seconds, 0.0, 0.0))


def _as_it_is(book: Path) -> None:
    """The index as the last command left it."""


def _without(book: Path) -> None:
    """No index at all: a new copy of the book."""
    shutil.rmtree(book / ".gb", ignore_errors=True)


def _behind(book: Path) -> None:
    """Records that the index was not told of: another machine's, brought by git."""
    subprocess.run([sys.executable, str(Path(__file__).with_name("store.py")), "behind", str(book)], check=True)


def _hurt(book: Path) -> None:
    """One byte of the file is another."""
    file = book / ".gb" / "index.sqlite"
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        byte = opened.read(1)
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([byte[0] ^ 1]))


# -- months and peers --------------------------------------------------------------------------------------------------


def months(book: Path, size: int, folder: Path) -> Iterator[Row]:
    """The last closed month of the book, the same month alone, and everything from nothing, against the peers' sums."""
    here = [one for one in PEERS if one.found and (one.name == "ledger" or size <= SLOW)]
    text = _unsealed(book, folder / "text")
    alone = kept_book(_in_a_month(size))
    gb = [*GB, "--book"]
    whole = {one: export(book, one.form, folder / f"{size}.{one.form}") for one in here}
    single = {one: export(alone, one.form, folder / f"{size}.month.{one.form}") for one in here}
    agree({one: one.sums(file) for one, file in whole.items()}, ours(text))
    agree({one: one.sums(file) for one, file in single.items()}, ours(alone))
    month: dict[str, Job] = {
        f"gb reconcile --month {LAST}": lambda: run([*gb, str(book), "reconcile", "--month", LAST])
    }
    month |= {"gb reconcile, the month alone": lambda: run([*gb, str(alone), "reconcile", "--month", NOW])}
    month |= {f"{one.name}, the month alone": _sum(one, file) for one, file in single.items()}
    all_: dict[str, Job] = {"gb reconcile, all from text": lambda: run([*gb, str(text), "reconcile", "--month", NOW])}
    all_ |= {f"{one.name}, all": _sum(one, file) for one, file in whole.items()}
    first = f"gb reconcile --month {LAST}"  # makes what the checks of closed months left, once
    yield Row("month", f"{first}, the first time", size, month[first](), "ledger, all")
    few = size > SLOW
    costs = {**in_turn(month, 3 if few else 7), **in_turn(all_, 1 if few else 3)}
    for what, cost in costs.items():
        base = "ledger, the month alone" if "month alone" in what else "ledger, all"
        yield Row("month", what, size, cost, base if what != base else "")
    shutil.rmtree(text)


def _sum(peer: Peer, file: Path) -> Job:
    return lambda: run(peer.command(file))


def _in_a_month(size: int) -> int:
    return -(-size // CLOSED)


def _unsealed(book: Path, copy: Path) -> Path:
    """The book as if no month had ever been closed: the same files under other names, without closings and index."""
    shutil.copytree(book, copy, copy_function=os.link, ignore=shutil.ignore_patterns("closings", ".gb"))
    return copy


def ours(book: Path) -> Sums:
    """What we say that must be in the peers' sums: the sheets in the safe."""
    sheet = json.loads(said([*GB, "--book", str(book), "reconcile", "--month", NOW, "--json"]))
    return {("vouchers:safe", "V100"): str(sheet["total"]["closing"]["sheets"])}


# -- the results -------------------------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """What it was measured on, and with what."""
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "date": datetime.now().astimezone().date().isoformat(),
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "cpu": cpu or platform.machine(),
        "cores": os.cpu_count(),
        "memory_mb": memory,
        "load": round(os.getloadavg()[0], 1),
        "peers": {one.name: one.version if one.found else None for one in PEERS},
    }


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def as_json(found: list[Row], on: Mapping[str, Any]) -> dict[str, Any]:
    """The run as it is kept: seconds, megabytes, and the ratio to what stands in ``against``."""
    return {**on, "rows": [{**one._asdict(), "cost": one.cost._asdict()} for one in found]}


def main(argv: list[str]) -> None:
    """Measure and print; what a run of all sizes finds is kept as it comes, so that one that is cut short leaves what it has."""
    sizes = tuple(int(text) for text in argv) or SIZES
    os.environ.setdefault("XDG_STATE_HOME", tempfile.mkdtemp())  # this machine's memory of its books is left alone
    found: list[Row] = []
    on = machine()
    print(f"{'':<52}{'sales':>10}{'wall s':>9}{'cpu s':>9}{'MB':>8}")
    with tempfile.TemporaryDirectory() as name:
        for one in rows(sizes, Path(name)):
            print(
                f"{one.what:<52}{one.sales:>10,}{one.cost.wall:9.3f}{one.cost.cpu:9.3f}{one.cost.megabytes:8.0f}",
                flush=True,
            )
            found.append(one)
            if not argv:
                RESULTS.mkdir(exist_ok=True)
                text = json.dumps(as_json(found, on), indent=1, ensure_ascii=False)
                (RESULTS / f"{__version__}.json").write_text(text + "\n")
    for peer in PEERS:
        if not peer.found:
            print(f"{peer.name} is not installed: not compared")


if __name__ == "__main__":
    main(sys.argv[1:])
