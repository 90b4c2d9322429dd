"""返扣 rebates: proposed on a client's purchases, approved with a control number, notified, collected (B1–B5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from ledger.core.approvals import judge_approver, judge_limit
from ledger.core.dates import Month
from ledger.core.errors import Refused
from ledger.core.findings import Finding, trouble
from ledger.core.forms import (
    CODE,
    LINES,
    RECORD,
    TEXT,
    YUAN,
    Codec,
    Journal,
    Lines,
    Record,
    Touch,
    show_lines,
    value_of,
)  # fmt: skip
from ledger.core.money import parse_yuan, yuan
from ledger.core.paper import FINANCE, KEPT, Later, Paper
from ledger.core.parties import Client, first_terminal
from ledger.core.postings import REBATES, REBATES_DUE, Posting, money_moved
from ledger.core.records.collecting import Collection, CollectionCorrection
from ledger.core.records.selling import SaleThing
from ledger.core.records.slipsteps import CONTROL, ApprovalId, SlipStep, known_slip, no_slip, unfit_slip
from ledger.core.rules import Rules
from ledger.core.slips import (
    Base,
    Bases,
    ControlNumbers,
    RebateAccount,
    Reckoning,
    Share,
    Slip,
    account_of,
    bought,
    control_parts,
    control_text,
    counted,
    ladder_of,
    month_of,
    overdrawn,
    reckon,
    shared,
    whole_vouchers,
)
from ledger.core.state import Reversed, State
from ledger.core.words import Words


def show_bases(bases: Bases) -> str:
    """``SA20261008-K1-0001:5000.00 …``."""
    return " ".join(f"{sale}:{yuan(amount)}" for sale, amount in bases)


def parse_bases(text: str) -> Bases:
    """The canonical form of :func:`show_bases` only: amounts above zero."""
    pairs = [part.split(":") for part in text.split(" ")]
    bases = tuple(Base(sale, parse_yuan(amount)) for sale, amount in pairs)
    if show_bases(bases) != text or any(base.amount <= 0 for base in bases):
        raise ValueError("not in canonical form")
    return bases


def parse_month(text: str) -> str:
    """A month as the files have it; raises ``ValueError``."""
    return Month.parse(text).text


def parse_percent(text: str) -> str:
    """A percentage from 0 to 100 in plain digits."""
    value = Decimal(text) if text.replace(".", "", 1).isdigit() and text.isascii() else Decimal(-1)
    if not 0 <= value <= 100:
        raise ValueError("no percentage")
    return text


BASES = Codec(
    "purchases", parse_bases, show_bases,
    r"^[A-Z]{2}[0-9]{8}-[A-Z][A-Z0-9]{0,7}-[0-9]{4,}:(0|[1-9][0-9]{0,14})\.[0-9]{2}"
    r"( [A-Z]{2}[0-9]{8}-[A-Z][A-Z0-9]{0,7}-[0-9]{4,}:(0|[1-9][0-9]{0,14})\.[0-9]{2})*$",
    Words("售券单:金额", "sale:amount"),
)  # fmt: skip
MONTH = Codec("month", parse_month, str, r"^[0-9]{4}-[0-9]{2}$", Words("月份", "month"))
PERCENT = Codec("percent", parse_percent, str, r"^[0-9]+(\.[0-9]+)?$", Words("百分比", "percent"))


class Proposal(Record, frozen=True, kw_only=True):
    """返扣请示: what a client is to be given for purchases of ``month``; it freezes their amounts (B1).

    ``sales`` are the purchases with what this proposal takes of each; ``base`` is the month's base with those of earlier
    proposals, ``percent`` the ladder's on all of it.  ``carried`` is what is left of other months, ``given`` what the
    month's earlier proposals give; ``amount`` in whole vouchers (``lines``), ``remainder`` is carried on.  ``after`` is
    the client's last slip before, which the figures go on from.
    """

    KIND = "proposal"
    WORDS = Words("返扣请示", "rebate proposal")
    PAPERS = (
        Paper(
            name="rebate-slip", title=Words("返扣单", "Rebate slip"), copies=(FINANCE, KEPT), totals=("amount",), size="A4",
            fields=(
                Later("approval", "control_no"), "date", "client", "month", "base", "percent", "carried", "given", "remainder",
                "lines", "sales", "amount", "reason", "note",
            ),
            steps=Words("审批与领取", "Decision and collection"),
            signs=(Words("经办人", "proposed by"), Words("批准人", "approved by"), Words("财务", "finance")),
        ),
    )  # fmt: skip
    RANK = 50
    ACT = "rebate-proposal"

    client: Annotated[str, CODE, Words("客户", "client")]
    month: Annotated[str, MONTH, Words("购券月份", "month of the purchases")]
    sales: Annotated[Bases, BASES, Words("购券单", "purchases")]
    base: Annotated[int, YUAN, Words("本月返扣基数", "base of the month")]
    percent: Annotated[str, PERCENT, Words("返扣比例%", "percent")]
    amount: Annotated[int, YUAN, Words("返扣金额", "rebate")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")] = ()
    carried: Annotated[int, YUAN, Words("上月结转", "carried in")] = 0
    given: Annotated[int, YUAN, Words("本月已给", "given before for the month")] = 0
    remainder: Annotated[int, YUAN, Words("结转下月", "carried on")] = 0
    after: Annotated[str, RECORD, Words("上一张返扣单", "the client's slip before")] = ""

    @property
    def relies_on(self) -> tuple[str, ...]:
        """The records whose figures went into its own."""
        return (self.after, *(base.sale for base in self.sales))

    @property
    def purchases(self) -> int:
        """The purchases of this proposal, in fen."""
        return sum(base.amount for base in self.sales)

    def touches(self) -> Touch:
        """The slip that it becomes, and the client's account with the ladder; no purchase."""
        return Touch(things=((Slip.__name__, self.id), (RebateAccount.__name__, self.client)))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """What is open of each purchase, the ladder, the vouchers; raises :class:`Refused` below one voucher.

        ``sales`` come in as ids; with ``carry`` a proposal without a voucher takes the purchases and carries the rest on.
        """
        values = dict(values)
        carry = values.pop("carry", False)
        if _is_person(values["client"], state):
            words, look = _no_person(values["client"])
            raise Refused(words, code="REB-07", next=(look,))
        account = account_of(state, values["client"])
        open_ = [(sale, bought(state, sale) - counted(state, account, sale)) for sale in values["sales"]]
        values["sales"] = tuple(Base(sale, fen) for sale, fen in open_ if fen > 0)
        purchases = sum(base.amount for base in values["sales"])
        found = reckon(account, values["month"], purchases, rules, values["date"])
        lines = whole_vouchers(ladder_of(values["month"], str(values["date"]), rules), found.due)
        if not values["sales"] or (not lines and not (carry and found.due > 0)):
            raise _nothing(values, found)
        amount = value_of(lines)
        return {
            **values, "base": found.base, "percent": found.percent, "carried": found.carried, "given": found.given,
            "amount": amount, "lines": lines, "remainder": found.due - amount,
            "after": account.shares[-1].slip if account.shares else "",
        }  # fmt: skip

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REB-07 another's purchase; REB-02 a purchase taken twice; REB-03 above what the ladder gives."""
        account = account_of(state, self.client)
        found = [*self._judge_payee(state), *self._judge_twice(state, account), *self._judge_purchases(state)]
        yield from found
        if not found:
            yield from self._judge_ladder(account, rules)

    def _judge_payee(self, state: State) -> Iterator[Finding]:
        """REB-07: the payee is the buying unit, never a person or a third party (B4)."""
        if _is_person(self.client, state):
            words, look = _no_person(self.client)
            yield trouble("REB-07", words, subject=self.id, next=(look,))
        sold = [(base.sale, state.thing(SaleThing, base.sale)) for base in self.sales]
        others = [(sale, thing.client) for sale, thing in sold if thing and thing.client != self.client]
        if others:
            named = "、".join(f"{sale}（{client}）" for sale, client in others)
            english = ", ".join(f"{sale} ({client})" for sale, client in others)
            words = Words(f"{named} 不是 {self.client} 购的", f"{english}: not bought by {self.client}")
            yield trouble("REB-07", words, subject=self.id, next=(f"gb show {others[0][0]}",))

    def _judge_twice(self, state: State, account: RebateAccount) -> Iterator[Finding]:
        """REB-02: more is taken of a purchase than it came to, here or together with earlier slips (B4)."""
        for sale in dict.fromkeys(base.sale for base in self.sales):
            thing = state.thing(SaleThing, sale)
            own = [base.amount for base in self.sales if base.sale == sale]
            before = counted(state, account, sale)
            if thing is not None and (before or len(own) > 1) and before + sum(own) > thing.amount:
                words = Words(
                    f"{sale} 共 {yuan(thing.amount)}，已返扣过 {yuan(before)}，又报 {yuan(sum(own))}",
                    f"{sale} came to {yuan(thing.amount)}; {yuan(before)} had its rebate, {yuan(sum(own))} is claimed again",
                )
                yield trouble("REB-02", words, subject=self.id, next=(f"gb rebate list --month {self.month}",))

    def _judge_purchases(self, state: State) -> Iterator[Finding]:
        """REB-03: a purchase that is not there, of another month, or less than what is taken of it."""
        for sale, amount in self.sales:
            thing = state.thing(SaleThing, sale)
            if thing is None:
                if state.thing(Reversed, sale) is None:
                    words = Words(f"没有 {sale} 这笔购券", f"there is no purchase {sale}")
                    yield trouble("REB-03", words, subject=self.id, next=(f"gb show {self.id}",))
            elif month_of(sale) != self.month:
                words = Words(f"{sale} 不是 {self.month} 的购券", f"{sale} is no purchase of {self.month}")
                yield trouble("REB-03", words, subject=self.id, next=(f"gb show {sale}",))
            elif amount > thing.amount:
                words = Words(
                    f"{sale} 只有 {yuan(thing.amount)}，按 {yuan(amount)} 计返扣",
                    f"{sale} came to {yuan(thing.amount)}, its rebate is reckoned on {yuan(amount)}",
                )
                yield trouble("REB-03", words, subject=self.id, next=(f"gb show {sale}",))

    def _judge_ladder(self, account: RebateAccount, rules: Rules) -> Iterator[Finding]:
        """REB-03: above the ladder, or figures that are not those of the book."""
        right = reckon(account, self.month, self.purchases, rules, self.date)
        if value_of(self.lines) != self.amount or self.amount > right.due:
            words = Words(
                f"返扣 {yuan(self.amount)}（{show_lines(self.lines) or '0'}）超过按标准可给的 {yuan(right.due)}",
                f"a rebate of {yuan(self.amount)} ({show_lines(self.lines) or '0'}) is above the {yuan(right.due)} "
                f"that the ladder gives",
            )
            yield trouble("REB-03", words, subject=self.id, next=(f"gb rebate due --month {self.month}",))
        elif (self.base, self.carried, self.given, self.amount + self.remainder, Decimal(self.percent)) != (
            right.base, right.carried, right.given, right.due, Decimal(right.percent)
        ):  # fmt: skip
            words = Words(
                f"返扣单的数字与账上不符：应为基数 {yuan(right.base)}，{right.percent}%，结转 {yuan(right.carried)}，"
                f"已给 {yuan(right.given)}",
                f"the slip's figures are not those of the book: base {yuan(right.base)}, {right.percent} %, carried in "
                f"{yuan(right.carried)}, given {yuan(right.given)}",
            )
            yield trouble("REB-03", words, subject=self.id, next=(f"gb rebate due --month {self.month}",))

    def apply(self, state: State) -> None:
        """The slip waits for a decision; one without a voucher carries its remainder on at once."""
        slip = Slip(
            client=self.client, month=self.month, date=str(self.date), by=self.by, sales=self.sales, amount=self.amount,
            lines=self.lines, status="proposed" if self.amount else "carried",
        )  # fmt: skip
        state.put(self.id, slip)
        share = Share(self.id, self.month, str(self.date), self.purchases, self.amount)
        state.put(self.client, account_of(state, self.client).plus(share))


