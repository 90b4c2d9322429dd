"""A year of real purchases and returns as members' points, against an independent calculation over the same file.

The file is ``invoices.csv`` of the public “Online Retail” data set.  Each customer is a member, each invoice with a customer
an earn, or below zero a return; a point is a whole pound of the invoice's pence, toward zero.  Returns name no invoice, and
some take back what was bought before the file begins: both are reported, and no balance is cut off.
"""

from __future__ import annotations

import csv
import os
import warnings
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.counter import Counter as Desk
from tests.cli.counter import Result, begin

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("GB_REAL_DATA") or ROOT / "../shared/data/online-retail/invoices.csv")
MEMBERS = "fields:\n  code: CustomerID\nwhen:\n  - {column: CustomerID, filled: yes}\n"
POINTS = """\
fields:
  at: {column: FirstLineAt, format: "%Y-%m-%d %H:%M:%S"}
  member: CustomerID
  amount: {column: AmountMills, divide: 1000}
  slip: InvoiceNo
when:
  - {column: CustomerID, filled: yes}
"""


class Expected(NamedTuple):
    """What the file comes to."""

    members: int
    earned: int
    returned: int
    purchases: int
    returns: int
    balances: dict[str, int]
    dips: int
    """Returns that took a member below zero, or further below."""


def by_decimal() -> Expected:
    """By the csv module and decimal numbers; rows in the order of the file, which is that of time."""
    balances: Counter[str] = Counter()
    earned = returned = purchases = returns = dips = 0
    with DATA.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["CustomerID"]:
                continue
            pounds = (Decimal(row["AmountMills"]) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
            points, below = int(pounds), pounds < 0  # int() drops toward zero
            balances[row["CustomerID"]] += points
            purchases, returns = purchases + (not below), returns + below
            earned, returned = earned + max(points, 0), returned - min(points, 0)
            dips += points < 0 and balances[row["CustomerID"]] < 0
    return Expected(len(balances), earned, returned, purchases, returns, dict(balances), dips)


@pytest.fixture(scope="module")
def expected() -> Expected:
    """What the program must come to; skips when the file is not there."""
    if not DATA.is_file():
        message = f"NO REAL DATA: {DATA} is missing; a year of real points was NOT replayed (set GB_REAL_DATA)"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return by_decimal()


@pytest.fixture(scope="module")
def desk(expected: Expected, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A book with every customer and every invoice."""
    assert expected.purchases
    folder = tmp_path_factory.mktemp("points")
    here = begin(folder / "book", "2010-11-30")
    (folder / "members.csv").write_text(
        "CustomerID\n" + "".join(f"{code}\n" for code in sorted(expected.balances)), encoding="utf-8"
    )
    (folder / "members.yaml").write_text(MEMBERS, encoding="utf-8")
    (folder / "points.yaml").write_text(POINTS, encoding="utf-8")
    here.done("import", "members", str(folder / "members.csv"), "--map", str(folder / "members.yaml"), by="li")
    done = _import(here, folder)
    assert done.code == 0, done.err[-2000:]
    return here


def _import(here: Desk, folder: Path) -> Result:
    """The rows have their own time, so the command is given none."""
    from tests.cli.counter import gb

    mapping = str(folder / "points.yaml")
    shared = ("--book", str(here.book), "--terminal", "K1", "--by", "li", "--lang", "en")
    return gb("import", "points", str(DATA), "--map", mapping, *shared)


def test_every_balance_is_that_of_the_file(desk: Desk, expected: Expected) -> None:
    listed = desk.done("member", "list", "--json", at="2011-12-31 12:00").json["members"]
    assert {one["member"]: one["balance"] for one in listed} == expected.balances
    assert min(expected.balances.values()) < 0, "the data has balances below zero"


def test_the_months_roll_forward_to_the_totals_of_the_file(desk: Desk, expected: Expected) -> None:
    """December 2010 to December 2011: each opening is the closing before; the sums are those of the file."""
    earned = returned = purchases = returns = closing = 0
    for month in ["2010-12", *(f"2011-{number:02d}" for number in range(1, 13))]:
        found = desk.done("report", "points", "--month", month, "--json", at="2012-01-05 12:00").json
        assert (found["opening"], found["difference"]) == (closing, 0)
        closing = found["closing"]
        earned, returned = earned + found["earned"], returned + found["returned"]
        purchases, returns = purchases + found["purchases"], returns + found["returns"]
    assert (earned, returned, purchases, returns) == (
        expected.earned, expected.returned, expected.purchases, expected.returns
    )  # fmt: skip
    assert closing == sum(expected.balances.values())
    assert found["below_zero"] == sum(balance < 0 for balance in expected.balances.values())


def test_returns_without_a_purchase_and_balances_below_zero_are_told(desk: Desk, expected: Expected) -> None:
    """PTS-07 for every return, since none names its invoice; PTS-03 for each that took a member below zero."""
    found = desk("check", "PTS", "--json", at="2011-12-31 12:00")
    codes = Counter(one["code"] for one in found.json["findings"])
    assert found.code == 1
    assert codes == {"PTS-07": expected.returns, "PTS-03": expected.dips}


def test_the_same_file_again_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    before = desk.files()
    (tmp_path / "points.yaml").write_text(POINTS, encoding="utf-8")
    assert _import(desk, tmp_path).code == 0
    assert desk.files() == before
