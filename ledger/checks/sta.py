"""STA: custody steps.  The judge finds the illegal ones; here: expired sheets still in the safe (STA-03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.checks.explained import Explained
from ledger.core.findings import Finding, trouble
from ledger.core.judge import short, typed
from ledger.core.money import yuan
from ledger.core.spans import Span, SpanSet
from ledger.core.words import Words
from ledger.folds.stock import OnHand

CODES: dict[str, Explained] = {
    "STA-01": Explained(
        Words("券的去向不合规", "illegal custody step"),
        Words(
            "按券（或支票）当时的状态，这一步不能做：未领、已作废、已预留给别人、已冻结；支票未送存、已到帐……",
            "the step was not allowed from where the sheet or cheque was: never received, void, reserved for another, "
            "frozen; a cheque not deposited, or cleared already",
        ),
        Words(
            "号码打错、漏登前一步、两台终端同时动了同一张券",
            "a mistyped serial, an earlier step not entered, two terminals on the same sheet",
        ),
        Words(
            "用 gb voucher trace 看这张券，冲销错的一条",
            "look at the sheet with gb voucher trace, and reverse the wrong record",
        ),
    ),
    "STA-02": Explained(
        Words("交付时缺章", "a stamp is missing at handover"),
        Words("券上没有活动专用章就交给了客户", "the sheet went to a client without the activity stamp"),
        Words("领券时没有盖章，或盖了没有登记", "it was not stamped on receipt, or the stamping was not entered"),
        Words("核实后补登盖章，或冲销后重新登记", "enter the stamping, or reverse and enter again"),
    ),
    "STA-03": Explained(
        Words("过期券", "expired sheet"),
        Words(
            "券过了截止日期后售出，或仍在保险柜", "a sheet was sold after its expiry date, or still lies in the safe"
        ),
        Words("没有及时退回财务", "it was not handed back to finance in time"),
        Words("退回财务：gb voucher return", "hand it back: gb voucher return"),
    ),
    "STA-04": Explained(
        Words("退回的券没有重新盖日期章", "returned sheet without a new date stamp"),
        Words(
            "客户退回的券再次售出前要盖新的日期章",
            "a sheet that a client returned needs a new date stamp before it is sold again",
        ),
        Words("退券后直接放回柜台", "it went straight back to the counter"),
        Words("gb voucher stamp 券号 --stamp date", "gb voucher stamp SPANS --stamp date"),
    ),
}


def expired(state: OnHand, until: dt.date) -> Iterator[Finding]:
    """Sheets in the safe whose last day (inclusive) lies before ``until``: one finding per face and expiry date."""
    groups: dict[tuple[int, dt.date], list[Span]] = {}
    for span, sheet in state.on_hand():
        if sheet.place == "safe" and sheet.expires is not None and sheet.expires < until:
            groups.setdefault((sheet.face, sheet.expires), []).append(span)
    for (face, day), found in sorted(groups.items()):
        spans = SpanSet.of(found)
        words = Words(
            f"面值 {yuan(face)} 的券 {short(spans)} 已于 {day} 过期，仍在保险柜",
            f"{short(spans)} of {yuan(face)} expired on {day} and still lie in the safe",
        )
        next_ = (f"gb voucher return {typed(spans)} --reason '…'",)
        yield trouble("STA-03", words, subject=spans.text, serials=spans.text, next=next_)
