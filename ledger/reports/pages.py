"""A printed form as blocks, and its pages: what stands where is reckoned here, so that every page has its own foot.

Domain-free: a block is labels and texts.  Lengths are tenths of a millimetre; texts are measured in columns of a terminal,
where a Chinese character takes two, and a column is taken as wider than any font draws it: a page never overflows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec

from ledger.core.words import Lang, Words
from ledger.reports.table import width, wrap

WIDTH = 1900  # of the text; A5 lying and A4 standing are equally wide
HEIGHTS = {"A5": 1315, "A4": 2805}  # of the text, between the margins; as in the style of the template
_HEAD, _FOOT, _SIGNS = 210, 82, 130
_COLUMN, _LINE, _PADDING = 21, 48, 18  # a column of 10.5 pt, a line of it, what a row adds above and below
_LABEL, _CELL, _FIGURES = 380, 36, 480  # a label's box, what borders and blanks of a cell take, the box of a total
_CAPTION, _GAP = 70, 12  # a table's title, and what is above it
_NARROW = ((WIDTH - 2 * _LABEL) // 2 - _CELL) // _COLUMN
_WIDE = (WIDTH - _LABEL - _CELL) // _COLUMN
_PARA = WIDTH // _COLUMN
_BETWEEN, _ALIGNED, _UNDER = 24, 42, 6  # above and below a paragraph; an aligned line, and what is under the last
_PER_ROW = 3  # signatures


class Fact(NamedTuple):
    """A label with its value, in a box each."""

    label: str
    value: str


class Total(NamedTuple):
    """An amount in words and in figures."""

    label: str
    words: str
    figures: str


class Grid(NamedTuple):
    """A table; ``align`` has ``l`` or ``r`` a column; ``foot`` is a last row in bold, or empty."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    foot: tuple[str, ...] = ()


class Para(NamedTuple):
    """A paragraph; ``strong`` for a heading."""

    text: str
    strong: bool = False


class Pre(NamedTuple):
    """Lines that are aligned already, as in a terminal; at most 80 columns."""

    lines: tuple[str, ...]


Block = tuple[Fact, ...] | Total | Grid | Para | Pre


