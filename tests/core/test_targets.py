"""Targets as written in the file, their weeks, and how one is split: parts always sum to the whole."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.targets import (
    Aim,
    aims_of,
    days_in,
    days_of_part,
    parse_aims,
    parts_of,
    shares,
    show_aims,
    weeks_in,
    whole_of,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_weeks_of_october() -> None:
    """October 2026 begins on a Thursday and ends on a Saturday: 4 + 7 + 7 + 7 + 6 = 31 days."""
    weeks = parts_of("2026-10")
    assert weeks == ("2026-10-w1", "2026-10-w2", "2026-10-w3", "2026-10-w4", "2026-10-w5")
    assert days_in("2026-10-w1") == (day("2026-10-01"), day("2026-10-05"))
    assert days_in("2026-10-w5") == (day("2026-10-26"), day("2026-11-01"))
    assert [days_of_part(week) for week in weeks] == [4, 7, 7, 7, 6]
    assert len(parts_of("2026-08")) == 6  # from a Saturday, 31 days
    assert len(parts_of("2027-02")) == 4  # four whole weeks


def test_a_week_over_a_month_end_is_two_pieces() -> None:
    """Monday 28 September to Sunday 4 October: the last piece of September and the first of October."""
    assert weeks_in((day("2026-09-28"), day("2026-10-05"))) == ["2026-09-w5", "2026-10-w1"]
    assert weeks_in((day("2026-10-05"), day("2026-10-12"))) == ["2026-10-w2"]
    assert weeks_in((day("2026-12-28"), day("2027-01-04"))) == ["2026-12-w5", "2027-01-w1"]


def test_parts_and_wholes() -> None:
    assert parts_of("2026")[0] == "2026-01"
    assert parts_of("2026-10-w1") == ()
    assert [whole_of(one) for one in ("2026-10-w1", "2026-10", "2026")] == ["2026-10", "2026", ""]


@given(st.dates(dt.date(1950, 1, 1), dt.date(2900, 1, 1)))
def test_the_parts_of_a_period_are_its_days(any_day: dt.date) -> None:
    """Months after each other make the year, weeks the month; all but the first begin on a Monday."""
    for whole in (f"{any_day:%Y}", f"{any_day:%Y-%m}"):
        spans = [days_in(part) for part in parts_of(whole)]
        assert (spans[0][0], spans[-1][1]) == days_in(whole)
        assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
    assert all(days_in(week)[0].weekday() == 0 for week in parts_of(f"{any_day:%Y-%m}")[1:])


def test_a_year_by_days() -> None:
    """365,000.00 of 2026: 31,000 in January, 28,000 in February; 100.00 among three: 33, 33, 34 (whole yuan)."""
    months = shares(36500000, [days_of_part(one) for one in parts_of("2026")])
    assert months[:2] == [3100000, 2800000]
    assert shares(10000, [1, 1, 1]) == [3300, 3300, 3400]
    assert shares(10001, [1, 1]) == [5000, 5001]
    assert shares(0, [3, 4]) == [0, 0]
    with pytest.raises(ValueError, match="among"):
        shares(100, [])


@given(st.integers(0, 10**15), st.lists(st.integers(1, 366), min_size=1, max_size=60))
def test_shares_sum_to_the_whole_and_none_is_off_by_more_than_a_yuan(amount: int, weights: list[int]) -> None:
    found = shares(amount, weights)
    assert sum(found) == amount
    assert all(abs(one - amount * weight / sum(weights)) <= 200 for one, weight in zip(found, weights, strict=True))
    assert all(one >= 0 for one in found)


AIMS = st.lists(
    st.builds(
        Aim, st.sampled_from(["2026", "2026-01", "2026-10", "2026-10-w1"]), st.sampled_from(["", "wang", "LI", "a:b"]),
        st.integers(0, 10**12),
    ), min_size=1, max_size=8,
).map(aims_of)  # fmt: skip


@given(AIMS)
def test_what_is_written_is_read(aims: tuple[Aim, ...]) -> None:
    assert parse_aims(show_aims(aims)) == aims


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026:1", "2026:1.00 2026:2.00", "2026-10:1.00 2026:1.00", "2026-13:1.00", "2026-02-w5:1.00:",
        "2027-02-w5:1.00", "2026/:1.00", "2026:-1.00", "2026:1.00  2026-10:1.00", "26:1.00", "2026-10-w7:1.00",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """No amount, twice the same, not in order, no such month or week, nobody behind the slash, below zero, two blanks."""
    with pytest.raises(ValueError, match=r"."):
        parse_aims(text)
