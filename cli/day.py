"""Day: the end of a day at this terminal, item by item, up to the mark that the day is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, free_text
from cli.lang import _t, say
from cli.render import emit, emit_json
from cli.told import short_id
from ledger.core.words import Words, many

if TYPE_CHECKING:
    import datetime as dt

    from ledger.book.dayend import Day
    from ledger.book.squaring import Evening, Item
    from ledger.core.findings import Finding

app = typer.Typer()


@app.command(
    help=_t(
        "日终：逐项看今天要办的，在终端上一步步做完并登记日终；不在终端上只列出\n例：gb day，补做：gb day --mark --date 昨天 --reason 忘了",
        "end of day: what is left to do, led through it on a terminal up to the mark; elsewhere only listed\n"
        "example: gb day, and afterwards: gb day --mark --date yesterday --reason forgotten",
    )
)
def day(
    mark: Annotated[
        bool, typer.Option("--mark", help=_t("只登记日终：当天已记完", "only record the day-end: the day is complete"))
    ] = False,
) -> int | None:
    """Show the day and lead through it, or record its mark (N6)."""
    from ledger.book.dayend import look, missing
    from ledger.book.squaring import evening_of, items, squared

    at = desk()
    date = at.date() or at.today()
    if mark:
        _mark(at, date, look(at.book, at.terminal, date))
        return None
    evening = evening_of(at.book, at.terminal, date, at.at() or at.book.now())
    found, due = items(evening), missing(at.book, at.today())
    if at.call.json:
        emit_json(_json(at, date, evening.day, due, found))
        return None
    emit("\n".join([*_head(at, date, evening.day), *(line for item in found for line in _told(item))]))
    if at.call.interactive and date == at.today():
        evening, found = _led(at, evening, found)
    behind = [line for one in due for line in _with_command(say(one.words), ": ", one.next[0])]
    emit("\n".join([_verdict(found), *_state(evening.day), *behind]))
    if at.call.interactive and date == at.today() and evening.day.records and not evening.day.complete:
        at.call.confirm(Words("登记日终吗？", "record the day-end?"), default=squared(found))
        _mark(at, date, evening.day)
    return None


# -- the items -----------------------------------------------------------------------------------------------------------


def _told(item: Item) -> list[str]:
    """``[ ] takings to deposit …: gb cash deposit …``; what is only told has no box to tick."""
    box = {True: "[x]", False: "[ ]", None: " - "}[item.done]
    return _with_command(f"  {box} {say(item.words)}", say(Words("：", ": ")), item.next[0] if item.next else "")


def _with_command(text: str, colon: str, command: str) -> list[str]:
    """What is to do and the command behind it; where both are wider than the page, the command stands whole on a line below."""
    from cli.render import columns, width
    from ledger.reports.table import wrap

    together = f"{text}{colon}{command}" if command else text
    if width(together) <= columns():
        return [together]
    indent = len(text) - len(text.lstrip())
    shown = wrap(text.lstrip(), columns(), indent=indent, hang=4, cut=False)
    return [*shown, *([f"{' ' * (indent + 4)}{command}"] if command else [])]


def _verdict(found: list[Item]) -> str:
    from ledger.book.squaring import squared

    return say(Words("平账：是", "squared: yes") if squared(found) else Words("平账：否", "squared: no"))


def _led(at: Desk, evening: Evening, found: list[Item]) -> tuple[Evening, list[Item]]:
    """Lead through the steps that are left; an empty answer puts one off."""
    from ledger.book.squaring import evening_of, items

    for item in found:
        if item.step:
            STEPS[item.step](at, evening)
            evening = evening_of(at.book, at.terminal, evening.date, evening.now)
    return evening, items(evening)


def _deposit(at: Desk, evening: Evening) -> None:
    from ledger.book.cash import to_deposit

    handed = to_deposit(evening.drawer, None, (), evening.date)
    words = Words("内部进帐单号，直接回车：以后再交", "the deposit slip's number; Enter: later")
    slip = at.call.ask(None, words=words, name="--slip", parse=lambda text: free_text(text, words))
    if slip:
        at.record("cash", "deposit", {"amount": handed.amount, "slip": slip, "days": handed.days})


def _count(at: Desk, evening: Evening) -> None:
    from cli.cash import amount_or_notes, record_count
    from cli.entry import second_counter

    words = Words(
        "抽屉实点金额，或 100x45 50x3；直接回车：以后再点", "the drawer as counted, or 100x45 50x3; Enter: later"
    )
    counted = at.call.ask(
        None, words=words, name="--amount", parse=lambda text: amount_or_notes(text) if text else None
    )
    if counted is None:
        return
    fen, notes = counted
    second = second_counter(at, None)
    record_count(at, {"amount": fen, "notes": notes, "second": second, "book": evening.drawer.total})


STEPS: dict[str, Callable[[Desk, Evening], None]] = {"deposit": _deposit, "count": _count}
"""What a person can be led through, by the name that an item gives."""


# -- the mark ------------------------------------------------------------------------------------------------------------


def _mark(at: Desk, date: dt.date, found: Day) -> None:
    from ledger.book.dayend import files_of, host_mark
    from ledger.book.draft import Recorded

    if found.complete and found.mark is not None and not at.call.once:
        at.echo(Recorded(record=found.mark.record, file=found.mark.file, line=found.mark.line, again=True))
        return
    host = "" if at.at() else host_mark()
    at.record("cash", "day-end", {"files": files_of(at.book, at.terminal, date), "host": host})


def _head(at: Desk, date: dt.date, found: Day) -> list[str]:
    count = len(found.records)
    return [
        say(
            Words(
                f"终端 {at.terminal} {date}：{count} 笔登记", f"terminal {at.terminal}, {date}: {many(count, 'record')}"
            )
        )
    ]


def _state(found: Day) -> list[str]:
    """Whether the mark is there, and stands behind everything."""
    if found.mark is not None and found.complete:
        done = short_id(found.mark.id)
        return [say(Words(f"  已做日终 {done}", f"  the day is complete: {done}"))]
    if found.mark is not None:
        again = Words(
            "  日终之后又有登记，再做一次：gb day --mark", "  recorded after the day-end: mark it again: gb day --mark"
        )
        return [say(again)]
    return [say(Words("  未做日终：gb day --mark", "  not complete yet: gb day --mark"))] if found.records else []


def _json(at: Desk, date: dt.date, found: Day, due: list[Finding], items: list[Item]) -> dict[str, Any]:
    from ledger.book.squaring import squared

    return {
        "date": date, "terminal": at.terminal, "records": len(found.records), "complete": found.complete,
        "mark": found.mark.id if found.mark else None, "squared": squared(items),
        "items": [
            {"name": one.name, "message": say(one.words), "done": one.done, "next": list(one.next)} for one in items
        ],
        "missing": [{"subject": one.subject, "next": list(one.next)} for one in due],
    }  # fmt: skip
