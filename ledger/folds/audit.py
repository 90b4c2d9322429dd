"""What stands behind the month's sheet, record by record: the tie-out down to slip numbers, receipts, deposits, cheques (R8, R11).

The month is half-open, and what a reversal of the same month undid is left out, as on the sheet itself: so the lines of
every term of the tie-out sum to that term.  Amounts are fen, sheets integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from ledger.core.dates import Month
from ledger.core.forms import Record, Reversal, sheets_of, value_of
from ledger.core.order import in_order
from ledger.core.postings import (
    ARRIVED,
    CASH,
    CHEQUES,
    CLEARED,
    IOU,
    MONEY,
    PENDING,
    RECEIVABLE,
    REFUNDS,
    RESERVED,
)
from ledger.core.records.cheques import ChequeStep
from ledger.core.records.collecting import Collection
from ledger.core.records.corrections import ReceiptCorrection
from ledger.core.records.drawer import Deposit
from ledger.core.records.notices import Acknowledged, Issued
from ledger.core.records.rebates import Approval, Cancellation
from ledger.core.records.receipts import Receipt
from ledger.core.records.sales import ClientReturn
from ledger.core.records.selling import Offer, Priced
from ledger.core.state import Sourced
from ledger.core.words import Words
from ledger.folds.open_items import ROWS as OPEN_ITEMS
from ledger.folds.reconcile import money_tied

_TERMS = {
    CASH: ("cash", 1), ARRIVED: ("arrived", 1), CLEARED: ("cheques_cleared", 1), CHEQUES: ("cheques_outstanding", 1),
    RECEIVABLE: ("receivable", 1), RESERVED: ("paid_not_handed_over", -1), IOU: ("iou", 1),
}  # fmt: skip
_FAMILIES = ((PENDING, "pending", 1), (REFUNDS, "released", -1))
"""Accounts that carry a method behind their name."""
_SUPPLEMENT = Words("补充通知", "supplementary notice")
OPEN = frozenset(OPEN_ITEMS)
"""Terms that are open items: of each its net over the month, and nothing where it came and went in it."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One record, or one open item.

    ``item`` is the term of the tie-out or the record's kind, ``number`` that of its slip, cheque or reference, ``who`` a
    client's code or finance's name.
    """

    item: str
    words: Words
    date: str
    id: str
    number: str = ""
    who: str = ""
    sheets: int = 0
    amount: int = 0
    text: str = ""


def of_month(sourced: Iterable[Sourced], month: Month) -> list[Record]:
    """The records of the month in order, without reversals and what those of the month undid."""
    records = [one.record for one in in_order(sourced) if month.contains(one.record.date)]
    undone = {one.ref for one in records if isinstance(one, Reversal)}
    return [one for one in records if not isinstance(one, Reversal) and one.id not in undone]


# -- the tie-out ---------------------------------------------------------------------------------------------------------


def tie_lines(records: Sequence[Record], behind: Mapping[str, Record]) -> dict[str, list[Line]]:
    """By the terms of :class:`ledger.folds.reconcile.TieOut` the lines that sum to it, in order.

    ``behind`` are all records by id: what arrives or is handed over has the numbers of the record that took the payment.
    """
    found: dict[str, list[Line]] = {}
    for record in records:
        for term, fen in _moves(record):
            found.setdefault(term, []).append(_line(record, behind.get(record.ref, record), term, fen))
    by_id = {one.id: one for one in records}
    return {term: _netted(term, lines, by_id) if term in OPEN else lines for term, lines in found.items()}


def _moves(record: Record) -> Iterator[tuple[str, int]]:
    """The terms that a record moves, by how much."""
    if isinstance(record, Offer) and record.SELLS:
        yield "sold", record.amount
    if isinstance(record, ClientReturn):
        if record.amount > record.owed:  # finance pays what is left after the client's own debt
            yield "refunds", record.amount - record.owed
        if record.owed:
            yield "set_off", record.owed
    for account, commodity, fen in money_tied(record, record.postings()):
        if commodity == MONEY and (term := _term(account)) is not None:
            yield term[0], term[1] * fen


def _term(account: str) -> tuple[str, int] | None:
    for prefix, name, sign in _FAMILIES:
        if account.startswith(prefix):
            return name, sign
    return _TERMS.get(account)


def _line(record: Record, origin: Record, term: str, fen: int) -> Line:
    sheets = sheets_of(record.handed_out) if term == "sold" and isinstance(record, Offer) else 0
    return Line(
        item=term, words=record.WORDS, date=str(record.date), id=record.id,
        number=number_of(record) or number_of(origin),
        who=getattr(record, "client", "") or getattr(origin, "client", ""), sheets=sheets, amount=fen,
    )  # fmt: skip


def number_of(record: Record) -> str:
    """What the paper of a record is numbered with: cheque, reference, slip, advice; empty where it has none."""
    names = ("cheque", "new_cheque", "reference", "slip", "bank_slip", "advice")
    return " ".join(dict.fromkeys(text for name in names if (text := getattr(record, name, ""))))


def _netted(term: str, lines: Sequence[Line], records: Mapping[str, Record]) -> list[Line]:
    """One line per open item, under the record that took the payment, or that handed out what is owed for."""
    items: dict[str, Line] = {}
    for one in lines:
        record = records[one.id]
        own = isinstance(record, Priced) and term != "iou"  # what a payment pays of an IOU is the IOU's
        key = record.id if own else record.ref or record.id
        first = items.get(key)
        items[key] = one if first is None else msgspec.structs.replace(first, amount=first.amount + one.amount)
    return [msgspec.structs.replace(one, id=key) for key, one in items.items() if one.amount]


# -- the registers -------------------------------------------------------------------------------------------------------


def _receipt(record: Record) -> Line | None:
    if isinstance(record, Receipt):
        return _shown(
            record, number=record.request, who=record.finance, sheets=record.sheets, amount=record.sheets * record.face,
            text=record.spans.text,
        )  # fmt: skip
    if isinstance(record, ReceiptCorrection):
        more = record.more if record.ref[2:8] == f"{record.date:%Y%m}" else ()  # else of prior periods
        return _shown(
            record, number=record.ref, who=record.finance, sheets=sheets_of(more), amount=value_of(more), text=record.reason
        )  # fmt: skip
    return None


def _deposit(record: Record) -> Line | None:
    if not isinstance(record, Deposit):
        return None
    return _shown(record, number=record.slip, amount=record.amount, text=" ".join(map(str, record.days)))


def _cheque(record: Record) -> Line | None:
    if isinstance(record, Priced) and record.cheque:
        return _shown(
            record, number=record.cheque, who=record.client, amount=record.by_cheque,
            text=" ".join(part for part in (record.bank, getattr(record, "bank_slip", "")) if part),
        )  # fmt: skip
    if not isinstance(record, ChequeStep):
        return None
    papers = " ".join(number_of(record).split(" ")[1:])
    text = " ".join(part for part in (record.bank, papers, record.reason) if part)
    return _shown(record, number=record.cheque, who=record.client, amount=record.amount, text=text)


def _rebate(record: Record) -> Line | None:
    if isinstance(record, Collection):
        return _shown(
            record, number=record.control_no, who=record.client, sheets=sheets_of(record.lines), amount=value_of(record.lines),
            text=record.spans.text,
        )  # fmt: skip
    if isinstance(record, Approval):
        return _shown(record, number=record.control_no, who=record.client, amount=record.amount)
    if isinstance(record, Cancellation):
        return _shown(record, number=record.ref, who=record.client, amount=record.amount, text=record.reason)
    return None


def _notice(record: Record) -> Line | None:
    if isinstance(record, Issued):
        shown = _shown(record, number=record.notice, sheets=record.sheets, amount=record.amount)
        return msgspec.structs.replace(shown, item="supplement", words=_SUPPLEMENT) if record.supplement else shown
    if isinstance(record, Acknowledged):
        return _shown(record, number=record.notice, text=record.to)
    return None


def _shown(record: Record, **more: object) -> Line:
    base = {"item": record.KIND, "words": record.WORDS, "date": str(record.date), "id": record.id}
    return msgspec.convert({**base, **more}, Line)


REGISTERS: Mapping[str, tuple[Words, Callable[[Record], Line | None]]] = {
    "receipts": (Words("领券登记", "Receipts"), _receipt),
    "deposits": (Words("交款（内部进帐单）", "Deposit slips"), _deposit),
    "cheque_steps": (Words("支票登记", "Cheques, step by step"), _cheque),
    "rebate_slips": (Words("返扣登记", "Rebate slips and collections"), _rebate),
    "notices": (Words("券号通知", "Notices of serials"), _notice),
}
"""The registers of the audit sheet in their order, each with what lists a record in it."""


def register_lines(records: Sequence[Record]) -> dict[str, list[Line]]:
    """By the names of :data:`REGISTERS` the records of the month that stand in each."""
    return {
        name: [line for one in records if (line := listed(one)) is not None] for name, (_, listed) in REGISTERS.items()
    }
