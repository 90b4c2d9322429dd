"""A store that starts in mid-life: cheques, payments and rebates that the opening takes over go on as if they were the book's own (V0).

The opening of 30 September 2026: 100 × 100 in the safe, of which A0001-A0050 are reserved for a cheque of 5,000.00 deposited on
the 29th; a transfer of 980.00 on its way; 2 × 100 of the rebate DZ-2026-0007 not collected; float 500.00.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.shop import Shop, open_shop

OPENING = """\
date: "2026-09-30"
finance: 陈会计
float: "500.00"
totals: 100x100
sheets:
  - {place: safe, face: "100", spans: A0001-A0100, stamps: activity, expires: "2029-12-31"}
cheques:
  - {client: C001, cheque: "88001", bank: 工商银行, drawn: "2026-09-28", amount: "5000", spans: A0001-A0050, slip: JZ-88}
pending:
  - {client: C001, amount: "980", method: transfer, paid: "2026-09-29", reference: T-1}
rebates:
  - {client: C001, control_no: DZ-2026-0007, month: 2026-08, lines: 2x100, approved: 2026-09-05, purchases: "20000"}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = open_shop(tmp_path, monkeypatch)
    (shop.root.parent / "opening.yaml").write_text(OPENING, encoding="utf-8")
    return shop


def taken_over(shop: Shop) -> Shop:
    shop.ok("opening --from ../opening.yaml --by li --reason 建账", at="2026-10-08 08:00")
    return shop


def sheet(shop: Shop) -> Any:
    return shop("reconcile --month 2026-10 --json").json


def test_open_items_are_the_months_opening(shop: Shop) -> None:
    """Cheques outstanding 5,000.00; uncollected rebates 200.00; the reserved sheets are still stock: 100 sheets."""
    taken_over(shop)
    month = sheet(shop)
    assert (month["cheques"]["opening"], month["cheques"]["outstanding"]) == ("5000.00", "5000.00")
    assert month["rebates"]["uncollected"]["opening"] == "200.00"
    assert month["total"]["closing"]["sheets"] == 100
    assert month["tie_out"]["difference"] == "0.00"
    assert shop("sale cash C001 A0001").error == "STA-01"


def test_the_cheque_clears_and_its_sheets_are_sold_in_the_new_month(shop: Shop) -> None:
    """Sold 50 sheets, 5,000.00 by a cheque that cleared; the tie-out: sold 5,000 = cleared 5,000 + 980 arrived - 980."""
    taken_over(shop)
    shop.ok("operator add cai --name 财 --role finance --by li")
    shop.ok("cheque clear 88001 --by cai")
    shop.ok("sale handover 88001")
    pending = _pending(shop)
    shop.ok(f"cash arrived {pending}")
    month = sheet(shop)
    assert (month["sales"]["sheets"], month["sales"]["amount"]) == (50, "5000.00")
    tie = month["tie_out"]
    assert (tie["cheques_cleared"], tie["arrived"], tie["pending"]) == ("5000.00", "980.00", "-980.00")
    assert tie["difference"] == "0.00"
    assert month["cheques"]["outstanding"] == "0.00"


def _pending(shop: Shop) -> str:
    """The id of the opening's payment, as `gb status` lists it."""
    found: str = shop.ok("status --json").json["open"]["pending"][0]["id"]
    return found


def test_the_rebate_is_collected_and_control_numbers_go_on_behind_it(shop: Shop) -> None:
    taken_over(shop)
    slip = shop.ok("rebate list --month 2026-08 --json").json["rebates"][0]
    assert (slip["control_no"], slip["amount"]) == ("DZ-2026-0007", "200.00")
    shop.ok(f"rebate collect {slip['id']} --vouchers A0051-A0052 --signed-by Wang")
    month = sheet(shop)
    assert (month["rebates"]["sheets"], month["rebates"]["uncollected"]["closing"]) == (2, "0.00")
    sale = shop.ok("sale transfer C001 A0053-A0100 --reference T9 --json").json["id"]
    shop.ok(f"cash arrived {sale}")
    shop.received("A0101+300")
    more = shop.ok("sale transfer C001 A0101-A0400 --reference T10 --json").json["id"]
    shop.ok(f"cash arrived {more}")
    made = shop.ok("rebate propose --client C001 --month 2026-10 --by li --json").json["id"]
    shop.ok("operator add zhang --name 张 --role manager --by li")
    approved = shop.ok(f"rebate approve {made} --by zhang --json").json
    assert approved["control_no"] == "DZ-2026-0008"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("client: C001, cheque", "client: C999, cheque", "C999"),
        ('amount: "5000"', 'amount: "5.001"', "5.001"),
        ("spans: A0001-A0050, slip", "spans: A0901-A0950, slip", "A0901"),
        ("method: transfer", "method: cowrie", "cowrie"),
        ("lines: 2x100", "lines: two", "two"),
        ("slip: JZ-88", "colour: red", "colour"),
    ],
)
def test_a_wrong_item_refuses_the_whole_opening(shop: Shop, old: str, new: str, said: str) -> None:
    file = shop.root.parent / "opening.yaml"
    file.write_text(OPENING.replace(old, new), encoding="utf-8")
    before = shop.bytes()
    ran = shop("opening --from ../opening.yaml --by li --reason 建账")
    assert ran.code in (2, 3)
    assert said in ran.err
    assert shop.bytes() == before


def test_the_same_opening_twice_records_nothing_twice(shop: Shop) -> None:
    taken_over(shop)
    before = shop.bytes()
    taken_over(shop)
    assert shop.bytes() == before