def _is_person(code: str, state: State) -> bool:
    client = state.thing(Client, code)
    return client is not None and client.unit_kind == "individual"


def _no_person(code: str) -> tuple[Words, str]:
    """What is said of a rebate for a person, and where to look."""
    return Words(
        f"{code} 是个人，返扣只给购券单位", f"{code} is a person: rebates are for units"
    ), f"gb client show {code}"


def _nothing(values: dict[str, Any], found: Reckoning) -> Refused:
    """The refusal of a proposal that would give no voucher."""
    month = values["month"]
    if not values["sales"]:
        words = Words(
            f"{values['client']} {month} 没有已到账、未返扣的购券",
            f"{values['client']} has no purchase in {month} that is paid, arrived and without its rebate",
        )
        return Refused(words, code="REB-03", next=(f"gb rebate due --month {month}",))
    words = Words(
        f"{values['client']} {month} 基数 {yuan(found.base)}，可给 {yuan(found.due)}，不足一张券",
        f"{values['client']} for {month}: base {yuan(found.base)}, {yuan(found.due)} due, less than one voucher",
    )
    carry = ("--carry",) if found.due > 0 else ()
    return Refused(words, code="REB-03", next=(*carry, f"gb rebate due --month {month}"))


class Approval(SlipStep, frozen=True, kw_only=True):
    """返扣批准: a manager who is not the proposer approves; the slip gets its 对帐编号 control number (B2)."""

    KIND = "approval"
    WORDS = Words("返扣批准", "rebate approval")
    RANK = 51
    ACT = "approve"
    INSTEAD = "gb rebate cancel --help"

    control_no: Annotated[str, CONTROL, Words("对帐编号", "control number")]
    amount: Annotated[int, YUAN, Words("返扣金额", "rebate")]

    def touches(self) -> Touch:
        """The slip, and the control numbers of the year: they run in the order of dates."""
        return Touch(things=((Slip.__name__, self.ref), (ControlNumbers.__name__, f"{self.date:%Y}")))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The slip's amount, and the next control number where none is typed."""
        values.setdefault("control_no", _next_number(state, values["date"]))
        return {**super().resolve(values, state, rules), "amount": known_slip(values, state).amount}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-02 the proposer approves; APR-03 decided already; APR-01 above a manager's limit; REB-04 the number."""
        slip = self.slip(state)
        if slip is None:
            yield no_slip(self)
            return
        yield from judge_approver(self, slip.by, Words("返扣单", "slip"))
        if slip.status != "proposed":
            yield unfit_slip(self, slip, "APR-03")
        yield from self.judge_payee(slip)
        yield from judge_limit(self, slip.lines, state, rules)
        if slip.amount != self.amount:
            words = Words(
                f"批准 {yuan(self.amount)}，返扣单是 {yuan(slip.amount)}",
                f"{yuan(self.amount)} is approved, the slip is {yuan(slip.amount)}",
            )
            yield trouble("REB-03", words, subject=self.id, next=(f"gb rebate show {self.ref}",))
        yield from self._judge_number(state)

    def _judge_number(self, state: State) -> Iterator[Finding]:
        """REB-04: not the next control number of the year, or not given out by the book's first terminal (B2)."""
        right = _next_number(state, self.date)
        if self.control_no != right:
            words = Words(
                f"对帐编号 {self.control_no} 断号或重号，应为 {right}",
                f"control number {self.control_no} leaves a hole or is there twice: the next is {right}",
            )
            yield trouble("REB-04", words, subject=self.id, next=(f"--control-no {right}", "gb rebate list"))
        first = first_terminal(state)
        if first and self.terminal != first:
            words = Words(
                f"对帐编号只由终端 {first} 编发，不能在 {self.terminal} 批准返扣",
                f"control numbers are given out on terminal {first} alone: no rebate is approved on {self.terminal}",
            )
            yield trouble("REB-04", words, subject=self.id, next=(f"gb rebate approve {self.ref} --terminal {first}",))

    def apply(self, state: State) -> None:
        """From now on it may be collected; the number is used whatever becomes of the slip."""
        slip = self.slip(state)
        if slip is not None and slip.status == "proposed" and slip.by != self.by:
            state.put(self.ref, msgspec.structs.replace(
                slip, status="approved", control_no=self.control_no, approved=str(self.date), approval=self.id,
                decided_by=self.by,
            ))  # fmt: skip
        year, number = control_parts(self.control_no)
        used = state.thing(ControlNumbers, f"{year:04d}")
        state.put(f"{year:04d}", ControlNumbers(last=max(number, used.last if used else 0)))

    def postings(self) -> Sequence[Posting]:
        """What is owed from now on."""
        return money_moved(REBATES_DUE, REBATES, self.amount)


