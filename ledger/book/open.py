"""Opening a book: find its folder, read settings and rules, know the clock."""

from __future__ import annotations

import datetime as dt
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.audit.seal import Seals
from ledger.book.kept import kept_mapping
from ledger.book.yamlfile import LIMIT
from ledger.core.bankdays import BankDays
from ledger.core.errors import Unknown, Unreadable, Where
from ledger.core.findings import Finding
from ledger.core.rules import Rules, parse_rules
from ledger.core.settings import Settings, parse_settings
from ledger.core.words import Words
from ledger.disk import Clock, Disk, SystemClock
from ledger.index import lookup
from ledger.index.hydrated import Hydrated
from ledger.index.projection import Index
from ledger.index.store import FILE
from ledger.journal.entry import Entry
from ledger.journal.reader import scan

if TYPE_CHECKING:
    from ledger.index.ground import Ground
    from ledger.privacy.keyring import Keyring

SETTINGS, RULES = "gb.yaml", "rules.yaml"
MANY = 100
"""So many records are read faster from their whole files than one by one."""
UNREADABLE = {"JRN-02", "JRN-03", "JRN-04", "JRN-05", "JRN-08", "JRN-09"}


def find_book(start: Path) -> Path:
    """The nearest folder at or above ``start`` with a ``gb.yaml``; raises :class:`Unreadable`."""
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / SETTINGS).is_file():
            return folder
    words = Words(f"在 {here} 及其上级目录没有账本（gb.yaml）", f"no book (gb.yaml) in {here} or above it")
    raise Unreadable(words, code="REF-01", next=("gb init mybook --store '…' --terminal K1", "gb --book DIR status"))


