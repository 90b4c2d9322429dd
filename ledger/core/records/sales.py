"""售券 sales: sheets handed to a client unit for money, and sheets taken back (S1–S3, S7–S9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from ledger.core.approvals import judge_approval, use_request
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.findings import Finding, trouble
from ledger.core.forms import (
    CODE,
    DAY,
    LINES,
    PAYS,
    RECORD,
    SERIALS,
    TEXT,
    YUAN,
    Journal,
    Lines,
    Pay,
    Pays,
    Record,
    Touch,
    value_of,
    word,
)  # fmt: skip
from ledger.core.judge import change_legal, faces_of, judge_lines, judge_marks, judge_sheets, short
from ledger.core.law import INVOICES, judge_law
from ledger.core.money import yuan
from ledger.core.parties import Client, Operator
from ledger.core.payments import take_payment, touched
from ledger.core.postings import LIABILITY, MONEY, REFUNDS, Posting, money_in, safe_in, safe_out
from ledger.core.rules import Discount, Expiry, Rules
from ledger.core.spans import SpanSet
from ledger.core.state import State, Thing
from ledger.core.words import Words


class SaleThing(Thing, frozen=True, kw_only=True):
    """What a later return must know of a sale: face value and amount (fen), what has come back, how it was paid."""

    CARRY = False

    client: str
    value: int
    amount: int
    pays: Pays
    returned: int = 0
    refunded: int = 0

    def share(self, value: int) -> int:
        """The most that can be refunded for sheets of face ``value``, in fen (S8).

        It is their share of the amount, rounded up in the client's favour, and with all earlier refunds never above
        what was paid.
        """
        due = -(-self.amount * (self.returned + value) // self.value) if self.value else self.amount
        return min(due, self.amount) - self.refunded


class SalesRecord(Record, frozen=True, kw_only=True):
    """What the sale and the return of sheets have in common."""

    client: Annotated[str, CODE, Words("客户", "client")]
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")]
    amount: Annotated[int, YUAN, Words("金额", "amount")]
    payments: Annotated[Pays, PAYS, Words("付款", "payments")] = ()


class Sale(SalesRecord, frozen=True, kw_only=True):
    """售券: money against sheets; asserts the date stamp of fresh sheets and that both sides confirmed (S3, V4)."""

    KIND = "sale"
    WORDS = Words("售券", "sale")
    RANK = 40
    ACT = "sell"
    TAKINGS = True
    NOTICE = "sales"

    salesperson: Annotated[str, CODE, Words("业务员", "salesperson")] = ""
    reference: Annotated[str, TEXT, Words("付款参考号", "payment reference")] = ""
    expires: Annotated[dt.date | None, DAY, Words("截止日期", "expiry date")] = None
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""
    invoice: Annotated[str, word(*INVOICES), Words("发票", "invoice")] = ""

    @property
    def difference(self) -> int:
        """Amount less face value, in fen: negative for a discount (S7)."""
        return self.amount - value_of(self.lines)

    def touches(self) -> Touch:
        """The sheets, the sale itself, and the request drawn upon."""
        request = (("Request", self.approval),) if self.approval else ()
        return Touch(self.spans, (("SaleThing", self.id), *touched(self.id, self.payments), *request))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Faces, the salesperson (the client's owner, else the operator), the expiry by rule, the amount by face."""
        values = dict(values)
        lines = tuple(line for line in faces_of(values["spans"], state) if line.face)
        values.setdefault("lines", lines)
        values.setdefault("amount", value_of(lines))
        client = state.thing(Client, values["client"])
        if client is None:
            words = Words(f"没有客户 {values['client']}", f"there is no client {values['client']}")
            raise Unknown(words, next=("gb client list",))
        seller = values.setdefault("salesperson", client.owner or values["by"])
        if state.thing(Operator, seller) is None:
            raise Unknown(Words(f"没有业务员 {seller}", f"there is no operator {seller}"), next=("gb operator list",))
        values["expires"] = _expiry(values, state, rules)
        values.setdefault("payments", (Pay(values.pop("method", "cash"), values["amount"]),))
        values.pop("method", None)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01…04, NUM-02 the sheets; REC-03 the amount; APR the discount's approval; REG-01 the register; LAW the lint."""
        illegal = list(judge_sheets("sale", self.spans, state, self.id))
        yield from illegal
        yield from judge_marks(self.spans, state, self)
        yield from self._judge_expiry(state)
        yield from self._judge_register()
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
        yield from self._judge_amount(state, rules)
        yield from judge_law(self, state, rules)

    def _judge_expiry(self, state: State) -> Iterator[Finding]:
        """STA-03: later than the receipt's, or before the sale itself; entry refuses both (S2)."""
        limits = [p.sheet.expires for p in state.pieces(self.spans) if p.sheet.expires and p.sheet.state == "sellable"]
        if limits and min(limits) < self.date:  # told by judge_marks
            return
        if self.expires and (self.expires < self.date or any(self.expires > limit for limit in limits)):
            words = Words(
                f"截止日期 {self.expires} 早于售券或晚于领券时的日期",
                f"the expiry date {self.expires} is before the sale or later than the receipt's",
            )
            yield trouble("STA-03", words, subject=self.id, serials=self.spans.text)

    def _judge_amount(self, state: State, rules: Rules) -> Iterator[Finding]:
        value, paid = value_of(self.lines), sum(pay.amount for pay in self.payments)
        if self.amount <= 0:
            words = Words(
                "售券金额要大于零；赠券用 gb voucher give", "a sale has an amount; what is given is `gb voucher give`"
            )
            yield trouble("REC-03", words, subject=self.id, next=("gb voucher give --help",))
        if paid != self.amount:
            words = Words(f"付款合计 {yuan(paid)}，金额 {yuan(self.amount)}",
                          f"the payments are {yuan(paid)}, the amount is {yuan(self.amount)}")  # fmt: skip
            yield trouble("REC-03", words, subject=self.id)
        if self.approval:
            yield from judge_approval(
                self.approval,
                ("discount",),
                self.lines,
                state,
                self.id,
                client=self.client,
                amount=abs(self.difference),
            )
        if self.difference and not self.reason:
            words = Words(
                f"金额 {yuan(self.amount)} ≠ 面值合计 {yuan(value)}，差 {yuan(self.difference)}，没有写原因",
                f"amount {yuan(self.amount)} ≠ face value {yuan(value)}, difference {yuan(self.difference)}, no reason",
            )
            yield trouble("REC-03", words, subject=self.id, next=("--reason '…'",))
        percent = rules.on(Discount, self.date).by_reason_percent
        if not self.approval and abs(self.difference) * 100 > percent * value:
            words = Words(
                f"差额 {yuan(self.difference)} 超过面值 {yuan(value)} 的 {percent}%，要有“优惠”批准单",
                f"difference {yuan(self.difference)} is beyond {percent} % of {yuan(value)}: it needs an approval",
            )
            ask = " ".join(f"{sheets}x{yuan(face)}" for face, sheets in self.lines)
            yield trouble("REC-03", words, subject=self.id, next=(f"gb request discount {ask} --reason '…'",))

    def _judge_register(self) -> Iterator[Finding]:
        missing = [
            words for there, words in (
                (self.salesperson, Words("没有业务员", "no salesperson")),
                (self.expires, Words("没有截止日期", "no expiry date")),
                (self.payments, Words("没有付款方式", "no payment method")),
            ) if not there
        ]  # fmt: skip
        if missing:
            words = Words("登记不全：" + "，".join(w.zh for w in missing),
                          "register incomplete: " + ", ".join(w.en for w in missing))  # fmt: skip
            yield trouble("REG-01", words, subject=self.id, next=(f"gb client show {self.client}",))

    def apply(self, state: State) -> None:
        """The sheets are with the client."""
        change_legal("sale", self.spans, state, expires=self.expires)
        sale = SaleThing(client=self.client, value=value_of(self.lines), amount=self.amount, pays=self.payments)
        state.put(self.id, sale)
        take_payment(self.id, self.client, str(self.date), self.payments, state)
        use_request(self.approval, self.lines, state, abs(self.difference))

    def postings(self) -> Sequence[Posting]:
        """Sheets out of the safe; money against the liability to honour them."""
        return (*safe_out(self.lines, "vouchers:sold"), *money_in(self.payments))


