"""Rebates as people ask for them: who is due what for a month, which slip is meant, what waits for whom (B1–B5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.resolve import FOR_SALE, lowest
from ledger.core.dates import Month
from ledger.core.errors import Refused, Unknown
from ledger.core.forms import Lines
from ledger.core.money import yuan
from ledger.core.parties import Client, first_terminal
from ledger.core.records.selling import SaleThing
from ledger.core.rules import Rebates
from ledger.core.slips import (
    SELLING,
    Bases,
    Reckoning,
    Slip,
    account_of,
    bought,
    counted,
    ladder_of,
    month_of,
    reckon,
    whole_vouchers,
)
from ledger.core.slips import Base as BaseOf
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.core.text import fold, shown
from ledger.core.words import Words
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.index.hydrated import Hydrated


class Due(NamedTuple):
    """What a client is due for a month: the purchases without their rebate, the reckoning, the vouchers.

    ``waiting`` is what was bought and has not arrived, in fen: it is in no base yet.
    """

    client: str
    sales: Bases
    found: Reckoning
    lines: Lines
    waiting: int


def due(book: Book, month: Month, day: dt.date) -> tuple[list[Due], int]:
    """Who is due what if it is proposed on ``day``, by client; and how many persons bought, who get no rebate (B4)."""
    state = book.state()
    bought_by: dict[str, list[str]] = {}
    for one in lookup.between(book.index.db, str(month.first), str(month.after)):
        if one.kind in SELLING and one.client:
            bought_by.setdefault(one.client, []).append(one.id)
    persons = {code for code in bought_by if _is_person(state, code)}
    found = [_due(book, code, bought_by[code], month, day) for code in sorted(bought_by.keys() - persons)]
    return [one for one in found if one.found.base or one.waiting], len(persons)


def _is_person(state: State, code: str) -> bool:
    client = state.thing(Client, code)
    return client is not None and client.unit_kind == "individual"


def _due(book: Book, client: str, sales: Sequence[str], month: Month, day: dt.date) -> Due:
    state = book.state()
    account = account_of(state, client)
    open_ = [BaseOf(sale, bought(state, sale) - counted(state, account, sale)) for sale in sales]
    taken = tuple(base for base in open_ if base.amount > 0)
    found = reckon(account, month.text, sum(base.amount for base in taken), book.rules, day)
    lines = whole_vouchers(ladder_of(month.text, str(day), book.rules), found.due) if taken else ()
    return Due(client, taken, found, lines, sum(_waiting(state, sale) for sale in sales))


def _waiting(state: State, sale: str) -> int:
    """What of a purchase is paid and has not arrived, in fen."""
    thing = state.thing(SaleThing, sale)
    return max(0, thing.amount - thing.refunded - bought(state, sale)) if thing else 0


def purchases(book: Book, client: str, month: Month, day: dt.date) -> tuple[str, ...]:
    """The ids of a client's purchases of a month that have something without its rebate."""
    found = lookup.by_client(book.index.db, client)
    sales = [
        one.id for one in found if one.kind in SELLING and month.first <= dt.date.fromisoformat(one.day) < month.after
    ]
    return tuple(base.sale for base in _due(book, client, sales, month, day).sales)


def named_purchases(book: Book, sales: Sequence[str]) -> tuple[str, Month]:
    """Client and month of purchases named one by one; raises :class:`Refused` unless all can have a rebate, together."""
    state = book.state()
    for sale in sales:
        _refuse_purchase(state, sale)
    things = {sale: state.thing(SaleThing, sale) for sale in sales}
    clients = sorted({thing.client for thing in things.values() if thing})
    months = sorted({month_of(sale) for sale in sales})
    if len(clients) != 1:
        words = Words(
            f"这些购券属于几个客户：{' '.join(clients)}", f"these were bought by several clients: {' '.join(clients)}"
        )
        raise Refused(words, code="REB-07", next=tuple(f"gb show {sale}" for sale in sales))
    if len(months) != 1:
        words = Words(
            f"这些购券属于几个月：{' '.join(months)}", f"these are purchases of several months: {' '.join(months)}"
        )
        raise Refused(words, code="REB-03", next=tuple(f"gb rebate due --month {month}" for month in months))
    return clients[0], Month.parse(months[0])


