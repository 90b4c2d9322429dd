"""期初 lines beside the sheets: cheques with the sheets reserved for them, payments on their way, rebates to be collected (V0).

Each names the opening's header, whose totals both sides signed.  From then on each is what its own journal would have made
it: a cheque is deposited, cleared or bounces, a payment arrives, a slip is collected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.cheques import Reserved, twice
from ledger.core.errors import Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, LINES, PAYS, TEXT, YUAN, Lines, Pays, Record, Touch, value_of
from ledger.core.judge import judge_lines, judge_sheets
from ledger.core.money import yuan
from ledger.core.parties import Client
from ledger.core.payments import AT_ONCE, Payment, take_payment
from ledger.core.points import PointsAccount
from ledger.core.postings import REBATES_DUE, Posting, money_in, money_moved
from ledger.core.records.points import POINTS, ItsPoints, PointsRecord
from ledger.core.records.rebates import MONTH
from ledger.core.records.reservations import Reservation
from ledger.core.records.slipsteps import CONTROL
from ledger.core.rules import Points, Rules
from ledger.core.slips import Base, ControlNumbers, Slip, control_parts
from ledger.core.state import State, Thing
from ledger.core.words import Words

EQUITY = "equity:opening"
ALWAYS = ("cheques", "pending", "rebates")
"""The totals that every header has, be they nothing; the others only where it announces any, as of points in a store with members."""


class MoneyTotal(Thing, frozen=True, kw_only=True):
    """What an opening's header announced of one kind of open item and what its lines have brought, in fen or points.

    The key is the header's id and the kind's name, joined by ``/``.
    """

    announced: int
    lines: int = 0


def bring(header: str, name: str, fen: int, state: State) -> None:
    """Add a line to what its header announced, in fen or points."""
    total = state.thing(MoneyTotal, f"{header}/{name}")
    if total is None and name not in ALWAYS and _is_there(header, state):
        total = MoneyTotal(announced=0)
    if total is not None:
        state.put(f"{header}/{name}", MoneyTotal(announced=total.announced, lines=total.lines + fen))


def _is_there(header: str, state: State) -> bool:
    return state.thing(MoneyTotal, f"{header}/{ALWAYS[0]}") is not None


def no_header(record: Record, state: State) -> Iterable[Finding]:
    """REC-02 for a line whose header is not there."""
    if not _is_there(record.ref, state):
        words = Words(f"期初 {record.ref} 不存在", f"there is no opening {record.ref}")
        yield trouble("REC-02", words, subject=record.id, next=("gb opening list",))


class OpeningCheque(Reservation, frozen=True, kw_only=True):
    """期初支票: a cheque received before the book began, and the sheets reserved for it, which a line of the safe brought.

    ``slip`` is the number with which it was deposited, empty where it still lies in the drawer.
    """

    KIND = "opening-cheque"
    WORDS = Words("期初支票", "opening cheque")
    RANK = 3
    ACT = "opening"
    TAKINGS = False
    PAPERS = ()  # its deposit receipt was given before the book began
    TOTAL: ClassVar[str] = "cheques"

    slip: Annotated[str, TEXT, Words("进帐单号", "deposit slip")] = ""

    @property
    def presented(self) -> str:
        """Its slip: it may have been deposited before the book began."""
        return self.slip

    def touches(self) -> Touch:
        """As a reservation, and the header's total."""
        total = (MoneyTotal.__name__, f"{self.ref}/{self.TOTAL}")
        return Touch(self.spans, ((Reserved.__name__, self.id), total, *self.priced_things()))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 sheets that are not in the safe and ready; CHQ-03 the same cheque again; REC-02, REC-03 the figures.

        When it was drawn and received is history: no day of this book is asked about it.
        """
        illegal = list(judge_sheets("reservation", self.spans, state, self.id))
        yield from illegal
        yield from no_header(self, state)
        yield from twice(self.cheque_key, state, self.id)
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
        yield from self._judge_amount(state, rules)

    def apply(self, state: State) -> None:
        """As the reservation it was."""
        super().apply(state)
        bring(self.ref, self.TOTAL, self.amount, state)


class OpenItem(Record, frozen=True, kw_only=True):
    """A line of a client's own item; it brings its amount to the header's total ``TOTAL``."""

    RANK = 3
    ACT = "opening"
    TOTAL: ClassVar[str] = ""

    client: Annotated[str, CODE, Words("客户", "client")]

    @property
    def total(self) -> tuple[str, str]:
        """The header's total as a thing that is touched."""
        return (MoneyTotal.__name__, f"{self.ref}/{self.TOTAL}")

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Raises :class:`Unknown` for a client that is not filed."""
        client = values["client"]
        if state.thing(Client, client) is None:
            words = Words(f"没有客户 {client}：先登记客户", f"there is no client {client}: file it first")
            raise Unknown(words, next=("gb client list",))
        return values


class OpeningPayment(OpenItem, frozen=True, kw_only=True):
    """期初待到账: a client's payment for vouchers sold before the book began that had not arrived; ``paid`` is its day."""

    KIND = "opening-payment"
    WORDS = Words("期初待到账", "opening payment")
    TOTAL = "pending"

    payments: Annotated[Pays, PAYS, Words("付款", "payments")]
    paid: Annotated[dt.date | None, DAY, Words("付款日期", "date paid")] = None
    reference: Annotated[str, TEXT, Words("付款参考号", "payment reference")] = ""

    @property
    def amount(self) -> int:
        """What had not arrived, in fen."""
        return sum(fen for _, fen in self.payments)

    def touches(self) -> Touch:
        """The payment, and the header's total."""
        return Touch(things=((Payment.__name__, self.id), self.total))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-02 no header; REC-03 an amount that is none, or cash, which is in the drawer."""
        yield from no_header(self, state)
        if any(fen <= 0 or method == AT_ONCE for method, fen in self.payments):
            words = Words(
                "期初待到账要写方式和大于零的金额，现金在表头", "a method that takes time and an amount above zero"
            )
            yield trouble("REC-03", words, subject=self.id, next=("gb opening --template",))

    def apply(self, state: State) -> None:
        """It may arrive from now on."""
        take_payment(self.id, self.client, str(self.paid or self.date), self.payments, state)
        bring(self.ref, self.TOTAL, self.amount, state)

    def postings(self) -> Sequence[Posting]:
        """What is on its way, against the opening."""
        return money_in(self.payments, against=EQUITY)


class OpeningRebate(OpenItem, frozen=True, kw_only=True):
    """期初返扣: a slip approved before the book began and not collected, or what is left of it (B5).

    The control numbers of its year go on behind the greatest that an opening brings.
    """

    KIND = "opening-rebate"
    WORDS = Words("期初返扣", "opening rebate")
    TOTAL = "rebates"

    control_no: Annotated[str, CONTROL, Words("对帐编号", "control number")]
    month: Annotated[str, MONTH, Words("购券月份", "month of the purchases")]
    lines: Annotated[Lines, LINES, Words("未领面值*张数", "not collected, face × sheets")]
    approved: Annotated[dt.date, DAY, Words("批准日期", "approved on")]
    purchases: Annotated[int, YUAN, Words("购券金额", "purchase amount")] = 0

    @property
    def amount(self) -> int:
        """The face value not collected, in fen."""
        return value_of(self.lines)

    @property
    def year(self) -> str:
        """The year of the control number, which is the key of its numbers."""
        return f"{control_parts(self.control_no)[0]:04d}"

    def touches(self) -> Touch:
        """The slip, the control numbers of its year, and the header's total."""
        return Touch(things=((Slip.__name__, self.id), (ControlNumbers.__name__, self.year), self.total))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-02 no header; REB-04 a control number that another slip has; REC-03 nothing to collect."""
        yield from no_header(self, state)
        taken = [key for key, slip in state.things(Slip) if slip.control_no == self.control_no and key != self.id]
        if taken:
            words = Words(
                f"对帐编号 {self.control_no} 已有返扣单 {taken[0]}",
                f"control number {self.control_no} is slip {taken[0]}'s",
            )
            yield trouble("REB-04", words, subject=self.id, next=(f"gb show {taken[0]}",))
        if not self.lines:
            words = Words(f"期初返扣 {yuan(0)}：没有可领的券", f"an opening rebate of {yuan(0)}: nothing to collect")
            yield trouble("REC-03", words, subject=self.id, next=("gb opening --template",))

    def apply(self, state: State) -> None:
        """It may be collected from now on, and its number is used."""
        slip = Slip(
            client=self.client, month=self.month, date=str(self.approved), by=self.by, amount=self.amount,
            sales=(Base(self.id, self.purchases),), lines=self.lines, status="approved", control_no=self.control_no,
            approved=str(self.approved), approval=self.id, decided_by=self.by,
        )  # fmt: skip
        state.put(self.id, slip)
        used = state.thing(ControlNumbers, self.year)
        number = control_parts(self.control_no)[1]
        state.put(self.year, ControlNumbers(last=max(number, used.last if used else 0)))
        bring(self.ref, self.TOTAL, self.amount, state)

    def postings(self) -> Sequence[Posting]:
        """What is owed to the client, against the opening."""
        return money_moved(REBATES_DUE, EQUITY, self.amount)


class OpeningPoints(PointsRecord, frozen=True, kw_only=True):
    """期初积分: what a member had when the book began, one line a lot; ``expires`` is its last good day, inclusive.

    ``valid`` counts for the tier (M4), the points themselves unless given; ``bought`` is the day of the last purchase.
    """

    KIND = "opening-points"
    WORDS = Words("期初积分", "opening points")
    RANK = 3
    ACT = "opening"
    TOTAL: ClassVar[str] = "points"

    points: ItsPoints
    expires: Annotated[dt.date, DAY, Words("有效期至", "good until")]
    valid: Annotated[int | None, POINTS, Words("累计有效积分", "points that count for the tier")] = None
    bought: Annotated[dt.date | None, DAY, Words("最近消费日期", "day of the last purchase")] = None

    def touches(self) -> Touch:
        """The account, and the header's total."""
        total = (MoneyTotal.__name__, f"{self.ref}/{self.TOTAL}")
        return Touch(things=((PointsAccount.__name__, self.member), total))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Until when the points are good, by the rule of the day unless it is known."""
        values = super().resolve(values, state, rules)
        usual = rules.on(Points, values["date"]).expires(values["date"])
        return {**values, "expires": values.get("expires") or usual}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-02 no header; DAT-01 points that are over, or a purchase behind the opening.

        The member may be filed later than the opening is dated, and be disabled: the points are what they were.
        """
        yield from no_header(self, state)
        if self.expires < self.date or (self.bought or self.date) > self.date:
            words = Words(
                f"会员 {self.member} 的期初积分：有效期 {self.expires}、最近消费 {self.bought or '—'}，期初是 {self.date}",
                f"opening points of {self.member}: good until {self.expires}, last purchase {self.bought or '—'}, "
                f"opened on {self.date}",
            )
            yield trouble("DAT-01", words, subject=self.id, next=("gb opening --template",))

    def anyway(self, state: State) -> str:
        """Points taken over by mistake are taken back whatever came after them; what both sides signed stays."""
        return f"gb points takeback {self.id} --reason '…'"

    def apply(self, state: State) -> None:
        """They are there from now on, as lots of their own."""
        account = self.account(state).credited(self.points, self.expires, str(self.bought or ""))
        if self.valid is not None:
            account = msgspec.structs.replace(account, valid=account.valid - self.points + self.valid)
        state.put(self.member, account)
        bring(self.ref, self.TOTAL, self.points, state)


KINDS = (OpeningCheque, OpeningPayment, OpeningRebate, OpeningPoints)
TOTALS = {kind.TOTAL: kind.WORDS for kind in KINDS}
"""The totals of open items in an opening's header, by field."""


def total_shown(name: str, total: int) -> str:
    """A total as people read it: of points a number, of anything else yuan."""
    return str(total) if name == OpeningPoints.TOTAL else yuan(total)
