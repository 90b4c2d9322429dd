"""October 2026 of one store, worked out by hand: every step through the real commands, every figure of the month's sheet.

                             200      100       50       20    sheets        yuan
    opening                           120       60                180   15,000.00
    + received                        500      200      300     1,000   66,000.00
    + client returns                    1                           1      100.00
    - sold, cash                       50                          50    5,000.00
    - sold, transfer                            40                 40    2,000.00  (for 1,960.00)
    - sold, cheque                    100                         100   10,000.00
    - sold, same-day cheque            20                          20    2,000.00  (bounced on the 20th)
    - sold, re-faced          10                                   10    2,000.00
    - sold at 17:20                                      100      100    2,000.00
    - rebated                           3                           3      300.00
    - back to finance                           20                 20    1,000.00
    - void                              1                           1      100.00
    - lost                                       1                  1       50.00
    + re-faced in             10                                   10    2,000.00
    - re-faced out                     10                          10    1,000.00
    closing                    0      437      199      200       836   57,650.00

R3: 5,000 + 1,960 + 10,000 + 2,000 + 2,000 + 2,000 = 22,960.00 and 50 + 40 + 100 + 20 + 10 + 100 = 320 sheets; their face value
is 23,000.00, 40.00 less was paid.  Without the change of face the 320 sheets would be worth 1,000.00 less.
R5: 437 × 100 + 199 × 50 + 200 × 20 = 43,700 + 9,950 + 4,000 = 57,650.00; of the 437, 30 are reserved for the cheque of the 29th.

R8: 22,960.00 = cash 7,000 + arrived 3,960 (transfer 1,960, card 2,000) + cheques cleared 10,000 + cheques outstanding 3,000 +
receivable 2,000 - paid, not handed over 3,000.  The refund of 100.00 stands apart: finance pays it.
Cash: 500 float + 5,000 + 2,000 received - 20 short - 5,000 - 1,980 deposited = 500.00.
Cheques: 10,000 + 2,000 + 3,000 received - 10,000 cleared - 2,000 bounced = 3,000.00 outstanding.
Rebates: the ladder of October gives 3 % from 10,000.00: on the 10,000.00 that arrived 300.00, three sheets of 100.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.counter import english_again
from tests.cli.worked import Worked, worked


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Worked]:
    """18:00 of 31 October."""
    yield worked(tmp_path)
    english_again()


@pytest.fixture
def after(tmp_path: Path) -> Iterator[Worked]:
    """3 November, October closed and signed."""
    yield worked(tmp_path, closed=True)
    english_again()


def sheet(at: Worked, month: str = "2026-10") -> Any:
    return at("reconcile", "--month", month, "--json").json


# -- the six points ------------------------------------------------------------------------------------------------------


def test_every_line_of_every_face(at: Worked) -> None:
    """R1, R2, R5, R7, and what was counted."""
    found = sheet(at)
    assert {
        face["face"]: {name: n for name, n in face.items() if n and name not in ("face", "held")} for face in found["faces"]
    } == {
        "200.00": {"sold": 10, "refaced_in": 10},
        "100.00": {"opening": 120, "received": 500, "client_returned": 1, "sold": 170, "rebated": 3, "void": 1,
                   "refaced_out": 10, "closing": 437, "counted": 437},
        "50.00": {"opening": 60, "received": 200, "sold": 40, "returned_to_finance": 20, "lost": 1, "closing": 199,
                  "counted": 199},
        "20.00": {"received": 300, "sold": 100, "closing": 200, "counted": 200},
    }  # fmt: skip
    assert {name: (one["sheets"], one["value"]) for name, one in found["total"].items() if one["sheets"]} == {
        "opening": (180, "15000.00"), "received": (1000, "66000.00"), "client_returned": (1, "100.00"),
        "sold": (320, "23000.00"), "rebated": (3, "300.00"), "returned_to_finance": (20, "1000.00"),
        "void": (1, "100.00"), "lost": (1, "50.00"), "refaced_in": (10, "2000.00"), "refaced_out": (10, "1000.00"),
        "closing": (836, "57650.00"), "counted": (836, "57650.00"),
    }  # fmt: skip


def test_what_was_sold_with_the_change_of_face_explained(at: Worked) -> None:
    """R3."""
    sales = sheet(at)["sales"]
    assert (sales["count"], sales["sheets"], sales["amount"]) == (6, 320, "22960.00")
    assert (sales["face_value"], sales["difference"]) == ("23000.00", "-40.00")
    assert sales["by_pay"] == {"cash": "7000.00", "transfer": "1960.00", "cheque": "12000.00", "pos": "2000.00"}
    assert sales["reasons"] == [
        {"id": "SA20261009-K1-0001", "difference": "-40.00", "reason": "大宗优惠2%", "approval": None}
    ]
    assert sales["face_changes"] == [
        {"id": "CU20261019-K1-0001", "spans": "A0010241-A0010250", "from": "100.00", "to": "200.00", "sheets": 10,
         "difference": "1000.00", "reason": "客户要大面额", "approval": "RQ20261019-K1-0001"}
    ]  # fmt: skip
    assert sales["returns"] == {"count": 1, "amount": "100.00", "sheets": 1, "reasons": []}


def test_the_money_ties_to_the_fen(at: Worked) -> None:
    """R8: 7,000 + 3,960 + 10,000 + 3,000 + 2,000 - 3,000 = 22,960."""
    assert {name: fen for name, fen in sheet(at)["tie_out"].items() if fen != "0.00"} == {
        "sold": "22960.00", "cash": "7000.00", "arrived": "3960.00", "cheques_cleared": "10000.00",
        "cheques_outstanding": "3000.00", "receivable": "2000.00", "paid_not_handed_over": "3000.00", "refunds": "100.00",
    }  # fmt: skip


def test_cash_cheques_and_rebates(at: Worked) -> None:
    found = sheet(at)
    assert {name: fen for name, fen in found["cash"].items() if fen != "0.00"} == {
        "opening": "500.00", "received": "7000.00", "deposited": "6980.00", "over_short": "-20.00", "closing": "500.00",
    }  # fmt: skip
    cheques = found["cheques"]
    names = ("opening", "received", "deposited", "cleared", "bounced", "made_good", "given_back", "outstanding")
    assert [cheques[name] for name in names] == [
        "0.00", "15000.00", "15000.00", "10000.00", "2000.00", "0.00", "0.00", "3000.00",
    ]  # fmt: skip
    rebates = found["rebates"]
    assert (rebates["count"], rebates["amount"], rebates["sheets"]) == (1, "300.00", 3)
    assert rebates["control_nos"] == ["DZ-2026-0001"]
    assert (rebates["slips"]["count"], rebates["slips"]["amount"]) == (1, "300.00")
    assert rebates["uncollected"] == {
        **rebates["uncollected"], "opening": "0.00", "approved": "300.00", "collected": "300.00", "closing": "0.00",
    }  # fmt: skip


def test_the_findings_are_the_facts(at: Worked) -> None:
    """The bounce (an error, twenty sheets frozen at the client's) and the twenty yuan; nothing else."""
    found = sheet(at)["findings"]
    assert [(one["code"], one["severity"], one["serials"]) for one in found] == [
        ("CSH-03", "warning", ""), ("CHQ-02", "error", "A0010221-A0010240"),
    ]  # fmt: skip
    checked = at("check", "--json").json["findings"]
    assert sorted(one["code"] for one in checked) == ["CHQ-02", "CSH-03"]


# -- the notices ---------------------------------------------------------------------------------------------------------


def listed(at: Worked) -> dict[str, list[Any]]:
    """Every notice of October by its day, in the order of their numbers."""
    found: dict[str, list[Any]] = {}
    for one in at("notice", "list", "--month", "2026-10", "--json").json["notices"]:
        found.setdefault(one["date"], []).append(at("notice", "show", one["number"], "--json").json)
    return found


def test_the_notice_run_twice_is_byte_identical(at: Worked) -> None:
    """Any day's notice, printed again ten days later: the same bytes, nothing written."""
    at.language = "zh"
    before = at.files()
    again = at.done("notice", "--date", "2026-10-09", at="2026-10-31 18:00")
    assert again.out == at.done("notice", "--date", "2026-10-09", at="2026-10-31 18:05").out
    assert at.files() == before


def test_the_supplement_lists_only_the_late_sale(at: Worked) -> None:
    """21 October: a nil notice at 17:00, and at 17:30 the sale of 17:20 alone; every other day has one notice."""
    days = listed(at)
    first, second = days.pop("2026-10-21")
    assert (first["supplement"], first["sheets"]) == (False, 0)
    assert (second["supplement"], second["sheets"], second["amount"]) == (True, 100, "2000.00")
    assert [(one["id"], one["spans"]) for one in second["sales"]] == [("SA20261021-K1-0001", "D0030001-D0030100")]
    assert {len(notices) for notices in days.values()} == {1}


def test_every_trading_day_has_its_notice(at: Worked) -> None:
    """31 days; the 24th to 26th were missed and caught up on the 27th, itself a nil day."""
    days = listed(at)
    assert sorted(days) == [f"2026-10-{day:02d}" for day in range(1, 32)]
    caught = [days[f"2026-10-{day}"][0] for day in (24, 25, 26, 27)]
    assert [(one["sheets"], one["amount"], one["other"], one["at"][:10]) for one in caught] == [
        (0, "0.00", [], "2026-10-27")
    ] * 4
    assert [(one["what"], one["spans"]) for one in days["2026-10-20"][0]["other"]] == [("frozen", "A0010221-A0010240")]


# -- closed, and corrected afterwards --------------------------------------------------------------------------------------


def test_the_closing_has_the_answer_and_both_signatures(after: Worked) -> None:
    found = sheet(after)
    assert found["closed"] is True
    bounced = next(one for one in found["findings"] if one["code"] == "CHQ-02")
    assert (bounced["disposition"]["by"], bounced["disposition"]["due"]) == ("sun", "2026-11-20")
    assert [one["as"] for one in found["signatures"]] == ["department", "finance"]
    assert after("check", "CLS").out == ""


def test_a_correction_in_november_disturbs_nothing_of_november(after: Worked) -> None:
    """R9: the 17:20 sale is undone (+100 × 20, -2,000.00), and a mistyped sheet of the first sale put right (+1, -1).

    November has one sale of its own, 10 × 100, and a receipt of 5 × 100: sold 10 and 1,000.00, received 5; closing
    836 + 100 + 5 - 10 = 931 sheets, 57,650 + 2,000 + 500 - 1,000 = 59,150.00.
    """
    october = after("reconcile", "--month", "2026-10", "--json").json
    after.type("""
@ 2026-11-03 09:00 wang
request correction 1x100 --reason 券号录错
request voucher 5x100 --reason 补券
@ 2026-11-03 09:10 li
request approve RQ-1
request approve RQ-2
@ 2026-11-03 09:20 wang
correct SA20261008-K1-0001 --out A0010049 --in A0010051 --reason 券号录错 --approval RQ-1
voucher receive A0010621-A0010625 --face 100 --request RQ-2 --finance 钱宁 --expires 2029-12-31 --stamped
sale transfer C003 A0010060-A0010069 --amount 1000 --reference TT-1103
cash arrived SA-2
@ 2026-11-03 09:30 sun
reverse SA20261021-K1-0001 --reason 客户撤单
""")
    november = sheet(after, "2026-11")
    assert (november["sales"]["count"], november["sales"]["sheets"], november["sales"]["amount"]) == (1, 10, "1000.00")
    total = {name: (one["sheets"], one["value"]) for name, one in november["total"].items() if one and one["sheets"]}
    assert total == {
        "opening": (836, "57650.00"), "received": (5, "500.00"), "sold": (10, "1000.00"), "prior_period": (100, "2000.00"),
        "closing": (931, "59150.00"),
    }  # fmt: skip
    assert {(one["ref"], one["sheets"], one["amount"]) for one in november["prior_period"]} == {
        ("SA20261008-K1-0001", 0, "0.00"), ("SA20261021-K1-0001", 100, "-2000.00"),
    }  # fmt: skip
    assert november["tie_out"]["difference"] == "0.00"
    due = after.done("rebate", "due", "--month", "2026-11", "--json").json["due"]
    assert [(one["client"], one["base"]) for one in due] == [("C003", "1000.00")]
    assert after("reconcile", "--month", "2026-10", "--json").json == october
