"""售券 sales: sheets handed to a client unit for money, and sheets taken back (S1–S3, S5, S7–S9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import msgspec

from ledger.core.approvals import use_request
from ledger.core.cheques import (
    CHEQUE,
    BankSlip,
    Cheque,
    cheque_key,
    following,
    judge_slip,
    slip_key,
    use_slip,
)
from ledger.core.errors import Refused, Usage
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, PAYS, RECORD, TEXT, YUAN, Journal, Pay, Pays, Touch, value_of, word
from ledger.core.judge import change_legal, faces_of, judge_expiry, judge_lines, judge_marks, judge_sheets
from ledger.core.law import judge_law
from ledger.core.money import yuan
from ledger.core.payments import AT_ONCE, Payment, give_up, take_payment
from ledger.core.postings import (
    IOU,
    LIABILITY,
    PENDING,
    POT_ACCOUNTS,
    RECEIVABLE,
    REFUNDS,
    Posting,
    money_in,
    money_moved,
    safe_in,
    safe_out,
)
from ledger.core.records.corrections import SaleCorrection, record_behind
from ledger.core.records.ious import IouPayment, Owed, judge_behind, pay_debt
from ledger.core.records.reservations import Handover, Release, Reservation
from ledger.core.records.selling import MONEY_RECEIPT, REGISTER, Priced, SalesRecord, SaleThing, expiry_of
from ledger.core.rules import Cash, Rules
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.core.words import Words

__all__ = ["JOURNAL", "ClientReturn", "Sale", "SaleThing", "SalesRecord"]


class Sale(Priced, frozen=True, kw_only=True):
    """售券: money against sheets; asserts the date stamp of fresh sheets and that both sides confirmed (S3, V4).

    By cheque only 支票倒存: against the number of the bank slip 银行进帐单 with which the department deposited it (S5).
    """

    KIND = "sale"
    WORDS = Words("售券", "sale")
    RANK = 40
    ACT = "sell"
    TAKINGS = True
    NOTICE = "sales"
    SELLS = True
    PAPERS = (REGISTER, MONEY_RECEIPT)

    bank_slip: Annotated[str, TEXT, Words("银行进帐单号", "bank slip number")] = ""

    def touches(self) -> Touch:
        """The sheets, the sale itself, its payment and cheque with the slip, and the request drawn upon."""
        slip = ((BankSlip.__name__, slip_key(self.bank_slip, self.bank)),) if self.bank_slip else ()
        return Touch(self.spans, (("SaleThing", self.id), *self.priced_things(), *slip))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """As every priced offer; and the expiry by rule."""
        values = super().resolve(values, state, rules)
        values["expires"] = expiry_of(values, state, rules)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01…04, NUM-02 the sheets; CHQ the cheque; REC-03 the amount; APR its approval; REG-01 the register; LAW the lint."""
        illegal = list(judge_sheets("sale", self.spans, state, self.id))
        yield from illegal
        yield from judge_marks(self.spans, state, self)
        yield from judge_expiry(self.spans, self.expires, state, self)
        yield from self._judge_register()
        yield from self._judge_cheque(state, rules)
        if self.bank_slip:
            yield from judge_slip(slip_key(self.bank_slip, self.bank), self.bank_slip, self, state)
        if self.by_cheque and not self.bank_slip:
            yield self._before_arrival()
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
        yield from self._judge_amount(state, rules)
        yield from judge_law(self, state, rules)

    def _before_arrival(self) -> Finding:
        """CHQ-01: sheets against a cheque that nobody knows the bank to have taken."""
        words = Words(
            f"支票 {self.cheque} 没有银行进帐单号，到帐前不能交券：先预留，到帐后交付",
            f"cheque {self.cheque} has no bank slip: the sheets are reserved until it has arrived, then handed over",
        )
        return trouble("CHQ-01", words, subject=self.id, serials=self.spans.text, next=("gb sale cheque --help",))

    def apply(self, state: State) -> None:
        """The sheets are with the client."""
        change_legal("sale", self.spans, state, expires=self.expires)
        sale = SaleThing(
            client=self.client, value=value_of(self.lines), amount=self.amount, pays=self.payments,
            cheque=self.cheque_key,
        )  # fmt: skip
        state.put(self.id, sale)
        take_payment(self.id, self.client, str(self.date), self.payments, state)
        self.take_cheque(state, handed=True, slip=self.bank_slip)
        if self.bank_slip:
            use_slip(slip_key(self.bank_slip, self.bank), self, state)
        if self.approval:
            use_request(self.approval, self.lines, state, abs(self.difference))

    def postings(self) -> Sequence[Posting]:
        """Sheets out of the safe; money against the liability to honour them."""
        return (*safe_out(self.lines, "vouchers:sold"), *money_in(self.payments))


