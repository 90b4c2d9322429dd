"""REB: rebates (B1–B5).  The judge finds what one record breaks; here: what becomes of slips after they were made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ledger.checks.explained import Explained
from ledger.checks.whole import Seen, Whole
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Reversal, value_of
from ledger.core.memory import month_of_id
from ledger.core.money import yuan
from ledger.core.payments import Payment
from ledger.core.records.arrivals import Arrived
from ledger.core.records.cheques import Bounced
from ledger.core.records.rebates import Approval
from ledger.core.records.sales import ClientReturn
from ledger.core.records.selling import SaleThing
from ledger.core.rules import Rebates
from ledger.core.slips import RebateAccount, Slip, bought, control_parts, overdrawn, sheets_due
from ledger.core.state import Earlier, Reversed, Sourced, State
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.checks.num import Hole
    from ledger.checks.whole import Seen, Whole

CODES: dict[str, Explained] = {
    "REB-01": Explained(
        Words("没有返扣单", "no rebate slip"),
        Words("发出返扣券，却没有已批准的返扣单", "a rebate was paid out without an approved slip"),
        Words("先发后批、填错返扣单", "the sheets went first, or the slip named is another"),
        Words("先 gb rebate propose 和 approve；发错的冲销", "propose and approve first; reverse what was paid out wrongly"),
    ),
    "REB-02": Explained(
        Words("重复返扣", "a rebate twice"),
        Words("同一笔购券返扣两次，或同一张返扣单领了两次", "one purchase had its rebate twice, or one slip was collected twice"),
        Words("两个终端各报了一次；领取表登了两遍", "two terminals each proposed it; the form was entered twice"),
        Words("作废多出的返扣单，或冲销多登的领取", "cancel the slip too many, or reverse the second collection"),
    ),
    "REB-03": Explained(
        Words("超过返奖标准", "above the ladder"),
        Words("返扣金额或基数多于返奖标准和购券所允许的", "the rebate or its base is more than the ladder and the purchases allow"),
        Words("单据被改过；两个终端各自报了同一个月；基数里有别的月份的购券", "a slip was changed; two terminals proposed the same month; a purchase of another month is in the base"),
        Words("用 gb rebate due 核对，作废后重报", "compare with gb rebate due; cancel it and propose again"),
    ),
    "REB-04": Explained(
        Words("对帐编号断号或重号", "a hole or repeat in control numbers"),
        Words("对帐编号每年从 0001 起连续，由第一个终端编发，作废的也占号", "control numbers run from 0001 a year without holes, given out on the first terminal; a cancelled one keeps its number"),
        Words("批准记录被删或没有合并过来；编号是手写的", "an approval was removed or not merged; the number was typed"),
        Words("找回缺少的批准记录；不写编号则自动编号", "get the missing approval back; leave the number to the program"),
    ),
    "REB-05": Explained(
        Words("返扣后购券被撤销", "a purchase undone after its rebate"),
        Words("返扣单上的购券后来退券、冲销或没有到账，返扣应追回", "purchases on a slip were returned, reversed or never arrived; the rebate can be recovered"),
        Words("客户退券、退票、冲销", "a client return, a bounce, a reversal"),
        Words("未领的作废后重报；已领的向客户追回，并写处理意见", "cancel and propose again what is not collected; recover what is, and answer the finding"),
    ),
    "REB-06": Explained(
        Words("返扣批准后未领", "approved and not collected"),
        Words("返扣单批准已超过规定天数还没有领完", "the slip was approved longer ago than the rule allows and is not collected"),
        Words("没有通知客户，客户没有来领", "the client was not told, or has not come"),
        Words("gb rebate notify 通知客户，或作废", "tell the client with gb rebate notify, or cancel the slip"),
    ),
    "REB-07": Explained(
        Words("返扣对象不是购券单位", "the payee is not the buyer"),
        Words("返扣只给购券的单位，不给个人或第三方", "a rebate goes to the unit that bought, never to a person or a third party"),
        Words("客户填错、换了收款单位", "the wrong client, or another payee was named"),
        Words("冲销后按购券单位重报", "reverse it and propose it for the unit that bought"),
    ),
}  # fmt: skip


def family(whole: Whole) -> Iterator[Seen]:
    """REB-05 and REB-06 as things stand at the end."""
    slips = list(whole.state.things(Slip))
    if slips:
        yield from _undone(whole, dict(slips))
        yield from _recoverable(whole)
        yield from _uncollected(whole, slips)


# -- REB-05 --------------------------------------------------------------------------------------------------------------


def _undone(whole: Whole, slips: dict[str, Slip]) -> Iterator[Seen]:
    """One finding per slip whose purchases are no longer what it took; the latest slip on a purchase answers for it."""
    from ledger.checks.whole import Seen

    _read_on(whole)
    short: dict[str, list[str]] = {}
    for account in _accounts(whole.state):
        taken: dict[str, int] = {}
        last: dict[str, str] = {}
        for share in account.shares:
            for base in slips[share.slip].sales if share.base else ():
                taken[base.sale] = taken.get(base.sale, 0) + base.amount
                last[base.sale] = share.slip
        changed = set(last.values()) if whole.past is None else {last[sale] for sale in taken if sale in whole.by_id}
        for sale, amount in taken.items():
            if last[sale] in changed and whole.by_id.has(sale) and _worth_less(whole.state, sale, amount):
                short.setdefault(last[sale], []).append(sale)
    for slip_id, sales in sorted(short.items()):
        yield Seen(_changed(slip_id, slips[slip_id], sales, whole.state), slip_id, _since(sales, whole))


def _read_on(whole: Whole) -> None:
    """Raise :class:`Earlier` where a purchase of the past became worth less now: what slips took of it is told anew.

    What no record of the months that are read touched is worth what it was when they began.
    """
    if whole.past is None:
        return
    spaces = {SaleThing.__name__, Payment.__name__}
    for one in whole.records:
        for space, key in () if isinstance(one.record, Arrived) else one.record.touched.things:
            if space in spaces and key not in whole.by_id and whole.by_id.has(key):
                month = month_of_id(key)
                raise Earlier(f"{month[:4]}-{month[4:]}")


def _worth_less(state: State, sale: str, taken: int) -> bool:
    """Whether a purchase is no longer worth what was taken of it; more than it ever came to is the slip's own fault."""
    thing = state.thing(SaleThing, sale)
    return bought(state, sale) < (min(taken, thing.amount) if thing else taken)


