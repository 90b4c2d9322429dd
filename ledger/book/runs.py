"""Months that are over and were never closed, in runs: what stands in for them once the checks have looked at a run.

A book that nobody closes has no seals for its checks to begin behind.  Its months before the one asked for are folded run
by run all the same, each on what the one before left, so that only one of them is in memory at a time.  Nothing of it is
kept on disk: what is not sealed may be another text the next time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.sealed import carried_into
from ledger.core.custody import parse_sheet
from ledger.core.dates import Month
from ledger.core.records import BY_NAME
from ledger.core.spans import parse_spans
from ledger.core.state import Layer, Track
from ledger.folds.closing import Carried, Rows, carried_before, from_rows, to_rows
from ledger.journal.paths import FOLDER, parse_path

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.book.text import Text

_REBATES = "rebates"
_RUN = 8_000_000
"""So many bytes of text make a run, some 40,000 sales: in memory twenty times as much.  An ordinary book has none."""


class Unclosed(NamedTuple):
    """What runs that are not read leave to the sheets behind them.

    ``months`` are those of them with records, ``after`` is the first day behind them, ``rows`` what they carry; ``tracks`` are the
    sheets that records moved which later months name, with the events in force on them.
    """

    months: tuple[str, ...]
    after: dt.date
    rows: Rows
    tracks: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]

    def carried(self) -> Carried:
        """What the next sheet stands on; each call gives one that changes independently."""
        carried = from_rows(self.rows)
        for spans, order, layers in self.tracks:
            track = Track(order, tuple(Layer(event, parse_sheet(sheet)) for event, sheet in layers))
            carried.state.load_track(parse_spans(spans), track)
        return carried


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


def named_in(book: Book, month: str) -> frozenset[str]:
    """The records of earlier months that the text of ``month`` (``2026-10``) names.

    A rebate names all the purchases that it is reckoned from: those are left out, or most of the book would be kept.
    """
    own = month.replace("-", "")
    named = re.compile(rb"[A-Z]{2}(?!%b)[0-9]{8}-[A-Z][A-Z0-9]*-[0-9]{4,}" % own.encode())
    found: set[str] = set()
    for path in book.disk.walk(f"{FOLDER}/{month}"):
        name = parse_path(path)
        if name is not None:
            ids = {match.decode() for match in set(named.findall(book.disk.read(path)))}
            found |= {
                one for one in ids
                if one[2:8] < own and (name.journal != _REBATES or one[:2] == BY_NAME[_REBATES].code)
            }  # fmt: skip
    return frozenset(found)


def opening_of(book: Book, text: Text, month: Month) -> tuple[dt.date | None, Carried]:
    """What a sheet of ``month`` stands on and the first day after it: runs that are not read, or the last closing before it."""
    if text.unclosed is not None:
        return text.unclosed.after, text.unclosed.carried()
    return carried_into(book, month)


def left_by(book: Book, text: Text, month: Month, named: Collection[str]) -> Unclosed:
    """What the months up to ``month``, the last one of ``text``, leave; ``named``: records that later months name."""
    since, opening = opening_of(book, text, month)
    entries = [one for one in text.entries if since is None or one.record.date >= since]
    carried = carried_before(entries, month.after, opening)
    had = text.unclosed.months if text.unclosed else ()
    files = {one.file for one in text.entries}
    months = sorted({*had, *(file.split("/")[1] for file in files)})
    tracks = tuple(
        (span.text, track.order, tuple((layer.event, layer.sheet.text) for layer in track.layers))
        for span, track in carried.state.tracks()
        if any(layer.event in named for layer in track.layers)
    )
    return Unclosed(tuple(months), month.after, to_rows(carried, month.first, named), tracks)
