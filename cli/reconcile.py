"""Reconcile: the month against finance, from the text alone; nothing is written."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import desk
from cli.lang import _t, lang
from cli.render import emit, emit_json
from ledger.core.errors import Refused
from ledger.core.words import Words

app = typer.Typer()


@app.command(
    help=_t(
        "月度对账六项表；不写月份时，10 日以前是上月，之后是本月。有错误时退出码 1",
        "the month's six-point sheet; without --month the previous month until the 10th, then the current one; exit 1 on errors",
    )
)
def reconcile(
    typed: Annotated[
        str | None, typer.Argument(metavar="[MONTH]", help=_t("月份，如 2026-10、上月", "2026-10, last-month"))
    ] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_t("月份", "the month"))] = None,
) -> int:
    """Print the sheet (R1–R7)."""
    from ledger.book.month import reconcile as reconciled

    at = desk()
    found = at.month(month if month is not None else typed)
    if found.first > at.today():
        words = Words(
            f"{found.text} 还没有开始（今天 {at.today()}）", f"{found.text} has not begun: today is {at.today()}"
        )
        raise Refused(words, code="DAT-01", next=("gb reconcile",))
    report = reconciled(at.book, found)
    if at.call.json:
        from ledger.reports.reconcile import as_json

        emit_json(as_json(report, lang()))
    else:
        from ledger.reports.reconcile_text import as_text

        emit(as_text(report, lang()))
    return int(report.failed)
