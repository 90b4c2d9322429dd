"""Logout: this machine forgets who works here."""

from __future__ import annotations

import typer

from cli.entry import desk
from cli.lang import _t

app = typer.Typer()


@app.command(help=_t("退出登录", "forget who works on this machine"))
def logout() -> None:
    """The terminal is still remembered."""
    from cli.render import emit, emit_json

    at = desk()
    was = at.local("operator")
    at.remember(operator="")
    if at.call.json:
        emit_json({"operator": None, "was": was or None})
    else:
        emit(_t(f"{was} 已退出", f"{was} is logged out") if was else _t("本来就没有人登录", "nobody was logged in"))
