"""A command that is no noun, for the tests of the frame."""

from __future__ import annotations

import typer

from cli.lang import _t
from cli.render import emit_json
from cli.shared import current

app = typer.Typer()


@app.command(help=_t("直接运行", "run bare"))
def bare() -> None:
    """Print the call."""
    emit_json(current())
