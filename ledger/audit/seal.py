"""The seal of a month: ``closings/<month>/closing.yaml``, its text, and what it says of the files it covers.

A seal lists every journal file of the month by size and sha256, the state that is carried forward and the rules it was
folded by, and the digest of the seal before it; so one digest on paper stands for the whole book up to that month.
The text is the one form that :func:`show_seal` gives; anything else is refused.  Sizes are in bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec

from ledger.core.dates import Month, parse_instant
from ledger.core.errors import GbError
from ledger.core.text import bad_text
from ledger.disk import Disk, FileStamp
from ledger.journal.chain import SIZE
from ledger.journal.paths import FOLDER as JOURNALS
from ledger.journal.paths import is_month

FOLDER = "closings"
FILE = "closing.yaml"
FORMAT = "1"
LIMIT = 4 * 1024 * 1024
"""Bytes that a seal may have: some twenty thousand files."""

STATE = ("stock.csv", "things.csv", "safe.csv", "money.csv", "rules.yaml", "gb.yaml")
"""What a closing keeps beside its seal: the state carried forward, and the settings the month is folded by."""

_HEAD = ("format", "book", "month", "at", "by", "terminal", "previous", "digest")
_STATE_ITEM = ("path", "bytes", "sha256")
_FILE_ITEM = (*_STATE_ITEM, "records", "last_h")
_HEX = frozenset("0123456789abcdef")
_DIGEST = 64
_GROUP = 4


class SealedState(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the closing wrote: path relative to the book, size in bytes, sha256 in hex."""

    path: str
    bytes: int
    sha256: str


class SealedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A journal file as it was sealed; ``records`` counts whole records, ``last_h`` is the last one's ``h``."""

    path: str
    bytes: int
    sha256: str
    records: int
    last_h: str


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A closed month.  ``previous`` is the digest of the seal before, empty for the first; ``digest`` the month's own.

    ``at`` is RFC 3339 text; ``files`` and ``state`` are in order of their paths.
    """

    book: str
    month: str
    at: str
    by: str
    terminal: str
    previous: str
    digest: str
    files: tuple[SealedFile, ...]
    state: tuple[SealedState, ...]
    format: str = FORMAT

    def file(self, path: str) -> SealedFile | None:
        """What was sealed of a journal file; None for one that the seal does not list."""
        return next((one for one in self.files if one.path == path), None)


def seal_path(month: str) -> str:
    """Where the seal of a month (``2026-10``) stands."""
    return f"{FOLDER}/{month}/{FILE}"


def show_seal(seal: Seal) -> bytes:
    """The seal's text, its own ``h`` at the end."""
    lines = [f"{name}: {_quoted(getattr(seal, name))}" for name in _HEAD]
    lines += ["files:", *_show_items(seal.files, _FILE_ITEM), "state:", *_show_items(seal.state, _STATE_ITEM)]
    body = "".join(f"{line}\n" for line in lines).encode()
    return body + f"h: {_quoted(own_h(body))}\n".encode()


def own_h(body: bytes) -> str:
    """The last line's value: the first 16 hex digits of the sha256 of all bytes before that line."""
    return sha256(body).hexdigest()[:SIZE]


def parse_seal(data: bytes) -> Seal:
    """Read a seal strictly: raises ``ValueError`` for everything that :func:`show_seal` would not have written."""
    if len(data) > LIMIT:
        raise ValueError("too long")
    body, found, _ = data.rpartition(b'h: "')
    if not found or data[len(body) :] != f'h: "{own_h(body)}"\n'.encode():
        raise ValueError("its own h does not fit: it was changed or is not whole")
    lines = iter(body.decode().split("\n")[:-1])
    head = {name: _value(next(lines, ""), f"{name}: ") for name in _HEAD}
    files, state = _parse_lists(lines)
    seal = Seal(
        **head,
        files=tuple(_file(item) for item in files),
        state=tuple(_state(item) for item in state),
    )
    _check(seal)
    if show_seal(seal) != data:
        raise ValueError("not in the form that a closing writes")
    return seal


def seal_digest(data: bytes) -> str:
    """The digest of a seal, given its bytes: sha256 in hex, what ``sha256sum closing.yaml`` prints."""
    return sha256(data).hexdigest()


def short(digest: str) -> str:
    """A digest as it is copied to paper: its first 16 hex digits in groups of four, upper case."""
    digits = digest[:SIZE].upper()
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


# -- seals of a book ---------------------------------------------------------------------------------------------------


def sealed_months(disk: Disk) -> list[str]:
    """The months with a seal, oldest first."""
    return [name for name in disk.folders(FOLDER) if is_month(name) and disk.stat(seal_path(name)) is not None]


