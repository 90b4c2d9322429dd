"""Check: every finding in the book."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import desk, reading
from cli.lang import _t
from cli.options import OnlyMonthOption
from ledger.core.errors import Usage
from ledger.core.words import Words

app = typer.Typer()


@app.command(
    help=_t(
        "检查账本，列出全部问题；没有问题就什么也不输出。有错误还没有处理意见时退出码 1",
        "list every finding with its place; prints nothing for a clean book; exit 1 on errors that nobody has answered",
    )
)
def check(
    codes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CODE…]", help=_t("只看这些代码，如 STK-01 或 STK", "only these codes: STK-01, or STK")
        ),
    ] = None,
    month: OnlyMonthOption = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help=_t("有警告、有处理意见的也算失败", "fail on warnings and on what is answered too")
        ),
    ] = False,
) -> int:
    """Read all text and compare the index with it."""
    from cli.findings import show_findings
    from ledger.book.month import check as checked
    from ledger.core.dates import resolve_month

    at = desk()
    wanted = [_code(one) for one in codes or []]
    of = resolve_month(month, at.today()) if month is not None else None
    with reading(at.book.disk, Words("检查", "checking")):
        found = checked(at.book, wanted, of, at.today())
    return show_findings(at, found, strict=strict)


def _code(typed: str) -> str:
    """A code or the letters of a family; raises :class:`Usage` for one that does not exist."""
    from ledger.checks import FAMILIES, all_codes, explain
    from ledger.core.near import did_you_mean, near
    from ledger.core.text import fold, shown

    code = fold(typed).upper()
    try:
        if code not in FAMILIES:
            explain(code)
    except KeyError:
        meant = did_you_mean(near(code, [*FAMILIES, *(name for name, _ in all_codes())]))
        words = Words(f"没有代码“{shown(typed)}”{meant.zh}", f"there is no code “{shown(typed)}”{meant.en}")
        raise Usage(words, next=("gb explain",)) from None
    return code
