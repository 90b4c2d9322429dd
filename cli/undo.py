"""Undo: the operator's own last entry of today on this terminal."""

from __future__ import annotations

import typer

from cli.entry import desk
from cli.lang import _t
from cli.reverse import done_before, record_reversal, refuse_standing
from ledger.core.words import Words

app = typer.Typer()


@app.command(
    help=_t(
        "撤销我今天在本终端的最后一笔；以冲销单登记，原单不改",
        "undo my own last entry of today on this terminal, by a reversal",
    )
)
def undo() -> None:
    """Say what would be undone, ask on a terminal, record the reversal (S8)."""
    from cli.render import note
    from ledger.book.undo import last_own

    at = desk()
    if done_before(at):
        return
    found = last_own(at.book, by=at.by, terminal=at.terminal, today=at.today())
    original = at.book.find(found).record
    told = at.told(original)
    note(Words(f"撤销 {found}：{told}", f"undoing {found}: {told}"))
    refuse_standing(at, found)
    if (original.date.year, original.date.month) < (at.today().year, at.today().month):
        at.need_reason(Words("冲销上月单据的原因", "why a record of an earlier month is undone"))
    at.call.confirm(Words("撤销吗？", "undo it?"))
    record_reversal(at, found, usual=Words("登记有误", "entered by mistake"))
