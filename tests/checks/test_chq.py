"""The cheques of a sound month as its sheet shows them, and a bounce over two months; each fault alone is in ``faults``."""

from __future__ import annotations

from pathlib import Path

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