def read_seal(disk: Disk, month: str) -> tuple[Seal, bytes] | None:
    """The seal of a month with its bytes; None for an open month.  Raises ``ValueError`` for a damaged one."""
    path = seal_path(month)
    if disk.stat(path) is None:
        return None
    data = disk.read(path, LIMIT)
    return parse_seal(data), data


def over(seal: Seal) -> bool:
    """Whether the month was over when it was sealed, as a close demands: no other seal was ever made."""
    try:
        return parse_instant(seal.at).date() >= Month.parse(seal.month).after
    except ValueError:  # 9999-12 has no day after it
        return False


class Seals:
    """The seals of one book, each read when it is asked for and again when its file has changed.

    A seal that cannot be read, or is another month's or book's, bounds nothing: that is CLS-01, and what it sealed is
    then judged as if it were open.
    """

    def __init__(self, disk: Disk, book: str = "") -> None:
        self._disk = disk
        self._book = book
        self._read: dict[str, tuple[FileStamp, Seal | None]] = {}

    def of(self, month: str) -> Seal | None:
        """The seal of a month; None for an open month and for a seal that is not this month's of this book."""
        path = seal_path(month)
        stamp = self._disk.stat(path)
        if stamp is None:
            return None
        known = self._read.get(month)
        if known is None or known[0] != stamp:
            known = self._read[month] = (stamp, self._parsed(path))
        return known[1]

    def _parsed(self, path: str) -> Seal | None:
        try:
            seal = parse_seal(self._disk.read(path, LIMIT))
        except (ValueError, GbError):
            return None
        return seal if seal_path(seal.month) == path and self._book in ("", seal.book) and over(seal) else None

    def months(self) -> list[str]:
        """The months with a seal that reads, oldest first: what else lies in ``closings/`` is never believed."""
        return [month for month in sealed_months(self._disk) if self.of(month) is not None]

    def last(self) -> str:
        """The newest month whose seal closes what lies before it too; empty for none.

        Such a seal reads, was made after its month was over, and what it sealed is in the book.  A folder that somebody
        put into ``closings/`` closes no month but, for safety, the one it is named after.
        """
        return next((month for month in reversed(sealed_months(self._disk)) if self._stands(month)), "")

    def _stands(self, month: str) -> bool:
        seal = self.of(month)
        if seal is None:
            return False
        sealed: list[SealedFile | SealedState] = [*seal.files, *seal.state]
        try:
            found = [(one, self._disk.stat(one.path)) for one in sealed]
        except GbError:  # a link in the place of a sealed file
            return False
        return all(stamp is not None and stamp.size >= one.bytes for one, stamp in found)

    def bound(self, path: str) -> int | None:
        """How many bytes of a journal file are sealed; None in an open month.

        0 for a file that its month's seal does not list, and in a month that was passed over as empty.  Where the seal
        itself is gone (CLS-01) the month's records count as they stand.
        """
        month = path.split("/")[1]
        if self._disk.stat(seal_path(month)) is None:
            return 0 if self.last() >= month and not self.named_by(month) else None
        seal = self.of(month)
        if seal is None:
            return None
        sealed = seal.file(path)
        return sealed.bytes if sealed else 0

    def intact(self, path: str) -> tuple[int, str] | None:
        """Bytes and last ``h`` of a journal file that is as it was sealed, with nothing behind; None for any other."""
        seal = self.of(path.split("/")[1])
        sealed = seal.file(path) if seal is not None else None
        if sealed is None:
            return None
        found = sealed_prefix(self._disk, sealed)
        return (sealed.bytes, sealed.last_h) if found.condition == "sealed" and not found.tail else None

    def named_by(self, month: str) -> str:
        """The month whose seal names one before it that is not here, when ``month`` without a seal lies in that gap.

        Empty for a month that was passed over as empty, and for one behind all seals.
        """
        months = self.months()
        later = next((name for name in months if name > month), "")
        seal = self.of(later) if later else None
        if seal is None:
            return ""
        before = max((name for name in months if name < month), default="")
        digest = seal_digest(self._disk.read(seal_path(before), LIMIT)) if before else ""
        return later if seal.previous != digest else ""

    def closed(self, month: str, today: dt.date) -> bool:
        """Whether a month takes no more records: it is sealed, or lies before one that is.

        What lies in the place of its seal and is none may be a damaged one, which must not open a month; but while the
        month is not over as seen on ``today`` it cannot be that, and stops nobody.
        """
        if self.of(month) is not None or self.last() >= month:
            return True
        return self._disk.stat(seal_path(month)) is not None and today >= Month.parse(month).after

    def stamps(self, months: Iterable[str]) -> dict[str, FileStamp]:
        """Those of ``months`` that have a seal, each with the stamp of its file."""
        found = {month: self._disk.stat(seal_path(month)) for month in months}
        return {month: stamp for month, stamp in found.items() if stamp is not None}


