"""Journal files read strictly, record by record, in bounded memory: entries, and a finding for every damage.

One trouble gives one finding, the most specific: a record's form and encoding before its place, its place before the
chain.  Reading goes on behind it: the chain is taken up again from the ``h`` that stands in the file, so that one hand
edit is reported once.  A record with damaged form gives no entry; one whose chain or place is off gives both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from ledger.core.dates import parse_day
from ledger.core.errors import GbError, Where
from ledger.core.findings import Finding
from ledger.core.forms import HEAD, FieldError, Journal, Reversal, UnknownField
from ledger.core.records import journal
from ledger.core.words import Words
from ledger.disk import Disk
from ledger.journal import csvtext, yamltext
from ledger.journal.chain import SIZE, genesis, is_h, link
from ledger.journal.damage import (
    BOM,
    FOREIGN,
    ID,
    MONTH,
    RECORD_LIMIT,
    TORN,
    Damage,
    Misfit,
    broken,
    by_line_ends,
    by_order_mark,
    by_utf16,
    emptied,
    forked,
    form,
    given_up,
    holed,
    incomplete,
    is_utf16,
    of_field,
    shorten,
    too_long,
    zeroed,
)
from ledger.journal.entry import Entry, wide_fields
from ledger.journal.header import is_lost, read_header, unended
from ledger.journal.paths import FOLDER, JournalPath, is_record_id, parse_path
from ledger.journal.pieces import HOPELESS, Held, Piece
from ledger.journal.told import Told

_LF = 10
_REMEMBERED = 8
_FORKS = 4
"""So many misfits of a file are looked at for a fork."""
_RUN = Words("（相连的同类只列第一条）", " (of several in a row the first is named)")
_H_END = len(yamltext.H_LINE) + SIZE + len(b'"\n\n')


class Resume(NamedTuple):
    """Where to read from: a record's first byte, the ``h`` before it and the number of lines before it.

    None for the ``h`` stands for the genesis, the empty text for one that is not known.
    """

    offset: int = 0
    previous_h: str | None = None
    line: int = 0


_FROM_THE_START = Resume()
NOWHERE: Mapping[str, Resume | None] = {}


def scan(
    disk: Disk, path: str, book_id: str, *, offset: int = 0, previous_h: str | None = None, line: int = 0,
    typed: bool = False,
) -> FileScan:  # fmt: skip
    """Read the file from ``offset``, a record's first byte, on.

    To go on where an earlier scan ended give its ``end``, ``last_h`` and ``line``.  With ``typed`` each record is also
    decoded, and one with a field not in its form is a finding instead of an entry.  Raises ``ValueError`` for a path
    that no journal file has, and :class:`Unreadable` when the file cannot be read at all.
    """
    name = parse_path(path)
    if name is None:
        raise ValueError(f"not a journal file: {path}")
    place = Resume(offset, previous_h, line)
    return FileScan(disk, name, journal(name.journal), book_id, place, typed=typed)


def scan_all(
    disk: Disk, book_id: str, *, typed: bool = False, resume: Mapping[str, Resume | None] = NOWHERE
) -> Iterator[Entry | Finding]:
    """All journal files by month, journal, terminal and part; what else lies among them is JRN-06.

    ``resume``: files that are read from somewhere on only, or with None not at all.
    """
    try:
        paths, strangers = disk.walk(FOLDER), disk.strangers(FOLDER)
    except GbError as error:
        yield _of_error(error, FOLDER)
        return
    known = []
    for path in paths:
        name = parse_path(path)
        if name is None:
            strangers.append(path)
        else:
            known.append(name)
    for path in sorted(strangers):
        yield foreign(path)
    if not known:
        yield nothing_there()
    for name in sorted(known):
        place = resume.get(name.path, _FROM_THE_START)
        try:
            if place is not None:
                yield from FileScan(disk, name, journal(name.journal), book_id, place, typed=typed)
        except GbError as error:
            yield _of_error(error, name.path)


def foreign(path: str) -> Finding:
    """The finding for something in ``journals/`` that is no journal file."""
    words = Words(
        f"{path} 不是本账本的日记账文件，没有读", f"{path} is not a journal file of this book and was not read"
    )
    next_ = (f"gb explain {FOREIGN}",)
    return Finding(code=FOREIGN, severity="error", words=words, subject=path, where=(Where(path),), next=next_)


def nothing_there() -> Finding:
    """JRN-10: a book without a journal, though making it wrote its first record."""
    words = Words(
        f"{FOLDER}/ 里一份日记账也没有，连建账时的第一条也没有：没有复制完，或被删",
        f"{FOLDER}/ holds no journal, not even the record that made the book: copied in part, or removed",
    )
    back = ("gb sync", f"git checkout -- {FOLDER}", "gb explain JRN-10")
    return Finding(code="JRN-10", severity="error", words=words, subject=FOLDER, where=(Where(FOLDER),), next=back)


def _of_error(error: GbError, path: str) -> Finding:
    where = error.where or (Where(path),)
    return Finding(code=error.code, severity="error", words=error.words, subject=path, where=where, next=error.next)


class FileScan(Iterable[Entry | Finding]):
    """One file being read, and what is known of it so far.

    ``records`` counts the whole records, damaged ones included; ``last_h`` is the ``h`` of the last one (at the start
    the genesis); ``end`` is the offset behind it, where the next record belongs; ``line`` the lines up to there;
    ``torn`` tells that an incomplete record stands behind ``end``, or one with NUL in it, which no text of ours has: a
    sector that never reached the disk reads as NUL.  Where too many lines in a row are no records, the rest of the file
    is not read, which a finding says (D9); it counts in none of these.  ``misfits`` are the records in form that the chain
    does not fit, by line, waived ones included; ``waived`` is looked up in the book when it is first needed.
    """

    def __init__(
        self, disk: Disk, name: JournalPath, journal: Journal, book_id: str, start: Resume = _FROM_THE_START, *,
        typed: bool = False, waived: frozenset[Misfit] | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.path = name.path
        self.journal = journal
        self.records = 0
        self.last_h = ""
        self.end = start.offset
        self.line = start.line
        self.torn = False
        self._disk = disk
        self._book_id = book_id
        self._start = start
        self._typed = typed
        self._kinds = frozenset(kind.KIND for kind in journal.kinds)
        self._wide = wide_fields(journal)
        self._stems: dict[str, str] = {}
        self._again: Callable[[bytes], dict[str, str]] | None = None
        self._told = Told(name.path)
        self._run = ""
        self._bad_from = self._bad_until = 0
        # A damaged piece with NUL in it: a torn tail when nothing stands behind it.
        self._dark: tuple[Damage, Piece, bytes] | None = None
        self.misfits: dict[int, Misfit] = {}
        self._waived = waived
        self._forks = waived is None
        self._empty = not start.offset
        # The values of h that a record behind reported trouble may have followed.
        self._loose: deque[str] = deque(maxlen=_REMEMBERED)
        self._unsure = start.previous_h == ""
        self._items = self._read_csv() if name.format == "csv" else self._read_yaml()

    def __iter__(self) -> Iterator[Entry | Finding]:
        return self._items

    def first(self, most: int) -> list[Entry | Finding]:
        """The first items.  The rest is let go of unread; merely left, it would be kept until somebody looks for dead circles."""
        with closing(self._items):
            return list(islice(self._items, most))

    # -- CSV ---------------------------------------------------------------------------------------------------------

    def _read_csv(self) -> Generator[Entry | Finding, None, None]:
        columns, body_at = self._open_csv()
        yield from self._told.take()
        if not columns:
            return
        self._again = partial(csvtext.parse, columns=columns, wide=self._wide)
        start = self._start.offset or body_at
        if not self._start.offset:
            self.end, self.line = body_at, 1
        for line, (offset, raw) in enumerate(self._disk.lines(self.path, start, RECORD_LIMIT), self.line + 1):
            entry = self._csv_entry(offset, line, raw, columns)
            if self._told:
                yield from self._told.take()
            if entry is not None:
                yield entry
            elif self._is_hopeless():
                break
        yield from self._ended()

    def _open_csv(self) -> tuple[tuple[str, ...], int]:
        """The columns (none: nothing more can be read) and the offset of the first record."""
        _, raw = next(self._disk.lines(self.path, 0, RECORD_LIMIT), (0, b""))
        if not raw:
            self.last_h = self._genesis()
            self._told.tell(emptied(), Piece(0, 1, b"", 0))
            return (), 0
        piece = Piece(0, 1, raw, len(raw))
        line = self._without_marks(piece)
        if line is None:
            return (), 0
        try:
            columns = read_header(line, self.journal)
        except Damage as damage:
            lost = is_lost(self._disk, self.path, raw)
            self.torn = lost or damage.code == TORN
            self.last_h = self._genesis()
            self._told.tell(holed() if lost else damage, piece)
            return (), 0
        self.last_h = self._previous(",".join(columns))
        return columns, len(raw)

    def _csv_entry(self, offset: int, line: int, raw: bytes, columns: tuple[str, ...]) -> Entry | None:
        entry = None
        if self._dark is not None:
            self._hurt_dark()
        try:
            if raw[-1] != _LF:
                raise unended(raw)
            values = self._csv_values(offset, line, raw, columns)
            entry = self._entry(values, offset, line, raw, raw[: raw.rindex(b",")])
        except Damage as damage:
            self._hurt(damage, Piece(offset, line, raw, offset + len(raw)), raw.rstrip(b"\r\n").rpartition(b",")[2])
        else:
            self.line = line
            self.end = offset + len(raw)
            self.records += 1
        return entry

    def _csv_values(self, offset: int, line: int, raw: bytes, columns: tuple[str, ...]) -> dict[str, str]:
        try:
            return csvtext.parse(raw, columns, self._wide)
        except Damage:
            if raw[-2:] != b"\r\n":
                raise
        return csvtext.parse(self._healed(offset, line, raw), columns, self._wide)

    def _without_marks(self, piece: Piece) -> bytes | None:
        """A file's first line without what editors put there, which is reported; None when nothing can be read."""
        raw = piece.raw
        if is_utf16(raw):
            self._told.tell(by_utf16(), piece)
            return None
        if raw.startswith(BOM):
            self._told.tell(by_order_mark(), piece)
            raw = raw[len(BOM) :]
        return self._healed(piece.offset, piece.line, raw) if raw[-2:] == b"\r\n" else raw

    def _healed(self, offset: int, line: int, raw: bytes) -> bytes:
        """A line that ends in CR LF as it was before somebody changed that."""
        self._told.tell(by_line_ends(), Piece(offset, line, raw, offset + len(raw)))
        return raw[:-2] + b"\n"

    def _genesis(self) -> str:
        """What a new file of this name would start from."""
        return genesis(self._book_id, self.path, ",".join(self.journal.columns()))

    def _previous(self, header: str) -> str:
        before = self._start.previous_h
        return genesis(self._book_id, self.path, header) if before is None else before

    # -- YAML --------------------------------------------------------------------------------------------------------

    def _read_yaml(self) -> Generator[Entry | Finding, None, None]:
        self.last_h = self._previous("")
        self._again = partial(yamltext.parse, journal=self.journal, wide=self._wide)
        for piece, last in self._pieces():
            entry = self._yaml_entry(piece, last)
            if self._told:
                yield from self._told.take()
            if entry is not None:
                yield entry
            elif self._is_hopeless():
                break
        if self._empty:
            self._told.tell(emptied(), Piece(0, 1, b"", 0))
        yield from self._ended()

    def _pieces(self) -> Iterator[tuple[Piece, bool]]:
        """Cut before each ``- `` and behind the empty line that follows an ``h``; True for a last piece without its end."""
        held = Held()
        number = self.line
        for offset, found in self._disk.lines(self.path, self._start.offset, RECORD_LIMIT):
            self._empty = False
            if held.parts and found[:2] == b"- ":
                yield held.take(), False
            number += 1
            stop = offset + len(found)
            raw: bytes | None = found
            if offset == 0:
                raw = self._without_marks(Piece(0, 1, found, stop))
            elif found[-2:] == b"\r\n":
                raw = self._healed(offset, number, found)
            if raw is None:
                return
            if held.add(offset, number, raw, stop):
                yield held.take(), False
        if held.parts:
            yield held.take(), True

    def _yaml_entry(self, piece: Piece, last: bool) -> Entry | None:
        entry = None
        raw = piece.raw
        if self._dark is not None:
            self._hurt_dark()
        try:
            if piece.stop - piece.offset >= RECORD_LIMIT and raw.strip(b"\0"):
                raise too_long()
            if last:
                raise _unended_yaml(raw)
            values = yamltext.parse(raw, self.journal, self._wide)
            if raw[-_H_END:].find(yamltext.H_LINE) != 0:
                raise form("记录最后应是 16 位的 h 一行", "a record ends with its h of 16 digits")
            entry = self._entry(values, piece.offset, piece.line, raw, raw[:-_H_END])
        except Damage as damage:
            self._hurt(damage, piece, raw.rpartition(yamltext.H_LINE)[2][:SIZE])
        else:
            self.line = piece.line + piece.lines - 1
            self.end = piece.stop
            self.records += 1
        return entry

    # -- one record --------------------------------------------------------------------------------------------------

    def _entry(self, values: dict[str, str], offset: int, line: int, raw: bytes, body: bytes) -> Entry:
        """Judge a record whose text is in form.  Raises :class:`Damage` where there can be no entry."""
        kind, name, h = values.get("kind", ""), values.get("id", ""), values.get("h", "")
        if kind not in self._kinds or "by" not in values or "at" not in values:
            self._check_head(values)
        day = values.get("date", "")
        stem = self._stems.get(day) or self._stem(day)
        misplaced = None
        if name[:-4] != stem or not name[-4:].isdigit() or not name.isascii():
            misplaced = self._misplaced(name, day)
        expected = link(self.last_h, body)
        fits = expected == h or self._follows(body, h)
        again = self._again if raw[-2:] != b"\r\n" else None  # healed bytes are not in form by themselves
        entry = Entry(kind, name, values, self.path, line, offset, h, raw, self.journal, again)
        if self._typed:
            _decode(entry)
        self.last_h = h
        self._unsure = False
        if misplaced is None and fits:
            self._run = ""
        else:
            misfit = None if fits else Misfit(self.path, line, expected, sha256(raw).hexdigest())
            self._tell(misplaced, misfit, Piece(offset, line, raw, offset + len(raw)), body)
        return entry

    def _tell(self, misplaced: Damage | None, misfit: Misfit | None, piece: Piece, body: bytes) -> None:
        """Report a record that is in form: a wrong place once for a run of the same, else a chain that does not fit."""
        said = str(misplaced or "")
        if misplaced is not None and said != self._run:
            self._told.tell(misplaced, piece)
        elif misfit is not None:
            self.misfits[misfit.line] = misfit
            if not self._is_waived(misfit):
                self._tell_misfit(piece, body)
        self._run = said

    def _tell_misfit(self, piece: Piece, body: bytes) -> None:
        """Report a chain that does not fit, or one that forks: two records that follow the same one (JRN-07)."""
        from ledger.journal.waivers import twin

        other = None
        if self._forks and len(self.misfits) <= _FORKS:  # each look reads the file once more
            other = twin(self._disk, self.path, self._book_id, piece, body)
        self._told.tell(broken() if other is None else forked(other), piece, other)

    def _is_waived(self, misfit: Misfit) -> bool:
        """Whether a named person has accepted this very text at this very place (format: chain)."""
        from ledger.journal.waivers import waived

        if self._waived is None:
            self._waived = waived(self._disk, self._book_id)
        return misfit in self._waived

    def _check_head(self, values: Mapping[str, str]) -> None:
        """Refuse what :meth:`Journal.decode` needs and does not find.  Raises :class:`Damage`."""
        undone = values.get("kind") == Reversal.KIND
        for name in (*HEAD, *(("of", "ref") if undone else ())):
            if name not in values:
                raise form(f"缺少字段 {name}", f"field {name} is missing")
        kind = values["of" if undone else "kind"]
        if kind not in self._kinds:
            raise of_field(UnknownField("kind", kind, "unknown kind"))

    def _stem(self, day: str) -> str:
        """What an id of that date starts with in this file; for a date of another month what no id starts with."""
        try:
            parse_day(day)
        except ValueError as error:
            raise of_field(FieldError("date", day, str(error))) from None
        if day[:7] != self.name.month:
            return "\n"
        stem = f"{self.journal.code}{day.replace('-', '')}-{self.name.terminal}-"
        self._stems[day] = stem
        return stem

    def _misplaced(self, name: str, day: str) -> Damage | None:
        """What is wrong with the place of a record.  Raises :class:`Damage` for an id that nothing can be done with."""
        code, terminal = self.journal.code, self.name.terminal
        if not is_record_id(name):
            shown = shorten(name)
            raise Damage(ID, f"编号“{shown}”不合格式", f"{shown!r} is not a record id")
        if name[:2] != code:
            raise Damage(
                ID, f"编号以 {name[:2]} 开头，这个文件应是 {code}", f"the id starts with {name[:2]}, here it is {code}"
            )
        found = name[11 : name.rindex("-")]
        if found != terminal:
            return Damage(
                ID,
                f"编号的终端是 {found}，这个文件属于 {terminal}{_RUN.zh}",
                f"the id is of terminal {found}, the file of {terminal}{_RUN.en}",
            )
        if name[2:10] != day.replace("-", ""):
            return Damage(ID, f"编号中的日期不是业务日期 {day}", f"the date in the id is not the business date {day}")
        if day[:7] != self.name.month:
            return Damage(
                MONTH,
                f"{day[:7]} 的记录放在了 {self.name.month} 的文件夹{_RUN.zh}",
                f"a record of {day[:7]} stands in the folder of {self.name.month}{_RUN.en}",
            )
        return None

    def _follows(self, body: bytes, h: str) -> bool:
        """Whether a misfit comes from trouble that is already reported; raises :class:`Damage` when ``h`` is none."""
        if not is_h(h.encode()):
            raise form("h 应是 16 位小写十六进制数", "h is not 16 lower-case hex digits")
        known = self._unsure or any(link(old, body) == h for old in self._loose)
        self._loose.extend((self.last_h, link(self.last_h, body), h))
        return known

    def _hurt(self, damage: Damage, piece: Piece, h: bytes) -> None:
        """Report a piece that gives no entry, and take up the chain behind it."""
        if piece.line != self._bad_until + 1:
            self._bad_from = piece.line
        self._bad_until = piece.line + piece.lines - 1
        self._hurt_dark()
        if damage.code == TORN or b"\0" in piece.raw:
            self._dark = damage, piece, h
        else:
            self._pass_by(damage, piece, h)

    def _pass_by(self, damage: Damage, piece: Piece, h: bytes) -> None:
        self._told.tell(damage, piece)
        self.records += 1
        self.line = piece.line + piece.lines - 1
        self.end = piece.stop
        self._loose.append(self.last_h)
        if is_h(h):
            self.last_h = h.decode()
        elif piece.raw.strip():
            self._unsure = True

    def _hurt_dark(self) -> None:
        """Something stands behind the piece with NUL: it is no torn tail, but damage like any other."""
        if self._dark is not None:
            damage, piece, h = self._dark
            self._dark = None
            self._pass_by(damage, piece, h)

    def _is_hopeless(self) -> bool:
        """Whether so many lines in a row are no records that it is no use to read on (D9)."""
        return self._bad_until - self._bad_from >= HOPELESS

    def _ended(self) -> Iterator[Finding]:
        """What can be told only at the end: a torn tail, how much was not listed, and what was not read."""
        if self._is_hopeless():
            self._hurt_dark()
            self._tell_unread()
        elif self._dark is not None:
            damage, piece, _ = self._dark
            self.torn = True
            self._told.tell(damage if damage.code == TORN else holed(), piece)
        self._told.tell_rest()
        yield from self._told.take()

    def _tell_unread(self) -> None:
        rest = self._disk.count_lines(self.path, self.end)
        if rest:
            self._told.tell_bare(given_up(self._bad_until - self._bad_from + 1, rest), self.line + 1)


def _unended_yaml(raw: bytes) -> Damage:
    if not raw.strip(b"\0"):
        return zeroed()
    if raw.startswith(b"- ") or raw[-1] != _LF:
        return incomplete()
    return form("这里不是一条记录，或多了空行", "this is no record, or an empty line too many")


def _decode(entry: Entry) -> None:
    try:
        entry.decode()
    except FieldError as error:
        raise of_field(error) from None
    entry.slim()
