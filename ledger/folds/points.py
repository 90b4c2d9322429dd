"""积分 over time: one member's statement, and the month's points of all members (M2–M5, M9).  Pure.

Expiry is derived: a lot is gone on the day after the last on which it was good.  The month rolls forward as
opening + earned + topped up − returned − awarded + awards cancelled − expired ± corrections of earlier months = closing; days are half-open
as everywhere, so the opening is that of the month's first morning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, NamedTuple

import msgspec

from ledger.core.dates import Month
from ledger.core.forms import Record, Reversal, Touch
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.points import EMPTY_ACCOUNT, AwardThing, PointsAccount
from ledger.core.records.dispositions import effective
from ledger.core.records.points import (
    Anyway,
    Award,
    AwardCancelled,
    Earned,
    GoodsHandedOver,
    PointsRecord,
    Returned,
    TakenBack,
    ToppedUp,
)
from ledger.core.records.taken_over import OpeningPoints
from ledger.core.state import Reversed, Sourced, State, apply
from ledger.folds.parts import Balance, Entry

GIVEN = (Earned, ToppedUp)
ADDS = (OpeningPoints, *GIVEN, AwardCancelled)
"""The kinds that add points; the others take them off."""
ONE_DAY = dt.timedelta(days=1)
EXPIRED = "expired"
"""The kind of a statement's line that stands in no journal."""


# -- a statement -------------------------------------------------------------------------------------------------------


class StatementLine(NamedTuple):
    """One change of a member's points; ``id`` is empty for points that expired."""

    date: str
    id: str
    kind: str
    points: int
    balance: int
    slip: str = ""
    expires: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A member's points up to the end of a day.

    ``balance`` = taken over + earned + topped up − taken back − returned − spent + cancelled − expired.
    """

    member: str
    account: PointsAccount
    earned: int
    topped_up: int
    taken_back: int
    taken_over: int
    returned: int
    spent: int
    cancelled: int
    lines: tuple[StatementLine, ...]

    @property
    def expired(self) -> int:
        """All that has expired."""
        return self.account.expired


def statement(member: str, sourced: Iterable[Sourced], until: dt.date) -> Statement:
    """Fold one member's records (others are left out) up to the end of ``until``."""
    state, now = FullState(), EMPTY_ACCOUNT
    lines: list[StatementLine] = []
    sums = dict.fromkeys((*ADDS, TakenBack, Returned, Award), 0)
    for one in in_order(sourced):
        record = one.record
        original = record.original if isinstance(record, Reversal) else effective(record)
        if not isinstance(original, PointsRecord) or original.member != member or record.date > until:
            continue
        lines += _expiries(now, record.date)
        before, now = now.at(record.date), _applied(record, member, state)
        change = _ever(now) - _ever(before)
        if type(original) in sums:
            sums[type(original)] += change if isinstance(original, ADDS) else -change
            lines.append(_line(record, original, change, before.balance + change))
        lines += _over_at_once(str(record.date), before, now)
    lines += _expiries(now, until)
    return Statement(
        member=member, account=now.at(until), earned=sums[Earned], topped_up=sums[ToppedUp],
        taken_back=sums[TakenBack], taken_over=sums[OpeningPoints], returned=sums[Returned], spent=sums[Award],
        cancelled=sums[AwardCancelled], lines=tuple(lines),
    )  # fmt: skip


def _applied(record: Record, member: str, state: State) -> PointsAccount:
    """The member's account on the record's day, after it."""
    apply(record, state)
    return (state.thing(PointsAccount, member) or EMPTY_ACCOUNT).at(record.date)


def without(
    member: str, sourced: Iterable[Sourced], record_id: str, day: dt.date
) -> tuple[PointsAccount, PointsAccount]:
    """One member's account at ``day`` as it is, and as it would be had there never been that record.

    Of the awards cancelled before neither has been there either, nor their cancelling: what these gave back it would have been
    spent otherwise.
    """
    own = [one.record for one in in_order(sourced) if one.record.date <= day]
    state, idle, cancelled = FullState(), set[str](), list[AwardCancelled]()
    account = Touch(things=((PointsAccount.__name__, member),))
    for one in own:
        record = effective(one)
        if isinstance(one, Reversal) and one.ref not in state.top(account):
            idle.add(one.id)  # it was not the last, which is found; the account is as if nobody had tried
        elif isinstance(record, AwardCancelled) and (slip := state.thing(AwardThing, record.ref)) and not slip.settled:
            cancelled.append(record)
        apply(one, state)
    left_out = {record_id, *idle}
    for record in cancelled:
        undone = state.thing(Reversed, record.id)
        if undone is None or undone.by in idle:
            left_out |= {record.id, record.ref}
    never = _state(one for one in own if effective(one).id not in left_out)
    return _account(member, state, day), _account(member, never, day)


def _state(records: Iterable[Record]) -> State:
    state = FullState()
    for one in records:
        apply(one, state)
    return state


def _account(member: str, state: State, day: dt.date) -> PointsAccount:
    return (state.thing(PointsAccount, member) or EMPTY_ACCOUNT).at(day)


def _ever(account: PointsAccount) -> int:
    """The balance as if nothing expired: what a record changes it by is the record's own, whatever is over by then."""
    return account.balance + account.expired


def _over_at_once(day: str, before: PointsAccount, after: PointsAccount) -> Iterator[StatementLine]:
    """What expired by the record itself, or no longer did: points given back, or given, to a lot that was over by then."""
    over = after.expired - before.expired
    if over:
        yield StatementLine(day, "", EXPIRED, -over, after.balance)


