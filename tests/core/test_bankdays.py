"""Bank days around published holidays, in a year that nobody has published, and with what a store adds."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger.core.bankdays import BankDays, BankYear
from ledger.core.cheques import arrives_on, deposit_by, present_by
from ledger.core.errors import Unreadable
from ledger.core.holidays import YEARS
from ledger.core.rules import parse_rules
from ledger.core.settings import parse_settings
from tests.builders import RULES

CALENDAR = BankDays()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# -- the published years ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-09-30", True),  # Wednesday, the last day before
        ("2026-10-01", False),
        ("2026-10-07", False),  # the last day off, a Wednesday
        ("2026-10-08", True),
        ("2026-10-10", True),  # a Saturday that is worked in return
        ("2026-10-11", False),  # an ordinary Sunday
        ("2026-09-20", True),  # a Sunday that is worked in return
        ("2026-09-25", False),  # 中秋
        ("2026-01-04", True),  # a Sunday that is worked for 元旦
        ("2025-10-08", False),  # 国庆 and 中秋 together: eight days
        ("2024-02-09", True),  # 2024 除夕 was no day off
        ("2024-02-17", False),
    ],
)
def test_days_of_published_years(text: str, works: bool) -> None:
    assert CALENDAR.bank_day(day(text)) is works
    assert CALENDAR.working_day(day(text)) is works


def test_2027_is_unknown_until_it_is_published() -> None:
    """Not even a Tuesday in March is said to be a bank day: nobody has published that year."""
    assert CALENDAR.bank_day(day("2027-03-09")) is None
    assert CALENDAR.add_bank_days(day("2026-12-31"), 1) is None
    assert CALENDAR.add_bank_days(day("2026-12-30"), 1) == day("2026-12-31")


def test_every_year_from_2007_to_2026_is_there_and_nothing_else() -> None:
    assert list(YEARS) == list(range(2007, 2027))


@pytest.mark.parametrize("year", YEARS)
def test_a_year_is_right_in_itself(year: int) -> None:
    """Only weekends are worked in return, no day is both, and 国庆 and 春节 bring at least three days each."""
    first = day(f"{year}-01-01")
    days = [first + dt.timedelta(days=n) for n in range(366) if (first + dt.timedelta(days=n)).year == year]
    worked = [one for one in days if CALENDAR.bank_day(one)]
    assert 245 <= len(worked) <= 254
    assert not any(CALENDAR.bank_day(day(f"{year}-10-0{n}")) for n in (1, 2, 3))
    off, work = (set(texts.replace("-", " ").split()) for texts in YEARS[year])
    assert not off & work
    assert all(day(f"{year}-{text[:2]}-{text[2:]}").weekday() >= 5 for text in work)


# -- counting ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-09-28", 3, "2026-10-08"),  # 09-29, 09-30, then 国庆
        ("2026-09-29", 3, "2026-10-09"),
        ("2026-09-30", 3, "2026-10-10"),  # 10-08, 10-09, and the worked Saturday
        ("2026-10-01", 3, "2026-10-10"),  # a day off does not count, wherever one starts
        ("2026-10-07", 1, "2026-10-08"),
        ("2026-10-10", 1, "2026-10-12"),
        ("2026-10-01", 0, "2026-10-08"),  # itself, or the next that is one
        ("2026-09-30", 0, "2026-09-30"),
    ],
)
def test_bank_days_are_counted_after_the_day(start: str, count: int, end: str) -> None:
    assert CALENDAR.add_bank_days(day(start), count) == day(end)


def test_three_bank_days_from_a_deposit_around_the_national_day() -> None:
    assert arrives_on(day("2026-09-28"), RULES) == day("2026-10-08")
    assert arrives_on(day("2026-12-30"), RULES) is None  # two of the three lie in 2027


@pytest.mark.parametrize(
    ("drawn", "last"),
    [
        ("2026-09-20", "2026-09-30"),  # the tenth day is a bank day
        ("2026-09-21", "2026-10-08"),  # 10-01 is a day off: the next bank day
        ("2026-09-27", "2026-10-08"),  # 10-07
        ("2026-09-28", "2026-10-08"),  # the tenth day itself
        ("2026-09-30", "2026-10-10"),  # a Saturday that is worked
        ("2026-10-01", "2026-10-12"),  # 10-11 is a Sunday
        ("2026-12-20", "2026-12-30"),
        ("2026-12-24", "2027-01-03"),  # a Sunday, but the year is unknown: the day is not moved
    ],
)
def test_ten_days_to_present_a_cheque(drawn: str, last: str) -> None:
    assert present_by(day(drawn), day(drawn), RULES) == day(last)


def test_a_cheque_is_deposited_the_same_day_or_when_banks_open() -> None:
    assert deposit_by(day("2026-09-30"), RULES) == day("2026-09-30")
    assert deposit_by(day("2026-10-03"), RULES) == day("2026-10-08")
    assert deposit_by(day("2027-01-02"), RULES) == day("2027-01-02")


def test_a_rule_that_changes_in_mid_month() -> None:
    """From 15 October cheques are deposited within one bank day and presented within five days."""
    rule = {"hold_bank_days": "3"}
    first = {"from": "2000-01-01", "present_days": "10", "deposit_bank_days": "0", **rule}
    then = {"from": "2026-10-15", "present_days": "5", "deposit_bank_days": "1", **rule}
    rules = parse_rules({"cheques": [first, then]})
    assert deposit_by(day("2026-10-14"), rules) == day("2026-10-14")
    assert deposit_by(day("2026-10-15"), rules) == day("2026-10-16")
    assert present_by(day("2026-10-13"), day("2026-10-14"), rules) == day("2026-10-23")
    assert present_by(day("2026-10-13"), day("2026-10-15"), rules) == day("2026-10-19")  # 18 October is a Sunday


# -- what a store adds -------------------------------------------------------------------------------------------------------

OWN = BankDays({"2027": BankYear(off=("01-01..01-03", "02-05"), work=("01-09",)), "2026": BankYear(off=("11-18",))})


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2027-01-01", False), ("2027-01-03", False), ("2027-01-04", True), ("2027-01-09", True),
        ("2027-01-10", False), ("2027-02-05", False), ("2026-11-18", False), ("2026-11-19", True), ("2026-10-01", False),
        ("2028-01-05", None),
    ],
)  # fmt: skip
def test_a_year_of_the_stores_own(text: str, works: bool | None) -> None:
    assert OWN.bank_day(day(text)) is works


@pytest.mark.parametrize(
    "bank_days",
    [
        {"27": {"off": ["01-01"]}},
        {"2027": {"off": ["13-01"]}},
        {"2027": {"off": ["01-03..01-01"]}},
        {"2027": {"off": ["2027-01-01"]}},
        {"2027": {"holidays": ["01-01"]}},
    ],
)
def test_wrong_bank_days_are_said_when_the_book_opens(bank_days: object) -> None:
    texts = {"format": "1", "book": "0" * 32, "store": "店", "bank_days": bank_days}
    with pytest.raises(Unreadable) as raised:
        parse_settings(texts)
    assert raised.value.code == "RUL-01"
