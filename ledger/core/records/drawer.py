"""The steps on cash that the sales do not bring about: deposits, counts, the float, advances and what settles them (N3, N4).

Derived lines (a cash sale, a refund) are never typed a second time.  Amounts are in fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import msgspec

from ledger.core.approvals import judge_approval, use_request
from ledger.core.dates import parse_day
from ledger.core.drawer import FROM_FLOAT, POTS, PURPOSES, WAYS, Advanced, CashSlip, OverShort, judge_pot
from ledger.core.errors import Refused, Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, LINES, RECORD, TEXT, YUAN, Codec, Lines, Record, Touch, value_of, word
from ledger.core.judge import not_open
from ledger.core.money import yuan
from ledger.core.paper import Paper, Shown, deposit_slip
from ledger.core.parties import Operator
from ledger.core.postings import ADVANCES, CASH, FLOAT, POT_ACCOUNTS, SUSPENSE, WITH_FINANCE, Posting, money_moved
from ledger.core.registers import enter, entered
from ledger.core.rules import Cash, Rules
from ledger.core.rules import Count as CountRule
from ledger.core.state import State
from ledger.core.text import paper_number
from ledger.core.words import Words

ENTRUSTED = "liabilities:float"
"""What the department owes finance for the float."""
WRITTEN_OFF = "expenses:over-short"
SPENT = "expenses:advances"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _parse_days(text: str) -> tuple[dt.date, ...]:
    days = tuple(parse_day(part) for part in text.split(" "))
    if list(days) != sorted(set(days)):
        raise ValueError("days in order, each once")
    return days


DAYS = Codec(
    "days", _parse_days, lambda days: " ".join(map(str, days)), f"^{_DAY}( {_DAY})*$", Words("日期，可几天", "dates")
)
SOURCE = word(*POTS)


def judge_above_zero(amount: int, subject: str) -> Iterator[Finding]:
    """REC-03 for an amount (fen) that is none."""
    if amount <= 0:
        words = Words(f"金额要大于零：{yuan(amount)}", f"the amount must be above zero: {yuan(amount)}")
        yield trouble("REC-03", words, subject=subject)


class Deposit(Record, frozen=True, kw_only=True):
    """内部进帐单: takings handed to finance.  ``days`` are the cash days whose takings they are (S3, N3)."""

    KIND = "deposit"
    WORDS = Words("交款", "deposit")
    HELP = Words("把货款交财务，凭内部进帐单", "hand takings to finance with an internal deposit slip")
    PAPERS = (deposit_slip("date", "slip", "days", "amount", "note"),)
    RANK = 70
    ACT = "cash"

    amount: Annotated[int, YUAN, Words("金额", "amount")]
    slip: Annotated[str, TEXT, Words("内部进帐单号", "deposit slip number")]
    days: Annotated[tuple[dt.date, ...], DAYS, Words("所交日期的货款", "cash days covered")]

    def touches(self) -> Touch:
        """The slip, and the line of the register."""
        return Touch(things=(("CashSlip", paper_number(self.slip)), entered(self)))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-03 no amount; NUM-01 the slip's number is used; REC-05 takings of a day that has not come."""
        yield from judge_above_zero(self.amount, self.id)
        used = state.thing(CashSlip, paper_number(self.slip))
        if used is not None:
            words = Words(
                f"进帐单号 {self.slip} 已用于 {used.deposit}", f"slip {self.slip} was used for {used.deposit}"
            )
            yield trouble("NUM-01", words, subject=self.id, next=(f"gb show {used.deposit}",))
        if self.days[-1] > rules.next_trading_day(self.date):  # after the cut-off the next cash day has begun
            words = Words(f"{self.days[-1]} 还没有货款", f"there are no takings of {self.days[-1]} yet")
            yield trouble("REC-05", words, subject=self.id, next=(f"--covers {self.date}",))

    def apply(self, state: State) -> None:
        """The slip is used; finance's register has the money too."""
        state.put(paper_number(self.slip), CashSlip(deposit=self.id))
        enter(self, "money", state, amount=self.amount, numbers=(self.slip,))

    def postings(self) -> Sequence[Posting]:
        """Out of the drawer, with finance."""
        return money_moved(CASH, WITH_FINANCE, self.amount)


