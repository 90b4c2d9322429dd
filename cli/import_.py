"""Import: a foreign CSV into a journal, all rows or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.entry import Desk, desk, tell_torn
from cli.lang import _t, lang, say
from cli.options import EncodingOption, MapOption
from cli.render import emit, emit_json, note, progress, write_file
from cli.told import short_id
from ledger.core.errors import GbError, Refused, Usage, Where
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.batch import BatchRefused, Outcome
    from ledger.book.imports import Given, Import

app = typer.Typer()

SHOWN = 20
"""Refused rows shown; all are counted."""

JournalArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="JOURNAL",
        help=_t(
            "导入到哪个台账：sales clients finance bank redemptions members points",
            "the journal: sales clients finance bank redemptions members points",
        ),
    ),
]
FileArgument = Annotated[
    str | None,
    typer.Argument(metavar="FILE|-", help=_t("CSV 或 xlsx 文件，- 为标准输入", "the CSV or xlsx file; - is stdin")),
]
TemplateOption = Annotated[
    bool, typer.Option("--template", help=_t("输出空白 CSV 供填写", "print an empty CSV to fill in"))
]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", metavar="csv|xlsx", help=_t("空白表的格式，默认 csv", "of the template; csv by default")),
]
OutputOption = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help=_t("空白表写到文件", "write the template to a file"))
]
MapTemplateOption = Annotated[
    bool,
    typer.Option("--map-template", help=_t("输出带说明的 MAP.yaml 样例", "print an annotated sample of MAP.yaml")),
]


@app.command(
    help=_t(
        "从 CSV 或工作簿（xlsx）导入；全部成功或一行不写，重复导入不会重复登记。\n"
        "at 写 2026-10-08 09:12[:33]，或只写 09:12[:33]，日期取本行的 date",
        "import from CSV or a workbook (xlsx): all rows or none; run twice it adds nothing.\n"
        "at is 2026-10-08 09:12[:33], or 09:12[:33] alone, of the row's date",
    )
)
def import_(
    *,
    journal: JournalArgument = None,
    file: FileArgument = None,
    mapping: MapOption = None,
    encoding: EncodingOption = None,
    template: TemplateOption = False,
    form: FormatOption = None,
    output: OutputOption = None,
    map_template: MapTemplateOption = False,
) -> None:
    """Validate every row, then append in order (contract, section 5)."""
    from cli.shared import current
    from ledger.book.batch import BatchRefused, record_all

    call = current()
    name = call.ask(journal, words=Words("台账", "the journal"), name="JOURNAL", parse=_journal)
    if template or map_template:
        _give_template(name, form, output, mapped=map_template)
        return
    path = call.ask(file, words=Words("CSV 文件", "the CSV file"), name="FILE", parse=str)
    at = desk()
    run = opened(at, name, path, mapping, encoding or "", given=_given(at))
    try:
        with progress(2 * len(run), Words("导入", "importing")) as advance:
            done = record_all(at.book, run.rows(), terminal=at.terminal, dry_run=call.dry_run, tick=advance)
    except BatchRefused as refused:
        refuse_rows(run, refused)
    _tell(at, run, done)


def _journal(typed: str) -> str:
    from ledger.book.imports import FIELDS
    from ledger.core.text import fold, shown

    name = fold(typed).lower()
    if name not in FIELDS:
        known = " ".join(FIELDS)
        words = Words(
            f"“{shown(typed)}”不能导入；可以：{known}", f"“{shown(typed)}” cannot be imported; what can: {known}"
        )
        raise Usage(words, next=tuple(f"gb import {one} --template" for one in FIELDS))
    return name


def _give_template(name: str, form: str | None, output: str | None, *, mapped: bool) -> None:
    """The empty file on stdout, or written where it was asked for; a workbook only into a file."""
    if form not in (None, "csv", "xlsx"):
        words = Words(f"格式“{form}”不在 csv xlsx 中", f"format “{form}” is none of csv xlsx")
        raise Usage(words, next=("--format xlsx", "--format csv"))
    if form == "xlsx" and output is None:
        raise Usage(Words("xlsx 要写到文件", "a workbook is written to a file"), next=(f"--output {name}.xlsx",))
    if output is None:
        emit(_template(name, mapped=mapped))
        return
    if form == "xlsx":
        from ledger.book.imports import FIELDS
        from ledger.book.workbooks import template_xlsx

        write_file(output, template_xlsx(name, FIELDS[name], lang()))
    else:
        write_file(output, _template(name, mapped=mapped).encode("utf-8"))
    note(Words(f"已写入 {output}", f"written to {output}"))


def _template(name: str, *, mapped: bool) -> str:
    from ledger.book.imports import template
    from ledger.book.maptemplate import map_template

    return map_template(name) if mapped else template(name)


def opened(at: Desk, name: str, path: str, mapping: str | None, encoding: str, *, given: Given | None = None) -> Import:
    """The file on its way into the journal ``name``; without ``given`` it is only looked at.  Raises Usage, Refused."""
    from ledger.book.foreign import read_csv, read_map
    from ledger.book.imports import Given, Import
    from ledger.book.workbooks import is_workbook, read_xlsx

    try:
        raw, shown = file_bytes(path), "-" if path == "-" else path
        source = read_xlsx(raw, shown) if is_workbook(raw) else read_csv(raw, shown, encoding)
        maps = read_map(file_bytes(mapping), mapping) if mapping is not None else None
        return Import(at.book, name, source, maps, given or Given(by="", terminal=""))
    except GbError as error:
        error.next = error.next or (f"gb import {name} --{'map-' if mapping else ''}template",)
        raise


def _given(at: Desk) -> Given:
    """What the shared options say of every row."""
    from ledger.book.imports import Given

    shared = at.draft("", "", {})
    return Given(
        by=shared.by, terminal=shared.terminal, at=shared.at, date=shared.date, reason=shared.reason, note=shared.note
    )


def file_bytes(path: str) -> bytes:
    """The bytes of a file outside the book, or of stdin."""
    import sys

    from ledger.disk import read_named

    return sys.stdin.buffer.read() if path == "-" else read_named(path)


def refuse_rows(run: Import, refused: BatchRefused) -> NoReturn:
    """Name the first bad rows by line, with their own text and what is wrong, and count them all."""
    texts = {str(line.number): run.shown(line) for line in run.source.lines}
    first = [bad._replace(error=run.explained(bad.label, bad.error)) for bad in refused.bad[:SHOWN]]
    left = len(refused.bad) - len(first)

    def listed(zh: bool) -> str:
        rows = [
            f"\n  {run.source.name}:{bad.label}: [{bad.error.code}] {bad.error.words.zh if zh else bad.error.words.en}"
            for bad in first
        ]
        more = (f"\n  ……另有 {left} 行" if zh else f"\n  … and {left} more") if left else ""
        return "".join(rows) + more

    words = Words(refused.words.zh + listed(zh=True), refused.words.en + listed(zh=False))
    where = tuple(Where(run.source.name, int(bad.label), text=texts[bad.label]) for bad in first)
    hints = first[0].error.next or (f"gb import {run.journal} --map-template",)
    raise Refused(words, code=refused.code, where=where, next=hints) from None


def _tell(at: Desk, run: Import, done: Outcome) -> None:
    new, skipped = len(done.recorded), len(run.skipped)
    _notes(run, done)
    if at.call.json:
        ids = [one.record.id for one in done.recorded]
        emit_json(
            {
                "journal": run.journal, "rows": len(run.source.lines), "recorded": new, "already": done.again,
                "skipped": [{"line": line.number, "text": run.shown(line)} for line in run.skipped], "dry_run": at.call.dry_run,
                "first": ids[0] if ids else None, "last": ids[-1] if ids else None,
            }
        )  # fmt: skip
        return
    ends = f"  {short_id(done.recorded[0].record.id)} … {short_id(done.recorded[-1].record.id)}" if new else ""
    dry = say(Words("（试算，未登记）", " (dry run, not recorded)")) if at.call.dry_run else ""
    text = Words(
        f"{len(run.source.lines)} 行：登记 {new}，早已登记 {done.again}，按条件略过 {skipped}",
        f"{len(run.source.lines)} rows: {new} recorded, {done.again} already there, {skipped} left out by the map",
    )
    emit(say(text) + dry + ends)


def _notes(run: Import, done: Outcome) -> None:
    """What was set aside, folded and warned about, once each with its number."""
    tell_torn(done.torn)
    for count in run.folded.values():
        note(
            Words(
                f"{count} 个日期按年月日读成 2026-10-08 的形式",
                f"{count} dates were read as year, month, day and rewritten like 2026-10-08",
            )
        )
    _note_kinds(done)
    codes: dict[str, list[str]] = {}
    for finding in done.warnings:
        codes.setdefault(f"{finding.severity}[{finding.code}]", []).append(say(finding.words))
    for code, texts in codes.items():
        note(Words(f"{code}: {len(texts)} 行，如：{texts[0]}", f"{code}: {len(texts)} rows, such as: {texts[0]}"))


def _note_kinds(done: Outcome) -> None:
    """How many records of each form the rows become, where they become several."""
    counts: dict[Words, int] = {}
    for one in done.recorded:
        counts[one.record.WORDS] = counts.get(one.record.WORDS, 0) + 1
    if len(counts) > 1:
        note(
            Words(
                "，".join(f"{words.zh} {count}" for words, count in counts.items()),
                ", ".join(f"{words.en}: {count}" for words, count in counts.items()),
            )
        )
