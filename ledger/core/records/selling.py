"""What sales, reservations and handovers have in common: a price, its payments, its register, its cheque (S1–S7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.approvals import judge_approval
from ledger.core.cheques import CHEQUE, Cheque, cheque_key, stale, take, twice
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
    Lines,
    Pay,
    Pays,
    Record,
    value_of,
    word,
)  # fmt: skip
from ledger.core.judge import faces_of
from ledger.core.law import INVOICES
from ledger.core.money import yuan
from ledger.core.paper import CLIENT, CONTACT, PHONE, Paper
from ledger.core.parties import Client, Operator
from ledger.core.payments import touched
from ledger.core.rules import Discount, Expiry, Rules
from ledger.core.spans import SpanSet
from ledger.core.state import State, Thing
from ledger.core.words import Words

REGISTER = Paper(
    name="register", title=Words("客户资料登记表", "Register of clients"), size="A5", confidential=True, at_once=True,
    fields=(
        "date", "client", "salesperson", "payments", "reference", "cheque", "bank", "drawer", "drawn", "bank_slip",
        "expires", "invoice", "approval", "lines", "spans", "amount", "reason", "note",
    ),
    totals=("amount",), choices={"invoice": INVOICES}, personal=(CONTACT, PHONE),
    signs=(Words("客户清点确认", "counted by the client"), Words("经办人", "counted by the department")),
)  # fmt: skip
"""客户资料登记表: what the sheets were, to whom, how paid, until when valid; internal (S2)."""

MONEY_RECEIPT = Paper(
    name="money-receipt", title=Words("收据", "Receipt"), copies=(CLIENT,), at_once=True, totals=("amount",),
    fields=("date", "client", "payments", "method", "reference", "cheque", "bank", "lines", "spans", "amount", "note"),
    signs=(Words("收款人", "received by"), Words("收款单位（章）", "stamp of the store")),
    note=Words("凭此收据证明款项已收；不作发票。", "This receipt shows that the money was received; it is no invoice."),
    unpaid=Words(
        "{paid}。本收据只证明已收的款项；不作发票。",
        "{paid}. This receipt shows only that the money received was received; it is no invoice.",
    ),
)  # fmt: skip
"""收据: the numbered receipt that the client takes away (S3); its number is the record's id."""


