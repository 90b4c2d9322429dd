"""Waive: a hand edit is accepted by a named person with a reason; the text itself stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import desk
from cli.lang import _t
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from cli.entry import Desk

app = typer.Typer()

PLACE = Words("文件:行号", "FILE:LINE")


@app.command(
    help=_t(
        "接受一处手工改动（gb check 报的校验链不符），写明原因；已封账的月份不行",
        "accept a hand edit that gb check reports by the chain, with the reason; never in a sealed month",
    )
)
def waive(
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE:LINE", help=_t("gb check 所报的文件和行号", "file and line as gb check reports them")
        ),
    ] = None,
) -> None:
    """A supervisor's act; a later edit of the same line is found again."""
    from ledger.book.waive import waiver_values

    at = desk()
    path, line = at.call.ask(place, words=PLACE, name="FILE:LINE", parse=lambda typed: _place(at, typed))
    values, finding = waiver_values(at.book, path, line)
    _tell(finding.words, finding.where[0].text if finding.where else "")
    at.need_reason(Words("接受的原因", "why it is accepted"))
    done = at.write("dispositions", "waiver", values)
    at.echo(done, {"waives": f"{path}:{line}"})


def _tell(words: Words, text: str) -> None:
    """What is about to be accepted, with the record's own text."""
    from cli.render import note

    note(Words(f"{words.zh}\n  {text}", f"{words.en}\n  {text}"))


def _place(at: Desk, typed: str) -> tuple[str, int]:
    """A path relative to the book, or to where the command runs, and a line; raises Usage."""
    import os

    from ledger.core.text import shown

    path, colon, line = typed.strip().replace("\\", "/").rpartition(":")
    if not colon or not line.isascii() or not line.isdigit() or int(line[:9]) < 1:
        words = Words(f"“{shown(typed)}”不是 文件:行号", f"“{shown(typed)}” is not FILE:LINE")
        raise Usage(words, next=("gb check JRN",))
    if not path.startswith("journals/"):
        path = os.path.relpath(os.path.abspath(path), os.path.abspath(at.book.root)).replace(os.sep, "/")
    return path, int(line)
