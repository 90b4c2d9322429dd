"""CSH and TIE: the drawer by its rules, over the whole book, and payments that have not arrived (N3, N4, S9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec

from ledger.checks.explained import Explained
from ledger.checks.lead import Drawer
from ledger.checks.whole import Seen, Whole
from ledger.core.dates import Month
from ledger.core.drawer import OverShort, cash_day
from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record, Reversal
from ledger.core.money import yuan
from ledger.core.payments import Payment
from ledger.core.postings import CASH
from ledger.core.records.arrivals import CHEQUE
from ledger.core.records.drawer import Deposit
from ledger.core.rules import Arrival, Cash, Rules
from ledger.core.state import Sourced
from ledger.core.words import Words
from ledger.folds.cash import Takings, drawer_move, in_force, undeposited

CODES: dict[str, Explained] = {
    "CSH-01": Explained(
        Words("货款未按时交财务", "takings not deposited by the cut-off"),
        Words(
            "现金日截账时，当日收的现金还没有凭内部进帐单交给财务",
            "at the cut-off of a cash day some of its cash had not been handed to finance with a deposit slip",
        ),
        Words("忘了交款，或截账前又收了现金", "the deposit was forgotten, or cash came in after it"),
        Words("gb cash deposit 补交；迟交的写处理意见", "deposit it with gb cash deposit; answer for what was late"),
    ),
    "CSH-02": Explained(
        Words("过夜现金超限", "overnight cash above the cap"),
        Words(
            "抽屉里过夜的现金（货款加备用金）超过限额；CSH-01 已报的货款不再算",
            "takings and float in the drawer overnight are above the cap; what CSH-01 reports is not counted again",
        ),
        Words(
            "截账后收了大额现金，没有另行交款", "much cash came in after the cut-off and was not deposited specially"
        ),
        Words("当天送财务或存金库，并登记交款", "hand it to finance the same evening and record the deposit"),
    ),
    "CSH-03": Explained(
        Words("长短款未处理", "over or short unsettled"),
        Words("现金盘点的长款或短款还挂着", "what a cash count found over or short still stands in suspense"),
        Words("还没查明，或查明后没有登记", "not explained yet, or explained and not recorded"),
        Words("gb cash settle 单号：补交、退还或核销", "gb cash settle ID: paid in, paid out or written off"),
    ),
    "CSH-04": Explained(
        Words("现金支付不合规定", "cash paid against the rules"),
        Words(
            "借支超限额、用途不对、期限不对，或用货款支付（坐支）",
            "an advance above the limit, for another purpose or due too early, or cash paid out of the takings",
        ),
        Words("图方便从货款里支付", "the takings were at hand"),
        Words("由财务支付，或从备用金支付；已付的收回", "finance pays, or the float; what was paid comes back"),
    ),
    "CSH-05": Explained(
        Words("备用金超出范围", "float outside its limits"),
        Words("备用金低于下限或高于上限", "the float is below the least or above the most that the rule allows"),
        Words("领多了，或规则改了", "too much was drawn, or the rule has changed"),
        Words("gb cash float 金额 调整", "set it right with gb cash float AMOUNT"),
    ),
    "TIE-01": Explained(
        Words("款未到账", "paid, not arrived"),
        Words(
            "转账、微信、支付宝、刷卡的款还没有登记到账；超过规则的天数是错误",
            "a transfer, WeChat, Alipay or card payment has no arrival; an error after the days that the rule gives it",
        ),
        Words(
            "银行还没到，到账了没有登记，或客户没有付", "the bank is slow, the arrival was not entered, or nobody paid"
        ),
        Words("查银行，到账后 gb cash arrived 单号", "ask the bank; once it is there: gb cash arrived ID"),
    ),
}

_MOST_PLACES = 5


def family(whole: Whole) -> Iterator[Seen]:
    """Everything of this family; what a damaged or illegal record brings with it is told by that record alone."""
    drawer = _known(whole)
    balance = whole.past.lead.drawer.balance if whole.past else 0
    takings, beyond = undeposited(drawer.kept, whole.rules, doubted=whole.unsure | drawer.half_undone)
    unread = _unread(whole.unread - drawer.undone, whole)
    late = [one for one in takings if one.day not in unread.deposits and is_late(one, whole.rules, whole.before)]
    for one in late:
        yield Seen(_not_deposited(one, whole.rules), day=one.day)
    for deposit, fen in beyond.items():
        found = whole.by_id.fetch(deposit)
        if deposit not in drawer.half_undone and found and not unread.may_explain(found.record):
            yield Seen(_beyond(deposit, fen), deposit)
    sure = [one for one in drawer.kept if one.record.id not in whole.unsure]
    yield from _nights(sure, late, whole.rules, min(whole.before, unread.since), balance)
    yield from _unsettled(whole)
    yield from _pending(whole)


# -- what is not sure --------------------------------------------------------------------------------------------------------


class _Known(NamedTuple):
    """The records of the drawer in force, those undone in their month, and those that only a reversal undoes which is not sure itself."""

    kept: list[Sourced]
    undone: frozenset[str]
    half_undone: frozenset[str]


def _known(whole: Whole) -> _Known:
    moving = [*_before(whole), *(one for one in whole.records if drawer_move(one.record))]
    doubtful = [one.record for one in moving if isinstance(one.record, Reversal) and one.record.id in whole.unsure]
    left_out = {one.id for one in doubtful}
    kept = in_force([one for one in moving if one.record.id not in left_out])
    ids = {one.record.id for one in kept}
    undone = frozenset(one.record.id for one in moving) - ids - left_out
    return _Known(kept, undone, frozenset(one.ref for one in doubtful if one.ref in ids))


def _before(whole: Whole) -> list[Sourced]:
    """The records of the past with which the drawer's checks go on."""
    names = whole.past.lead.drawer.records if whole.past else ()
    return [one for name in names if (one := whole.by_id.fetch(name)) is not None]


