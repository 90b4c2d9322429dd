"""积分 points: earned, topped up, returned; members told, identity checked, awards and their goods (M2, M3).

Expiry is no record: it follows from the day until which each lot is good, which the record that gave the points stores.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.errors import Refused, Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, TEXT, YUAN, Codec, Journal, Record, Touch
from ledger.core.members import judge_open, party_of
from ledger.core.paper import NAME, Paper
from ledger.core.points import (
    EMPTY_ACCOUNT,
    AwardNumbers,
    AwardSteps,
    AwardThing,
    Lots,
    PointsAccount,
    PointsSlip,
    award_number,
    award_parts,
    parse_lots,
    show_lots,
)
from ledger.core.records.members import known_member
from ledger.core.rules import Awards, Points, Rules
from ledger.core.state import Reversed, State
from ledger.core.text import paper_number
from ledger.core.words import Words


def _count(text: str) -> int:
    if str(int(text)) != text or int(text) < 0:
        raise ValueError("a whole number in plain digits")
    return int(text)


def _number(text: str) -> str:
    award_parts(text)
    return text


POINTS = Codec("points", _count, str, r"^(0|[1-9][0-9]*)$", Words("积分", "points"))
AWARD_NUMBER = Codec("award-number", _number, str, r"^LJ[0-9]{4}-[A-Z][A-Z0-9]{0,7}-[0-9]{4,}$",
                     Words("领奖单号", "number of the award slip"))  # fmt: skip
LOTS = Codec("lots", parse_lots, show_lots, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\*[1-9][0-9]*( [0-9]{4}-[0-9]{2}-[0-9]{2}\*[1-9][0-9]*)*$",
             Words("有效期*积分", "good until * points"))  # fmt: skip
ItsPoints = Annotated[int, POINTS, Words("积分", "points")]


class PointsRecord(Record, frozen=True, kw_only=True):
    """Anything about the points of one member."""

    ACT = "points"
    SUBJECT = "member"

    member: Annotated[str, CODE, Words("会员", "member")]

    @property
    def party(self) -> str:
        """The member."""
        return party_of(self.member)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """A member who is not registered is unknown; raises :class:`Unknown`."""
        known_member(values["member"], state)
        return values

    def account(self, state: State) -> PointsAccount:
        """The member's account on the day of this record."""
        return (state.thing(PointsAccount, self.member) or EMPTY_ACCOUNT).at(self.date)


class Given(PointsRecord, frozen=True, kw_only=True):
    """Points given on a slip, whose number is used once for ever (PTS-01).  ``expires``: the last day they are good, inclusive."""

    RANK = 60

    points: ItsPoints
    slip: Annotated[str, TEXT, Words("单据号", "slip number")]
    expires: Annotated[dt.date, DAY, Words("有效期至", "good until")]

    def touches(self) -> Touch:
        """The account and the slip."""
        return Touch(things=((PointsAccount.__name__, self.member), (PointsSlip.__name__, paper_number(self.slip))))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Until when the points are good, by the rule of the day; raises :class:`Refused` (DAT-01) where that is over."""
        values = super().resolve(values, state, rules)
        usual = rules.on(Points, values["date"]).expires(values["date"])
        expires = values.get("expires", usual)
        if expires < values["date"]:
            words = Words(f"积分有效期 {expires} 在登记日 {values['date']} 以前",
                          f"points good until {expires} are over on {values['date']}")  # fmt: skip
            raise Refused(words, code="DAT-01", next=(f"--expires {usual}",))
        return {**values, "expires": expires}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PTS-01 the slip was used; PTS-05 the member is disabled."""
        yield from judge_open(self, self.member, state)
        yield from judge_slip(self, self.slip, state)

    def apply(self, state: State) -> None:
        """Points of a slip used twice are there until one record is reversed: no figure is cut off."""
        state.put(self.member, self.account(state).credited(self.points, self.expires, self.bought))
        number = paper_number(self.slip)
        if used_slip(number, state) is None:
            slip = PointsSlip(id=self.id, member=self.member, points=self.points, expires=str(self.expires))
            state.put(number, slip)

    def anyway(self, state: State) -> str:
        """Points are a sum: they are taken back whatever came after them."""
        return f"gb points takeback {self.id} --reason '…'"

    @property
    def bought(self) -> str:
        """The day of the purchase that the points are for; empty for none."""
        return ""


