"""Reconcile: the month against finance, from the text alone; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk, reading
from cli.lang import _t, lang
from cli.options import EncodingOption, MapOption, MonthArgument, MonthOption
from cli.render import emit, emit_json, note, write_file
from ledger.core.errors import Refused, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.imports import Import
    from ledger.core.dates import Month
    from ledger.core.state import Sourced
    from ledger.reports.reconcile import ReconcileReport

app = typer.Typer()

RegisterOption = Annotated[
    str | None,
    typer.Option(
        "--register",
        metavar="FILE",
        help=_t(
            "财务登记的 CSV：只对照，不登记（登记用 gb import finance）",
            "finance's register as CSV: compared only, not recorded (gb import finance records it)",
        ),
    ),
]
WorkbookOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        metavar="FILE.xlsx",
        help=_t(
            "把财务的表逐行标色写到工作簿：相符、不符、只有财务、只有团购部",
            "with --register: their sheet as a workbook, each line coloured (matched, different, theirs only, ours only)",
        ),
    ),
]


@app.command(
    help=_t(
        "月度对账六项表；不写月份时，10 日以前是上月，之后是本月。有错误还没有处理意见时退出码 1",
        "the month's six-point sheet; without --month the previous month until the 10th, then the current one; exit 1 on errors "
        "that nobody has answered",
    )
)
def reconcile(
    *,
    typed: MonthArgument = None,
    month: MonthOption = None,
    register: RegisterOption = None,
    mapping: MapOption = None,
    encoding: EncodingOption = None,
    output: WorkbookOption = None,
) -> int:
    """Print the sheet (R1–R7)."""
    from ledger.book.month import reconcile as reconciled

    at = desk()
    found = _begun(at, month if month is not None else typed)
    run = _opened(at, register, mapping, encoding) if register is not None else None
    if output is not None and run is None:
        raise Usage(
            Words("--output 要和 --register 一起写", "--output goes with --register"), next=("--register FILE",)
        )
    with reading(at.book.disk, Words("对账", "reconciling")):
        report = reconciled(at.book, found, _outside(run) if run is not None else (), today=at.today())
    if output is not None and run is not None:
        _hand_back(run, register or "", report, output)
    if at.call.json:
        from ledger.reports.reconcile import as_json

        emit_json(as_json(report, lang()))
    else:
        from ledger.reports.reconcile_text import as_text

        emit(as_text(report, lang()))
    return int(report.failed)


def _begun(at: Desk, typed: str | None) -> Month:
    """The month that is meant; raises :class:`Refused` (DAT-01) for one that has not begun."""
    found = at.month(typed)
    if found.first > at.today():
        words = Words(
            f"{found.text} 还没有开始（今天 {at.today()}）", f"{found.text} has not begun: today is {at.today()}"
        )
        raise Refused(words, code="DAT-01", next=("gb reconcile",))
    return found


def _opened(at: Desk, register: str, mapping: str | None, encoding: str | None) -> Import:
    from cli.import_ import opened

    return opened(at, "finance", register, mapping, encoding or "")


def _outside(run: Import) -> Sequence[Sourced]:
    """Finance's lines in a file that is no part of the book."""
    from cli.import_ import refuse_rows
    from ledger.book.batch import BatchRefused
    from ledger.book.registers import outside

    try:
        return outside(run)
    except BatchRefused as refused:
        refuse_rows(run, refused)


def _hand_back(run: Import, register: str, report: ReconcileReport, output: str) -> None:
    """Finance's own sheet with every line coloured; a CSV becomes a workbook."""
    from cli.import_ import file_bytes
    from ledger.book.checked import checked
    from ledger.book.foreign import column_of
    from ledger.book.workbooks import is_workbook
    from ledger.reports.coloured import Rows, coloured

    raw = file_bytes(register)
    rows = Rows(run.source.header, [(line.number, line.cells) for line in run.source.lines])
    columns = {field: name for field, one in run.map.fields.items() if (name := column_of(one))}
    found = checked(run, report)
    write_file(output, coloured(raw if is_workbook(raw) else rows, found, columns, lang()))
    note(Words(f"已写入 {output}", f"written to {output}"))
