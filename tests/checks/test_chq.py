"""The cheques of a sound month as its sheet shows them, and a bounce over two months; each fault alone is in ``faults``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ledger.book.month import reconcile
from ledger.core.dates import Month
from tests.checks.faults import FAULTS
from tests.checks.sound import Steps, catch

OCTOBER = Month(2026, 10)


def test_the_sheet_lists_what_is_at_the_bank(steps: Steps, tmp_path: Path) -> None:
    """Cleared 2,000.00; the reservation of the 30th and the same-day sale of the 31st are open at the month's end."""
    month = steps.sound.copied(tmp_path / "book")
    cheques = reconcile(month.book, OCTOBER).sheet.parts["cheques"]
    month.shut()
    assert [(one.number, one.age) for one in cheques.open] == [("1003", 1), ("2003", 0)]


def test_a_bounce_is_of_its_own_month_and_stays_until_it_is_paid(steps: Steps, tmp_path: Path) -> None:
    """October shows it; November shows it too, as an error of an earlier month that makes its opening."""
    month = catch(FAULTS["bounced and unpaid"], steps, tmp_path / "book").month
    codes = {asked: [one.code for one in reconcile(month.book, asked).findings] for asked in (OCTOBER, OCTOBER.next())}
    month.shut()
    assert codes[OCTOBER] == ["CHQ-02"]
    assert "CHQ-02" in codes[OCTOBER.next()]


# -- both sides of every threshold -----------------------------------------------------------------------------------------


def _forgotten_cheque(**rules: Any) -> Any:
    """A cheque drawn and received on Thursday 8 October 2026 that nobody takes to the bank."""
    from tests.builders import Book as Memory
    from tests.builders import rules_with

    book = Memory("2026-10-08", rules=rules_with(**rules))
    book.staff()
    book.staff("WL", "clerk")
    book.client()
    book.receive("A0001+10", 100)
    book.by_cheque("A0001+10", "1001")
    return book


@pytest.mark.parametrize(
    ("until", "codes"),
    [
        ("2026-10-08", []),  # the day it came
        ("2026-10-09", ["CHQ-05"]),
        ("2026-10-19", ["CHQ-05"]),  # ten days on is Sunday the 18th: until Monday it can be presented
        ("2026-10-20", ["CHQ-04"]),  # stale: one trouble, the graver name
    ],
)
def test_a_cheque_that_lies_in_the_drawer(until: str, codes: list[str]) -> None:
    from ledger.checks.run import check as check_records

    book = _forgotten_cheque()
    found = check_records(book, (), book.rules, until=dt.date.fromisoformat(until))
    assert [one.code for one in found] == codes
    assert all(one.next == ("gb cheque deposit 1001 --slip '…'",) for one in found)


@pytest.mark.parametrize(("until", "codes"), [("2026-10-13", []), ("2026-10-14", ["CHQ-05"])])
def test_a_store_that_allows_four_bank_days(until: str, codes: list[str]) -> None:
    """The 9th, the worked Saturday the 10th, the 12th and the 13th; from the 14th on the deposit is late."""
    from ledger.checks.run import check as check_records

    rule = {"present_days": "10", "hold_bank_days": "3", "deposit_bank_days": "4"}
    book = _forgotten_cheque(cheques=rule)
    found = check_records(book, (), book.rules, until=dt.date.fromisoformat(until))
    assert [one.code for one in found] == codes
