"""What is open, each line with what to type; about money the same in `gb status`, `gb cash list --open` and at the day's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.lang import say
from cli.render import columns, emit, emit_json, width
from ledger.core.money import grouped, yuan
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.entry import Desk
    from ledger.book.openmoney import OpenMoney


def todo(what: Words, how: str) -> str:
    """A line of what is to be done, the command behind its colon."""
    return say(Words(f"{what.zh}：{how}", f"{what.en}: {how}"))


def complaints(count: int) -> str:
    """How many complaints wait for an answer."""
    return todo(Words(f"{count} 件投诉待答复", f"{many(count, 'complaint')} to answer"), "gb client complaints")


def fitting(line: str) -> list[str]:
    """A line of the page; where it is too long its command stands below it, whole."""
    from ledger.reports.table import wrap

    if width(line) + 2 <= columns():
        return [f"  {line}"]
    said, _, how = line.rpartition(say(Words("：gb ", ": gb ")))
    told = wrap(said, columns(), indent=2, hang=2, cut=False)
    return [*told, *wrap(f"gb {how}", columns(), indent=4, hang=4, cut=False)]


def show_open_items(at: Desk) -> None:
    """Print them, each with what to type."""
    from ledger.book.openmoney import look

    found = look(at.book, at.today())
    if at.call.json:
        emit_json(as_json(found))
        return
    shown = [part for line in lines(at, found) for part in fitting(line)]
    emit("\n".join(shown) or say(Words("没有未了的款项。", "No money is open.")))


def lines(at: Desk, found: OpenMoney) -> Iterator[str]:
    """One line an item, the command behind its colon."""
    for one in found.takings:
        how = f"gb cash deposit --covers {one.day} --slip '…'"
        yield _line(Words(f"未交财务 {one.day} 货款", f"takings of {one.day} not deposited"), one.open, how)
    for key, payment, fen in found.pending:
        client = at.named("client", payment.client)
        yield _line(
            Words(f"未到账 {key} {client} {payment.date}", f"not arrived: {key} {client} {payment.date}"), fen,
            f"gb cash arrived {key}",
        )  # fmt: skip
    for key, short in found.unsettled:
        kind = Words("短款", "short") if short.amount > 0 else Words("长款", "over")
        how = "paid-in" if short.amount > 0 else "paid-out"
        yield _line(
            Words(f"{kind.zh}未处理 {key} {short.date}", f"{kind.en}, unsettled: {key} {short.date}"), abs(short.amount),
            f"gb cash settle {key} --how {how} --reason '…'",
        )  # fmt: skip
    for key, advance, overdue in found.advances:
        late = Words("，已逾期", ", overdue") if overdue else Words("", "")
        who = at.named("by", advance.staff)
        yield _line(
            Words(f"借支未还 {key} {who} {advance.due} 到期{late.zh}", f"advance {key} {who}, due {advance.due}{late.en}"),
            advance.amount, f"gb cash advance-return {key}",
        )  # fmt: skip
    yield from _ious(at, found)


def _ious(at: Desk, found: OpenMoney) -> Iterator[str]:
    for key, iou, overdue in found.owed:
        late = Words("，已逾期", ", overdue") if overdue else Words("", "")
        who = at.named("client", iou.client)
        said = Words(f"赊券未付 {key} {who} {iou.due} 到期{late.zh}", f"IOU {key} {who}, due {iou.due}{late.en}")
        yield _line(said, iou.open, f"gb sale iou {key}")


def _line(what: Words, fen: int, how: str) -> str:
    return todo(Words(f"{what.zh} ¥{grouped(fen)}", f"{what.en} ¥{grouped(fen)}"), how)


def as_json(found: OpenMoney) -> dict[str, Any]:
    """The same for programs; amounts are strings with two decimals."""
    return {
        "undeposited": [{"cash_day": one.day, "amount": yuan(one.open)} for one in found.takings],
        "pending": [{"id": key, "client": one.client, "date": one.date, "amount": yuan(fen)} for key, one, fen in found.pending],
        "unsettled": [{"id": key, "amount": yuan(one.amount), "date": one.date} for key, one in found.unsettled],
        "advances": [
            {"id": key, "staff": one.staff, "amount": yuan(one.amount), "due": one.due, "overdue": overdue}
            for key, one, overdue in found.advances
        ],
        "ious": [
            {"id": key, "client": one.client, "amount": yuan(one.open), "due": one.due, "overdue": overdue}
            for key, one, overdue in found.owed
        ],
    }  # fmt: skip
