"""预留 reservations: sheets kept in the safe for a client until the cheque has arrived, then handed over or released (S4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.approvals import use_request
from ledger.core.cheques import (
    CHEQUE,
    STATUS,
    Cheque,
    Reserved,
    cheque_key,
    free_sheets,
    hand_over_sheets,
    judge_reserved,
    reserve_sheets,
)
from ledger.core.errors import Refused, Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, LINES, PAYS, SERIALS, TEXT, Lines, Pay, Pays, Touch, value_of
from ledger.core.judge import faces_of, judge_expiry, judge_lines, judge_marks, judge_sheets
from ledger.core.law import judge_law
from ledger.core.money import yuan
from ledger.core.paper import CLIENT, KEPT, Paper
from ledger.core.payments import Payment, give_up, take_payment
from ledger.core.postings import LIABILITY, REFUNDS, RESERVED, Posting, money_account, money_in, money_moved, safe_out
from ledger.core.records.selling import REGISTER, Offer, Priced, SalesRecord, SaleThing, expiry_of
from ledger.core.rules import Rules
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.core.words import Words


class Reservation(Priced, frozen=True, kw_only=True):
    """预留: a cheque and its deposit receipt 支票押金凭证 against sheets that stay in the safe (S4).

    No sale yet.  ``receipt`` is the number of the deposit receipt where the store has printed ones; else the record's id.
    """

    KIND = "reservation"
    WORDS = Words("支票预留", "reservation against a cheque")
    RANK = 40
    ACT = "sell"
    TAKINGS = True
    PAPERS: ClassVar[tuple[Paper, ...]] = (
        Paper(
            name="cheque-receipt", title=Words("支票押金凭证", "Receipt for a cheque"), copies=(CLIENT, KEPT), at_once=True,
            fields=(
                "receipt", "date", "client", "cheque", "bank", "drawer", "drawn", "payments", "salesperson", "lines", "spans",
                "amount", "note",
            ),
            totals=("amount",), signs=(Words("交票人", "cheque handed in by"), Words("收票人", "cheque received by")),
            note=Words(
                "支票到帐后凭本凭证领券；到帐前所列券号为客户留存，不作售券。",
                "The vouchers are handed over against this receipt once the cheque has arrived; until then they are kept.",
            ),
        ),
    )  # fmt: skip

    receipt: Annotated[str, TEXT, Words("支票押金凭证号", "deposit receipt number")] = ""

    def touches(self) -> Touch:
        """The sheets, the reservation itself, its payment and cheque, and the request drawn upon."""
        return Touch(self.spans, ((Reserved.__name__, self.id), *self.priced_things()))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01…04 the sheets; CHQ the cheque; REC-03 the amount; APR the discount's approval; REG-01 the register."""
        illegal = list(judge_sheets("reservation", self.spans, state, self.id))
        yield from illegal
        yield from judge_marks(self.spans, state, self)
        yield from judge_expiry(self.spans, self.expires, state, self)
        yield from self._judge_register()
        yield from self._judge_cheque(state, rules)
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
        yield from self._judge_amount(state, rules)

    def apply(self, state: State) -> None:
        """The sheets wait for the cheque."""
        reserve_sheets(self.spans, self.id, state)
        reserved = Reserved(
            client=self.client, salesperson=self.salesperson, value=value_of(self.lines), amount=self.amount,
            pays=self.payments, cheque=self.cheque_key, spans=self.spans.text,
            expires=str(self.expires or ""), approval=self.approval, reason=self.reason,
        )  # fmt: skip
        state.put(self.id, reserved)
        take_payment(self.id, self.client, str(self.date), self.payments, state)
        self.take_cheque(state, handed=False, slip=self.presented)
        use_request(self.approval, self.lines, state, abs(self.difference))

    @property
    def presented(self) -> str:
        """The slip with which its cheque was deposited already: none, where it has only come in."""
        return ""

    def postings(self) -> Sequence[Posting]:
        """Money that is owed to the client as long as the sheets are not handed over."""
        return money_in(self.payments, RESERVED)

    def not_written(self) -> tuple[tuple[bool, Words], ...]:
        """A reservation waits for a cheque, so it has one."""
        return (*super().not_written(), (bool(self.by_cheque or self.cheque), Words("没有支票", "no cheque")))


