"""Reports: one command, a table of names, several formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t, lang, say
from cli.render import emit, emit_json, note, write_file
from ledger.book.reports import REPORTS
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.reports import Asked
    from ledger.reports.report import Report

app = typer.Typer()

FORMATS = ("text", "json", "csv", "xlsx", "html")
NAMES = " ".join(REPORTS)
LISTED = Words(
    "，".join(f"{name} {one.words.zh}" for name, one in REPORTS.items()),
    ", ".join(f"{name} ({one.words.en})" for name, one in REPORTS.items()),
)


@app.command(
    help=_t(
        f"报表：{LISTED.zh}。\n例：gb report audit-sheet --month 2026-10 --format csv --output 审计.csv",
        f"reports: {LISTED.en}.\ne.g. gb report audit-sheet --month 2026-10 --format csv --output audit.csv",
    )
)
def report(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help=_t(f"哪一张：{NAMES}", f"which one: {NAMES}"))
    ] = None,
    month: Annotated[
        str | None,
        typer.Option("--month", metavar="MONTH", help=_t("月份；本月到今天为止", "the month; this one up to today")),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help=_t("截至哪天终", "as at the end of a day"))
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", metavar="|".join(FORMATS), help=_t("格式，默认 text", "text by default"))
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", metavar="FILE", help=_t("写到文件，不显示", "write a file instead of showing it")),
    ] = None,
) -> None:
    """Make the report and show it, or write it."""
    at = desk()
    which = at.call.ask(name, words=Words("报表", "the report"), name="NAME", parse=_known)
    shown = _format(form or ("json" if at.call.json else "text"))
    if shown == "xlsx" and output is None:
        words = Words("xlsx 要写到文件", "a workbook is written to a file")
        raise Usage(words, next=(f"--output {which}.xlsx",))
    asked = _asked(at, month, as_of)
    made = REPORTS[which].make(at.book, asked)
    if output is None and shown == "json":
        emit_json(made.as_json(lang()))
        return
    head = f"{at.book.settings.store}  {asked.month.text if asked.month else asked.until}"
    data = _shown(made, shown, say(REPORTS[which].words), head)
    if output is not None:
        write_file(output, data)
        note(Words(f"已写入 {output}", f"written to {output}"))
    else:
        emit(data.decode("utf-8"))


def _known(typed: str) -> str:
    from ledger.core.text import fold, shown

    name = fold(typed).lower()
    if name in REPORTS:
        return name
    listed = ", ".join(f"{key} {say(one.words)}" for key, one in REPORTS.items())
    words = Words(f"没有“{shown(typed)}”这张报表；有：{listed}", f"there is no report “{shown(typed)}”: {listed}")
    raise Usage(words, next=tuple(f"gb report {key}" for key in REPORTS))


def _format(typed: str) -> str:
    from ledger.core.text import fold, shown

    form = fold(typed).lower()
    if form not in FORMATS:
        words = Words(
            f"格式“{shown(typed)}”不在 {' '.join(FORMATS)} 中",
            f"format “{shown(typed)}” is none of {' '.join(FORMATS)}",
        )
        raise Usage(words, next=tuple(f"--format {one}" for one in FORMATS))
    return form


def _asked(at: Desk, month: str | None, as_of: str | None) -> Asked:
    from ledger.book.reports import Asked

    if month is not None and as_of is not None:
        from cli.hints import rather

        words = Words("--month 和 --as-of 只能写一个", "either --month or --as-of")
        raise Usage(words, next=(rather("--month", month, "--as-of"), rather("--as-of", as_of, "--month")))
    if as_of is not None:
        return Asked(at.today(), day=at.day(as_of))
    return Asked(at.today(), month=at.month(month) if month is not None else None)


def _shown(made: Report, form: str, title: str, head: str) -> bytes:
    """The report in a format; a text ends in a line end.  ``title`` and ``head`` are for one that has no tables of its own."""
    if form == "xlsx":
        from ledger.reports.report import workbook_of
        from ledger.reports.xlsx import as_xlsx

        return as_xlsx(workbook_of(made, title, head, lang()), lang())
    text = _text(made, form, title, head)
    return (text if text.endswith("\n") else text + "\n").encode("utf-8")


def _text(made: Report, form: str, title: str, head: str) -> str:
    if form == "json":
        import msgspec

        return msgspec.json.encode(made.as_json(lang())).decode()
    if form == "csv":
        from ledger.reports.report import as_csv

        return as_csv(made.as_rows(lang()))
    if form == "html":
        from ledger.reports.html import report_html
        from ledger.reports.report import workbook_of

        return report_html(workbook_of(made, title, head, lang()), lang())
    return made.as_text(lang())
