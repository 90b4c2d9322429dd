"""CLS-02: reconciled by the third working day of the next month, or told (R13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

import pytest

from ledger.checks.cls import Done, Due, due_day, late
from ledger.core.dates import Month

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
NATIONAL_DAY = {dt.date(2026, 10, day) for day in range(1, 8)}


def known(off: Collection[dt.date] = (), work: Collection[dt.date] = ()) -> Callable[[dt.date], bool]:
    """A year whose holidays are published."""
    return lambda day: day in work or (day not in off and day.weekday() < 5)


def unknown(_: dt.date) -> None:
    """A year that nobody has published."""


@pytest.mark.parametrize(
    ("month", "days", "working", "due"),
    [
        (OCTOBER, 3, known(), "2026-11-04"),  # 11-01 is a Sunday: 2, 3, 4
        (OCTOBER, 1, known(), "2026-11-02"),
        (SEPTEMBER, 3, known(NATIONAL_DAY), "2026-10-12"),  # 8, 9, then the weekend, 12
        (SEPTEMBER, 3, known(NATIONAL_DAY, {dt.date(2026, 10, 10)}), "2026-10-10"),  # a Saturday made up for
        (Month(2026, 12), 3, known({dt.date(2027, 1, 1)}), "2027-01-06"),  # Friday off; 4, 5, 6
    ],
)
def test_the_due_day_is_a_working_day(
    month: Month, days: int, working: Callable[[dt.date], bool | None], due: str
) -> None:
    assert due_day(month, days, working) == Due(dt.date.fromisoformat(due), sure=True)


def test_what_is_not_known_is_said() -> None:
    """Weekdays count instead, and the words say so; one unknown day is enough."""
    assert due_day(OCTOBER, 3, unknown) == Due(dt.date(2026, 11, 4), sure=False)
    one = due_day(OCTOBER, 3, lambda day: None if day == dt.date(2026, 11, 2) else day.weekday() < 5)
    assert not one.sure
    assert one.words.en == "2026-11-04; the holidays of 2026 are not known: Mondays to Fridays were counted"
    assert "放假安排未知" in one.words.zh


def test_a_calendar_without_working_days_ends() -> None:
    with pytest.raises(ValueError, match="no working day"):
        due_day(OCTOBER, 3, lambda _: False)


DUE = Due(dt.date(2026, 11, 4), sure=True)
FOURTH, FIFTH = dt.date(2026, 11, 4), dt.date(2026, 11, 5)
SIGNED = {"department": FOURTH, "finance": FOURTH}


@pytest.mark.parametrize(
    ("done", "today", "subjects"),
    [
        (Done(None, {}), FOURTH, []),
        (Done(None, {}), FIFTH, ["2026-10"]),
        (Done(FOURTH, SIGNED), FIFTH, []),
        (Done(FIFTH, SIGNED), FIFTH, ["2026-10"]),
        (Done(FOURTH, {"department": None, "finance": None}), FOURTH, []),
        (Done(FOURTH, {"department": None, "finance": None}), FIFTH, ["2026-10/department", "2026-10/finance"]),
        (Done(FOURTH, {"department": FOURTH, "finance": None}), FIFTH, ["2026-10/finance"]),
        (Done(FOURTH, {"department": FOURTH, "finance": FIFTH}), FIFTH, ["2026-10/finance"]),
    ],
)
def test_both_sides_of_the_day(done: Done, today: dt.date, subjects: list[str]) -> None:
    """Due 11-04: on that day nothing is late, the day after everything is that was not done by then."""
    found = list(late(OCTOBER, DUE, done, today))
    assert [one.subject for one in found] == subjects
    assert {(one.code, one.severity) for one in found} <= {("CLS-02", "warning")}
    assert all(one.next for one in found)