class Handover(Offer, frozen=True, kw_only=True):
    """交付: reserved sheets, all or part of them, to the client once the cheque has arrived; this is the sale (S4, R3).

    ``ref`` is the reservation; ``amount`` and ``payments`` are the sheets' share of what it took.  ``price_reason`` is the
    reservation's reason where the price is not the face value.
    """

    KIND = "handover"
    WORDS = Words("到帐交付", "handover")
    RANK = 43
    ACT = "sell"
    TAKINGS = True
    NOTICE = "sales"
    SELLS = True
    PAPERS = (REGISTER,)

    price_reason: Annotated[str, TEXT, Words("差额原因", "reason for the difference")] = ""

    @property
    def why(self) -> str:
        """The reason in writing for the difference (R3), as the reservation gave it."""
        return self.price_reason

    @property
    def paid_as(self) -> str:
        """The reservation took the money."""
        return self.ref

    def touches(self) -> Touch:
        """The sheets, this sale itself, and the reservation."""
        return Touch(self.spans, ((SaleThing.__name__, self.id), (Reserved.__name__, self.ref)))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The sheets still reserved, their share of the price, and what the reservation said of client and validity."""
        values = dict(values)
        reserved = _reserved(values["ref"], state)
        values.setdefault("spans", reserved.sheets)
        _refuse_none(values["spans"], values["ref"], reserved)
        lines = tuple(line for line in faces_of(values["spans"], state) if line.face)
        amount, pays = reserved.share(value_of(lines))
        values.update(client=reserved.client, lines=lines, amount=amount, payments=pays, approval=reserved.approval)
        values.update(salesperson=reserved.salesperson)
        if amount != value_of(lines):
            values["price_reason"] = reserved.reason
        if reserved.expires and "expires" not in values:
            values["expires"] = dt.date.fromisoformat(reserved.expires)
        values["expires"] = expiry_of(values, state, rules)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """CHQ-01 before the cheque arrived; STA the sheets; REC-03 not the reservation's share; REG-01 the register."""
        reserved = state.thing(Reserved, self.ref)
        illegal = list(judge_reserved("handover", self.spans, self.ref, state, self.id))
        yield from illegal
        if reserved is not None:
            yield from self._judge_arrival(reserved, state)
        yield from judge_marks(self.spans, state, self)
        yield from judge_expiry(self.spans, self.expires, state, self)
        yield from self._judge_register()
        yield from judge_law(self, state, rules)
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
            yield from self._judge_share(reserved)

    def _judge_arrival(self, reserved: Reserved, state: State) -> Iterator[Finding]:
        """The gate is the recorded bank advice (S4)."""
        cheque = state.thing(Cheque, reserved.cheque) if reserved.cheque else None
        if cheque is None or cheque.status == "cleared":
            return
        number, status = cheque.number, STATUS[cheque.status]
        first = {
            "received": (f"gb cheque deposit {number} --slip '…'",),
            "deposited": (f"gb cheque clear {number}", f"gb cheque bounce {number} --reason '…'"),
        }.get(cheque.status, (f"gb cheque show {number}",))
        words = Words(
            f"支票 {number} {status.zh}，到帐前不能交券",
            f"cheque {number} is {status.en}: no sheets before it has arrived",
        )
        yield trouble("CHQ-01", words, subject=self.id, serials=self.spans.text, next=first)

    def _judge_share(self, reserved: Reserved | None) -> Iterator[Finding]:
        expected = (reserved.client, *reserved.share(value_of(self.lines))) if reserved else ("", 0, ())
        if (self.client, self.amount, self.payments) != expected:
            words = Words(
                f"{self.id} 的客户、金额 {yuan(self.amount)} 或付款不是预留单 {self.ref} 中这些券的份额",
                f"client, amount {yuan(self.amount)} or payments of {self.id} are not its sheets' share of {self.ref}",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))

    def apply(self, state: State) -> None:
        """The sheets are with the client; the reservation holds the rest."""
        hand_over_sheets(self.spans, self.ref, state, self.expires)
        reserved = state.thing(Reserved, self.ref)
        sale = SaleThing(
            client=self.client, value=value_of(self.lines), amount=self.amount, pays=self.payments,
            cheque=reserved.cheque if reserved else "", paid_as=self.ref,
        )  # fmt: skip
        state.put(self.id, sale)
        if reserved is not None:
            state.put(self.ref, reserved.without(self.spans, value_of(self.lines), self.payments))

    def postings(self) -> Sequence[Posting]:
        """Sheets out of the safe; what was owed as reserved is now the liability to honour them."""
        return (*safe_out(self.lines, "vouchers:sold"), *money_moved(LIABILITY, RESERVED, self.amount))