class ClientReturn(SalesRecord, frozen=True, kw_only=True):
    """退券: sheets come back for at most the share paid; ``ref`` is the sale, ``amount`` the refund (S8).

    ``share`` is the share paid as entry found it: a refund that differs stands on the month's sheet with its reason.
    Sheets sold before the book began came with the opening, which names no client: the clerk does.
    """

    KIND = "client-return"
    WORDS = Words("退券", "client return")
    RANK = 45
    ACT = "return"
    NEEDS_REASON = True
    NOTICE = "returned"

    share: Annotated[int, YUAN, Words("应退份额", "share paid")] = 0

    @property
    def difference(self) -> int:
        """Refund less the share paid, in fen: negative when the client got less."""
        return self.amount - self.share

    def touches(self) -> Touch:
        """The sheets and the sale."""
        return Touch(self.spans, (("SaleThing", self.ref),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The sale behind the sheets, the client, the faces, the refund and its method."""
        values = dict(values)
        values.setdefault("ref", _sale_behind(values["spans"], state))
        sale = state.thing(SaleThing, values["ref"])
        lines = tuple(line for line in faces_of(values["spans"], state) if line.face)
        values.setdefault("lines", lines)
        values.setdefault("share", sale.share(value_of(lines)) if sale else value_of(lines))
        values.setdefault("amount", values["share"])
        values["client"] = _buyer(values, sale)
        method = values.pop("method", "") or _one_method(sale)
        if values["amount"]:
            values.setdefault("payments", (Pay(method, values["amount"]),))
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 not with this client by this sale; REC-03 refund above the share paid, or by another method."""
        illegal = list(judge_sheets("client-return", self.spans, state, self.id))
        yield from illegal
        if illegal:
            return
        yield from judge_lines(self.spans, self.lines, state, self)
        other = SpanSet.of(p.span for p in state.pieces(self.spans) if p.out and p.out != self.ref)
        if other:
            words = Words(f"{short(other)} 不是 {self.ref} 售出的", f"{short(other)} did not go out by {self.ref}")
            yield trouble("STA-01", words, subject=self.id, serials=other.text, next=(f"gb show {self.ref}",))
        yield from self._judge_refund(state.thing(SaleThing, self.ref))

    def _judge_refund(self, sale: SaleThing | None) -> Iterator[Finding]:
        most = sale.share(value_of(self.lines)) if sale else value_of(self.lines)
        if sale is not None and self.client != sale.client:
            words = Words(f"{self.ref} 的客户是 {sale.client}", f"the client of {self.ref} is {sale.client}")
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))
        if sale is not None and self.share != most:
            words = Words(
                f"记录的应退份额 {yuan(self.share)} 应为 {yuan(most)}",
                f"the share recorded, {yuan(self.share)}, is {yuan(most)} by the sale",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))
        if not 0 <= self.amount <= most:
            words = Words(
                f"退款 {yuan(self.amount)} 不在 0.00 和所付份额 {yuan(most)} 之间",
                f"the refund {yuan(self.amount)} is not between 0.00 and the share paid, {yuan(most)}",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"--refund {yuan(most)}",))
        ways = {pay.method for pay in sale.pays} if sale else set()
        by = " ".join(sorted({pay.method for pay in self.payments} - ways)) if ways else ""
        if by:
            words = Words(
                f"原单付款方式是 {' '.join(sorted(ways))}，不能用 {by} 退款",
                f"the sale was paid by {' '.join(sorted(ways))}: no refund by {by}",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"--method {min(ways)}",))

    def apply(self, state: State) -> None:
        """Back in the safe; a new date stamp is due before they are sold again (V4)."""
        change_legal("client-return", self.spans, state)
        sale = state.thing(SaleThing, self.ref)
        if sale is not None:
            state.put(self.ref, _after_return(sale, self))

    def postings(self) -> Sequence[Posting]:
        """Sheets into the safe; the refund is paid by finance by default."""
        refunds = tuple(
            posting
            for method, fen in self.payments
            for posting in (Posting(LIABILITY, MONEY, fen), Posting(REFUNDS + method, MONEY, -fen))
        )
        return (*safe_in(self.lines, "vouchers:client-returned"), *refunds)


