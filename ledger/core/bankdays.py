"""Bank days: the published holidays of the State Council, and what the store's ``gb.yaml`` adds for a year not shipped yet.

Unknown is said as unknown: in a year that nobody has published a day is neither a bank day nor a day off (S4, S6).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

_ONE = dt.timedelta(days=1)
_SATURDAY = 5


class BankYear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One year as the store enters it: ``MM-DD`` days and ``MM-DD..MM-DD`` runs, both ends inclusive.

    Of a year that the program knows these are exceptions; of another one they are its whole notice.
    """

    off: tuple[str, ...] = ()
    work: tuple[str, ...] = ()


class _Year(msgspec.Struct, frozen=True):
    off: frozenset[dt.date]
    work: frozenset[dt.date]

    def says(self, day: dt.date) -> bool | None:
        """What the year's lists say of a day; ``None`` when it is in neither."""
        return True if day in self.work else False if day in self.off else None


class BankDays:
    """The calendar of a store.  ``own`` are the years of its ``gb.yaml``; raises ``ValueError`` for one that is no year."""

    def __init__(self, own: Mapping[str, BankYear] | None = None) -> None:
        self._own = {_number(year): _own_year(_number(year), entry) for year, entry in (own or {}).items()}

    def bank_day(self, day: dt.date) -> bool | None:
        """Whether banks work on ``day``; ``None`` in a year whose holidays are not published."""
        own = self._own.get(day.year)
        said = own.says(day) if own else None
        if said is not None:
            return said
        published = _published(day.year)
        if published is None and own is None:
            return None
        said = published.says(day) if published else None
        return day.weekday() < _SATURDAY if said is None else said

    def working_day(self, day: dt.date) -> bool | None:
        """Whether offices work on ``day``: the same notice holds for them (R13); ``None`` where it is not published."""
        return self.bank_day(day)

    def add_bank_days(self, day: dt.date, count: int) -> dt.date | None:
        """The ``count``-th bank day after ``day``, which itself does not count; ``None`` as soon as a day is unknown.

        With 0 it is ``day`` itself where banks work on it, else the next bank day.
        """
        found = day if count else day - _ONE
        for _ in range(count or 1):
            found += _ONE
            while not (known := self.bank_day(found)):
                if known is None:
                    return None
                found += _ONE
        return found


def _number(year: str) -> int:
    if len(year) != 4 or not year.isascii() or not year.isdigit():
        raise ValueError(f"bank_days: {year}")
    return int(year)


def _own_year(year: int, entry: BankYear) -> _Year:
    def days(texts: tuple[str, ...]) -> frozenset[dt.date]:
        return frozenset(day for text in texts for day in _run(year, text.replace("-", ""), ".."))

    return _Year(days(entry.off), days(entry.work))


@cache
def _published(year: int) -> _Year | None:
    """The shipped year, read when it is first asked for."""
    from ledger.core.holidays import YEARS

    found = YEARS.get(year)
    if found is None:
        return None
    off, work = (frozenset(day for text in texts.split() for day in _run(year, text, "-")) for texts in found)
    return _Year(off, work)


def _run(year: int, text: str, dash: str) -> Iterator[dt.date]:
    """The days of ``MMDD`` or of ``MMDD``, ``dash``, ``MMDD``, both ends inclusive; raises ``ValueError``."""
    first, _, last = text.partition(dash)
    day, end = _day(year, first), _day(year, last or first)
    if day > end:
        raise ValueError(f"bank_days: {text}")
    while day <= end:
        yield day
        day += _ONE


def _day(year: int, text: str) -> dt.date:
    if len(text) != 4 or not text.isascii() or not text.isdigit():
        raise ValueError(f"bank_days: {text}")
    return dt.date(year, int(text[:2]), int(text[2:]))
