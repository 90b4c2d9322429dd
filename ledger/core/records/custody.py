"""券保管 custody: what happens to sheets between receipt and sale (V4–V7): stamps, returns, void, lost, found, counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from ledger.core.approvals import Request, judge_approval, use_request
from ledger.core.custody import IN_SAFE, STAMP_LETTERS, stamped
from ledger.core.errors import Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import (
    CODE,
    LINES,
    RECORD,
    SERIALS,
    TEXT,
    YUAN,
    Codec,
    Journal,
    Line,
    Lines,
    Record,
    Touch,
    lines_of,
    sheets_of,
    word,
)  # fmt: skip
from ledger.core.judge import change_legal, faces_of, judge_lines, judge_marks, judge_sheets
from ledger.core.money import parse_yuan, yuan
from ledger.core.parties import Operator, Terminal
from ledger.core.postings import Posting, safe_in, safe_out
from ledger.core.records.exchange import KINDS as OUTFLOWS
from ledger.core.registers import enter, entered
from ledger.core.rules import Approvals, Rules
from ledger.core.rules import Count as CountRule
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.core.words import Words

COMMON = "safe"
"""In place of a terminal: the sheets are every terminal's to sell."""


def _scope(text: str) -> str:
    """``all``, ``void``, or face values separated by a space."""
    if text not in ("all", "void") and text != " ".join(yuan(parse_yuan(face)) for face in text.split(" ")):
        raise ValueError("all, void or face values")
    return text


SCOPE = Codec(
    "scope", _scope, str, r"^(all|void|[0-9]+\.[0-9]{2}( [0-9]+\.[0-9]{2})*)$", Words("范围", "all, void or faces")
)


class SheetStep(Record, frozen=True, kw_only=True):
    """A custody step on sheets.  ``lines`` stores their faces as entry found them; ``STEP`` is the row of the table."""

    STEP: ClassVar[str] = ""
    RANK = 30
    NEEDS_REASON = True

    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")]

    @property
    def approval_id(self) -> str:
        """The request it relies on, or empty."""
        return getattr(self, "approval", "")

    def touches(self) -> Touch:
        """The sheets, and the request drawn upon."""
        things = (("Request", self.approval_id),) if self.approval_id else ()
        return Touch(self.spans, things)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The faces as the book has them."""
        lines = faces_of(values["spans"], state)
        return {"lines": tuple(line for line in lines if line.face), **values}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """The custody table, the approval where the store's rule asks for one, the stored faces."""
        illegal = list(judge_sheets(self.STEP, self.spans, state, self.id))
        yield from illegal
        if self.approval_id or self.KIND in rules.on(Approvals, self.date).needed:
            client = getattr(self, "client", "")
            yield from judge_approval(self.approval_id, self.PURPOSES, self.lines, state, self.id, client=client)
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)

    def apply(self, state: State) -> None:
        """Move the sheets by the table."""
        change_legal(self.STEP, self.spans, state)
        use_request(self.approval_id, self.lines, state)


class Stamp(SheetStep, frozen=True, kw_only=True):
    """The activity stamp 活动专用章 or an explicit date stamp 日期章 (V4)."""

    KIND = "stamp"
    STEP = "stamp"
    WORDS = Words("盖章", "stamp")
    HELP = Words("在库存券上盖活动专用章或日期章", "put the activity or the date stamp on sheets in the safe")
    ACT = "stamp"
    NEEDS_REASON = False

    stamp: Annotated[str, word(*STAMP_LETTERS), Words("印章", "stamp")]

    def apply(self, state: State) -> None:
        """Put the stamp on the sheets in the safe."""
        state.change(self.spans, lambda sheet: stamped(sheet, self.stamp) if sheet.state in IN_SAFE else sheet)


