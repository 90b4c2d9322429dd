"""The generated books as they are kept, copies of them, and what is done to a copy while it is measured.

python benchmarks/store.py append BOOK      200 more records, in one process; seconds of each, as JSON
python benchmarks/store.py behind BOOK      50 records that the index is not told of
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import books
import chain

from ledger.book.open import Book
from ledger.core.records import journal
from ledger.core.records.clients import Added

APPENDS, UNTOLD = 200, 50
_DAY = books.OPEN.first.replace(day=28)


def shelf() -> Path:
    """Where generated books are kept: ``GB_BENCH_BOOKS``, or this user's cache; never in the checkout.

    A folder in it is named after the bytes of a small book: another generator, or another form of records, has another one.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gb-ledger-books"
    return Path(os.environ.get("GB_BENCH_BOOKS") or cache) / _mark()


def _mark() -> str:
    with tempfile.TemporaryDirectory() as name:
        _build(Path(name), 40, 2)
        book = Path(name, books.name_of(40, 2))
        files = sorted(path for path in book.rglob("*") if path.is_file() and ".gb" not in path.parts)
        found = sha256()
        for path in files:
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def kept_book(sales: int, closed: int = 0) -> Path:
    """The generated book of so many sales; made when it is asked for the first time."""
    book = shelf() / books.name_of(sales, closed)
    if not book.exists():
        part = book.parent / "part"
        shutil.rmtree(part, ignore_errors=True)
        _build(part, sales, closed)
        (part / book.name).rename(book)
    return book


def kept_stores(count: int, sales: int) -> Path:
    """The folder of so many generated stores of one month each."""
    folder = shelf() / f"stores{count}x{sales}"
    if not folder.exists():
        part = folder.parent / "part"
        shutil.rmtree(part, ignore_errors=True)
        chain.build(part, count, sales)
        part.rename(folder)
    return folder


def _build(folder: Path, sales: int, closed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, books.__file__, str(folder), str(sales), str(closed)], check=True)


def scratch(book: Path, copy: Path) -> Path:
    """A copy that may be written to."""
    shutil.copytree(book, copy)
    return copy


# -- what is done to a copy --------------------------------------------------------------------------------------------


def append(root: Path) -> dict[str, float]:
    """Seconds a record takes, of :data:`APPENDS` clients filed one after the other, and as many bare synced writes."""
    from ledger.book.draft import Draft
    from ledger.book.write import record

    book = Book(root)
    ours, bare = [], []
    for number, code in enumerate(_codes(APPENDS)):
        values = {"code": code, "unit": f"{code} 单位", "owner": books.CLERK}
        at = books.moment(_DAY, 20) + dt.timedelta(seconds=number)
        draft = Draft(journal="clients", kind="added", values=values, by=books.MANAGER, terminal=books.TERMINAL, at=at)
        ours.append(_timed(partial(record, book, draft)))
        bare.append(_timed(partial(_write_through, root / ".gb" / "bench.tmp")))
    book.close()
    told = {"one more record": ours, "the same bytes, written and synced": bare}
    return {
        f"{what}, {name}": of(each) for what, each in told.items() for name, of in (("median", median), ("p99", _p99))
    }


def behind(root: Path) -> None:
    """File :data:`UNTOLD` clients as another machine would have: the index hears of it from the text."""
    from ledger.book.write import Numbers

    book = Book(root)
    pen, numbers = books.Pen(book, _DAY), Numbers(book)
    with book.disk.lock(who="benchmark"):
        for number, code in enumerate(_codes(UNTOLD)):
            at = books.moment(_DAY, 21) + dt.timedelta(seconds=number)
            name = numbers.take(journal("clients"), books.TERMINAL, _DAY)
            unit = f"{code} 单位"
            pen.write(Added(id=name, at=at, date=_DAY, by=books.MANAGER, code=code, unit=unit, owner=books.CLERK))
        pen.flush()
    book.close()


def _codes(count: int) -> list[str]:
    """Codes that no client has."""
    return [f"N{time.time_ns() % 10**12}{number:03d}" for number in range(count)]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _write_through(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"x" * 200)
        opened.flush()
        os.fsync(opened.fileno())


def _p99(each: list[float]) -> float:
    return quantiles(each, n=100)[-1]


if __name__ == "__main__":
    if sys.argv[1] == "append":
        print(json.dumps(append(Path(sys.argv[2]))))
    else:
        behind(Path(sys.argv[2]))
