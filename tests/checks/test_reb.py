"""What becomes of rebate slips after they were made, and damage among them; each fault alone is in ``faults``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ledger.checks.run import check
from ledger.core.forms import lines_of
from ledger.core.records.collecting import CollectionCorrection
from ledger.core.records.exchange import Exchange
from tests.builders import RULES, ready, rules_with, spans
from tests.builders import Book as Memory
from tests.checks.faults import counted
from tests.checks.sound import Fault, Month, Steps, assert_alone, catch

END = dt.date(2026, 10, 31)


# -- what becomes of slips -----------------------------------------------------------------------------------------------


def slipped(day: str = "2026-10-01", *, collect: bool = False, **rules: Any) -> tuple[Memory, Any, Any]:
    """120 × 100 bought and a slip of one voucher approved, all on ``day``."""
    book = ready(day)
    if rules:
        book.rules = rules_with(**rules)
    book.staff("SU", "supervisor")
    book.receive("A001-A300", 100)
    sale = book.sell("A001-A120")
    slip = book.propose([sale])
    book.approve_slip(slip)
    if collect:
        book.collect(slip, "A121")
    return book, sale, slip


def told(book: Memory, until: str, **rules: Any) -> list[tuple[str, str, str]]:
    found = check(book, (), rules_with(**rules) if rules else RULES, until=dt.date.fromisoformat(until))
    return [(one.code, one.severity, one.subject) for one in found]


@pytest.mark.parametrize(("until", "late"), [("2026-10-31", False), ("2026-11-01", True)])
def test_a_slip_is_late_on_the_day_after_the_rule_s_days(until: str, late: bool) -> None:
    """Approved on 10-01: the 30th day is 10-31."""
    book, _, slip = slipped()
    assert told(book, until) == ([("REB-06", "warning", slip.id)] if late else [])


def test_a_collected_slip_is_not_late_and_a_part_of_one_is() -> None:
    book, _, _ = slipped(collect=True)
    assert told(book, "2026-12-31") == []
    book, sale, _ = slipped()
    more = book.propose([book.sell("A131-A290")])
    book.approve_slip(more)
    book.collect(more, "A291")
    assert (more.lines, sale.amount) == (lines_of([(10000, 1)]), 1200000)
    assert [subject for _, _, subject in told(book, "2026-12-31")] == ["RB20261001-K1-0001"]


def test_the_days_are_a_rule_that_may_change() -> None:
    ladder = {"ladder": {"10000.00": "1"}, "faces": ["100.00"], "uncollected_days": "3"}
    book, _, slip = slipped()
    assert told(book, "2026-10-04", rebates=ladder) == []
    assert told(book, "2026-10-05", rebates=ladder) == [("REB-06", "warning", slip.id)]


@pytest.mark.parametrize("collect", [True, False])
def test_a_purchase_returned_after_its_slip(collect: bool) -> None:
    book, sale, slip = slipped(collect=collect)
    book.on("2026-10-20").give_back("A001-A005")
    (found,) = check(book, (), RULES, until=END)
    assert (found.code, found.severity, found.subject) == ("REB-05", "warning", slip.id)
    assert sale.id in found.words.en
    assert "12000.00" in found.words.en
    assert "11500.00" in found.words.en


def test_a_purchase_reversed_after_its_slip() -> None:
    """The reversal is a month later: the finding belongs to that month, not to the slip's, which may be closed."""
    from ledger.core.dates import Month as Calendar

    book, sale, slip = slipped(collect=True)
    book.on("2026-11-03").reverse(sale.id)
    late = dt.date(2026, 11, 30)
    assert [one.code for one in check(book, (), RULES, until=late, month=Calendar(2026, 10))] == []
    (found,) = check(book, (), RULES, until=late, month=Calendar(2026, 11))
    assert (found.code, found.subject) == ("REB-05", slip.id)


def test_an_exchange_undoes_no_purchase() -> None:
    book, sale, slip = slipped(collect=True)
    book.make(Exchange, "CU", spans=spans("A001-A010"), out=spans("A131-A140"), reason="换券")
    assert told(book, "2026-10-31") == []
    book.on("2026-10-20").give_back("A131-A135")
    assert told(book, "2026-10-31") == [("REB-05", "warning", slip.id)]
    assert sale.id in check(book, (), RULES, until=END)[0].words.en


def test_the_span_of_a_collection_is_corrected() -> None:
    """A122 was handed over, not A121: the slip and the month's figures stay, the sheets change places."""
    book, _, _ = slipped(collect=True)
    taken = book.placed[-1].record
    book.make(CollectionCorrection, "RB", ref=taken.id, out=spans("A121"), spans=spans("A122"), reason="打错",
              approval=book.approved("correction", "100*1"))  # fmt: skip
    assert [piece.sheet.use or piece.sheet.place for piece in book.state.pieces(spans("A121-A122"))] == [
        "safe",
        "rebated",
    ]
    assert told(book, "2026-10-31") == []


def test_a_rejected_slip_answers_for_nothing() -> None:
    book = ready("2026-10-01")
    book.staff("SU", "supervisor")
    book.receive("A001-A300", 100)
    sale = book.sell("A001-A120")
    book.reject_slip(book.propose([sale]))
    book.reverse(sale.id)
    assert told(book, "2026-12-31") == []


def test_what_was_collected_on_a_cancelled_slip_is_recovered_or_made_up_for() -> None:
    """20,000.00: two vouchers, one collected, then all returned and the slip cancelled: 100.00 to recover.

    Purchases of 30,000.00 in November give 300 less those 100, and nothing is owed any more.
    """
    book = ready("2026-10-01")
    book.staff("SU", "supervisor")
    book.receive("A001-A600", 100)
    slip = book.propose([book.sell("A001-A200")])
    book.approve_slip(slip)
    book.collect(slip, "A201")
    book.give_back("A001-A200")
    book.cancel_slip(slip)
    assert told(book, "2026-10-31") == [("REB-05", "warning", slip.id)]
    later = book.on("2026-11-05").propose([book.sell("A202-A501")])
    assert (later.carried, later.amount) == (-10000, 20000)


# -- damage ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("victim", ["first approved", "second approved", "second", "sale of second"])
def test_a_damaged_record_is_told_once(victim: str, steps: Steps, tmp_path: Path) -> None:
    """What cannot be read brings no finding of its own on what relies on it."""
    old, new = (b",sale,", b",xsale,") if victim.startswith("sale") else (b'  kind: "', b'  kind: "x')
    fault = Fault("JRN-05", lambda m: m.forge.scratch(m.ids[victim], old, new), behind="marks")
    assert_alone(fault, catch(fault, steps, tmp_path / "book"))


def test_a_purchase_that_is_gone_is_told_once(steps: Steps, tmp_path: Path) -> None:
    """The hole in the ids, with the proposal and the arrival that name what is gone."""

    def gone(month: Month) -> str:
        month.forge.drop(month.ids["sale of second"])
        counted(month, back="B0000121-B0000240")
        return month.ids["sale of third"]

    fault = Fault("NUM-01", gone)
    caught = catch(fault, steps, tmp_path / "book")
    assert_alone(fault, caught)
    named = {where.id for where in caught.found[0].where}
    assert {caught.month.ids[name] for name in ("second", "arrival of second")} <= named
