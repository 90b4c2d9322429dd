"""Months that are over and were never closed, in runs: what stands in for them once the checks have looked at a run.

A book that nobody closes has no seals for its checks to begin behind.  Its months before the one asked for are folded run
by run all the same, each on what the one before left, so that only one of them is in memory at a time.  Nothing of it is
kept on disk: what is not sealed may be another text the next time.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.sealed import carried_into
from ledger.core.dates import Month
from ledger.folds.closing import Carried, Rows, carried_before, from_rows, to_rows
from ledger.journal.paths import FOLDER, parse_path

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.book.text import Text

_RUN = 8_000_000
"""So many bytes of text make a run, some 40,000 sales: in memory twenty times as much.  An ordinary book has none."""


class Unclosed(NamedTuple):
    """What runs that are not read leave to the sheets behind them.

    ``months`` are those of them with records, ``after`` is the first day behind them, ``rows`` what they carry.
    """

    months: tuple[str, ...]
    after: dt.date
    rows: Rows


def open_months(book: Book, before: str) -> dict[str, int]:
    """The months behind the last seal and before ``before`` (``2026-10``, exclusive), oldest first, with the bytes of their text."""
    last = max(book.seals.months(), default="")
    found: dict[str, int] = {}
    for path in book.disk.walk(FOLDER):
        name = parse_path(path)
        stamp = book.disk.stat(path) if name is not None and last < name.month < before else None
        if name is not None and stamp is not None:
            found[name.month] = found.get(name.month, 0) + stamp.size
    return dict(sorted(found.items()))


def run_ends(months: dict[str, int]) -> list[str]:
    """The months with which a run ends; what stands behind the last of them is none."""
    ends, held = [], 0
    for month, size in months.items():
        held += size
        if held >= _RUN:
            ends.append(month)
            held = 0
    return ends


def opening_of(book: Book, text: Text, month: Month) -> tuple[dt.date | None, Carried]:
    """What a sheet of ``month`` stands on and the first day after it: runs that are not read, or the last closing before it."""
    if text.unclosed is not None:
        return text.unclosed.after, from_rows(text.unclosed.rows)
    return carried_into(book, month)


def left_by(book: Book, text: Text, month: Month) -> Unclosed:
    """What the months up to ``month``, the last one of ``text``, leave."""
    since, opening = opening_of(book, text, month)
    entries = [one for one in text.entries if since is None or one.record.date >= since]
    carried = carried_before(entries, month.after, opening)
    had = text.unclosed.months if text.unclosed else ()
    files = {one.file for one in text.entries}
    months = sorted({*had, *(file.split("/")[1] for file in files)})
    return Unclosed(tuple(months), month.after, to_rows(carried, month.first))
