"""Login: this machine remembers who works here, outside the book."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import desk
from cli.lang import _t
from ledger.core.errors import NotAllowed
from ledger.core.words import Words

app = typer.Typer()


@app.command(help=_t("登录：以后在本机登记的都记在此人名下", "say who works on this machine from now on"))
def login(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help=_t("操作员代码", "the operator's code"))] = None,
) -> None:
    """The operator must be registered and not have left."""
    from cli.operator import known, role_names
    from cli.render import emit, emit_json

    at = desk()
    code, one = known(at, code)
    if one.left:
        raise NotAllowed(Words(f"{code} 已离岗", f"{code} has left"), next=("gb operator list",))
    at.remember(operator=code)
    if at.call.json:
        emit_json({"operator": code, "name": one.name, "roles": list(one.roles)})
    else:
        emit(f"{code}  {one.name}  {role_names(one)}")
