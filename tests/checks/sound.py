"""A sound month for tests: every form rightly recorded, every evening its deposit, its notice and its mark.

It is made in steps, and a fault is planted between two of them: what is wrong in the records is there before the notices
tell of them and the day-ends mark them, or else it would be two faults, a wrong record and a rewritten file.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ledger.book.create import create
from ledger.book.dayend import files_of
from ledger.book.draft import Draft
from ledger.book.month import check
from ledger.book.notice import catch_up
from ledger.book.open import Book
from ledger.book.text import whole_text
from ledger.book.write import record
from ledger.core.findings import Finding
from ledger.core.forms import Record, lines_of
from ledger.core.spans import SpanSet, parse_spans
from tests.forge import Forge

BOOK_ID = "000102030405060708090a0b0c0d0e0f"
ZONE = dt.timezone(dt.timedelta(hours=8))
LAST = dt.date(2026, 10, 31)
AFTERWARDS = dt.datetime(2026, 11, 2, 18, 0, tzinfo=ZONE)
"""When the month is looked at: it is over, and nothing of it is late yet."""


def at(day: int, clock: str = "09:00", month: int = 10) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, month, day), dt.time.fromisoformat(clock), ZONE)


class Hand:
    """A clock that is set by hand and goes on a minute with every look."""

    time = at(1, "08:00")

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        self.time += dt.timedelta(minutes=1)
        return self.time.astimezone(zone)


Step = tuple[dt.datetime, Callable[[], object]]
"""Something to record, and when."""
Family = Callable[["Month"], list[Step]]


class Month:
    """October 2026 of a book of its own; ``ids`` are the records by the names that the faults call them.

    Made, it has its people and what the families of business record, in the order of time; :meth:`finished` adds the
    notices and the marks.
    """

    def __init__(self, root: Path, *families: Family, first: int = 1) -> None:
        self.root = root
        self.clock = Hand()
        self.clock.time = at(first, "08:00")
        self.ids: dict[str, str] = {}
        self._book: Book | None
        self._book, _ = create(root, store="东方商厦", terminal="K1", book_id=BOOK_ID, git=False, clock=self.clock)
        self._people()
        for time, step in sorted((one for family in families for one in family(self)), key=lambda one: one[0]):
            self.clock.time = max(time, self.clock.time)
            step()
        self.shut()

    def copied(self, root: Path) -> Month:
        """The same month in a folder of its own, to go on with or to spoil."""
        shutil.copytree(self.root, root)
        copy = object.__new__(type(self))
        copy.root, copy.clock, copy.ids, copy._book = root, Hand(), dict(self.ids), None
        return copy

    # -- the book --------------------------------------------------------------------------------------------------------

    @property
    def book(self) -> Book:
        if self._book is None:
            self._book = Book(self.root, self.clock)
        return self._book

    @property
    def forge(self) -> Forge:
        """To write behind the program's back: the book is shut first, as it would be."""
        self.shut()
        return Forge(self.root, BOOK_ID)

    def shut(self) -> None:
        if self._book is not None:
            self._book.close()
        self._book = None

    def found(self) -> list[Finding]:
        """All that ``gb check`` finds, of every code, on the 2nd of November or when the clock was put further."""
        self.shut()
        self.clock.time = max(AFTERWARDS, self.clock.time)
        try:
            return check(self.book)
        finally:
            self.shut()

    # -- recording -------------------------------------------------------------------------------------------------------

    def on(self, day: int, clock: str = "09:00") -> None:
        self.clock.time = at(day, clock)

    def put(
        self, journal: str, kind: str, label: str = "", /, *, by: str = "wang", terminal: str = "K1", **values: Any
    ) -> Record:
        """Record a form that nothing is to be said against; ``label`` is what the faults call it."""
        made, warned = self.put_warned(journal, kind, label, by=by, terminal=terminal, **values)
        assert warned == []
        return made

    def put_warned(
        self, journal: str, kind: str, label: str = "", /, *, by: str = "wang", terminal: str = "K1", **values: Any
    ) -> tuple[Record, list[str]]:
        """Record a form; also the codes that the counter was warned of."""
        shared = {key: values.pop(key) for key in ("ref", "reason", "date") if key in values}
        if isinstance(values.get("spans"), str):
            values["spans"] = parse_spans(values["spans"])
        made = record(self.book, Draft(journal=journal, kind=kind, values=values, by=by, terminal=terminal, **shared))
        self.ids[label] = made.record.id
        return made.record, [one.code for one in made.warnings]

    def approved(self, purpose: str, sheets: int, name: str = "", face: int = 10000) -> str:
        """A request and the manager's approval, named ``NAME`` and ``NAME-approval``."""
        lines = lines_of([(face, sheets)])
        made = self.put("requests", "request", name, purpose=purpose, lines=lines, reason="按计划")
        self.put("requests", "approval", f"{name}-approval", by="li", ref=made.id)
        return made.id

    def draw(self, spans: str, name: str, *, face: int = 10000, **more: Any) -> Record:
        """Sheets of ``face`` (fen) drawn from finance: asked for, approved, prepared (``prepared NAME``), received (``receipt NAME``)."""
        day = self.clock.time.date()
        request = self.approved("voucher", parse_spans(spans).count, f"draw {name}", face)
        self.put("requests", "prepared", f"prepared {name}", by="chen", ref=request, finance="陈会计", collect=day)
        more = {"stamps": "activity", **more}
        return self.put(
            "receipts", "receipt", f"receipt {name}", request=request, spans=spans, finance="陈会计", **more
        )

    def deposit(self, yuan: int, day: int, name: str = "") -> Record:
        """The takings of a cash day of October handed to finance, on a slip numbered by the day."""
        covered = dt.date(2026, 10, day)
        return self.put("cash", "deposit", name, amount=100 * yuan, slip=f"J{covered:%m%d}", days=(covered,))

    def count_safe(self, name: str, **more: Any) -> Record:
        """The safe counted by two, everything where the book has it."""
        held = SpanSet.of(span for span, sheet in self.book.state().on_hand() if sheet.place == "safe")
        return self.put("custody", "count", name, spans=held.text, second="钱", **more)

    # -- the steps of the month ------------------------------------------------------------------------------------------

    def _people(self) -> None:
        for code, role in {"wang": "clerk", "sun": "supervisor", "chen": "finance", "li": "manager"}.items():
            self.put("staff", "operator-added", by="init", code=code, name=code, roles=role)
        self.put("staff", "terminal-added", by="li", code="K2")
        for code in ("C001", "C002"):
            self.put("clients", "added", code=code, unit=f"第{code[-1]}中学")

    def notices(self, until: dt.date = LAST, now: dt.datetime | None = None) -> None:
        """The notice of every day, caught up with; named ``notice DAY``."""
        self.clock.time = now or at(2, "09:00", 11)
        draft = Draft(journal="notices", kind="issued", values={}, by="li", terminal="K1")
        for sent in catch_up(self.book, draft, until):
            self.ids[f"notice {sent.report.contents.day.day}"] = sent.report.id
        self.shut()

    def day_ends(self) -> None:
        """Made up for afterwards, for every terminal and day with a record; named ``mark TERMINAL DAY``."""
        self.clock.time = at(2, "11:00", 11)
        own = (one.record for one in whole_text(self.book).entries if one.record.id[:2] not in ("ST", "OP"))
        for date, terminal in sorted({(one.date, one.terminal) for one in own if one.date <= LAST}):
            values = {"files": files_of(self.book, terminal, date)}
            name = f"mark {terminal} {date.day}"
            self.put("cash", "day-end", name, by="li", terminal=terminal, date=date, reason="补做", **values)
        self.shut()

    def finished(self) -> Month:
        """With its notices and marks."""
        self.notices()
        self.day_ends()
        return self


