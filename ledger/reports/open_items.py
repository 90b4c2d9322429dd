"""The month's open items at their full amounts, for programs and on paper (R8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.open_items import ROWS, OpenItem
from ledger.reports.table import table

_TITLE = Words("未了款项（各自全额，不相抵）", "Open items (each at its full amount)")
HEADS = (
    Words("项目", "item"), Words("期初", "opening"), Words("+ 增加", "+ added"), Words("- 了结", "- settled"),
    Words("± 更正及接收", "± other months"), Words("期末", "closing"),
)  # fmt: skip


def as_json(items: Mapping[str, OpenItem]) -> dict[str, Any]:
    """By the names of the tie-out's terms; ``other`` is what corrections of earlier months and an opening changed."""
    return {
        name: {
            "opening": yuan(one.opening), "added": yuan(one.added), "settled": yuan(one.settled),
            "other": yuan(one.other), "closing": yuan(one.closing),
        }
        for name, one in _in_order(items)
    }  # fmt: skip


def _in_order(items: Mapping[str, OpenItem]) -> Iterator[tuple[str, OpenItem]]:
    """As the rows stand on the form; the sum of several stores has them in no order of its own."""
    return ((name, items[name]) for name in ROWS if name in items)


def as_text(items: Mapping[str, OpenItem], lang: Lang) -> Iterator[str]:
    """A line for every row with anything to show; the column of other months only where there is something in it."""
    yield _TITLE.say(lang)
    wide = any(one.other for one in items.values())
    heads = [words.say(lang) for words in HEADS if wide or words is not HEADS[4]]
    rows = []
    for name, one in _in_order(items):
        other = [grouped(one.other)] if wide else []
        figures = [grouped(fen) for fen in (one.opening, one.added, one.settled)]
        rows.append([ROWS[name].words.say(lang), *figures, *other, grouped(one.closing)])
    yield from table(heads, rows, "lrrrrr", indent=4)