def used_slip(number: str, state: State) -> PointsSlip | None:
    """What stands under a slip's number; ``None`` where nothing does, or what did was taken back."""
    found = state.thing(PointsSlip, number)
    return None if found is None or found.free else found


def judge_slip(record: Record, slip: str, state: State) -> Iterator[Finding]:
    """PTS-01: a slip number that another record has used."""
    old = used_slip(paper_number(slip), state) if slip else None
    if old is not None and old.id != record.id:
        words = Words(
            f"单据 {slip} 已用于 {old.id}（会员 {old.member}，{old.points} 分），不能再用",
            f"slip {slip} was used for {old.id} (member {old.member}, {old.points} points) before",
        )
        yield trouble("PTS-01", words, subject=record.id, next=(f"gb show {old.id}",))


class Earned(Given, frozen=True, kw_only=True):
    """消费积分: the points of a purchase.  ``purchased`` is its day where it is another than the record's, as in a till's file."""

    KIND = "earned"
    WORDS = Words("消费积分", "points earned")

    amount: Annotated[int | None, YUAN, Words("消费金额", "purchase")] = None
    purchased: Annotated[dt.date | None, DAY, Words("消费日期", "day of the purchase")] = None

    @property
    def bought(self) -> str:
        """The day of the purchase."""
        return str(self.purchased or self.date)

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """As of all that is given; DAT-01 for a purchase of a later day than the record's."""
        yield from super().judge(state, rules)
        if self.purchased is not None and self.purchased > self.date:
            words = Words(
                f"消费日期 {self.purchased} 晚于登记日期 {self.date}",
                f"the purchase of {self.purchased} is later than the record of {self.date}",
            )
            yield trouble("DAT-01", words, subject=self.id, next=(f"gb points statement {self.member}",))


class ToppedUp(Given, frozen=True, kw_only=True):
    """补积分: points made up for on a slip."""

    KIND = "topped-up"
    WORDS = Words("补积分", "points topped up")


class Returned(PointsRecord, frozen=True, kw_only=True):
    """退货扣积分: the points of a purchase that was taken back.

    ``original`` is the slip of the purchase where it is known: its points go first (``expires`` names their lot).  With
    ``purchased``, the till's own day, it comes from a till's file: a fact of theirs, taken as it stands (PTS-03, PTS-04).
    """

    KIND = "returned"
    WORDS = Words("退货扣积分", "points returned")
    RANK = 61

    points: ItsPoints
    slip: Annotated[str, TEXT, Words("退货单号", "number of the return")] = ""
    original: Annotated[str, TEXT, Words("原消费单据号", "slip of the purchase")] = ""
    expires: Annotated[dt.date | None, DAY, Words("原积分有效期", "its points were good until")] = None
    amount: Annotated[int | None, YUAN, Words("退货金额", "amount")] = None
    purchased: Annotated[dt.date | None, DAY, Words("退货日期", "day of the return")] = None

    @property
    def theirs(self) -> bool:
        """Whether a till's file says so."""
        return self.purchased is not None

    def touches(self) -> Touch:
        """The account, its own slip and that of the purchase."""
        slips = dict.fromkeys(paper_number(slip) for slip in (self.slip, self.original) if slip)
        return Touch(
            things=((PointsAccount.__name__, self.member), *((PointsSlip.__name__, slip) for slip in slips))
        )  # fmt: skip

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The record and the lot of the purchase that is named."""
        values = super().resolve(values, state, rules)
        found = used_slip(paper_number(values.get("original") or ""), state)
        if found is None:
            return values
        expires = dt.date.fromisoformat(found.expires) if found.expires else None
        return {**values, "expires": expires, "ref": found.id}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PTS-01 its slip was used; PTS-03 below zero; PTS-04 no such purchase, or more than is left; PTS-07 none named."""
        yield from judge_slip(self, self.slip, state)
        yield from self._judge_original(state)
        yield from judge_balance(self, self.points, self.account(state))

    def _judge_original(self, state: State) -> Iterator[Finding]:
        if not self.original:
            words = Words(
                f"{self.member} 退 {self.points} 分，没有对应的消费单据",
                f"{self.member} returned {self.points} points without the slip of a purchase",
            )
            yield trouble("PTS-07", words, subject=self.id, next=(f"gb points statement {self.member}",))
            return
        found = used_slip(paper_number(self.original), state)
        left = found.points - found.back if found is not None and found.member == self.member else 0
        if left < self.points or found is None:
            words = Words(
                f"退 {self.points} 分，而单据 {self.original} 名下 {self.member} 只有 {left} 分可退",
                f"{self.points} points are returned, of slip {self.original} {self.member} has {left} left",
            )
            yield trouble("PTS-04", words, subject=self.id, next=(f"gb points statement {self.member}",))

    def apply(self, state: State) -> None:
        """Fewer points, and fewer that count for the tier (M4)."""
        lot = str(self.expires) if self.expires else ""
        state.put(self.member, self.account(state).returned(self.points, lot))
        original, own = paper_number(self.original), paper_number(self.slip)
        found = used_slip(original, state) if original else None
        if found is not None:
            state.put(original, msgspec.structs.replace(found, back=found.back + self.points))
        if own and used_slip(own, state) is None:
            slip = PointsSlip(id=self.id, member=self.member, points=self.points, back=self.points)
            state.put(own, slip)