class IssueToTerminal(SheetStep, frozen=True, kw_only=True):
    """发给终端: sheets that only one terminal sells, so that clones apart from each other never sell the same sheet.

    ``terminal`` is its code, or ``safe``: every terminal may sell them again.  The sheets stay where they are.
    """

    KIND = "issue-to-terminal"
    STEP = "issue-to-terminal"
    WORDS = Words("发给终端", "issue to a terminal")
    HELP = Words(
        "把一段券号发给一个终端，只由它售出；--to - 收回",
        "issue serials to one terminal, which alone sells them; --to - takes them back",
    )
    ACT = "custody"

    to: Annotated[str, CODE, Words("终端，- 为收回", "the terminal; - takes them back")]

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The terminal's code as registered; raises :class:`Unknown`."""
        code = str(values["to"]).upper()
        if code in ("-", COMMON.upper()):
            return {**super().resolve(values, state, rules), "to": COMMON}
        terminal = state.thing(Terminal, code)
        if terminal is None or terminal.retired:
            why = Words("已停用", "is retired") if terminal else Words("没有登记", "is not registered")
            words = Words(f"终端 {code} {why.zh}", f"terminal {code} {why.en}")
            raise Unknown(words, next=("gb terminal list", "--to -"))
        return {**super().resolve(values, state, rules), "to": code}

    def apply(self, state: State) -> None:
        """The sheets are that terminal's to sell."""
        change_legal(self.STEP, self.spans, state, tied="" if self.to == COMMON else self.to)


class ReturnToFinance(SheetStep, frozen=True, kw_only=True):
    """Sheets go back to finance; void sheets handed back are a memo, since void took them out of the stock (V5)."""

    KIND = "return-to-finance"
    STEP = "return-to-finance"
    WORDS = Words("退回财务", "return to finance")
    HELP = Words("把券退回财务（作废券也由此交回）", "hand sheets back to finance, void ones too")
    ACT = "custody"
    RANK = 32

    finance: Annotated[str, TEXT, Words("财务经办人", "finance's name")] = ""
    void_lines: Annotated[Lines, LINES, Words("其中作废", "of which void")] = ()

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Stock and void sheets apart."""
        pieces = state.pieces(values["spans"])
        void = lines_of((p.sheet.face, p.span.count) for p in pieces if p.sheet.place == "void")
        return {"void_lines": void, **super().resolve(values, state, rules)}

    def touches(self) -> Touch:
        """As every step, and the line of the register."""
        touch = super().touches()
        return touch._replace(things=(*touch.things, entered(self)))

    def apply(self, state: State) -> None:
        """With finance again; finance's register has it too."""
        super().apply(state)
        enter(self, "return", state, spans=self.spans, lines=self.lines)

    def postings(self) -> Sequence[Posting]:
        """Out of the safe to finance, without the void sheets."""
        void = dict(self.void_lines)
        lines = lines_of((face, sheets - void.get(face, 0)) for face, sheets in self.lines)
        return safe_out(lines, "vouchers:returned-to-finance")


class Void(SheetStep, frozen=True, kw_only=True):
    """作废: a spoilt sheet; it stays in the safe, counted apart, until handed back (V5)."""

    KIND = "void"
    STEP = "void"
    PURPOSES = ("void",)
    WORDS = Words("作废", "void")
    HELP = Words("作废：券留在保险柜，另行清点", "make sheets void; they stay in the safe, counted apart")
    ACT = "custody"
    NOTICE = "void"

    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    def postings(self) -> Sequence[Posting]:
        """Out of the stock."""
        return safe_out(self.lines, "vouchers:void")


class Lost(SheetStep, frozen=True, kw_only=True):
    """遗失, with the number of the loss report (V5)."""

    KIND = "lost"
    STEP = "lost"
    PURPOSES = ("lost",)
    WORDS = Words("遗失", "lost")
    HELP = Words("登记遗失，写明报失单号", "report sheets as lost, with the loss report number")
    ACT = "custody"
    NOTICE = "lost"

    report: Annotated[str, TEXT, Words("报失单号", "loss report number")]
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    def postings(self) -> Sequence[Posting]:
        """Out of the stock."""
        return safe_out(self.lines, "vouchers:lost")


class Found(SheetStep, frozen=True, kw_only=True):
    """找回: a lost sheet is back in the safe, with the marks it had (V5)."""

    KIND = "found"
    STEP = "found"
    PURPOSES = ("found",)
    WORDS = Words("找回", "found")
    HELP = Words("登记找回的遗失券", "record that lost sheets are found")
    ACT = "custody"
    NOTICE = "found"

    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    def postings(self) -> Sequence[Posting]:
        """Back into the stock."""
        return safe_in(self.lines, "vouchers:found")


