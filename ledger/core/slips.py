"""返扣单 rebate slips as the state knows them, and the account that each client has with the ladder (B1, B4, B5).

The account is what makes a rebate right however many proposals are made and withdrawn: after every month that has
purchases with a rebate, all that was given must not be above all that the ladder gave up to then.  What is left of a
month, less than a voucher, is thereby carried to the next.  All amounts are fen; months are texts, ``2026-10``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from ledger.core.dates import Month
from ledger.core.forms import Lines, lines_of, value_of
from ledger.core.payments import Payment
from ledger.core.records.sales import JOURNAL
from ledger.core.records.selling import SalesRecord, SaleThing
from ledger.core.rules import Rebates, Rules
from ledger.core.state import State, Thing

SELLING = tuple(kind.KIND for kind in JOURNAL.kinds if issubclass(kind, SalesRecord) and kind.SELLS)
"""The kinds of record that sell: their amounts are what a rebate is reckoned on, what an IOU handed out when it is paid."""
DECIDED = ("rejected", "cancelled", "carried")
"""Slips that nothing can be collected on."""
_ONE_DAY = dt.timedelta(days=1)


class Base(NamedTuple):
    """What a proposal takes of one purchase: the sale's or handover's id and an amount in fen."""

    sale: str
    amount: int


Bases = tuple[Base, ...]


class Slip(Thing, frozen=True, kw_only=True):
    """A slip and what has become of it; the key is the proposal's id.

    ``status``: proposed, approved, rejected, cancelled, or carried where there is not a whole voucher to give.  Dates
    are texts; ``approved`` and ``notified`` are empty until then, as is ``approval``, the record that approved it.
    ``taken`` is what was collected.
    """

    FOR_EVER = True

    client: str
    month: str
    date: str
    by: str
    sales: Bases
    amount: int
    lines: Lines
    status: str
    control_no: str = ""
    approved: str = ""
    approval: str = ""
    decided_by: str = ""
    notified: str = ""
    taken: Lines = ()

    @property
    def purchases(self) -> int:
        """The purchases that this slip is for."""
        return sum(base.amount for base in self.sales)

    @property
    def left(self) -> Lines:
        """What can still be collected; a face collected beyond the slip is negative."""
        if self.status != "approved":
            return ()
        return lines_of([*self.lines, *((face, -sheets) for face, sheets in self.taken)])

    @property
    def uncollected(self) -> int:
        """The value of what can still be collected."""
        return value_of(self.left)

    @property
    def settled(self) -> bool:
        """Decided against, or collected."""
        return self.status in DECIDED or (self.status == "approved" and not self.left)

    @property
    def stage(self) -> str:
        """The one word for people: the status, and of an approved slip how far it has come."""
        if self.status != "approved":
            return self.status
        if self.taken:
            return "collected" if not self.left else "partly-collected"
        return "notified" if self.notified else "approved"

    def covers(self, lines: Lines) -> bool:
        """Whether what is left is enough for ``lines``."""
        left = dict(self.left)
        return all(left.get(face, 0) >= sheets for face, sheets in lines)


class Share(NamedTuple):
    """What one slip has in its client's account: its month, its proposal's date, its base, what it gives."""

    slip: str
    month: str
    date: str
    base: int
    given: int


class RebateAccount(Thing, frozen=True, kw_only=True):
    """The slips in force of one client, the key.  A cancelled slip that was collected in part still stands with that part."""

    CARRY = False

    shares: tuple[Share, ...] = ()

    def without(self, slip: str) -> RebateAccount:
        """The account without a slip."""
        return RebateAccount(shares=tuple(one for one in self.shares if one.slip != slip))

    def plus(self, share: Share) -> RebateAccount:
        """The account with one slip more."""
        return RebateAccount(shares=(*self.shares, share))


class ControlNumbers(Thing, frozen=True, kw_only=True):
    """对帐编号 of one year, the key: the greatest number given out (B2)."""

    last: int


class Reckoning(NamedTuple):
    """What a client may be given for a month: ``base`` with all slips of the month, ``percent`` and ``ladder`` on it.

    ``given`` is what the month's earlier slips give, ``carried`` what is left of other months, ``due`` the sum of it all.
    """

    base: int
    percent: str
    ladder: int
    carried: int
    given: int

    @property
    def due(self) -> int:
        """What may be given now, before it is cut to whole vouchers."""
        return self.ladder + self.carried - self.given


class _MonthSum(NamedTuple):
    base: int = 0
    given: int = 0
    date: str = ""


def reckon(account: RebateAccount, month: str, purchases: int, rules: Rules, day: dt.date) -> Reckoning:
    """What may be given for ``purchases`` of ``month`` beside the slips in ``account``, proposed on ``day``.

    Where later months have used what was left of earlier ones, that is not given again: ``carried`` is so much less.
    """
    sums = _months(account)
    own = sums.get(month, _MonthSum())
    sums[month] = _MonthSum(own.base + purchases, own.given, max(own.date, str(day)))
    rule = ladder_of(month, sums[month].date, rules)
    base, ladder = sums[month].base, rule.due(sums[month].base)
    due = _least(sums, month, rules)
    return Reckoning(base, f"{rule.percent(base):f}", ladder, due - ladder + own.given, own.given)


def overdrawn(account: RebateAccount, rules: Rules) -> int:
    """By how much more was given than the ladder gave up to the end of any month; 0 is right."""
    sums = _months(account)
    return max(0, -_least(sums, "", rules)) if sums else 0


def ladder_of(month: str, date: str, rules: Rules) -> Rebates:
    """The ladder of a month's purchases: in force on its last day, or on the day of the proposal where that is earlier."""
    last = Month.parse(month).after - _ONE_DAY
    return rules.on(Rebates, min(last, dt.date.fromisoformat(date)))


