"""Terminals: each writes journal files of its own; this machine is one or several of them."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.words import Words

app = typer.Typer()

CODE = Words("终端代码", "the terminal's code")
CodeArgument = Annotated[str | None, typer.Argument(metavar="CODE", help=_t(*CODE))]


@app.command(help=_t("登记终端", "register a terminal"))
def add(code: CodeArgument = None) -> None:
    """Without login until the first manager exists, afterwards by a manager."""
    at = desk()
    code = at.call.ask(code, words=CODE, name="CODE", parse=lambda typed: _new_code(at, typed))
    at.record("staff", "terminal-added", {"code": code}, by=at.staff_by)


@app.command(help=_t("停用终端", "retire a terminal"))
def retire(code: CodeArgument = None) -> None:
    """It writes no more."""
    at = desk()
    at.record("staff", "terminal-retired", {"code": _known(at, code)}, by=at.staff_by)


@app.command(help=_t("本机就是这个终端", "this machine is that terminal"))
def use(
    code: CodeArgument = None,
    *,
    accept_restored: Annotated[
        bool,
        typer.Option(
            "--accept-restored",
            help=_t(
                "账本恢复自旧备份，丢的记录找不回来了：从现有编号接着登",
                "the book is an older backup and what it lacks is gone: go on from it",
            ),
        ),
    ] = False,
) -> None:
    """Remembered outside the book.  An older backup is accepted by a manager, who claims the terminal with the reason."""
    from cli.render import emit, emit_json

    at = desk()
    code = _active(at, code)
    if not accept_restored:  # which claims it anew
        _look_whose(at, code)
    at.remember(terminal=code)
    if accept_restored:
        _claim(at, code)
        return
    if at.call.json:
        emit_json({"terminal": code})
    else:
        emit(_t(f"本机是终端 {code}", f"this machine is terminal {code}"))


@app.command(
    help=_t("认领终端：以后只有这台机器能用它", "claim a terminal: from now on only this machine writes as it")
)
def claim(code: CodeArgument = None) -> None:
    """A copied folder or disk image is refused from then on; a new machine claims it again."""
    at = desk()
    code = _active(at, code)
    _claim(at, code)
    at.remember(terminal=code)


def _claim(at: Desk, code: str) -> None:
    """Record the claim as that terminal, and take the book as it is."""
    from ledger.book.guard import CLAIM, claim_values
    from ledger.book.write import record

    at.need_reason()
    draft = at.draft("staff", CLAIM, claim_values(at.book, code), by=at.staff_by, terminal=code)
    at.echo(record(at.book, draft, dry_run=at.call.dry_run))


def _look_whose(at: Desk, code: str) -> None:
    """Refuse a terminal that another machine has claimed; warn of one that another machine has written as.

    A machine that is a terminal already would write the other one's file in a synchronised book: it is refused too, until
    a manager claims that terminal.
    """
    from cli.render import note
    from ledger.book.guard import Elsewhere, claiming, elsewhere, refuse_claimed, refuse_elsewhere

    refuse_claimed(at.book, code, at.book.state())
    try:
        refuse_elsewhere(at.book, code)
    except Elsewhere as refused:
        refused.next = (claiming(at.book, code), *refused.next)
        raise
    last = elsewhere(at.book, code)
    if last:
        note(
            Words(
                f"注意：终端 {code} 已有别的机器登记（{last}）；那台还在用的话，这里要用另外的终端：在有终端的机器上 gb terminal add M1",
                f"warning: another machine has recorded as {code} ({last}); if it is still in use, this one takes a terminal "
                f"of its own: on a machine that has one, gb terminal add M1",
            )
        )


def _active(at: Desk, typed: str | None) -> str:
    """A registered terminal that is not retired."""
    from ledger.core.parties import Terminal

    code = _known(at, typed)
    found = at.book.state().thing(Terminal, code)
    if found is not None and found.retired:
        raise Refused(
            Words(f"终端 {code} 已停用", f"terminal {code} is retired"), code="REF-01", next=("gb terminal list",)
        )
    return code


@app.command("list", help=_t("列出终端", "list terminals"))
def list_terminals() -> None:
    """All terminals; * is this machine."""
    _show(desk(), None)


@app.command(help=_t("查看一个终端", "show a terminal"))
def show(code: CodeArgument = None) -> None:
    """One terminal."""
    at = desk()
    _show(at, _known(at, code))


def _show(at: Desk, wanted: str | None) -> None:
    from cli.render import emit, emit_json, table
    from ledger.core.parties import Terminal

    here = at.local("terminal")
    found = [(key, one) for key, one in sorted(at.book.state().things(Terminal)) if wanted in (None, key)]
    if at.call.json:
        rows = [
            {"code": key, "retired": one.retired or None, "here": key == here, "install": one.install or None}
            for key, one in found
        ]
        emit_json(rows[0] if wanted else {"terminals": rows})
        return
    heads = [Words("代码", "code"), Words("本机", "here"), Words("停用", "retired"), Words("认领", "claimed by")]
    emit(table(heads, [[key, "*" if key == here else "", one.retired, one.install] for key, one in found]))


def _known(at: Desk, typed: str | None) -> str:
    from ledger.core.near import did_you_mean, near
    from ledger.core.parties import Terminal
    from ledger.core.text import fold, shown

    def parse(text: str) -> str:
        code = fold(text).upper()
        if at.book.state().thing(Terminal, code) is None:
            meant = did_you_mean(near(text, [key for key, _ in at.book.state().things(Terminal)], least=0.5))
            words = Words(f"没有终端“{shown(text)}”{meant.zh}", f"there is no terminal “{shown(text)}”{meant.en}")
            raise Unknown(words, next=("gb terminal list",))
        return code

    return at.call.ask(typed, words=CODE, name="CODE", parse=parse)


def _new_code(at: Desk, typed: str) -> str:
    from ledger.book.create import refuse_terminal_code
    from ledger.core.parties import Terminal
    from ledger.core.text import fold

    code = fold(typed).upper()
    try:
        refuse_terminal_code(code)
    except Usage as error:  # its hint is that of init
        raise Usage(error.words, next=("gb terminal list",)) from None
    if at.book.state().thing(Terminal, code) is not None:
        words = Words(f"已有终端 {code}", f"there is a terminal {code} already")
        raise Refused(words, code="REF-03", next=("gb terminal list",))
    return code
