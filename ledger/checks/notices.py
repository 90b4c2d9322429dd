"""NOT: the day's notices against the day's records (N1, N2).

A day is looked at once it is over, and only as far as the book has come: to its last business, or the end
of a month that is closed or asked for.
Where a day has no notice at all, that one trouble stands for everything it did not tell of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.checks.explained import Explained
from ledger.checks.lead import Known, Past
from ledger.checks.whole import Whole
from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.order import in_order
from ledger.core.records.notices import Issued, Series, split_number
from ledger.core.rules import Notice, Rules
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import Sourced
from ledger.core.words import Words
from ledger.folds.notice import NO_BUSINESS, contents, path_of, to_tell, told

CODES: dict[str, Explained] = {
    "NOT-01": Explained(
        Words("营业日没有通知", "a trading day without a notice"),
        Words(
            "营业日过去了，没有发 17:00 券号通知（没有售券也要发零通知）",
            "a trading day is over and no 17:00 notice was issued for it; a day without sales has a nil notice",
        ),
        Words("定时任务没有运行，或下班忘了发", "the timer did not run, or nobody issued it"),
        Words("gb notice --catch-up 补发；不营业的日子写进 gb.yaml 的 closed_days",
              "gb notice --catch-up; a day without trade belongs into closed_days of gb.yaml"),
    ),
    "NOT-02": Explained(
        Words("有券号没有通知", "serials in no notice"),
        Words(
            "当日售出、退回、作废、遗失、冻结等的券号，没有列在当日任何一张通知里",
            "sheets that were sold, returned, made void, lost or frozen that day stand in no notice of the day",
        ),
        Words("通知之后又登记，或补记到已通知的日子", "recorded after the notice, or dated back into a noticed day"),
        Words("发补充通知：gb notice --date 日期", "issue the supplement: gb notice --date DATE"),
    ),
    "NOT-03": Explained(
        Words("通知与当日记录不符", "a notice is not the day's records"),
        Words(
            "通知所列单据现在说的与发出时不同，或 notices/ 里的原文被改、缺失、没有登记",
            "the records that a notice lists say something else than when it was issued, or its text in notices/ was "
            "changed, is missing, or belongs to no record",
        ),
        Words("手工改了日记账或通知文件", "a journal or the text of a notice was edited by hand"),
        Words(
            "与两联签收的原件核对；从 git 或备份找回原文件；缺的文件用 gb notice --date 日期 补写",
            "compare with the signed copies; restore the file from git or a backup; a missing one is written again by "
            "gb notice --date DATE",
        ),
    ),
}  # fmt: skip

_ONE_DAY = dt.timedelta(days=1)


class Dated(NamedTuple):
    """A finding and the business date that it belongs to."""

    day: dt.date
    finding: Finding


class Asked(NamedTuple):
    """What the check goes by, beside the records.

    ``before`` is the first day that is not over, ``over`` the day after the last month that is (both exclusive), ``trades`` says which days are trading days, ``texts`` is the
    sha256 of every file in ``notices/`` by its path, ``told`` are the records about which something else is found, and
    ``hurt_files`` the files with damage.
    """

    before: dt.date
    over: dt.date
    rules: Rules
    trades: Callable[[dt.date], bool]
    texts: Mapping[str, str]
    told: Collection[str] = frozenset()
    hurt_files: Collection[str] = frozenset()
    past: Past | None = None
    """The months that are not read; trade had begun by then."""
    issued: Sequence[Sourced] | None = None
    """The notices of those months, where ``texts`` has their texts too."""


def findings(sourced: Iterable[Sourced], asked: Asked) -> Iterator[Dated]:
    """NOT-01…03 and the holes in the numbers of notices (NUM-01), by date; of the past nothing."""
    ordered = in_order(sourced)
    by_id = Known(((one.record.id, one) for one in ordered), asked.past)
    days: dict[dt.date, list[Sourced]] = {}
    for one in ordered:
        days.setdefault(one.record.date, []).append(one)
    yield from _days(days, asked)
    issued = [one for one in ordered if isinstance(one.record, Issued)]
    yield from _differing(issued, by_id, asked)
    before = [one for one in asked.issued or () if isinstance(one.record, Issued)]
    yield from _changed_texts(before, asked)
    if not _hurt_notices(asked):
        yield from _strange_files([*before, *issued], asked)
        yield from _holes(issued, asked.past.lead.notices if asked.past else ())


def _hurt_notices(asked: Asked) -> list[str]:
    return [path for path in asked.hurt_files if path.rpartition("/")[2].startswith("notices.")]


# -- days --------------------------------------------------------------------------------------------------------------


def _days(days: Mapping[dt.date, Sequence[Sourced]], asked: Asked) -> Iterator[Dated]:
    business = [
        day
        for day, records in days.items()
        if any(_is_business(one) and one.record.id not in asked.told for one in records)
    ]
    if not business and asked.past is None:
        return
    hurt = {path.split("/")[1] for path in _hurt_notices(asked)}
    day = asked.past.first if asked.past else min(business)
    end = max(max(business, default=day) + _ONE_DAY, asked.over)
    while day < min(asked.before, end):
        rule = asked.rules.find(Notice, day)
        if rule is not None and rule.daily == "yes" and f"{day:%Y-%m}" not in hurt:
            yield from (Dated(day, found) for found in _day(day, days.get(day, ()), asked))
        day += _ONE_DAY


def _is_business(one: Sourced) -> bool:
    return one.record.id[:2] not in NO_BUSINESS


def _day(day: dt.date, records: Sequence[Sourced], asked: Asked) -> Iterator[Finding]:
    noticed = any(isinstance(one.record, Issued) for one in records)
    if not noticed and asked.trades(day):
        words = Words(f"营业日 {day} 没有券号通知", f"no notice was issued for the trading day {day}")
        where = tuple(one.where() for one in [one for one in records if _is_business(one)][:1])
        yield trouble("NOT-01", words, subject=str(day), where=where, next=("gb notice --catch-up",))
        return
    places = {one.record.id: one for one in records}
    untold: dict[str, SpanSet] = {}
    for item in to_tell([one.record for one in records]):
        untold[item.id] = untold.get(item.id, EMPTY) | item.spans
    for name in untold.keys() - set(asked.told):
        words = Words(f"{name} 没有列入 {day} 的通知", f"{name} stands in no notice of {day}")
        yield trouble(
            "NOT-02", words, subject=name, serials=untold[name].text, where=(places[name].where(),),
            next=(f"gb notice --date {day}",),
        )  # fmt: skip


# -- notices -----------------------------------------------------------------------------------------------------------


def _differing(issued: Iterable[Sourced], by_id: Known, asked: Asked) -> Iterator[Dated]:
    for one in issued:
        notice = one.record
        known = notice.id in asked.told
        if isinstance(notice, Issued) and not known and not _hurt(notice, by_id, asked):
            finding = _unlike_records(one, notice, by_id) or _unlike_text(one, notice, asked)
            if finding is not None:
                yield Dated(notice.date, finding)


def _changed_texts(issued: Iterable[Sourced], asked: Asked) -> Iterator[Dated]:
    """NOT-03 for the texts of months that are not read; what their notices say was found to be right when they were."""
    for one in issued:
        notice = one.record
        finding = _unlike_text(one, notice, asked) if isinstance(notice, Issued) else None
        if finding is not None and notice.id not in asked.told:
            yield Dated(notice.date, finding)


def _unlike_records(one: Sourced, notice: Issued, by_id: Known) -> Finding | None:
    why = _unlike(notice, by_id)
    if why is None:
        return None
    words = Words(f"通知 {notice.notice} {why.zh}", f"notice {notice.notice} {why.en}")
    return trouble("NOT-03", words, subject=notice.id, where=(one.where(),), next=(f"gb show {notice.id}",))


def _unlike_text(one: Sourced, notice: Issued, asked: Asked) -> Finding | None:
    path = path_of(notice)
    found = asked.texts.get(path)
    if found == notice.copy:
        return None
    if found is None:
        words = Words(
            f"通知 {notice.notice} 的原文 {path} 缺失", f"the text of notice {notice.notice}, {path}, is missing"
        )
        fix = f"gb notice --date {notice.date}"
    else:
        words = Words(
            f"通知 {notice.notice} 的原文 {path} 被改动", f"the text of notice {notice.notice}, {path}, was changed"
        )
        fix = f"git log -p -- {path}"
    return trouble("NOT-03", words, subject=notice.id, where=(one.where(), Where(path)), next=(fix,))


def _hurt(notice: Issued, by_id: Known, asked: Asked) -> bool:
    """Whether something else is found about a record that it lists, or it is gone (NUM-01)."""
    return any(name in asked.told or not by_id.has(name) for name in notice.ids)


def _unlike(notice: Issued, by_id: Known) -> Words | None:
    """How the notice is not what its records say; ``None`` when it is."""
    records = [one.record for name in notice.ids if (one := by_id.fetch(name)) is not None]
    other = [one.id for one in records if one.date != notice.date]
    if other:
        return Words(f"列有别日的单据 {other[0]}", f"lists {other[0]} of another date")
    items = [item for record in records for item in told(record)]
    inside = contents(notice.date, items, supplement=bool(notice.supplement))
    if inside.digest != notice.digest:
        return Words("所列单据已不是发出时的内容", "lists records that say something else than when it was issued")
    if (inside.sheets, inside.amount) != (notice.sheets, notice.amount):
        return Words("的张数或金额不是所列单据的合计", "has figures that its records do not come to")
    return None


def _strange_files(issued: Iterable[Sourced], asked: Asked) -> Iterator[Dated]:
    known = {path_of(one.record) for one in issued if isinstance(one.record, Issued)}
    strange = sorted(set(asked.texts) - known)
    if asked.past is not None and asked.issued is None:  # a text stands in the folder of its notice's month
        strange = [path for path in strange if (_month_of(path) or asked.past.first) >= asked.past.first]
    for path in strange:
        words = Words(f"{path} 不是登记过的通知", f"{path} is the text of no recorded notice")
        found = trouble("NOT-03", words, subject=path, where=(Where(path),), next=(f"git log -p -- {path}",))
        yield Dated(_month_of(path) or asked.before - _ONE_DAY, found)


def _month_of(path: str) -> dt.date | None:
    """The first day of the month in whose folder a text stands."""
    try:
        return dt.date.fromisoformat(f"{path.split('/')[1]}-01")
    except ValueError:
        return None


def highest(whole: Whole) -> tuple[str, ...]:
    """The highest number of each series of notices up to now."""
    top: dict[Series, int] = {}
    had = whole.past.lead.notices if whole.past else ()
    own = (one.record.notice for one in whole.records if isinstance(one.record, Issued))
    for series, number in filter(None, map(split_number, (*had, *own))):
        top[series] = max(number, top.get(series, 0))
    return tuple(series.number(number) for series, number in top.items())


def _holes(issued: Iterable[Sourced], had: Iterable[str]) -> Iterator[Dated]:
    """NUM-01 for each number that a terminal's notices of a year skip, behind those that it ``had`` before."""
    begun = dict(filter(None, map(split_number, had)))
    there: dict[Series, dict[int, Sourced]] = {}
    for one in issued:
        split = split_number(one.record.notice) if isinstance(one.record, Issued) else None
        if split:
            there.setdefault(split[0], {})[split[1]] = one
    for series, numbers in sorted(there.items()):
        for place in sorted(set(range(begun.get(series, 0) + 1, max(numbers))) - numbers.keys()):
            after = numbers[min(one for one in numbers if one > place)]
            missing = series.number(place)
            words = Words(f"通知编号断号：缺 {missing}", f"a hole in the numbers of notices: {missing} is not there")
            found = trouble("NUM-01", words, subject=missing, where=(after.where(),), next=("gb notice list",))
            yield Dated(after.record.date, found)