def _line(record: Record, original: Record, change: int, balance: int) -> StatementLine:
    slip = getattr(original, "slip", "") or getattr(original, "award_no", "")
    expires = getattr(original, "expires", None) if change > 0 else None
    return StatementLine(
        str(record.date), record.id, record.KIND, change, balance, slip, str(expires) if expires else ""
    )  # fmt: skip


def _expiries(account: PointsAccount, day: dt.date) -> Iterator[StatementLine]:
    """The lots of ``account`` that are over on the morning of ``day``, each on the day after its last."""
    balance = account.balance
    for expires, points in account.lots:
        if expires < str(day):
            balance -= points
            gone = dt.date.fromisoformat(expires) + ONE_DAY
            yield StatementLine(str(gone), "", EXPIRED, -points, balance, expires=expires)


# -- the month ---------------------------------------------------------------------------------------------------------


class OpenAward(NamedTuple):
    """An award slip whose goods are not out; ``days`` from the slip to the month's last day, or :meth:`PointsBlock.seen`'s."""

    id: str
    number: str
    member: str
    points: int
    goods: str
    date: str
    days: int


class PointsBlock(msgspec.Struct, frozen=True, kw_only=True):
    """The month's points of all members; ``awards`` are those not cancelled in it, ``members`` with an account, ``below`` of them below zero at the end."""

    members: int
    below: int
    opening: int
    taken_over: int
    earned: int
    topped_up: int
    taken_back: int
    returned: int
    awarded: int
    cancelled: int
    expired: int
    prior: int
    closing: int
    purchases: int
    returns: int
    awards: int
    handed_over: int
    cost: int
    open: tuple[OpenAward, ...]

    @property
    def difference(self) -> int:
        """What does not roll forward; 0 is right."""
        came = self.taken_over + self.earned + self.topped_up + self.cancelled + self.prior
        went = self.taken_back + self.returned + self.awarded + self.expired
        return self.opening + came - went - self.closing

    def seen(self, until: dt.date) -> PointsBlock:
        """See :class:`ledger.folds.parts.Ageing`."""
        ages = ((one, (until - dt.date.fromisoformat(one.date)).days) for one in self.open)
        return msgspec.structs.replace(self, open=tuple(one._replace(days=min(one.days, days)) for one, days in ages))


class _Sum(NamedTuple):
    members: int
    below: int
    balance: int
    expired: int


class PointsPart:
    """The part ``points`` of the month's sheet; a store without members has none."""

    KINDS: ClassVar[tuple[type[Record], ...]] = (
        *ADDS, TakenBack, Returned, Award, GoodsHandedOver,
    )  # fmt: skip

    def __init__(self, month: Month, state: State, money: Mapping[str, int]) -> None:  # noqa: ARG002 - the protocol's
        self._month = month
        self._opening = _sum(state, month.first)
        self._points = dict.fromkeys(self.KINDS, 0)
        self._counts = dict.fromkeys(self.KINDS, 0)
        self._prior = self._cost = 0

    def take(self, entry: Entry) -> None:
        """See :class:`ledger.folds.parts.Part`; a correction of an earlier month moves the balance only (R9)."""
        record, sign, prior, _ = entry
        prior = prior or (isinstance(record, Anyway) and not record.same_month)
        points = sign * getattr(record, "points", 0)
        if prior:
            if not isinstance(record, GoodsHandedOver):
                self._prior += points if isinstance(record, ADDS) else -points
            return
        kind = type(record)
        self._points[kind] += points
        self._counts[kind] += sign
        if isinstance(record, (Award, AwardCancelled)):
            self._cost += (sign if isinstance(record, Award) else -sign) * (record.cost or 0)

    def close(self, state: State, money: Mapping[str, Balance]) -> PointsBlock | None:  # noqa: ARG002 - the protocol's
        """The block; None as long as there are no points at all."""
        end = _sum(state, self._month.after)
        if not end.members and not self._opening.members:
            return None
        points, counts = self._points, self._counts
        return PointsBlock(
            members=end.members, below=end.below, opening=self._opening.balance,
            taken_over=points[OpeningPoints], earned=points[Earned], topped_up=points[ToppedUp], taken_back=points[TakenBack], returned=points[Returned], awarded=points[Award], cancelled=points[AwardCancelled],
            expired=end.expired - self._opening.expired, prior=self._prior, closing=end.balance,
            purchases=counts[Earned], returns=counts[Returned], awards=counts[Award] - counts[AwardCancelled],
            handed_over=counts[GoodsHandedOver], cost=self._cost, open=tuple(_open(state, self._month.after - ONE_DAY)),
        )  # fmt: skip


def _sum(state: State, day: dt.date) -> _Sum:
    """All accounts on the morning of ``day``."""
    members = below = balance = expired = 0
    for _, account in state.things(PointsAccount):
        now = account.at(day)
        members += 1
        below += now.balance < 0
        balance += now.balance
        expired += now.expired
    return _Sum(members, below, balance, expired)


def _open(state: State, last: dt.date) -> Iterator[OpenAward]:
    found = sorted((one.date, key, one) for key, one in state.things(AwardThing) if not one.settled)
    for date, key, one in found:
        days = (last - dt.date.fromisoformat(date)).days
        yield OpenAward(key, one.number, one.member, one.points, one.goods, date, days)
