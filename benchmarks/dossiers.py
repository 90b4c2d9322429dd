"""What a register of clients with a year of calls costs: ``python benchmarks/dossiers.py [CLIENTS VISITS]``.

So many clients with names of Chinese units, two sales a client over the year, and so many records of visits: three in
five calls, one in five plans of which nine in ten are done, one in five outreach.  Seeded, and written by the program's own writer.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from measure import GB, Job, in_turn, run, show

from ledger.book.clients import initials
from ledger.book.create import create
from ledger.core.forms import Line, Pay, Record
from ledger.core.records.clients import KINDS, Added
from ledger.core.records.receipts import Receipt
from ledger.core.records.requests import Approval, Request
from ledger.core.records.sales import Sale
from ledger.core.records.staff import OperatorAdded
from ledger.core.records.visits import CallNote, OutreachDone, OutreachPlanned, Plan
from ledger.core.spans import Span, SpanSet

REGISTER = (10_000, 50_000)
"""Clients, and records of visits."""
COMMANDS = (
    ("client", "list", "机械"), ("client", "show", "第99"), ("visit", "due"), ("visit", "festival", "国庆"), ("status",),
    ("client", "classify", "--dry-run"),
)  # fmt: skip
ZONE = dt.timezone(dt.timedelta(hours=8))
FIRST = dt.date(2025, 10, 1)
DAYS = 370
STAFF = [f"S{number:02d}" for number in range(20)]
PLACES = "东风长江黄河华山泰山江汉洞庭青山红旗胜利光明新华前进团结和平友谊人民幸福金桥银海"
TRADES = ("机械", "化工", "纺织", "电子", "食品", "医药", "建筑", "物流", "印刷", "仪表", "钢铁", "电力")
FORMS = ("厂", "有限公司", "集团", "研究所", "中学", "医院", "局", "工会委员会")


class Writer:
    """Heads of records: any journal, any day, numbered as the counter would."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, dt.date], int] = {}

    def head(self, code: str, by: str, day: dt.date) -> dict[str, object]:
        """The fields that every record has; a second apart within the day."""
        number = self._numbers[code, day] = self._numbers.get((code, day), 1 if code == "ST" else 0) + 1
        at = dt.datetime(day.year, day.month, day.day, 8, tzinfo=ZONE) + dt.timedelta(seconds=number)
        return {"id": f"{code}{day:%Y%m%d}-K1-{number:04d}", "at": at, "date": day, "by": by}


def name_of(number: int, chance: random.Random) -> str:
    """A unit's name; the number keeps them apart."""
    place = chance.randrange(0, len(PLACES), 2)
    return f"{PLACES[place : place + 2]}第{number}{chance.choice(TRADES)}{chance.choice(FORMS)}"


def records(clients: int, visits: int, seed: int = 20261008) -> Iterator[Record]:
    """Staff and stock, then journal by journal in order of the days."""
    chance, writer = random.Random(seed), Writer()
    codes = [f"C{number:05d}" for number in range(1, clients + 1)]
    yield OperatorAdded(**writer.head("ST", "init", FIRST), code="ZM", name="赵明", roles="manager")
    for code in STAFF:
        yield OperatorAdded(**writer.head("ST", "ZM", FIRST), code=code, name=code, roles="clerk")
    for number, code in enumerate(codes):
        unit = name_of(number, chance)
        yield Added(
            **writer.head("CL", "ZM", spread(number, clients)), code=code, unit=unit, unit_kind=chance.choice(KINDS[:4]),
            state_owned=chance.choice(("yes", "")), initials=initials(unit), owner=chance.choice(STAFF),
        )  # fmt: skip
    yield from sales(codes, chance, writer)
    yield from calls(codes, visits, chance, writer)