class Anyway(PointsRecord, frozen=True, kw_only=True):
    """An earlier record, ``ref``, is in force no more, whatever was recorded after it; a supervisor's act, with its reason.

    A reversal must be the last in; points are a sum, so that they are put right without going back in time.  What was given by
    ``ref`` is taken, what was taken by it is given back, all of it; of an earlier month as a line of prior periods (R9).
    """

    ACT = "reverse"
    NEEDS_REASON = True

    points: ItsPoints

    @property
    def same_month(self) -> bool:
        """Whether ``ref`` is of the month of this record; of another it is a line of prior periods (R9)."""
        return self.ref[2:8] == f"{self.date:%Y%m}"

    def touches(self) -> Touch:
        """The account, and that the record stands no more."""
        return Touch(things=((PointsAccount.__name__, self.member), (Reversed.__name__, self.ref)))


class TakenBack(Anyway, frozen=True, kw_only=True):
    """扣回多记积分: points that were never due are taken back.

    A slip entered twice can so be put right although an award stands on it.  What is missing then is PTS-03, told and to be
    answered: the account says what is so.  The slip may be used again.
    """

    KIND = "taken-back"
    WORDS = Words("扣回多记积分", "points taken back")
    HELP = Words(
        "扣回多记的一笔积分，其后已有别的登记也可以", "take back points that were never due, whatever came after them"
    )
    RANK = 61
    TOLD = frozenset({"PTS-03"})

    slip: Annotated[str, TEXT, Words("单据号", "slip number")]
    expires: Annotated[dt.date, DAY, Words("有效期至", "good until")]
    over: Annotated[int, POINTS, Words("其中已过期", "of them over by now")] = 0
    valid: Annotated[int | None, POINTS, Words("累计有效积分", "points that count for the tier")] = None

    def anyway(self, state: State) -> str:
        """Points taken back once too often are made up for, in their lot."""
        lot = "" if self.over else f" --expires {self.expires}"
        return f"gb points topup --member {self.member} --points {self.points} --slip {self.id}{lot}"

    def touches(self) -> Touch:
        """The slip too."""
        return Touch(things=(*super().touches().things, (PointsSlip.__name__, paper_number(self.slip))))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PTS-04 undone before, or returned of already: there is nothing to take; PTS-03 below zero."""
        undone, found = state.thing(Reversed, self.ref), used_slip(paper_number(self.slip), state)
        back = found.back if found is not None and found.id == self.ref else 0
        why = None
        if undone is not None:
            why = Words(f"已由 {undone.by} 冲销", f"was reversed by {undone.by} already")
        elif back:
            why = Words(f"已退 {back} 分", f"had {back} points returned already")
        elif self.over > self.points:
            why = Words(f"没有 {self.over} 分已过期", f"has no {self.over} points that are over")
        if why is not None:
            words = Words(f"{self.ref} {why.zh}，不能扣回", f"{self.ref} {why.en}: nothing to take back")
            yield trouble("PTS-04", words, subject=self.id, next=(f"gb show {self.ref}",))
        yield from judge_balance(self, self.points - self.over, self.account(state))

    def apply(self, state: State) -> None:
        """As if they had not been given; the record that gave them is in force no more."""
        valid = self.points if self.valid is None else self.valid
        left = self.account(state).taken_back(self.points, str(self.expires), self.over, valid)
        state.put(self.member, left)
        number = paper_number(self.slip)
        found = used_slip(number, state)
        if found is not None and found.id == self.ref:
            state.put(number, msgspec.structs.replace(found, free=True))
        state.put(self.ref, Reversed(by=self.id))


def judge_balance(record: Record, points: int, account: PointsAccount) -> Iterator[Finding]:
    """PTS-03: more points are taken than there are; nothing is cut off (M2)."""
    if points and account.balance < points:
        member = getattr(record, "member", "")
        words = Words(
            f"会员 {member} 只有 {account.balance} 分，不够 {points} 分",
            f"member {member} has {account.balance} points, {points} are taken: below zero",
        )
        yield trouble("PTS-03", words, subject=record.id, next=(f"gb points statement {member}",))


# -- awards ------------------------------------------------------------------------------------------------------------


class AwardStep(PointsRecord, frozen=True, kw_only=True):
    """What comes before an award; ``STEP`` is the entry of :class:`AwardSteps` that keeps its day."""

    STEP: ClassVar[str]

    def touches(self) -> Touch:
        """How far the member's award has come; no points."""
        return Touch(things=((AwardSteps.__name__, self.member),))

    def apply(self, state: State) -> None:
        """Remember the day."""
        steps = state.thing(AwardSteps, self.member) or AwardSteps()
        state.put(self.member, msgspec.structs.replace(steps, **{self.STEP: str(self.date)}))