def _accounts(state: State) -> Iterator[RebateAccount]:
    return (account for _, account in state.things(RebateAccount))


def _changed(slip_id: str, slip: Slip, sales: Sequence[str], state: State) -> Finding:
    now = sum(bought(state, sale) for sale in sales)
    was = sum(base.amount for base in slip.sales if base.sale in sales)
    named = " ".join(sales)
    words = Words(
        f"返扣单 {slip_id} 的购券 {named} 按 {yuan(was)} 计，现在只有 {yuan(now)}",
        f"slip {slip_id} took {named} as {yuan(was)}; paid, arrived and kept is now {yuan(now)}",
    )
    return trouble("REB-05", words, subject=slip_id, next=(f"gb rebate show {slip_id}", f"gb show {sales[0]}"))


def _since(sales: Collection[str], whole: Whole) -> dt.date | None:
    """The date of the last record that undid one of the purchases, or what became of it in exchanges."""
    things = (whole.state.thing(SaleThing, sale) for sale in sales)
    ids = {*sales, *(exchange for thing in things if thing for exchange, _ in thing.into)}
    days = [one.record.date for one in whole.records if isinstance(one.record, _UNDOING) and one.record.ref in ids]
    if not days and whole.past is not None:
        raise Earlier
    return max(days, default=None)


