"""Opening 期初: a store starts in mid-life; one signed opening takes over what exists (V0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, read_file
from cli.lang import _t, say
from cli.options import RecordArgument
from ledger.core.errors import GbError, Refused, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.batch import BatchRefused, Outcome

app = typer.Typer()

LIMIT = 16 * 1024 * 1024
_SHOWN = 20


@app.callback(
    invoke_without_command=True,
    help=_t(
        "登记期初：由文件一次登记，要么全部登记，要么都不登记", "record the opening from a file, all of it or nothing"
    ),
)
def opening(
    ctx: typer.Context,
    *,
    file: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE", help=_t("YAML 或 CSV 文件，- 为标准输入", "a YAML or CSV file, - is stdin")
        ),
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help=_t("输出一份样例文件", "print an example of the file"))
    ] = False,
    finance: Annotated[
        str | None,
        typer.Option("--finance", metavar="NAME", help=_t("财务经办人（CSV 用）", "finance's name, for a CSV")),
    ] = None,
    cash: Annotated[
        str | None, typer.Option("--cash", metavar="AMOUNT", help=_t("现金（CSV 用）", "cash, for a CSV"))
    ] = None,
    petty: Annotated[
        str | None, typer.Option("--float", metavar="AMOUNT", help=_t("备用金（CSV 用）", "the float, for a CSV"))
    ] = None,
    points: Annotated[
        str | None,
        typer.Option(
            "--points",
            metavar="FILE",
            help=_t(
                "会员积分的 CSV：member,points,expires,valid,bought",
                "members' points, a CSV: member,points,expires,valid,bought",
            ),
        ),
    ] = None,
) -> None:
    """A header with the totals and both names, and its lines."""
    from cli.render import emit
    from ledger.book.opening import TEMPLATE

    if ctx.invoked_subcommand is not None:
        return
    if template:
        emit(say(TEMPLATE))
        return
    at = desk()
    words = Words("期初文件", "the file of the opening")
    if file is None and not at.call.interactive:
        raise Usage(at.call.missing("--from", words).words, next=("gb opening --template",))
    file = at.call.ask(file, words=words, name="--from", parse=str)
    given = {"finance": finance, "cash": cash, "float": petty}
    _record(at, file, {name: text for name, text in given.items() if text is not None}, points)


def _record(at: Desk, file: str, given: dict[str, Any], points: str | None) -> None:
    import os

    from ledger.book.batch import BatchRefused, record_all
    from ledger.book.opening import read_plan, read_points, rows

    name = os.path.basename(file) if file != "-" else "stdin.yaml"
    if points is not None:
        given["points"] = read_points(read_file(points, LIMIT), os.path.basename(points))
    plan = read_plan(at.book, read_file(file, LIMIT), name, given, at.today())
    draft = at.draft("openings", "opening", {})
    try:
        done = record_all(at.book, rows(at.book, plan, draft), terminal=at.terminal, dry_run=at.call.dry_run)
    except BatchRefused as refused:
        raise _told(refused) from None
    _echo(at, done)


def _told(refused: BatchRefused) -> GbError:
    """The refusal with each row's own words; one that stopped the header alone stands for itself."""
    first = refused.bad[0]
    if first.label == "opening":
        return first.error
    rows = refused.bad[:_SHOWN]
    words = Words(
        refused.words.zh + "".join(f"\n  {row.label}  {row.error.words.zh}" for row in rows),
        refused.words.en + "".join(f"\n  {row.label}  {row.error.words.en}" for row in rows),
    )
    return Refused(words, code=first.error.code, next=first.error.next or ("gb opening --template",))


def _echo(at: Desk, done: Outcome) -> None:
    from cli.entry import as_json, tell, tell_torn
    from cli.render import emit, emit_json, note

    tell(done.warnings)
    tell_torn(done.torn)
    if not done.recorded:
        note(Words("这份期初早已登记，未重复", "this opening was recorded before; nothing was repeated"))
    if at.call.json:
        emit_json({"again": done.again, "records": [as_json(one) for one in done.recorded]})
        return
    mark = say(Words("（试算，未登记）", " (dry run, not recorded)")) if at.call.dry_run else ""
    for one in done.recorded:
        emit(f"{one.record.id}  {at.told(one.record)}{mark}")


@app.command("list", help=_t("列出期初记录", "list the opening's records"))
def list_openings() -> None:
    """Headers and lines."""
    from cli.listing import Wanted, show_list

    show_list(desk(), Wanted(journal="openings"), None)


@app.command(help=_t("查看一笔期初记录", "show a record of the opening"))
def show(
    record: RecordArgument = None,
) -> None:
    """One record with its place in the text."""
    from cli.cards import record_card

    at = desk()
    record_card(at, at.call.ask(record, words=Words("单据编号", "the record's id"), name="ID", parse=at.record_id))