class ClientReturn(SalesRecord, frozen=True, kw_only=True):
    """退券: sheets come back for at most the share paid; ``ref`` is the sale, ``amount`` the refund (S8).

    ``share`` is the share paid as entry found it: a refund that differs stands on the month's sheet with its reason.
    Sheets sold before the book began came with the opening, which names no client: the clerk does.  Where the sale's
    cheque bounced, ``set_off`` of the refund pays what the client owes for it, and the sheets may be frozen (S6).
    What has not arrived was not paid: ``given_up`` of the refund, by method, is taken off what is pending of the record
    ``payment``, and nobody pays it out.
    """

    KIND = "client-return"
    WORDS = Words("退券", "client return")
    RANK = 45
    ACT = "return"
    NEEDS_REASON = True
    NOTICE = "returned"

    share: Annotated[int, YUAN, Words("应退份额", "share paid")] = 0
    set_off: Annotated[int, YUAN, Words("抵退票欠款", "set off against the cheque")] = 0
    cheque: Annotated[str, CODE, Words("支票号", "cheque number")] = ""
    bank: Annotated[str, TEXT, Words("付款银行", "bank")] = ""
    drawer: Annotated[str, TEXT, Words("出票人", "drawer")] = ""
    source: Annotated[str, word(*POT_ACCOUNTS), Words("退款出自，空为财务", "refunded from; empty: finance")] = ""
    given_up: Annotated[Pays, PAYS, Words("冲减待到账", "taken off what is pending")] = ()
    payment: Annotated[str, RECORD, Words("原收款单", "record with the payment")] = ""

    @property
    def owed(self) -> int:
        """What of ``amount`` the client had not paid, in fen: a bounced cheque's and what is pending.  The rest is paid out."""
        return self.set_off + sum(pay.amount for pay in self.given_up)

    @property
    def difference(self) -> int:
        """Refund less the share paid, in fen: negative when the client got less."""
        return self.amount - self.share

    @property
    def ends_iou(self) -> bool:
        """Whether the sheets were out on an IOU: nothing was paid for them, and the debt falls."""
        return self.ref.startswith("CU") and not self.share and not self.amount

    @property
    def step(self) -> str:
        """The row of the custody table: against a bounced cheque frozen sheets come back too."""
        return "set-off" if self.cheque else "client-return"

    @property
    def cheque_key(self) -> str:
        """The bounced cheque that it sets off against, or empty."""
        return cheque_key(self.cheque, self.bank, self.drawer or self.client) if self.cheque else ""

    def touches(self) -> Touch:
        """The sheets and the sale; the bounced cheque; what is open of the payments."""
        debt = ((Owed.__name__, self.ref),) if self.ref.startswith("CU") else ()
        return Touch(self.spans, (("SaleThing", self.ref), *debt, *self._unpaid_things()))

    def _unpaid_things(self) -> tuple[tuple[str, str], ...]:
        cheque = ((Cheque.__name__, self.cheque_key),) if self.cheque else ()
        payments = dict.fromkeys((*((self.ref,) if self.cheque else ()), *((self.payment,) if self.payment else ())))
        return (*cheque, *((Payment.__name__, key) for key in payments))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The sale behind the sheets, the client, the faces, the refund and its method."""
        values = dict(values)
        values.setdefault("ref", _sale_behind(values["spans"], state))
        _refuse_unsold(values["spans"], state)
        sale = state.thing(SaleThing, values["ref"])
        lines = tuple(line for line in faces_of(values["spans"], state) if line.face)
        values.setdefault("lines", lines)
        values.setdefault("share", sale.share(value_of(lines)) if sale else value_of(lines))
        values.setdefault("amount", values["share"])
        values["client"] = _buyer(values, sale)
        _set_off(values, sale, state)
        _give_up(values, sale, state)
        _refund_by(values, sale, state)
        _lean_on(values, sale, state)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 not with this client by this sale; REC-03 refund above the share paid, or by another method."""
        illegal = list(judge_sheets(self.step, self.spans, state, self.id)) or list(self._judge_frozen(state))
        yield from illegal
        if illegal:
            return
        yield from judge_lines(self.spans, self.lines, state, self)
        yield from judge_behind(self, state)
        sale = state.thing(SaleThing, self.ref)
        yield from self._judge_refund(sale, state)
        yield from self._judge_pending(sale, state)
        yield from self._judge_source(rules)

    def _judge_source(self, rules: Rules) -> Iterator[Finding]:
        """CSH-04 a refund out of the drawer where the rule leaves it to finance; REC-03 one that was not paid in cash (N4)."""
        if not self.source:
            return
        from ledger.core.drawer import judge_pot

        rule = rules.find(Cash, self.date)
        if any(pay.method != AT_ONCE for pay in self.payments):
            words = Words("只有现金退款才从抽屉支付", "only a cash refund is paid from the drawer")
            yield trouble("REC-03", words, subject=self.id, next=("gb sale return --help",))
        if rule is not None:
            yield from judge_pot(self.source, rule.refunds_from, self.id)

    def _judge_frozen(self, state: State) -> Iterator[Finding]:
        """STA-01 for frozen sheets that no bounced cheque of theirs holds; REC-03 for more than the client owes."""
        cheque = state.thing(Cheque, self.cheque_key) if self.cheque else None
        held = cheque.held_spans if cheque else EMPTY
        frozen = SpanSet.of(p.span for p in state.pieces(self.spans) if p.sheet.hold) - held
        if frozen:
            yield from judge_sheets("client-return", frozen, state, self.id)
        if self.set_off and (cheque is None or self.set_off > cheque.due):
            due = cheque.due if cheque else 0
            words = Words(
                f"抵退票欠款 {yuan(self.set_off)} 超过所欠 {yuan(due)}",
                f"{yuan(self.set_off)} set off, {yuan(due)} is owed for the bounced cheque",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))

    def _judge_refund(self, sale: SaleThing | None, state: State) -> Iterator[Finding]:
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
        paid = sum(pay.amount for pay in self.payments) + self.owed
        if paid != self.amount:
            words = Words(f"退款合计 {yuan(paid)}，金额 {yuan(self.amount)}",
                          f"the refunds are {yuan(paid)}, the amount is {yuan(self.amount)}")  # fmt: skip
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))
        ways = set(_paid_ways(self.ref, sale, state))
        by = " ".join(sorted({pay.method for pay in self.payments} - ways)) if ways else ""
        if by:
            yield trouble("REC-03", _by_another(ways, by), subject=self.id, next=(f"--method {min(ways)}",))

    def _judge_pending(self, sale: SaleThing | None, state: State) -> Iterator[Finding]:
        """REC-03 for money refunded that has not arrived, or taken off a payment that has (S8: at most the share paid)."""
        key, payment = _payment_of(self.ref, sale, state)
        right = _unarrived(payment, sale, self.amount - self.set_off)
        if right != self.given_up or (right and key != self.payment):
            shown, due = (" ".join(f"{m}:{yuan(fen)}" for m, fen in pays) or "0.00" for pays in (self.given_up, right))
            words = Words(
                f"冲减待到账 {shown} 应为 {due}：没到账的款不退，只冲减",
                f"{shown} is taken off what is pending, not {due}: what has not arrived is not refunded",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {key or self.ref}",))
        flying = payment.open_by(CHEQUE) if payment else 0
        if flying and any(pay.method == CHEQUE for pay in self.payments):
            words = Words(
                f"支票款 {yuan(flying)} 还没有到帐，不能退款：登记到帐或退票之后再退券",
                f"{yuan(flying)} paid by cheque has not arrived and is not refunded: return the sheets once the cheque has "
                "cleared or bounced",
            )
            yield trouble("REC-03", words, subject=self.id, next=("gb cheque list", f"gb show {key or self.ref}"))

    def apply(self, state: State) -> None:
        """Back in the safe; a new date stamp is due before they are sold again (V4)."""
        change_legal(self.step, self.spans, state)
        sale, value = state.thing(SaleThing, self.ref), value_of(self.lines)
        if self.ends_iou:
            pay_debt(self.ref, value, state)
        elif sale is not None:
            state.put(self.ref, sale.less(value, self.amount, unpaid=self.given_up))
        cheque = state.thing(Cheque, self.cheque_key) if self.cheque else None
        if cheque is not None:
            left = max(0, cheque.due - self.set_off)  # what is too much is the finding
            state.put(self.cheque_key, msgspec.structs.replace(cheque, due=left))
            give_up(cheque.origin, (Pay(CHEQUE, self.set_off),), state)
        if self.given_up:
            give_up(self.payment, self.given_up, state, back=self.id)

    def postings(self) -> Sequence[Posting]:
        """Sheets into the safe; the refund is paid by finance by default, or pays what the client owes."""
        drawer = POT_ACCOUNTS.get(self.source)
        refunds = (money_moved(drawer or REFUNDS + method, LIABILITY, fen) for method, fen in self.payments)
        return (
            *safe_in(self.lines, "vouchers:client-returned"),
            *(posting for refund in refunds for posting in refund),
            *money_moved(RECEIVABLE, LIABILITY, self.set_off),
            *(posting for method, fen in self.given_up for posting in money_moved(PENDING + method, LIABILITY, fen)),
            *(money_moved(IOU, LIABILITY, value_of(self.lines)) if self.ends_iou else ()),
        )


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


def _refuse_unsold(spans: SpanSet, state: State) -> None:
    """Sheets that are with a client and were not sold, a rebate or a gift, are no sheets to take back for money (S8)."""
    unsold = SpanSet.of(p.span for p in state.pieces(spans) if p.sheet.use in ("rebated", "given") and not p.sheet.hold)
    for found in judge_sheets("client-return", unsold, state, "") if unsold else ():
        raise Refused(found.words, code=found.code, next=found.next)


def _sale_behind(spans: SpanSet, state: State) -> str:
    outs = dict.fromkeys(record_behind(piece.out, state) for piece in state.pieces(spans) if piece.out)
    if len(outs) == 1:
        return next(iter(outs))
    if not outs:
        unsold = next(iter(judge_sheets("client-return", spans, state, "")), None)
        words = unsold.words if unsold else Words("查不到原售券单", "the sale cannot be found")
        raise Refused(words, code="STA-01", next=unsold.next if unsold else ("--sale ID",))
    names = ", ".join(outs)
    words = Words(f"这些券出自几张售券单：{names}；请分单退", f"these sheets went out by several sales: {names}")
    raise Refused(words, code="STA-01", next=tuple(f"gb show {sale}" for sale in outs))


def _set_off(values: dict[str, Any], sale: SaleThing | None, state: State) -> None:
    """Where the sale's cheque bounced and is not made good, the refund first pays what is owed for it (S6)."""
    _, cheque = following(sale.cheque, state) if sale else ("", None)
    if cheque is None or cheque.status != "bounced" or not cheque.due:
        return
    values.update(cheque=cheque.number, bank=cheque.bank, drawer=cheque.drawer)
    values.setdefault("set_off", min(cheque.due, values["amount"]))


def _payment_of(ref: str, sale: SaleThing | None, state: State) -> tuple[str, Payment | None]:
    """What has not arrived of the money that paid for a sale, with its key; a sale from before the book is not known."""
    key = sale.payment(ref) if sale else ""
    return key, state.thing(Payment, key) if key else None


def _unarrived(payment: Payment | None, sale: SaleThing | None, refund: int) -> Pays:
    """What of a ``refund`` (fen) is taken off what is pending: all that is, before anything is paid out (S8).

    A cheque has its own steps (S6); of a payment for several handovers at most this sale's part of each method.
    """
    found = []
    for method, fen in sale.pays if payment and sale else ():
        part = 0 if method == CHEQUE or payment is None else min(refund, fen, payment.open_by(method))
        if part > 0:
            found.append(Pay(method, part))
            refund -= part
    return tuple(found)


def _give_up(values: dict[str, Any], sale: SaleThing | None, state: State) -> None:
    """Where the sale's money has not arrived, the refund first lowers what is pending."""
    key, payment = _payment_of(values["ref"], sale, state)
    given = _unarrived(payment, sale, values["amount"] - values.get("set_off", 0))
    if given:
        values.update(given_up=given, payment=key)


def _lean_on(values: dict[str, Any], sale: SaleThing | None, state: State) -> None:
    """A refund of money that had to arrive stands on its arrival, which is of the payment: it never sorts before it.

    What arrived before the month of the return needs nobody's care any more, and a closing has let go of it.
    """
    key, payment = _payment_of(values["ref"], sale, state)
    if payment is None or all(pay.method == AT_ONCE for pay in values.get("payments", ())):
        return
    moved = state.last(Touch(EMPTY, ((Payment.__name__, key),)))
    if moved[:7] >= f"{values['date']:%Y-%m}":
        values.setdefault("payment", key)


def _paid_ways(ref: str, sale: SaleThing | None, state: State) -> list[str]:
    """The methods by which something was paid for the sale, less those of which nothing has arrived."""
    _, payment = _payment_of(ref, sale, state)
    pays = sale.pays if sale else ()
    return list(dict.fromkeys(
        method for method, fen in pays if method == CHEQUE or payment is None or payment.open_by(method) < fen
    ))  # fmt: skip


def _refund_by(values: dict[str, Any], sale: SaleThing | None, state: State) -> None:
    """What the client had paid of the refund is paid out, by the method asked for or the one by which it came."""
    owed = values.get("set_off", 0) + sum(pay.amount for pay in values.get("given_up", ()))
    asked, paid = values.pop("method", ""), values["amount"] - owed
    ways = {pay.method for pay in sale.pays} if sale else set()
    if asked and ways and asked not in ways:
        raise Refused(_by_another(ways, asked), code="REC-03", next=(f"--method {min(ways)}",))
    if paid or not owed:
        method = asked or _one_method(_paid_ways(values["ref"], sale, state), bounced="set_off" in values)
        if paid:
            values.setdefault("payments", (Pay(method, paid),))


def _by_another(ways: set[str], by: str) -> Words:
    shown = " ".join(sorted(ways))
    return Words(f"原单付款方式是 {shown}，不能用 {by} 退款", f"the sale was paid by {shown}: no refund by {by}")


def _one_method(methods: list[str], *, bounced: bool) -> str:
    """The method to refund by: the one by which it was paid; several need the clerk's word.  A bounced cheque paid nothing."""
    methods = [method for method in methods if not (bounced and method == CHEQUE)] or [AT_ONCE]
    if len(methods) != 1:
        words = Words(f"原单用了几种付款方式：{' '.join(methods)}", f"the sale was paid by {' '.join(methods)}")
        raise Usage(words, next=tuple(f"--method {method}" for method in methods))
    return methods[0]


KINDS = (Sale, Reservation, Release, Handover, IouPayment, ClientReturn, SaleCorrection)
JOURNAL = Journal("sales", "SA", "csv", Words("售券", "sales"), KINDS)
