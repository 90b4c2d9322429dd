"""Stock for programs and for people (`gb voucher stock`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ledger.core.money import grouped, yuan
from ledger.core.spans import SpanSet
from ledger.core.words import Lang, Words
from ledger.folds.stock import FaceStock, StockSheet
from ledger.reports.table import table, wrap

_TITLE = Words("库存，{day} 终", "stock at the end of {day}")
_HEADS = (
    Words("面值", "face"), Words("张数", "sheets"), Words("金额", "value"), Words("已预留", "reserved"),
    Words("未盖章", "unstamped"), Words("冻结", "frozen"), Words("已发终端", "issued"),
)  # fmt: skip
_TOTAL = Words("合计", "total")
_SPANS = Words("券号", "serials")
_VOID = Words("作废待交回", "void on hand")
_ISSUED = Words("已发给终端 {terminal}（{count} 张）", "issued to terminal {terminal} ({count})")
_NONE = Words("保险柜里没有券", "no sheets in the safe")
_PARTS = (
    ("reserved", Words("已预留", "reserved")),
    ("unstamped", Words("未盖章", "unstamped")),
    ("frozen", Words("冻结", "frozen")),
)


def as_json(sheet: StockSheet, day: dt.date) -> dict[str, Any]:
    """The JSON of the public contract, section 4."""
    return {
        "as_of": str(day),
        "faces": [
            {
                "face": yuan(face.face),
                "sheets": face.sheets,
                "spans": face.spans.text,
                "reserved": face.reserved.text,
                "unstamped": face.unstamped.text,
                "frozen": face.frozen.text,
                "issued": {terminal: spans.text for terminal, spans in face.issued.items()},
            }
            for face in sheet.faces
        ],
        "void_on_hand": sheet.void_on_hand.text,
    }


def as_text(sheet: StockSheet, day: dt.date, lang: Lang) -> str:
    """Sheets per face, then the serials of each."""
    lines = [_TITLE.say(lang).format(day=day), ""]
    if sheet.faces:
        rows = [_row(face) for face in sheet.faces]
        value = sum(face.face * face.sheets for face in sheet.faces)
        rows.append([_TOTAL.say(lang), str(sheet.in_safe.count), grouped(value), "", "", "", ""])
        lines += [*table([head.say(lang) for head in _HEADS], rows, "rrrrrrr"), ""]
        for face in sheet.faces:
            lines += _serials(face, lang)
    else:
        lines.append(_NONE.say(lang))
    if sheet.void_on_hand:
        lines += _named(f"{_VOID.say(lang)} ({sheet.void_on_hand.count})", sheet.void_on_hand)
    return "\n".join(lines).rstrip()


def _row(face: FaceStock) -> list[str]:
    issued = sum(spans.count for spans in face.issued.values())
    counts = (face.reserved.count, face.unstamped.count, face.frozen.count, issued)
    shown = [str(count) if count else "" for count in counts]
    return [grouped(face.face), str(face.sheets), grouped(face.face * face.sheets), *shown]


def _serials(face: FaceStock, lang: Lang) -> list[str]:
    lines = _named(f"{_SPANS.say(lang)} {grouped(face.face)}", face.spans)
    for name, words in _PARTS:
        spans: SpanSet = getattr(face, name)
        if spans:
            lines += _named(f"  {words.say(lang)}", spans)
    for terminal, spans in face.issued.items():
        lines += _named("  " + _ISSUED.say(lang).format(terminal=terminal, count=spans.count), spans)
    return lines


def _named(name: str, spans: SpanSet) -> list[str]:
    indent = len(name) - len(name.lstrip())
    return wrap(f"{name.strip()}: {spans.text}", indent=indent, hang=4)
