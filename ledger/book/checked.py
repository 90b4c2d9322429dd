"""Finance's file line by line against the book: what each line is, and what only we have (V3, R10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.book.registers import outside_ids
from ledger.checks.registers import told
from ledger.core.dates import Month
from ledger.core.forms import show_lines, value_of
from ledger.core.money import yuan
from ledger.core.registers import ENTRIES
from ledger.core.words import Words
from ledger.folds.registers import Group, Item, RegisterSheet, Standing
from ledger.reports.coloured import Checked, Ours

if TYPE_CHECKING:
    from ledger.book.imports import Import
    from ledger.reports.reconcile import ReconcileReport

_AWAY = Words("不在本月", "not in this month")


def checked(run: Import, report: ReconcileReport) -> Checked:
    """What the comparison of the month says of each line of the file, by its number, and the lines that are ours alone."""
    month = report.sheet.month
    sheets: tuple[RegisterSheet, ...] = report.sheet.parts.get("registers") or ()
    opened = {item.key: (now, group) for sheet in sheets for now, group in sheet.open for item in group.theirs}
    lines: dict[int, tuple[Standing | None, Words]] = {}
    for line, key, day in outside_ids(run):
        now, group = opened.get(key, (None, None))
        if now is not None and group is not None:
            lines[line.number] = (now, told(group))
        else:
            lines[line.number] = ("matched", Words("", "")) if Month.of(day) <= month else (None, _AWAY)
    return Checked(lines=lines, ours=tuple(_ours(sheets)))


def _ours(sheets: tuple[RegisterSheet, ...]) -> Iterator[Ours]:
    for sheet in sheets:
        for now, group in sheet.open:
            if now in ("ours", "timing"):
                yield from (_our_line(now, group, item) for item in group.ours)


def _our_line(now: Standing, group: Group, item: Item) -> Ours:
    line = item.line
    amount = line.amount or value_of(line.lines)
    texts = {
        "kind": ENTRIES[group.entry].zh, "document": item.key, "date": line.date, "spans": line.spans,
        "face": show_lines(line.lines).partition("*")[0] if len(line.lines) == 1 else "",
        "sheets": str(sum(one.sheets for one in line.lines) or ""), "amount": yuan(amount) if amount else "",
    }  # fmt: skip
    return Ours(now, texts, told(group))
