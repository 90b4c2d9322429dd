"""What happens in a sound October, family by family: each gives its steps with their times, and any of them go together.

Every family has sheets and clients of its own, so that a fault in one says nothing about another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from ledger.book.text import whole_text
from ledger.core.forms import Pay, Record, lines_of
from ledger.core.records.receipts import Receipt
from ledger.core.spans import parse_spans
from tests.checks.sound import Month, Step, at


def counter(month: Month) -> list[Step]:
    """Opening of A0000001-0020; drawn A0000101-0200, A0000201-0210 without a stamp, A0000301-0310 that end in 2029.

    Sold for cash on the 8th: 3,990.00 before the cut-off; two sheets come back.  Voided, lost and found, counted twice.
    """

    def opening() -> None:
        head = month.put(
            "openings", "opening", "opening", by="li", finance="陈会计", lines=lines_of([(10000, 20)]), sold_lines=()
        )
        common: dict[str, Any] = {"by": "li", "ref": head.id, "face": 10000, "stamps": "activity"}
        month.put("openings", "opening-sheets", place="safe", spans="A0000001-A0000020", **common)

    def aliases() -> None:
        for name in ("alias one", "alias to drop", "alias to repeat"):
            month.put("clients", "alias", name, code="C001", alias=f"一中 {name}")
        month.put("clients", "alias", "alias in GBK", terminal="K2", code="C002", alias="二中家属院门市部")

    def draws() -> None:
        month.draw("A0000101-A0000200", "0")
        month.draw("A0000201-A0000210", "1", stamps="")
        month.draw("A0000301-A0000310", "2", expires=dt.date(2029, 12, 31))

    def sales() -> None:
        def sell(name: str, client: str, spans: str, **more: Any) -> None:
            month.put("sales", "sale", name, client=client, spans=spans, **more)

        sell("sale of expiring", "C001", "A0000301-A0000310")
        sell("sale with reason", "C001", "A0000101-A0000110", amount=99000, reason="优惠")
        sell("sale", "C001", "A0000111-A0000120", expires=dt.date(2029, 12, 31))
        sell("sale at face", "C002", "A0000121-A0000125")
        sell("sale by nobody", "C002", "A0000126-A0000130", terminal="K2")
        month.deposit(3990, 8, "deposit")

    def custody() -> None:
        for number, spans in enumerate(("A0000141", "A0000142", "A0000143")):
            approval = month.approved("void", 1, f"for void {number}")
            month.put("custody", "void", f"void {number}", spans=spans, approval=approval, reason="污损")
        approval = month.approved("lost", 1, "for lost")
        month.put("custody", "lost", "lost", spans="A0000144", approval=approval, report="BS-1", reason="遗失")
        month.put("custody", "found", "found", spans="A0000144", reason="找到")
        month.approved("gift", 1, "gift")

    return [
        (at(1), opening),
        (at(2), aliases),
        (at(3), draws),
        (at(8), sales),
        (at(9), lambda: month.put("sales", "client-return", "return", spans="A0000119-A0000120", reason="客户退券")),
        (at(12), custody),
        (at(15), lambda: month.count_safe("count of the 15th")),
        (at(31, "16:00"), lambda: month.count_safe("count")),
    ]


def drawer(month: Month) -> list[Step]:
    """A float of 300.00; 4,600.00 taken after the cut-off of the 8th and deposited on the 9th: 4,900.00 overnight.

    Counted on the 20th, nothing over or short.  200.00 by transfer on the 28th, arrived the day after.
    """

    def drawn() -> None:
        month.put("clients", "added", code="C005", unit="黄河电器")
        month.draw("D0000001-D0000060", "drawer")

    def transfer() -> None:
        month.put(
            "sales", "sale", "by transfer", client="C005", spans="D0000047-D0000048", payments=(Pay("transfer", 20000),)
        )

    return [
        (at(1, "10:00"), lambda: month.put("cash", "float", "float", amount=30000, total=30000)),
        (at(3, "10:00"), drawn),
        (at(8, "17:20"), lambda: month.put("sales", "sale", "evening", client="C005", spans="D0000001-D0000046")),
        (at(9, "08:30"), lambda: month.deposit(4600, 9, "deposit of the evening")),
        (at(20, "10:00"), lambda: month.put("cash", "count", "cash count", amount=30000, book=30000, second="钱")),
        (at(28, "10:00"), transfer),
        (
            at(29, "10:00"),
            lambda: month.put("cash", "arrived", "arrival of the transfer", ref=month.ids["by transfer"]),
        ),
    ]


def cheques(month: Month) -> list[Step]:
    """Ten sheets for 1,000.00 each: two reservations, of which the first arrives and is handed over, the other of the 30th

    is at the bank; three same-day cheques, of which one arrives, one bounces and is made good, one is of the 31st.
    """

    def drawn() -> None:
        month.put("clients", "added", code="C003", unit="长江公司")
        month.draw("C0000001-C0000100", "cheques")

    def take(label: str, number: str, spans: str, **more: Any) -> Record:
        kind = "sale" if "bank_slip" in more else "reservation"
        values = {"client": "C003", "spans": spans, "method": "cheque", "cheque": number, "bank": "工商银行", **more}
        return month.put("sales", kind, label, drawn=month.clock.time.date(), **values)

    def step(label: str, kind: str, number: str, **more: Any) -> Record:
        values = {"cheque": number, "bank": "工商银行", "drawer": "长江公司", "client": "C003", **more}
        return month.put("cheques", kind, label, **values)

    def reserve() -> None:
        take("reservation", "1001", "C0000001-C0000010")
        step("deposit of the cheque", "deposited", "1001", slip="JZ-1")

    def hand_over() -> None:
        step("arrival", "cleared", "1001", by="chen")
        month.put("sales", "handover", "handover", ref=month.ids["reservation"])

    def reserve_late() -> None:
        take("late reservation", "1003", "C0000041-C0000050")
        step("late deposit", "deposited", "1003", slip="JZ-3")

    return [
        (at(3, "11:00"), drawn),
        (at(8, "11:00"), reserve),
        (at(9, "11:00"), lambda: take("same day", "2001", "C0000011-C0000020", bank_slip="YH-1")),
        (at(13, "11:00"), hand_over),
        (at(14, "11:00"), lambda: step("arrival of the same day's", "cleared", "2001", by="chen")),
        (at(21, "11:00"), lambda: take("to bounce", "2002", "C0000021-C0000030", bank_slip="YH-2")),
        (at(23, "11:00"), lambda: step("bounce", "bounced", "2002", reason="存款不足")),
        (at(26, "11:00"), lambda: step("made good", "made-good", "2002", method="transfer")),
        (at(30, "11:00"), reserve_late),
        (at(31, "17:00"), lambda: take("last cheque", "2003", "C0000051-C0000060", bank_slip="YH-3")),
    ]


SLIPS = ("first", "second", "third", "fourth")


def rebates(month: Month) -> list[Step]:
    """Four clients buy 120, 120, 120 and 100 × 100 by transfer, and it arrives; a slip for each, three of them approved.

    ``first`` (DZ-2026-0001) is approved on the 2nd and collected on the 20th; ``second`` (0002) and ``third`` (0003) are
    approved on the 6th and not collected; ``fourth`` is only proposed.  C019 is a person whose papers were seen.
    """
    return [
        (at(1, "11:00"), lambda: _buyers(month)),
        (at(1, "12:00"), lambda: _purchases(month)),
        (at(2, "11:00"), lambda: _slips(month, ("first",), ("first",))),
        (at(6, "11:00"), lambda: _slips(month, ("second", "third", "fourth"), ("second", "third"))),
        (at(20, "11:00"), lambda: _collected(month)),
    ]


def _buyers(month: Month) -> None:
    for number in range(1, 5):
        month.put("clients", "added", code=f"C01{number}", unit=f"第{number}医院", unit_kind="institution")
    month.put("clients", "added", code="C019", unit_kind="individual", alias="老王", identified="yes")
    month.draw("B0000001-B0000500", "rebates")


def _purchases(month: Month) -> None:
    for number, name in enumerate(SLIPS):
        sheets = parse_spans(f"B{120 * number + 1:07d}-B{min(120 * number + 120, 460):07d}")
        paid = (Pay("transfer", 10000 * sheets.count),)
        client = f"C01{number + 1}"
        month.put("sales", "sale", f"sale of {name}", client=client, spans=sheets.text, payments=paid)
    for name in SLIPS:
        month.put("cash", "arrived", f"arrival of {name}", ref=month.ids[f"sale of {name}"])


def _slips(month: Month, proposed: Sequence[str], approved: Sequence[str]) -> None:
    for name in proposed:
        values: dict[str, Any] = {
            "client": f"C01{SLIPS.index(name) + 1}",
            "month": "2026-10",
            "sales": (month.ids[f"sale of {name}"],),
        }
        month.put("rebates", "proposal", name, by="sun", **values)
    for name in approved:
        month.put("rebates", "approval", f"{name} approved", by="li", ref=month.ids[name])


def _collected(month: Month) -> None:
    month.put("rebates", "notification", "notified", ref=month.ids["first"], how="电话")
    month.put("rebates", "collection", "collected", ref=month.ids["first"], spans="B0000461", signed="yes")


def theirs(month: Month) -> list[Step]:
    """E0000001-0005 sold and three of them spent at a till; E0000011-0020 drawn on the 30th.

    On the 31st finance's register comes in: a line for every receipt of the month, that of the 30th last.
    """

    def sold() -> None:
        month.put("clients", "added", "unit to rename", code="C006", unit="珠江商行")
        month.draw("E0000001-E0000010", "theirs")
        month.put("sales", "sale", "sold to be spent", client="C006", spans="E0000001-E0000005")
        month.deposit(500, 5, "deposit of the 5th")

    def spent() -> None:
        booked = dt.date(2026, 10, 24)
        month.put("redemptions", "redeemed", "spent", by="chen", booked=booked, spans="E0000001-E0000003", till="3")

    def register() -> None:
        ours = (one.record for one in whole_text(month.book).entries)
        for one in sorted((one for one in ours if isinstance(one, Receipt)), key=lambda one: one.order):
            values: dict[str, Any] = {"booked": one.date, "spans": one.spans, "lines": one.lines, "person": "陈会计"}
            month.put("finance", "receipt", f"their line of {one.spans.text}", by="chen", **values)

    return [
        (at(5, "11:00"), sold),
        (at(25, "11:00"), spent),
        (at(30, "12:00"), lambda: month.draw("E0000011-E0000020", "late")),
        (at(31, "12:00"), register),
    ]


def lawful(month: Month) -> list[Step]:
    """What the lint looks at and lets pass: 4,000.00 of a unit in cash, 9,900.00 of a person and 2 × 1,000.00 by transfer."""

    def drawn() -> None:
        month.put("clients", "added", code="C007", unit="泰山机械")
        month.put("clients", "added", code="C020", unit_kind="individual", alias="老李")
        month.put("clients", "added", code="C021", unit_kind="individual", alias="老赵", identified="yes")
        month.draw("F0000001-F0000900", "lawful")
        month.draw("G0000001-G0000002", "dear", face=100000)

    def sold() -> None:
        paid = (Pay("transfer", 990000),)
        month.put("sales", "sale", "to a unit", client="C007", spans="F0000001-F0000040")
        month.put("sales", "sale", "to a person", client="C020", spans="F0000041-F0000139", payments=paid)
        month.put("cash", "arrived", "arrival of the person's", ref=month.ids["to a person"])
        paid = (Pay("transfer", 200000),)
        month.put("sales", "sale", "dear ones", client="C007", spans="G0000001-G0000002", payments=paid)
        month.put("cash", "arrived", "arrival of the dear ones'", ref=month.ids["dear ones"])
        month.deposit(4000, 16, "deposit of the 16th")

    return [(at(5, "10:00"), drawn), (at(16, "10:00"), sold)]


def members(month: Month) -> list[Step]:
    """M0001 earns 5,000 on slip X1 and 300 on B1, gives 100 back of X1, and has a kettle for 1,000; M0002 earns 2,000 on X2.

    M0003 is blacklisted without points.  An activity of two places has one taken.
    """

    def joined() -> None:
        for number in (1, 2, 3):
            month.put("members", "registered", f"member {number}", code=f"M000{number}", identified="yes")
        for number in (1, 2):
            month.put("members", "activated", f"card {number}", code=f"M000{number}", card=f"8001000{number}")
        values: dict[str, Any] = {"starts": dt.date(2026, 10, 20), "ends": dt.date(2026, 10, 21), "quota": 1}
        month.put("activities", "planned", "activity", code="A1", title="会员日", **values)
        month.put("activities", "approved", "activity approved", by="li", code="A1")
        month.put("activities", "entered", "entered", code="A1", member="M0001")

    def earned() -> None:
        month.put("points", "earned", "earned", member="M0001", points=5000, slip="X1")
        month.put("points", "earned", "earned of 2", member="M0002", points=2000, slip="X2")
        month.put("points", "topped-up", "topped up", member="M0001", points=300, slip="B1")
        month.put("points", "returned", "returned", member="M0001", points=100, slip="R1", original="X1")

    def awarded() -> None:
        month.put("points", "notified", "told", member="M0001", how="电话")
        for number in (1, 2):
            month.put("points", "id-checked", f"checked {number}", member=f"M000{number}", document="身份证")
        award = month.put("points", "award", "award", member="M0001", points=1000, goods="电水壶")
        month.put("points", "goods-handed-over", "goods", ref=award.id)
        month.put("members", "blacklisted", "blacklisted", code="M0003", operator="wang", reason="刷分")

    return [(at(5, "14:00"), joined), (at(9, "14:00"), earned), (at(20, "14:00"), awarded)]


EVERYTHING = (counter, drawer, cheques, rebates, theirs, lawful, members)