def spread(number: int, of: int) -> dt.date:
    """The days of the year, in order."""
    return FIRST + dt.timedelta(days=DAYS * number // of)


def sales(codes: list[str], chance: random.Random, writer: Writer) -> Iterator[Record]:
    """Two a client, of one to two hundred sheets."""
    count = 2 * len(codes)
    packets = [chance.choice((1, 5, 20, 200)) for _ in range(count)]
    lines = (Line(10000, sum(packets)),)
    asked = Request(**writer.head("RQ", "S00", FIRST), purpose="voucher", lines=lines, reason="备券")
    yield asked
    yield Approval(**writer.head("RQ", "ZM", FIRST), ref=asked.id)
    stock = SpanSet.of([Span("A", 10, 1, lines[0].sheets)])
    yield Receipt(
        **writer.head("RC", "S00", FIRST), request=asked.id, spans=stock, face=10000, sheets=lines[0].sheets, finance="钱宁",
        seal="yes", stamps="activity",
    )  # fmt: skip
    first = 1
    for number, sheets in enumerate(packets):
        day = spread(number, count)
        known = codes[: max(1, (number + 2) // 2)]
        yield Sale(
            **writer.head("SA", "S01", day), client=chance.choice(known), amount=sheets * 10000,
            spans=SpanSet.of([Span("A", 10, first, first + sheets - 1)]), lines=(Line(10000, sheets),),
            payments=(Pay("cash", sheets * 10000),), salesperson="S01", expires=dt.date(2029, 10, 31),
        )  # fmt: skip
        first += sheets


def calls(codes: list[str], visits: int, chance: random.Random, writer: Writer) -> Iterator[Record]:
    """Plans with their calls, calls without, outreach."""
    number = 0
    while number < visits:
        day, code, who = spread(number, visits), chance.choice(codes), chance.choice(STAFF)
        head = partial(writer.head, "VI", who, day)
        share = chance.random()
        if share < 0.2:
            planned = Plan(**head(), client=code, visitor=who, due=day + dt.timedelta(days=7), topic="续签协议")
            yield planned
            if chance.random() < 0.9:
                yield CallNote(**head(), client=code, visitor=who, ref=planned.id, summary="已续签，节前再联系")
        elif share < 0.4:
            went = OutreachPlanned(**head(), unit=f"第{number}单位", visitor=who, day=day)
            yield went
            yield OutreachDone(**head(), unit=went.unit, visitor=who, ref=went.id, depth="met", intent="maybe")
        else:
            yield CallNote(
                **head(), client=code, visitor=who, summary="节前发福利，约二百人", wants="yes", budget=2000000
            )
            yield CallNote(**head(), client=code, visitor=who, summary="电话不通，改日再打")
        number += 2


def build(folder: Path, clients: int, visits: int) -> Path:
    """The book, written with the batch writer's own bytes."""
    from ledger.book import batch

    started = dt.datetime(FIRST.year, FIRST.month, FIRST.day, 8, tzinfo=ZONE)
    book, _ = create(folder / "dossiers", store="东湖百货", terminal="K1", book_id="0" * 32, git=False, at=started)
    with book.disk.lock(who="benchmark"):
        batch._write_all(book, list(records(clients, visits)))
    book.close()
    return book.root


def measured(book: str) -> dict[str, Job]:
    """What a person waits for: whole commands."""
    shared = ["--book", book, "--terminal", "K1", "--by", "ZM", "--at", "2026-10-05 10:00"]

    def gb(*words: str) -> Job:
        return lambda: run([*GB, *words, *shared])

    jobs = {f"gb {' '.join(words)}": gb(*words) for words in COMMANDS}
    return {'python -c "import typer"': lambda: run([sys.executable, "-c", "import typer"]), **jobs}


def main(argv: list[str]) -> None:
    """Build, measure, print."""
    clients, visits = (int(text) for text in argv) if argv else REGISTER
    print(f"{clients:,} clients, {visits:,} records of visits")
    with tempfile.TemporaryDirectory() as name:
        book = build(Path(name), clients, visits)
        run([*GB, "--book", str(book), "index", "rebuild"])
        show(in_turn(measured(str(book)), 5))


if __name__ == "__main__":
    main(sys.argv[1:])
