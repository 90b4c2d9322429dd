"""A noun whose verb is read off a form that moves no sheets, for the test of plain forms."""

from __future__ import annotations

import typer

from cli.forms import plain

app = typer.Typer()
plain(app, "terminal", "terminal-retired", "staff")
