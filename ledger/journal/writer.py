"""From a record to the bytes that are appended: which file, after which ``h``, in which form.

Nothing here writes; the book does, under its lock, with :meth:`Disk.append`.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.core.errors import Refused, Unreadable, Where
from ledger.core.findings import Finding
from ledger.core.forms import FieldError, Journal, Record
from ledger.core.records import journal as journal_named
from ledger.core.words import Words
from ledger.disk import Disk
from ledger.journal import csvtext, yamltext
from ledger.journal.chain import SIZE, genesis, is_h
from ledger.journal.damage import RECORD_LIMIT, TORN, Damage, excerpt, form, of_field, too_long
from ledger.journal.entry import Entry, wide_fields
from ledger.journal.header import is_lost, read_header
from ledger.journal.paths import JournalPath, parse_path
from ledger.journal.reader import FileScan, Resume

WINDOWS = (8 * 1024, 3 * RECORD_LIMIT)


class Tail(NamedTuple):
    """The end of a journal file: ``h`` of the last whole record, or the genesis.

    ``end`` is the offset behind that record.  When it is below ``size``, an interrupted write left the bytes between;
    they must be set aside before anything is appended.  ``id`` is the last record's, empty when there is none.
    """

    h: str
    end: int
    size: int
    id: str = ""

    @property
    def torn(self) -> int:
        """Bytes behind the last whole record."""
        return self.size - self.end


def frame(record: Record, journal: Journal, previous_h: str) -> tuple[bytes, str]:
    """The bytes to append for ``record`` behind ``previous_h``, and its ``h``.

    The bytes are read back before they are given out: what a reader would refuse is refused here, with the reader's
    words.  Raises :class:`Refused` (JRN-03).
    """
    values = record.encode()
    wide = wide_fields(journal)
    try:
        if journal.format == "csv":
            columns = journal.columns()
            data, h = csvtext.emit(values, columns, previous_h)
            again = csvtext.parse(data, columns, wide)
        else:
            data, h = yamltext.emit(values, previous_h)
            again = yamltext.parse(data, journal, wide)
        if len(data) > RECORD_LIMIT:
            raise too_long()
        if journal.decode(again).encode() != values or again.pop("h") != h:
            raise form("写出的内容读不回来", "what would be written does not read back the same")
    except FieldError as error:
        raise _refused(record, of_field(error)) from None
    except Damage as damage:
        raise _refused(record, damage) from None
    return data, h


def _refused(record: Record, damage: Damage) -> Refused:
    zh, en = damage.words
    words = Words(f"{record.id} 没有登记：{zh}", f"{record.id} was not recorded: {en}")
    return Refused(words, code=damage.code, where=(Where(id=record.id),))


def opening_bytes(journal: Journal) -> bytes:
    """What a new file starts with: the header of a CSV file, nothing in YAML."""
    return csvtext.header_line(journal.columns()) if journal.format == "csv" else b""


def next_path(disk: Disk, month: str, journal: Journal, terminal: str) -> str:
    """The file that the next record goes to: the last part there is, or a new one when its header is an older one.

    Raises :class:`Unreadable` when that header is damaged.
    """
    name = JournalPath(month, journal.name, terminal, 1, journal.format)
    while disk.stat(name._replace(part=name.part + 1).path) is not None:
        name = name._replace(part=name.part + 1)
    if journal.format == "csv" and disk.stat(name.path) is not None:
        columns = _columns(disk, name.path, journal)
        if columns is not None and columns != journal.columns():
            name = name._replace(part=name.part + 1)
    return name.path


def file_tail(disk: Disk, path: str, book_id: str) -> Tail:
    """The end of a journal file by a bounded read; the genesis for a file that is missing or empty.

    Raises :class:`Unreadable` (JRN-01, 03, 04, 05) when the last whole record, which the next one is chained to, is not
    in form or does not fit the chain.
    """
    name = parse_path(path)
    if name is None:
        raise ValueError(f"not a journal file: {path}")
    return tail_of(disk, path, book_id, journal_named(name.journal))


def tail_of(disk: Disk, path: str, book_id: str, journal: Journal) -> Tail:
    """As :func:`file_tail`, with the journal at hand; raises ``ValueError`` for a path that no journal file has."""
    name = parse_path(path)
    if name is None:
        raise ValueError(f"not a journal file: {path}")
    stamp = disk.stat(path)
    size = stamp.size if stamp else 0
    columns = _columns(disk, path, journal) if size else ()
    if not size or columns is None:  # there is not even a whole header
        return Tail(genesis(book_id, path, ",".join(_header(journal))), 0, size)
    body_at = len(csvtext.header_line(columns)) if columns else 0
    start = _last_start(disk, path, size, body_at)
    found = FileScan(disk, name, journal, book_id, start)
    last_id, bad = _last_of(found)
    if not found.last_h:  # so near the end nothing tells what the next record is chained to
        start = Resume(body_at)
        found = FileScan(disk, name, journal, book_id, start)
        last_id, bad = _last_of(found)
    if bad is not None:
        raise _unreadable(disk, found, start, bad)
    return Tail(found.last_h, max(found.end, body_at), size, last_id)


def _last_of(found: FileScan) -> tuple[str, Finding | None]:
    """The id of the last whole record, and what is wrong with it."""
    last_id, bad, at = "", None, 0
    for item in found:
        if isinstance(item, Entry):
            last_id = item.id
        elif item.code != TORN:
            bad, at = item, found.records
    # Trouble of an earlier record is the check's to tell; it must not close the counter.
    return last_id, bad if at == found.records else None


def _last_start(disk: Disk, path: str, size: int, body_at: int) -> Resume:
    """A record's start so near the end that the last whole record is read from there on."""
    for window in WINDOWS:
        low = max(body_at, size - window)
        tail = disk.tail(path, size - low)
        at = _csv_start(tail) if body_at else _yaml_start(tail)
        if at > SIZE:
            before = tail[:at].rstrip(b'"\n')[-SIZE:]
            return Resume(low + at, before.decode() if is_h(before) else "")
        if low == body_at:
            return Resume(body_at)
    words = too_long().words
    raise Unreadable(Words(f"{path} 末尾：{words.zh}", f"the end of {path}: {words.en}"), where=(Where(path),))


