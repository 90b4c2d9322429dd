"""The month's cash block, and the cash book, for programs and on paper (N3; public contract, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ledger.core.forms import Record
from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.cash import ROWS, CashBook, CashSheet
from ledger.reports.table import pad, table

_TITLE = Words("现金", "Cash")
_OPENING, _CLOSING = Words("期初", "opening"), Words("期末", "closing")
_APART = Words("  不平，差 {fen}", "  does not foot: {fen}")
_ALWAYS = ("received", "deposited", "over_short")
_CONTRACT = ("float", "received", "refunded", "deposited", "advances", "over_short")
"""The keys that are there even when nothing happened; the others only with a figure."""


def sheet_as_json(sheet: CashSheet) -> dict[str, str]:
    """The block ``cash``: outflows are positive, ``over_short`` is negative when short."""
    figures = {
        row.name: yuan(row.sign * sheet.figures[row.name])
        for row in ROWS
        if row.name in _CONTRACT or sheet.figures[row.name]
    }
    return {"opening": yuan(sheet.opening), **figures, "closing": yuan(sheet.closing)}


def sheet_as_text(sheet: CashSheet, lang: Lang) -> Iterator[str]:
    """A line for every figure that is not nothing."""
    yield _TITLE.say(lang)
    yield _line(_OPENING.say(lang), sheet.opening)
    for row in ROWS:
        fen = row.sign * sheet.figures[row.name]
        if fen or row.name in _ALWAYS:
            yield _line(f"{'+' if row.sign > 0 else '-'} {row.words.say(lang)}", fen)
    yield _line(_CLOSING.say(lang), sheet.closing)
    if sheet.difference:
        yield _APART.say(lang).format(fen=grouped(sheet.difference))


def _line(name: str, fen: int) -> str:
    return "    " + pad(name, 26) + pad(grouped(fen), 20, right=True)


def book_as_json(book: CashBook, told: Callable[[Record], str]) -> dict[str, Any]:
    """The book with every line; ``told`` says in the language of the run what a record did."""
    lines = []
    for one in book.lines:
        line: dict[str, Any] = {
            "date": str(one.record.date), "cash_day": str(one.day), "id": one.record.id, "what": told(one.record),
            "in": yuan(max(0, one.fen)), "out": yuan(max(0, -one.fen)), "balance": yuan(one.balance), "memo": one.memo,
        }  # fmt: skip
        if days := getattr(one.record, "days", ()):
            line["covers"] = [str(day) for day in days]
        lines.append(line)
    return {"opening": yuan(book.opening), "lines": lines, "closing": yuan(book.closing)}


_HEADS = (
    Words("日期", "date"), Words("编号", "id"), Words("摘要", "what"), Words("收", "in"), Words("付", "out"),
    Words("结存", "balance"),
)  # fmt: skip
_FOOT = Words("* 截账后，属下一现金日", "* after the cut-off: of the next cash day")


def book_as_text(book: CashBook, told: Callable[[Record], str], short: Callable[[str], str], lang: Lang) -> list[str]:
    """The book as a table with its opening and its closing; ``short`` shortens an id."""
    rows = [["", "", _OPENING.say(lang), "", "", grouped(book.opening)]]
    late = False
    for one in book.lines:
        after = one.day != one.record.date
        late = late or after
        rows.append(
            [
                f"{one.record.date:%m-%d}" + ("*" if after else ""),
                short(one.record.id),
                told(one.record),
                grouped(one.fen) if one.fen > 0 else "",
                grouped(-one.fen) if one.fen < 0 else "",
                grouped(one.balance),
            ]
        )
    came = sum(one.fen for one in book.lines if one.fen > 0)
    went = sum(-one.fen for one in book.lines if one.fen < 0)
    rows.append(["", "", _CLOSING.say(lang), grouped(came), grouped(went), grouped(book.closing)])
    shown = table([head.say(lang) for head in _HEADS], rows, "lllrrr")
    return [*shown, _FOOT.say(lang)] if late else shown