class Reface(SheetStep, frozen=True, kw_only=True):
    """更改票面金额: the face of sheets in the safe changes; ``face`` is the new one in fen (V6)."""

    KIND = "reface"
    STEP = "reface"
    PURPOSES = ("reface",)
    WORDS = Words("更改票面金额", "change of face value")
    HELP = Words("更改库存券的票面金额", "change the face value of sheets in the safe")
    ACT = "custody"

    face: Annotated[int, YUAN, Words("新面值", "new face value")]
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """As every step; and the approval must name the same new face (APR-01)."""
        yield from super().judge(state, rules)
        if self.face <= 0 or any(face == self.face for face, _ in self.lines):
            words = Words(
                f"新面值 {yuan(self.face)} 与原面值相同或不是正数",
                f"the new face {yuan(self.face)} is the old one or not positive",
            )
            yield trouble("REC-03", words, subject=self.id, serials=self.spans.text, next=("gb voucher stock",))
        request = state.thing(Request, self.approval)
        if request is not None and request.purpose == "reface" and request.face != self.face:
            words = Words(
                f"批准的新面值是 {yuan(request.face)}，不是 {yuan(self.face)}",
                f"the approved new face is {yuan(request.face)}, not {yuan(self.face)}",
            )
            yield trouble("APR-01", words, subject=self.id, next=(f"gb request show {self.approval}",))

    def apply(self, state: State) -> None:
        """The sheets carry the new face from now on."""
        change_legal(self.STEP, self.spans, state, face=self.face)
        use_request(self.approval, self.lines, state)

    def postings(self) -> Sequence[Posting]:
        """Out at the old face, in at the new one."""
        new = (Line(self.face, sheets_of(self.lines)),)
        return (*safe_out(self.lines, "vouchers:refaced"), *safe_in(new, "vouchers:refaced"))


class Given(SheetStep, frozen=True, kw_only=True):
    """Gifts and internal use: an outflow of its own with approval, never a sale at 0.00 (V6)."""

    KIND = "given"
    STEP = "given"
    PURPOSES = ("gift", "use")
    WORDS = Words("赠券", "given")
    HELP = Words("赠券或内部使用，不是售券", "give sheets to a client or to an internal use; no sale")
    ACT = "custody"
    NOTICE = "given"
    ONE_OF = ("client", "use")

    client: Annotated[str, CODE, Words("客户", "client")] = ""
    use: Annotated[str, TEXT, Words("用途", "use")] = ""
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """As every step, and the stamps at handover."""
        yield from super().judge(state, rules)
        yield from judge_marks(self.spans, state, self)

    def postings(self) -> Sequence[Posting]:
        """Out of the stock."""
        return safe_out(self.lines, "vouchers:given")


class Freeze(SheetStep, frozen=True, kw_only=True):
    """冻结: a hold on top of the place; the sheet stays where it is (V5)."""

    KIND = "freeze"
    STEP = "freeze"
    WORDS = Words("冻结", "freeze")
    HELP = Words("冻结：券在原处，不能动", "freeze sheets where they are")
    ACT = "custody"
    NOTICE = "frozen"


class Unfreeze(SheetStep, frozen=True, kw_only=True):
    """解冻: the hold ends."""

    KIND = "unfreeze"
    STEP = "unfreeze"
    WORDS = Words("解冻", "unfreeze")
    HELP = Words("解除冻结", "end the hold on sheets")
    ACT = "custody"
    NOTICE = "unfrozen"


class Count(Record, frozen=True, kw_only=True):
    """盘点: the serials physically in the safe at the moment ``at``.  Touches no sheet and moves none (V7).

    ``scope`` is ``all``, ``void``, or face values; ``spans`` may be empty when the safe is.
    """

    KIND = "count"
    WORDS = Words("盘点", "physical count")
    HELP = Words("盘点保险柜里的券", "count the sheets in the safe")
    RANK = 60
    ACT = "count"

    scope: Annotated[str, SCOPE, Words("范围", "scope")] = "all"
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")] = EMPTY
    second: Annotated[str, TEXT, Words("监盘人", "second counter")] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """CNT-01: fewer people than the rule asks, or the same person twice."""
        own = state.thing(Operator, self.by)
        names = {self.by, own.name} if own else {self.by}
        people = 1 if not self.second or self.second in names else 2
        if people < rules.on(CountRule, self.date).people:
            words = Words(f"盘点 {self.id} 只有一人", f"count {self.id} was made by one person")
            yield trouble("CNT-01", words, subject=self.id, next=("gb voucher count … --second NAME",))


KINDS = (Stamp, IssueToTerminal, ReturnToFinance, Void, Lost, Found, Reface, Given, Freeze, Unfreeze, Count, *OUTFLOWS)
JOURNAL = Journal("custody", "CU", "yaml", Words("券保管", "custody"), KINDS)
