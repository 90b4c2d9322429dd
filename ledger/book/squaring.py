"""The end of a day, item by item: what must be done before the day is squared, and what is only told (N6).

:data:`CHECKS` is the one list of items; a feature that belongs to the evening adds one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.cash import Drawer, drawer
from ledger.book.openmoney import OpenMoney
from ledger.book.openmoney import look as open_money
from ledger.core.money import grouped
from ledger.core.records.drawer import CashCount
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.dayend import Day
    from ledger.book.open import Book


class Evening(NamedTuple):
    """What the items are judged by: the book at a terminal's business date, the drawer and the money that is open."""

    book: Book
    terminal: str
    date: dt.date
    now: dt.datetime
    day: Day
    drawer: Drawer
    money: OpenMoney


class Item(NamedTuple):
    """One item.  ``done`` is None for what is told and keeps no day open; ``step`` names what a person can be led through."""

    name: str
    words: Words
    done: bool | None
    next: tuple[str, ...] = ()
    step: str = ""


Check = Callable[[Evening], Iterator[Item]]


def _takings(evening: Evening) -> Iterator[Item]:
    """What belongs to the cash day that ends today, or to one before it."""
    days = evening.drawer.open_days(evening.date)
    fen = sum(one.open for one in days)
    shown = " ".join(str(one.day) for one in days)
    words = Words(f"未交货款 ¥{grouped(fen)}（{shown}）", f"takings to deposit: ¥{grouped(fen)} ({shown})")
    if not fen:
        words = Words("货款已交财务", "the takings are with finance")
    yield Item("takings", words, not fen, ("gb cash deposit",) if fen else (), "deposit" if fen else "")


def _counted(evening: Evening) -> Iterator[Item]:
    """A drawer that held or moved anything is counted; in it the takings of the next cash day may lie."""
    total = evening.drawer.total
    counts = [one for one in evening.day.records if isinstance(one, CashCount)]
    if counts:
        last = counts[-1]
        words = Words(f"现金已盘点 ¥{grouped(last.amount)}", f"cash counted: ¥{grouped(last.amount)}")
        yield Item("count", words, done=True)
    elif total or any(one.id.startswith("CA") for one in evening.day.records):
        words = Words("现金未盘点", "cash not counted")
        yield Item("count", words, False, ("gb cash count",), "count")


def _open_money(evening: Evening) -> Iterator[Item]:
    """Told: what is not settled yet does not keep the day open."""
    for name, zh, en, count in (
        ("unsettled", "长短款未处理", "over or short unsettled", len(evening.money.unsettled)),
        ("pending", "款未到账", "payments not arrived", len(evening.money.pending)),
        ("advances", "借支逾期", "advances overdue", sum(overdue for *_, overdue in evening.money.advances)),
    ):
        if count:
            yield Item(name, Words(f"{zh} {count} 笔", f"{en}: {count}"), None, ("gb cash list --open",))


def _backup(evening: Evening) -> Iterator[Item]:
    """Told where the book is a git repository of its own: the day goes to the other terminals and out of the house."""
    if evening.book.disk.stat(".git/HEAD") is not None:
        yield Item("backup", Words("与其他终端同步、备份", "synchronise and back up"), None, ("gb sync",))


def _cheques(evening: Evening) -> Iterator[Item]:
    """Those still here that were to be deposited; and, told, those whose arrival can be asked of the bank (S4, S6)."""
    from ledger.core.cheques import Cheque, arrives_on, deposit_by

    rules, day = evening.book.rules, evening.date
    for _, one in sorted(evening.book.state().things(Cheque)):
        if one.status == "received" and deposit_by(dt.date.fromisoformat(one.received), rules) <= day:
            words = Words(f"支票 {one.number} 未送存", f"cheque {one.number} not deposited")
            yield Item("cheque", words, False, (f"gb cheque deposit {one.number} --slip '…'",))
        elif one.status == "deposited":
            due = arrives_on(dt.date.fromisoformat(one.deposited), rules)
            if due is not None and due <= day:
                words = Words(f"支票 {one.number} 应已到帐", f"cheque {one.number} is due")
                yield Item("cheque", words, None, (f"gb cheque clear {one.number}",))


def _notice(evening: Evening) -> Iterator[Item]:
    """Today's notice once its time has come, and what is in none (N1, N2)."""
    from ledger.book.notice import look

    found = look(evening.book, evening.now) if evening.now.date() == evening.date else None
    if found is None or not (found.due or found.last):
        return
    open_ = found.due or found.untold
    words = Words(f"通知 {found.last} 已发", f"notice {found.last} issued")
    if open_:
        words = Words("售券通知未发，或有未通知的登记", "the notice is due, or something is in none")
    yield Item("notice", words, not open_, ("gb notice",) if open_ else ())


CHECKS: tuple[Check, ...] = (_takings, _counted, _cheques, _notice, _open_money, _backup)


def evening_of(book: Book, terminal: str, date: dt.date, now: dt.datetime) -> Evening:
    """The evening of ``date`` at a terminal as the book stands ``now``."""
    from ledger.book.dayend import look

    return Evening(book, terminal, date, now, look(book, terminal, date), drawer(book), open_money(book, date))


def items(evening: Evening) -> list[Item]:
    """All items in the order of the list."""
    return [item for check in CHECKS for item in check(evening)]


def squared(found: list[Item]) -> bool:
    """Whether nothing that must be done is left."""
    return all(item.done is not False for item in found)
