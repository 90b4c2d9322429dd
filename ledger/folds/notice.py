"""券号通知: what the tills and finance must be told of a business date, and what they have been told (N1, N2).

A notice is local to its date: it lists records of that business date only, whenever they were entered.  A record of a kind
with a ``NOTICE`` part must stand in a notice of its date; so must the reversal of one, dated the day it was made, which
withdraws what was told.  Only where a record and its reversal of the same date both stand in no notice is nothing to tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from ledger.core.forms import Lines, Pays, Record, Reversal, sheets_of, show_lines, show_pays
from ledger.core.money import yuan
from ledger.core.records.dispositions import Adoption
from ledger.core.records.notices import Issued
from ledger.core.spans import Span, SpanSet
from ledger.core.words import Words

SALES = "sales"
PARTS: dict[str, Words] = {
    SALES: Words("售出", "sold"),
    "rebated": Words("返扣领取", "rebates collected"),
    "given": Words("赠出", "given"),
    "iou": Words("欠条领用", "handed out against an IOU"),
    "exchanged": Words("换出", "handed out in exchange"),
    "exchanged-back": Words("换回", "back in exchange"),
    "corrected": Words("更正：实为售出或领取", "out after all, by correction"),
    "corrected-out": Words("更正：并未售出或领取", "not out after all, by correction"),
    "returned": Words("客户退券", "returned by clients"),
    "void": Words("作废", "void"),
    "lost": Words("遗失", "lost"),
    "found": Words("找回", "found"),
    "frozen": Words("冻结", "frozen"),
    "unfrozen": Words("解冻", "unfrozen"),
}
"""The parts of a notice in their order; a record's class says which one lists it (``NOTICE``)."""

WITHDRAWN = "withdrawn"
FOLDER = "notices"
NO_BUSINESS = frozenset({"ST", "OP", "NT"})
"""Journals whose records begin no trading: they set the book up, or are the notices themselves."""


class Item(NamedTuple):
    """One record as a notice tells it.  ``undoes`` is the record that it withdraws, empty for one in force; money in fen."""

    part: str
    id: str
    client: str
    payments: Pays
    amount: int
    lines: Lines
    spans: SpanSet
    undoes: str = ""

    @property
    def sheets(self) -> int:
        """How many sheets it is about."""
        return sheets_of(self.lines) or self.spans.count


class Contents(NamedTuple):
    """What one notice tells of its date: the items by part, then by id, those that withdraw last."""

    day: dt.date
    supplement: bool
    items: tuple[Item, ...]

    @property
    def sales(self) -> list[Item]:
        """The sales, without what is withdrawn."""
        return [one for one in self.items if one.part == SALES and not one.undoes]

    @property
    def other(self) -> list[Item]:
        """Everything else."""
        return [one for one in self.items if one.part != SALES or one.undoes]

    @property
    def sheets(self) -> int:
        """Sheets of the sales."""
        return sum(one.sheets for one in self.sales)

    @property
    def amount(self) -> int:
        """Amount of the sales, in fen."""
        return sum(one.amount for one in self.sales)

    @property
    def by_pay(self) -> Mapping[str, int]:
        """Payments of the sales by method, in fen."""
        paid: dict[str, int] = {}
        for one in self.sales:
            for method, fen in one.payments:
                paid[method] = paid.get(method, 0) + fen
        return paid

    @property
    def digest(self) -> str:
        """sha256 in hex over the date and, line by line, what each record says: the notice proves its records and they it."""
        head = f"{self.day} {'supplement' if self.supplement else 'first'}"
        return sha256("\n".join([head, *map(_line, self.items)]).encode()).hexdigest()


def _line(one: Item) -> str:
    """An item for the digest; a tab stands in no field."""
    money = (show_pays(one.payments), yuan(one.amount))
    return "\t".join((one.part, one.id, one.client, *money, show_lines(one.lines), one.spans.text, one.undoes))


def contents(day: dt.date, items: Iterable[Item], *, supplement: bool) -> Contents:
    """The notice of these items, in their order."""
    order = {part: place for place, part in enumerate(PARTS)}
    ordered = sorted(items, key=lambda one: (bool(one.undoes), order.get(one.part, len(order)), one.id))
    return Contents(day, supplement, tuple(ordered))


def told(record: Record) -> tuple[Item, ...]:
    """The record as a notice tells it, in as many parts as it has; none where no notice lists it.

    A late record counts as what it is.  The money stands in the first part.
    """
    what, undoes = record, ""
    for _ in range(2):  # the reversal of an adoption, and the adoption of a reversal
        if isinstance(what, Reversal):
            what, undoes = what.original, "" if undoes else what.ref
        if isinstance(what, Adoption):
            what = what.taken
    client, pays, amount = getattr(what, "client", ""), getattr(what, "payments", ()), getattr(what, "amount", 0)
    return tuple(
        Item(
            part=one.part, id=record.id, client=client, payments=() if place else pays, amount=0 if place else amount,
            lines=one.lines, spans=one.spans, undoes=undoes,
        )
        for place, one in enumerate(what.noticed())
    )  # fmt: skip


def listed(records: Iterable[Record]) -> frozenset[str]:
    """The ids that the notices among ``records`` list."""
    return frozenset(name for record in records if isinstance(record, Issued) for name in record.ids)


def to_tell(records: Sequence[Record]) -> list[Item]:
    """Of the records of one business date, all of them, those that no notice lists yet."""
    known = listed(records)
    new = {record.id: record for record in records if record.id not in known}
    pairs = {one.ref for one in new.values() if isinstance(one, Reversal) and one.ref in new}
    return [
        item
        for record in new.values()
        if record.id not in pairs and not (isinstance(record, Reversal) and record.ref in pairs)
        for item in told(record)
    ]


def notices_of(records: Iterable[Record]) -> list[Issued]:
    """The notices among the records of one business date, in the order of issue."""
    return sorted((one for one in records if isinstance(one, Issued)), key=lambda one: one.order)


def path_of(issued: Issued) -> str:
    """Where the text of a notice stands, relative to the book."""
    return f"{FOLDER}/{issued.date:%Y-%m}/{issued.notice}.txt"


class Faces(NamedTuple):
    """The sheets of one face value (fen) that a part of a notice tells of."""

    face: int
    spans: SpanSet


FaceOf = Callable[[SpanSet], Iterable[tuple[int, SpanSet]]]
"""The faces of sheets by the state: asked only for a record of several faces, which does not say which sheet has which."""


def by_face(items: Iterable[Item], face_of: FaceOf) -> list[Faces]:
    """The serials of the items per face value, from the highest down."""
    found: dict[int, list[Span]] = {}
    for one in items:
        faces = [(one.lines[0].face, one.spans)] if len(one.lines) == 1 else face_of(one.spans)
        for face, spans in faces:
            found.setdefault(face, []).extend(spans)
    return [Faces(face, SpanSet.of(found[face])) for face in sorted(found, reverse=True)]
