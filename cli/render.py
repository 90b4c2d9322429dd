"""What a person or a program sees on stdout and stderr: tables, JSON, notes and progress.

Widths are columns of a terminal: a Chinese character takes two.  Tables use ASCII rules only and are the same on a
terminal and in a pipe, so what was seen can be mailed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from cli.lang import say
from ledger.core.words import Words

WIDTH = 80
"""Columns of a table or a help page when neither COLUMNS nor a terminal says otherwise."""

_LONG = 500  # steps: shorter work is done before a bar could be read
_GAP = 2
_WIDE = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_CLOSING = "，。；：、！？）》」』”’"  # must not begin a line

Cell = object
"""A cell: text, Words, a number, or None for an empty cell."""


def emit(text: str) -> None:
    """Write ``text`` to stdout, with a line end.  Raises NotShown when stdout cannot take it."""
    from cli.errors import not_shown

    with not_shown():
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def emit_json(value: object) -> None:
    """Write ``value`` to stdout as one line of JSON, keys in their own order; structs and dates included."""
    import msgspec

    emit(msgspec.json.encode(value).decode("utf-8"))


def note(words: Words) -> None:
    """Tell the person something that is no data: what was folded, derived or skipped.  Goes to stderr."""
    sys.stderr.write(say(words) + "\n")


def columns() -> int:
    """Return how many columns a page may take: COLUMNS, else the terminal's, else 80."""
    import shutil

    return max(40, shutil.get_terminal_size((WIDTH, 24)).columns)


def width(text: str) -> int:
    """Return the columns that ``text`` takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    taken = wcswidth(text)
    return taken if taken >= 0 else len(text)


@cache
def _words() -> re.Pattern[str]:
    """Return what splits a text into words; compiled late, since its classes are large and few commands wrap."""
    return re.compile(rf"[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+[{_CLOSING}]*|\s+")


def wrap(text: str, limit: int) -> list[str]:
    """Break ``text`` into lines of at most ``limit`` columns, at spaces and between Chinese characters.

    A serial, an amount or a command is one word and is never cut, even when it is wider than ``limit``.
    """
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines.extend(_wrap_line(paragraph, limit))
    return lines


def _wrap_line(text: str, limit: int) -> list[str]:
    """Break one line greedily."""
    lines, line, taken = [], "", 0
    for word in _words().findall(text):
        wide = width(word)
        if line.strip() and taken + width(word.rstrip()) > limit:
            lines.append(line.rstrip())
            line, taken = "", 0
            if word.isspace():
                continue
        line, taken = line + word, taken + wide
    return [*lines, line.rstrip()]


def table(headers: Sequence[Words | str], rows: Sequence[Sequence[Cell]], align: str = "", indent: int = 0) -> str:
    """Return a plain table.

    ``align`` has one letter a column: ``l`` text, ``r`` numbers and amounts; missing letters are ``l``.  A table wider
    than the page wraps its widest ``l`` columns; ``r`` columns, serials and amounts are never cut.
    """
    import tabulate

    tabulate.MIN_PADDING = 0  # it would widen a column by two behind its header, past the page that was reckoned
    heads = [_text(head) for head in headers]
    body = [[_text(cell) for cell in row] for row in rows]
    aligns = align.ljust(len(heads), "l")
    limits = _limits(heads, body, aligns, columns() - indent)
    text = tabulate.tabulate(
        [_fit(row, limits) for row in body],
        headers=_fit(heads, limits),
        tablefmt="simple",
        colalign=["right" if letter == "r" else "left" for letter in aligns] if body else None,
        disable_numparse=True,
    )
    return "\n".join((" " * indent + line).rstrip() for line in text.splitlines())


def _text(cell: Cell) -> str:
    """Return the text of one cell in the language of this run."""
    if isinstance(cell, Words):
        return say(cell)
    return "" if cell is None else str(cell)


def _fit(row: Sequence[str], limits: Sequence[int]) -> list[str]:
    """Wrap the cells of ``row`` into their columns."""
    return [
        cell if width(cell) <= limit else "\n".join(wrap(cell, limit)) for cell, limit in zip(row, limits, strict=True)
    ]


def _limits(heads: Sequence[str], body: Sequence[Sequence[str]], aligns: str, page: int) -> list[int]:
    """Return the columns each table column may take so that the table fits ``page``, taking from the widest text."""
    cells = list(zip(heads, *body, strict=True))
    limits = [max(map(_widest_line, column)) for column in cells]
    excess = sum(limits) + _GAP * (len(limits) - 1) - page
    if excess <= 0:
        return limits
    least = [
        limit if letter == "r" else max(map(_widest_word, column))
        for limit, letter, column in zip(limits, aligns, cells, strict=False)
    ]
    for _ in range(excess):
        room = [index for index, limit in enumerate(limits) if limit > least[index]]
        if not room:
            break
        limits[max(room, key=limits.__getitem__)] -= 1
    return limits


def _widest_line(text: str) -> int:
    """Return the columns of the widest line of ``text``."""
    return max(map(width, text.splitlines()), default=0)


def _widest_word(text: str) -> int:
    """Return the columns of the widest word of ``text`` that must not be cut."""
    return max(map(width, text.split() if text.isascii() else _words().findall(text)), default=0)


@contextmanager
def progress(total: int, words: Words) -> Iterator[Callable[[int], None]]:
    """Show a bar for ``total`` steps while stderr is a terminal and the work is long; yields ``advance(steps)``."""
    if total < _LONG or not sys.stderr.isatty():
        yield lambda _steps: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say(words), total=total)
        yield lambda steps: bar.advance(task, steps)
