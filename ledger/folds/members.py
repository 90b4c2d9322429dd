"""Members over a month: recruits against the target, tiers, standings, repurchases, gifts against the budget (M4, M5, M9).  Pure.

Seen as at the end of ``until``, inclusive; the month is half-open as everywhere.  Repurchases are counted over the twelve
months that end with it: a month alone is too short for anybody to come back.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from ledger.core.dates import Month
from ledger.core.forms import Record, Reversal
from ledger.core.members import CLOSED, STATUSES, Member
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.points import EMPTY_ACCOUNT, STANDINGS, TIERS, PointsAccount, standing, tier_of
from ledger.core.ratios import half_up, permille
from ledger.core.records.dispositions import effective
from ledger.core.records.members import Activated, MemberRecord, Refiled, Registered
from ledger.core.records.points import Award, Earned, PointsRecord
from ledger.core.rules import MemberCare, MemberPlan, Rules, Tiers, months_after
from ledger.core.state import Reversed, Sourced, apply

YEAR = 12
"""Months over which repurchases are counted."""


class MemberFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The month's figures of the member centre; amounts in fen, ``target`` 0 and ``budget`` None for none set."""

    month: Month
    members: int
    recruited: int
    target: int
    recruiters: Mapping[str, int]
    activated: int
    statuses: Mapping[str, int]
    tiers: Mapping[str, int]
    standings: Mapping[str, int]
    buyers: int
    repeat_buyers: int
    awards: int
    cost: int
    budget: int | None

    @property
    def repurchase(self) -> int | None:
        """The part of the buyers of twelve months who bought more than once, in thousandths; None without buyers."""
        return permille(self.repeat_buyers, self.buyers)

    @property
    def cost_per_member(self) -> int | None:
        """The month's gifts per member in whole fen, half up; None without members."""
        return half_up(self.cost, self.members) if self.members else None


def member_figures(sourced: Iterable[Sourced], month: Month, until: dt.date, rules: Rules) -> MemberFigures:
    """Fold the members' and points' records dated up to ``until``; others are left out."""
    state = FullState()
    records: list[Record] = []
    for one in in_order(sourced):
        record = one.record.original if isinstance(one.record, Reversal) else effective(one.record)
        if one.record.date <= until and isinstance(record, (MemberRecord, PointsRecord)):
            apply(one.record, state)
            records.append(one.record)
    kept = [one for one in map(effective, records) if state.thing(Reversed, one.id) is None]
    own = [one for one in kept if month.contains(one.date)]
    recruits = [one for one in own if isinstance(one, Registered) and not isinstance(one, Refiled)]  # who joined before
    awards = [one for one in own if isinstance(one, Award)]
    since = months_after(month.first, 1 - YEAR)
    bought = Counter(one.member for one in kept if isinstance(one, Earned) and str(since) <= one.bought <= str(until))
    plan = rules.on(MemberPlan, until)
    statuses, tiers, standings = _counted(state, until, rules)
    return MemberFigures(
        month=month, members=sum(count for name, count in statuses.items() if name not in CLOSED),
        recruited=len(recruits), target=plan.recruits,
        recruiters=dict(sorted(Counter(_recruiter(one, state) for one in recruits).items())),
        activated=sum(isinstance(one, Activated) for one in own), statuses=statuses, tiers=tiers, standings=standings,
        buyers=len(bought), repeat_buyers=sum(count > 1 for count in bought.values()),
        awards=len(awards), cost=sum(one.cost or 0 for one in awards), budget=plan.budget,
    )  # fmt: skip


def _recruiter(one: Registered, state: FullState) -> str:
    """Who recruited the member, as it was put right since; whoever registered it where nobody is named."""
    member = state.thing(Member, one.code)
    return (member.recruiter if member is not None else one.recruiter) or one.by


def _counted(state: FullState, until: dt.date, rules: Rules) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Members by status, and those not disabled by tier and by standing."""
    steps, care = rules.on(Tiers, until), rules.on(MemberCare, until)
    statuses, tiers, standings = dict.fromkeys(STATUSES, 0), dict.fromkeys(TIERS, 0), dict.fromkeys(STANDINGS, 0)
    for code, member in state.things(Member):
        statuses[member.status] += 1
        if member.status not in CLOSED:
            account = state.thing(PointsAccount, code) or EMPTY_ACCOUNT
            tiers[tier_of(account.valid, steps)] += 1
            standings[standing(dt.date.fromisoformat(account.bought or member.registered), until, care)] += 1
    return statuses, tiers, standings