class Book:
    """An open book.  Reading needs no lock; :mod:`ledger.book.write` writes."""

    def __init__(
        self,
        root: Path,
        clock: Clock | None = None,
        *,
        warn: Callable[[list[Finding]], None] | None = None,
        around: Callable[[Disk], AbstractContextManager[None]] = lambda _: nullcontext(),
    ) -> None:
        """``warn`` is told of damage; ``around`` is entered while the index is built anew, for a bar of progress."""
        self.root = root
        self._around = around
        self.throw_away = False  # of a copy that is thrown away this machine remembers nothing
        self._warn = warn
        self.disk = Disk(root)
        self.settings: Settings = parse_settings(kept_mapping(self.disk, self.disk.read(SETTINGS, LIMIT), SETTINGS))
        self.rules: Rules = parse_rules(
            kept_mapping(self.disk, self._rules_text(), RULES),
            BankDays(self.settings.bank_days),
            self.settings.trades_on,
        )
        self.zone = zone_of(self.settings.timezone)
        self._clock = clock or SystemClock()
        self.seals = Seals(self.disk, self.settings.book)
        self._index: Index | None = None
        self._keyring: Keyring | None = None

    def _rules_text(self) -> bytes:
        try:
            return self.disk.read(RULES, LIMIT)
        except Unreadable as error:
            if os.path.lexists(self.root / RULES):
                raise
            from ledger.book.lostrules import lost

            raise lost(self.root, error) from None

    def now(self) -> dt.datetime:
        """The machine's clock in the book's zone, whole seconds."""
        return self._clock.now(self.zone)

    def today(self) -> dt.date:
        """Today's business date by the machine's clock."""
        return self.now().date()

    @property
    def index(self) -> Index:
        """The index, opened and caught up with the text at first use."""
        if self._index is None:
            self._index = self._open_index()
            self._index.catch_up()
            self._tell_damage(self._index)
        return self._index

    def _open_index(self) -> Index:
        # Bound to the disk, not to the book: in a circle the index would not be let go of with the book.
        ground = partial(_ground_of, weakref.ref(self))
        return Index(self.disk, self.settings.book, self.seals, partial(self._around, self.disk), ground)

    def _tell_damage(self, index: Index) -> None:
        if self._warn and (damage := index.damage()):
            self._warn(damage)

    def rebuild(self) -> int:
        """Build the index anew, once, however far it was behind; returns the number of records."""
        index = self._index or self._open_index()
        with self._around(self.disk):
            records = index.rebuild()
        if self._index is None:
            self._index = index
            self._tell_damage(index)
        return records

    def glimpse(self) -> Index | None:
        """The index as the last command left it, for what must be quick and may be old; ``None`` where there is none.

        No journal is read, and what others wrote since is not in it.
        """
        if self.disk.stat(FILE) is None:
            return None
        return Index(self.disk, self.settings.book, self.seals, as_left=True)

    @property
    def keyring(self) -> Keyring:
        """The keys of personal values, found at first use (C8)."""
        if self._keyring is None:
            from ledger.book.personal import keyring_of

            self._keyring = keyring_of(self)
        return self._keyring

    @property
    def has_keyring(self) -> bool:
        """Whether anything personal was asked for or written yet in this run."""
        return self._keyring is not None

    def refresh(self) -> Index:
        """The index caught up once more: under the lock, others may have written."""
        fresh = self._index is not None
        index = self.index
        if fresh:
            index.catch_up()
        return index

    def state(self) -> Hydrated:
        """The present state, read from the index as it is asked."""
        return self.index.state()

    def damage(self) -> list[Finding]:
        """Journal damage that the last reading found."""
        return self.index.damage()

    def entry(self, found: lookup.Found) -> Entry:
        """The record at a place that the index knows, read from the text."""
        scanned = scan(
            self.disk, found.path, self.settings.book, offset=found.start, previous_h="", line=found.line - 1, typed=True
        )  # fmt: skip
        for item in scanned:
            if isinstance(item, Entry) and item.offset == found.start:
                return item
            if isinstance(item, Entry):
                break
        words = Words(f"{found.id} 在 {found.path} 里读不出来", f"{found.id} cannot be read in {found.path}")
        raise Unreadable(words, code="JRN-03", next=("gb check",))

    def find(self, record_id: str) -> Entry:
        """The record of that full id; raises :class:`Unknown`."""
        found = lookup.by_id(self.index.of_id(record_id), record_id)
        if not found:
            self.refuse_late(record_id)
            words = Words(f"没有 {record_id} 这张单据", f"there is no record {record_id}")
            raise Unknown(words, next=("gb log",))
        return self.entry(found[0])

    def refuse_late(self, record_id: str) -> None:
        """A record that arrived late in a closed month is in no figure, and nothing can be done on it (CLS-03)."""
        for path, line, _ in lookup.late_by_id(self.index.here, record_id):
            words = Words(
                f"{record_id} 在封账之后才合并进来，不计入任何数字",
                f"{record_id} arrived after its month was closed; it is in no figure",
            )
            adopt = f"gb adopt {record_id} --reason '…'"
            raise Unknown(words, code="CLS-03", where=(Where(path, line, record_id),), next=(adopt,))

    def entries(self, found: list[lookup.Found]) -> Iterator[Entry]:
        """The records at several places, in that order; of many, each file is read once."""
        if len(found) < MANY:
            return (self.entry(one) for one in found)
        wanted = {(one.path, one.start) for one in found}
        read = {
            (item.file, item.offset): item
            for path in dict.fromkeys(one.path for one in found)
            for item in scan(self.disk, path, self.settings.book)
            if isinstance(item, Entry) and (item.file, item.offset) in wanted
        }
        return (read.get((one.path, one.start)) or self.entry(one) for one in found)

    def close(self) -> None:
        """Let go of the index."""
        if self._index is not None:
            self._index.close()
            self._index = None


def _ground_of(known: weakref.ref[Book]) -> Ground | None:
    from ledger.book.ground import ground_of

    book = known()
    return ground_of(book) if book is not None else None


def zone_of(name: str) -> dt.tzinfo:
    """The time zone of that name; raises :class:`Unreadable`."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        words = Words(f"不认识的时区 {name}", f"unknown time zone {name}")
        raise Unreadable(words, code="RUL-01", next=("gb doctor",)) from None
