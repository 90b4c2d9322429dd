"""The festivals before which clients are called, and the windows of the calls (C3)."""

from __future__ import annotations

import csv
import datetime as dt
import os
import warnings
from itertools import pairwise
from pathlib import Path

import pytest

from ledger.core.festivals import FESTIVALS, around, festival_day, named, parse_name, window, windows

ROOT = Path(__file__).parent.parent.parent
PUBLISHED = Path(os.environ.get("GB_HOLIDAYS") or ROOT / "../shared/data/cn-holidays/festivals-2024-2030.csv")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def shown(year: int) -> dict[str, tuple[str, str, str]]:
    return {one.festival: (str(one.day), str(one.start), str(one.last)) for one in windows(year, 15, 7)}


def test_the_windows_of_2026_and_2028() -> None:
    """By hand: fifteen days before the festival the calls begin, and they take seven days, the first one counted.

    2026: 春节 17 February, 15 days before is 2 February, the seventh day is 8 February.  中秋 25 September, so from the
    10th to the 16th; 国庆 from 16 to 22 September: the 16th lies in both.  元旦 is called for in the year before.
    2028: 中秋 is 3 October, inside the days of 国庆: 18 to 24 September, and 国庆 16 to 22; five days lie in both.  2028 is a
    leap year: fifteen days before 8 March is 22 February, and the seventh day 28 February, not the end of the month.
    """
    assert shown(2026) == {
        "new-year": ("2026-01-01", "2025-12-17", "2025-12-23"),
        "spring": ("2026-02-17", "2026-02-02", "2026-02-08"),
        "womens-day": ("2026-03-08", "2026-02-21", "2026-02-27"),
        "mid-autumn": ("2026-09-25", "2026-09-10", "2026-09-16"),
        "national-day": ("2026-10-01", "2026-09-16", "2026-09-22"),
    }
    assert shown(2028) == {
        "new-year": ("2028-01-01", "2027-12-17", "2027-12-23"),
        "spring": ("2028-01-26", "2028-01-11", "2028-01-17"),
        "womens-day": ("2028-03-08", "2028-02-22", "2028-02-28"),
        "national-day": ("2028-10-01", "2028-09-16", "2028-09-22"),
        "mid-autumn": ("2028-10-03", "2028-09-18", "2028-09-24"),
    }


@pytest.mark.parametrize(
    ("text", "festivals"),
    [
        ("2026-09-09", []),
        ("2026-09-10", ["2026-mid-autumn"]),
        ("2026-09-16", ["2026-mid-autumn", "2026-national-day"]),
        ("2026-09-22", ["2026-national-day"]),
        ("2026-09-23", []),
        ("2025-12-16", []),
        ("2025-12-17", ["2026-new-year"]),  # the year of the festival, not of the calls
        ("2028-09-18", ["2028-national-day", "2028-mid-autumn"]),
    ],
)
def test_the_windows_a_day_lies_in(text: str, festivals: list[str]) -> None:
    assert [one.name for one in around(day(text), 15, 7)] == festivals


def test_the_dates_are_those_of_the_published_table() -> None:
    """Thirty-five dates, 2024 to 2030, that several calendar programs agree on."""
    if not PUBLISHED.exists():
        warnings.warn(f"{PUBLISHED} is not there: the festival dates are not compared", stacklevel=1)
        pytest.skip(f"no {PUBLISHED}; set GB_HOLIDAYS")
    rows = list(csv.DictReader(PUBLISHED.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 35
    for row in rows:
        assert festival_day(named(row["festival"]), int(row["year"])) == day(row["date"]), row


def test_every_festival_is_known_from_2000_to_2100_and_then_unknown() -> None:
    """A moon year has 353 to 385 days, and both feasts stay within their month of the sun."""
    for festival in ("spring", "mid-autumn"):
        days = [festival_day(festival, year) for year in range(2000, 2101)]
        known = [one for one in days if one is not None]
        assert len(known) == 101
        gaps = {(after - before).days for before, after in pairwise(known)}
        assert gaps <= {353, 354, 355, 383, 384, 385}
    assert (festival_day("spring", 2101), festival_day("mid-autumn", 1999)) == (None, None)
    assert window("spring", 2101, 15, 7) is None
    assert [one.festival for one in windows(2101, 15, 7)] == ["new-year", "womens-day", "national-day"]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("中秋", "mid-autumn"),
        ("中秋节", "mid-autumn"),
        ("三八", "womens-day"),
        ("Spring Festival", "spring"),
        ("五一", ""),
    ],
)
def test_names_of_festivals(typed: str, key: str) -> None:
    assert named(typed) == key


def test_the_name_in_a_record() -> None:
    assert parse_name("2026-mid-autumn") == ("mid-autumn", 2026)
    for text in ("2026-05-01", "mid-autumn", "26-spring", "２０２６-spring", ""):
        with pytest.raises(ValueError, match="no festival"):
            parse_name(text)
    assert set(FESTIVALS) == {"new-year", "spring", "womens-day", "mid-autumn", "national-day"}
