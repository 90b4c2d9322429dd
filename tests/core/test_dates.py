"""Days, months, instants: the file's forms, and what is typed on Thursday 2026-10-08."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.dates import (
    Month,
    instant_text,
    parse_day,
    parse_instant,
    resolve_at,
    resolve_day,
    resolve_month,
    resolve_period,
)
from ledger.core.errors import Usage

TODAY = date(2026, 10, 8)
CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 10, 8, 17, 0, 1, tzinfo=CHINA)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))


def test_month_is_half_open() -> None:
    """October 2026: the 1st to before 1 November."""
    month = Month.parse("2026-10")
    assert (month.first, month.after, month.text) == (date(2026, 10, 1), date(2026, 11, 1), "2026-10")
    assert [month.contains(day) for day in (date(2026, 9, 30), month.first, date(2026, 10, 31), month.after)] == [
        False,
        True,
        True,
        False,
    ]
    assert not month.contains(date(2025, 10, 1))


def test_months_over_the_year() -> None:
    """December and January."""
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2027, 1).previous() == Month(2026, 12)
    assert Month(2026, 10).previous() == Month(2026, 9)
    assert Month(2026, 12).after == date(2027, 1, 1)
    assert Month(2026, 9) < Month(2026, 10) < Month(2027, 1)


@settings(deadline=None)
@given(DAYS)
def test_days_and_months_read_back(day: date) -> None:
    """Any day of the bounds."""
    month = Month.of(day)
    assert parse_day(day.isoformat()) == day
    assert Month.parse(month.text) == month
    assert month.first <= day < month.after
    assert month.next().previous() == month == month.previous().next()
    assert month.next().first == month.after


BAD_DAYS = [
    "",
    "20261008",
    "2026-W41-4",
    "2026-10-8",
    "2026-1-008",
    "26-10-08",
    "2026/10/08",
    "2026-02-30",
    "2026-13-01",
    "2026-10-08 ",
    " 2026-10-8",
    "2026-10-08T00:00",
    "２026-10-08",
    "2026-10-٠٨",
    "2026-10- 8",
    "+026-10-08",
    "1899-12-31",
    "3000-01-01",
    "0000-01-01",
    "9999-12-31",
]


@pytest.mark.parametrize("text", BAD_DAYS)
def test_file_day_refuses(text: str) -> None:
    """One form only, within the years whose sums stay dates."""
    with pytest.raises(ValueError, match=r"."):
        parse_day(text)


@pytest.mark.parametrize("text", ["", "2026", "2026-1", "2026-13", "2026-10-01", "202610", "2026-10 ", "9999-12"])
def test_file_month_refuses(text: str) -> None:
    """One form only."""
    with pytest.raises(ValueError, match=r"."):
        Month.parse(text)


@settings(deadline=None)
@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30)),  # noqa: DTZ001  # given a zone below
    st.integers(-14 * 60, 14 * 60),
)
def test_instants_read_back(naive: datetime, minutes: int) -> None:
    """Any whole second in any zone."""
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    text = instant_text(moment)
    assert parse_instant(text) == moment
    assert instant_text(parse_instant(text)) == text


BAD_INSTANTS = [
    "",
    "2026-10-08T09:12:33",
    "2026-10-08T09:12:33Z",
    "2026-10-08 09:12:33+08:00",
    "2026-10-08T09:12:33+0800",
    "2026-10-08T09:12:33-00:00",
    "2026-10-08T09:12:33.5+08:00",
    "2026-10-08T09:12+08:00",
    "2026-10-08T24:00:00+08:00",
    "2026-10-08T09:12:60+08:00",
    "2026-10-08T25:12:33+08:00",
    "2026-10-08t09:12:33+08:00",
    "9999-12-31T09:12:33+08:00",
    "2026-10-08T09:12:33+24:00",
    "2026-10-08T09:12:33.12345",
    "２026-10-08T09:12:33+08:00",
    "2026-10-08T09-12-33+08:00",
]


@pytest.mark.parametrize("text", BAD_INSTANTS)
def test_file_instant_refuses(text: str) -> None:
    """Whole seconds, an offset, as it would be written."""
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 10, 8),  # noqa: DTZ001  # the case
        datetime(2026, 10, 8, 9, 12, 33, 5, tzinfo=UTC),
        datetime(2026, 10, 8, tzinfo=timezone(timedelta(hours=8, seconds=43))),
    ],
)
def test_instants_a_file_cannot_hold(moment: datetime) -> None:
    """No zone, parts of a second, an offset of seconds."""
    with pytest.raises(ValueError, match="whole seconds"):
        instant_text(moment)


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("2026-10", "2026-10-01", "2026-11-01"),
        ("202610", "2026-10-01", "2026-11-01"),
        ("10月", "2026-10-01", "2026-11-01"),
        ("2025年12月", "2025-12-01", "2026-01-01"),
        ("本月", "2026-10-01", "2026-11-01"),
        ("上月", "2026-09-01", "2026-10-01"),
        ("上个月", "2026-09-01", "2026-10-01"),
        ("last-month", "2026-09-01", "2026-10-01"),
        ("Last Month", "2026-09-01", "2026-10-01"),
        ("2026-10-08", "2026-10-08", "2026-10-09"),
        ("2026-10-8", "2026-10-08", "2026-10-09"),
        ("2026/10/08", "2026-10-08", "2026-10-09"),
        ("20261008", "2026-10-08", "2026-10-09"),
        ("10-08", "2026-10-08", "2026-10-09"),
        ("12-31", "2026-12-31", "2027-01-01"),
        ("１０－０８", "2026-10-08", "2026-10-09"),
        ("10月8日", "2026-10-08", "2026-10-09"),
        ("10月8号", "2026-10-08", "2026-10-09"),
        ("2026年10月8日", "2026-10-08", "2026-10-09"),
        ("8日", "2026-10-08", "2026-10-09"),
        ("今天", "2026-10-08", "2026-10-09"),
        (" TODAY ", "2026-10-08", "2026-10-09"),
        ("昨天", "2026-10-07", "2026-10-08"),
        ("yesterday", "2026-10-07", "2026-10-08"),
        ("前天", "2026-10-06", "2026-10-07"),
        ("明天", "2026-10-09", "2026-10-10"),
        ("tomorrow", "2026-10-09", "2026-10-10"),
        ("本周", "2026-10-05", "2026-10-12"),
        ("上周", "2026-09-28", "2026-10-05"),
        ("今年", "2026-01-01", "2027-01-01"),
        ("2025", "2025-01-01", "2026-01-01"),
    ],
)
def test_typed_period(typed: str, start: str, end: str) -> None:
    """The end is the first day that does not belong."""
    assert resolve_period(typed, TODAY) == (date.fromisoformat(start), date.fromisoformat(end))


def test_last_month_in_january() -> None:
    """December of the year before; the leap day follows the year."""
    assert resolve_month("上月", date(2027, 1, 15)) == Month(2026, 12)
    assert resolve_day("2月29日", date(2028, 1, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "13月",
        "02-30",
        "2月29日",
        "32日",
        "1008",
        "10",
        "2026-1008",
        "2026/10-08",
        "1899-01-01",
        "9999-12",
        "²0261008",
        "1" * 100000,
        "今天" * 40,
    ],
)
def test_typed_period_mistakes(typed: str) -> None:
    """Shown as typed, with forms to type, in both languages."""
    with pytest.raises(Usage) as caught:
        resolve_period(typed, TODAY)
    for text in caught.value.words:
        assert typed[:80] in text
        assert "2026-10-08" in text


def test_day_and_month_want_their_own_length() -> None:
    """A month is no day, a day is no month, a year neither."""
    assert resolve_day("昨天", TODAY) == date(2026, 10, 7)
    assert resolve_month("10月", TODAY) == Month(2026, 10)
    for typed in ("2026-10", "本周", "今年"):
        with pytest.raises(Usage):
            resolve_day(typed, TODAY)
    for typed in ("2026-10-01", "本周", "今年"):
        with pytest.raises(Usage):
            resolve_month(typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("09:12", "2026-10-08T09:12:00+08:00"),
        ("9:12:33", "2026-10-08T09:12:33+08:00"),
        ("０９：１２", "2026-10-08T09:12:00+08:00"),
        ("2026-10-08 09:12", "2026-10-08T09:12:00+08:00"),
        ("2026-10-08 09:12:33", "2026-10-08T09:12:33+08:00"),
        ("2026-10-08T09:12", "2026-10-08T09:12:00+08:00"),
        ("昨天 09:12", "2026-10-07T09:12:00+08:00"),
        ("10-07 09:12", "2026-10-07T09:12:00+08:00"),
        ("2026-10-08T09:12:33+08:00", "2026-10-08T09:12:33+08:00"),
        ("2026-10-08T01:12:33Z", "2026-10-08T09:12:33+08:00"),
        ("2026-10-07T20:12:33-05:00", "2026-10-08T09:12:33+08:00"),
    ],
)
def test_typed_instant(typed: str, meant: str) -> None:
    """In the zone of now, whole seconds."""
    moment = resolve_at(typed, NOW)
    assert instant_text(moment) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "9",
        "24:00",
        "09:60",
        "2026-10-08",
        "2026-10 09:12",
        "2026-02-30 09:12",
        "2026-02-30T09:12:00+08:00",
        "x 09:12",
        "2026-10-08T09:12:33.5+08:00",
        "2026-10-08T09:12:33+25:00",
        " " * 100000 + "1",
    ],
)
def test_typed_instant_mistakes(typed: str) -> None:
    """Refused with what was typed (its day, when that is at fault), never a ValueError."""
    with pytest.raises(Usage) as caught:
        resolve_at(typed, NOW)
    assert all(typed.removesuffix(" 09:12")[:80] in text for text in caught.value.words)
