"""Reconcile: the month against finance, from the text alone; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t, lang
from cli.options import EncodingOption, MapOption, MonthArgument, MonthOption
from cli.render import emit, emit_json
from ledger.core.errors import Refused
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.core.state import Sourced

app = typer.Typer()


@app.command(
    help=_t(
        "月度对账六项表；不写月份时，10 日以前是上月，之后是本月。有错误还没有处理意见时退出码 1",
        "the month's six-point sheet; without --month the previous month until the 10th, then the current one; exit 1 on errors "
        "that nobody has answered",
    )
)
def reconcile(
    typed: MonthArgument = None,
    month: MonthOption = None,
    register: Annotated[
        str | None,
        typer.Option(
            "--register",
            metavar="FILE",
            help=_t(
                "财务登记的 CSV：只对照，不登记（登记用 gb import finance）",
                "finance's register as CSV: compared only, not recorded (gb import finance records it)",
            ),
        ),
    ] = None,
    mapping: MapOption = None,
    encoding: EncodingOption = None,
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
    outside = _outside(at, register, mapping, encoding) if register is not None else ()
    report = reconciled(at.book, found, outside, today=at.today())
    if at.call.json:
        from ledger.reports.reconcile import as_json

        emit_json(as_json(report, lang()))
    else:
        from ledger.reports.reconcile_text import as_text

        emit(as_text(report, lang()))
    return int(report.failed)


def _outside(at: Desk, register: str, mapping: str | None, encoding: str | None) -> Sequence[Sourced]:
    """Finance's lines in a file that is no part of the book."""
    from cli.import_ import opened, refuse_rows
    from ledger.book.batch import BatchRefused
    from ledger.book.registers import outside

    run = opened(at, "finance", register, mapping, encoding or "")
    try:
        return outside(run)
    except BatchRefused as refused:
        refuse_rows(run, refused)