def _refuse_purchase(state: State, sale: str) -> None:
    """Raise :class:`Refused` for what is no purchase, has not arrived, was undone, or has had its rebate."""
    thing = state.thing(SaleThing, sale)
    if thing is None:
        raise Refused(Words(f"{sale} 不是购券单，或已冲销", f"{sale} is no purchase, or it was reversed"),
                      code="REB-03", next=(f"gb show {sale}",))  # fmt: skip
    worth = bought(state, sale)
    if worth <= 0:
        words = Words(f"{sale} 的款还没有到账，或已退", f"{sale} has not arrived, or was given back")
        raise Refused(words, code="REB-03", next=(f"gb show {sale}",))
    before = counted(state, account_of(state, thing.client), sale)
    if before >= worth:
        words = Words(f"{sale} 已按 {yuan(before)} 返扣过", f"{sale} has had its rebate, on {yuan(before)}")
        raise Refused(words, code="REB-02", next=(f"gb rebate list --month {month_of(sale)}",))


def slip_id(book: Book, typed: str, found: str = "") -> str:
    """The slip that a control number, or the record ``found`` for what was typed, belongs to; raises :class:`Unknown`."""
    number = fold(typed).upper()
    if number.startswith("DZ-"):
        for key, slip in book.state().things(Slip):
            if slip.control_no == number:
                return key
        words = Words(f"没有对帐编号 {shown(typed)}", f"there is no control number {shown(typed)}")
        raise Unknown(words, next=("gb rebate list",))
    while found.startswith("RB") and (about := book.find(found).record.ref):
        found = about
    if book.state().thing(Slip, found) is None:
        raise Unknown(Words(f"{found} 不是返扣单", f"{found} is no rebate slip"), next=("gb rebate list",))
    return found


def is_control(typed: str) -> bool:
    """Whether what was typed has the form of a control number."""
    return fold(typed).upper().startswith("DZ-")


def slips(book: Book, month: str = "") -> list[tuple[str, Slip]]:
    """The slips for purchases of a month, or all, in the order of proposal."""
    found = [(key, slip) for key, slip in book.state().things(Slip) if slip.month == (month or slip.month)]
    return sorted(found, key=lambda one: one[0])


def waiting_for(book: Book, by: str, day: dt.date) -> list[tuple[str, Slip]]:
    """The proposals that ``by`` may approve on ``day``, if at the first terminal: judged by the approval's own rules."""
    from ledger.core.records.rebates import Approval

    state, found = book.state(), []
    terminal = first_terminal(state)
    for key, slip in slips(book):
        if slip.status != "proposed":
            continue
        values = Approval.resolve({"ref": key, "date": day, "by": by}, state, book.rules)
        made = Approval(**{**values, "id": f"RB{day:%Y%m%d}-{terminal}-0001", "at": book.now()})
        if not list(made.judge(state, book.rules)):
            found.append((key, slip))
    return found


def events(state: Hydrated, slip: str) -> list[str]:
    """The ids of the records in force that changed a slip, oldest first."""
    state.thing(Slip, slip)
    for space, key, track in state.thing_tracks():
        if (space, key) == (Slip.__name__, slip):
            return [event for event, _ in track.layers]
    return []


def sheets_for(book: Book, lines: Lines, terminal: str, day: dt.date) -> SpanSet:
    """The lowest sheets for a collection: those drawn for rebates first, then where the rule allows those for sale (V3)."""
    rule = book.rules.on(Rebates, day)
    heaps = (("rebate",), FOR_SALE) if rule.sale_sheets == "yes" else (("rebate",),)
    found = EMPTY
    for face, sheets in lines:
        found = found | lowest(book.state(), face, sheets, terminal, drawn_for=heaps)
    return found
