"""The 17:00 notice for programs and for people: two copies, the serials by face value, amounts in figures and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ledger.core.capital import capital
from ledger.core.dates import instant_text
from ledger.core.forms import show_lines
from ledger.core.money import grouped, yuan
from ledger.core.records.notices import COPIES
from ledger.core.settings import method_words
from ledger.core.words import Lang, Words, many
from ledger.folds.notice import PARTS, WITHDRAWN, Contents, FaceOf, Item, by_face
from ledger.reports.table import WIDTH, pad, table, width, wrap

_TITLE = {False: Words("券号通知", "Notice of serials"), True: Words("补充券号通知", "Supplementary notice of serials")}
_COPY = Words("第{n}联 {who}", "copy {n}: {who}")
_HEAD = Words("业务日期 {day} {weekday}    编号 {number}", "business date {day} {weekday}    number {number}")
_ISSUED = Words("签发 {at} {by}    终端 {terminal}", "issued {at} by {by}    terminal {terminal}")
_WEEKDAYS = (
    Words("星期一", "Monday"), Words("星期二", "Tuesday"), Words("星期三", "Wednesday"), Words("星期四", "Thursday"),
    Words("星期五", "Friday"), Words("星期六", "Saturday"), Words("星期日", "Sunday"),
)  # fmt: skip
_ONLY_NEW = Words("只列此前的通知没有列出的。", "Lists only what no earlier notice lists.")
_NIL = Words(
    "今日没有售出、返扣、退券、作废、遗失、冻结或解冻的券。",
    "Nothing was sold, rebated, returned, made void, lost, frozen or unfrozen today.",
)
_PART = Words("{part} {records} 笔 {sheets} 张", "{part}: {sheets} in {records}")
_UNDONE = Words("撤回（早先售出或登记，已冲销）", "Withdrawn (recorded earlier, reversed since)")
_FACE, _SHEETS, _SPANS = Words("面值", "face"), Words("张数", "sheets"), Words("券号", "serials")
_ID, _CLIENT, _PAY = Words("单据", "record"), Words("客户", "client"), Words("付款", "paid by")
_AMOUNT, _OF = Words("金额", "amount"), Words("原单", "original")
_TOTAL = Words("售出合计 {sheets} 张 ¥{amount}", "sold in all: {sheets}, ¥{amount}")
_CAPITAL = Words("大写：{words}", "in words: {words}")
_BY_PAY = Words("其中 ", "of this ")
_DIGEST = Words("校验 {digest}", "digest {digest}")
_SIGN = Words("{who}签收：____________________    日期时间：____________________",
              "signed for by the {who}: ______________    on: ______________")  # fmt: skip
_NUMERALS = Words("一二三四", "1234")


class NoticeReport(msgspec.Struct, frozen=True, kw_only=True):
    """One notice with what stands around its contents.  ``by`` is the operator with the name; ``acks`` copy to record id."""

    store: str
    number: str
    id: str
    at: dt.datetime
    by: str
    terminal: str
    contents: Contents
    copies: Sequence[str]
    face_of: FaceOf
    digest: str
    acks: Mapping[str, str] = {}


# -- for programs ------------------------------------------------------------------------------------------------------


def as_json(report: NoticeReport) -> dict[str, Any]:
    """The JSON of the public contract, section 4."""
    inside = report.contents
    return {
        "number": report.number,
        "date": str(inside.day),
        "supplement": inside.supplement,
        "sales": [_sale(one) for one in inside.sales],
        "other": [_other(one) for one in inside.other],
        "sheets": inside.sheets,
        "amount": yuan(inside.amount),
        "by_pay": {method: yuan(fen) for method, fen in inside.by_pay.items()},
        "digest": report.digest,
        "id": report.id,
        "at": instant_text(report.at),
        "acknowledged": {side: report.acks.get(side) for side in report.copies},
    }


def _sale(one: Item) -> dict[str, Any]:
    return {
        "id": one.id, "client": one.client, "pay": " ".join(pay.method for pay in one.payments),
        "amount": yuan(one.amount), "spans": one.spans.text, "lines": show_lines(one.lines),
    }  # fmt: skip


def _other(one: Item) -> dict[str, Any]:
    said = {"id": one.id, "part": one.part, "spans": one.spans.text, "lines": show_lines(one.lines)}
    said |= {"client": one.client} if one.client else {}
    said |= {"amount": yuan(one.amount)} if one.amount else {}
    return {**said, "what": WITHDRAWN, "of": one.undoes} if one.undoes else {**said, "what": one.part}


# -- for people --------------------------------------------------------------------------------------------------------


def as_text(report: NoticeReport, lang: Lang) -> str:
    """All copies of the notice, one below the other, each with its own heading and place to sign; ends in a line end."""
    body = "\n".join(_body(report, lang))
    copies = [
        "\n".join([*_heading(report, place, lang), "", body, "", _SIGN.say(lang).format(who=COPIES[side].say(lang))])
        for place, side in enumerate(report.copies)
    ]
    return f"\n\n{'-' * WIDTH}\n\n".join(copies) + "\n"


def _heading(report: NoticeReport, place: int, lang: Lang) -> Iterator[str]:
    inside = report.contents
    title = f"{report.store}  {_TITLE[inside.supplement].say(lang)}"
    copy = _COPY.say(lang).format(n=_NUMERALS.say(lang)[place], who=COPIES[report.copies[place]].say(lang))
    if width(title) + width(copy) + 2 <= WIDTH:
        yield pad(title, WIDTH - width(copy)) + copy
    else:
        yield from (*wrap(title), copy)
    weekday = _WEEKDAYS[inside.day.weekday()].say(lang)
    yield _HEAD.say(lang).format(day=inside.day, weekday=weekday, number=report.number)
    at = report.at.strftime("%Y-%m-%d %H:%M")
    yield from wrap(_ISSUED.say(lang).format(at=at, by=report.by, terminal=report.terminal))
    if inside.supplement:
        yield _ONLY_NEW.say(lang)


def _body(report: NoticeReport, lang: Lang) -> Iterator[str]:
    inside = report.contents
    if not inside.items:
        yield from (_NIL.say(lang), "")
    kept = [one for one in inside.items if not one.undoes]
    for part in dict.fromkeys(one.part for one in kept):
        words = PARTS.get(part, Words(part, part))
        yield from _part(report, words, [one for one in kept if one.part == part], lang)
    if undone := [one for one in inside.items if one.undoes]:
        yield from _part(report, _UNDONE, undone, lang)
    yield _TOTAL.say(lang).format(sheets=_sheets(inside.sheets, lang), amount=grouped(inside.amount))
    yield _CAPITAL.say(lang).format(words=capital(inside.amount))
    if inside.by_pay:
        paid = "  ".join(f"{method_words(one).say(lang)} ¥{grouped(fen)}" for one, fen in inside.by_pay.items())
        yield from wrap(_BY_PAY.say(lang) + paid, hang=2)
    yield from wrap(_DIGEST.say(lang).format(digest=report.digest), hang=2)


def _part(report: NoticeReport, words: Words, items: Sequence[Item], lang: Lang) -> Iterator[str]:
    sheets = sum(one.sheets for one in items)
    said = _sheets(sheets, lang) if lang == "en" else str(sheets)
    records = many(len(items), "record") if lang == "en" else str(len(items))
    yield _PART.say(lang).format(part=words.say(lang), records=records, sheets=said)
    heads = [one.say(lang) for one in (_FACE, _SHEETS, _SPANS)]
    rows = [[grouped(face), str(spans.count), spans.text] for face, spans in by_face(items, report.face_of)]
    yield from table(heads, rows, "rrl", indent=2)
    yield ""
    yield from _records(items, lang)
    yield ""


def _records(items: Sequence[Item], lang: Lang) -> Iterator[str]:
    """The records one by one; of the client its code alone, since the register is confidential (S2)."""
    columns: list[tuple[Words, str, list[str]]] = [
        (_ID, "l", [one.id for one in items]),
        (_CLIENT, "l", [one.client for one in items]),
        (_PAY, "l", [" ".join(method_words(pay.method).say(lang) for pay in one.payments) for one in items]),
        (_SHEETS, "r", [str(one.sheets) for one in items]),
        (_AMOUNT, "r", [grouped(one.amount) if one.amount else "" for one in items]),
        (_OF, "l", [one.undoes for one in items]),
    ]
    shown = [one for one in columns if any(one[2])]
    rows = [list(row) for row in zip(*(cells for _, _, cells in shown), strict=True)]
    yield from table([head.say(lang) for head, _, _ in shown], rows, "".join(align for _, align, _ in shown), indent=2)


def _sheets(sheets: int, lang: Lang) -> str:
    return many(sheets, "sheet") if lang == "en" else str(sheets)