class SaleThing(Thing, frozen=True, kw_only=True):
    """What a later return must know of a sale: face value and amount (fen), what has come back, how it was paid.

    ``cheque`` is the key of the cheque that paid for it, or empty; ``paid_as`` the record that took the money, where it is
    another; ``before`` the same of sheets that an exchange gave for those of a sale.  ``into`` are the exchanges that a part
    of what was paid went into, each with that part (fen).  What will never arrive, since sheets came back, is not in ``pays``.
    """

    CARRY = False

    client: str
    value: int
    amount: int
    pays: Pays
    returned: int = 0
    refunded: int = 0
    cheque: str = ""
    paid_as: str = ""
    before: str = ""
    into: tuple[tuple[str, int], ...] = ()

    def payment(self, own: str) -> str:
        """The key of what of its payments has not arrived; ``own`` is its own."""
        return self.before or self.paid_as or own

    def share(self, value: int) -> int:
        """The most that can be refunded for sheets of face ``value``, in fen (S8).

        It is their share of the amount, rounded up in the client's favour, and with all earlier refunds never above
        what was paid.
        """
        due = -(-self.amount * (self.returned + value) // self.value) if self.value else self.amount
        return min(due, self.amount) - self.refunded

    def less(self, value: int, refund: int, exchange: str = "", unpaid: Pays = ()) -> SaleThing:
        """After sheets of face ``value`` came back and ``refund`` of what was paid went with them, in fen.

        With ``exchange`` that part was not refunded: it stands behind the sheets of that record.  ``unpaid`` of it had not
        arrived and never will.
        """
        into = (*self.into, (exchange, refund)) if exchange else self.into
        returned, refunded = self.returned + value, self.refunded + refund
        gone = dict(unpaid)
        pays = tuple(Pay(name, fen - gone.get(name, 0)) for name, fen in self.pays if fen > gone.get(name, 0))
        return msgspec.structs.replace(self, returned=returned, refunded=refunded, into=into, pays=pays)


class SalesRecord(Record, frozen=True, kw_only=True):
    """What the sale and the return of sheets have in common.  ``SELLS``: its sheets go out by it as sold (R3)."""

    SELLS: ClassVar[bool] = False

    client: Annotated[str, CODE, Words("客户", "client")]
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")]
    amount: Annotated[int, YUAN, Words("金额", "amount")]
    payments: Annotated[Pays, PAYS, Words("付款", "payments")] = ()


_NO_SELLER = Words("没有业务员", "no salesperson")
_NO_EXPIRY = Words("没有截止日期", "no expiry date")
_NO_PAYMENT = Words("没有付款方式", "no payment method")


class Offer(SalesRecord, frozen=True, kw_only=True):
    """Sheets for a client at a price: who sold them, until when they are valid, why the price is not their face value."""

    salesperson: Annotated[str, CODE, Words("业务员", "salesperson")] = ""
    reference: Annotated[str, TEXT, Words("付款参考号", "payment reference")] = ""
    expires: Annotated[dt.date | None, DAY, Words("截止日期", "expiry date")] = None
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""
    invoice: Annotated[str, word(*INVOICES), Words("发票", "invoice")] = ""

    @property
    def difference(self) -> int:
        """Amount less face value, in fen: negative for a discount (S7)."""
        return self.amount - value_of(self.lines)

    @property
    def handed_out(self) -> Lines:
        """The sheets that leave the safe by this record (R3)."""
        return self.lines

    @property
    def why(self) -> str:
        """The reason in writing for the difference (R3)."""
        return self.reason

    @property
    def paid_as(self) -> str:
        """The key of what of its payments has not arrived: the record that took the money."""
        return self.id

    def _judge_register(self) -> Iterator[Finding]:
        """REG-01: what the register of clients 客户资料登记表 lacks (S2)."""
        missing = [
            words for there, words in (
                (self.salesperson, _NO_SELLER),
                (self.expires or not (self.SELLS and self.handed_out), _NO_EXPIRY),
                (self.payments, _NO_PAYMENT),
                *self.not_written(),
            ) if not there
        ]  # fmt: skip
        if missing:
            words = Words("登记不全：" + "，".join(w.zh for w in missing),
                          "register incomplete: " + ", ".join(w.en for w in missing))  # fmt: skip
            yield trouble("REG-01", words, subject=self.id, next=(f"gb client show {self.client}",))

    def not_written(self) -> tuple[tuple[bool, Words], ...]:
        """What else the register must hold: whether it does, and what is said where it does not."""
        return ()


class Priced(Offer, frozen=True, kw_only=True):
    """An offer that takes the money itself: at most one cheque, and other payments beside it."""

    cheque: Annotated[str, CODE, Words("支票号", "cheque number")] = ""
    bank: Annotated[str, TEXT, Words("付款银行", "bank")] = ""
    drawn: Annotated[dt.date | None, DAY, Words("出票日期", "date drawn")] = None
    drawer: Annotated[str, TEXT, Words("出票人", "drawer")] = ""

    @property
    def by_cheque(self) -> int:
        """What the cheque pays, in fen."""
        fen = 0
        for pay in self.payments:
            if pay.method == CHEQUE:
                fen = pay.amount
        return fen

    @property
    def cheque_key(self) -> str:
        """The cheque, or empty where it is not named."""
        return cheque_key(self.cheque, self.bank, self.drawer or self.client) if self.cheque else ""

    def priced_things(self) -> tuple[tuple[str, str], ...]:
        """What not only the sheets are: the payment, the cheque, and the request drawn upon."""
        cheque = ((Cheque.__name__, self.cheque_key),) if self.cheque else ()
        request = (("Request", self.approval),) if self.approval else ()
        return (*touched(self.id, self.payments), *cheque, *request)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Faces, the salesperson (the client's owner, else the operator), the amount by face, the cheque's drawer."""
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
        values.setdefault("payments", (Pay(values.pop("method", "cash"), values["amount"]),))
        values.pop("method", None)
        if CHEQUE in dict(values["payments"]):
            _need_cheque(values)
            values.setdefault("drawer", client.unit)
        return values

    def take_cheque(self, state: State, *, handed: bool, slip: str = "") -> None:
        """Remember the cheque.  ``handed``: its sheets are with the client; with a bank ``slip`` it is deposited (S5)."""
        if not self.cheque:
            return
        cheque = Cheque(
            number=self.cheque, bank=self.bank, drawer=self.drawer, client=self.client, amount=self.by_cheque,
            drawn=str(self.drawn or self.date), received=str(self.date), origin=self.id, handed=handed,
            sheets=self.spans.text, slip=slip, status="deposited" if slip else "received",
            deposited=str(self.date) if slip else "",
        )  # fmt: skip
        take(self.cheque_key, cheque, state)

    def _judge_cheque(self, state: State, rules: Rules) -> Iterator[Finding]:
        """CHQ-03 the same cheque again; CHQ-04 one that is stale when it comes."""
        if not self.cheque:
            return
        yield from twice(self.cheque_key, state, self.id)
        if self.drawn is not None:
            came = Cheque(
                number=self.cheque, bank=self.bank, drawer=self.drawer, client=self.client, amount=self.by_cheque,
                drawn=str(self.drawn), received=str(self.date), origin=self.id, handed=False, sheets="",
            )  # fmt: skip
            yield from stale(came, rules, self.id)

    def not_written(self) -> tuple[tuple[bool, Words], ...]:
        """The cheque's own entries, where one pays (S6)."""
        if not (self.by_cheque or self.cheque):
            return ()
        return (
            (bool(self.cheque), Words("没有支票号", "no cheque number")),
            (bool(self.bank), Words("没有付款银行", "no bank")),
            (self.drawn is not None, Words("没有出票日期", "no date drawn")),
            (self.drawn is None or self.drawn <= self.date, Words("出票日期在收票之后", "drawn after it was received")),
            (bool(self.by_cheque), Words("有支票号而没有支票付款", "a cheque that pays nothing")),
        )

    def _judge_amount(self, state: State, rules: Rules) -> Iterator[Finding]:
        """REC-03 an amount that is no price, is not paid, or differs from face value without reason or approval (S7)."""
        value, paid = value_of(self.lines), sum([pay.amount for pay in self.payments])
        difference = self.amount - value
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
                amount=abs(difference),
            )
        if difference and not self.reason:
            words = Words(
                f"金额 {yuan(self.amount)} ≠ 面值合计 {yuan(value)}，差 {yuan(difference)}，没有写原因",
                f"amount {yuan(self.amount)} ≠ face value {yuan(value)}, difference {yuan(difference)}, no reason",
            )
            yield trouble("REC-03", words, subject=self.id, next=("--reason '…'",))
        percent = rules.on(Discount, self.date).by_reason_percent
        if not self.approval and abs(difference) * 100 > percent * value:
            words = Words(
                f"差额 {yuan(difference)} 超过面值 {yuan(value)} 的 {percent}%，要有“优惠”批准单",
                f"difference {yuan(difference)} is beyond {percent} % of {yuan(value)}: it needs an approval",
            )
            ask = " ".join(f"{sheets}x{yuan(face)}" for face, sheets in self.lines)
            yield trouble("REC-03", words, subject=self.id, next=(f"gb request discount {ask} --reason '…'",))


def _need_cheque(values: dict[str, Any]) -> None:
    """Raise :class:`Usage` naming what a payment by cheque lacks."""
    needed = (
        ("cheque", "--cheque NO", Words("支票号", "the cheque's number")),
        ("bank", "--bank NAME", Words("付款银行", "its bank")),
        ("drawn", "--drawn DATE", Words("出票日期", "the date drawn")),
    )
    missing = [(option, words) for name, option, words in needed if not values.get(name)]
    if missing:
        zh, en = "、".join(words.zh for _, words in missing), ", ".join(words.en for _, words in missing)
        raise Usage(Words(f"支票付款缺少：{zh}", f"a payment by cheque needs {en}"), next=("gb sale cheque --help",))


def expiry_of(values: dict[str, Any], state: State, rules: Rules) -> dt.date:
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