def _csv_start(tail: bytes) -> int:
    return tail.rfind(b"\n", 0, max(0, tail.rfind(b"\n"))) + 1


def _yaml_start(tail: bytes) -> int:
    """The last record but one, because the last may be incomplete."""
    return tail.rfind(b"\n- ", 0, max(0, tail.rfind(b"\n- "))) + 1


def _unreadable(disk: Disk, found: FileScan, start: Resume, bad: Finding) -> Unreadable:
    """The finding as an error, with its line counted from the start of the file."""
    before = 0
    for offset, _ in disk.lines(found.path):
        if offset >= start.offset:
            break
        before += 1
    where = [Where(at.file, at.line + before, at.id, at.text) for at in bad.where]
    zh, en = bad.words
    words = Words(f"{found.path} 的最后一条记录：{zh}", f"the last record of {found.path}: {en}")
    return Unreadable(words, code=bad.code, next=bad.next, where=where)


def _header(journal: Journal) -> tuple[str, ...]:
    return journal.columns() if journal.format == "csv" else ()


def _columns(disk: Disk, path: str, journal: Journal) -> tuple[str, ...] | None:
    """A file's columns, none in YAML; None while not even the header is whole.  Raises :class:`Unreadable`."""
    if journal.format != "csv":
        return ()
    _, line = next(disk.lines(path, 0, RECORD_LIMIT), (0, b""))
    if not line:
        return None
    try:
        return read_header(line, journal)
    except Damage as damage:
        if damage.code == TORN or is_lost(disk, path, line):
            return None
        words = Words(f"{path}：{damage.words.zh}", f"{path}: {damage.words.en}")
        where = Where(path, 1, text=excerpt(line))
        raise Unreadable(words, code=damage.code, where=(where,)) from None


def missing_end(disk: Disk, path: str, book_id: str) -> bytes:
    """The line end that a whole last record lacks, or nothing.

    An editor that strips the last line end must not make an acknowledged record look like an interrupted write: when
    the bytes behind the last whole record are a record that fits the chain but for its end, that end is given back.
    """
    tail = file_tail(disk, path, book_id)
    if not 0 < tail.torn <= RECORD_LIMIT:
        return b""
    name = parse_path(path)
    torn = disk.tail(path, tail.torn)
    if name is None or torn.endswith(b"\0"):
        return b""
    journal = journal_named(name.journal)
    ends = (b"\n",) if journal.format == "csv" else (b"\n", b"\n\n")
    return next((end for end in ends if _is_next(disk, path, journal, torn + end, tail.h)), b"")


def _is_next(disk: Disk, path: str, journal: Journal, data: bytes, previous_h: str) -> bool:
    wide = wide_fields(journal)
    try:
        if journal.format == "csv":
            columns = _columns(disk, path, journal) or ()
            values = csvtext.parse(data, columns, wide)
            again, _ = csvtext.emit({k: v for k, v in values.items() if k != "h"}, columns, previous_h)
        else:
            values = yamltext.parse(data, journal, wide)
            again, _ = yamltext.emit({k: v for k, v in values.items() if k != "h"}, previous_h)
    except Damage:
        return False
    return again == data
