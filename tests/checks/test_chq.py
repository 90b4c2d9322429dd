"""A month of cheques as it was rightly recorded, and each fault planted in it alone: exactly its code, serials and line."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.book.month import check, reconcile
from ledger.book.open import Book
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.forms import Record, lines_of
from ledger.core.spans import parse_spans
from tests.checks.test_planted import BOOK_ID, October, at
from tests.forge import Forge

OCTOBER = Month(2026, 10)


class Cheques(October):
    """October 2026: two reservations that arrive, one same-day cheque that does, one that bounces and is made good,

    one reservation of the 30th at the bank, one same-day sale of the 31st.
    """

    def _take(self, label: str, number: str, spans: str, **more: Any) -> Record:
        """Ten sheets for 1,000.00 by a cheque drawn today."""
        drawn = self.clock.time.date()
        kind = "sale" if "bank_slip" in more else "reservation"
        values = {"client": "C001", "spans": spans, "method": "cheque", "cheque": number, "bank": "工商银行", **more}
        return self.put("sales", kind, label, drawn=drawn, **values)

    def _step(self, label: str, kind: str, number: str, **more: Any) -> Record:
        """A step of a cheque that client C001 drew."""
        values = {"cheque": number, "bank": "工商银行", "drawer": "第1中学", "client": "C001", **more}
        return self.put("cheques", kind, label, **values)

    def _sales(self) -> None:
        self.on(8)
        self.put("sales", "sale", client="C001", spans="A0000301-A0000310")  # they expire on the 20th
        self.put("cash", "deposit", amount=100_000, slip="J1008", days=(dt.date(2026, 10, 8),))
        first = self._take("reservation", "1001", "A0000101-A0000110")
        self._step("deposit", "deposited", "1001", slip="JZ-1")
        self.on(9)
        self._take("same day", "2001", "A0000121-A0000130", bank_slip="YH-1")
        self.on(13)
        self._step("arrival", "cleared", "1001", by="chen")
        self.put("sales", "handover", "handover", ref=first.id)
        self.on(14)
        self._step("arrival of the same day's", "cleared", "2001", by="chen")
        self.on(21)
        self._take("to bounce", "2002", "A0000141-A0000150", bank_slip="YH-2")
        self.on(23)
        self._step("bounce", "bounced", "2002", reason="存款不足")
        self.on(26)
        self._step("made good", "made-good", "2002", method="transfer")

    def _custody(self) -> None:
        self.on(30)
        self._take("late reservation", "1003", "A0000161-A0000170")
        self._step("late deposit", "deposited", "1003", slip="JZ-3")

    def _month_end(self) -> None:
        super()._month_end()
        self.on(31, "17:00")
        self._take("last sale", "2003", "A0000181-A0000190", bank_slip="YH-3")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Cheques:
    return Cheques(tmp_path_factory.mktemp("cheques") / "book")


def found_in(month: October, root: Path) -> list[Finding]:
    book = Book(root, month.clock)
    try:
        return check(book)
    finally:
        book.close()


def test_the_clean_month_has_no_finding_and_ties_out(clean: Cheques) -> None:
    """Sold: 10 for cash, 10 handed over, 10 the same day, 10 that bounced, 10 on the 31st: 5,000. Cleared 2,000, made good 1,000;

    1,000 of the sale of the 31st and 1,000 of the reservation of the 30th are outstanding, the latter not handed over.
    """
    assert [(one.code, one.words.en) for one in found_in(clean, clean.root)] == []
    book = Book(clean.root, clean.clock)
    sheet = reconcile(book, OCTOBER).sheet
    book.close()
    tie = sheet.tie_out
    assert (tie.sold, tie.cheques_cleared, tie.arrived) == (500000, 200000, 100000)
    assert (tie.cheques_outstanding, tie.paid_not_handed_over, tie.difference) == (200000, 100000, 0)
    assert [(one.number, one.age) for one in sheet.parts["cheques"].open] == [("1003", 1), ("2003", 0)]


def _no_slip(forge: Forge, ids: dict[str, str]) -> str:
    """A same-day sale whose bank slip was not entered."""
    return forge.change(ids["last sale"], bank_slip="")


def _too_soon(forge: Forge, ids: dict[str, str]) -> str:
    """The advice came in the evening, the sheets had gone in the morning."""
    forge.change(ids["arrival"], at=at(13, "18:00"))
    return ids["handover"]


def _unpaid(forge: Forge, ids: dict[str, str]) -> str:
    """Nobody made the bounced cheque good."""
    forge.drop(ids["made good"])
    return ids["bounce"]


def _twice(forge: Forge, ids: dict[str, str]) -> str:
    """Another terminal took the cheque of the 8th once more, for other sheets."""
    return forge.add(
        ids["late reservation"], "K2", at(29), cheque="1001", spans=parse_spans("A0000171-A0000180"),
        lines=lines_of([(10000, 10)]), drawn=dt.date(2026, 10, 29),
    )  # fmt: skip


def _old(forge: Forge, ids: dict[str, str]) -> str:
    """Drawn on 20 September: to be presented by the 30th, and it came on 8 October."""
    return forge.change(ids["reservation"], drawn=dt.date(2026, 9, 20))


def _forgotten(forge: Forge, ids: dict[str, str]) -> str:
    """The cheque of the 30th never went to the bank; the book is looked at on 2 November."""
    forge.drop(ids["late deposit"])
    return ids["late reservation"]


FAULTS: dict[str, tuple[str, Callable[[Forge, dict[str, str]], str], str]] = {
    "no bank slip": ("CHQ-01", _no_slip, "A0000181-A0000190"),
    "before the arrival": ("CHQ-01", _too_soon, "A0000101-A0000110"),
    "bounced and unpaid": ("CHQ-02", _unpaid, "A0000141-A0000150"),
    "the same cheque twice": ("CHQ-03", _twice, ""),
    "stale when it came": ("CHQ-04", _old, ""),
    "not deposited": ("CHQ-05", _forgotten, ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_alone(name: str, clean: Cheques, tmp_path: Path) -> None:
    """One finding, of that code, at the record's file and line, with the sheets concerned and something to type."""
    code, plant, serials = FAULTS[name]
    root = tmp_path / "book"
    shutil.copytree(clean.root, root)
    forge = Forge(root, BOOK_ID)
    record_id = plant(forge, clean.ids)
    (found,) = found_in(clean, root)
    where = found.where[0]
    assert (found.code, where.file, where.line) == (code, *forge.line_of(record_id)), found.words.en
    assert found.serials == serials
    assert found.words.zh
    assert found.next


def test_a_bounce_is_of_its_own_month_and_stays_until_it_is_paid(clean: Cheques, tmp_path: Path) -> None:
    """October shows it; November shows it too, as an error of an earlier month that makes its opening."""
    root = tmp_path / "book"
    shutil.copytree(clean.root, root)
    forge = Forge(root, BOOK_ID)
    _unpaid(forge, clean.ids)
    book = Book(root, clean.clock)
    codes = {month: [one.code for one in reconcile(book, month).findings] for month in (OCTOBER, OCTOBER.next())}
    book.close()
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