def doubted(whole: Whole) -> bool:
    """Whether a record in force that moves the drawer is not sure: what it leaves open is known from all records alone."""
    drawer = _known(whole)
    return bool(drawer.half_undone) or any(one.record.id in whole.unsure for one in drawer.kept)


def drawer(whole: Whole) -> Drawer:
    """With which records the checks of a later month go on: those behind the last moment at which no takings were in the drawer.

    No cash day stands on both sides of that moment, and at least one record behind it.  Where nothing of a deposit is left
    over, everything before it was deposited, and no later deposit can answer for it any more.
    """
    kept = _known(whole).kept
    balance = whole.past.lead.drawer.balance if whole.past else 0
    days = [cash_day(one.record, whole.rules) for one in kept]
    latest = list(accumulate(days, max))
    cash = total = at = 0
    before = balance
    ahead = list(accumulate(reversed(days), min))[::-1]
    for index, one in enumerate(kept):
        if not cash and (index == 0 or latest[index - 1] < ahead[index]):
            at, before = index, total + balance
        cash += drawer_move(one.record, (CASH,))
        total += drawer_move(one.record)
    return Drawer(tuple(one.record.id for one in kept[at:]), before)


class _Unread(NamedTuple):
    """What records that are damaged or missing leave unknown: any amount, of the days they belong to.

    ``takings`` are the cash days that may have had more of them, ``deposits`` those that may have been deposited;
    ``months`` those whose drawer may have had more otherwise, from the first day to the second (exclusive); ``opening`` is
    the day from which on anything may have been taken over, ``since`` the first on which the drawer's balance is not known.
    """

    takings: frozenset[dt.date]
    deposits: frozenset[dt.date]
    months: list[tuple[dt.date, dt.date]]
    opening: dt.date
    since: dt.date

    def may_explain(self, deposit: Record) -> bool:
        """Whether what a deposit holds beyond the takings may be the money of such a record."""
        days = deposit.days if isinstance(deposit, Deposit) else ()
        in_month = any(first <= deposit.date < after for first, after in self.months)
        return in_month or deposit.date >= self.opening or not self.takings.isdisjoint(days)


def _unread(names: frozenset[str], whole: Whole) -> _Unread:
    cash = _days(names, "CA")
    lost = _days(names - whole.by_id.keys(), "CA")
    return _Unread(
        takings=_with_next(_days(names, "SA") | _days(names, "CQ") | cash, whole.rules),
        deposits=_with_next(lost, whole.rules),
        months=[(day, Month.of(day).after) for day in cash],
        opening=min(_days(names, "OP"), default=dt.date.max),
        since=min(lost, default=dt.date.max),
    )


def _days(names: Iterable[str], code: str) -> set[dt.date]:
    """The days of the records of one journal, as their ids say them."""
    days = (name[2:10] for name in names if name.startswith(code))
    return {dt.date.fromisoformat(day) for day in days if day.isdecimal()}


def _with_next(days: Iterable[dt.date], rules: Rules) -> frozenset[dt.date]:
    """Money that comes after the cut-off of a day is the next cash day's (N1)."""
    return frozenset(day for own in days for day in (own, rules.next_trading_day(own)))


def _beyond(deposit: str, fen: int) -> Finding:
    words = Words(
        f"{deposit} 交款比账上货款多 {yuan(fen)}", f"{deposit} hands over {yuan(fen)} more than the takings in the book"
    )
    return trouble(
        "REC-05",
        words,
        subject=deposit,
        next=(f"gb show {deposit}", f"gb cash book --month {deposit[2:6]}-{deposit[6:8]}"),
    )


# -- CSH-01 --------------------------------------------------------------------------------------------------------------


def is_late(takings: Takings, rules: Rules, before: dt.date) -> bool:
    """Whether a cash day that is over, before ``before`` (exclusive), ended with takings in the drawer."""
    return takings.day < before and _left(takings, rules) > 0


