"""What of a record stands on which printed form: declared beside the kind, read by one renderer.

The labels are those of the fields.  A kind names its forms in ``PAPERS``; a further form is one :class:`Paper` there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ledger.core.words import Words

Names = Mapping[str, Words]
"""The words of the files with the names people read."""


class Shown(msgspec.Struct, frozen=True):
    """Something on a form that is no field of its own: an attribute of the record, as the codec of that name shows it."""

    name: str
    codec: str
    words: Words


class Later(msgspec.Struct, frozen=True):
    """A field of the record of ``kind`` that acts on this one, in force; a blank to fill in until there is one."""

    kind: str
    field: str


VALUE = Shown("value", "yuan", Words("券面合计", "face value in all"))
FINANCE = Words("交财务", "for finance")
KEPT = Words("团购部留存", "kept by the department")
CLIENT = Words("交客户", "for the client")
CONTACT = ("contact", Words("联系人", "contact"))
PHONE = ("phone", Words("联系电话", "phone"))
NAME = ("name", Words("姓名", "name"))


def _always(_: Any) -> bool:
    return True


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A printed form.

    ``fields`` are names of the record's fields, in the order of the paper: serials and faces × sheets become tables of
    their own.  ``totals`` are amounts (fen) that stand in words too; ``zeros`` those of all
    amounts that stand there when they are nothing, because nothing is what was counted.  ``blanks`` are filled in by hand; ``personal`` are
    fields of the client's or member's dossier, shown masked where the book has them, a blank where it has not (C8).  ``copies`` says
    for whom each copy is, ``signs`` who signs.  ``steps`` is the title under which what became of the record is listed,
    empty for no such list.  ``unpaid`` stands in bold instead of the ``note`` while money of the record has not arrived
    or never will, or was refunded, with what has become of it as ``{paid}``.  ``at_once`` forms are printed when the record is made, where the store wants that.
    """

    name: str
    title: Words
    fields: tuple[str | Shown | Later, ...]
    signs: tuple[Words, ...]
    totals: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()
    copies: tuple[Words, ...] = (KEPT,)
    size: str = "A5"
    personal: tuple[tuple[str, Words], ...] = ()
    blanks: tuple[Words, ...] = ()
    choices: Mapping[str, Names] = {}
    steps: Words | None = None
    note: Words | None = None
    unpaid: Words | None = None
    confidential: bool = False
    at_once: bool = False
    applies: Callable[[Any], bool] = _always


def deposit_slip(*fields: str) -> Paper:
    """内部进帐单: what goes to finance the same day, cash or a cheque (S3, S4)."""
    return Paper(
        name="deposit-slip", title=Words("内部进帐单", "Internal deposit slip"), copies=(FINANCE, KEPT), at_once=True,
        fields=fields, totals=("amount",), signs=(Words("交款人", "handed in by"), Words("财务收款人", "received by finance")),
    )  # fmt: skip
