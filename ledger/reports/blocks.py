"""How each part of the month's sheet is shown: one entry per name of :data:`ledger.folds.parts.PARTS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ledger.core.words import Lang
from ledger.folds.cash import CashSheet
from ledger.folds.cheques import ChequeSheet
from ledger.reports import cash, cheques, open_items, points, rebates, registers


class Block(NamedTuple):
    """A part's block as JSON (public contract, section 4) and as lines of at most 80 columns for the printed sheet.

    ``nothing`` is the block of a month without any of it, where programs find the key in every month.
    """

    as_json: Callable[[Any], dict[str, Any]]
    as_text: Callable[[Any, Lang], Iterator[str]]
    nothing: Any = None


BLOCKS: dict[str, Block] = {
    "rebates": Block(rebates.as_json, rebates.as_text),
    "cash": Block(cash.sheet_as_json, cash.sheet_as_text, CashSheet()),
    "open_items": Block(open_items.as_json, open_items.as_text),
    "cheques": Block(cheques.as_json, cheques.as_text, ChequeSheet()),
    "registers": Block(registers.as_json, registers.as_text),
    "points": Block(points.as_json, points.as_text),
}
"""In the order in which they stand on the printed sheet, after the lines of R7."""
