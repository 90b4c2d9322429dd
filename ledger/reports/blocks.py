"""How each part of the month's sheet is shown: one entry per name of :data:`ledger.folds.parts.PARTS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ledger.core.words import Lang
from ledger.reports import cash, cheques, open_items, points, rebates, registers


class Block(NamedTuple):
    """A part's block as JSON (public contract, section 4) and as lines of at most 80 columns for the printed sheet."""

    as_json: Callable[[Any], dict[str, Any]]
    as_text: Callable[[Any, Lang], Iterator[str]]


BLOCKS: dict[str, Block] = {
    "rebates": Block(rebates.as_json, rebates.as_text),
    "cash": Block(cash.sheet_as_json, cash.sheet_as_text),
    "open_items": Block(open_items.as_json, open_items.as_text),
    "cheques": Block(cheques.as_json, cheques.as_text),
    "registers": Block(registers.as_json, registers.as_text),
    "points": Block(points.as_json, points.as_text),
}
"""In the order in which they stand on the printed sheet, after the lines of R7."""