def _months(account: RebateAccount) -> dict[str, _MonthSum]:
    sums: dict[str, _MonthSum] = {}
    for one in account.shares:
        old = sums.get(one.month, _MonthSum())
        sums[one.month] = _MonthSum(old.base + one.base, old.given + one.given, max(old.date, one.date))
    return sums


def _least(sums: dict[str, _MonthSum], since: str, rules: Rules) -> int:
    """The least that is left at the end of any month from ``since`` on."""
    left, found = 0, []
    for month in sorted(sums):
        left += ladder_of(month, sums[month].date, rules).due(sums[month].base) - sums[month].given
        if month >= since:
            found.append(left)
    return min(found)


# -- purchases ---------------------------------------------------------------------------------------------------------


def month_of(sale: str) -> str:
    """The month of a purchase by its date of handover, which its id carries."""
    return f"{sale[2:6]}-{sale[6:8]}"


def bought(state: State, sale: str) -> int:
    """What of a purchase counts for a rebate: paid and arrived, less what was given back (B1); 0 for one that is undone.

    A cheque that bounced has not arrived until it is made good.  What went into an exchange is still paid.
    """
    found = state.thing(SaleThing, sale)
    if found is None:
        return 0
    kept = sum(_kept(state, exchange, share) for exchange, share in found.into)
    return max(0, found.amount - found.refunded + kept - _waiting(state, sale, found))


def _waiting(state: State, sale: str, found: SaleThing) -> int:
    """What of it has not arrived; of a payment that paid for other sheets too, at most its own part of each method."""
    payment = state.thing(Payment, found.paid_as or sale)
    own = dict(found.pays)
    waiting = payment.open if payment else ()
    return sum(min(fen, own.get(method, 0)) if found.paid_as else fen for method, fen in waiting)


def _kept(state: State, exchange: str, share: int) -> int:
    """What is left of the share of a purchase that went into an exchange; rounded down."""
    found = state.thing(SaleThing, exchange)
    return share * bought(state, exchange) // found.amount if found and found.amount else 0


def counted(state: State, account: RebateAccount, sale: str) -> int:
    """What the slips in force of the client have taken of a purchase."""
    slips = (state.thing(Slip, one.slip) for one in account.shares if one.base)
    return sum(base.amount for slip in slips if slip for base in slip.sales if base.sale == sale)


def account_of(state: State, client: str) -> RebateAccount:
    """The client's account; an empty one where there is none yet."""
    return state.thing(RebateAccount, client) or RebateAccount()


def shared(account: RebateAccount, slip_id: str, slip: Slip) -> RebateAccount:
    """The account after a slip is decided against; what was collected on it stays given.

    A slip that came with the opening is in no account: its purchases are not in the book.
    """
    if all(one.slip != slip_id for one in account.shares):
        return account
    rest, collected = account.without(slip_id), value_of(slip.taken)
    return rest.plus(Share(slip_id, slip.month, slip.date, 0, collected)) if collected else rest


def whole_vouchers(rule: Rebates, amount: int) -> Lines:
    """The lines of a slip over at most ``amount``."""
    return lines_of(rule.vouchers(amount))


def control_text(year: int, number: int) -> str:
    """``DZ-2026-0001``."""
    return f"DZ-{year:04d}-{number:04d}"


def control_parts(control_no: str) -> tuple[int, int]:
    """Year and number of a control number in canonical form; raises ``ValueError``."""
    _, year, number = control_no.split("-")
    if control_text(int(year), int(number)) != control_no:
        raise ValueError(control_no)
    return int(year), int(number)


def sheets_due(slips: Sequence[tuple[str, Slip]]) -> list[tuple[str, Slip]]:
    """The slips with something to collect, the oldest approval first."""
    return sorted(
        (one for one in slips if one[1].uncollected > 0), key=lambda one: (one[1].approved, one[1].control_no)
    )
