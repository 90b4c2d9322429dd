"""What a journal file holds as it stands: its records in order, its damage, and marks that it once reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ledger.core.errors import GbError, Where
from ledger.core.findings import Finding
from ledger.disk import Disk
from ledger.journal.entry import Entry
from ledger.journal.paths import FOLDER, parse_path
from ledger.journal.reader import foreign, scan


class Stands(NamedTuple):
    """One record that reads: its place among the file's records, counted from 1, its id, line and ``h``."""

    number: int
    id: str
    line: int
    h: str


class Facts(NamedTuple):
    """One file read to its end.  ``whole`` counts damaged records too; ``last_h`` is the genesis for none."""

    path: str
    records: tuple[Stands, ...]
    whole: int
    last_h: str
    damage: tuple[Finding, ...]

    def h_of(self, number: int) -> str:
        """The ``h`` of that record, counted from 1; empty when it does not read."""
        return next((one.h for one in self.records if one.number == number), "")

    def before(self, line: int) -> Stands | None:
        """The last record that starts before a line."""
        return next((one for one in reversed(self.records) if one.line < line), None)


class Mark(NamedTuple):
    """A file had so many records, the last with that ``h``; ``source`` says who saw that."""

    path: str
    records: int
    last_h: str
    source: str


class Journals:
    """The journal files of a book, each read at most once."""

    def __init__(self, disk: Disk, book_id: str) -> None:
        self.disk = disk
        self.book_id = book_id
        self._facts: dict[str, Facts] = {}
        self.paths: list[str] = []
        self.strangers: list[Finding] = []
        try:
            found, odd = disk.walk(FOLDER), disk.strangers(FOLDER)
        except GbError as error:
            self.strangers.append(of_error(error, FOLDER))
            return
        self.paths = sorted(path for path in found if parse_path(path) is not None)
        self.strangers += [foreign(path) for path in sorted([*odd, *(set(found) - set(self.paths))])]

    def facts(self, path: str) -> Facts:
        """The file's facts; one that cannot be opened has only damage."""
        if path not in self._facts:
            self._facts[path] = self._read(path)
        return self._facts[path]

    def entries(self, journal: str) -> Iterator[Entry]:
        """The records of all files of a journal, undecoded."""
        for path in self.paths:
            name = parse_path(path)
            if name is not None and name.journal == journal:
                try:
                    yield from (one for one in scan(self.disk, path, self.book_id) if isinstance(one, Entry))
                except GbError:
                    continue  # reported where the file itself is looked at

    def _read(self, path: str) -> Facts:
        records: list[Stands] = []
        damage: list[Finding] = []
        scanned = scan(self.disk, path, self.book_id)
        try:
            for item in scanned:
                if isinstance(item, Entry):
                    records.append(Stands(scanned.records, item.id, item.line, item.h))
                else:
                    damage.append(item)
        except GbError as error:
            damage.append(of_error(error, path))
        return Facts(path, tuple(records), scanned.records, scanned.last_h, tuple(damage))


def of_error(error: GbError, path: str) -> Finding:
    """A file that cannot be read at all, as a finding."""
    where = error.where or (Where(path),)
    return Finding(code=error.code, severity="error", words=error.words, subject=path, where=where, next=error.next)


def month_of(path: str) -> str:
    """``2026-10`` of a journal file's path."""
    return path.split("/")[1]


def parse_marks(text: str, source: str) -> Iterator[Mark]:
    """``path:records:last_h`` separated by spaces; what is not in that form is left out."""
    for part in text.split():
        path, _, rest = part.partition(":")
        records, _, last_h = rest.partition(":")
        if parse_path(path) is not None and records.isascii() and records.isdigit() and len(records) < 10:
            yield Mark(path, int(records), last_h, source)