def _buyer(values: dict[str, Any], sale: SaleThing | None) -> str:
    """The client of the sale; of sheets sold before the book began only the clerk knows it."""
    if sale is not None:
        return sale.client
    if "client" in values:
        return str(values["client"])
    words = Words(
        f"这些券在 {values['ref']} 之前已售出，要写明客户",
        f"sold before {values['ref']} began the book: name the client",
    )
    raise Usage(words, next=("--client C001",))


def _after_return(sale: SaleThing, record: ClientReturn) -> SaleThing:
    return SaleThing(
        client=sale.client, value=sale.value, amount=sale.amount, pays=sale.pays,
        returned=sale.returned + value_of(record.lines), refunded=sale.refunded + record.amount,
    )  # fmt: skip


def _expiry(values: dict[str, Any], state: State, rules: Rules) -> dt.date:
    """The sale's expiry, inclusive: by rule, never later than the receipt's; one asked for is kept or refused (S2)."""
    limits = [p.sheet.expires for p in state.pieces(values["spans"]) if p.sheet.expires]
    asked: dt.date | None = values.get("expires")
    if asked is None:
        return min([rules.on(Expiry, values["date"]).after(values["date"]), *limits])
    if limits and asked > min(limits):
        words = Words(
            f"截止日期 {asked} 晚于领券时的 {min(limits)}",
            f"expiry date {asked} is later than the receipt's {min(limits)}",
        )
        raise Refused(words, code="STA-03", next=(f"--expires {min(limits)}",))
    if asked < values["date"]:
        words = Words(
            f"截止日期 {asked} 早于售券日期 {values['date']}",
            f"expiry date {asked} is before the sale of {values['date']}",
        )
        raise Refused(
            words, code="STA-03", next=(f"--expires {rules.on(Expiry, values['date']).after(values['date'])}",)
        )
    return asked


