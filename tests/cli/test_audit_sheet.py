"""`gb report audit-sheet|sales|rebates` on the worked month (tests/cli/test_worked_month.py), and lists a spreadsheet may open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.reports.table import width
from tests.cli.counter import english_again
from tests.cli.worked import Worked, worked

SHEET = ("report", "audit-sheet", "--month", "2026-10")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Worked]:
    """3 November, October closed and signed."""
    yield worked(tmp_path, closed=True)
    english_again()


def test_every_term_of_the_tie_out_is_the_sum_of_its_lines(at: Worked) -> None:
    """sold 22,960 = 5,000 + 1,960 + 10,000 + 2,000 + 2,000 + 2,000; and the eleven other terms likewise."""
    found = at.done(*SHEET, "--json").json
    assert set(found["tie_out_lines"]) == set(found["tie_out"]) - {"difference"}
    for term, lines in found["tie_out_lines"].items():
        assert sum(Decimal(one["amount"]) for one in lines) == Decimal(found["tie_out"][term]), term
    assert [one["number"] for one in found["tie_out_lines"]["arrived"]] == ["TT-1009", "POS-88"]
    assert [one["number"] for one in found["tie_out_lines"]["cheques_cleared"]] == ["10203040 TZ-14"]
    assert [(one["id"], one["number"]) for one in found["tie_out_lines"]["cheques_outstanding"]] == [
        ("SA20261029-K1-0001", "99001122")
    ]
    assert found["tie_out_lines"]["pending"] == []


def test_the_registers_down_to_slip_numbers(at: Worked) -> None:
    """Receipts, deposits (5,000 + 1,980 = 6,980, as in the cash block), cheques, rebates, notices."""
    found = at.done(*SHEET, "--json").json
    assert [(one["sheets"], one["amount"], one["text"]) for one in found["receipts"]] == [
        (500, "50000.00", "A0010121-A0010620"), (200, "10000.00", "B0020061-B0020260"), (300, "6000.00", "D0030001-D0030300"),
    ]  # fmt: skip
    assert [(one["number"], one["amount"]) for one in found["deposits"]] == [
        ("J-1008", "5000.00"),
        ("J-1022", "1980.00"),
    ]
    assert sum(Decimal(one["amount"]) for one in found["deposits"]) == Decimal(found["cash"]["deposited"])
    assert [(one["item"], one["number"]) for one in found["cheque_steps"]] == [
        ("reservation", "10203040"), ("deposited", "10203040"), ("cleared", "10203040"), ("sale", "55667788"),
        ("bounced", "55667788"), ("reservation", "99001122"), ("deposited", "99001122"),
    ]  # fmt: skip
    assert [(one["item"], one["number"]) for one in found["rebate_slips"]] == [
        ("approval", "DZ-2026-0001"), ("collection", "DZ-2026-0001"),
    ]  # fmt: skip
    assert [one["date"] for one in found["notices"] if one["item"] == "supplement"] == ["2026-10-21"]
    assert len(found["notices"]) == 32


def test_findings_answers_digests_and_signatures(at: Worked) -> None:
    found = at.done(*SHEET, "--json").json
    assert {one["code"]: bool(one["disposition"]) for one in found["findings"]} == {"CSH-03": False, "CHQ-02": True}
    assert found["digest"] == at("reconcile", "--month", "2026-10", "--json").json["digest"]
    assert found["seal"]["digest"].upper().startswith(found["seal"]["short"].replace(" ", ""))
    assert [(one["as"], one["name"]) for one in found["signatures"]] == [("department", "李梅"), ("finance", "钱宁")]
    open_month = at.done("report", "audit-sheet", "--month", "2026-11", "--json").json
    assert open_month["seal"] is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_holds_it_all_in_80_columns(at: Worked, language: str) -> None:
    at.language = language
    page = at.done(*SHEET).out
    assert max(map(width, page.splitlines())) <= 80
    for text in ("22,960.00", "57,650.00", "TT-1009", "J-1022", "DZ-2026-0001", "TZ2026-K1-0023", "A0010241-A0010250"):
        assert text in page


def test_the_csv_has_the_same_figures_and_runs_no_formula(at: Worked) -> None:
    """A reference and a reason that begin like a formula are quoted; negative amounts stay numbers."""
    at.done("sale", "transfer", "C003", "A0010060", "--amount", "99", "--reason", "=cmd()", "--reference", "=1+1")
    rows = list(
        csv.DictReader(io.StringIO(at.done("report", "audit-sheet", "--month", "2026-11", "--format", "csv").out))
    )
    (sold,) = [row for row in rows if (row["section"], row["item"]) == ("tie_out_lines", "sold")]
    assert (sold["number"], sold["amount"]) == ("'=1+1", "99.00")
    (less,) = [row for row in rows if (row["section"], row["item"]) == ("sales", "difference")]
    assert (less["amount"], less["text"]) == ("-1.00", "'=cmd()")
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "@", "+")]
    october = list(csv.DictReader(io.StringIO(at.done(*SHEET, "--format", "csv").out)))
    figures = {(row["section"], row["item"]): (row["sheets"], row["amount"]) for row in october}
    assert figures["total", "closing"] == ("836", "57650.00")
    assert figures["sales", "amount"] == ("320", "22960.00")
    assert figures["cash", "over_short"] == ("", "-20.00")
    assert figures["tie_out", "difference"] == ("", "0.00")


def test_written_to_a_file(at: Worked, tmp_path: Path) -> None:
    """The file holds what the screen would have shown, and the book is as it was."""
    before = at.files()
    for form in ("text", "json", "csv"):
        target = tmp_path / f"sheet.{form}"
        shown = at.done(*SHEET, "--format", form).out
        at.done(*SHEET, "--format", form, "--output", str(target))
        held = target.read_text(encoding="utf-8")
        assert (json.loads(held) == json.loads(shown)) if form == "json" else (held == shown)
    assert at.files() == before


def test_sales_and_rebates(at: Worked) -> None:
    """By client: C001 10,000; C002 1,960 + 2,000; C003 2,000 + 2,000; C004 5,000."""
    sales = at.done("report", "sales", "--month", "2026-10", "--json").json
    assert {one["client"]: (one["count"], one["sheets"], one["amount"]) for one in sales["by_client"]} == {
        "C001": (1, 100, "10000.00"), "C002": (2, 60, "3960.00"), "C003": (2, 110, "4000.00"), "C004": (1, 50, "5000.00"),
    }  # fmt: skip
    assert sales["total"] == {"count": 6, "sheets": 320, "amount": "22960.00"}
    assert len(sales["by_day"]) == 6
    rebates = at.done("report", "rebates", "--month", "2026-10", "--json").json
    assert [(one["number"], one["client"], one["sheets"], one["amount"]) for one in rebates["lines"]] == [
        ("DZ-2026-0001", "C001", 3, "300.00")
    ]
    for language in ("zh", "en"):
        at.language = language
        for name in ("sales", "rebates"):
            assert max(map(width, at.done("report", name, "--month", "2026-10").out.splitlines())) <= 80