Condition = Literal["sealed", "changed", "shorter", "missing"]


class Prefix(NamedTuple):
    """A sealed file as it is now: the condition of its sealed bytes, its size, and the bytes behind the sealed ones."""

    sealed: SealedFile | SealedState
    condition: Condition
    size: int
    tail: int


def sealed_prefix(disk: Disk, sealed: SealedFile | SealedState) -> Prefix:
    """Whether the first bytes of the file are those that were sealed; what was appended behind them is the tail."""
    if disk.stat(sealed.path) is None:
        return Prefix(sealed, "missing", 0, 0)
    data = disk.read(sealed.path)
    size = len(data)
    if size < sealed.bytes:
        return Prefix(sealed, "shorter", size, 0)
    same = sha256(memoryview(data)[: sealed.bytes]).hexdigest() == sealed.sha256
    return Prefix(sealed, "sealed" if same else "changed", size, size - sealed.bytes)


# -- text --------------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _show_items(items: Sequence[SealedFile | SealedState], names: Sequence[str]) -> Iterator[str]:
    for item in items:
        for name in names:
            lead = "  - " if name == names[0] else "    "
            yield f"{lead}{name}: {_quoted(str(getattr(item, name)))}"


def _value(line: str, lead: str) -> str:
    if not line.startswith(f'{lead}"') or not line.endswith('"') or len(line) < len(lead) + 2:
        raise ValueError(f"expected {lead.strip()}")
    # A wrong escape does not come out the same when the whole is written again.
    text = line[len(lead) + 1 : -1].replace('\\"', '"').replace("\\\\", "\\")
    if bad_text(text):
        raise ValueError(f"text not allowed in {lead.strip()}")
    return text


def _parse_lists(lines: Iterator[str]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    if next(lines, "") != "files:":
        raise ValueError("expected files:")
    files: list[dict[str, str]] = []
    state: list[dict[str, str]] = []
    into = files
    names: tuple[str, ...] = _FILE_ITEM
    for line in lines:
        if line == "state:" and into is files:
            into, names = state, _STATE_ITEM
            continue
        first = {names[0]: _value(line, f"  - {names[0]}: ")}
        into.append({**first, **{name: _value(next(lines, ""), f"    {name}: ") for name in names[1:]}})
    return files, state


def _file(item: dict[str, str]) -> SealedFile:
    return SealedFile(
        path=item["path"], bytes=_count(item["bytes"]), sha256=item["sha256"], records=_count(item["records"]),
        last_h=item["last_h"],
    )  # fmt: skip


def _state(item: dict[str, str]) -> SealedState:
    return SealedState(path=item["path"], bytes=_count(item["bytes"]), sha256=item["sha256"])


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and str(int(text[:20])) == text):
        raise ValueError(f"not a number: {text[:20]}")
    return int(text)


def _check(seal: Seal) -> None:
    """What a closing always writes, so that nobody who reads a seal need ask again."""
    if seal.format != FORMAT:
        raise ValueError(f"format {seal.format[:20]} is not known")
    if not is_month(seal.month):
        raise ValueError("month")
    parse_instant(seal.at)
    digests = [seal.digest, *(one.sha256 for one in seal.files), *(one.sha256 for one in seal.state)]
    if not all(_is_hex(one, _DIGEST) for one in digests) or (seal.previous and not _is_hex(seal.previous, _DIGEST)):
        raise ValueError("a digest is not 64 lower-case hex digits")
    if not all(_is_hex(one.last_h, SIZE) for one in seal.files):
        raise ValueError("last_h is not 16 lower-case hex digits")
    _check_paths([one.path for one in seal.files], f"{JOURNALS}/{seal.month}/")
    _check_paths([one.path for one in seal.state], f"{FOLDER}/{seal.month}/")
    if {one.path.rpartition("/")[2] for one in seal.state} != set(STATE):
        raise ValueError(f"the state is {' '.join(STATE)}")


def _check_paths(paths: list[str], folder: str) -> None:
    if paths != sorted(set(paths)) or not paths:
        raise ValueError("paths are in order, each once")
    if not all(path.startswith(folder) and path.count("/") == folder.count("/") for path in paths):
        raise ValueError(f"a path is not in {folder}")


def _is_hex(text: str, size: int) -> bool:
    return len(text) == size and _HEX.issuperset(text)
