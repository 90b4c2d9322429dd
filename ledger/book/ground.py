"""What the index may stand on: a closing before which nothing was touched since it was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from ledger.book.sealed import TABLES, read_rows, stands
from ledger.core.dates import Month
from ledger.core.errors import GbError
from ledger.folds.closing import from_rows
from ledger.index.ground import Ground, Reached

if TYPE_CHECKING:
    from ledger.book.open import Book

RECENT = 2
"""Closed months that are read all the same: what a terminal did last is nearly always in them."""


def ground_of(book: Book) -> Ground | None:
    """The last closing but one; None unless every file of its month and of those before is as it was sealed.

    Whatever else lies among them (a record that came late, a file that no seal names, damage) is for the whole text to tell.
    """
    months = book.seals.months()
    if len(months) < RECENT:
        return None
    month = months[-RECENT]
    seal = book.seals.of(month)
    try:
        files = dict(_sealed_files(book, month))
        if seal is None or not stands(book, month, *(f"{name}.csv" for name in TABLES)):
            return None
        carried = from_rows(read_rows(book, month))
    except (ValueError, GbError):
        return None
    return Ground(
        since=str(Month.parse(month).after), sealed=seal.at, files=files,
        sheets=tuple(carried.state.held()), things=tuple(carried.state.thing_tracks()),
    )  # fmt: skip


def _sealed_files(book: Book, until: str) -> Iterator[tuple[str, Reached]]:
    """The journal files of the months up to ``until`` (inclusive); raises ``ValueError`` unless all are as sealed."""
    seals = [book.seals.of(month) for month in book.seals.months() if month <= until]
    sealed = {one.path: one for seal in seals if seal is not None for one in seal.files}
    there = {path for path in book.disk.walk("journals") if path.split("/")[1] <= until}
    if there != sealed.keys():
        raise ValueError(min(there ^ sealed.keys()))
    for path, one in sealed.items():
        data = book.disk.read(path)
        if len(data) != one.bytes or sha256(data).hexdigest() != one.sha256:
            raise ValueError(path)
        yield path, Reached(len(data), data.count(b"\n"), one.last_h)