def _next_number(state: State, day: dt.date) -> str:
    used = state.thing(ControlNumbers, f"{day:%Y}")
    return control_text(day.year, used.last + 1 if used else 1)


class Withdrawal(SlipStep, frozen=True, kw_only=True):
    """A slip is given up: its purchases may be proposed again.  Not reversed, since they may have been; proposed anew."""

    ACT = "approve"
    RANK = 52
    NEEDS_REASON = True
    INSTEAD = "gb rebate propose --help"

    def touches(self) -> Touch:
        """The slip, and the client's account with the ladder."""
        return Touch(things=((Slip.__name__, self.ref), (RebateAccount.__name__, self.client)))

    def judge_later(self, state: State, rules: Rules) -> Iterator[Finding]:
        """REB-03: other slips of the client give what they give because of this one's purchases; they go first.

        What was collected of cancelled ones rests on no purchases, and the client owes it with this slip or without it.
        """
        standing = (one for one in account_of(state, self.client).shares if not _is_cancelled(one, state))
        account = RebateAccount(shares=tuple(standing))
        if overdrawn(account.without(self.ref), rules) > overdrawn(account, rules):
            later = account.without(self.ref).shares[-1].slip
            words = Words(
                f"返扣单 {later} 的金额靠 {self.ref} 的基数，要先作废它",
                f"slip {later} gives what it gives because of {self.ref}: withdraw that one first",
            )
            how = "reject" if (slip := state.thing(Slip, later)) and slip.status == "proposed" else "cancel"
            yield trouble("REB-03", words, subject=self.id, next=(f"gb rebate {how} {later} --reason '…'",))

    def withdraw(self, state: State, status: str) -> None:
        """Put the slip and the account as they are without it."""
        slip = self.slip(state)
        if slip is None:
            return
        state.put(self.ref, msgspec.structs.replace(slip, status=status, decided_by=self.by))
        state.put(slip.client, shared(account_of(state, slip.client), self.ref, slip))


