"""支票登记 cheques: deposited, arrived or bounced, made good, replaced, given back (S4–S6).

The receipt of a cheque is the sale's or reservation's own record; every step here names cheque, bank and drawer as that
record has them, and refers to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.cheques import (
    CHEQUE,
    STATUS,
    BankSlip,
    Cheque,
    Reserved,
    cheque_key,
    free_sheets,
    judge_slip,
    late,
    slip_key,
    stale,
    still_held,
    take,
    twice,
    use_slip,
)
from ledger.core.custody import MOVES
from ledger.core.errors import Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, SERIALS, TEXT, YUAN, Journal, Pay, Record, Told, Touch
from ledger.core.judge import change_legal
from ledger.core.money import yuan
from ledger.core.paper import deposit_slip
from ledger.core.payments import AT_ONCE, Payment, give_up
from ledger.core.postings import ARRIVED, CASH, CHEQUES, CLEARED, RECEIVABLE, RESERVED, Posting, money_moved
from ledger.core.records.reservations import call_off
from ledger.core.records.selling import MONEY_RECEIPT
from ledger.core.rules import Rules
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.core.words import Words


class ChequeStep(Record, frozen=True, kw_only=True):
    """A step of one cheque.  ``FROM`` are the states it is legal in; ``amount`` (fen) is the cheque's unless it says else."""

    FROM: ClassVar[tuple[str, ...]] = ()
    ACT = "cheque"
    RANK = 41
    TAKINGS = True

    cheque: Annotated[str, CODE, Words("支票号", "cheque number")]
    bank: Annotated[str, TEXT, Words("付款银行", "bank")] = ""
    drawer: Annotated[str, TEXT, Words("出票人", "drawer")] = ""
    client: Annotated[str, CODE, Words("客户", "client")]
    amount: Annotated[int, YUAN, Words("金额", "amount")]

    @property
    def cheque_key(self) -> str:
        """The cheque."""
        return cheque_key(self.cheque, self.bank, self.drawer or self.client)

    def touches(self) -> Touch:
        """The cheque."""
        return Touch(EMPTY, ((Cheque.__name__, self.cheque_key),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """What the book knows of the cheque that number, bank and drawer name."""
        values = dict(values)
        drawer = values.get("drawer") or values.get("client", "")
        found = state.thing(Cheque, cheque_key(values["cheque"], values.get("bank", ""), drawer))
        if found is None:
            raise Unknown(Words("没有这张支票", "there is no such cheque"), next=("gb cheque list",))
        values.update(cheque=found.number, bank=found.bank, drawer=found.drawer, client=found.client, ref=found.origin)
        values.setdefault("amount", cls.asks(found))
        return cls.complete(values, found, state)

    @classmethod
    def asks(cls, cheque: Cheque) -> int:
        """The amount of the step in fen."""
        return cheque.amount

    @classmethod
    def complete(cls, values: dict[str, Any], cheque: Cheque, state: State) -> dict[str, Any]:
        """What else entry derives."""
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 a step out of turn; REC-03 another client, amount or origin than the cheque's."""
        cheque = state.thing(Cheque, self.cheque_key)
        if cheque is None or not self.in_turn(cheque):
            yield self._out_of_turn(cheque)
            return
        if (self.client, self.ref) != (cheque.client, cheque.origin) or not self.right_amount(cheque):
            words = Words(
                f"{self.id} 的客户、原单或金额 {yuan(self.amount)} 与支票 {self.cheque} 不符",
                f"client, origin or amount {yuan(self.amount)} of {self.id} is not that of cheque {self.cheque}",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb cheque show {self.cheque}",))
        yield from self.judge_more(cheque, state, rules)

    def in_turn(self, cheque: Cheque) -> bool:
        """Whether the step is legal as the cheque stands."""
        return cheque.status in self.FROM

    def right_amount(self, cheque: Cheque) -> bool:
        """Whether the amount can be this step's."""
        return self.amount == self.asks(cheque)

    def judge_more(self, cheque: Cheque, state: State, rules: Rules) -> Iterator[Finding]:
        """The rules of this kind alone."""
        yield from ()

    def _out_of_turn(self, cheque: Cheque | None) -> Finding:
        now = STATUS[cheque.status] if cheque else Words("账上没有", "not in the book")
        if cheque is not None and cheque.status == "bounced" and not cheque.due:
            now = Words("已退票，不欠款", "bounced, and nothing is owed for it")
        words = Words(
            f"支票 {self.cheque} {now.zh}，不能登记“{self.WORDS.zh}”",
            f"cheque {self.cheque} is {now.en}: not to be recorded as “{self.WORDS.en}”",
        )
        return trouble("STA-01", words, subject=self.id, next=_first(self.cheque, cheque))

    def apply(self, state: State) -> None:
        """The cheque goes on, where the step is in turn; else its sheets are touched and stay, so that it can be reversed."""
        cheque = state.thing(Cheque, self.cheque_key)
        if cheque is None or not self.in_turn(cheque):
            state.change(self.touched.spans, lambda sheet: sheet)
            return
        state.put(self.cheque_key, self.after(cheque))
        self.move_sheets(state)
        self.apply_more(cheque, state)

    def after(self, cheque: Cheque) -> Cheque:
        """The cheque after the step, which is what most steps are called."""
        return msgspec.structs.replace(cheque, status=self.KIND)

    def move_sheets(self, state: State) -> None:
        """What the step does to sheets."""

    def apply_more(self, cheque: Cheque, state: State) -> None:
        """What else the step changes."""


def _first(number: str, cheque: Cheque | None) -> tuple[str, ...]:
    """What can be done with the cheque as it stands."""
    if cheque is None:
        return ("gb cheque list",)
    if cheque.status == "bounced" and cheque.due:
        return (f"gb cheque made-good {number}",)
    return {
        "received": (f"gb cheque deposit {number} --slip '…'",),
        "deposited": (f"gb cheque clear {number}", f"gb cheque bounce {number} --reason '…'"),
    }.get(cheque.status, (f"gb cheque show {number}",))


class Deposited(ChequeStep, frozen=True, kw_only=True):
    """送存: to the bank with a deposit slip, on the day it came (S4)."""

    KIND = "deposited"
    WORDS = Words("支票送存", "cheque deposited")
    PAPERS = (deposit_slip("date", "slip", "client", "cheque", "bank", "drawer", "amount", "note"),)
    FROM = ("received",)

    slip: Annotated[str, TEXT, Words("进帐单号", "deposit slip number")]

    def touches(self) -> Touch:
        """The cheque, and the slip."""
        return Touch(EMPTY, (*super().touches().things, (BankSlip.__name__, slip_key(self.slip))))

    def judge_more(self, cheque: Cheque, state: State, rules: Rules) -> Iterator[Finding]:
        """CHQ-04 stale, CHQ-05 not on the day it came; NUM-01 a slip of another day."""
        yield from late(cheque, self.date, rules, self.id)
        yield from judge_slip(slip_key(self.slip), self.slip, self, state)

    def after(self, cheque: Cheque) -> Cheque:
        """At the bank."""
        return msgspec.structs.replace(cheque, status="deposited", slip=self.slip, deposited=str(self.date))

    def apply_more(self, cheque: Cheque, state: State) -> None:
        """The slip is used."""
        use_slip(slip_key(self.slip), self, state)


class Cleared(ChequeStep, frozen=True, kw_only=True):
    """到帐: the recorded bank advice; its number is optional (S4).

    Of a cheque that replaced a bounced one, ``spans`` are the sheets with the client that are unfrozen.
    """

    KIND = "cleared"
    WORDS = Words("支票到帐", "cheque cleared")
    FROM = ("deposited",)
    ACT = "clear"
    NOTICE = "unfrozen"

    advice: Annotated[str, TEXT, Words("到帐通知号", "bank advice number")] = ""
    spans: Annotated[SpanSet, SERIALS, Words("解冻券号", "serials unfrozen")] = EMPTY

    def touches(self) -> Touch:
        """The cheque, its payment, the reservation that may now be handed over, and the sheets whose hold ends."""
        origin = ((Payment.__name__, self.ref), (Reserved.__name__, self.ref))
        return Touch(self.spans, ((Cheque.__name__, self.cheque_key), *origin))

    @classmethod
    def complete(cls, values: dict[str, Any], cheque: Cheque, state: State) -> dict[str, Any]:
        """The sheets that the bounce of the cheque before it froze."""
        return {**values, "spans": still_held(cheque, state)}

    def judge_more(self, cheque: Cheque, state: State, rules: Rules) -> Iterator[Finding]:
        """REC-03 other sheets than those it holds."""
        yield from _judge_held(self, self.spans, still_held(cheque, state))

    def after(self, cheque: Cheque) -> Cheque:
        """Its money is there."""
        return msgspec.structs.replace(cheque, status="cleared", held="")

    def move_sheets(self, state: State) -> None:
        """The hold of those that a bounce froze ends."""
        change_legal("unfreeze", self.spans, state)

    def apply_more(self, cheque: Cheque, state: State) -> None:
        """Nothing of the payment is open any more."""
        give_up(cheque.origin, (Pay(CHEQUE, self.amount),), state)

    def postings(self) -> Sequence[Posting]:
        """In the bank."""
        return money_moved(CHEQUES, CLEARED, self.amount)


class Bounced(ChequeStep, frozen=True, kw_only=True):
    """退票, in one record: before the handover it frees the reservation; after it the amount is owed (S6).

    ``freed`` are the reserved sheets that are sellable again.  ``spans`` are the sheets with the client, which are frozen
    and listed; the sale stands.
    """

    KIND = "bounced"
    WORDS = Words("支票退票", "cheque bounced")
    FROM = ("deposited",)
    NEEDS_REASON = True
    NOTICE = "frozen"

    spans: Annotated[SpanSet, SERIALS, Words("冻结券号", "serials frozen")] = EMPTY
    freed: Annotated[SpanSet, SERIALS, Words("解除预留券号", "serials freed")] = EMPTY
    owed: Annotated[int, YUAN, Words("转应收", "owed by the client")] = 0

    def touches(self) -> Touch:
        """The cheque and its payment, the sheets, and the reservation that it ends."""
        payment = () if self.owed else ((Payment.__name__, self.ref), (Reserved.__name__, self.ref))
        return Touch(self.spans | self.freed, ((Cheque.__name__, self.cheque_key), *payment))

    def noticed(self) -> tuple[Told, ...]:
        """The sheets that are frozen; those that were only reserved never left the safe."""
        return (Told(self.NOTICE, self.spans),) if self.spans else ()

    @classmethod
    def complete(cls, values: dict[str, Any], cheque: Cheque, state: State) -> dict[str, Any]:
        """The sheets that the client still has of the sale, or those of the reservation."""
        if cheque.handed:
            return {**values, "owed": cheque.amount, "spans": _with_client(cheque, state)}
        reserved = state.thing(Reserved, cheque.origin)
        return {**values, "freed": reserved.sheets if reserved else EMPTY}

    def judge_more(self, cheque: Cheque, state: State, rules: Rules) -> Iterator[Finding]:
        """REC-03 another amount owed, or sheets that are not with the client of what the cheque pays for.

        Which of them the client has is asked only of the sheets that the record touches: of the others, what sorts
        before and after it was not settled when it was entered.
        """
        reserved = None if cheque.handed else state.thing(Reserved, cheque.origin)
        owed, freed = (cheque.amount, EMPTY) if cheque.handed else (0, reserved.sheets if reserved else EMPTY)
        others = self.spans - (_with_client(cheque, state) if cheque.handed else EMPTY)
        if others or (self.owed, self.freed) != (owed, freed):
            words = Words(
                f"{self.id} 的券号或应收与支票 {self.cheque} 的 {self.ref} 不符",
                f"serials or amount owed of {self.id} are not those of {self.ref}, which cheque {self.cheque} pays for",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))

    def after(self, cheque: Cheque) -> Cheque:
        """Owed by the client, or nothing was given for it."""
        held = cheque.held_spans | self.spans
        return msgspec.structs.replace(cheque, status="bounced", due=self.owed, held=held.text)

    def move_sheets(self, state: State) -> None:
        """Freeze what is with the client."""
        change_legal("freeze", self.spans, state)

    def apply_more(self, cheque: Cheque, state: State) -> None:
        """What was reserved is free again, and nobody waits for its money."""
        if self.owed:
            return
        free_sheets(self.freed, self.ref, state)
        call_off(self.ref, state, (Pay(CHEQUE, self.amount),))
        give_up(self.ref, (Pay(CHEQUE, self.amount),), state)

    def postings(self) -> Sequence[Posting]:
        """A receivable after the handover; nothing is owed to either side before it."""
        return money_moved(CHEQUES, RECEIVABLE if self.owed else RESERVED, self.amount)


class MadeGood(ChequeStep, frozen=True, kw_only=True):
    """补付: the client pays what a bounced cheque left owing, all or part; the whole of it ends the hold (S6).

    ``spans`` are the sheets that are unfrozen.
    """

    KIND = "made-good"
    WORDS = Words("退票补付", "bounced cheque made good")
    PAPERS = (MONEY_RECEIPT,)
    FROM = ("bounced",)
    NOTICE = "unfrozen"

    method: Annotated[str, CODE, Words("付款方式", "payment method")]
    reference: Annotated[str, TEXT, Words("付款参考号", "payment reference")] = ""
    spans: Annotated[SpanSet, SERIALS, Words("解冻券号", "serials unfrozen")] = EMPTY

    def touches(self) -> Touch:
        """The cheque, its payment, and the sheets whose hold ends."""
        return Touch(self.spans, ((Cheque.__name__, self.cheque_key), (Payment.__name__, self.ref)))

    @classmethod
    def asks(cls, cheque: Cheque) -> int:
        """What is still owed."""
        return cheque.due

    @classmethod
    def complete(cls, values: dict[str, Any], cheque: Cheque, state: State) -> dict[str, Any]:
        """The sheets still held, when nothing is owed any more."""
        values.setdefault("method", AT_ONCE)
        return {**values, "spans": still_held(cheque, state) if values["amount"] >= cheque.due else EMPTY}

    def in_turn(self, cheque: Cheque) -> bool:
        """While something is owed: a bounce before the handover left nothing."""
        return super().in_turn(cheque) and cheque.due > 0

    def right_amount(self, cheque: Cheque) -> bool:
        """Something, and not more than is owed."""
        return 0 < self.amount <= cheque.due

    def judge_more(self, cheque: Cheque, state: State, rules: Rules) -> Iterator[Finding]:
        """STA-01 by another cheque, which replaces it; REC-03 other sheets than those it holds."""
        if self.method == CHEQUE:
            words = Words(
                f"用新支票补付要登记换票：{self.cheque}",
                f"another cheque replaces {self.cheque}: record it as replaced",
            )
            yield trouble("STA-01", words, subject=self.id, next=("gb cheque replace --help",))
        yield from _judge_held(self, self.spans, still_held(cheque, state) if self.amount >= cheque.due else EMPTY)

    def after(self, cheque: Cheque) -> Cheque:
        """Less is owed."""
        due = max(0, cheque.due - self.amount)
        return msgspec.structs.replace(cheque, due=due, held=cheque.held if due else "")

    def move_sheets(self, state: State) -> None:
        """The hold ends with the debt."""
        change_legal("unfreeze", self.spans, state)

    def apply_more(self, cheque: Cheque, state: State) -> None:
        """The payment has arrived."""
        give_up(cheque.origin, (Pay(CHEQUE, self.amount),), state)

    def postings(self) -> Sequence[Posting]:
        """Cash in the drawer, or money that has arrived."""
        return money_moved(RECEIVABLE, CASH if self.method == AT_ONCE else ARRIVED, self.amount)


class Replaced(ChequeStep, frozen=True, kw_only=True):
    """换票: another cheque takes the place of one that bounced after the handover, or of one not deposited yet (S6).

    ``owed`` is what the new cheque pays of the receivable, 0 where the old one was not deposited.  The sheets stay frozen
    until the new cheque has arrived or is made good.
    """

    KIND = "replaced"
    WORDS = Words("换票", "cheque replaced")
    FROM = ("received", "bounced")

    new_cheque: Annotated[str, CODE, Words("新支票号", "the new cheque's number")]
    new_bank: Annotated[str, TEXT, Words("新支票付款银行", "the new cheque's bank")]
    new_drawn: Annotated[dt.date, DAY, Words("新支票出票日期", "the new cheque's date")]
    new_drawer: Annotated[str, TEXT, Words("新支票出票人", "the new cheque's drawer")] = ""
    owed: Annotated[int, YUAN, Words("抵应收", "of what was owed")] = 0

    @property
    def new_key(self) -> str:
        """The cheque that comes in."""
        return cheque_key(self.new_cheque, self.new_bank, self.new_drawer or self.client)

    def touches(self) -> Touch:
        """Both cheques, and a reservation that waits for them."""
        cheques = ((Cheque.__name__, self.cheque_key), (Cheque.__name__, self.new_key))
        return Touch(EMPTY, cheques if self.owed else (*cheques, (Reserved.__name__, self.ref)))

    @classmethod
    def asks(cls, cheque: Cheque) -> int:
        """What is owed after a bounce, else the cheque's own amount."""
        return cheque.due if cheque.status == "bounced" else cheque.amount

    @classmethod
    def complete(cls, values: dict[str, Any], cheque: Cheque, state: State) -> dict[str, Any]:
        """The drawer of the old one, and what it owed."""
        values.setdefault("new_drawer", cheque.drawer)
        return {**values, "owed": cheque.due if cheque.status == "bounced" else 0}

    def in_turn(self, cheque: Cheque) -> bool:
        """Before the deposit, or while something is owed: a bounce before the handover left nothing to replace."""
        return super().in_turn(cheque) and (cheque.status == "received" or cheque.due > 0)

    def right_amount(self, cheque: Cheque) -> bool:
        """All that is owed, or the whole cheque."""
        return self.amount == self.asks(cheque) and self.owed == (cheque.due if cheque.status == "bounced" else 0)

    def judge_more(self, cheque: Cheque, state: State, rules: Rules) -> Iterator[Finding]:
        """CHQ-03 a cheque that came before; CHQ-04 one that is stale when it comes; REG-01 drawn later."""
        yield from twice(self.new_key, state, self.id)
        yield from stale(self._new(cheque), rules, self.id)
        if self.new_drawn > self.date:
            words = Words("登记不全：出票日期在收票之后", "register incomplete: drawn after it was received")
            yield trouble("REG-01", words, subject=self.id, next=(f"gb cheque show {self.new_cheque}",))

    def _new(self, cheque: Cheque) -> Cheque:
        return Cheque(
            number=self.new_cheque, bank=self.new_bank, drawer=self.new_drawer, client=self.client, amount=self.amount,
            drawn=str(self.new_drawn), received=str(self.date), origin=cheque.origin, handed=cheque.handed,
            sheets=cheque.sheets, held=cheque.held,
        )  # fmt: skip

    def after(self, cheque: Cheque) -> Cheque:
        """Out of the house."""
        return msgspec.structs.replace(cheque, status="replaced", due=0, held="", successor=self.new_key)

    def apply_more(self, cheque: Cheque, state: State) -> None:
        """The new cheque stands where the old one stood."""
        take(self.new_key, self._new(cheque), state)
        reserved = None if self.owed else state.thing(Reserved, self.ref)
        if reserved is not None:
            state.put(self.ref, msgspec.structs.replace(reserved, cheque=self.new_key))

    def postings(self) -> Sequence[Posting]:
        """A cheque in the house again instead of a receivable."""
        return money_moved(RECEIVABLE, CHEQUES, self.owed)


class GivenBack(ChequeStep, frozen=True, kw_only=True):
    """退还支票: the paper goes back to the client, before its deposit, which ends the reservation, or after a bounce (S6).

    After a bounce ``amount`` is 0: its money was settled before.  ``freed`` are the reserved sheets that are sellable again.
    """

    KIND = "given-back"
    WORDS = Words("退还支票", "cheque given back")
    FROM = ("received", "bounced")

    freed: Annotated[SpanSet, SERIALS, Words("解除预留券号", "serials freed")] = EMPTY

    def touches(self) -> Touch:
        """The cheque; before its deposit also its payment, the reservation and the sheets."""
        origin = ((Payment.__name__, self.ref), (Reserved.__name__, self.ref)) if self.amount else ()
        return Touch(self.freed, ((Cheque.__name__, self.cheque_key), *origin))

    @classmethod
    def asks(cls, cheque: Cheque) -> int:
        """The money that is given up."""
        return cheque.amount if cheque.status == "received" and not cheque.handed else 0

    @classmethod
    def complete(cls, values: dict[str, Any], cheque: Cheque, state: State) -> dict[str, Any]:
        """The sheets that waited for it."""
        reserved = state.thing(Reserved, cheque.origin) if values["amount"] else None
        return {**values, "freed": reserved.sheets if reserved else EMPTY}

    def judge_more(self, cheque: Cheque, state: State, rules: Rules) -> Iterator[Finding]:
        """STA-01 while the client owes for it, or where the reservation holds other money too, which goes back with it."""
        reserved = state.thing(Reserved, cheque.origin) if self.amount else None
        other = Words("", "")
        hint = f"gb cheque made-good {self.cheque}"
        if cheque.due or (cheque.handed and cheque.status == "received"):
            other = Words(
                "客户还欠它的款，先补付或换票", "the client still owes for it: it is made good or replaced first"
            )
        elif reserved is not None and any(pay.method != CHEQUE for pay in reserved.pays):
            other = Words("预留单还收了别的款，一并解除预留", "the reservation holds other money too: release it whole")
            hint = f"gb sale release {self.ref} --reason '…'"
        if other.zh:
            words = Words(f"支票 {self.cheque} 不能退还：{other.zh}", f"cheque {self.cheque} stays: {other.en}")
            yield trouble("STA-01", words, subject=self.id, next=(hint,))
        if self.freed != (reserved.sheets if reserved else EMPTY):
            words = Words(
                f"{self.id} 解除的不是预留单 {self.ref} 的券", f"{self.id} frees other sheets than {self.ref} reserved"
            )
            yield trouble("REC-03", words, subject=self.id, serials=self.freed.text, next=(f"gb show {self.ref}",))

    def apply_more(self, cheque: Cheque, state: State) -> None:
        """The reservation ends with it."""
        if self.amount:
            free_sheets(self.freed, self.ref, state)
            call_off(self.ref, state, (Pay(CHEQUE, self.amount),))
            give_up(self.ref, (Pay(CHEQUE, self.amount),), state)

    def postings(self) -> Sequence[Posting]:
        """Nothing is owed to either side."""
        return money_moved(CHEQUES, RESERVED, self.amount)


def _judge_held(record: ChequeStep, spans: SpanSet, held: SpanSet) -> Iterator[Finding]:
    """REC-03 for a step that unfreezes sheets that the cheque does not hold.

    A sheet that it holds and does not touch may have another step that sorts after this one; the hold is seen there.
    """
    if spans - held:
        words = Words(
            f"{record.id} 解冻的不是支票 {record.cheque} 冻结的券",
            f"{record.id} unfreezes other sheets than cheque {record.cheque} holds",
        )
        yield trouble("REC-03", words, subject=record.id, serials=spans.text, next=(f"gb show {record.ref}",))


def _with_client(cheque: Cheque, state: State) -> SpanSet:
    """The sheets that the client still has of the sale the cheque pays for, and that no other hold lies on."""
    from ledger.core.spans import parse_spans

    sources = MOVES["freeze"].sources
    return SpanSet.of(
        piece.span
        for piece in state.pieces(parse_spans(cheque.sheets))
        if piece.out == cheque.origin and piece.sheet.state in sources
    )


JOURNAL = Journal(
    "cheques", "CQ", "csv", Words("支票登记", "cheques"), (Deposited, Cleared, Bounced, MadeGood, Replaced, GivenBack)
)
