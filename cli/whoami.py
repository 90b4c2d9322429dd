"""Whoami: which operator, terminal and book a command would use here."""

from __future__ import annotations

import typer

from cli.entry import desk
from cli.lang import _t
from ledger.core.words import Words

app = typer.Typer()


@app.command(help=_t("显示本机的操作员、终端和账本", "show the operator, terminal and book in use here"))
def whoami() -> None:
    """Options and environment count as they do for every command."""
    from cli.operator import role_names
    from cli.render import emit, emit_json, table
    from ledger.core.parties import Operator

    at = desk()
    code, terminal = at.by, at.terminal
    found = at.book.state().thing(Operator, code)
    name, roles = (found.name, list(found.roles)) if found else ("", [])
    if at.call.json:
        emit_json({"operator": code, "name": name, "roles": roles, "terminal": terminal, "book": str(at.book.root)})
        return
    heads = [Words("操作员", "operator"), Words("姓名", "name"), Words("岗位", "roles"), Words("终端", "terminal")]
    emit(
        table(
            [*heads, Words("账本", "book")], [[code, name, role_names(found) if found else "", terminal, at.book.root]]
        )
    )
