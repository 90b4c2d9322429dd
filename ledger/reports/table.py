"""Plain tables and wrapped text that line up with Chinese in them: a Chinese character takes two columns.

The same in a terminal, a pipe and a mail: ASCII rules only.  Amounts and record ids are never cut; a text without any
place to break at is, when it would not fit the page otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

WIDTH = 80
"""Columns of a page."""

_GAP = 2
_LONGEST = 28  # columns: a record id, or a span without a series, stays whole in a table
_WIDE = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_CLOSING = "，。；：、！？）》」』”’"  # must not begin a line


def width(text: str) -> int:
    """The columns that ``text`` takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    taken = wcswidth(text)
    return taken if taken >= 0 else len(text)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled with blanks to ``columns``; on its left when ``right``.  Longer text is left as it is."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def wrap(text: str, columns: int = WIDTH, *, indent: int = 0, hang: int = 0, cut: bool = True) -> list[str]:
    """Lines of at most ``columns``, broken at blanks and between Chinese characters; later lines hang by ``hang``.

    A word wider than a line is cut, or with ``cut=False`` stays whole on a line of its own.
    """
    lines: list[str] = []
    line, taken = " " * indent, indent
    empty = True
    for piece in _fitting(text, columns - indent - hang) if cut else _pieces().findall(text):
        if not empty and taken + width(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line, taken, empty = " " * (indent + hang), indent + hang, True
        if empty and piece.isspace():
            continue
        line, taken, empty = line + piece, taken + width(piece), False
    return [*lines, line.rstrip()]


def _fitting(text: str, columns: int) -> Iterator[str]:
    """The pieces of a text, none wider than ``columns``."""
    for piece in _pieces().findall(text):
        rest = piece
        while width(rest) > columns and len(rest) > 1:
            cut = columns
            while width(rest[:cut]) > columns and cut > 1:
                cut -= 1
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


@cache
def _pieces() -> re.Pattern[str]:
    return re.compile(rf"[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+[{_CLOSING}]*|\s+")


def table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], align: str = "", *, indent: int = 0, page: int = WIDTH
) -> list[str]:
    """The lines of a table.  ``align`` has one letter a column, ``l`` or ``r``; missing ones are ``l``.

    A table wider than ``page`` wraps its widest ``l`` columns; ``r`` columns are never cut.
    """
    import tabulate

    tabulate.MIN_PADDING = 0  # it would widen a column by two behind its header, past the page that was reckoned
    aligns = align.ljust(len(headers), "l")
    limits = _limits(headers, rows, aligns, page - indent)
    text = tabulate.tabulate(
        [_fit(row, limits) for row in rows],
        headers=_fit(headers, limits),
        tablefmt="simple",
        colalign=["right" if letter == "r" else "left" for letter in aligns] if rows else None,
        disable_numparse=True,
    )
    return [(" " * indent + line).rstrip() for line in text.splitlines()]


def _fit(cells: Sequence[str], limits: Sequence[int]) -> list[str]:
    """The cells of a row, wrapped into their columns."""
    return [
        "\n".join(part for line in cell.splitlines() for part in wrap(line, most, cut=most >= _LONGEST))
        if _widest_line(cell) > most
        else cell
        for cell, most in zip(cells, limits, strict=True)
    ]


def _widest_line(cell: str) -> int:
    return max(map(width, cell.splitlines()), default=0)


def _widest_piece(cell: str) -> int:
    return max(map(width, _pieces().findall(cell)), default=0)


def _limits(heads: Sequence[str], rows: Sequence[Sequence[str]], aligns: str, page: int) -> list[int]:
    """The columns each table column may take, taking from the widest text until the table fits."""
    cells = list(zip(heads, *rows, strict=True))
    limits = [max(map(_widest_line, column)) for column in cells]
    least = [
        limit if letter == "r" else min(_LONGEST, max(_widest_piece(cell) for cell in column))
        for limit, letter, column in zip(limits, aligns, cells, strict=False)
    ]
    for _ in range(sum(limits) + _GAP * (len(limits) - 1) - page):
        room = [index for index, limit in enumerate(limits) if limit > least[index]]
        if not room:
            break
        limits[max(room, key=limits.__getitem__)] -= 1
    return limits
