"""``gb demo``: what the month end looks like, and what tampering looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.lang import _t, lang, say
from cli.render import emit
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.findings import Finding

app = typer.Typer()

NEXT = Words("下一步：", "next: ")


@app.command(
    help=_t(
        "用示例账本演示：一个月的对账，少一张券会怎样，改一个字节会怎样",
        "the example book: a month reconciled; one sheet missing; one byte changed",
    )
)
def demo() -> None:
    """Show the clean month, then two copies that are not."""
    from ledger.book.demo import MISSING, clean, copied, with_a_byte_changed, with_a_sheet_missing
    from ledger.reports.reconcile_text import six_points

    with copied() as root:
        emit(say(Words("① 对账：gb reconcile --month 2026-10", "1) gb reconcile --month 2026-10")))
        emit(six_points(clean(root), lang()))
    with copied() as root:
        emit(
            say(
                Words(
                    f"② 保险柜少了一张 {MISSING}，再盘点、再对账：",
                    f"2) sheet {MISSING} is gone; count and reconcile again:",
                )
            )
        )
        emit(_findings(with_a_sheet_missing(root)))
    with copied() as root:
        emit(
            say(
                Words(
                    "③ 已封账、已签名的月份里有人改了一个字节，gb verify：",
                    "3) somebody changed one byte of a month that is closed and signed; gb verify:",
                )
            )
        )
        emit(_findings(with_a_byte_changed(root)))


def _findings(findings: list[Finding]) -> str:
    """Each finding with its serials, its places and the records there."""
    from ledger.reports.findings import headline, place
    from ledger.reports.table import wrap

    rows = []
    for finding in findings:
        rows += wrap(headline(finding, lang()), hang=2)
        rows += [f"  {place(where)} {where.id}".rstrip() for where in finding.where]
        rows += [f"  {say(NEXT)}{command}" for command in finding.next]
    return "\n".join(rows)
