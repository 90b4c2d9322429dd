"""领券登记表 receipts: sheets drawn from finance on an approved request, checked and signed for by both (V3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec

from ledger.core.approvals import Request, judge_approval, use_request
from ledger.core.custody import ACTIVITY, DRAWN_FOR, STAMP_WORDS, Sheet, legal, moved
from ledger.core.errors import Usage
from ledger.core.findings import Finding, trouble
from ledger.core.forms import (
    DAY,
    RECORD,
    SERIALS,
    SHEETS,
    TEXT,
    YES,
    YUAN,
    Journal,
    Line,
    Lines,
    Record,
    Touch,
    word,
)  # fmt: skip
from ledger.core.judge import judge_sheets
from ledger.core.money import yuan
from ledger.core.paper import VALUE, Paper
from ledger.core.postings import Posting, safe_in
from ledger.core.records.corrections import ReceiptCorrection
from ledger.core.registers import enter, entered
from ledger.core.rules import Rules
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.words import Words


class Receipt(Record, frozen=True, kw_only=True):
    """Sheets come from finance into the safe.

    ``sheets`` repeats the count of the spans: the quantity both sides checked.  ``seal`` asserts the finance manager's
    name seal on every sheet; ``stamps`` is set when the activity stamp was put on at once (V4).
    """

    KIND = "receipt"
    WORDS = Words("领券登记", "receipt")
    RANK = 20
    ACT = "receive"
    PAPERS = (
        Paper(
            name="receipt", title=Words("领券登记表", "Register of vouchers received"), size="A4",
            fields=(
                "date", "request", "finance", "purpose", "face", "sheets", "seal", "stamps", "expires", "lines", "spans",
                VALUE, "reason", "note",
            ),
            totals=("value",),
            choices={"purpose": DRAWN_FOR, "stamps": STAMP_WORDS},
            signs=(Words("领券人", "received by"), Words("财务经办人", "finance"), Words("财务经理（人名章）", "finance manager (seal)")),
        ),
    )  # fmt: skip

    request: Annotated[str, RECORD, Words("请示单编号", "request")]
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    face: Annotated[int, YUAN, Words("面值", "face value")]
    sheets: Annotated[int, SHEETS, Words("张数", "sheets")]
    finance: Annotated[str, TEXT, Words("财务经办人", "finance's name")]
    seal: Annotated[str, YES, Words("人名章已核对", "name seal checked")]
    purpose: Annotated[str, word("sale", "rebate"), Words("用途", "purpose")] = "sale"
    stamps: Annotated[str, word("activity"), Words("已盖章", "stamped")] = ""
    expires: Annotated[dt.date | None, DAY, Words("截止日期", "expiry date")] = None

    @property
    def lines(self) -> Lines:
        """The quantity as a line of the form."""
        return (Line(self.face, self.sheets),)

    @property
    def value(self) -> int:
        """Face value of the sheets, in fen."""
        return self.face * self.sheets

    def touches(self) -> Touch:
        """The sheets, the request drawn upon, and the line of the register."""
        return Touch(self.spans, (("Request", self.request), entered(self)))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Face from the request when it names one only, finance's name from 备券, the count from the spans."""
        request = state.thing(Request, values.get("request", ""))
        if request is not None and "face" not in values and len(request.lines) == 1:
            values["face"] = request.lines[0].face
        if request is not None and request.finance:
            values.setdefault("finance", request.finance)
        if "face" not in values:
            raise Usage(Words("缺少面值", "the face value is missing"), next=("--face 100",))
        return {"sheets": values["spans"].count, "seal": "yes", **values}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 not with finance; APR-01, APR-03; REC-03 the count is not that of the spans."""
        yield from judge_sheets("receipt", self.spans, state, self.id)
        yield from judge_approval(self.request, ("voucher",), self.lines, state, self.id)
        if self.face <= 0:
            words = Words(f"面值要大于零：{yuan(self.face)}", f"a face value must be above zero: {yuan(self.face)}")
            yield trouble("REC-03", words, subject=self.id, serials=self.spans.text)
        if self.sheets != self.spans.count:
            words = Words(
                f"登记 {self.sheets} 张，券号共 {self.spans.count} 张",
                f"{self.sheets} sheets recorded, the serials are {self.spans.count}",
            )
            yield trouble("REC-03", words, subject=self.id, serials=self.spans.text)

    def apply(self, state: State) -> None:
        """The sheets are in the safe, with the name seal."""
        fresh = Sheet(face=self.face, expires=self.expires, purpose=self.purpose)
        if self.stamps:
            fresh = msgspec.structs.replace(fresh, stamps=ACTIVITY)
        arrived = moved("receipt", fresh)
        state.change(self.spans, lambda sheet: arrived if legal("receipt", sheet) else sheet)
        use_request(self.request, self.lines, state)
        enter(self, "receipt", state, spans=self.spans, lines=self.lines, numbers=(self.request,))

    def postings(self) -> Sequence[Posting]:
        """Finance's sheets into the safe."""
        return safe_in(self.lines, "vouchers:received")


JOURNAL = Journal("receipts", "RC", "yaml", Words("领券登记表", "receipts"), (Receipt, ReceiptCorrection))
