"""Findings: trouble in what is recorded, as values that are collected and all reported.

The codes are stable; each belongs to a check family in :mod:`ledger.checks`, which owns its explanation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from ledger.core.errors import Where
from ledger.core.words import Words

Severity = Literal["error", "warning", "info"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a disposition says to a finding (R12).  ``age`` is in days since it was given; ``due`` a date or empty."""

    id: str
    by: str
    date: str
    reason: str
    action: str = ""
    due: str = ""
    age: int = 0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One trouble.

    ``subject`` is what the trouble is about and, with the code, its key: record id, else serial span, else date, else
    month.  ``serials`` is the canonical text of the sheets concerned, or empty.  ``next`` holds ready commands.
    """

    code: str
    severity: Severity
    words: Words
    subject: str = ""
    serials: str = ""
    where: tuple[Where, ...] = ()
    next: tuple[str, ...] = ()
    disposition: Answer | None = None


USUAL: dict[str, Severity] = {
    **{f"JRN-{n:02d}": "error" for n in range(1, 12)},
    "NUM-01": "error",
    "NUM-02": "error",
    "STA-01": "error",
    "STA-02": "error",
    "STA-03": "warning",
    "STA-04": "error",
    "STK-01": "error",
    "STK-02": "warning",
    "CNT-01": "warning",
    "DAY-01": "warning",
    "DAT-01": "error",
    "RUL-02": "warning",
    "REC-01": "error",
    "REC-02": "error",
    "REC-03": "error",
    "NOT-01": "warning",
    "NOT-02": "error",
    "NOT-03": "error",
    "REC-04": "info",
    "RED-01": "error",
    "RED-02": "error",
    "RED-03": "error",
    "REC-05": "error",
    "TIE-01": "warning",
    "CSH-01": "warning",
    "CSH-02": "warning",
    "CSH-03": "warning",
    "CSH-04": "error",
    "CSH-05": "warning",
    **{f"LAW-{n:02d}": "warning" for n in range(1, 8)},
    "APR-01": "error",
    "APR-02": "error",
    "APR-03": "error",
    "APR-04": "error",
    "APR-05": "error",
    "CHQ-01": "error",
    "CHQ-02": "error",
    "CHQ-03": "error",
    "CHQ-04": "warning",
    "CHQ-05": "warning",
    "REB-01": "error",
    "REB-02": "error",
    "REB-03": "error",
    "REB-04": "error",
    "REB-05": "warning",
    "REB-06": "warning",
    "REB-07": "error",
    "REG-01": "warning",
    "REG-02": "warning",
    "VIS-01": "error",
    "PRV-03": "error",
    "IDX-01": "error",
    "CLS-01": "error",
    "CLS-02": "warning",
    "CLS-03": "error",
    "CLS-05": "error",
    **{f"CHN-{n:02d}": "error" for n in range(1, 5)},
    "PTS-01": "error",
    "PTS-02": "error",
    "PTS-03": "error",
    "PTS-04": "error",
    "PTS-05": "error",
    "PTS-06": "warning",
    "PTS-07": "info",
    "PTS-08": "error",
}
"""The usual severity of each code; the store's ``severities`` rule may change it."""

AHEAD = "DAT-01"
"""The finding of a record that lies after today; whoever answers it says that the clock was ahead."""


def trouble(
    code: str, words: Words, *, subject: str = "", serials: str = "", next: tuple[str, ...] = (),
    where: tuple[Where, ...] = (),
) -> Finding:  # fmt: skip
    """A finding of the code's usual severity."""
    return Finding(
        code=code, severity=USUAL[code], words=words, subject=subject, serials=serials, next=next, where=where
    )


def open_errors(findings: Iterable[Finding]) -> list[Finding]:
    """The errors that nobody has answered: they are what a check fails on and a close refuses."""
    return [one for one in findings if one.severity == "error" and one.disposition is None]
