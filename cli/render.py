"""What a person or a program sees on stdout and stderr: tables, JSON, notes and progress.

Widths are columns of a terminal: a Chinese character takes two.  Tables use ASCII rules only and are the same on a
terminal and in a pipe, so what was seen can be mailed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from cli.lang import say
from ledger.core.words import Words

WIDTH = 80
"""Columns of a table or a help page when neither COLUMNS nor a terminal says otherwise."""

_LONG = 500  # steps: shorter work is done before a bar could be read

Cell = object
"""A cell: text, Words, a number, or None for an empty cell."""


@contextmanager
def not_shown() -> Iterator[None]:
    """Turn a failure of stdout into NotShown; a reader that has gone is passed on."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        from cli.errors import NotShown, silence

        silence()
        words = Words("已完成，但结果无法输出", "done, but the answer could not be written to stdout")
        raise NotShown(Words(f"{words.zh}（{error.strerror}）", f"{words.en} ({error.strerror})")) from error


def emit(text: str) -> None:
    """Write ``text`` to stdout, with a line end.  Raises NotShown when stdout cannot take it."""
    with not_shown():
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def emit_pieces(pieces: Iterable[str]) -> None:
    """Write one text that is made a piece at a time to stdout, with a line end behind it.  Raises NotShown."""
    with not_shown():
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.write("\n")


def emit_json(value: object) -> None:
    """Write ``value`` to stdout as one line of JSON, keys in their own order; structs and dates included."""
    import msgspec

    emit(msgspec.json.encode(value).decode("utf-8"))


def write_file(path: str, data: bytes, *, private: bool = False) -> None:
    """Write a file outside the book, as a whole or not at all; a ``private`` one is its owner's alone."""
    from pathlib import Path

    from ledger.disk import Disk

    whole = Path(path).absolute()
    Disk(whole.parent).replace(whole.name, data, mode=0o600 if private else 0o666)


def note(words: Words) -> None:
    """Tell the person something that is no data: what was folded, derived or skipped.  Goes to stderr."""
    sys.stderr.write(say(words) + "\n")


def columns() -> int:
    """Return how many columns a page may take: COLUMNS, else the terminal's, else 80."""
    import shutil

    return max(40, shutil.get_terminal_size((WIDTH, 24)).columns)


def width(text: str) -> int:
    """Return the columns that ``text`` takes."""
    from ledger.reports import table as plain

    return plain.width(text)


def wrap(text: str, limit: int) -> list[str]:
    """Break each line of ``text`` into lines of at most ``limit`` columns; a serial or an amount is one word."""
    from ledger.reports import table as plain

    return [part for line in text.splitlines() or [""] for part in plain.wrap(line, limit, cut=False)]


def table(headers: Sequence[Words | str], rows: Sequence[Sequence[Cell]], align: str = "", indent: int = 0) -> str:
    """Return a plain table in the language of this run, as wide as the page; see :func:`ledger.reports.table.table`."""
    from ledger.reports import table as plain

    body = [[_text(cell) for cell in row] for row in rows]
    return "\n".join(plain.table([_text(head) for head in headers], body, align, indent=indent, page=columns()))


def _text(cell: Cell) -> str:
    """Return the text of one cell in the language of this run."""
    if isinstance(cell, Words):
        return say(cell)
    return "" if cell is None else str(cell)


@contextmanager
def progress(total: int, words: Words, *, least: int = 0) -> Iterator[Callable[[int], None]]:
    """Show a bar for ``total`` steps while stderr is a terminal and the work is long; yields ``advance(steps)``.

    ``least``: from so many steps on it is long; 0: as for records.
    """
    if total < (least or _LONG) or not sys.stderr.isatty():
        yield lambda _steps: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say(words), total=total)
        yield lambda steps: bar.advance(task, steps)
