"""The cash drawer as the state knows it: what a count left open, what staff owe, which slips are used; and the cash day.

The drawer holds two pots: the takings (account CASH) and the float that finance entrusts (FLOAT).  Both are balances of
postings; here is only what must be known one by one (N3, N4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record
from ledger.core.rules import Rules
from ledger.core.state import Thing
from ledger.core.words import Words

FROM_FLOAT, FROM_TAKINGS = "float", "cash"
POTS: dict[str, Words] = {
    FROM_FLOAT: Words("备用金", "the float"),
    FROM_TAKINGS: Words("货款", "the takings"),
}
PURPOSES: dict[str, Words] = {"travel": Words("差旅", "travel"), "purchase": Words("采购", "purchase")}
WAYS: dict[str, Words] = {
    "paid-in": Words("补交", "paid in"),
    "paid-out": Words("退还", "paid out"),
    "written-off": Words("核销", "written off"),
}


class OverShort(Thing, frozen=True, kw_only=True):
    """What a cash count left in suspense and nobody has settled (fen): short is positive, over negative (N3)."""

    amount: int
    date: str

    @property
    def settled(self) -> bool:
        """Whether all of it is paid in, paid out or written off."""
        return not self.amount


class Advanced(Thing, frozen=True, kw_only=True):
    """Cash that a member of staff has not accounted for (fen); ``due`` inclusive, as text (N4)."""

    staff: str
    amount: int
    source: str
    due: str

    @property
    def settled(self) -> bool:
        """Whether it is all returned or spent against receipts."""
        return not self.amount


class CashSlip(Thing, frozen=True, kw_only=True):
    """An internal deposit slip 内部进帐单 by its number as :func:`ledger.core.text.paper_number` has it: used once (S3)."""

    CARRY = False

    deposit: str


def cash_day(record: Record, rules: Rules) -> dt.date:
    """The cash day that a record's money belongs to: what comes after the cut-off is the next trading day's (N1).

    An entry that is dated back belongs to the day it is dated.  A store without the rule has days that end at midnight.
    """
    if record.at.date() != record.date:
        return record.date
    ends = rules.cut_off(record.date)
    return rules.next_trading_day(record.date) if ends is not None and record.at.time() > ends else record.date


def judge_pot(
    source: str, allowed: Sequence[str], subject: str, broken: Sequence[Words] = ()
) -> Iterator[Finding]:  # fmt: skip
    """CSH-04, once for all that is wrong: also where the pot may not pay this, above all takings spent 坐支 (N4)."""
    reasons = list(broken)
    if source not in allowed:
        pot = POTS[source]
        reasons.append(Words(f"不能从{pot.zh}支付（收支两条线）", f"may not be paid from {pot.en}"))
    if reasons:
        words = Words(
            "现金支付不合规定：" + "，".join(one.zh for one in reasons),
            "cash paid against the rules: " + ", ".join(one.en for one in reasons),
        )
        hints = tuple(f"--from {pot}" for pot in allowed if source not in allowed)
        yield trouble("CSH-04", words, subject=subject, next=hints or ("gb explain CSH-04",))