_UNDOING = (ClientReturn, Reversal, Bounced)


def _recoverable(whole: Whole) -> Iterator[Seen]:
    """Slips cancelled after a part was collected, as long as no later purchases of the client cover that part."""
    from ledger.checks.whole import Seen

    for client, account in sorted(whole.state.things(RebateAccount)):
        over = overdrawn(account, whole.rules)
        for share in account.shares if over else ():
            slip = whole.state.thing(Slip, share.slip)
            if slip is not None and slip.status == "cancelled":
                words = Words(
                    f"返扣单 {share.slip}（{slip.control_no}）作废前已领 {yuan(value_of(slip.taken))}，应向 {client} 追回 {yuan(over)}",
                    f"{yuan(value_of(slip.taken))} of slip {share.slip} ({slip.control_no}) was collected before it was "
                    f"cancelled: {yuan(over)} is to be recovered from {client}",
                )
                found = trouble("REB-05", words, subject=share.slip, next=(f"gb rebate show {share.slip}",))
                yield Seen(found, share.slip)


# -- REB-06 --------------------------------------------------------------------------------------------------------------


def _uncollected(whole: Whole, slips: Sequence[tuple[str, Slip]]) -> Iterator[Seen]:
    """Slips approved longer ago than the rule allows, with something left."""
    from ledger.checks.whole import Seen

    for slip_id, slip in sheets_due(slips):
        age = (whole.on - dt.date.fromisoformat(slip.approved)).days
        if age > whole.rules.on(Rebates, whole.on).uncollected_days:
            words = Words(
                f"返扣单 {slip.control_no}（{slip.client}）批准已 {age} 天，还有 {yuan(slip.uncollected)} 没有领",
                f"slip {slip.control_no} ({slip.client}) was approved {age} days ago, {yuan(slip.uncollected)} is not "
                f"collected",
            )
            tell = f"gb rebate notify {slip_id} --how phone"
            yield Seen(trouble("REB-06", words, subject=slip_id, next=(tell,)), slip_id, whole.on)


# -- REB-04 --------------------------------------------------------------------------------------------------------------


def answered(
    holes: Iterable[Hole],
    gone: Mapping[str, Sequence[Sourced]],
    records: Callable[..., Iterable[Sourced]],
    state: State,
) -> list[str]:
    """Missing ids that a hole in the control numbers tells better: an approval is gone (REB-04 before NUM-01).

    ``gone`` are ids that records name; one that is named as the approval of a slip is the id of an approval.  ``records``
    gives those of the kinds that it is asked for.
    """
    one_id = [hole.series.id(hole.first) for hole in holes if hole.series.code == "RB" and hole.last == hole.first]
    named = [name for name, by in gone.items() if any(getattr(one.record, "approval", "") == name for one in by)]
    asked = [name for name in (*one_id, *named) if name.startswith("RB")]
    if not asked:
        return []
    given = {one.record.control_no: one for one in records(Approval) if isinstance(one.record, Approval)}
    standing = {no: one for no, one in given.items() if state.thing(Reversed, one.record.id) is None}
    numbers = sorted(control_parts(no) for no in standing)
    return [name for name in asked if _explained(name, numbers, standing)]


def _explained(missing: str, numbers: Sequence[tuple[int, int]], given: dict[str, Sourced]) -> bool:
    """Whether a control number is missing between one that was given no later than the missing id's day and one no earlier."""
    from ledger.core.slips import control_text

    day = missing[2:10]
    year = int(day[:4])
    for (before_year, low), (same, high) in zip([(year, 0), *numbers], numbers, strict=False):
        if before_year == same == year and high > low + 1:
            before, after = given.get(control_text(year, low)), given[control_text(same, high)]
            if (before is None or _day_of(before) <= day) and day <= _day_of(after):
                return True
    return False


def _day_of(one: Sourced) -> str:
    return f"{one.record.date:%Y%m%d}"
