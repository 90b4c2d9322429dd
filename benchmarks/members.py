"""What a member centre costs: one member looked up, one purchase recorded, a month of points folded, in a book of years.

    python benchmarks/members.py                     50,000 members and 1,000,000 records of points over 24 months
    python benchmarks/members.py 1000 20000          a quick look

Measured as :mod:`measure` measures: whole processes in one run, so the ratios mean something and the seconds little.  The records
come from a seed and are written with the program's own bytes; all months but the last are closed, as a store's are.
"""

from __future__ import annotations

import datetime as dt
import gc
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from measure import GB, Cost, Job, in_turn, run, show

from ledger.book.open import Book
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.records.members import Activated, Registered
from ledger.core.records.points import Earned, Returned, ToppedUp
from ledger.core.records.staff import OperatorAdded
from ledger.core.rules import Points, Rules
from ledger.journal.entry import Entry
from ledger.journal.reader import scan

ZONE = dt.timezone(dt.timedelta(hours=8))
FIRST, MONTHS = Month(2024, 11), 24
LAST = "2026-10"
AT_ONCE = 20_000
"""Records made before they are written: a million at once would fill a small machine."""
RULE = Rules({}).on(Points, FIRST.first)
"""What a book without a rule of its own has."""


def records(members: int, points: int, seed: int = 20261008) -> Iterator[Record]:
    """All members on the first day, then purchases of anybody, one in ten a top-up, one in twenty a return."""
    chance = random.Random(seed)
    numbers: dict[tuple[str, dt.date], int] = {("ST", FIRST.first): 1}

    def head(code: str, at: dt.datetime, by: str = "WL") -> dict[str, object]:
        numbers[code, at.date()] = numbers.get((code, at.date()), 0) + 1
        number = f"{code}{at:%Y%m%d}-K1-{numbers[code, at.date()]:04d}"
        return {"id": number, "at": at, "date": at.date(), "by": by}

    opened = dt.datetime(FIRST.year, FIRST.month, 1, 9, tzinfo=ZONE)
    yield OperatorAdded(**head("ST", opened, "init"), code="ZM", name="赵明", roles="manager")
    yield OperatorAdded(**head("ST", opened, "ZM"), code="WL", name="王玲", roles="clerk")
    for number in range(members):
        yield Registered(**head("ME", opened), code=f"M{number:05d}", identified="yes")
    for number in range(members):
        yield Activated(**head("ME", opened + dt.timedelta(seconds=1)), code=f"M{number:05d}", card=f"8{number:07d}")
    step = dt.timedelta(days=729) / points
    at = opened + dt.timedelta(hours=1)
    for number in range(points):
        at += step
        when, member = at.replace(microsecond=0), f"M{chance.randrange(members):05d}"
        common = {"member": member, "slip": f"X{number:07d}"}
        kind = chance.random()
        if kind < 0.05:
            yield Returned(**head("PT", when), **common, points=chance.randrange(1, 50), purchased=when.date())
        elif kind < 0.15:
            yield ToppedUp(
                **head("PT", when), **common, points=chance.randrange(1, 200), expires=RULE.expires(when.date())
            )  # fmt: skip
        else:
            yield Earned(
                **head("PT", when), **common, points=chance.randrange(10, 900), expires=RULE.expires(when.date())
            )


def build(folder: Path, members: int, points: int) -> Path:
    """The book, every month but the last sealed."""
    from ledger.book import batch, closing
    from ledger.book.create import create
    from ledger.book.draft import Draft
    from ledger.book.text import Text

    started = dt.datetime(FIRST.year, FIRST.month, 1, 8, tzinfo=ZONE)
    book, _ = create(folder / "book", store="东湖百货", terminal="K1", book_id="0" * 32, git=False, at=started)
    with book.disk.lock(who="benchmark"):
        made = records(members, points)
        while part := list(islice(made, AT_ONCE)):
            batch._write_all(book, part)
        book.refresh()
        month = FIRST
        draft = Draft(journal="", kind="", values={}, by="ZM", terminal="K1")
        while month.text < LAST:
            # Sealed without what a close asks of a real month (day-ends, notices): what is measured is the fold on its tables.
            own = Text([*_entries(book, month)], [], [])
            closing._seal(book, month, draft, dt.datetime.combine(month.after, started.timetz()), own, dry_run=False)
            month = month.next()
    book.close()
    return book.root


def _entries(book: Book, month: Month) -> Iterator[Entry]:
    """The records of one month: all of them at once would not fit into a small machine."""
    for path in book.disk.walk(f"journals/{month.text}"):
        yield from (
            one for one in scan(book.disk, path, book.settings.book, typed=True) if not isinstance(one, Finding)
        )


def measured(book: str, members: int) -> dict[str, Job]:
    """What a person waits for: whole commands."""
    shared = ["--book", book, "--terminal", "K1", "--by", "WL"]
    code, minutes = f"M{members // 2:05d}", count()

    def gb(*words: str) -> Job:
        return lambda: run([*GB, *words, *shared])

    def earn() -> Cost:
        at = next(minutes)
        slip = ["--points", "5", "--slip", f"bench-{at}", "--at", f"{LAST}-31 22:{at:02d}"]
        return run([*GB, "points", "earn", code, *slip, *shared])

    return {
        'python -c "import typer"': lambda: run([sys.executable, "-c", "import typer"]),
        "gb status": gb("status"),
        "gb member show": gb("member", "show", code),
        "gb points statement": gb("points", "statement", code),
        "gb points earn": earn,
        "gb member dormant": gb("member", "dormant"),
        f"gb report points --month {LAST} (on a closing)": gb("report", "points", "--month", LAST),
        "gb report points of the closed month before": gb("report", "points", "--month", "2026-09"),
    }


def main(argv: list[str]) -> None:
    """Build, measure, print."""
    members, points = (int(text) for text in argv[:2]) if len(argv) > 1 else (50_000, 1_000_000)
    print(f"{members:,} members, {points:,} records of points, {MONTHS} months, all but the last closed")
    with tempfile.TemporaryDirectory() as name:
        started = time.perf_counter()
        made = subprocess.run([sys.executable, __file__, "build", name, str(members), str(points)], check=True)
        assert made.returncode == 0
        print(f"generated and sealed in {time.perf_counter() - started:.0f} s")
        book = str(Path(name) / "book")
        costs = {"gb index rebuild": run([*GB, "--book", book, "index", "rebuild"])}
        show({**costs, **in_turn(measured(book, members), 5)})


if __name__ == "__main__":
    if sys.argv[1:2] == ["build"]:
        gc.disable()  # a million records are made, none of them in a circle
        build(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        main(sys.argv[1:])
