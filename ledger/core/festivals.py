"""The five festivals before which clients are called: New Year, Women's Day, Mid-Autumn, National Day, Spring Festival (C3).

Two of them follow the moon.  Their dates from 2000 to 2100 are a table of ``MMDD`` days, a year each: facts that five
calendar programs agree on and that the new moons of Beijing time bear out (docs/decisions.md).  A year that is not in the
table is unknown, and nothing is guessed for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.core.text import fold
from ledger.core.words import Words

_FIRST: Final = 2000
_FIXED: Final = {"new-year": "0101", "womens-day": "0308", "national-day": "1001"}
_SPRING: Final = (
    "0205 0124 0212 0201 0122 0209 0129 0218 0207 0126 "
    "0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 "
    "0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 "
    "0203 0123 0211 0131 0219 0208 0128 0215 0204 0124 "
    "0212 0201 0122 0210 0130 0217 0206 0126 0214 0202 "
    "0123 0211 0201 0219 0208 0128 0215 0204 0124 0212 "
    "0202 0121 0209 0129 0217 0205 0126 0214 0203 0123 "
    "0211 0131 0219 0207 0127 0215 0205 0124 0212 0202 "
    "0122 0209 0129 0217 0206 0126 0214 0203 0124 0210 "
    "0130 0218 0207 0127 0215 0205 0125 0212 0201 0121 "
    "0209"
)
_MID_AUTUMN: Final = (
    "0912 1001 0921 0911 0928 0918 1006 0925 0914 1003 "
    "0922 0912 0930 0919 0908 0927 0915 1004 0924 0913 "
    "1001 0921 0910 0929 0917 1006 0925 0915 1003 0922 "
    "0912 1001 0919 0908 0927 0916 1004 0924 0913 1002 "
    "0920 0910 0928 0917 1005 0925 0915 1004 0922 0911 "
    "0930 0919 0907 0926 0916 1005 0924 0913 1002 0921 "
    "0909 0928 0917 1006 0925 0915 1003 0923 0911 0929 "
    "0919 0908 0926 0916 1005 0924 0912 1001 0920 0910 "
    "0928 0917 1006 0926 0914 1003 0922 0911 0929 0918 "
    "0908 0927 0916 1005 0924 0913 0930 0920 0909 0929 "
    "0918"
)
_MOVING: Final = {"spring": _SPRING, "mid-autumn": _MID_AUTUMN}

FESTIVALS: Final = {
    "new-year": Words("元旦", "New Year"),
    "spring": Words("春节", "Spring Festival"),
    "womens-day": Words("三八妇女节", "Women's Day"),
    "mid-autumn": Words("中秋节", "Mid-Autumn"),
    "national-day": Words("国庆节", "National Day"),
}
"""The festivals by the word that a record holds."""


class Window(NamedTuple):
    """When the clients are called before a festival of a year: ``start`` belongs to it, ``end`` does not."""

    festival: str
    day: dt.date
    start: dt.date
    end: dt.date

    @property
    def name(self) -> str:
        """What a record calls it: ``2026-mid-autumn``."""
        return f"{self.day.year}-{self.festival}"

    @property
    def last(self) -> dt.date:
        """The last day of calls, inclusive."""
        return self.end - dt.timedelta(days=1)

    def holds(self, day: dt.date) -> bool:
        """Whether the calls are made on ``day``."""
        return self.start <= day < self.end


def festival_day(festival: str, year: int) -> dt.date | None:
    """The day of a festival; ``None`` in a year whose moon is not in the table.  Raises ``KeyError`` for no festival."""
    if festival in _FIXED:
        text = _FIXED[festival]
    else:
        days = _MOVING[festival].split(" ")
        if not 0 <= year - _FIRST < len(days):
            return None
        text = days[year - _FIRST]
    return dt.date(year, int(text[:2]), int(text[2:]))


def window(festival: str, year: int, before: int, within: int) -> Window | None:
    """The calls begin ``before`` days before the festival and take ``within`` days; ``None`` in an unknown year (C3)."""
    day = festival_day(festival, year)
    if day is None:
        return None
    start = day - dt.timedelta(days=before)
    return Window(festival, day, start, start + dt.timedelta(days=within))


def windows(year: int, before: int, within: int) -> list[Window]:
    """The windows of the festivals that lie in ``year``, by day; those of an unknown year are left out."""
    found = (window(festival, year, before, within) for festival in FESTIVALS)
    return sorted((one for one in found if one is not None), key=lambda one: one.day)


def around(day: dt.date, before: int, within: int) -> Iterator[Window]:
    """The windows that ``day`` lies in; New Year's is in the year before it."""
    for year in (day.year, day.year + 1):
        yield from (one for one in windows(year, before, within) if one.holds(day))


def named(typed: str) -> str:
    """The festival for its word or a name of it (``中秋``, ``Mid-Autumn``); empty for no festival."""
    word = fold(typed).lower()
    for key, words in FESTIVALS.items():
        if word in (key, words.zh, words.zh.removesuffix("节"), words.en.lower()):
            return key
    return {"三八": "womens-day", "妇女节": "womens-day", "三八节": "womens-day"}.get(word, "")


def parse_name(text: str) -> tuple[str, int]:
    """Festival and year of ``2026-mid-autumn``; raises ``ValueError`` for any other form."""
    year, _, festival = text.partition("-")
    if festival not in FESTIVALS or not (len(year) == 4 and year.isascii() and year.isdecimal()):
        raise ValueError(f"no festival: {text}")
    return festival, int(year)


def name_words(name: str) -> Words:
    """What people read for ``2026-mid-autumn``."""
    festival, year = parse_name(name)
    words = FESTIVALS[festival]
    return Words(f"{year} 年{words.zh}", f"{words.en} {year}")
