"""Print: the form of a record, of a month, of the bank, or a blank one, as a file that any browser prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, amount, desk
from cli.lang import _t, known
from cli.personal import RevealOption
from cli.render import emit, emit_json, note
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.printing import Made, Printer
    from ledger.core.words import Lang

app = typer.Typer()

THING = Words(
    "单据编号或表单上的编号（返扣、通知、支票……），或 month、bank、blind",
    "a record's id or the number on its form (rebate, notice, cheque …), or month, bank, blind",
)


@app.command(
    help=_t(
        "打印一笔单据的表单，或 month 月对账表、bank 银行存款余额调节表、blind 空白盘点表；用浏览器打开即可打印。"
        "默认中文，--lang en 为英文；再打印时注明“补打”。个人资料以 *** 代替；--reveal 显示，要写 --reason 和 --output。\n"
        "例：gb print last；gb print RQ1008-1 --open；gb print month --month 2026-10",
        "print the form of a record, or month (the month's reconciliation), bank (bank reconciliation), blind (blank count "
        "sheet), as a file that a browser prints. In the book's language unless --lang says else; printed again it says so. "
        "Personal data are ***; --reveal shows them, with --reason and --output.\n"
        "e.g. gb print last; gb print RQ1008-1 --open; gb print month --month 2026-10",
    )
)
def print_(
    *,
    thing: Annotated[str | None, typer.Argument(metavar="ID", help=_t(*THING))] = None,
    form: Annotated[
        str | None, typer.Option("--form", metavar="NAME", help=_t("只要其中一张表", "only this form of several"))
    ] = None,
    copies: Annotated[
        str | None, typer.Option("--copies", metavar="N", help=_t("几联；不写则按表单规定", "default: as the form has"))
    ] = None,
    show: Annotated[bool, typer.Option("--open", help=_t("在浏览器中打开", "open it in the browser"))] = False,
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_t("月份", "the month"))] = None,
    face: Annotated[
        str | None, typer.Option("--face", metavar="FACE", help=_t("盘点表：只盘这种面值", "blind: only this face"))
    ] = None,
    void: Annotated[bool, typer.Option("--void", help=_t("盘点表：作废券", "blind: the void sheets"))] = False,
    output: Annotated[
        str | None,
        typer.Option("--output", metavar="FILE", help=_t("写到文件；- 为标准输出", "write this file; - is stdout")),
    ] = None,
    reveal: RevealOption = False,
) -> None:
    """Write the form and tell where it is."""
    at = desk()
    if reveal and output is None:
        raise _nowhere()
    number = _copies(copies) if copies is not None else 0
    wanted = at.call.ask(thing, words=THING, name="ID", parse=str)
    found = _made(at, wanted, form, month, "void" if void else _face(face))
    _refuse_several(found, output)
    if reveal:
        found = _revealed(at, wanted, form)
    if number:
        from ledger.book.printing import with_copies

        found = [one._replace(form=with_copies(one.form, number)) for one in found]
    _deliver(at, found, output, show=show, private=reveal)


def _nowhere() -> Usage:
    """Clear personal data lie only where the person said: not in the print folder among the rest (C8)."""
    words = Words(
        "--reveal 要写 --output：写到哪个文件，- 为标准输出", "--reveal needs --output: which file, - is stdout"
    )
    return Usage(words, next=("--output FILE.html",))


def _refuse_several(found: Sequence[Made], output: str | None) -> None:
    if output is not None and len(found) > 1:
        words = Words("有几张表单：用 --form 写明一张", "there are several forms: name one with --form")
        raise Usage(words, next=tuple(f"--form {one.name.rpartition('.')[2]}" for one in found))


def _revealed(at: Desk, wanted: str, form: str | None) -> Sequence[Made]:
    """The form with its personal data in the clear, on record; a dry run shows and records nothing."""
    from cli.personal import seen
    from ledger.book.printing import record_forms, sealed_on_forms
    from ledger.core.personal import masked

    only = _form_name(form)
    record_id = _record(at, wanted)
    sealed = sealed_on_forms(at.book, record_id, only) if record_id else None
    if sealed is None:
        words = Words("这张表单上没有个人资料", "there are no personal data on this form")
        raise Usage(words, next=(f"gb print {wanted}",))
    shown = seen(at, sealed.subject, sealed.texts, reveal=True)
    clear = {text: shown[name] for name, text in sealed.texts.items()}
    printer = printer_of(at)._replace(clear=lambda text: clear.get(text) or masked(text))
    return record_forms(at.book, record_id, printer, only)


def printer_of(at: Desk) -> Printer:
    """Forms are in the language that was asked for, else in the book's: the locale of a machine is no wish."""
    import os

    from cli.shared import given
    from ledger.book.printing import Printer

    asked: Lang | None = known(given("lang")) or known(os.environ.get("GB_LANG", ""))
    own = at.call.terminal or at.local("terminal")
    return Printer(asked or at.book.settings.language, own.upper(), at.at() or at.book.now())


