"""The blocks of the month's sheet beside the sheets themselves: cash, cheques, rebates, each a fold of its own.

A part is told, in order, of the records whose classes it names, and asked for its block at the end of the month.  What it
needs from earlier months it finds in the state carried into the month (things with ``CARRY``) and in the balances of the
accounts.  Half-open like the month: nothing dated after it is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self, runtime_checkable

from ledger.core.dates import Month
from ledger.core.forms import Record
from ledger.core.postings import Posting
from ledger.core.state import State

if TYPE_CHECKING:
    import datetime as dt


class Balance(NamedTuple):
    """A money account over the month, in fen: what it began with and what the month's postings added (signed)."""

    opening: int = 0
    movement: int = 0

    @property
    def closing(self) -> int:
        """The balance at the month's end."""
        return self.opening + self.movement


class Entry(NamedTuple):
    """A record as a part is told of it.

    ``sign`` -1: a record of this month is undone in it, and ``record`` is the original.  ``prior``: a correction of an
    earlier month (the original of its reversal with ``sign`` -1, or a late record adopted with ``sign`` 1); it belongs
    to the prior-period line and to no other (R9).  ``postings`` are those of the record that stands in the journal: the
    reversal's or the adoption's own, whose signs are right.
    """

    record: Record
    sign: int
    prior: bool
    postings: Sequence[Posting]


class Part(Protocol):
    """One block.  ``KINDS`` are the record classes it is told of; a month without any of them has no block to show."""

    KINDS: ClassVar[tuple[type[Record], ...]]

    def __init__(self, month: Month, state: State, money: Mapping[str, int]) -> None:
        """Begin the month, from the state carried into it and the balances in fen."""

    def take(self, entry: Entry) -> None:
        """One record of the month."""

    def close(self, state: State, money: Mapping[str, Balance]) -> Any:
        """The block at the month's end, or None when there is nothing to show."""


@runtime_checkable
class Ageing(Protocol):
    """A block with ages, which run to the month's last day."""

    def seen(self, until: dt.date) -> Self:
        """As at the end of ``until``, how far a month that is not over has come: nothing is older than that."""


class Place(NamedTuple):
    """A part's class in the module of its fold, which stands on this one and is therefore loaded when a month begins."""

    module: str
    name: str

    @property
    def part(self) -> type[Part]:
        """The class; its ``close`` says what its block is."""
        found: type[Part] = getattr(import_module(f"ledger.folds.{self.module}"), self.name)
        return found

    def __call__(self, month: Month, state: State, money: Mapping[str, int]) -> Part:
        """Begin the month, from the state carried into it and the balances in fen."""
        return self.part(month, state, money)


PARTS: dict[str, Place] = {
    "cash": Place("cash", "CashPart"),
    "open_items": Place("open_items", "OpenItemsPart"),
    "cheques": Place("cheques", "ChequePart"),
    "rebates": Place("rebates", "RebatePart"),
    "registers": Place("registers", "Registers"),
    "points": Place("points", "PointsPart"),
}
"""The parts by the name of their block in the JSON of the sheet (public contract, section 4)."""
