"""Days, months and instants.  Periods are half-open everywhere: the start belongs to them, the end does not.

Nothing here reads a clock: today and now come in as arguments.  A file holds only ``2026-10-08``, ``2026-10`` and
``2026-10-08T09:12:33+08:00``; what a person may type besides is resolved by ``resolve_...``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, NoReturn

from ledger.core.errors import Usage
from ledger.core.text import fold, shown
from ledger.core.words import Words

# A book's years.  The bounds keep sums of dates (three years' validity, the month after) inside what a date can hold.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2999
_ONE_DAY: Final = timedelta(days=1)

_DAY_LENGTH: Final = len("2026-10-08")
_INSTANT_LENGTH: Final = len("2026-10-08T09:12:33+08:00")
_MAX_TYPED: Final = 64

Period = tuple[date, date]
"""Half-open: first day, and the day after the last."""


class Month(NamedTuple):
    """A calendar month; sorts by time."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that ``day`` lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2026-10``; ValueError for any other form."""
        return cls.of(parse_day(f"{text}-01"))

    @property
    def text(self) -> str:
        """``2026-10``."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """First day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """First day of the next month: the exclusive end."""
        return self.next().first

    def next(self) -> Month:
        """Return the month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> Month:
        """Return the month before."""
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    def contains(self, day: date) -> bool:
        """Whether ``day`` lies in the month."""
        return day.year == self.year and day.month == self.month


def parse_day(text: str) -> date:
    """Read ``2026-10-08``, years 1900 to 2999; ValueError for any other form."""
    # fromisoformat also takes 20261008 and week dates.
    if len(text) != _DAY_LENGTH or text[4] != "-" or text[7] != "-" or not text.isascii():
        raise ValueError(f"no date: {shown(text)!r}")
    day = date.fromisoformat(text)
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"year out of range: {text!r}")
    return day


def parse_instant(text: str) -> datetime:
    """Read ``2026-10-08T09:12:33+08:00``, exactly as :func:`instant_text` writes it; ValueError otherwise."""
    if (
        len(text) != _INSTANT_LENGTH
        or text[10] != "T"
        or text[19] not in "+-"
        or text[22] != ":"
        or text[11:13] == "24"
        or text.endswith("-00:00")
        or not text.isascii()
    ):
        raise ValueError(f"no instant: {shown(text)!r}")
    moment = datetime.fromisoformat(text)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"year out of range: {text!r}")
    return moment


def instant_text(moment: datetime) -> str:
    """Write an aware instant of whole seconds; ValueError for any other, which the file could not hold."""
    text = moment.isoformat()
    if len(text) != _INSTANT_LENGTH:
        raise ValueError(f"not an instant in whole seconds with an offset: {text}")
    return text


def just_after(moment: datetime) -> str:
    """The option that makes a record sort behind one of ``moment``, which a clock that was ahead may have told."""
    return f"--at '{moment + timedelta(minutes=1):%Y-%m-%d %H:%M}'"


# --- what a person types ---------------------------------------------------------------------------------------------


def _day(offset: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        start = today + timedelta(days=offset)
        return start, start + _ONE_DAY

    return period


def _week(offset: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        monday = today + timedelta(days=7 * offset - today.weekday())
        return monday, monday + timedelta(days=7)

    return period


def _month(offset: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        months = today.year * 12 + today.month - 1 + offset
        return _whole_month(Month(months // 12, months % 12 + 1))

    return period


def _year(offset: int) -> Callable[[date], Period]:
    def period(today: date) -> Period:
        return _whole_year(today.year + offset)

    return period


def _whole_month(month: Month) -> Period:
    return month.first, month.after


def _whole_year(year: int) -> Period:
    return date(year, 1, 1), date(year + 1, 1, 1)


# Weeks begin on Monday.
_NAMED: Final[dict[str, Callable[[date], Period]]] = {
    **dict.fromkeys(("今天", "今日", "today"), _day(0)),
    **dict.fromkeys(("昨天", "昨日", "yesterday"), _day(-1)),
    "前天": _day(-2),
    **dict.fromkeys(("明天", "明日", "tomorrow"), _day(1)),
    "后天": _day(2),
    **dict.fromkeys(("本周", "这周", "this-week"), _week(0)),
    **dict.fromkeys(("上周", "last-week"), _week(-1)),
    **dict.fromkeys(("下周", "next-week"), _week(1)),
    **dict.fromkeys(("本月", "这个月", "this-month"), _month(0)),
    **dict.fromkeys(("上月", "上个月", "last-month"), _month(-1)),
    **dict.fromkeys(("下月", "下个月", "next-month"), _month(1)),
    **dict.fromkeys(("今年", "本年", "this-year"), _year(0)),
    **dict.fromkeys(("去年", "last-year"), _year(-1)),
}

_YEAR: Final = r"(?P<year>[0-9]{4})"
_M: Final = r"(?P<month>[0-9]{1,2})"
_D: Final = r"(?P<day>[0-9]{1,2})"
_FORMS: Final = (
    rf"{_YEAR}(?P<sep>[-/.]){_M}(?:(?P=sep){_D})?",
    rf"{_M}[-/]{_D}",
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?",
    rf"{_YEAR}年?",
    rf"{_YEAR}年{_M}月(?:{_D}[日号])?",
    rf"{_M}月(?:{_D}[日号]?)?",
    rf"{_D}[日号]",
)


def resolve_period(text: str, today: date) -> Period:
    """Resolve a day, week, month or year as typed to a half-open period; what is left out is taken from ``today``.

    Takes ``2026-10``, ``2026-10-08``, ``10-08``, ``20261008``, ``10月8日``, ``8日``, ``今天``, ``last-month`` …
    ``Usage`` otherwise, with the typed text and what to type.
    """
    folded = "-".join(fold(text[:_MAX_TYPED]).casefold().split())
    named = _NAMED.get(folded)
    if named is not None:
        return named(today)
    matches = (re.fullmatch(form, folded) for form in _FORMS)
    found = next((match for match in matches if match is not None), None)
    if found is None or len(text) > _MAX_TYPED:
        _refuse(text, Words("不是日期或期间", "not a date or period"))
    return _numbered(text, found.groupdict(), today)


def _numbered(typed: str, found: dict[str, str | None], today: date) -> Period:
    """A period from its numbers; the smallest unit that was typed is its length."""
    year, month, day = (found.get(unit) for unit in ("year", "month", "day"))
    in_year = int(year) if year else today.year
    if not _FIRST_YEAR <= in_year <= _LAST_YEAR:
        _refuse(typed, Words(f"没有 {in_year} 年的账", f"{in_year} is not a year of a book"))
    try:
        if day:
            start = date(in_year, int(month) if month else today.month, int(day))
            return start, start + _ONE_DAY
        return _whole_month(Month(in_year, int(month))) if month else _whole_year(in_year)
    except ValueError:
        _refuse(typed, Words("日历上没有这一天", "not in the calendar"))


def resolve_day(text: str, today: date) -> date:
    """Resolve a single day as typed; ``Usage`` for anything else, a longer period included."""
    start, end = resolve_period(text, today)
    if end - start != _ONE_DAY:
        _refuse(text, Words("这里要一天", "one day is expected here"))
    return start


def resolve_month(text: str, today: date) -> Month:
    """Resolve a calendar month as typed; ``Usage`` for anything else, a day included."""
    start, end = resolve_period(text, today)
    month = Month.of(start)
    if (start, end) != _whole_month(month):
        _refuse(text, Words("这里要一个月，如 2026-10", "a month is expected here, like 2026-10"))
    return month


def resolve_at(text: str, now: datetime) -> datetime:
    """Resolve an instant as typed, in the zone of the aware ``now``, whole seconds.

    Takes RFC 3339, a day and a time (``2026-10-08 09:12``, ``昨天 09:12:33``), or a time of today; ``Usage`` otherwise.
    """
    folded = fold(text[:_MAX_TYPED])
    full = re.fullmatch(r"([0-9-]{10})[Tt ]([0-9:]{8})([Zz]|[-+][0-9]{2}:[0-9]{2})", folded)
    if full is not None and len(text) <= _MAX_TYPED:
        day, clock, offset = full.groups()
        try:
            return parse_instant(f"{day}T{clock}{'+00:00' if offset in 'Zz' else offset}").astimezone(now.tzinfo)
        except ValueError:
            _refuse_at(text)
    local = re.fullmatch(r"(?:(.*[^\s])(?:\s+|(?<=[0-9])[Tt]))?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", folded)
    if local is None or len(text) > _MAX_TYPED:
        _refuse_at(text)
    typed_day, hour, minute, second = local.groups()
    on = resolve_day(typed_day, now.date()) if typed_day else now.date()
    try:
        return datetime(on.year, on.month, on.day, int(hour), int(minute), int(second or 0), tzinfo=now.tzinfo)
    except ValueError:
        _refuse_at(text)


def _refuse(typed: str, why: Words) -> NoReturn:
    raise Usage(
        Words(
            f"“{shown(typed)}”：{why.zh}。请输入如 2026-10-08、10-08、2026-10、今天、上月",
            f"'{shown(typed)}': {why.en}; type 2026-10-08, 10-08, 2026-10, today or last-month",
        )
    )


def _refuse_at(typed: str) -> NoReturn:
    raise Usage(
        Words(
            f"“{shown(typed)}”：不是时刻。请输入如 09:12、2026-10-08 09:12 或 2026-10-08T09:12:33+08:00",
            f"'{shown(typed)}': not a time; type 09:12, 2026-10-08 09:12 or 2026-10-08T09:12:33+08:00",
        )
    )
