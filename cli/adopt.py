"""Adopt: a record that arrived late in a closed month taken into the open one."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import desk
from cli.lang import _t
from ledger.core.words import Words

app = typer.Typer()


@app.command(
    help=_t(
        "把封账之后才合并进来的记录收编到未封月份；在对账表里列为更正以前月份",
        "take a record that arrived after its month was closed into the open month, as a line of prior periods",
    )
)
def adopt(
    record: Annotated[
        str | None, typer.Argument(metavar="ID", help=_t("迟到的单据编号", "the late record's id"))
    ] = None,
) -> None:
    """Record the adoption (R9)."""
    from cli.render import note
    from ledger.book.closing import late_record

    at = desk()
    found = at.call.ask(
        record, words=Words("迟到的单据编号", "the late record's id"), name="ID",
        parse=lambda typed: late_record(at.book, typed.strip().upper()),
    )  # fmt: skip
    told = at.told(found.record)
    note(Words(f"收编 {found.id}：{told}", f"adopting {found.id}: {told}"))
    at.need_reason(Words("为什么收编", "why it is adopted"))
    at.call.confirm(Words("收编吗？", "adopt it?"))
    values = {"file": found.file, "line": found.line, "taken": found.record}
    at.record("dispositions", "adoption", values, ref=found.id)