def _is_cancelled(share: Share, state: State) -> bool:
    slip = state.thing(Slip, share.slip)
    return slip is not None and slip.status == "cancelled"


class Rejection(Withdrawal, frozen=True, kw_only=True):
    """返扣驳回: a manager rejects the proposal; the reason is recorded."""

    KIND = "rejection"
    WORDS = Words("返扣驳回", "rebate rejection")

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REB-01 no such proposal; APR-03 decided already; REB-03 later slips rely on it."""
        slip = self.slip(state)
        if slip is None:
            yield no_slip(self)
        elif slip.status != "proposed":
            yield unfit_slip(self, slip, "APR-03")
        else:
            yield from self.judge_payee(slip)
            yield from self.judge_later(state, rules)

    def apply(self, state: State) -> None:
        """It can never be collected."""
        slip = self.slip(state)
        if slip is not None and slip.status == "proposed":
            self.withdraw(state, "rejected")


class Cancellation(Withdrawal, frozen=True, kw_only=True):
    """返扣作废: an approved slip is given up, or a remainder that was carried; its control number stays as 作废 (B2).

    ``amount`` is what was approved and not collected.  What was collected stays given: it is owed by the client.
    """

    KIND = "cancellation"
    WORDS = Words("返扣作废", "rebate cancellation")

    amount: Annotated[int, YUAN, Words("作废金额", "amount cancelled")] = 0
    approval: ApprovalId = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """What is not collected yet."""
        slip = known_slip(values, state)
        values = super().resolve(values, state, rules)
        return {**values, "amount": max(0, slip.uncollected), "approval": slip.approval}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REB-01 nothing approved to cancel; REB-03 another amount than what is left, or later slips rely on it."""
        slip = self.slip(state)
        if slip is None:
            yield no_slip(self)
            return
        if slip.status == "proposed":
            words = Words(
                f"返扣单 {self.ref} 还没有批准，用驳回", f"slip {self.ref} is not approved yet: it is rejected instead"
            )
            yield trouble("REB-01", words, subject=self.id, next=(f"gb rebate reject {self.ref} --reason '…'",))
        elif slip.status != "carried" and slip.uncollected <= 0:
            yield self._nothing_left(slip)
        elif self.amount != slip.uncollected:
            words = Words(
                f"作废 {yuan(self.amount)}，未领的是 {yuan(slip.uncollected)}",
                f"{yuan(self.amount)} is cancelled, {yuan(slip.uncollected)} is not collected",
            )
            yield trouble("REB-03", words, subject=self.id, next=(f"gb rebate show {self.ref}",))
        else:
            yield from self.judge_payee(slip)
            yield from self.judge_later(state, rules)

    def _nothing_left(self, slip: Slip) -> Finding:
        if slip.status != "approved":
            return unfit_slip(self, slip, "APR-03")
        words = Words(f"返扣单 {self.ref} 已经领完", f"slip {self.ref} is collected")
        return trouble("APR-03", words, subject=self.id, next=(f"gb rebate show {self.ref}",))

    def apply(self, state: State) -> None:
        """What is left can never be collected."""
        slip = self.slip(state)
        if slip is not None and slip.status in ("approved", "carried") and (slip.left or slip.status == "carried"):
            self.withdraw(state, "cancelled")

    def postings(self) -> Sequence[Posting]:
        """What is no longer owed."""
        return money_moved(REBATES, REBATES_DUE, self.amount)


class Notification(SlipStep, frozen=True, kw_only=True):
    """返扣通知: the client was told, by whom and when the record itself says (B3)."""

    KIND = "notification"
    WORDS = Words("返扣通知", "rebate notification")
    RANK = 53
    ACT = "rebate"

    how: Annotated[str, TEXT, Words("通知方式", "how")]
    approval: ApprovalId = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The approval that there is to tell of."""
        return {**super().resolve(values, state, rules), "approval": known_slip(values, state).approval}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REB-01 nothing approved to tell."""
        slip = self.slip(state)
        if slip is None:
            yield no_slip(self)
        elif slip.status != "approved":
            yield unfit_slip(self, slip, "REB-01")

    def apply(self, state: State) -> None:
        """Remembered on the slip."""
        slip = self.slip(state)
        if slip is not None and slip.status == "approved":
            state.put(self.ref, msgspec.structs.replace(slip, notified=str(self.date)))


KINDS = (Proposal, Approval, Rejection, Cancellation, Notification, Collection, CollectionCorrection)
JOURNAL = Journal("rebates", "RB", "yaml", Words("返扣", "rebates"), KINDS)