class Release(SalesRecord, frozen=True, kw_only=True):
    """解除预留: a reservation is called off; the sheets are free and the client gets back what was taken (S4).

    ``payments`` are refunds of money that has arrived, paid by finance; ``given_up`` is what had not arrived and goes back
    as it came: the cheque that was not deposited, a transfer that nobody waits for any more.
    """

    KIND = "release"
    WORDS = Words("解除预留", "release")
    RANK = 43
    ACT = "sell"
    TAKINGS = True
    NEEDS_REASON = True

    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")] = EMPTY
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")] = ()
    given_up: Annotated[Pays, PAYS, Words("未到帐退还", "handed back unpaid")] = ()
    cheque: Annotated[str, CODE, Words("支票号", "cheque number")] = ""
    bank: Annotated[str, TEXT, Words("付款银行", "bank")] = ""
    drawer: Annotated[str, TEXT, Words("出票人", "drawer")] = ""

    @property
    def cheque_key(self) -> str:
        """The cheque that goes back to the client, or empty."""
        return cheque_key(self.cheque, self.bank, self.drawer or self.client) if self.cheque else ""

    def touches(self) -> Touch:
        """The sheets, the reservation; payment and cheque where something of them is given up."""
        given = ((Payment.__name__, self.ref),) if self.given_up else ()
        cheque = ((Cheque.__name__, self.cheque_key),) if self.cheque else ()
        return Touch(self.spans, ((Reserved.__name__, self.ref), *given, *cheque))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """All that is left of the reservation: sheets, money to refund, and what goes back as it came."""
        values = dict(values)
        reserved = _reserved(values["ref"], state)
        _refuse_settled(values["ref"], reserved)
        values["spans"] = reserved.sheets
        values["lines"] = (
            tuple(line for line in faces_of(reserved.sheets, state) if line.face) if reserved.spans else ()
        )
        values["client"] = reserved.client
        payment = state.thing(Payment, values["ref"])
        given = tuple(
            Pay(method, part)
            for method, fen in reserved.pays
            if (part := min(fen, payment.open_by(method) if payment else 0))
        )
        kept = dict(given)
        values["given_up"] = given
        values["payments"] = tuple(
            Pay(method, fen - kept.get(method, 0)) for method, fen in reserved.pays if fen > kept.get(method, 0)
        )
        values["amount"] = sum(fen for _, fen in values["payments"])
        cheque = state.thing(Cheque, reserved.cheque) if reserved.cheque else None
        if cheque is not None and CHEQUE in kept:
            values.update(cheque=cheque.number, bank=cheque.bank, drawer=cheque.drawer)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 not this reservation's sheets, or its cheque is at the bank; REC-03 not what is left of it."""
        reserved = state.thing(Reserved, self.ref)
        if self.spans:
            illegal = list(judge_reserved("release", self.spans, self.ref, state, self.id))
            yield from illegal
            if not illegal:
                yield from judge_lines(self.spans, self.lines, state, self)
        cheque = state.thing(Cheque, self.cheque_key) if self.cheque else None
        if cheque is not None and cheque.status != "received":
            words = Words(
                f"支票 {cheque.number} {STATUS[cheque.status].zh}：先登记到帐或退票，再解除预留",
                f"cheque {cheque.number} is {STATUS[cheque.status].en}: record its arrival or bounce first",
            )
            at_bank = (f"gb cheque clear {cheque.number}", f"gb cheque bounce {cheque.number} --reason '…'")
            yield trouble("STA-01", words, subject=self.id, serials=self.spans.text, next=at_bank)
        back = dict(self.payments)
        for method, fen in self.given_up:
            back[method] = back.get(method, 0) + fen
        if reserved is None or (reserved.sheets, dict(reserved.pays)) != (self.spans, back):
            words = Words(
                f"{self.id} 退还的不是预留单 {self.ref} 余下的券和款项",
                f"{self.id} does not give back what is left of {self.ref}",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))

    def apply(self, state: State) -> None:
        """The sheets are free; nothing is left of the reservation."""
        free_sheets(self.spans, self.ref, state)
        call_off(self.ref, state)
        give_up(self.ref, self.given_up, state)
        cheque = state.thing(Cheque, self.cheque_key) if self.cheque else None
        if cheque is not None:
            state.put(self.cheque_key, msgspec.structs.replace(cheque, status="given-back"))

    def postings(self) -> Sequence[Posting]:
        """What is owed to the client ends: by a refund, or by handing back what had not arrived."""
        refunds = (money_moved(REFUNDS + method, RESERVED, fen) for method, fen in self.payments)
        given = (money_moved(money_account(method), RESERVED, fen) for method, fen in self.given_up)
        return tuple(posting for part in (*refunds, *given) for posting in part)


def call_off(reservation: str, state: State, pays: Pays | None = None) -> None:
    """No sheet is reserved any more, and ``pays`` (all of them by default) is not held for the client any more."""
    reserved = state.thing(Reserved, reservation)
    if reserved is not None:
        gone = reserved.pays if pays is None else pays
        state.put(reservation, reserved.without(reserved.sheets, reserved.value, gone))


def _reserved(record_id: str, state: State) -> Reserved:
    found = state.thing(Reserved, record_id)
    if found is None:
        words = Words(f"{record_id} 不是预留单", f"{record_id} is no reservation")
        raise Unknown(words, next=(f"gb show {record_id}", "gb cheque list"))
    return found


def _refuse_none(spans: SpanSet, record_id: str, reserved: Reserved) -> None:
    """Refuse a handover of no sheets: they are handed over already, or no more reserved."""
    if spans and reserved.sheets:
        return
    words = Words(f"预留单 {record_id} 没有待交付的券", f"reservation {record_id} holds no sheets any more")
    raise Refused(words, code="STA-01", next=(f"gb show {record_id}",))


def _refuse_settled(record_id: str, reserved: Reserved) -> None:
    if reserved.settled:
        words = Words(f"预留单 {record_id} 已全部交付或解除", f"nothing is left of reservation {record_id}")
        raise Refused(words, code="STA-01", next=(f"gb show {record_id}",))


__all__ = ["Handover", "Release", "Reservation", "call_off"]
