"""Log: records in time order."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import desk
from cli.lang import _t

app = typer.Typer()


@app.command(
    help=_t(
        "按时间列出记录；默认列出最新的 50 条。--json 每行一条",
        "list records in time order, the newest 50 unless told; one JSON object a line",
    )
)
def log(
    *,
    client: Annotated[str | None, typer.Option("--client", metavar="CLIENT", help=_t("客户", "of this client"))] = None,
    serial: Annotated[
        str | None, typer.Option("--serial", metavar="SPANS", help=_t("券号", "on these serials"))
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help=_t("从哪天起", "from this day on"))
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=_t("到哪天止", "to this day"))] = None,
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
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N", help=_t("最多几条，0 为全部", "at most so many, 0: all"))
    ] = None,
) -> None:
    """List; a star behind the time marks a clock given by hand."""
    from cli.listing import Wanted, show_list

    wanted = Wanted(
        client=client, serial=serial, since=since, until=until, month=month, kind=kind, by=who, given_clock=given_clock
    )
    show_list(desk(), wanted, limit)