Place = tuple[str, int]
Plant = Callable[[Any], "str | Place"]
"""Spoils a :class:`Month` and says where it must be found: a record's id, a file with its line, or empty for no place."""


class Fault(NamedTuple):
    """One fault, its code, the sheets it is found with, and the step that it is planted behind: records, notices or marks.

    Behind the notices belongs what no notice tells of, or what is an error by itself: then no notice is blamed for it.
    """

    code: str
    plant: Plant
    serials: str = ""
    behind: str = "notices"


class Steps:
    """One month as it stood behind each of its steps, to be copied."""

    def __init__(self, folder: Path, *families: Family) -> None:
        self.behind: dict[str, Month] = {"records": Month(folder / "records", *families)}
        self.behind["notices"] = self.behind["records"].copied(folder / "notices")
        self.behind["notices"].notices()
        self.behind["marks"] = self.behind["notices"].copied(folder / "marks")
        self.behind["marks"].day_ends()

    @property
    def sound(self) -> Month:
        """The month with everything done."""
        return self.behind["marks"]


class Caught(NamedTuple):
    """The month with the fault in it, what was found, and the place it had to be found at."""

    month: Month
    found: list[Finding]
    place: Place | None


def catch(fault: Fault, steps: Steps, root: Path) -> Caught:
    """Plant ``fault`` into a copy of the month, go on with it as if nothing had happened, and look."""
    month = steps.behind[fault.behind].copied(root)
    guilty = fault.plant(month)
    if fault.behind == "records":
        month.notices()
    if fault.behind != "marks":
        month.day_ends()
    found = month.found()
    place = month.forge.line_of(guilty) if isinstance(guilty, str) and guilty else guilty
    return Caught(month, found, place or None)


def told(found: Sequence[Finding]) -> str:
    """The findings in words, for a test that failed."""
    return "\n".join(f"{one.code} {one.words.en}" for one in found)


def assert_alone(fault: Fault, caught: Caught) -> None:
    """Exactly one finding: the fault's code, at its file and line, with its sheets and something to type, in both languages."""
    assert [one.code for one in caught.found] == [fault.code], told(caught.found)
    (found,) = caught.found
    where = [(one.file, one.line) for one in found.where]
    assert where[:1] == ([caught.place] if caught.place else []), (found.words.en, found.where)
    assert found.serials == fault.serials, found.words.en
    assert found.words.zh != found.words.en
    assert found.next
