"""Status, which bare ``gb`` shows too: what was done today and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from cli.entry import Desk, desk
from cli.lang import _t, say
from cli.openitems import complaints, fitting, todo
from cli.render import emit, emit_json, table
from ledger.core.settings import method_words
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.book.notice import Open as Notices
    from ledger.book.today import Open, Today
    from ledger.book.visits import Due
    from ledger.core.spans import SpanSet

app = typer.Typer()


@app.command(help=_t("今天要办的事（直接输入 gb 也可）", "what is due today (bare gb does the same)"))
def status() -> None:
    """Read from the index alone, so that it is quick however long the book is."""
    from cli.shared import current
    from ledger.book.notice import look as look_at_notices
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
    notices = look_at_notices(at.book, at.at() or at.book.now())
    if at.call.json:
        emit_json({**_json(at, today), "notice": _notice_json(notices)})
        return
    emit("\n".join([*_head(at), "", *_done(today), "", *_stock(today), "", *_open(at, today.open, notices)]))


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


def _open(at: Desk, found: Open, notices: Notices | None) -> list[str]:
    from cli.openitems import lines as money

    due = [*_notices(notices), *_requests(at, found), *_cheques(at, found), *_slips(at, found)]
    lines = [*due, *_sheets(found), *money(at, found.money), *_calls(found.calls), *_awards(found), *_month(found)]
    if not lines:
        return [say(Words("没有待办。", "Nothing is open."))]
    return [say(Words("待办：", "Open:")), *(part for line in lines for part in fitting(line))]


def _route(route: str) -> Words:
    """Whose copy goes by what and where, as :attr:`ledger.core.delivery.Channel.route` keeps it."""
    from ledger.core.delivery import WAYS
    from ledger.core.records.notices import COPIES

    side, way, place = route.split(" ", 2)
    who, how = COPIES[side], WAYS[way]
    return Words(f"{who.zh} {how.zh} {place}", f"{who.en}, {how.en} {place}")


def _notices(found: Notices | None) -> Iterable[str]:
    """What is to be done about the 17:00 notice; nothing where no rule asks for one."""
    if found is None:
        return
    if found.due:
        yield todo(Words("今天的券号通知还没有发", "today's notice of serials is due"), "gb notice")
    if found.last and found.untold:
        yield todo(
            Words(
                f"{found.last} 之后又有 {found.untold} 笔要补充通知",
                f"{many(found.untold, 'record')} after {found.last}, a supplement is due",
            ),
            "gb notice",
        )
    if found.missed:
        days = len(found.missed)
        yield todo(Words(f"缺 {days} 天的券号通知", f"{many(days, 'day')} without a notice"), "gb notice --catch-up")
    for number, routes in found.undelivered:
        said = [_route(route) for route in routes]
        yield todo(
            Words(
                f"通知没有送到 {number} {'；'.join(one.zh for one in said)}",
                f"not delivered: {number} {'; '.join(one.en for one in said)}",
            ),
            "gb notice --catch-up --deliver",
        )
    if found.unsigned:
        count = len(found.unsigned)
        yield todo(Words(f"{count} 张券号通知待签收", f"{many(count, 'notice')} not signed for"), "gb notice list")


def _notice_json(found: Notices | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "last": found.last or None, "due": found.due, "untold": found.untold, "missed": [str(day) for day in found.missed],
        "unsigned": [number for number, _ in found.unsigned], "undelivered": [number for number, _ in found.undelivered],
    }  # fmt: skip


def _requests(at: Desk, found: Open) -> Iterable[str]:
    from ledger.core.forms import show_lines
    from ledger.core.money import grouped

    for record_id, request in found.waiting:
        who, what = at.named("by", request.by), show_lines(request.lines) or f"¥{grouped(request.amount)}"
        yield todo(
            Words(f"待批准 {record_id} {who} {what}", f"to approve: {record_id} {who} {what}"),
            f"gb request approve {record_id}",
        )
    for record_id, request in found.undrawn:
        left = show_lines(request.left)
        yield todo(
            Words(f"已批准未领完 {record_id} 还可领 {left}", f"approved, not drawn: {record_id} {left} left"),
            f"gb voucher receive … --request {record_id}",
        )


def _cheques(at: Desk, found: Open) -> Iterable[str]:
    from ledger.core.money import grouped

    due = found.cheques
    for _, one in due.deposit:
        told = f"{one.number} {at.named('client', one.client)} ¥{grouped(one.amount)}"
        yield todo(
            Words(f"支票待送存 {told}", f"cheque to deposit: {told}"), f"gb cheque deposit {one.number} --slip …"
        )
    for _, one, usual in due.arriving:
        told = f"{one.number} {at.named('client', one.client)} ¥{grouped(one.amount)}"
        since = Words(f"{usual} 应到帐", f"due on {usual}") if usual else Words("到帐日不详", "day of arrival unknown")
        words = Words(f"支票待到帐 {told} {since.zh}", f"cheque to arrive: {told} {since.en}")
        yield todo(words, f"gb cheque clear {one.number}")
    for key, reserved in due.ready:
        count = reserved.sheets.count
        words = Words(f"已到帐待交券 {key} {count} 张", f"arrived, to hand over: {key} {many(count, 'sheet')}")
        yield todo(words, f"gb sale handover {key}")
    for key, reserved in due.left:
        told = f"{key} {at.named('client', reserved.client)} ¥{grouped(reserved.amount)}"
        words = Words(f"预留已无券、待退款 {told}", f"no sheets left, to refund: {told}")
        yield todo(words, f"gb sale release {key} --reason …")
    for _, one in due.owed:
        told = f"{one.number} {at.named('client', one.client)} ¥{grouped(one.due)}"
        yield todo(Words(f"退票欠款 {told}", f"owed for a bounced cheque: {told}"), f"gb cheque made-good {one.number}")


_SLIP_STEPS = {
    "proposed": (Words("返扣待批准", "rebate to approve"), "approve {}"),
    "approved": (Words("返扣待通知", "rebate to notify"), "notify {} --how phone"),
    "notified": (Words("返扣待领取", "rebate to be collected"), "collect {}"),
    "partly-collected": (Words("返扣待领完", "rebate collected in part"), "collect {}"),
}


def _slips(at: Desk, found: Open) -> Iterable[str]:
    from ledger.core.money import grouped

    for key, slip in found.slips:
        what, how = _SLIP_STEPS[slip.stage]
        name = slip.control_no or key
        who = f"{name} {at.named('client', slip.client)} ¥{grouped(slip.uncollected or slip.amount)}"
        yield todo(Words(f"{what.zh} {who}", f"{what.en}: {who}"), f"gb rebate {how.format(name)}")


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

    return todo(
        Words(f"{what.zh} {spans.count} 张 {short(spans)}", f"{what.en}: {many(spans.count, 'sheet')} {short(spans)}"),
        how,
    )


def _stamp(spans: SpanSet, stamp: str, what: Words) -> str:
    from ledger.core.judge import typed

    how = f"gb voucher stamp {typed(spans)} --stamp {stamp}" if len(spans.spans) <= 3 else "gb voucher stock"
    return _named(spans, what, how)


def _calls(found: Due) -> Iterable[str]:
    """How many calls are due; the list is a command of its own, since it may be long."""
    from ledger.core.festivals import name_words

    late = sum(one.overdue for one in found.planned) + sum(one.overdue for one in found.owed)
    count = len(found.planned) + len(found.owed)
    if count:
        overdue = Words(f"（已过期 {late} 个）", f" ({late} overdue)") if late else Words("", "")
        yield todo(
            Words(f"要回访的客户 {count} 个{overdue.zh}", f"{many(count, 'call')} due{overdue.en}"), "gb visit due"
        )
    if found.outreach:
        count = len(found.outreach)
        words = Words(f"外联 {count} 家待登记结果", f"outreach, {many(count, 'result')} to log")
        yield todo(words, "gb outreach list")
    if found.complaints:
        yield complaints(len(found.complaints))
    for one in found.campaigns:
        name, left = name_words(one.window.name), one.listed - one.called
        how = f"gb visit festival {one.window.festival} --year {one.window.day.year}"
        if left:
            words = Words(
                f"{name.zh}回访到 {one.window.last}，还有 {left} 家",
                f"{name.en}, calls until {one.window.last}, {left} to go",
            )
            yield todo(words, how)


_FEW = 3


def _awards(found: Open) -> Iterable[str]:
    """Goods that are owed for a slip, and members who were told and have not come, each with the age of the oldest."""
    for one in found.awards if len(found.awards) <= _FEW else ():
        told, days = f"{one.award.number} {one.award.member} {one.award.goods}", _since(one.days)
        words = Words(f"领奖单待发奖品 {told} {days.zh}", f"goods to hand over: {told}, {days.en}")
        yield todo(words, f"gb points handover {one.award.number}")
    if len(found.awards) > _FEW:
        count, days = len(found.awards), _since(found.awards[0].days)
        words = Words(
            f"{count} 张领奖单待发奖品，最早的{days.zh}",
            f"{count} award slips without their goods, the oldest {days.en}",
        )
        yield todo(words, "gb points awards")
    if found.told:
        count, days = len(found.told), _since(found.told[0].days)
        words = Words(
            f"已通知未来领奖的会员 {count} 人，最早的{days.zh}",
            f"{many(count, 'member')} told of an award and not come, the first {days.en}",
        )
        yield todo(words, "gb points due")


def _since(days: int) -> Words:
    return Words(f"已 {days} 天", f"{many(days, 'day')} ago") if days else Words("今天", "today")


def _month(found: Open) -> Iterable[str]:
    for month in found.closing:
        words = Words(f"{month.text} 月末，封账前要办的事", f"{month.text} is to be closed, what blocks it")
        yield todo(words, f"gb preclose --month {month.text}")
    if found.keys is not None:
        from ledger.book.keybackup import HINT

        yield todo(found.keys, HINT)
    if found.uncounted:
        yield todo(Words("本月还没有盘点", "not counted this month"), "gb voucher count")
    if found.broken:
        words = Words(
            f"校验链断开 {found.broken} 处（JRN-01），台账文件被改动过",
            f"the chain is broken in {many(found.broken, 'place')} (JRN-01), a journal was changed",
        )
        yield todo(words, "gb check")
    if found.damage:
        words = Words(f"台账文件有 {found.damage} 处损坏", f"{many(found.damage, 'place')} of damage in the journals")
        yield todo(words, "gb check")


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
            "rebates": [key for key, _ in found.slips],
            "undrawn": [record_id for record_id, _ in found.undrawn],
            "unstamped": found.unstamped.text, "date_stamp_due": found.restamp.text,
            "missing": found.missing.text, "void_on_hand": found.void.text,
            "cheques": {
                "deposit": [one.number for _, one in found.cheques.deposit],
                "arrive": [one.number for _, one, _ in found.cheques.arriving],
                "hand_over": [key for key, _ in found.cheques.ready], "refund": [key for key, _ in found.cheques.left],
                "owed": [one.number for _, one in found.cheques.owed],
            },
            "keys_backup_due": found.keys is not None,
            "preclose": [month.text for month in found.closing],
            "counted_this_month": not found.uncounted, "damage": found.damage + found.broken,
            "visits": {
                "planned": len(found.calls.planned), "owed": len(found.calls.owed), "outreach": len(found.calls.outreach),
                "festivals": [one.window.name for one in found.calls.campaigns],
                "complaints": len(found.calls.complaints),
            },
            "awards": [
                {"number": one.award.number, "id": one.id, "member": one.award.member, "points": one.award.points,
                 "goods": one.award.goods, "date": one.award.date, "days": one.days}
                for one in found.awards
            ],
            "told_of_awards": [{"member": one.member, "date": one.told, "days": one.days} for one in found.told],
            **money(found.money),
        },
    }  # fmt: skip
