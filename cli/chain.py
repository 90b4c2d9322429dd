"""Chain: the head office looks at many stores' books at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.lang import _t, lang
from cli.render import emit, emit_pieces, note, progress
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt

app = typer.Typer()

ZONE = "Asia/Shanghai"
BOOKS = Words("各店账本的目录", "the stores' books")


@app.command(
    help=_t(
        "多店合并的月度对账六项表、各店一行、全部问题；读不了的账本写明，不影响其他店。退出码同 gb reconcile。\n"
        "例：gb chain reconcile --month 2026-10 '/books/*'",
        "the stores' months as one six-point sheet, a line a store, all findings; a book that cannot be read is named and "
        "hides no other. Exit codes as of gb reconcile.\ne.g. gb chain reconcile --month 2026-10 '/books/*'",
    )
)
def reconcile(
    books: Annotated[
        list[str] | None, typer.Argument(metavar="BOOK|GLOB", help=_t("账本目录，可用通配符", "folders of books, or a pattern"))
    ] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_t("月份", "the month"))] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            "--scheduler", metavar="ADDRESS",
            help=_t(
                "Dask 集群的地址；不写就用本机的进程", "a Dask cluster's address; local processes by default"
            ),
        ),
    ] = "",
    workers: Annotated[
        int,
        typer.Option("--workers", metavar="N", min=0, help=_t("本机进程数，默认每个处理器一个", "local processes; one a processor by default")),
    ] = 0,
) -> int:  # fmt: skip
    """Each book is folded by itself in a process of its own; nothing is written."""
    from cli.shared import current
    from ledger.book.chain import consolidated
    from ledger.book.cluster import opened
    from ledger.book.month import usual_month
    from ledger.core.dates import resolve_month
    from ledger.reports.chain import as_text, json_pieces

    call = current()
    places = _places(books or [])
    given, today = _days(call.at)
    asked = resolve_month(month, today) if month is not None else usual_month(today)
    if asked.text != month:
        note(Words(f"月份 {asked.text}", f"month {asked.text}"))
    with opened(scheduler, workers) as pool, progress(len(places), BOOKS) as advance:
        report = consolidated(places, asked, pool, today=given, tick=advance)
    if call.json:
        emit_pieces(json_pieces(report, lang()))
    else:
        emit(as_text(report, lang()))
    return int(report.failed)


def _places(typed: list[str]) -> list[str]:
    """The folders that the arguments stand for; an argument that stands for nothing is an error, not nothing."""
    from ledger.disk import matching

    if not typed:
        words = Words("要写至少一个账本目录", "name at least one folder of a book")
        raise Usage(words, next=("gb chain reconcile --help",))
    found = [matching(one) for one in typed]
    for one, places in zip(typed, found, strict=True):
        if not places:
            raise Usage(Words(f"没有目录符合 {one}", f"no folder matches {one}"), next=("gb chain reconcile --help",))
    return [place for places in found for place in places]


def _days(at: str | None) -> tuple[dt.date | None, dt.date]:
    """The day of ``--at``, None without it, and the day that ``last-month`` is reckoned from."""
    from ledger.book.open import zone_of
    from ledger.core.dates import resolve_at
    from ledger.disk import SystemClock

    now = SystemClock().now(zone_of(ZONE))
    given = resolve_at(at, now).date() if at else None
    return given, given or now.date()