def _sale_behind(spans: SpanSet, state: State) -> str:
    outs = dict.fromkeys(piece.out for piece in state.pieces(spans) if piece.out)
    if len(outs) == 1:
        return next(iter(outs))
    if not outs:
        unsold = next(iter(judge_sheets("client-return", spans, state, "")), None)
        words = unsold.words if unsold else Words("查不到原售券单", "the sale cannot be found")
        raise Refused(words, code="STA-01", next=unsold.next if unsold else ("--sale ID",))
    names = ", ".join(outs)
    words = Words(f"这些券出自几张售券单：{names}；请分单退", f"these sheets went out by several sales: {names}")
    raise Refused(words, code="STA-01", next=tuple(f"gb show {sale}" for sale in outs))


def _one_method(sale: SaleThing | None) -> str:
    """The method to refund by: the original one; several need the clerk's word."""
    methods = list(dict.fromkeys(pay.method for pay in sale.pays)) if sale else ["cash"]
    if len(methods) != 1:
        words = Words(f"原单用了几种付款方式：{' '.join(methods)}", f"the sale was paid by {' '.join(methods)}")
        raise Usage(words, next=tuple(f"--method {method}" for method in methods))
    return methods[0]


JOURNAL = Journal("sales", "SA", "csv", Words("售券", "sales"), (Sale, ClientReturn))
