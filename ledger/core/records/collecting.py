"""返扣领取 rebates collected: the sheets handed out on an approved slip, and other ones in their place (B3, V9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import msgspec

from ledger.core.findings import Finding, trouble
from ledger.core.forms import DAY, LINES, SERIALS, YES, YUAN, Lines, Touch, Whose, lines_of, show_lines, value_of
from ledger.core.judge import change_legal, faces_of, judge_expiry, judge_lines, judge_marks, judge_sheets, short, typed
from ledger.core.money import yuan
from ledger.core.paper import Paper
from ledger.core.personal import Signer
from ledger.core.postings import LIABILITY, REBATES_DUE, Posting, money_moved, safe_out
from ledger.core.records.corrections import Corrected, Correction
from ledger.core.records.selling import expiry_of
from ledger.core.records.slipsteps import CONTROL, ApprovalId, SlipStep, known_slip, no_slip, unfit_slip
from ledger.core.registers import enter, entered, line_of
from ledger.core.rules import Rebates, Rules
from ledger.core.slips import Slip
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.words import Words


class Collection(SlipStep, frozen=True, kw_only=True):
    """返扣领取表: sheets are handed to the buying unit on its slip, all or in part (B3).

    ``purchases`` is the slip's, ``amount`` the face value collected now; it asserts the date stamp as a sale does (V4).
    ``approval`` is the record that gave the slip its number; ``signed`` that the client signed, ``signer`` who, sealed.
    """

    KIND = "collection"
    WORDS = Words("返扣领取", "rebate collection")
    RANK = 54
    ACT = "rebate"
    NOTICE = "rebated"
    WHOSE = Whose("Client", "client")
    PAPERS = (
        Paper(
            name="rebate-collection", title=Words("返扣领取表", "Register of rebates collected"), confidential=True, at_once=True,
            fields=(
                "date", "control_no", "ref", "client", "purchases", "expires", "signer", "lines", "spans", "amount", "reason", "note",
            ),
            totals=("amount",), signs=(Words("客户签字", "signed by the client"), Words("经办人", "handed over by")),
        ),
    )  # fmt: skip

    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")]
    amount: Annotated[int, YUAN, Words("返扣金额", "rebate collected")]
    purchases: Annotated[int, YUAN, Words("购券金额", "purchase amount")]
    signed: Annotated[str, YES, Words("客户已签字", "signed by the client")]
    control_no: Annotated[str, CONTROL, Words("对帐编号", "control number")] = ""
    approval: ApprovalId = ""
    expires: Annotated[dt.date | None, DAY, Words("截止日期", "expiry date")] = None
    signer: Signer = ""

    def touches(self) -> Touch:
        """The sheets, the slip, and the line of the register."""
        return Touch(self.spans, ((Slip.__name__, self.ref), entered(self)))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Faces, the value, what the slip says, the expiry by rule."""
        values = super().resolve(values, state, rules)
        slip = known_slip(values, state)
        lines = tuple(line for line in faces_of(values["spans"], state) if line.face)
        values.setdefault("lines", lines)
        return {
            **values, "amount": value_of(values["lines"]), "purchases": slip.purchases, "control_no": slip.control_no,
            "approval": slip.approval, "expires": expiry_of(values, state, rules),
        }  # fmt: skip

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01…04, NUM-02 the sheets; REB-01 no approved slip; REB-02, REB-03 more than it says; REB-07 another's slip."""
        illegal = list(judge_sheets(self.KIND, self.spans, state, self.id))
        yield from illegal
        yield from judge_marks(self.spans, state, self)
        yield from judge_expiry(self.spans, self.expires, state, self)
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
            yield from self._judge_purpose(state, rules)
        if self.amount != value_of(self.lines):
            words = Words(
                f"返扣金额 {yuan(self.amount)}，券面合计 {yuan(value_of(self.lines))}",
                f"the rebate is {yuan(self.amount)}, the sheets are {yuan(value_of(self.lines))}",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.id}",))
        yield from self._judge_slip(state)

    def _judge_purpose(self, state: State, rules: Rules) -> Iterator[Finding]:
        """STA-01: sheets drawn for sale, where the store's rule keeps the two apart (V3)."""
        if rules.on(Rebates, self.date).sale_sheets == "yes":
            return
        sale = SpanSet.of(p.span for p in state.pieces(self.spans) if p.sheet.purpose != "rebate")
        if sale:
            words = Words(
                f"{short(sale)} 是为销售领的券，不能作返扣", f"{short(sale)}: drawn for sale, not for rebates"
            )
            draw = f"gb voucher trace {next(iter(sale)).first_serial}"
            yield trouble("STA-01", words, subject=self.id, serials=typed(sale).replace(",", " "), next=(draw,))

    def _judge_slip(self, state: State) -> Iterator[Finding]:
        slip = self.slip(state)
        if slip is None:
            yield no_slip(self)
        elif slip.status != "approved":
            yield unfit_slip(self, slip, "REB-01")
        elif slip.client != self.client:
            yield from self.judge_payee(slip)
        elif not slip.covers(self.lines):
            yield self._too_much(slip)
        elif slip.purchases != self.purchases:
            words = Words(
                f"领取表上购券 {yuan(self.purchases)}，返扣单是 {yuan(slip.purchases)}",
                f"the form says purchases of {yuan(self.purchases)}, the slip is for {yuan(slip.purchases)}",
            )
            yield trouble("REB-03", words, subject=self.id, next=(f"gb rebate show {self.ref}",))
        elif slip.control_no != self.control_no:
            words = Words(
                f"领取表上对帐编号是 {self.control_no or '—'}，返扣单是 {slip.control_no}",
                f"the form says control number {self.control_no or '—'}, the slip's is {slip.control_no}",
            )
            yield trouble("REB-04", words, subject=self.id, next=(f"gb rebate show {self.ref}",))

    def _too_much(self, slip: Slip) -> Finding:
        """REB-02 on a slip that is collected already, else REB-03."""
        left = show_lines(lines_of((face, sheets) for face, sheets in slip.left if sheets > 0)) or "0"
        words = Words(
            f"返扣单 {self.ref}（{slip.control_no}）还可领 {left}，不是 {show_lines(self.lines)}",
            f"slip {self.ref} ({slip.control_no}) leaves {left}, not {show_lines(self.lines)}",
        )
        code = "REB-02" if slip.uncollected <= 0 else "REB-03"
        return trouble(
            code, words, subject=self.id, serials=self.spans.text, next=(f"gb rebate show {self.ref}",)
        )  # fmt: skip

    def apply(self, state: State) -> None:
        """The sheets are with the client; what is handed out beyond the slip is recorded too and is the finding."""
        change_legal(self.KIND, self.spans, state, expires=self.expires)
        slip = self.slip(state)
        if slip is not None:
            taken = lines_of([*slip.taken, *self.lines])
            state.put(self.ref, msgspec.structs.replace(slip, taken=taken))
        enter(self, "rebate", state, spans=self.spans, lines=self.lines, numbers=(self.control_no, self.ref))

    def postings(self) -> Sequence[Posting]:
        """Sheets out of the safe; what was owed becomes the liability to honour them."""
        return (*safe_out(self.lines, "vouchers:rebated"), *money_moved(LIABILITY, REBATES_DUE, self.amount))


class CollectionCorrection(Correction, frozen=True, kw_only=True):
    """更正返扣领取: the client took other sheets of the same faces than the collection names (V9)."""

    RANK = 56
    ENTERED = True

    def touches(self) -> Touch:
        """All sheets, that they are corrected, the register's line, and the request drawn upon; the slip is as it was."""
        request = (("Request", self.approval),) if self.approval else ()
        return Touch(self.out | self.spans, ((Corrected.__name__, self.id), line_of(self.ref), *request))
