"""The first line of a CSV journal: the columns it was created with."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.core.forms import HEAD, Journal
from ledger.disk import Disk
from ledger.journal.damage import (
    HOLE,
    RECORD_LIMIT,
    UNKNOWN,
    Damage,
    by_separator,
    form,
    incomplete,
    not_utf8,
    shorten,
    too_long,
    zeroed,
)


def read_header(line: bytes, journal: Journal) -> tuple[str, ...]:
    """The columns of a header line, LF included: the journal's present ones, or fewer of them in the same order.

    Raises :class:`Damage`: JRN-02 when the line has no end, JRN-05 for an unknown column, JRN-03 and JRN-04 otherwise.
    """
    if line[-1:] != b"\n":
        raise unended(line)
    try:
        text = line[:-1].decode()
    except UnicodeDecodeError:
        raise not_utf8(line) from None
    columns = tuple(text.split(","))
    present = journal.columns()
    if columns != present:
        _refuse(text, columns, present)
    return columns


def is_lost(disk: Disk, path: str, line: bytes) -> bool:
    """Whether the header has a hole and nothing but the first record stands behind it: its first write was torn.

    With more records behind it the file was acknowledged, and its header is damage for a person to mend.
    """
    return HOLE in line and disk.count_lines(path) <= 2


def unended(line: bytes) -> Damage:
    """Why a line has no LF: cut short, zeroed or, when the disk gave only its start, too long."""
    if not line.strip(b"\0"):
        return zeroed()
    return too_long() if len(line) >= RECORD_LIMIT else incomplete()


def _refuse(text: str, columns: Sequence[str], present: Sequence[str]) -> None:
    for mark in ";\t":
        if mark in text and text.replace(mark, ",").startswith(",".join(HEAD)):
            raise by_separator(mark)
    unknown = [name for name in columns if name not in present]
    if unknown and all(_is_name(name) for name in columns):
        shown = shorten(" ".join(unknown))
        raise Damage(
            UNKNOWN, f"不认识的列：{shown}，其后的记录没有读", f"unknown columns: {shown}; the records are not read"
        )
    rest = iter(present)
    in_order = all(name in rest for name in columns)
    if unknown or not in_order or columns[: len(HEAD)] != HEAD or columns[-1] != "h":
        raise form(
            "首行不是本账的列名，其后的记录没有读",
            "the first line is not this journal's header; the records are not read",
        )


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text == text.lower()