class CashCount(Record, frozen=True, kw_only=True):
    """现金盘点: the whole drawer counted.  ``book`` is what entry found in the book; the difference goes to suspense (N3).

    ``notes`` are denominations × pieces where they were counted so.
    """

    KIND = "count"
    WORDS = Words("现金盘点", "cash count")
    HELP = Words("盘点抽屉里的现金，长短款先挂账", "count the drawer; over or short stands in suspense")
    PAPERS = (
        Paper(
            name="cash-count", title=Words("现金盘点表", "Cash count"), totals=("amount",),
            zeros=("amount", "book", "difference"),
            fields=(
                Shown("at", "moment", Words("盘点时间", "counted at")), "notes", "amount", "book",
                Shown("difference", "yuan", Words("长（+）短（-）款", "over (+) or short (-)")), "reason", "note",
            ),
            steps=Words("长短款处理", "What became of the difference"),
            signs=(Words("盘点人", "counted by"), Words("监盘人", "second counter"), Words("财务", "finance")),
        ),
    )  # fmt: skip
    RANK = 60
    ACT = "cash"

    amount: Annotated[int, YUAN, Words("实点金额", "counted")]
    book: Annotated[int, YUAN, Words("账面金额", "in the book")]
    notes: Annotated[Lines, LINES, Words("面额*张数", "denomination × pieces")] = ()
    second: Annotated[str, TEXT, Words("监盘人", "second counter")] = ""

    @property
    def difference(self) -> int:
        """Counted less book, in fen: negative when short."""
        return self.amount - self.book

    def touches(self) -> Touch:
        """What it leaves in suspense."""
        return Touch(things=(("OverShort", self.id),) if self.difference else ())

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """CNT-01 one person alone; REC-03 notes that are another amount, or less than nothing."""
        own = state.thing(Operator, self.by)
        alone = not self.second or self.second in {self.by, own.name if own else self.by}
        if alone and rules.on(CountRule, self.date).people > 1:
            words = Words(f"现金盘点 {self.id} 只有一人", f"cash count {self.id} was made by one person")
            yield trouble("CNT-01", words, subject=self.id, next=("gb cash count … --second NAME",))
        if self.amount < 0 or (self.notes and value_of(self.notes) != self.amount):
            words = Words(
                f"钞票合计 {yuan(value_of(self.notes))}，金额 {yuan(self.amount)}",
                f"the notes are {yuan(value_of(self.notes))}, the amount is {yuan(self.amount)}",
            )
            yield trouble("REC-03", words, subject=self.id)

    def apply(self, state: State) -> None:
        """What differs waits to be settled."""
        if self.difference:
            state.put(self.id, OverShort(amount=-self.difference, date=str(self.date)))

    def postings(self) -> Sequence[Posting]:
        """The book moves to what was counted."""
        return money_moved(SUSPENSE, CASH, self.difference)


