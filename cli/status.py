"""Status, which bare ``gb`` shows too: what was done today and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from cli.entry import Desk, desk
from cli.lang import _t, many, say
from cli.render import columns, emit, emit_json, table, width
from ledger.core.settings import method_words
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.book.today import Open, Today
    from ledger.core.spans import SpanSet

app = typer.Typer()


@app.command(help=_t("今天要办的事（直接输入 gb 也可）", "what is due today (bare gb does the same)"))
def status() -> None:
    """Read from the index alone, so that it is quick however long the book is."""
    from cli.shared import current
    from ledger.book.today import look
    from ledger.core.errors import Unreadable

    try:
        at = desk()
    except Unreadable as error:
        if error.code != "REF-01" or current().book:
            raise
        _no_book()
        return
    today = look(at.book, at.today())
    if at.call.json:
        emit_json(_json(at, today))
        return
    emit("\n".join([*_head(at), "", *_done(today), "", *_stock(today), "", *_open(at, today.open)]))


def _no_book() -> None:
    """Nothing to show: say how to begin."""
    from cli.shared import current

    if current().json:
        emit_json({"book": None})
        return
    emit(
        say(
            Words(
                "这里没有账本。\n"
                "  gb demo                                        看一个演示：一个月的对账\n"
                "  gb init 目录 --store 店名 --terminal K1        新建账本\n"
                "  gb setup                                       逐步设置\n"
                "  gb --book 目录 status                          打开已有的账本（或设 GB_BOOK）",
                "There is no book here.\n"
                "  gb demo                                        a demonstration: one month reconciled\n"
                "  gb init DIR --store NAME --terminal K1         make a new book\n"
                "  gb setup                                       the same, step by step\n"
                "  gb --book DIR status                           open a book (or set GB_BOOK)",
            )
        )
    )


def _who(at: Desk) -> tuple[str, str]:
    """Operator and terminal of this machine, empty where not known yet."""
    from ledger.core.errors import GbError

    def known(name: str) -> str:
        try:
            return str(getattr(at, name))
        except GbError:
            return ""

    return known("by"), known("terminal")


def _head(at: Desk) -> list[str]:
    by, terminal = _who(at)
    who = at.named("by", by) if by else say(Words("未登录（gb login 代码）", "nobody logged in (gb login CODE)"))
    where = terminal or say(Words("终端未定（gb terminal use 代码）", "no terminal (gb terminal use CODE)"))
    return [f"{at.book.settings.store}  {at.today()}", f"  {where}  {who}"]


def _done(today: Today) -> list[str]:
    from ledger.core.money import grouped

    takings = "  ".join(f"{say(method_words(method))} ¥{grouped(fen)}" for method, fen in today.takings.items())
    lines = [say(Words(f"今天：{today.records} 笔登记", f"Today: {many(today.records, 'record')}"))]
    if today.sales:
        lines.append(
            say(
                Words(
                    f"  售券 {today.sales} 笔 {today.sheets} 张：{takings}",
                    f"  {many(today.sales, 'sale')}, {many(today.sheets, 'sheet')}: {takings}",
                )
            )
        )
    return lines


def _stock(today: Today) -> list[str]:
    from ledger.core.money import yuan

    if not today.stock.faces:
        return [say(Words("库存：没有券", "In the safe: no sheets"))]
    rows = [
        (yuan(face.face), face.sheets, face.unstamped.count or None, face.frozen.count or None)
        for face in today.stock.faces
    ]
    heads = (
        Words("面值", "face"),
        Words("库存张数", "in the safe"),
        Words("未盖章", "unstamped"),
        Words("冻结", "frozen"),
    )
    return table(heads, rows, align="rrrr", indent=2).splitlines()


def _open(at: Desk, found: Open) -> list[str]:
    from cli.openitems import lines as money

    lines = [*_requests(at, found), *_sheets(found), *money(at, found.money), *_month(found)]
    if not lines:
        return [say(Words("没有待办。", "Nothing is open."))]
    return [say(Words("待办：", "Open:")), *(part for line in lines for part in fitting(line))]


def fitting(line: str) -> list[str]:
    """A line of the page; where it is too long its command stands below it, whole."""
    from ledger.reports.table import wrap

    if width(line) + 2 <= columns():
        return [f"  {line}"]
    said, _, how = line.rpartition(say(Words("：gb ", ": gb ")))
    told = wrap(said, columns(), indent=2, hang=2, cut=False)
    return [*told, *wrap(f"gb {how}", columns(), indent=4, hang=4, cut=False)]


def _requests(at: Desk, found: Open) -> Iterable[str]:
    from ledger.core.forms import show_lines
    from ledger.core.money import grouped

    for record_id, request in found.waiting:
        who, what = at.named("by", request.by), show_lines(request.lines) or f"¥{grouped(request.amount)}"
        yield say(
            Words(
                f"待批准 {record_id} {who} {what}：gb request approve {record_id}",
                f"to approve: {record_id} {who} {what}: gb request approve {record_id}",
            )
        )
    for record_id, request in found.undrawn:
        left = show_lines(request.left)
        yield say(
            Words(
                f"已批准未领完 {record_id} 还可领 {left}：gb voucher receive … --request {record_id}",
                f"approved, not drawn: {record_id} {left} left: gb voucher receive … --request {record_id}",
            )
        )


def _sheets(found: Open) -> Iterable[str]:
    if found.unstamped:
        yield _stamp(found.unstamped, "activity", Words("未盖活动章", "without the activity stamp"))
    if found.restamp:
        yield _stamp(found.restamp, "date", Words("退回待盖日期章", "returned, a new date stamp is due"))
    if found.missing:
        yield _named(found.missing, Words("上次盘点短缺", "missing by the last count"), "gb voucher count")
    if found.void:
        how = f"gb voucher return {_few(found.void)} --reason '…'"
        yield _named(found.void, Words("作废未交回", "void, not handed back"), how)


def _few(spans: SpanSet) -> str:
    """The sheets as one word of a command; of many spans only the first is typed out."""
    from ledger.core.judge import typed
    from ledger.core.spans import SpanSet

    return typed(spans) if len(spans.spans) <= 3 else typed(SpanSet.of(spans.spans[:1]))


def _named(spans: SpanSet, what: Words, how: str) -> str:
    from ledger.core.judge import short

    return say(
        Words(
            f"{what.zh} {spans.count} 张 {short(spans)}：{how}",
            f"{what.en}: {many(spans.count, 'sheet')} {short(spans)}: {how}",
        )
    )


def _stamp(spans: SpanSet, stamp: str, what: Words) -> str:
    from ledger.core.judge import typed

    how = f"gb voucher stamp {typed(spans)} --stamp {stamp}" if len(spans.spans) <= 3 else "gb voucher stock"
    return _named(spans, what, how)


def _month(found: Open) -> Iterable[str]:
    if found.uncounted:
        yield say(Words("本月还没有盘点：gb voucher count", "not counted this month: gb voucher count"))
    if found.broken:
        yield say(
            Words(
                f"校验链断开 {found.broken} 处（JRN-01），台账文件被改动过：gb check",
                f"the chain is broken in {many(found.broken, 'place')} (JRN-01), a journal was changed: gb check",
            )
        )
    if found.damage:
        yield say(
            Words(
                f"台账文件有 {found.damage} 处损坏：gb check",
                f"{many(found.damage, 'place')} of damage in the journals: gb check",
            )
        )


def _json(at: Desk, today: Today) -> dict[str, Any]:
    from cli.openitems import as_json as money
    from ledger.core.money import yuan

    by, terminal = _who(at)
    found = today.open
    return {
        "store": at.book.settings.store, "date": at.today(), "terminal": terminal or None, "operator": by or None,
        "records": today.records,
        "sales": {"count": today.sales, "sheets": today.sheets, "by_pay": {m: yuan(fen) for m, fen in today.takings.items()}},
        "stock": [{"face": yuan(face.face), "sheets": face.sheets} for face in today.stock.faces],
        "open": {
            "waiting": [record_id for record_id, _ in found.waiting],
            "undrawn": [record_id for record_id, _ in found.undrawn],
            "unstamped": found.unstamped.text, "date_stamp_due": found.restamp.text,
            "missing": found.missing.text, "void_on_hand": found.void.text,
            "counted_this_month": not found.uncounted, "damage": found.damage + found.broken,
            **money(found.money),
        },
    }  # fmt: skip