class Notified(AwardStep, frozen=True, kw_only=True):
    """通知会员领奖: a member whose points suffice was told, how the record itself says (M3)."""

    KIND = "notified"
    WORDS = Words("通知领奖", "told of an award")
    HELP = Words("登记已通知会员领奖", "record that a member was told of an award")
    RANK = 62
    STEP = "notified"

    how: Annotated[str, TEXT, Words("通知方式", "how")]


class IdChecked(AwardStep, frozen=True, kw_only=True):
    """核对会员有效证件: the document of the member who comes for an award was seen; its number is not kept (M3)."""

    KIND = "id-checked"
    WORDS = Words("核对证件", "identity checked")
    HELP = Words("登记已核对领奖会员的证件", "record that the identity document of a member was seen")
    RANK = 63
    STEP = "checked"

    document: Annotated[str, TEXT, Words("证件种类", "kind of document")]

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PTS-05 the member is disabled."""
        yield from judge_open(self, self.member, state)


class Award(PointsRecord, frozen=True, kw_only=True):
    """会员领奖单: the slip for an award, numbered without a hole per terminal and year; it takes the points off (M3).

    ``cost`` is what the goods cost the house, for the budget of gifts (M9).
    """

    KIND = "award"
    WORDS = Words("会员领奖单", "award slip")
    RANK = 64
    PAPERS = (
        Paper(
            name="award", title=Words("会员领奖单", "Award slip"), at_once=True,
            fields=("date", "award_no", "member", "points", "goods", "reason", "note"), personal=(NAME,),
            steps=Words("领取", "Collection"), signs=(Words("会员签字", "member"), Words("发放人", "handed over by"), Words("经办人", "made by")),
        ),
    )  # fmt: skip

    points: ItsPoints
    goods: Annotated[str, TEXT, Words("奖品", "goods")]
    award_no: Annotated[str, AWARD_NUMBER, Words("领奖单号", "slip number")]
    cost: Annotated[int | None, YUAN, Words("奖品成本", "cost of the goods")] = None

    def anyway(self, state: State) -> str:
        """While the goods are not out it is cancelled whatever came after it; else they come back first."""
        award = state.thing(AwardThing, self.id)
        if award is not None and award.handed:
            return f"gb reverse {award.handed} --reason '…'"
        return f"gb points cancel {self.id} --reason '…'"

    def touches(self) -> Touch:
        """The account, the award itself, and how far the member's awards have come."""
        own = (PointsAccount.__name__, self.member), (AwardThing.__name__, self.id)
        return Touch(things=(*own, (AwardSteps.__name__, self.member)))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The next number of the terminal."""
        values = super().resolve(values, state, rules)
        if "award_no" in values:
            return values
        year, terminal = values["date"].year, values["terminal"]
        used = state.thing(AwardNumbers, f"{year:04d}-{terminal}")
        return {**values, "award_no": award_number(year, terminal, used.last + 1 if used else 1)}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PTS-03 too few points; PTS-05 no activated card; PTS-06 no document was seen."""
        yield from judge_open(self, self.member, state, active=True)
        yield from judge_balance(self, self.points, self.account(state))
        steps = state.thing(AwardSteps, self.member) or AwardSteps()
        since = self.date - dt.timedelta(days=rules.on(Awards, self.date).id_days)
        if not str(since) <= steps.checked <= str(self.date):
            yield self._not_seen(steps.checked)

    def _not_seen(self, checked: str) -> Finding:
        """PTS-06, with the day on which a document was last seen where there is one; afterwards only an answer helps."""
        seen = Words("以前没有登记过", "none before")
        if checked:
            seen = Words(f"最近一次是 {checked}", f"the last one on {checked}")
        words = Words(
            f"会员 {self.member} 这次领奖没有登记核对证件，{seen.zh}",
            f"no identity document of member {self.member} was recorded as seen for this award, {seen.en}",
        )
        return trouble("PTS-06", words, subject=self.id, next=(f"gb accept PTS-06 {self.id} --reason '…'",))

    def apply(self, state: State) -> None:
        """The points are gone, the goods are owed; the number is used whatever becomes of the slip."""
        state.put(self.member, self.account(state).spent(self.points))
        award = AwardThing(
            member=self.member, points=self.points, goods=self.goods, number=self.award_no, date=str(self.date)
        )
        state.put(self.id, award)
        steps = state.thing(AwardSteps, self.member) or AwardSteps()
        state.put(self.member, msgspec.structs.replace(steps, awarded=str(self.date)))
        series, number = award_parts(self.award_no)
        used = state.thing(AwardNumbers, series)
        state.put(series, AwardNumbers(last=max(number, used.last if used else 0)))