class Settle(Record, frozen=True, kw_only=True):
    """长短款处理: ``ref`` is the count; ``amount`` (fen) has its sign, short positive (N3).

    A shortage is paid into the drawer or written off, a surplus paid out to whom it belongs or written off as income.
    """

    KIND = "settle"
    WORDS = Words("长短款处理", "over or short settled")
    HELP = Words("长短款处理：补交、退还或核销", "settle an over or short: paid in, paid out or written off")
    RANK = 62
    ACT = "cash"
    NEEDS_REASON = True

    how: Annotated[str, word(*WAYS), Words("处理方式", "how")]
    amount: Annotated[int, YUAN, Words("金额，短款为正", "amount, short positive")]
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    def touches(self) -> Touch:
        """What the count left open, and the request drawn upon."""
        request = (("Request", self.approval),) if self.approval else ()
        return Touch(things=(("OverShort", self.ref), *request))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """All that is open, and for a surplus or shortage the only way to pay it."""
        found = state.thing(OverShort, values["ref"])
        if found is None or found.settled:
            words = Words(
                f"{values['ref']} 没有待处理的长短款", f"{values['ref']} has nothing over or short that is open"
            )
            raise Refused(words, code="REC-05", next=("gb cash list", f"gb show {values['ref']}"))
        values = dict(values)
        typed = values.pop("part", None)
        values["amount"] = found.amount if typed is None else (typed if found.amount > 0 else -typed)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-05 more than is open, or paid the wrong way; APR-01 written off beyond the rule without an approval."""
        found = state.thing(OverShort, self.ref)
        left = found.amount if found else 0
        if self.amount * left <= 0 or abs(self.amount) > abs(left):
            yield not_open(self, left, self.amount, Words("待处理的长短款是", "over or short"))
        right = {"paid-in": self.amount > 0, "paid-out": self.amount < 0}.get(self.how, True)
        if not right:
            words = Words("短款补交，长款退还", "a shortage is paid in, a surplus paid out")
            other = "paid-in" if self.amount > 0 else "paid-out"
            yield trouble("REC-05", words, subject=self.id, next=(f"--how {other}",))
        yield from self._judge_approval(state, rules)

    def _judge_approval(self, state: State, rules: Rules) -> Iterator[Finding]:
        rule = rules.find(Cash, self.date)
        most = rule.by_reason if rule else 0
        if self.approval or (self.how == "written-off" and abs(self.amount) > most):
            yield from judge_approval(
                self.approval, ("over-short",), (), state, self.id, amount=abs(self.amount)
            )  # fmt: skip

    def apply(self, state: State) -> None:
        """So much less is open."""
        found = state.thing(OverShort, self.ref)
        if found is not None:
            state.put(self.ref, msgspec.structs.replace(found, amount=found.amount - self.amount))
        use_request(self.approval, (), state, abs(self.amount))

    def postings(self) -> Sequence[Posting]:
        """Out of suspense, into the drawer or written off."""
        return money_moved(SUSPENSE, WRITTEN_OFF if self.how == "written-off" else CASH, self.amount)


class FloatSet(Record, frozen=True, kw_only=True):
    """备用金: finance entrusts a float to the counter, or takes it back.  ``amount`` is the change, ``total`` what it is now."""

    KIND = "float"
    WORDS = Words("备用金", "float")
    HELP = Words("设定备用金：写总额", "set the float: its total")
    RANK = 20
    ACT = "cash"

    amount: Annotated[int, YUAN, Words("变动", "change")]
    total: Annotated[int, YUAN, Words("总额", "total")]

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """CSH-05 a float outside the limits; none at all is allowed. REC-03 a change of nothing."""
        rule = rules.find(Cash, self.date)
        least, most = rule.float_range if rule else (0, self.total)
        if self.total and not least <= self.total <= most:
            words = Words(
                f"备用金 {yuan(self.total)} 不在 {yuan(least)} 和 {yuan(most)} 之间",
                f"the float {yuan(self.total)} is not between {yuan(least)} and {yuan(most)}",
            )
            yield trouble("CSH-05", words, subject=self.id, next=(f"gb cash float {yuan(most)}",))
        if not self.amount or self.total < 0:
            words = Words(f"备用金已是 {yuan(self.total)}", f"the float is {yuan(self.total)} already")
            yield trouble("REC-03", words, subject=self.id, next=("gb cash book",))

    def postings(self) -> Sequence[Posting]:
        """Cash from finance, owed to finance."""
        return money_moved(ENTRUSTED, FLOAT, self.amount)


class Advance(Record, frozen=True, kw_only=True):
    """借支: cash to a registered member of staff for travel or purchases, to be accounted for by ``due`` (N4)."""

    KIND = "advance"
    WORDS = Words("借支", "advance")
    HELP = Words("借支给员工：差旅或采购", "advance cash to staff: travel or purchases")
    RANK = 30
    ACT = "cash"

    staff: Annotated[str, CODE, Words("借款人", "who")]
    purpose: Annotated[str, word(*PURPOSES), Words("用途", "purpose")]
    amount: Annotated[int, YUAN, Words("金额", "amount")]
    due: Annotated[dt.date, DAY, Words("归还期限", "due")]
    source: Annotated[str, SOURCE, Words("出自", "paid from")] = FROM_FLOAT

    def touches(self) -> Touch:
        """The advance itself."""
        return Touch(things=(("Advanced", self.id),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Only to registered staff."""
        if state.thing(Operator, values["staff"]) is None:
            words = Words(f"没有员工 {values['staff']}", f"there is no member of staff {values['staff']}")
            raise Unknown(words, next=("gb operator list",))
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """CSH-04: above the limit, for another purpose, due before it is paid, or out of the takings."""
        yield from judge_above_zero(self.amount, self.id)
        rule = rules.find(Cash, self.date)
        if rule is None:
            return
        broken = []
        if self.amount > rule.advance_limit:
            most = yuan(rule.advance_limit)
            broken.append(Words(f"超过限额 {most}", f"above the limit of {most}"))
        if self.purpose not in rule.advance_purposes:
            broken.append(Words(f"用途“{PURPOSES[self.purpose].zh}”不允许", f"no advances for {self.purpose}"))
        if self.due < self.date:
            broken.append(Words(f"期限 {self.due} 早于借支日", f"due {self.due}, before it is paid"))
        yield from judge_pot(self.source, rule.advances_from, self.id, broken)

    def apply(self, state: State) -> None:
        """The person owes it."""
        state.put(self.id, Advanced(staff=self.staff, amount=self.amount, source=self.source, due=str(self.due)))

    def postings(self) -> Sequence[Posting]:
        """Out of the pot it is paid from."""
        return money_moved(POT_ACCOUNTS[self.source], ADVANCES, self.amount)


