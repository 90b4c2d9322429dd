"""What finance keeps a register of, as lines that can be laid beside each other: ours and theirs (V3, R10).

A record of ours that finance must have in its register enters a line when it is applied; so does each line of finance's
own register.  A line's key is its record's id: nothing else touches it, so it neither orders nor blocks anything.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

import msgspec

from ledger.core.forms import Lines, lines_of
from ledger.core.spans import SpanSet, parse_spans
from ledger.core.state import State, Thing
from ledger.core.words import Words

ENTRIES: dict[str, Words] = {
    "receipt": Words("领券", "vouchers drawn"),
    "return": Words("退回财务", "returned to finance"),
    "rebate": Words("返扣", "rebates"),
    "money": Words("缴款", "money"),
}
"""The entries of finance's register, by the word that a record's ``entry`` carries."""

REGISTERS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "vouchers": (Words("领券登记", "vouchers"), ("receipt", "return")),
    "rebates": (Words("返扣登记", "rebates"), ("rebate",)),
    "money": (Words("缴款登记", "money"), ("money",)),
}
"""Finance's books, each with the entries it holds: a store whose finance sends one of them need not have the others."""

REGISTER_OF = {entry: name for name, (_, entries) in REGISTERS.items() for entry in entries}


class RegisterLine(Thing, frozen=True, kw_only=True):
    """One line of a register.  ``date`` is the side's own date as text; ``numbers`` the numbers it may be known by.

    Of finance's line empty ``spans``, empty ``lines`` or a zero ``amount`` (fen) mean that it does not say.
    """

    LEFT = True

    theirs: bool = False
    entry: str
    date: str
    numbers: tuple[str, ...] = ()
    spans: str = ""
    lines: Lines = ()
    amount: int = 0

    @property
    def sheets(self) -> SpanSet:
        """The serials as a set; empty when the line names none."""
        return parse_spans(self.spans) if self.spans else SpanSet.EMPTY


class Entered(Protocol):
    """A record of ours that finance's register must have."""

    @property
    def id(self) -> str:
        """The record's id."""

    @property
    def date(self) -> dt.date:
        """Its business date."""


def line_of(record_id: str) -> tuple[str, str]:
    """The line of a record as a thing that is touched."""
    return (RegisterLine.__name__, record_id)


def entered(record: Entered) -> tuple[str, str]:
    """The line as a thing that its record touches: a reversal takes it away again."""
    return line_of(record.id)


def enter(
    record: Entered, entry: str, state: State, *, spans: SpanSet = SpanSet.EMPTY, lines: Lines = (), amount: int = 0,
    numbers: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Enter a record of ours; ``numbers`` are those finance may know it by, beside its own id."""
    line = RegisterLine(
        entry=entry, date=str(record.date), numbers=tuple(one for one in (record.id, *numbers) if one),
        spans=spans.text, lines=lines, amount=amount,
    )  # fmt: skip
    state.put(record.id, line)


def drawn_on(receipt: str, state: State) -> str:
    """The request that a receipt of ours was drawn on, by its line of the register; empty where the line was left behind."""
    line = state.thing(RegisterLine, receipt)
    return line.numbers[1] if line is not None and len(line.numbers) > 1 else ""


def amend(ref: str, state: State, *, out: tuple[SpanSet, Lines], into: tuple[SpanSet, Lines]) -> None:
    """A correction of ``ref``: serials and faces that go out of its line and those that come in (V9).

    A line that agreed and was left behind by a closing is not there any more: then there is nothing to amend.
    """
    line = state.thing(RegisterLine, ref)
    if line is None:
        return
    faces = lines_of([*line.lines, *into[1], *((face, -sheets) for face, sheets in out[1])])
    right = msgspec.structs.replace(line, spans=((line.sheets - out[0]) | into[0]).text, lines=faces)
    state.put(ref, right)