def _left(takings: Takings, rules: Rules) -> int:
    """What was in the drawer at the day's cut-off, in fen; nothing where the store has no rule."""
    rule = rules.find(Cash, takings.day)
    if rule is None or not takings.records:
        return 0
    zone = takings.records[0].record.at.tzinfo
    return takings.open_at(dt.datetime.combine(takings.day, rule.ends, zone))


def _not_deposited(takings: Takings, rules: Rules) -> Finding:
    fen, open_ = _left(takings, rules), takings.open
    ends = f"{rules.on(Cash, takings.day).ends:%H:%M}"
    now = Words("仍未交", "still not") if open_ else Words("后来已交", "deposited later")
    words = Words(
        f"{takings.day} 现金 {yuan(fen)} 到 {ends} 没有交财务（{now.zh}）",
        f"cash of {takings.day}: {yuan(fen)} not deposited by {ends} ({now.en})",
    )
    next_ = (
        f"gb cash deposit --amount {yuan(open_)} --covers {takings.day} --slip '…'"
        if open_
        else f"gb cash book --date {takings.day}"
    )
    return trouble("CSH-01", words, subject=str(takings.day), where=_places(takings.records), next=(next_,))


def _places(records: Sequence[Sourced]) -> tuple[Where, ...]:
    return tuple(one.where() for one in records[:_MOST_PLACES])


# -- CSH-02 --------------------------------------------------------------------------------------------------------------


def _nights(
    cash: Sequence[Sourced], late: Sequence[Takings], rules: Rules, before: dt.date, balance: int
) -> Iterator[Seen]:
    """One finding for every run of nights above the cap; what is late already is told by CSH-01.

    ``balance`` (fen) was in the drawer before the first record.
    """
    run: list[tuple[dt.date, int]] = []
    last: Sourced | None = None
    for day, held, moved in _evenings(cash, before, balance):
        rule = rules.find(Cash, day)
        fen = held - sum(max(0, one.open_after(day)) for one in late if one.day <= day)
        above = rule is not None and fen > rule.cap
        if above:
            run.append((day, fen))
            last = last or moved
        elif run:
            yield Seen(_above(run, rules, last), day=run[0][0])
            run, last = [], None
    if run:
        yield Seen(_above(run, rules, last), day=run[0][0])


def _evenings(cash: Sequence[Sourced], before: dt.date, balance: int) -> Iterator[tuple[dt.date, int, Sourced]]:
    """Every day that is over with the drawer at its end (fen) and the last record that moved it."""
    kept = in_force(cash)
    index = 0
    day = kept[0].record.date if kept else before
    while day < before:
        while index < len(kept) and kept[index].record.date <= day:
            balance += drawer_move(kept[index].record)
            index += 1
        yield day, balance, kept[index - 1]
        day += dt.timedelta(days=1)


def _above(run: Sequence[tuple[dt.date, int]], rules: Rules, last: Sourced | None) -> Finding:
    first, most = run[0][0], max(fen for _, fen in run)
    cap = yuan(rules.on(Cash, first).cap)
    nights = Words(f"，共 {len(run)} 夜" if len(run) > 1 else "", f", {len(run)} nights" if len(run) > 1 else "")
    words = Words(
        f"{first} 过夜现金 {yuan(most)} 超过限额 {cap}{nights.zh}",
        f"{first}: {yuan(most)} in the drawer overnight, above the cap of {cap}{nights.en}",
    )
    where = (last.where(),) if last else ()
    return trouble("CSH-02", words, subject=str(first), where=where, next=(f"gb cash book --date {first}",))


# -- CSH-03, TIE-01 --------------------------------------------------------------------------------------------------------


def _unsettled(whole: Whole) -> Iterator[Seen]:
    for count, one in whole.state.things(OverShort):
        if one.amount:
            kind = Words("短款", "short") if one.amount > 0 else Words("长款", "over")
            words = Words(
                f"{one.date} {kind.zh} {yuan(abs(one.amount))} 未处理",
                f"{yuan(abs(one.amount))} {kind.en} since {one.date}, unsettled",
            )
            how = "paid-in" if one.amount > 0 else "paid-out"
            next_ = f"gb cash settle {count} --how {how} --reason '…'"
            yield Seen(trouble("CSH-03", words, subject=count, next=(next_,)), count)


def _pending(whole: Whole) -> Iterator[Seen]:
    for taken, one in whole.state.things(Payment):
        fen = sum(pay.amount for pay in one.open if pay.method != CHEQUE)
        if not fen or taken in whole.unsure:
            continue
        age = max(0, (whole.on - dt.date.fromisoformat(one.date)).days)  # of a day to come (DAT-01) none has passed
        rule = whole.rules.find(Arrival, dt.date.fromisoformat(one.date))
        words = Words(
            f"{taken} 的款 {yuan(fen)} 未到账，已 {age} 天", f"{taken}: {yuan(fen)} not arrived after {age} days"
        )
        finding = trouble("TIE-01", words, subject=taken, next=(f"gb cash arrived {taken}",))
        overdue = rule is not None and age > rule.days
        yield Seen(msgspec.structs.replace(finding, severity="error") if overdue else finding, taken)
