"""Log: records in time order."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import desk
from cli.lang import _t
from cli.options import LimitOption, OfClientOption, SinceOption, UntilOption

app = typer.Typer()


@app.command(
    help=_t(
        "按时间列出记录；默认列出最新的 50 条。--json 每行一条",
        "list records in time order, the newest 50 unless told; one JSON object a line",
    )
)
def log(
    *,
    client: OfClientOption = None,
    serial: Annotated[
        str | None, typer.Option("--serial", metavar="SPANS", help=_t("券号", "on these serials"))
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_t("月份", "of this month"))] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help=_t("类别或台账，如 sale", "of this kind or journal: sale …")),
    ] = None,
    who: Annotated[
        str | None, typer.Option("--by", metavar="CODE", help=_t("经手人", "recorded by this operator"))
    ] = None,
    given_clock: Annotated[
        bool, typer.Option("--given-clock", help=_t("只列手工给定时刻的", "only those whose clock was given by hand"))
    ] = False,
    limit: LimitOption = None,
) -> None:
    """List; a star behind the time marks a clock given by hand."""
    from cli.listing import Wanted, show_list

    wanted = Wanted(
        client=client, serial=serial, since=since, until=until, month=month, kind=kind, by=who, given_clock=given_clock
    )
    show_list(desk(), wanted, limit)