class GoodsHandedOver(PointsRecord, frozen=True, kw_only=True):
    """发放奖品: the goods of an award slip are handed over against it (M3)."""

    KIND = "goods-handed-over"
    WORDS = Words("发放奖品", "goods handed over")
    RANK = 65

    points: ItsPoints
    goods: Annotated[str, TEXT, Words("奖品", "goods")]

    def touches(self) -> Touch:
        """The award."""
        return Touch(things=((AwardThing.__name__, self.ref),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """What the slip says; raises :class:`Unknown` without one."""
        award = state.thing(AwardThing, values.get("ref", ""))
        if award is None:
            words = Words(
                f"{values.get('ref', '')} 不是在用的领奖单", f"{values.get('ref', '')} is no award slip in force"
            )
            raise Unknown(words, code="PTS-02", next=("gb points awards",))
        return {"member": award.member, "points": award.points, "goods": award.goods, **values}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PTS-02 no such slip, its goods are out already, or the slip says something else."""
        award = state.thing(AwardThing, self.ref)
        if award is None:
            words = Words(
                f"发放了奖品“{self.goods}”，没有领奖单 {self.ref}",
                f"goods “{self.goods}” were handed over without an award slip {self.ref}",
            )
        elif award.cancelled:
            words = Words(
                f"发放了奖品“{self.goods}”，领奖单 {award.number} 已由 {award.cancelled} 作废",
                f"goods “{self.goods}” were handed over, slip {award.number} was cancelled by {award.cancelled}",
            )
        elif award.handed and award.handed != self.id:
            words = Words(
                f"领奖单 {award.number} 的奖品已由 {award.handed} 发放",
                f"the goods of slip {award.number} were handed over by {award.handed} before",
            )
        elif (award.member, award.points, award.goods) != (self.member, self.points, self.goods):
            words = Words(
                f"发放的是 {self.member} {self.points} 分“{self.goods}”，领奖单 {award.number} 是 {award.member} "
                f"{award.points} 分“{award.goods}”",
                f"handed over to {self.member} for {self.points} points: “{self.goods}”; slip {award.number} says "
                f"{award.member}, {award.points}, “{award.goods}”",
            )
        else:
            return
        yield trouble("PTS-02", words, subject=self.id, next=("gb points awards",))

    def apply(self, state: State) -> None:
        """The slip is met."""
        award = state.thing(AwardThing, self.ref)
        if award is not None and not award.handed:
            state.put(self.ref, msgspec.structs.replace(award, handed=self.id))


class AwardCancelled(Anyway, frozen=True, kw_only=True):
    """作废领奖单: an award whose goods never went out; the points go back to the member.

    ``lots`` says up to which days they are good: the account is what it would be had the award never been.  What the lots lack of
    the points would be over by now, and is.  They count for the tier as they did all the time.  The slip's number stays used.
    """

    KIND = "award-cancelled"
    WORDS = Words("作废领奖单", "award slip cancelled")
    HELP = Words(
        "作废没有发奖品的领奖单，积分退回会员，其后已有别的登记也可以",
        "cancel an award slip whose goods are not out; the points go back, whatever came after it",
    )
    RANK = 66

    award_no: Annotated[str, AWARD_NUMBER, Words("领奖单号", "slip number")]
    lots: Annotated[Lots, LOTS, Words("退回积分的有效期", "lots the points go back to")] = ()
    cost: Annotated[int | None, YUAN, Words("奖品成本", "cost of the goods")] = None

    @property
    def over(self) -> int:
        """How many of the points would have expired by now."""
        return self.points - sum(points for _, points in self.lots)

    def touches(self) -> Touch:
        """The award too."""
        return Touch(things=(*super().touches().things, (AwardThing.__name__, self.ref)))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PTS-02: no such slip in force, its goods are out, or it says something else."""
        award, undone = state.thing(AwardThing, self.ref), state.thing(Reversed, self.ref)
        next_ = f"gb show {self.ref}"
        if award is None or undone is not None:
            by = Words(f"，已由 {undone.by} 冲销或作废", f": {undone.by} undid it") if undone else Words("", "")
            words = Words(f"{self.ref} 不是在用的领奖单{by.zh}", f"{self.ref} is no award slip in force{by.en}")
        elif award.handed:
            words = Words(
                f"领奖单 {award.number} 的奖品已由 {award.handed} 发放，不能作废；奖品退回的先冲销它",
                f"the goods of slip {award.number} were handed over by {award.handed}: where they came back, reverse that first",
            )
            next_ = f"gb reverse {award.handed} --reason '…'"
        elif (award.member, award.points, award.number) != (self.member, self.points, self.award_no) or self.over < 0:
            words = Words(
                f"作废的是 {self.member} {self.points} 分的 {self.award_no}，领奖单 {award.number} 是 {award.member} {award.points} 分",
                f"cancelled is {self.award_no} of {self.member}, {self.points} points; slip {award.number} says {award.member}, "
                f"{award.points}",
            )
        else:
            return
        yield trouble("PTS-02", words, subject=self.id, next=(next_,))

    def apply(self, state: State) -> None:
        """As if there had been no award; of one cancelled twice the second is found, and no figure is cut off."""
        state.put(self.member, self.account(state).given_back(self.points, self.lots))
        award = state.thing(AwardThing, self.ref)
        if award is not None and not award.settled:
            state.put(self.ref, msgspec.structs.replace(award, cancelled=self.id))
        state.put(self.ref, Reversed(by=self.id))


KINDS = (Earned, ToppedUp, Returned, TakenBack, Notified, IdChecked, Award, GoodsHandedOver, AwardCancelled)
JOURNAL = Journal("points", "PT", "csv", Words("积分", "points"), KINDS)
