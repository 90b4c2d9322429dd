"""DAY: the day-end marks (N6).  A terminal's day is complete when its mark stands behind all it recorded that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from ledger.checks.explained import Explained
from ledger.core.dates import just_after
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record, Reversal
from ledger.core.records.cash import DayEnd
from ledger.core.state import Sourced
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "DAY-01": Explained(
        Words("缺日终", "day-end missing"),
        Words(
            "某终端某日有登记，却没有日终，或日终之后又有登记；不能封账",
            "a terminal recorded something on a day that has no day-end mark behind it; the month cannot be closed",
        ),
        Words("下班忘了做日终，或日终之后补记", "the mark was forgotten, or an entry was made after it"),
        Words(
            "在那个终端补做：gb day --mark --date 日期 --reason 原因",
            "make it on that terminal: gb day --mark --date DATE --reason TEXT",
        ),
    ),
}

NO_ENTRIES = frozenset({"ST", "OP", "NT"})
"""Journals that set a book up, and notices, which are made from what is recorded: they are no business of a terminal's day."""


def missing(sourced: Iterable[Sourced], before: dt.date, hurt: Collection[str] = frozenset()) -> Iterator[Finding]:
    """DAY-01 for each terminal and day before ``before`` (exclusive) that no mark completes; subject ``DAY TERMINAL``.

    ``hurt`` are ids of damaged records: one in a wrong place asks for no mark there.
    """
    last: dict[tuple[dt.date, str], Sourced] = {}
    marked: dict[tuple[dt.date, str], str] = {}
    sourced = [one for one in sourced if one.record.date < before]
    undone = {one.record.ref for one in sourced if isinstance(one.record, Reversal)}
    for one in sourced:
        record = one.record
        key = (record.date, record.terminal)
        if isinstance(record, Reversal) and isinstance(record.original, DayEnd):
            continue
        if isinstance(record, DayEnd):
            if record.id not in undone:
                marked[key] = max(marked.get(key, ""), record.order)
        elif record.id not in hurt and counts(record) and (key not in last or last[key].record.order < record.order):
            last[key] = one
    for key, one in sorted(last.items(), key=lambda item: item[0]):
        if marked.get(key, "") < one.record.order:
            yield _missing(*key, one, again=key in marked)


def counts(record: Record) -> bool:
    """Whether a record asks for a mark: what another side says is no work of the terminal's on that day."""
    return record.id[:2] not in NO_ENTRIES and not record.THEIRS


def _missing(day: dt.date, terminal: str, last: Sourced, *, again: bool) -> Finding:
    words = Words(
        f"终端 {terminal} {day} 没有日终：在它自己的机器上补做",
        f"terminal {terminal} has no day-end on {day}: mark it on its own machine",
    )
    if again:
        words = Words(
            f"终端 {terminal} {day} 日终之后又有登记 {last.record.id}：在它自己的机器上补做",
            f"terminal {terminal} recorded {last.record.id} after its day-end of {day}: mark it on its own machine",
        )
    fix = f"gb day --mark --date {day} --terminal {terminal} --reason '…'"
    return trouble("DAY-01", words, subject=f"{day} {terminal}", where=(last.where(),), next=(fix,))


def ahead(sourced: Iterable[Sourced], today: dt.date) -> Iterator[Finding]:
    """DAT-01 for each record that was made, by its own time, after ``today``; one that was undone is none, nor what undid it."""
    late = [one for one in sourced if one.record.at.date() > today]
    ids = {one.record.id for one in late}
    undone = {
        one.record.ref: one.record.id for one in late if isinstance(one.record, Reversal) and one.record.ref in ids
    }
    for one in late:
        made = one.record.at
        if one.record.id not in {*undone, *undone.values()}:
            words = Words(
                f"{one.record.id} 的时间 {made:%Y-%m-%d %H:%M} 在今天 {today} 以后",
                f"{one.record.id} is of {made:%Y-%m-%d %H:%M}, after today, {today}",
            )
            yield trouble("DAT-01", words, subject=one.record.id, where=(one.where(),), next=_undoing(one.record))


def _undoing(record: Record) -> tuple[str, ...]:
    """What undoes a record from the future, just behind it; a reversal is not reversed."""
    shown = f"gb show {record.id}"
    if isinstance(record, Reversal):
        return (shown,)
    return (shown, f"gb reverse {record.id} --reason '…' {just_after(record.at)}")
