"""积分 points: each member's account as lots that expire, tiers, and what is waiting for goods (M2–M5).

An account holds what is left of the points by the day they expire.  Points go soonest first; what is taken beyond that is
``short``, below zero, and never cut off: the next points fill it.  Expiry is derived: :meth:`PointsAccount.at` drops the lots
that are over by a day.  All points are integers; days are texts, and a lot is good up to its day, inclusive.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import ClassVar, Final, NamedTuple

from ledger.core.rules import MemberCare, Tiers, months_after
from ledger.core.state import Thing
from ledger.core.words import Words

TIERS: dict[str, Words] = {
    "regular": Words("普通", "regular"),
    "silver": Words("银", "silver"),
    "gold": Words("金", "gold"),
    "diamond": Words("钻石", "diamond"),
}
"""The tiers from the lowest up (M4)."""

STANDINGS: dict[str, Words] = {
    "active": Words("活跃", "active"),
    "silent": Words("沉默", "silent"),
    "dormant": Words("沉睡", "dormant"),
    "lost": Words("流失", "lost"),
}
"""How long a member has bought nothing (M5)."""

_LOT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\*([1-9][0-9]*)")
_NUMBER: Final = re.compile(r"LJ([0-9]{4})-([A-Z][A-Z0-9]{0,7})-([0-9]{4,})")


class Lot(NamedTuple):
    """Points that are good up to ``expires``, inclusive."""

    expires: str
    points: int


Lots = tuple[Lot, ...]


def parse_lots(text: str) -> Lots:
    """The canonical form of :func:`show_lots` only: each day once, in order; raises ``ValueError``."""
    lots = []
    for part in text.split(" "):
        found = _LOT.fullmatch(part)
        if found is None:
            raise ValueError("2027-10-31*300, one blank between two lots")
        lots.append(Lot(str(dt.date.fromisoformat(found[1])), int(found[2])))
    if sorted({expires for expires, _ in lots}) != [expires for expires, _ in lots]:
        raise ValueError("each day once, in order")
    return tuple(lots)


def show_lots(lots: Lots) -> str:
    """``2027-10-31*300 2027-11-30*200``."""
    return " ".join(f"{expires}*{points}" for expires, points in lots)


class PointsAccount(Thing, frozen=True, kw_only=True):
    """One member's points, the key.  As of its last event; :meth:`at` gives any later day.

    ``valid`` counts for the tier: earned and topped up, less returned (M4); an award leaves it.  ``expired`` is all that has
    expired so far, ``bought`` the day of the last purchase.
    """

    KEEP: ClassVar[int] = 3

    lots: Lots = ()
    short: int = 0
    expired: int = 0
    valid: int = 0
    bought: str = ""

    @property
    def balance(self) -> int:
        """What there is to spend; negative when more was taken than there was."""
        return sum(points for _, points in self.lots) - self.short

    def at(self, day: dt.date) -> PointsAccount:
        """The account at the beginning of ``day``: without the lots that were good up to an earlier one."""
        over = sum(points for expires, points in self.lots if expires < str(day))
        if not over:
            return self
        lots = tuple(lot for lot in self.lots if lot.expires >= str(day))
        return self._with(lots, self.short, self.expired + over)

    def credited(self, points: int, expires: dt.date, bought: str = "") -> PointsAccount:
        """With points that are good up to ``expires``; ``bought`` is the day of the purchase they are for."""
        return self._filled(points, str(expires))._counted(points, max(bought, self.bought))

    def given_back(self, points: int, lots: Lots) -> PointsAccount:
        """With the points of an award that is none any more, in ``lots``; they count for the tier as before.

        What ``lots`` lack of ``points`` had been good up to days that are over: it is expired.
        """
        account = self
        for expires, part in lots:
            account = account._filled(part, expires)
        over = points - sum(part for _, part in lots)
        return account._with(account.lots, account.short, account.expired + over)

    def spent(self, points: int) -> PointsAccount:
        """Without so many points, the soonest to expire first."""
        return self._drawn(points, "")

    def returned(self, points: int, lot: str = "") -> PointsAccount:
        """Without points of a purchase that was undone: of the lot that expires on ``lot`` first, then soonest first."""
        return self._drawn(points, lot)._counted(-points, self.bought)

    def taken_back(self, points: int, lot: str, over: int, valid: int) -> PointsAccount:
        """As if points had not been given: ``over`` of them, which have expired, and ``valid``, which counted for the tier."""
        left = self._drawn(points - over, lot)
        return left._with(left.lots, left.short, left.expired - over)._counted(-valid, self.bought)

    def _drawn(self, points: int, lot: str) -> PointsAccount:
        lots = dict(self.lots)
        for expires in sorted(lots, key=lambda day: (day != lot, day)):
            taken = min(points, lots[expires])
            lots[expires] -= taken
            points -= taken
        return self._with(_sorted(lots), self.short + points, self.expired)

    def _filled(self, points: int, expires: str) -> PointsAccount:
        """With so many points more: what is short first, the rest in the lot that is good up to ``expires``."""
        filled = min(points, self.short)
        lots = dict(self.lots)
        if points > filled:
            lots[expires] = lots.get(expires, 0) + points - filled
        return self._with(_sorted(lots), self.short - filled, self.expired)

    def _with(self, lots: Lots, short: int, expired: int) -> PointsAccount:
        return PointsAccount(lots=lots, short=short, expired=expired, valid=self.valid, bought=self.bought)

    def _counted(self, valid: int, bought: str) -> PointsAccount:
        return PointsAccount(
            lots=self.lots, short=self.short, expired=self.expired, valid=self.valid + valid, bought=bought
        )


EMPTY_ACCOUNT: Final = PointsAccount()


def lots_apart(now: PointsAccount, other: PointsAccount, day: str) -> Lots:
    """What must come to ``now`` for it to be ``other``, which has no less of any lot; what fills ``now.short`` stands first.

    Both are of one day.  ``day`` is the lot of what only fills, where nothing else comes.
    """
    have = dict(now.lots)
    more = {expires: points - have.get(expires, 0) for expires, points in other.lots}
    first = min((expires for expires, points in more.items() if points), default=day)
    more[first] = more.get(first, 0) + now.short - other.short
    return _sorted(more)


def _sorted(lots: dict[str, int]) -> Lots:
    return tuple(Lot(expires, points) for expires, points in sorted(lots.items()) if points)


class PointsSlip(Thing, frozen=True, kw_only=True):
    """A slip that points were given or taken back for: one number, one record, for ever (PTS-01).

    The key is its number as :func:`ledger.core.text.paper_number` has it; where two records use one number, it stays with
    the first.  ``back`` is what has been returned of it, all of it where it is the slip of a return itself; ``expires`` the
    lot its points went into; ``free`` whether its record was taken back, so that the number may be used again.
    """

    CARRY = False

    id: str
    member: str
    points: int
    expires: str = ""
    back: int = 0
    free: bool = False


class AwardThing(Thing, frozen=True, kw_only=True):
    """An award slip 会员领奖单 and its goods; the key is the award's id.

    ``handed`` is the record that gave them out, ``cancelled`` the one by which nobody is owed them any more.
    """

    member: str
    points: int
    goods: str
    number: str
    date: str
    handed: str = ""
    cancelled: str = ""

    @property
    def settled(self) -> bool:
        """Whether no goods are owed: they are out, or the slip is cancelled."""
        return bool(self.handed or self.cancelled)


class AwardNumbers(Thing, frozen=True, kw_only=True):
    """The greatest number of an award slip given out, by year and terminal (``2026-K1``)."""

    last: int


class AwardSteps(Thing, frozen=True, kw_only=True):
    """The days on which a member, the key, was last told of an award, had an identity document seen, and had an award (M3)."""

    CARRY = False

    notified: str = ""
    checked: str = ""
    awarded: str = ""

    @property
    def settled(self) -> bool:
        """Whether nobody waits for the member: not told, or an award has followed."""
        return not self.notified or self.awarded >= self.notified


def award_number(year: int, terminal: str, number: int) -> str:
    """``LJ2026-K1-0001``."""
    return f"LJ{year:04d}-{terminal}-{number:04d}"


def award_parts(text: str) -> tuple[str, int]:
    """The series (``2026-K1``) and the number of an award slip in canonical form; raises ``ValueError``."""
    found = _NUMBER.fullmatch(text)
    if found is None or award_number(int(found[1]), found[2], int(found[3])) != text:
        raise ValueError("no number of an award slip")
    return f"{found[1]}-{found[2]}", int(found[3])


# -- tiers and standing ------------------------------------------------------------------------------------------------


def tier_of(valid: int, rule: Tiers) -> str:
    """The tier of so many valid points (M4): the highest whose threshold they reach, inclusive."""
    reached = [name for name in TIERS if name in rule.steps and valid >= rule.steps[name]]
    return reached[-1] if reached else next(iter(TIERS))


def standing(last: dt.date, day: dt.date, rule: MemberCare) -> str:
    """How long on ``day`` a member who last bought on ``last`` has bought nothing (M5).

    Silent and dormant begin with the very day so many months later, or the month's last where there is none; lost begins
    with the day after.
    """
    if day > months_after(last, rule.lost_months):
        return "lost"
    if day >= months_after(last, rule.dormant_months):
        return "dormant"
    return "silent" if day >= months_after(last, rule.silent_months) else "active"
