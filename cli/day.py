"""Day: what this terminal did today, and the mark that its day is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, short_id
from cli.lang import _t, say
from cli.render import emit, emit_json
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt

    from ledger.book.dayend import Day
    from ledger.core.findings import Finding

app = typer.Typer()


@app.command(
    help=_t(
        "日终：本终端当天记了什么；--mark 表示当天已记完",
        "end of day: what was recorded here; --mark says that the day is complete",
    )
)
def day(
    mark: Annotated[
        bool, typer.Option("--mark", help=_t("登记日终：当天已记完", "record the day-end: the day is complete"))
    ] = False,
) -> int | None:
    """Show the day, or record its mark (N6)."""
    from ledger.book.dayend import look, missing

    at = desk()
    date = at.date() or at.today()
    found = look(at.book, at.terminal, date)
    if mark:
        _mark(at, date, found)
        return None
    due = missing(at.book, at.today())
    if at.call.json:
        emit_json(_json(at, date, found, due))
    else:
        emit("\n".join(_lines(at, date, found, due)))
    return None


def _mark(at: Desk, date: dt.date, found: Day) -> None:
    from ledger.book.dayend import files_of, host_mark
    from ledger.book.draft import Recorded

    if found.complete and found.mark is not None and not at.call.once:
        at.echo(Recorded(record=found.mark.record, file=found.mark.file, line=found.mark.line, again=True))
        return
    host = "" if at.at() else host_mark()
    at.record("cash", "day-end", {"files": files_of(at.book, at.terminal, date), "host": host})


def _lines(at: Desk, date: dt.date, found: Day, due: list[Finding]) -> list[str]:
    count = len(found.records)
    lines = [
        say(Words(f"终端 {at.terminal} {date}：{count} 笔登记", f"terminal {at.terminal}, {date}: {count} records"))
    ]
    if found.mark is not None and found.complete:
        done = short_id(found.mark.id)
        lines.append(say(Words(f"  已做日终 {done}", f"  the day is complete: {done}")))
    elif found.mark is not None:
        lines.append(
            say(
                Words(
                    "  日终之后又有登记，再做一次：gb day --mark",
                    "  recorded after the day-end: mark it again: gb day --mark",
                )
            )
        )
    elif count:
        lines.append(say(Words("  未做日终：gb day --mark", "  not complete yet: gb day --mark")))
    lines += [f"{say(one.words)}: {one.next[0]}" for one in due]
    return lines


def _json(at: Desk, date: dt.date, found: Day, due: list[Finding]) -> dict[str, Any]:
    return {
        "date": date, "terminal": at.terminal, "records": len(found.records), "complete": found.complete,
        "mark": found.mark.id if found.mark else None,
        "missing": [{"subject": one.subject, "next": list(one.next)} for one in due],
    }  # fmt: skip