def _made(at: Desk, wanted: str, form: str | None, month: str | None, scope: str) -> Sequence[Made]:
    from ledger.book.printing import SHEETS, record_forms, sheet_form, unknown_sheet
    from ledger.book.reports import Asked
    from ledger.core.text import fold

    named = {alias: name for name, one in SHEETS.items() for alias in (name, one.words.zh)}
    name = named.get(fold(wanted).lower())
    printer = printer_of(at)
    if name is not None:
        asked = Asked(at.date() or at.today(), month=at.month(month) if month is not None else None)
        return [sheet_form(at.book, name, asked, printer, scope)]
    record_id = _record(at, wanted)
    if not record_id:
        raise unknown_sheet(wanted)
    return record_forms(at.book, record_id, printer, _form_name(form))


def _record(at: Desk, wanted: str) -> str:
    """The record of an id, or of a number that stands on its paper; or empty."""
    from cli.show import is_record

    return at.record_id(wanted) if is_record(wanted) else at.numbered(wanted)


def _form_name(typed: str | None) -> str:
    from ledger.core.text import fold

    return fold(typed or "").lower()


def _face(typed: str | None) -> str:
    from ledger.core.money import yuan

    return yuan(amount(typed)) if typed is not None else ""


def _copies(typed: str) -> int:
    from ledger.core.text import fold, shown

    text = fold(typed)
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:3]) <= 20:
        words = Words(f"--copies：“{shown(typed)}”不在 1 到 20 之间", f"--copies: “{shown(typed)}” is not from 1 to 20")
        raise Usage(words, next=("--copies 2",))
    return int(text)


def _deliver(at: Desk, found: Sequence[Made], output: str | None, *, show: bool, private: bool) -> None:
    from ledger.book.printing import remember
    from ledger.reports.html import form_html

    lang = printer_of(at).lang
    if output == "-":
        emit(form_html(found[0].form, lang))
        remember(found[0])
        return
    paths = [_written(at, one, form_html(one.form, lang), output, private=private) for one in found]
    if at.call.json:
        emit_json({"forms": [_json(one, path) for one, path in zip(found, paths, strict=True)]})
    else:
        emit("\n".join(paths))
    for one in found:
        if one.form.again:
            note(Words(f"不是第一次打印，注明“{one.form.again}”", f"not the first print: it says “{one.form.again}”"))
    if show:
        for path in paths:
            shown_in_browser(path)


def _written(at: Desk, made: Made, html: str, output: str | None, *, private: bool) -> str:
    from ledger.book.printing import remember, write_form

    if output is None:
        return write_form(at.book, made, html)
    from cli.render import write_file

    write_file(output, html.encode("utf-8"), private=private)
    remember(made)
    return output


def _json(made: Made, path: str) -> dict[str, object]:
    form = made.form
    return {
        "file": path, "title": form.title, "number": form.number, "copies": len(form.copies), "again": bool(form.again),
        "reversed": bool(form.stamp), "size": form.size,
    }  # fmt: skip


def shown_in_browser(path: str) -> None:
    """Hand the file to the machine's browser, which prints it; that there is none is told, the file stands."""
    import webbrowser
    from pathlib import Path

    if not webbrowser.open(Path(path).absolute().as_uri()):
        note(Words(f"没有浏览器，请自行打开 {path}", f"there is no browser here: open {path}"))


def print_new(at: Desk, record_id: str, names: Sequence[str], *, show: bool) -> None:
    """The forms of a record just made, where the store prints at once; that it fails undoes nothing (exit 6)."""
    from ledger.book.printing import record_forms, write_form
    from ledger.core.errors import GbError, NotDelivered
    from ledger.reports.html import form_html

    printer = printer_of(at)
    try:
        for name in names:
            for made in record_forms(at.book, record_id, printer, name):
                path = write_form(at.book, made, form_html(made.form, printer.lang))
                note(Words(f"已打印到 {path}", f"printed to {path}"))
                if show:
                    shown_in_browser(path)
    except GbError as error:
        words = Words(
            f"{record_id} 已登记，但表单没有打出：{error.words.zh}",
            f"{record_id} is recorded, but its form was not printed: {error.words.en}",
        )
        raise NotDelivered(words, next=(f"gb print {record_id}",)) from error