class AdvanceReturn(Record, frozen=True, kw_only=True):
    """借支归还: ``ref`` is the advance; ``amount`` comes back in cash, ``spent`` is shown by receipts (N4)."""

    KIND = "advance-return"
    WORDS = Words("借支归还", "advance returned")
    HELP = Words("归还借支：退回现金和报销单据", "an advance accounted for: cash back and receipts")
    RANK = 31
    ACT = "cash"

    amount: Annotated[int, YUAN, Words("退回现金", "cash back")]
    spent: Annotated[int, YUAN, Words("报销", "receipts")] = 0
    source: Annotated[str, SOURCE, Words("退回到", "back into")] = FROM_FLOAT

    def touches(self) -> Touch:
        """The advance."""
        return Touch(things=(("Advanced", self.ref),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Whatever the receipts do not show comes back in cash, into the pot it came from."""
        found = state.thing(Advanced, values["ref"])
        if found is None or found.settled:
            words = Words(f"{values['ref']} 没有未还的借支", f"{values['ref']} is no advance that is open")
            raise Refused(words, code="REC-05", next=("gb cash list",))
        values = {"spent": 0, **values, "source": found.source}
        values.setdefault("amount", found.amount - values["spent"])
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-05 more than is open."""
        found = state.thing(Advanced, self.ref)
        left = found.amount if found else 0
        if min(self.amount, self.spent) < 0 or not 0 < self.amount + self.spent <= left:
            yield not_open(self, left, self.amount + self.spent, Words("未还", "open"))

    def apply(self, state: State) -> None:
        """So much less is owed."""
        found = state.thing(Advanced, self.ref)
        if found is not None:
            state.put(self.ref, msgspec.structs.replace(found, amount=found.amount - self.amount - self.spent))

    def postings(self) -> Sequence[Posting]:
        """Cash back into its pot, receipts into expenses."""
        return (
            *money_moved(ADVANCES, POT_ACCOUNTS[self.source], self.amount),
            *money_moved(ADVANCES, SPENT, self.spent),
        )
