"""Arguments and options that commands of several modules take, each declared once."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.lang import _t

MonthArgument = Annotated[
    str | None, typer.Argument(metavar="[MONTH]", help=_t("月份，如 2026-10、上月", "2026-10, last-month"))
]
MonthOption = Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_t("月份", "the month"))]
OnlyMonthOption = Annotated[
    str | None, typer.Option("--month", metavar="MONTH", help=_t("只看这个月", "only this month"))
]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help=_t("从哪天起", "from this day on"))]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help=_t("到哪天止", "to this day"))]
LimitOption = Annotated[
    str | None, typer.Option("--limit", metavar="N", help=_t("最多几条，0 为全部", "at most so many, 0: all"))
]
KindOption = Annotated[str | None, typer.Option("--kind", metavar="KIND", help=_t("类别", "the kind of record"))]
OfClientOption = Annotated[str | None, typer.Option("--client", metavar="CLIENT", help=_t("客户", "of this client"))]
RecordArgument = Annotated[str | None, typer.Argument(metavar="ID", help=_t("单据编号", "the record's id"))]
MapOption = Annotated[
    str | None, typer.Option("--map", metavar="MAP.yaml", help=_t("列的对应", "which column is which field"))
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help=_t("编码：utf-8（默认）或 gb18030", "utf-8 (default) or gb18030")),
]
ExpiresOption = Annotated[
    str | None, typer.Option("--expires", metavar="DATE", help=_t("截止日期，不写则按规则", "default: by the rule"))
]
