"""Export: the book for other programs, straight from its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t
from cli.personal import RevealOption
from cli.render import emit, emit_json, note
from ledger.core.errors import Usage
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.book.exports import Export

app = typer.Typer()

MonthOption = Annotated[
    str | None,
    typer.Option("--month", metavar="MONTH", help=_t("只要这个月；不写是全部", "only this month; all by default")),
]


@app.command(
    help=_t(
        "分录，供 hledger 和 ledger 读；有读不出或迟到的记录时退出码 1。\n例：gb export hledger | hledger -f - bal --monthly",
        "the postings for hledger and ledger; exit 1 when records do not read or came late.\n"
        "e.g. gb export hledger | hledger -f - bal --monthly",
    )
)
def hledger(month: MonthOption = None) -> int:
    """A transaction for each record that posts."""
    return _postings("hledger", month)


@app.command(
    help=_t(
        "分录，供 beancount 读；有读不出或迟到的记录时退出码 1。\n例：gb export beancount > 团购券.beancount",
        "the postings for beancount; exit 1 when records do not read or came late.\ne.g. gb export beancount > vouchers.beancount",
    )
)
def beancount(month: MonthOption = None) -> int:
    """As for hledger, with names that beancount takes."""
    return _postings("beancount", month)


@app.command(
    help=_t(
        "在账本里写 datapackage.json 和 schemas/，供 frictionless、check-jsonschema 和编辑器使用",
        "write datapackage.json and schemas/ into the book, for frictionless, check-jsonschema and editors",
    )
)
def datapackage() -> None:
    """Derived: made anew at any time."""
    from ledger.book.datapackage import describe, write

    at = desk()
    if at.call.dry_run:
        emit_json(describe(at.book))
        return
    written = write(at.book)
    if at.call.json:
        emit_json({"written": written})
        return
    emit("\n".join(written))


@app.command(
    help=_t(
        "一本台账的全部记录，作为表格；保密项显示为 ***。\n例：gb export csv sales --month 2026-10 > 销售.csv",
        "all records of a journal as a table; personal fields are ***.\ne.g. gb export csv sales --month 2026-10 > sales.csv",
    )
)
def csv(
    journal: Annotated[
        str | None,
        typer.Argument(metavar="JOURNAL", help=_t("哪一本台账，如 sales、custody", "which journal: sales, custody …")),
    ] = None,
    month: MonthOption = None,
    *,
    reveal: RevealOption = False,
) -> int:
    """One row a record, whatever format the journal itself has; with ``--reveal`` in the clear, by who may, on record."""
    from cli.personal import revealed_rows
    from ledger.book.exports import Export
    from ledger.core.records import journal as declared
    from ledger.reports.records import pieces

    at = desk()
    _refuse_json(at)
    name = at.call.ask(journal, words=Words("台账", "the journal"), name="JOURNAL", parse=_journal)
    export = Export(at.book, at.month(month) if month is not None else None, name)
    rows = revealed_rows(at, declared(name), export.entries()) if reveal else (one.values for one in export.entries())
    for text in pieces(declared(name), rows):
        emit(text)
    return _left_out(export)


def _journal(typed: str) -> str:
    from ledger.core.records import BY_NAME
    from ledger.core.text import fold, shown

    name = fold(typed).lower()
    if name not in BY_NAME:
        known = " ".join(BY_NAME)
        words = Words(f"没有台账“{shown(typed)}”；有：{known}", f"there is no journal “{shown(typed)}”: {known}")
        raise Usage(words, next=("gb export csv sales", "gb export csv --help"))
    return name


def _postings(name: str, month: str | None) -> int:
    from ledger.book.exports import Export
    from ledger.reports.postings import PRINTERS

    at = desk()
    _refuse_json(at)
    export = Export(at.book, at.month(month) if month is not None else None)
    for text in PRINTERS[name](export.records()):
        if text:
            emit(text)
    return _left_out(export)


def _refuse_json(at: Desk) -> None:
    """Raise :class:`Usage`: with --json standard output is one JSON value, and this is another program's text."""
    if at.call.json:
        words = Words(
            "导出是给别的程序读的文字，没有 JSON 形式", "an export is another program's text: it has no JSON form"
        )
        raise Usage(words, next=(f"{at.call.path}",))


def _left_out(export: Export) -> int:
    """Say what is not in what was printed; 1 when there is something, else 0."""
    if damage := len(export.damage):
        note(Words(
            f"有 {damage} 处损坏，读不出的记录不在其中：gb check JRN",
            f"{many(damage, 'place')} of damage: what does not read is not in it: gb check JRN",
        ))  # fmt: skip
    if late := len(export.left_out):
        note(Words(
            f"{late} 笔迟到的记录不计入任何数字，不在其中：gb check CLS-03",
            f"{many(late, 'record')} came late: in no figure, and not here: gb check CLS-03",
        ))  # fmt: skip
    return int(not export.whole)
