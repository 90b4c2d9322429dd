"""Preclose: what keeps a month open, who must act, and the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from cli.entry import desk
from cli.lang import _t, lang, say
from cli.options import MonthArgument, MonthOption
from cli.render import emit, emit_json
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.closing import Block
    from ledger.core.dates import Month

app = typer.Typer()


@app.command(
    help=_t(
        "封账前要办的事：卡在哪里、谁来办、用什么命令。有卡住的就退出码 1",
        "what keeps the month open: who must act, with which command; exit 1 while something does",
    )
)
def preclose(
    typed: MonthArgument = None,
    month: MonthOption = None,
) -> int:
    """List every block (R12)."""
    from ledger.book.closing import preclose as blocks_of
    from ledger.book.closing import reminders
    from ledger.book.sealed import is_closed
    from ledger.reports.findings import as_json, as_text

    at = desk()
    found = at.month(month if month is not None else typed)
    closed = is_closed(at.book, found)
    blocks = [] if closed else blocks_of(at.book, found, at.today())
    late = reminders(at.book, found, at.today())
    if at.call.json:
        ready = not blocks and not closed and at.today() >= found.after
        listed = {"blocks": [_json(one) for one in blocks], "late": as_json(late, lang())}
        emit_json({"month": found.text, "closed": closed, "ready": ready, **listed})
        return int(bool(blocks))
    lines = [say(Words(f"{found.text} 已封账", f"{found.text} is closed"))]
    emit("\n".join(lines if closed else _lines(found, blocks, over=at.today() >= found.after)))
    if late:
        emit("\n" + as_text(late, lang()))
    return int(bool(blocks))


def _lines(month: Month, blocks: list[Block], *, over: bool) -> list[str]:
    from ledger.reports.findings import headline, place
    from ledger.reports.table import wrap

    if not blocks and not over:
        soon = Words(
            f"{month.text} 现在没有要办的事，过完这个月可以封账",
            f"{month.text}: nothing to be dealt with now; it can be closed when it is over",
        )
        return [say(soon)]
    if not blocks:
        ready = Words(
            f"{month.text} 可以封账：gb close --month {month.text}",
            f"{month.text} can be closed: gb close --month {month.text}",
        )
        return [say(ready)]
    lines = [say(Words(f"{month.text} 还有 {len(blocks)} 件事：", f"{month.text}: {len(blocks)} to be dealt with:"))]
    for one in blocks:
        lines += ["", *wrap(headline(one.finding, lang()), hang=2)]
        lines += [f"  {place(where)}" for where in one.finding.where]
        if one.mends or not one.answer:
            lines += _step(Words("办理：", "who: "), one.who, one.mends)
        if one.answer:
            instead = (
                Words("或写处理意见：", "or answered by: ") if one.mends else Words("写处理意见：", "answered by: ")
            )
            lines += _step(instead, one.answered_by, (one.answer,))
    return lines


def _step(words: Words, who: Sequence[tuple[str, tuple[str, ...]]], commands: Sequence[str]) -> list[str]:
    """Who may do it, by role, and what to type."""
    from ledger.book.choices import ROLES, named
    from ledger.reports.table import wrap

    told = "; ".join(f"{say(named(ROLES, role))}: {', '.join(names)}" for role, names in who)
    nobody = say(Words("还没有人有这个权限（gb operator list）", "nobody has the role for it yet (gb operator list)"))
    return [*wrap(say(words) + (told or nobody), indent=2, hang=2), *(f"    {command}" for command in commands)]


def _json(block: Block) -> dict[str, Any]:
    from ledger.reports.findings import as_json

    who, answered_by = (
        [{"role": role, "names": list(names)} for role, names in people] for people in (block.who, block.answered_by)
    )
    told = {"who": who, "commands": list(block.commands), "answer": block.answer or None, "answered_by": answered_by}
    return {**as_json([block.finding], lang())[0], **told}
