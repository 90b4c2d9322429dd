"""The text of months that are not folded as the checks ask for it: a record by its id, or all of some kinds, and nothing else is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from ledger.core.forms import Record, Reversal
from ledger.core.order import in_order
from ledger.core.records import BY_CODE, BY_NAME, journal
from ledger.journal.entry import Entry
from ledger.journal.paths import FOLDER, JournalPath, is_record_id, parse_path
from ledger.journal.reader import scan

if TYPE_CHECKING:
    from ledger.book.open import Book

_IDS = {
    "csv": re.compile(rb"^([A-Z]{2}[0-9]{8}-[^,\n]*),", re.MULTILINE),
    "yaml": re.compile(rb'^- id: "([^"\n]*)"', re.MULTILINE),
}
_KEYS = {
    "csv": re.compile(rb",([^,\n]+),[0-9a-f]{16}$", re.MULTILINE),
    "yaml": re.compile(rb'^  key: "([^\n]*)"$', re.MULTILINE),
}
_AT_ONCE = 20


class PastText:
    """The records that count of some months: of closed ones, whose files are known to be as sealed, and of open ones without damage."""

    def __init__(self, book: Book, months: Collection[str]) -> None:
        self._book = book
        self._files: dict[str, list[JournalPath]] = {}
        for path in book.disk.walk(FOLDER):
            name = parse_path(path)
            if name is not None and name.month in months and book.seals.bound(path) != 0:
                self._files.setdefault(name.journal, []).append(name)
        self._places: dict[str, dict[bytes, int]] = {}
        self._kinds: dict[type[Record], list[Entry]] = {}
        self._found: dict[str, Entry] = {}

    def find(self, record_id: str) -> Entry | None:
        """See :class:`ledger.checks.lead.History`."""
        place = next(self._standing(record_id), None)
        if place is not None and record_id not in self._found:
            self._read_on(*place)
        return self._found.get(record_id)

    def _read_on(self, path: str, offset: int) -> None:
        """Read a record and some behind it, since who asks for one asks for the next."""
        line = self._read(path)[:offset].count(b"\n")
        behind = scan(
            self._book.disk, path, self._book.settings.book, offset=offset, previous_h="", line=line, typed=True
        )
        read = [item for item in behind.first(_AT_ONCE) if isinstance(item, Entry)]
        self._found.update((one.id, one) for one in reversed(read) if one.id not in self._found)

    def has(self, record_id: str) -> bool:
        """See :class:`ledger.checks.lead.History`."""
        return next(self._standing(record_id), None) is not None

    def of(self, *kinds: type[Record]) -> Sequence[Entry]:
        """See :class:`ledger.checks.lead.History`."""
        self._load([kind for kind in kinds if kind not in self._kinds])
        return in_order(chain.from_iterable(self._kinds[kind] for kind in kinds))

    def uses(self, keys: Collection[tuple[str, str]]) -> bool:
        """See :class:`ledger.checks.lead.History`.  Also where a key is written in a way that is not looked into."""
        if any('"' in key or "," in key or "\\" in key for _, key in keys):
            return True
        asked = {(BY_CODE[code].name, key.encode()) for code, key in keys}
        return any(
            (name, found) in asked
            for name in {name for name, _ in asked}
            for one in self._files.get(name, ())
            for found in _KEYS[one.format].findall(self._read(one.path))
        )

    # -- files -------------------------------------------------------------------------------------------------------

    def _standing(self, record_id: str) -> Iterator[tuple[str, int]]:
        """Where a record of that id stands: path and offset."""
        if not is_record_id(record_id) or record_id[:2] not in BY_CODE:
            return
        month, terminal = f"{record_id[2:6]}-{record_id[6:8]}", record_id[11 : record_id.rindex("-")]
        for one in self._files.get(BY_CODE[record_id[:2]].name, ()):
            if (one.month, one.terminal) == (month, terminal):
                offset = self._ids(one).get(record_id.encode())
                if offset is not None:
                    yield one.path, offset

    def _ids(self, name: JournalPath) -> dict[bytes, int]:
        if name.path not in self._places:
            found = _IDS[name.format].finditer(self._read(name.path))
            self._places[name.path] = {match[1]: match.start() for match in found}
        return self._places[name.path]

    def _read(self, path: str) -> bytes:
        return self._book.disk.read(path)[: self._book.seals.bound(path)]

    def _load(self, kinds: Sequence[type[Record]]) -> None:
        for kind in kinds:
            self._kinds[kind] = []
        for name in BY_NAME if kinds else ():
            wanted = {kind.KIND: kind for kind in journal(name).kinds if kind in kinds} if name in self._files else {}
            for one in self._files[name] if wanted else ():
                for entry in self._entries(one, wanted):
                    done = entry.values["of"] if entry.kind == Reversal.KIND else entry.kind
                    if done in wanted:
                        self._kinds[wanted[done]].append(entry)

    def _entries(self, name: JournalPath, kinds: Collection[str]) -> Iterator[Entry]:
        """The records of these kinds of one file, and perhaps some more.

        A CSV journal has many of one kind and few of the others: only their lines are read.
        """
        if name.format == "csv":
            lines = _of_kind(*kinds, Reversal.KIND).finditer(self._read(name.path))
            found = (self.find(match[1].decode()) for match in lines)
            yield from (one for one in found if one is not None)
            return
        bound = self._book.seals.bound(name.path)
        for item in scan(self._book.disk, name.path, self._book.settings.book):
            if isinstance(item, Entry) and (bound is None or item.offset < bound):
                yield item


def _of_kind(*kinds: str) -> re.Pattern[bytes]:
    """The lines of a CSV journal that hold a record of these kinds, with its id."""
    names = "|".join(map(re.escape, kinds)).encode()
    return re.compile(rb"^([A-Z]{2}[0-9]{8}-[^,\n]*),[^,\n]*,[^,\n]*,[^,\n]*,(?:" + names + rb"),", re.MULTILINE)
