"""到账: a transfer or another payment that takes its time is there (S9, R8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec

from ledger.core.errors import Refused, Usage
from ledger.core.findings import Finding
from ledger.core.forms import CODE, TEXT, YUAN, Record, Touch
from ledger.core.judge import not_open
from ledger.core.money import yuan
from ledger.core.payments import Payment
from ledger.core.postings import ARRIVED, PENDING, Posting, money_moved
from ledger.core.rules import Rules
from ledger.core.spans import EMPTY
from ledger.core.state import State
from ledger.core.words import Words

CHEQUE = "cheque"
"""The one method that arrives by steps of its own (S6)."""


class Arrived(Record, frozen=True, kw_only=True):
    """到账: ``amount`` (fen) of the payment by ``method`` that ``ref``, a sale or reservation, took; all of it or a part."""

    KIND = "arrived"
    WORDS = Words("到账", "arrived")
    HELP = Words("转账、微信等已到账", "a transfer or the like has arrived")
    RANK = 48
    ACT = "arrived"
    TAKINGS = True

    method: Annotated[str, CODE, Words("付款方式", "payment method")]
    amount: Annotated[int, YUAN, Words("金额", "amount")]
    reference: Annotated[str, TEXT, Words("银行参考号", "bank reference")] = ""

    def touches(self) -> Touch:
        """The payment."""
        return Touch(things=(("Payment", self.ref),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The only method that is open, and all of it."""
        found = state.thing(Payment, values["ref"])
        waiting = [pay for pay in found.open if pay.method != CHEQUE] if found else []
        if not waiting:
            words = Words(f"{values['ref']} 没有待到账的款", f"{values['ref']} has no payment that is pending")
            next_ = (f"gb show {values['ref']}", "gb cash list --open")
            since = _since(values["ref"], found, state)
            raise Refused(_why(words, found, since), code="REC-05", next=(*_undo(found, since), *next_))
        values = dict(values)
        if "method" not in values and len(waiting) > 1:
            named = " ".join(f"{pay.method}:{yuan(pay.amount)}" for pay in waiting)
            words = Words(f"几种付款都没到账：{named}", f"several payments are pending: {named}")
            raise Usage(words, next=tuple(f"--method {pay.method}" for pay in waiting))
        values.setdefault("method", waiting[0].method)
        values.setdefault("amount", found.open_by(values["method"]) if found else 0)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-05: nothing is pending there, it has arrived already, or it is another amount."""
        found = state.thing(Payment, self.ref)
        left = found.open_by(self.method) if found and self.method != CHEQUE else 0
        if not 0 < self.amount <= left:
            how = Words(f"待到账（{self.method}）", f"pending by {self.method}")
            again = (f"--amount {yuan(left)}",) if left else ()
            since = _since(self.ref, found, state)
            finding = not_open(self, left, self.amount, how, next=(*again, *_undo(found, since)))
            yield msgspec.structs.replace(finding, words=_why(finding.words, found, since))

    def apply(self, state: State) -> None:
        """So much less is pending."""
        found = state.thing(Payment, self.ref)
        if found is not None:
            state.put(self.ref, found.less(self.method, self.amount))

    def postings(self) -> Sequence[Posting]:
        """Pending money is in the bank."""
        return money_moved(PENDING + self.method, ARRIVED, self.amount)


def _since(ref: str, payment: Payment | None, state: State) -> list[str]:
    """What was recorded of a payment after the return that was set off against it: the money came, and is entered already."""
    if payment is None or not payment.back:
        return []
    return sorted(state.top(Touch(EMPTY, ((Payment.__name__, ref),))) - {payment.back, ""})


def _why(words: Words, payment: Payment | None, since: Sequence[str]) -> Words:
    """``words``; and where sheets came back against what was pending, how money that comes after all is entered (S8)."""
    if since:
        named = " ".join(since)
        return Words(
            f"{words.zh}；{named} 已登记到账，登了两遍的冲销一遍",
            f"{words.en}; {named} has entered it: what is entered twice is reversed once",
        )
    if payment is None or not payment.back:
        return words
    return Words(
        f"{words.zh}；退券 {payment.back} 已冲减待到账。款后来到了：先冲销该退券，登记到账，再退券，由财务退款",
        f"{words.en}; the return {payment.back} was set off against it. If the money came after all: reverse that"
        " return, record the arrival, then the return again, which finance refunds",
    )


def _undo(payment: Payment | None, since: Sequence[str]) -> tuple[str, ...]:
    if since:
        return tuple(f"gb show {one}" for one in since)
    return (f"gb reverse {payment.back} --reason '…'",) if payment is not None and payment.back else ()
