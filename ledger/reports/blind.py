"""盘点表 the blank count sheet: printed before a count, without any figure of the book (V7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ledger.core.money import grouped
from ledger.core.words import Lang, Words
from ledger.reports.pages import Block, Fact, Form, Grid, Para, Sign
from ledger.reports.table import table

_TITLE = Words("团购券盘点表（盲盘）", "physical count of vouchers (blind)")
_HEAD = Words("门店：{store}    日期：{day}    时间：____:____", "store: {store}    date: {day}    time: ____:____")
_FACE = Words("面值 {face}", "face {face}")
_ALL = Words("面值 ________", "face ________")
_VOID = Words("作废券", "void sheets")
_HEADS = (Words("包", "packet"), Words("起号", "first serial"), Words("止号", "last serial"), Words("张数", "sheets"))
_SUM = Words("合计张数：________", "sheets in all: ________")
_COUNTER, _SECOND = Words("盘点人", "counted by"), Words("监盘人", "second counter")
_PAPER = (Words("日期", "date"), Words("时间", "time"), Words("范围", "scope"), Words("合计张数", "sheets in all"))
_SIGN = Words(
    "盘点人：______________    监盘人：______________", "counted by: ______________    second: ______________"
)
_HOW = Words(
    "每包写第一张和最后一张的号码；单张只写起号。",
    "First and last serial of each packet; of a single sheet the first only.",
)


def as_text(store: str, day: dt.date, faces: Sequence[int], lang: Lang, *, lines: int = 12, void: bool = False) -> str:
    """A page with ``lines`` blank lines per face value (fen); one page of any face when ``faces`` is empty.

    ``faces`` are those the counter is asked to count: giving the faces in stock tells no more than the safe itself.
    """
    titles = [_FACE.say(lang).format(face=grouped(face)) for face in faces] or [_ALL.say(lang)]
    if void:
        titles = [_VOID.say(lang)]
    blank = "_" * 16
    rows = [[str(number), blank, blank, "_" * 6] for number in range(1, lines + 1)]
    out = [_TITLE.say(lang), _HEAD.say(lang).format(store=store, day=day), _HOW.say(lang)]
    for title in titles:
        out += ["", title, *table([head.say(lang) for head in _HEADS], rows, "rllr"), "", _SUM.say(lang)]
    return "\n".join([*out, "", _SIGN.say(lang)])


def as_form(store: str, day: dt.date, faces: Sequence[int], lang: Lang, *, lines: int = 24, void: bool = False) -> Form:
    """The same on paper: a page or more of blank lines per face value, nothing of the book on it."""
    titles = [_FACE.say(lang).format(face=grouped(face)) for face in faces] or [_ALL.say(lang)]
    if void:
        titles = [_VOID.say(lang)]
    date, time, scope, total = (one.say(lang) for one in _PAPER)
    blocks: list[Block] = [(Fact(date, str(day)), Fact(time, "____:____")), Para(_HOW.say(lang))]
    heads = tuple(head.say(lang) for head in _HEADS)
    rows = tuple((str(number), " " * 24, " " * 24, " " * 8) for number in range(1, lines + 1))
    for title in titles:
        blocks += [(Fact(scope, title),), Grid("", heads, rows, "rllr"), (Fact(total, ""),)]
    return Form(
        title=_TITLE.say(lang), store=store, number=str(day), size="A4", blocks=tuple(blocks),
        signs=(Sign(_COUNTER.say(lang)), Sign(_SECOND.say(lang))),
    )  # fmt: skip
