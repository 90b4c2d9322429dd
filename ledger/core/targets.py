"""销售目标: a target of a year, a month or a week, of the department or of one person, and how one is split (P1).

A week runs from Monday to Sunday and is cut at the ends of its month, so weeks sum to months and months to years:
``2026``, ``2026-10``, ``2026-10-w1`` (from the first of the month to the first Sunday).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.core.dates import Month, Period
from ledger.core.forms import MONEY_PATTERN, Codec
from ledger.core.money import parse_yuan, yuan
from ledger.core.words import Words

_ONE_DAY = dt.timedelta(days=1)
_PERIOD = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-w([1-6]))?)?")
_PATTERN = r"[0-9]{4}(-(0[1-9]|1[0-2])(-w[1-6])?)?(/[!-,.0-9;-~-]+)?"
_WHOLE = 100  # fen: parts are split in whole yuan


class Aim(NamedTuple):
    """What is to be sold in a period, in fen; ``person`` is an operator's code, or empty for the department."""

    period: str
    person: str
    amount: int

    @property
    def of(self) -> str:
        """``2026-10``, ``2026-10/wang``."""
        return f"{self.period}/{self.person}" if self.person else self.period


Aims = tuple[Aim, ...]


def aims_of(given: Iterable[Aim]) -> Aims:
    """In canonical order: by period, the department before its people; of two for the same the later one."""
    return tuple(sorted({(one.period, one.person): one for one in given}.values()))


def show_aims(aims: Aims) -> str:
    """``2026:1200000.00 2026-10/wang:60000.00``."""
    return " ".join(f"{one.of}:{yuan(one.amount)}" for one in aims)


def parse_aims(text: str) -> Aims:
    """The canonical form of :func:`show_aims` only; raises ``ValueError``."""
    aims = aims_of(_aim(part) for part in text.split(" "))
    if show_aims(aims) != text or any(one.amount < 0 for one in aims):
        raise ValueError(f"no targets in canonical form: {show_aims(aims)}")
    return aims


def _aim(part: str) -> Aim:
    of, _, amount = part.rpartition(":")
    period, slash, person = of.partition("/")
    if bool(slash) != bool(person):
        raise ValueError("no person behind the slash")
    days_in(period)
    return Aim(period, person, parse_yuan(amount))


AIMS = Codec(
    "aims", parse_aims, show_aims, f"^{_PATTERN}:{MONEY_PATTERN}( {_PATTERN}:{MONEY_PATTERN})*$",
    Words("期间[/业务员]:金额", "period[/person]:amount"),
)  # fmt: skip


def days_in(period: str) -> Period:
    """The days of a period as it is written, half-open; raises ``ValueError`` for what is none."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"no period: {period!r}")
    year, month, week = match.groups()
    if month is None:
        return dt.date(int(year), 1, 1), dt.date(int(year) + 1, 1, 1)
    whole = Month(int(year), int(month))
    weeks = _weeks(whole)
    if week and int(week) > len(weeks):
        raise ValueError(f"{whole.text} has {len(weeks)} weeks")
    return weeks[int(week) - 1] if week else (whole.first, whole.after)


def parts_of(period: str) -> tuple[str, ...]:
    """The months of a year, the weeks of a month, nothing of a week; raises ``ValueError``."""
    start, end = days_in(period)
    if "-" not in period:
        return tuple(f"{period}-{month:02d}" for month in range(1, 13))
    if "w" in period:
        return ()
    weeks = _weeks(Month.of(start))
    assert weeks[-1][1] == end  # the weeks of a month are its days
    return tuple(f"{period}-w{number}" for number in range(1, len(weeks) + 1))


def whole_of(period: str) -> str:
    """The period that it is a part of: of a month its year, of a week its month; empty for a year."""
    return period.rpartition("-")[0]


def weeks_in(period: Period) -> list[str]:
    """The weeks, cut at month ends, that make up a period that begins and ends with one."""
    start, end = period
    month, found = Month.of(start), []
    while month.first < end:
        for number, (first, after) in enumerate(_weeks(month), 1):
            if start <= first and after <= end:
                found.append(f"{month.text}-w{number}")
        month = month.next()
    return found


def _weeks(month: Month) -> list[Period]:
    found: list[Period] = []
    start = month.first
    while start < month.after:
        end = min(start + dt.timedelta(days=7 - start.weekday()), month.after)
        found.append((start, end))
        start = end
    return found


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount in fen split by weights into whole yuan that sum to it exactly; odd fen are in the last part.

    Each sum of the first parts is right to the yuan, so no part is off by more than one.  Raises ``ValueError`` without weights.
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError("nothing to split among")
    ends, done = [], 0
    for weight in weights:
        done += weight
        ends.append(amount if done == total else amount * done // total // _WHOLE * _WHOLE)
    return [end - before for before, end in zip([0, *ends], ends, strict=False)]


def days_of_part(period: str) -> int:
    """How many days a period has: what its share of a target goes by."""
    start, end = days_in(period)
    return (end - start) // _ONE_DAY
