"""Festivals 节日回访: the festival that is meant, whom to call before it, and a plan for each of them (C3, C4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.lang import say
from ledger.core.errors import Refused, Usage
from ledger.core.personal import masked_all
from ledger.core.words import Words, many

if TYPE_CHECKING:
    import datetime as dt

    from cli.entry import Desk
    from ledger.book.visits import Target
    from ledger.core.festivals import Window


def festival_name(typed: str | None, day: dt.date) -> str | None:
    """The next festival of that name from ``day`` on, as a record calls it; a year may be typed before it."""
    if typed is None:
        return None
    from ledger.core.festivals import festival_day

    key, year = _named_festival(typed)
    years = (year,) if year else (day.year, day.year + 1)
    for one in years:
        found = festival_day(key, one)
        if found is not None and (year or found >= day):
            return f"{one}-{key}"
    raise _no_date(key, years[0])


def _named_festival(typed: str) -> tuple[str, int]:
    """The festival and its year, 0 where none is typed; raises :class:`Usage`."""
    import re

    from ledger.core.festivals import FESTIVALS, named
    from ledger.core.text import fold, shown

    found = re.fullmatch(r"(?:([0-9]{4})\s*年?[-\s]*)?(.+)", fold(typed))
    key = named(found[2]) if found else ""
    if not found or not key:
        known = " ".join(f"{name} {words.zh}" for name, words in FESTIVALS.items())
        words = Words(
            f"没有“{shown(typed)}”这个节日：{known}", f"there is no festival “{shown(typed)}”: {' '.join(FESTIVALS)}"
        )
        raise Usage(words, next=("gb visit festival",))
    return key, int(found[1] or 0)


def _no_date(key: str, year: int) -> Refused:
    from ledger.core.festivals import FESTIVALS

    words = Words(f"{year} 年{FESTIVALS[key].zh}的日期不知道", f"the date of {FESTIVALS[key].en} {year} is not known")
    return Refused(words, code="DAT-01", next=("gb visit festival --year 2026",))


def year_of(at: Desk, typed: str | None) -> int:
    """The year typed, or that of the day worked on."""
    from ledger.core.dates import resolve_period

    return resolve_period(typed, at.today())[0].year if typed is not None else (at.date() or at.today()).year


def window_of(at: Desk, name: str, year: str | None) -> Window:
    """The days of the festival that is meant: of the year typed, else the one whose calls are not over yet."""
    from ledger.book.visits import campaign

    key, typed = _named_festival(name)
    today = at.date() or at.today()
    years = [typed or year_of(at, year)] if typed or year is not None else [today.year, today.year + 1]
    found = [one for each in years if (one := campaign(at.book.rules, key, each, today)) is not None]
    open_ = [one for one in found if one.day >= today] or found
    if not open_:
        raise _no_date(key, years[0])
    return open_[0]


def show_festivals(at: Desk, year: int) -> None:
    """The days of the festivals of a year, and how many are called of those listed."""
    from cli.render import emit, emit_json, table
    from ledger.book.visits import campaign, targets
    from ledger.core.festivals import FESTIVALS

    found = [campaign(at.book.rules, key, year, at.date() or at.today()) for key in FESTIVALS]
    known = sorted((one for one in found if one is not None), key=lambda one: one.day)
    lists = {one.festival: targets(at.book, one) for one in known}
    if at.call.json:
        emit_json({"year": year, "festivals": [_window_json(one, lists[one.festival]) for one in known]})
        return
    heads = (
        Words("节日", "festival"), Words("日期", "date"), Words("回访开始", "calls from"), Words("到", "to"),
        Words("对象", "listed"), Words("已回访", "called"),
    )  # fmt: skip
    rows = [
        (FESTIVALS[one.festival], one.day, one.start, one.last, len(lists[one.festival]),
         sum(1 for target in lists[one.festival] if target.done))
        for one in known
    ]  # fmt: skip
    emit(table(heads, rows, align="llllrr"))


def _window_json(one: Window, listed: list[Target]) -> dict[str, Any]:
    return {
        "festival": one.festival, "name": one.name, "date": one.day, "from": one.start, "to": one.last,
        "targets": [_target_json(target) for target in listed],
    }  # fmt: skip


def _target_json(one: Target) -> dict[str, Any]:
    from ledger.core.money import yuan

    return {
        "client": one.client, "why": one.why, "amount": yuan(one.bought.amount), "purchases": one.bought.times,
        "last": one.bought.last, "gift": one.gift, "called": one.done or None, "plan": one.plan or None,
    }  # fmt: skip


def show_targets(at: Desk, asked: Window) -> None:
    """The clients to be called before a festival, and why each."""
    from cli.render import emit, emit_json, table
    from ledger.book.visits import targets
    from ledger.core.festivals import name_words
    from ledger.core.money import grouped
    from ledger.core.records.visits import WHY

    found = targets(at.book, asked)
    if at.call.json:
        emit_json(_window_json(asked, found))
        return
    title = name_words(asked.name)
    emit(
        say(
            Words(
                f"{title.zh} {asked.day}，回访 {asked.start} 至 {asked.last}：{len(found)} 家",
                f"{title.en}, {asked.day}; calls {asked.start} to {asked.last}: {many(len(found), 'client')}",
            )
        )
    )
    heads = (
        Words("客户", "client"), Words("原因", "why"), Words("金额", "amount"), Words("次数", "times"),
        Words("礼品", "gift"), Words("回访", "called"),
    )  # fmt: skip
    rows = [
        (at.named("client", one.client), WHY[one.why], grouped(one.bought.amount), one.bought.times,
         Words("送", "yes") if one.gift else None, one.done or (Words("已计划", "planned") if one.plan else None))
        for one in found
    ]  # fmt: skip
    if rows:
        emit(table(heads, rows, align="llrrll"))


def plan_targets(at: Desk, asked: Window) -> None:
    """One target record for every client on the list that is neither called nor planned; all or none."""
    from cli.render import emit, emit_json
    from ledger.book.batch import record_drafts
    from ledger.book.visits import targets

    todo = [one for one in targets(at.book, asked) if not one.done and not one.plan]
    drafts = {one.client: at.draft("visits", "target", _target_values(at, asked, one)) for one in todo}
    done = record_drafts(at.book, drafts, terminal=at.terminal, dry_run=at.call.dry_run)
    if at.call.json:
        emit_json({"festival": asked.name, "planned": [masked_all(one.record.encode()) for one in done]})
        return
    for recorded in done:
        at.echo(recorded)
    if not done:
        emit(say(Words("没有要新登记的计划", "nothing is left to plan")))


def _target_values(at: Desk, asked: Window, one: Target) -> dict[str, Any]:
    """The client's owner calls; a long-term client is visited before the festivals of gifts (C4)."""
    from ledger.core.parties import Client

    client = at.book.state().thing(Client, one.client)
    return {
        "client": one.client, "visitor": (client.owner if client else "") or None, "festival": asked.name,
        "due": asked.last, "start": asked.start, "how": "visit" if one.gift else "call", "why": one.why,
        "purchases": one.bought.amount, "times": one.bought.times,
    }  # fmt: skip
