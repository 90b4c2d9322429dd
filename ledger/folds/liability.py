"""What the store still owes its vouchers' holders: sheets with clients and not redeemed, at the end of a day (RED, R11).

By how they went out (sold, rebated, given, on an IOU), face, age since they went out and time left until they expire.  A
till's own date counts, not the day on which its file was imported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from ledger.core.custody import OUT_USES, Sheet
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.records.redemptions import Redeemed
from ledger.core.state import Sourced, Track, apply


class Line(NamedTuple):
    """So many outstanding sheets of one kind.

    ``age`` and ``left`` are the places of their buckets: of the ends given, or one behind the last.  ``left`` -1: expired;
    None: no expiry date is known.
    """

    use: str
    face: int
    age: int
    left: int | None
    sheets: int

    @property
    def value(self) -> int:
        """Face value in fen."""
        return self.face * self.sheets


class LiabilitySheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything outstanding at the end of ``until``; the ends of the buckets in days, inclusive."""

    until: dt.date
    age_days: tuple[int, ...]
    expiry_days: tuple[int, ...]
    lines: tuple[Line, ...]

    def total(self, **asked: object) -> tuple[int, int]:
        """Sheets and value (fen) of the lines with these values: ``use="sold", face=10000``."""
        found = [one for one in self.lines if all(getattr(one, name) == value for name, value in asked.items())]
        return sum(one.sheets for one in found), sum(one.value for one in found)


def liability(
    sourced: Iterable[Sourced], until: dt.date, age_days: Sequence[int], expiry_days: Sequence[int]
) -> LiabilitySheet:
    """Fold the book to the end of ``until`` and count what is outstanding."""
    state = FullState()
    for one in in_order(one for one in sourced if _day(one) <= until):
        apply(one.record, state)
    counts: dict[tuple[str, int, int, int | None], int] = {}
    for span, track in state.tracks():
        if track.sheet.place == "client":
            key = _kind(track, until, age_days, expiry_days)
            counts[key] = counts.get(key, 0) + span.count
    lines = [Line(*key, sheets) for key, sheets in counts.items()]
    return LiabilitySheet(
        until=until, age_days=tuple(age_days), expiry_days=tuple(expiry_days), lines=tuple(sorted(lines, key=_order))
    )


def _day(one: Sourced) -> dt.date:
    return one.record.booked if isinstance(one.record, Redeemed) else one.record.date


def _kind(
    track: Track, until: dt.date, age_days: Sequence[int], expiry_days: Sequence[int]
) -> tuple[str, int, int, int | None]:
    sheet = track.sheet
    return (
        sheet.use,
        sheet.face,
        _bucket((until - _since(track.out, until)).days, age_days),
        _left(sheet, until, expiry_days),
    )


def _since(out: str, until: dt.date) -> dt.date:
    """The business date that the id of the record which handed the sheet out carries."""
    try:
        return dt.date(int(out[2:6]), int(out[6:8]), int(out[8:10]))
    except ValueError:
        return until


def _left(sheet: Sheet, until: dt.date, ends: Sequence[int]) -> int | None:
    """The expiry date is inclusive: on it the sheet is still good."""
    if sheet.expires is None:
        return None
    days = (sheet.expires - until).days
    return -1 if days < 0 else _bucket(days, ends)


def _bucket(days: int, ends: Sequence[int]) -> int:
    return next((at for at, end in enumerate(ends) if days <= end), len(ends))


def _order(line: Line) -> tuple[int, int, int, int]:
    never = 1 << 30
    return OUT_USES.index(line.use), -line.face, line.age, never if line.left is None else line.left
