"""PTS: points and awards (M2, M3, M5).  The judge finds what one record breaks; here: slips without their goods, and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from ledger.checks.explained import Explained
from ledger.core.findings import trouble
from ledger.core.points import AwardThing, PointsSlip, award_number, award_parts
from ledger.core.records.dispositions import Adoption, effective
from ledger.core.records.points import Award, GoodsHandedOver, TakenBack
from ledger.core.rules import Awards
from ledger.core.state import Reversed
from ledger.core.text import paper_number
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.checks.whole import Seen, Whole
    from ledger.core.findings import Finding
    from ledger.core.forms import Record
    from ledger.core.state import State

CODES: dict[str, Explained] = {
    "PTS-01": Explained(
        Words("同一单据积分两次", "the same slip twice"),
        Words("一个单据号只能积分或扣分一次，永远有效", "a slip number gives or takes points once, for ever"),
        Words("两个终端各登了一次；补积分时没有查以前的", "two terminals each entered it; a top-up was made without looking"),
        Words("核对小票，冲销多登的一笔；其后已有别的登记，用 gb points takeback 扣回",
              "look at the slip and reverse the entry too many; where others came after it, gb points takeback"),
    ),
    "PTS-02": Explained(
        Words("领奖单与奖品不符", "award slip and goods do not match"),
        Words("领奖单扣了积分而奖品没有发出，或发出奖品没有领奖单，或两者不一致", "a slip took points and no goods went out, goods went out without a slip, or the two differ"),
        Words("会员没有来领；奖品发出没有登记；领奖单后来冲销了", "the member did not come; goods went out unrecorded; the slip was reversed afterwards"),
        Words("已发的登记 gb points handover；不发的由主管 gb points cancel 作废领奖单，积分退回会员；奖品退回的先冲销发放", "record gb points handover when the goods are out, else a supervisor runs gb points cancel and the points go back; where the goods came back, reverse the handing over first"),
    ),
    "PTS-03": Explained(
        Words("积分余额为负", "balance below zero"),
        Words("扣的积分多于会员账上有的", "more points were taken than the member had"),
        Words("退的是期初以前的消费；两个终端同时领奖；扣回多记的积分时已经领了奖", "the purchase taken back was before the book began; two terminals gave an award at once; points never due were spent before they were taken back"),
        Words("查对账单 gb points statement；补积分，或用 gb accept 写处理意见：以后的积分先补上差额", "look at gb points statement; top up, or answer it with gb accept: the next points fill what is missing"),
    ),
    "PTS-04": Explained(
        Words("退分与原消费不符", "a return beyond its purchase"),
        Words("所写的原消费单据不在账上、不是这个会员的，或可退的分不够", "the slip of the purchase is not in the book, is another member's, or has fewer points left"),
        Words("单据号打错；同一笔消费退了两次", "a mistyped slip number; one purchase taken back twice"),
        Words("核对原小票，冲销后按正确的单据重登；扣回了两次而其后已有登记的，用 gb points topup 补回一次，再写处理意见", "look at the slip of the purchase; reverse and enter it rightly; what was taken back twice, with records after it, is made up for once with gb points topup, and the finding answered"),
    ),
    "PTS-05": Explained(
        Words("会员状态不符", "the member's state does not allow it"),
        Words("会员在黑名单上、已注销，卡还没有激活，或用的是已补办作废的卡", "the member is blacklisted or erased, the card is not activated, or it was replaced by another"),
        Words("停用前后在另一终端办理；忘了激活", "another terminal acted before it knew; the activation was forgotten"),
        Words("gb member show 查看；激活或冲销", "look at gb member show; activate the card, or reverse"),
    ),
    "PTS-06": Explained(
        Words("领奖没有核对证件", "an award without an identity check"),
        Words("填发领奖单以前没有登记核对会员证件", "no identity document was recorded as seen before the award slip"),
        Words("忘了登记 gb points id-check", "gb points id-check was forgotten"),
        Words("向会员核实；写处理意见", "ask the member, and answer the finding"),
    ),
    "PTS-07": Explained(
        Words("退分没有原消费单据", "a return without its purchase"),
        Words("退货扣了积分，没有写是哪一笔消费", "points were taken back without naming the purchase"),
        Words("会员没有带小票；收款台文件不写原单", "the member had no slip; the tills' file does not name it"),
        Words("只供查阅；积分已按先到期先扣", "for information; the points went soonest first"),
    ),
    "PTS-08": Explained(
        Words("活动名额或奖励重复", "an activity's place or reward given twice"),
        Words("活动名额已满还登记参加、同一会员登记两次，或同一期间的奖励发了两次", "a place beyond the quota, a member twice, or the rewards of one period twice"),
        Words("两个终端同时登记", "two terminals recorded it at once"),
        Words("后登记的一笔冲销，并告知会员", "reverse the later record and tell the member"),
    ),
}  # fmt: skip


def other_use(record: Record, state: State) -> list[str]:
    """The record that has used the slip of this one before."""
    found = state.thing(PointsSlip, paper_number(getattr(effective(record), "slip", "")))
    return [found.id] if found is not None and found.id != record.id else []


def undoable(finding: Finding, record: Record) -> Finding:
    """The finding about points taken back twice, with what undoes the second time: that says what to do where more came after it."""
    if not isinstance(effective(record), TakenBack):
        return finding
    return msgspec.structs.replace(finding, next=(f"gb reverse {record.id} --reason '…'", *finding.next))


def aged(finding: Finding, record: Record, on: dt.date) -> Finding:
    """The finding about goods that went out, with their age on the day ``on``."""
    days = (on - record.date).days
    words = Words(f"{finding.words.zh}，已 {days} 天", f"{finding.words.en}, {many(days, 'day')} ago")
    return msgspec.structs.replace(finding, words=words)


def family(whole: Whole) -> Iterator[Seen]:
    """Slips whose goods are not out, and the numbers of the slips."""
    awards = list(whole.state.things(AwardThing))
    if awards:
        yield from _without_goods(whole, awards)
    if awards or whole.past is not None:  # the past hands on no slip whose goods are out
        yield from _without_slip(whole)
    yield from _numbers(whole)


def _without_goods(whole: Whole, awards: list[tuple[str, AwardThing]]) -> Iterator[Seen]:
    """PTS-02 with its age: a slip whose day is over, and as many days more as the rule leaves, without its goods."""
    from ledger.checks.whole import Seen

    for award_id, award in sorted(awards):
        day = dt.date.fromisoformat(award.date)
        due = day + dt.timedelta(days=whole.rules.on(Awards, day).goods_days)
        if award.settled or due >= whole.before:
            continue
        age = (whole.on - day).days
        words = Words(
            f"领奖单 {award.number}（{award.member}，{award.points} 分，“{award.goods}”）已 {age} 天没有发奖品",
            f"award slip {award.number} ({award.member}, {award.points} points, “{award.goods}”): goods not out for "
            f"{age} days",
        )
        yield Seen(
            trouble("PTS-02", words, subject=award_id, next=(f"gb points handover {award_id}", f"gb points cancel {award_id} --reason '…'")),
            award_id,
        )  # fmt: skip


def _without_slip(whole: Whole) -> Iterator[Seen]:
    """PTS-02 with its age: goods that went out against a slip which another terminal reversed not knowing it."""
    from ledger.checks.whole import Seen

    for one in whole.also(GoodsHandedOver, Adoption):
        record = effective(one.record)
        if isinstance(record, GoodsHandedOver) and record.id not in whole.unsure:
            undone = whole.state.thing(Reversed, record.ref)
            if undone is not None:
                words = Words(
                    f"发放了奖品“{record.goods}”（{record.member}），领奖单 {record.ref} 已由 {undone.by} 冲销或作废",
                    f"goods “{record.goods}” were handed over to {record.member}, slip {record.ref} was undone by {undone.by}",
                )
                found = trouble("PTS-02", words, subject=record.id, next=(f"gb show {record.ref}",))
                yield Seen(aged(found, record, whole.on), record.id)


def _numbers(whole: Whole) -> Iterator[Seen]:
    """NUM-01: a number of an award slip that is there twice, or missing; one that damage may hide is not told again."""
    from ledger.checks.whole import Seen

    if whole.past is not None and not any(isinstance(effective(one.record), Award) for one in whole.records):
        return
    series: dict[str, dict[int, str]] = {}
    for one in whole.also(Award, Adoption):
        award = effective(one.record)
        if isinstance(award, Award):
            name, number = award_parts(award.award_no)
            first = series.setdefault(name, {}).setdefault(number, award.id)
            if first != award.id:
                words = Words(
                    f"领奖单号 {award.award_no} 重复：{first} 和 {award.id}",
                    f"award slip number {award.award_no} stands on {first} and on {award.id}",
                )
                yield Seen(trouble("NUM-01", words, subject=award.id, next=(f"gb show {first}",)), award.id)
    if any(name.startswith("PT") for name in whole.unsure):
        return
    for name, numbers in sorted(series.items()):
        missing = sorted(set(range(1, max(numbers))) - numbers.keys())
        if missing:
            year, terminal = int(name[:4]), name[5:]
            after = numbers[min(number for number in numbers if number > missing[0])]
            text = award_number(year, terminal, missing[0])
            words = Words(f"领奖单号断号：缺 {text}", f"a hole in the award slips: {text} is not there")
            yield Seen(trouble("NUM-01", words, subject=after, next=("gb points awards",)), after)