class Sign(NamedTuple):
    """A place to sign: who, and the name that is known already."""

    who: str
    name: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One form.  ``copies`` says for whom each copy is.

    ``stamp`` is printed across it (reversed), ``again`` beside the title (a copy), ``digest`` in the foot of each page.
    """

    title: str
    store: str
    number: str
    blocks: tuple[Block, ...]
    signs: tuple[Sign, ...]
    copies: tuple[str, ...] = ("",)
    size: str = "A5"
    stamp: str = ""
    again: str = ""
    digest: str = ""
    marks: tuple[str, ...] = ()
    printed: str = ""


# -- what the template draws: pieces that are measured -----------------------------------------------------------------


class Piece(NamedTuple):
    """A part of a page that is never broken.  ``kind`` is what the template draws it as."""

    kind: str
    height: int
    facts: tuple[Fact, ...] = ()
    total: Total | None = None
    text: str = ""
    grid: int = -1
    cells: tuple[str, ...] = ()


class Drawn(NamedTuple):
    """Pieces of one kind that stand together: a box of facts, a table with its columns (per cent) and alignments."""

    kind: str
    pieces: tuple[Piece, ...]
    grid: Grid | None = None
    shares: tuple[float, ...] = ()


class Page(NamedTuple):
    """One page of a form; ``last`` has the signatures."""

    drawn: tuple[Drawn, ...]
    number: int
    last: bool


def pages(form: Form) -> list[Page]:
    """The pages of one copy, each within its paper's height."""
    signs = -(-len(form.signs) // _PER_ROW) * _SIGNS
    room = HEIGHTS[form.size] - _HEAD - _FOOT
    sides: list[list[Piece]] = [[]]
    used = 0
    grids = [block for block in form.blocks if isinstance(block, Grid)]
    for piece in _pieces(form):
        need = piece.height + (_opening(grids[piece.grid]) if _opens(piece, sides[-1]) else 0)
        if sides[-1] and used + need > room:
            sides.append(_row_before(piece, sides[-1]))
            used = sum(one.height for one in sides[-1])
            if piece.kind == "pre" and not piece.text:
                continue  # what stands apart above it is on the page before
            need = piece.height + (_opening(grids[piece.grid]) if piece.grid >= 0 else 0)
        sides[-1].append(piece)
        used += need
    if used + signs > room:
        sides.append(_taken_along(sides[-1], room - signs, grids))
    return [Page(_drawn(side, grids), number, number == len(sides)) for number, side in enumerate(sides, 1)]


def _row_before(piece: Piece, side: list[Piece]) -> list[Piece]:
    """The row that goes on to the next page with the sum of its table, which says nothing alone."""
    along = piece.kind == "foot" and len(side) > 1 and side[-1].grid == piece.grid
    return [side.pop()] if along else []


def _taken_along(side: list[Piece], room: int, grids: Sequence[Grid]) -> list[Piece]:
    """The end of a page that goes on to the next with the signatures: nobody signs a page on which nothing stands.

    The sum of a table takes the row before it along; what is too tall for ``room`` stays.
    """
    while len(side) > 1 and side[-1].kind == "pre" and not side[-1].text:
        side.pop()
    count = 2 if len(side) > 2 and side[-1].kind == "foot" else 1
    taken = side[-count:] if len(side) > count else []
    if (
        sum(one.height for one in taken) + (_opening(grids[taken[0].grid]) if taken and taken[0].grid >= 0 else 0)
        > room
    ):
        return []
    del side[len(side) - len(taken) :]
    return taken


def _opens(piece: Piece, side: Sequence[Piece]) -> bool:
    """Whether a table begins with the piece, or goes on with it on a new page."""
    return piece.grid >= 0 and not (side and side[-1].grid == piece.grid)


def _opening(grid: Grid) -> int:
    """The title and the heads of a table."""
    heads = max(len(wrap(head, limit)) for head, limit in zip(grid.heads, _limits(grid), strict=True))
    return _LINE * heads + _PADDING + _CAPTION * bool(grid.title) + _GAP


def _drawn(side: Sequence[Piece], grids: Sequence[Grid]) -> tuple[Drawn, ...]:
    runs: list[list[Piece]] = []
    for piece in side:
        last = runs[-1][0] if runs else None
        if last is not None and last.grid == piece.grid and (piece.grid >= 0 or last.kind == piece.kind):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return tuple(_run(run, grids) for run in runs)


def _run(run: Sequence[Piece], grids: Sequence[Grid]) -> Drawn:
    if run[0].grid < 0:
        return Drawn(run[0].kind, tuple(run))
    grid = grids[run[0].grid]
    wide = [one * _COLUMN + _CELL for one in _limits(grid)]  # each has its own blanks, the narrow ones as the wide
    return Drawn("grid", tuple(run), grid, tuple(round(100 * one / sum(wide), 2) for one in wide))


def _pieces(form: Form) -> Iterator[Piece]:
    grids = 0
    for block in form.blocks:
        if isinstance(block, Total):
            yield _total(block)
        elif isinstance(block, Para):
            lines = wrap(block.text, _PARA)
            yield Piece("strong" if block.strong else "para", _LINE * len(lines) + _BETWEEN, text=block.text)
        elif isinstance(block, Pre):
            yield from _aligned(block.lines)
        elif isinstance(block, Grid):
            yield from _rows(block, grids)
            grids += 1
        else:
            yield from _facts(block)


_TOGETHER = 14
"""Aligned lines between two blank ones, a small table of its own, up to which a page does not end among them."""


def _aligned(lines: Sequence[str]) -> Iterator[Piece]:
    for blank, part in groupby(lines, lambda line: not line):
        found = list(part)
        if blank or len(found) > _TOGETHER:
            yield from (Piece("pre", _ALIGNED + _UNDER, text=line) for line in found)
        else:
            yield Piece("pre", _ALIGNED * len(found) + _UNDER, text="\n".join(found))


def _total(total: Total) -> Piece:
    lines = max(
        len(wrap(total.label, (_LABEL - _CELL) // _COLUMN)),
        len(wrap(total.words, (WIDTH - _LABEL - _FIGURES - _CELL) // _COLUMN)),
        len(wrap(total.figures, (_FIGURES - _CELL) // _COLUMN)),
    )
    return Piece("total", _LINE * lines + _PADDING, total=total)


def _facts(facts: Sequence[Fact]) -> Iterator[Piece]:
    """Two short facts share a row."""
    waiting: list[Fact] = []
    for fact in facts:
        if width(fact.value) > _NARROW:
            if waiting:
                yield _fact_row(waiting)
                waiting = []
            yield from _long(fact)
        else:
            waiting.append(fact)
        if len(waiting) == 2:
            yield _fact_row(waiting)
            waiting = []
    if waiting:
        yield _fact_row(waiting)


_MOST_LINES = 12
"""Lines of one box: what is longer goes on in another, so that a page can end between them."""


def _long(fact: Fact) -> Iterator[Piece]:
    lines = wrap(fact.value, _WIDE)
    if len(lines) <= _MOST_LINES:
        yield _fact_row([fact], len(lines))
        return
    for start in range(0, len(lines), _MOST_LINES):
        part = lines[start : start + _MOST_LINES]
        yield _fact_row([Fact(fact.label if not start else "", " ".join(part))], len(part) + 1)


def _fact_row(facts: Sequence[Fact], lines: int = 1) -> Piece:
    labels = max(len(wrap(fact.label, (_LABEL - _CELL) // _COLUMN)) for fact in facts)
    return Piece("facts", _LINE * max(lines, labels) + _PADDING, facts=tuple(facts))


def _rows(grid: Grid, index: int) -> Iterator[Piece]:
    limits = _limits(grid)
    for kind, row in [*(("row", row) for row in grid.rows), *([("foot", grid.foot)] if grid.foot else [])]:
        lines = max(len(wrap(cell, limit)) for cell, limit in zip(row, limits, strict=True))
        yield Piece(kind, _LINE * lines + _PADDING, grid=index, cells=row)


def _limits(grid: Grid) -> list[int]:
    """Columns of each table column: as wide as its widest cell, the widest ones cut until the table fits the page.

    One column is for capitals, which are wider than one: a code like NOT-01 stays on its line.
    """
    rows = [grid.heads, *grid.rows, *([grid.foot] if grid.foot else [])]
    limits = [max(4, *(width(cell) for cell in column)) + 1 for column in zip(*rows, strict=True)]
    room = (WIDTH - _CELL * len(limits)) // _COLUMN
    while sum(limits) > room:
        limits[limits.index(max(limits))] -= 1
    return limits


PAGE = Words("第 {n} 页，共 {of} 页", "page {n} of {of}")
COPY = Words("第{n}联 {who}", "copy {n}: {who}")
_NUMERALS = "一二三四五六七八九"


def copy_name(number: int, who: str, lang: Lang) -> str:
    """``第一联 交财务``."""
    named = _NUMERALS[number - 1] if lang == "zh" and number <= len(_NUMERALS) else str(number)
    return COPY.say(lang).format(n=named, who=who).rstrip(" :")
