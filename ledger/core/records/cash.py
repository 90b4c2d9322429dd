"""现金日记账 cash: the drawer, money that arrives, and the mark with which a terminal's day is complete (N3–N6)."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from ledger.core.forms import TEXT, Codec, Journal, Record
from ledger.core.records.arrivals import Arrived
from ledger.core.records.custodians import CustodyHandover
from ledger.core.records.drawer import Advance, AdvanceReturn, CashCount, Deposit, FloatSet, Settle
from ledger.core.words import Words

_PARTS = 3
_FILE_PATTERN = r"journals/[0-9]{4}-[0-9]{2}/[a-z]+\.[A-Z][A-Z0-9]{0,7}(-[0-9]+)?\.(csv|yaml):[1-9][0-9]*:[0-9a-f]{16}"


class FileMark(NamedTuple):
    """How far a journal file had come: its path relative to the book, its whole records, the ``h`` of the last one."""

    path: str
    records: int
    last_h: str


def show_files(marks: tuple[FileMark, ...]) -> str:
    """``journals/2026-10/sales.K1.csv:12:0123456789abcdef journals/…``."""
    return " ".join(f"{path}:{records}:{last_h}" for path, records, last_h in marks)


def parse_files(text: str) -> tuple[FileMark, ...]:
    """The canonical form of :func:`show_files` only: files in order of their paths, each once."""
    pieces = [part.split(":") for part in text.split(" ")]
    if any(len(piece) != _PARTS for piece in pieces):
        raise ValueError("not path:records:h")
    marks = tuple(FileMark(path, int(records), last_h) for path, records, last_h in pieces)
    if show_files(marks) != text or [one.path for one in marks] != sorted({one.path for one in marks}):
        raise ValueError("not in canonical form")
    return marks


FILES = Codec(
    "files", parse_files, show_files, f"^{_FILE_PATTERN}( {_FILE_PATTERN})*$", Words("文件:条数:校验", "file:records:h")
)


class DayEnd(Record, frozen=True, kw_only=True):
    """日终: the terminal's business day ``date`` is complete (N6).  Touches nothing and blocks nothing.

    ``files`` are the terminal's files of the month as they stood before this mark: what a chain cannot see, records
    cut from a file's end or a file removed, is seen against them.  ``host`` is the user and machine by the system's own
    account, empty when the clock was given by hand: such an entry is typed again with the same bytes.
    """

    KIND = "day-end"
    WORDS = Words("日终", "day-end")
    HELP = Words("本终端当天已记完", "this terminal's day is complete")
    RANK = 95
    ACT = "day-end"

    files: Annotated[tuple[FileMark, ...], FILES, Words("文件", "files")] = ()
    host: Annotated[str, TEXT, Words("系统用户与主机", "system user and host")] = ""


KINDS = (DayEnd, Deposit, CashCount, FloatSet, Advance, AdvanceReturn, Settle, Arrived, CustodyHandover)
JOURNAL = Journal("cash", "CA", "csv", Words("现金日记账", "cash journal"), KINDS)
