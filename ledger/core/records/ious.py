"""赊券付款: what clients owe for sheets that an IOU handed out, and its payment (S9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from ledger.core.approvals import use_request
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Lines, Touch, value_of
from ledger.core.judge import change_legal, judge_lines, judge_sheets, short
from ledger.core.law import judge_law
from ledger.core.payments import take_payment
from ledger.core.postings import IOU, LIABILITY, Posting, money_in, money_moved
from ledger.core.records.corrections import record_behind
from ledger.core.records.selling import MONEY_RECEIPT, REGISTER, Priced, SalesRecord, SaleThing
from ledger.core.rules import Rules
from ledger.core.spans import SpanSet
from ledger.core.state import State, Thing
from ledger.core.words import Words


class Owed(Thing, frozen=True, kw_only=True):
    """What a client owes for sheets of an IOU, in fen; the key is the IOU's id, ``due`` a date as text (S9)."""

    client: str
    due: str
    open: int

    @property
    def settled(self) -> bool:
        """Paid, or brought back."""
        return self.open <= 0


class IouPayment(Priced, frozen=True, kw_only=True):
    """赊券付款: the sale of sheets that an IOU (``ref``) handed out; it moves none, and is money of its own month (S9)."""

    KIND = "iou-payment"
    WORDS = Words("赊券付款", "payment of an IOU")
    RANK = 44
    ACT = "sell"
    TAKINGS = True
    SELLS = True
    PAPERS = (REGISTER, MONEY_RECEIPT)

    @property
    def why(self) -> str:
        """The reason for an amount without sheets: the IOU, unless one is written."""
        return self.reason or self.ref

    @property
    def handed_out(self) -> Lines:
        """None: they left the safe with the IOU."""
        return ()

    def touches(self) -> Touch:
        """The sheets, what stands behind them now and before, the debt, and what the money takes."""
        sale = SaleThing.__name__
        return Touch(self.spans, ((sale, self.id), (sale, self.ref), (Owed.__name__, self.ref), *self.priced_things()))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 not out on this IOU; REC-03 the client, the faces and the amount, as for a sale."""
        illegal = list(judge_sheets(self.KIND, self.spans, state, self.id))
        yield from illegal
        yield from self._judge_register()
        if not illegal:
            yield from judge_behind(self, state)
            yield from judge_lines(self.spans, self.lines, state, self)
        debt = state.thing(Owed, self.ref)
        if debt is not None and debt.client != self.client:
            words = Words(f"{self.ref} 的客户是 {debt.client}", f"the client of {self.ref} is {debt.client}")
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))
        yield from self._judge_amount(state, rules)
        yield from judge_law(self, state, rules)

    def apply(self, state: State) -> None:
        """The sheets are sold now: a return refunds what was paid here."""
        change_legal(self.KIND, self.spans, state)
        pay_debt(self.ref, value_of(self.lines), state)
        sale = SaleThing(client=self.client, value=value_of(self.lines), amount=self.amount, pays=self.payments)
        state.put(self.id, sale)
        take_payment(self.id, self.client, str(self.date), self.payments, state)
        use_request(self.approval, self.lines, state, abs(self.difference))

    def postings(self) -> Sequence[Posting]:
        """Money against the debt; a discount lowers what is owed to the holder of the sheets."""
        return (*money_in(self.payments, against=IOU), *money_moved(IOU, LIABILITY, -self.difference))


def pay_debt(iou: str, value: int, state: State) -> None:
    """Take ``value`` (fen, at face) off the debt, and off the sheets that stand behind it."""
    debt, behind = state.thing(Owed, iou), state.thing(SaleThing, iou)
    if debt is not None:
        state.put(iou, msgspec.structs.replace(debt, open=debt.open - value))
    if behind is not None:
        state.put(iou, behind.less(value, 0))


def judge_behind(record: SalesRecord, state: State) -> Iterator[Finding]:
    """STA-01: sheets that are with the client, but not through the record that is named."""
    pieces = state.pieces(record.spans)
    other = SpanSet.of(p.span for p in pieces if p.out and record_behind(p.out, state) != record.ref)
    if other:
        words = Words(f"{short(other)} 不是 {record.ref} 售出的", f"{short(other)} did not go out by {record.ref}")
        yield trouble("STA-01", words, subject=record.id, serials=other.text, next=(f"gb show {record.ref}",))
