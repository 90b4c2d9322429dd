"""Day-end marks: what a terminal's day is complete with (N6)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from ledger.checks import day as day_check
from ledger.core.findings import Finding
from ledger.core.forms import Record, Reversal
from ledger.core.records.cash import DayEnd, FileMark
from ledger.core.text import bad_text
from ledger.journal.paths import parse_path
from ledger.journal.reader import scan

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.journal.entry import Entry


class Day(NamedTuple):
    """A terminal's day: its records but for marks, the mark in force, and whether something was recorded behind it."""

    records: list[Record]
    mark: Entry | None
    complete: bool


def look(book: Book, terminal: str, day: dt.date) -> Day:
    """What ``terminal`` recorded on the business date ``day``."""
    from ledger.index import lookup

    found = lookup.between(book.index.from_day(str(day)), str(day), str(day + dt.timedelta(days=1)))
    entries = [one for one in book.entries(found) if one.record.terminal == terminal]
    undone = {one.record.ref for one in entries if isinstance(one.record, Reversal)}
    marks = [one for one in entries if isinstance(one.record, DayEnd) and one.id not in undone]
    mark = max(marks, key=lambda one: one.record.order, default=None)
    records = [one.record for one in entries if not isinstance(one.record, DayEnd)]
    last = max((one.order for one in records if day_check.counts(one)), default="")
    return Day(records, mark, mark is not None and mark.record.order > last)


def missing(book: Book, before: dt.date) -> list[Finding]:
    """DAY-01 of every terminal, for the days before ``before`` in months that are open."""
    from ledger.book.text import whole_text

    return list(day_check.missing(whole_text(book).entries, before))


def files_of(book: Book, terminal: str, day: dt.date) -> tuple[FileMark, ...]:
    """The terminal's files of the month of ``day``, each with its whole records and the last one's ``h``."""
    marks = []
    for path in book.disk.walk(f"journals/{day:%Y-%m}"):
        name = parse_path(path)
        if name is None or name.terminal != terminal:
            continue
        found = scan(book.disk, path, book.settings.book)
        for _ in found:
            pass
        if found.records:
            marks.append(FileMark(path, found.records, found.last_h))
    return tuple(marks)


def host_mark() -> str:
    """The user and machine by the system's own account, ``user@host``; empty where it has none that can be written."""
    import getpass
    import platform

    try:
        text = f"{getpass.getuser()}@{platform.node()}"
    except (OSError, KeyError):
        return ""
    return "" if bad_text(text) else text
